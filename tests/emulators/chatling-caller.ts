// A stranger with a key: starts an emulated Chatling for one test and calls it over plain HTTP.

import { onTestFinished } from 'vitest';
import type { ChatlingOptions } from '../../emulators/chatling/index.ts';
import { startChatlingEmulator } from '../../emulators/chatling/index.ts';
import type { Fault } from '../../emulators/emulator.ts';
import { tellTales } from '../../emulators/story.ts';

export const NOW_MS = Date.UTC(2025, 2, 14, 10, 30, 0);

export const TALES = tellTales({ seed: 'chatling', now: NOW_MS });

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function callChatling(options: ChatlingOptions = {}) {
  let nowMs = NOW_MS;
  const chatling = await startChatlingEmulator({ clock: () => nowMs, ...options });
  onTestFinished(() => chatling.close());
  const { url, token, chatbotId } = chatling.credentials;

  async function call(method: string, path: string, body?: unknown): Promise<Reply> {
    const response = await fetch(`${url}/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  return {
    ...chatling,
    inject: (fault: Fault) => chatling.inject(fault),
    heal: () => chatling.heal(),
    chatbot: `/chatbots/${chatbotId}`,
    call,
    get: (path: string) => call('GET', path),
    ask: (message: string, more: Record<string, unknown> = {}) =>
      call('POST', `/chatbots/${chatbotId}/ai/kb/chat`, { message, ai_model_id: 8, ...more }),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** What lies at the end of a path into parsed JSON; undefined where the path breaks off. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string') throw new Error(`Expected a string at ${path.join('.')}.`);
  return found;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): unknown[] {
  const found = at(value, ...path);
  if (!Array.isArray(found)) throw new Error(`Expected a list at ${path.join('.')}.`);
  return found;
}

/** The ids of a list of conversations or contacts, page after page. */
export async function everyId(
  get: (path: string) => Promise<Reply>,
  path: string,
  name: string,
): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 1; ; page += 1) {
    const { body } = await get(`${path}${path.includes('?') ? '&' : '?'}page=${page}`);
    ids.push(...listAt(body, 'data', name).map((row) => textAt(row, 'id')));
    const last = at(body, 'data', 'pages', 'last_page');
    if (typeof last !== 'number' || page >= last) return ids;
  }
}
