// An address where a service is reached, or where at times nobody listens: it hands on bytes and knows nothing of them.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { at } from './answer.ts';

export interface Relay {
  /** An origin without a path. */
  readonly url: string;
  /** From now on connections are refused; those there were are broken. */
  close(): Promise<void>;
  /** Listens again once so many connections of this process have been refused; resolves then. */
  openAfterRefusing(times: number): Promise<void>;
  /** How many were refused so far. */
  readonly refused: number;
}

export async function startRelay(to: string): Promise<Relay> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const close = async () => {
    const closed =
      server.listening && new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  let refused = 0;
  const wanted = new Set<() => void>();
  const count = (told: unknown) => {
    if (Number(at(told, 'connectParams.port')) !== port) return;
    refused += 1;
    for (const look of wanted) look();
  };
  subscribe(REFUSED, count);
  onTestFinished(async () => {
    unsubscribe(REFUSED, count);
    await close();
  });

  return {
    url: `http://127.0.0.1:${port}`,
    close,
    openAfterRefusing(times) {
      const enough = refused + times;
      return new Promise((resolve) => {
        const look = () => {
          if (refused < enough) return;
          wanted.delete(look);
          void listen(port).then(resolve);
        };
        wanted.add(look);
      });
    },
    get refused() {
      return refused;
    },
  };
}

const REFUSED = 'undici:client:connectError';
