// A caller of the emulated ChatBotKit over plain HTTP: what a test asks, and what it gets back, nothing hidden.

import { onTestFinished } from 'vitest';
import {
  type ChatbotkitEmulator,
  type ChatbotkitOptions,
  startChatbotkitEmulator,
} from '../../emulators/chatbotkit/index.ts';
import { isRecord } from '../../emulators/emulator.ts';

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as a record; empty where it is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** `id` of the body, for the next request. */
  readonly id: string;
  /** `items` of the body, for lists. */
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

export interface Caller {
  readonly emulator: ChatbotkitEmulator;
  /** A clock that stands until it is moved. */
  readonly time: { now: number };
  get(path: string, headers?: Record<string, string>): Promise<Answered>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** The lines of a jsonl answer, each parsed. */
  lines(path: string, body: unknown): Promise<readonly Readonly<Record<string, unknown>>[]>;
  raw(path: string, init: Sent): Promise<Response>;
}

export interface Sent extends Omit<RequestInit, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>;
}

export async function callChatbotkit(options: ChatbotkitOptions = {}): Promise<Caller> {
  const time = { now: 1_790_000_000_000 };
  const emulator = await startChatbotkitEmulator({ clock: () => time.now, ...options });
  onTestFinished(() => emulator.close());
  const { url, secret } = emulator.credentials;

  function raw(path: string, init: Sent): Promise<Response> {
    const headers = { authorization: `Bearer ${secret}`, ...init.headers };
    return fetch(`${url}${path}`, { ...init, headers });
  }

  return {
    emulator,
    time,
    raw,
    get: async (path, headers = {}) => answered(await raw(path, { headers })),
    async post(path, body = {}, headers = {}) {
      const sent = { 'content-type': 'application/json', ...headers };
      const init = { method: 'POST', headers: sent, body: JSON.stringify(body) };
      return answered(await raw(path, init));
    },
    async lines(path, body) {
      const headers = { 'content-type': 'application/json', accept: 'application/jsonl' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return linesOf(await (await raw(path, init)).text());
    },
  };
}

export function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
    .filter(isRecord);
}

export function openStream(
  { raw }: Caller,
  path: string,
  body: object = { text: 'hello' },
  signal?: AbortSignal,
): Promise<Response> {
  const headers = { 'content-type': 'application/json', accept: 'application/jsonl' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  return raw(path, signal ? { ...init, signal } : init);
}

export async function* piecesOf(response: Response): AsyncIterable<string> {
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) yield decoder.decode(chunk, { stream: true });
}

/** What has come when the word has; the stream is left open behind it. */
export async function readUntil(response: Response, word: string): Promise<string> {
  let text = '';
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  while (!(text.includes(word) && text.endsWith('\n'))) {
    const piece = await reader?.read();
    if (!piece || piece.done) return text;
    text += decoder.decode(piece.value, { stream: true });
  }
  reader?.releaseLock();
  return text;
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const [kind] = (response.headers.get('content-type') ?? '').split(';');
  const parsed: unknown = kind === 'application/json' ? JSON.parse(text) : {};
  const body = isRecord(parsed) ? parsed : {};
  const { id, items } = body;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    id: typeof id === 'string' ? id : '',
    items: Array.isArray(items) ? items.filter(isRecord) : [],
  };
}
