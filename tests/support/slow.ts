// Clients that speak HTTP word for word, and no faster than they like, with a server that has the patience of a moment.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished, vi } from 'vitest';
import { openHouse } from '../../src/security/doorkeeper.ts';
import type { Patience } from '../../src/server/connections/patience.ts';
import { startServer } from '../../src/server/server.ts';
import { gatewayOver, handMade, type Making } from '../gateway/hand-made.ts';

export const HASTE: Patience = {
  headersMs: 300,
  arrivalMs: 600,
  idleMs: 20_000,
  lookEveryMs: 50,
  unreadMs: 400,
};

export async function startHasty(
  making: Partial<Making> = {},
  parts: { readonly patience?: Patience; readonly mostConnections?: number } = {},
) {
  const made = handMade({ name: 'one', ...making });
  const { gateway, log, logged } = gatewayOver([made.provider]);
  const { url, close } = await startServer({
    clock: Date.now,
    gateway,
    doorkeeper: openHouse(),
    log,
    host: '127.0.0.1',
    port: 0,
    examples: false,
    patience: HASTE,
    ...parts,
  });
  onTestFinished(close);
  return { url, logged, made };
}

export const GET = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';

export function speak(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const began = performance.now();
  onTestFinished(() => void socket.destroy());
  let said = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    said += part;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    socket,
    tookMs: () => performance.now() - began,
    hears: (words: string) =>
      vi.waitUntil(() => said.includes(words), { timeout: 5000, interval: 10 }),
    async everything(): Promise<string> {
      await closed;
      return said;
    },
  };
}

/** A connection on which a request has begun, once it stands. */
export async function half(url: string, begun = 'GET /healthz HTTP/1.1\r\nhost'): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(begun);
  return socket;
}

export async function inTurn<T>(times: number, make: () => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  while (made.length < times) made.push(await make());
  return made;
}

export function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
