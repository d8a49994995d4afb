// Whoever asks and does not read: what waits to be written for them is cut off with them, after a while.

import type { Socket } from 'node:net';
import type { Log } from '../observability/log.ts';
import type { Patience } from './patience.ts';

/** So much in that time is a slow line; less is none. */
const LEAST_BYTES = 16 * 1024;

interface Waiting {
  readonly sinceMs: number;
  /** How much had been written by then. */
  readonly written: number;
}

/** Returns what ends it. */
export function watchReaders({
  sockets,
  patience: { unreadMs, lookEveryMs },
  log,
}: {
  readonly sockets: Iterable<Socket>;
  readonly patience: Patience;
  readonly log: Log;
}): () => void {
  const waiting = new WeakMap<Socket, Waiting>();

  function look(): void {
    const now = performance.now();
    for (const socket of sockets) {
      if (socket.writableLength === 0) {
        waiting.delete(socket);
        continue;
      }
      // Counted by Node are also those that wait.
      const written = socket.bytesWritten - socket.writableLength;
      const before = waiting.get(socket);
      if (!before || written - before.written >= LEAST_BYTES) {
        waiting.set(socket, { sinceMs: now, written });
      } else if (now - before.sinceMs >= unreadMs) {
        log.debug({ waiting: socket.writableLength }, 'a client that does not read was cut off');
        socket.destroy();
      }
    }
  }

  const timer = setInterval(look, lookEveryMs).unref();
  return () => clearInterval(timer);
}
