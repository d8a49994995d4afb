// Whoever asks and does not read: what waits to be written for them is cut off with them, after a while.

import type { Socket } from 'node:net';
import type { Log } from '../../observability/log.ts';
import type { Patience } from './patience.ts';

/** One that reads a byte now and then may take so many times as long as one that reads nothing. */
export const FEW_BYTES = 10;

interface Waiting {
  readonly sinceMs: number;
  /** How much had been handed over by then, in whole pieces. */
  readonly written: number;
}

/** Returns what ends it. */
export function watchReaders({
  sockets,
  patience: { unreadMs, lookEveryMs },
  log,
}: {
  readonly sockets: ReadonlySet<Socket>;
  readonly patience: Patience;
  readonly log: Log;
}): () => void {
  const waiting = new Map<Socket, Waiting>();

  function look(): void {
    for (const socket of waiting.keys()) if (!sockets.has(socket)) waiting.delete(socket);
    for (const socket of sockets) {
      if (socket.writableLength > 0) follow(socket);
      else if (waiting.delete(socket)) forget(socket);
    }
  }

  function follow(socket: Socket): void {
    // Counted by Node are also those that wait.
    const written = socket.bytesWritten - socket.writableLength;
    const before = waiting.get(socket);
    if (!before) {
      // Only Node sees how far a piece was written, which may be all of an answer: it calls when it stands still.
      socket.setTimeout(unreadMs);
      socket.once('timeout', () => waiting.has(socket) && cut(socket));
    }
    if (before?.written !== written) waiting.set(socket, { sinceMs: performance.now(), written });
    else if (performance.now() - before.sinceMs > FEW_BYTES * unreadMs) cut(socket);
  }

  /** Where Node has set a time of its own meanwhile, for the next request to come, that one holds. */
  function forget(socket: Socket): void {
    if (socket.timeout === unreadMs) socket.setTimeout(0);
  }

  function cut(socket: Socket): void {
    log.debug({ waiting: socket.writableLength }, 'a client that does not read was cut off');
    waiting.delete(socket);
    socket.destroy();
  }

  const timer = setInterval(look, lookEveryMs).unref();
  return () => clearInterval(timer);
}
