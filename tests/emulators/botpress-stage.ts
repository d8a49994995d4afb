// An emulated Botpress for one test, a clock that the test moves, and a caller that sends exactly what it is told.

import { onTestFinished } from 'vitest';
import {
  type BotpressEmulator,
  type BotpressOptions,
  startBotpressEmulator,
} from '../../emulators/botpress/index.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Stage {
  readonly emulator: BotpressEmulator;
  /** Milliseconds since the epoch; a test sets it. */
  readonly time: { now: number };
  /** A body that is a string goes as it is, anything else as JSON; headers set to '' are left out. */
  readonly call: (
    line: `${string} /${string}`,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
}

export const NOON = Date.parse('2026-05-01T12:00:00.000Z');

export async function stage(options: BotpressOptions = {}): Promise<Stage> {
  const time = { now: NOON };
  const emulator = await startBotpressEmulator({ clock: () => time.now, ...options });
  onTestFinished(() => emulator.close());
  const { url, token, botId } = emulator.credentials;

  return {
    emulator,
    time,
    async call(line, body, headers = {}) {
      const [method = 'GET', path = '/'] = line.split(' ');
      const sent = Object.entries({
        authorization: `Bearer ${token}`,
        'x-bot-id': botId,
        'content-type': 'application/json',
        ...headers,
      }).filter(([, value]) => value !== '');
      const response = await fetch(`${url}${path}`, {
        method,
        headers: sent,
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
    },
  };
}

/** Creates a conversation and gives its id. */
export async function converse(call: Stage['call'], said: Record<string, unknown> = {}) {
  const conversation = { channel: 'channel', tags: {}, ...said };
  const { body } = await call('POST /v1/chat/conversations', conversation);
  return textAt(body, 'conversation.id');
}

/** A value deep in an answer, by its path; undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return Object.entries(inner).find(([name]) => name === key)?.[1];
  }, value);
}

/** The same, where only a string will do. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  if (typeof found !== 'string') throw new Error(`No text at ${path} in ${JSON.stringify(value)}`);
  return found;
}

/** The same, where only a list will do; each entry's field. */
export function eachAt(value: unknown, path: string, field: string): unknown[] {
  const found = at(value, path);
  if (!Array.isArray(found)) throw new Error(`No list at ${path} in ${JSON.stringify(value)}`);
  return found.map((entry: unknown) => at(entry, field));
}
