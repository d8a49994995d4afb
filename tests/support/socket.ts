// A WebSocket as it is on the wire, for what no client library would say, and for one that reads only when it is told to.

import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { at } from './answer.ts';

const PROTOCOL = 'graphql-transport-ws';

export interface RawSocket {
  readonly socket: WebSocket;
  /** Every message there was, parsed. */
  readonly heard: readonly unknown[];
  say(message: unknown): void;
  /** The next message for which this holds, those included that came before. */
  hear(wanted: (message: unknown) => boolean): Promise<unknown>;
  closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export async function openSocket(
  url: string,
  { protocol = PROTOCOL, ...options }: ClientOptions & { readonly protocol?: string } = {},
): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocol || [], options);
  onTestFinished(() => socket.terminate());
  const heard: unknown[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    heard.push(JSON.parse(Buffer.isBuffer(data) ? data.toString() : ''));
    for (const look of waiting) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  return {
    socket,
    heard,
    closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    hear: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          const found = heard.find(wanted);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** One that was let in. */
export async function openAcknowledged(
  url: string,
  options?: Parameters<typeof openSocket>[1],
): Promise<RawSocket> {
  const opened = await openSocket(url, options);
  opened.say({ type: 'connection_init' });
  await opened.hear(ofType('connection_ack'));
  return opened;
}

export function ofType(type: string, id?: string): (message: unknown) => boolean {
  return (message) =>
    at(message, 'type') === type && (id === undefined || at(message, 'id') === id);
}
