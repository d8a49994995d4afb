// The connections of one server: how far each is, and what becomes of it once the server leaves.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../../observability/log.ts';
import { sayError } from '../say.ts';
import { type Arrivals, openArrivals } from './arrivals.ts';
import type { Patience } from './patience.ts';
import { watchReaders } from './readers.ts';
import { seldom } from './seldom.ts';

/**
 * `leaving`: nobody new is to be sent here, though whoever comes is served; `closing`: what has begun is finished, and
 * nothing else.
 */
export type Stage = 'open' | 'leaving' | 'closing';

export interface Connections {
  stage(): Stage;
  /** Whether a request that came is to be answered; where not, that has been seen to. */
  takes(request: IncomingMessage, response: ServerResponse): boolean;
  /** Something was asked on its connection. */
  used(request: IncomingMessage): void;
  /** Somebody listens to this answer: it ends when they have enough. */
  listened(response: ServerResponse): void;
  /** How many of these there are. */
  streams(): number;
  /** What has not arrived whole. */
  readonly arrivals: Arrivals;
  /** From now on every answer is the last of its connection. */
  leave(): void;
  /** Takes no more, and cuts whatever would not end by itself. */
  close(): void;
}

export interface ConnectionParts {
  readonly server: Server;
  readonly patience: Patience;
  /** Beyond so many nobody is let in. */
  readonly mostConnections: number;
  readonly log: Log;
}

/** On one connection, without waiting for an answer: browsers ask one at a time, and few libraries a handful. */
const MOST_UNANSWERED = 32;
/** The connections that nothing runs on make room before anybody is turned away. */
const CROWDED = 0.9;
const MAKE_ROOM_EVERY_MS = 1000;
const SAY_EVERY_MS = 60_000;

export function openConnections({
  server,
  patience,
  mostConnections,
  log,
}: ConnectionParts): Connections {
  const open = new Set<Socket>();
  const unanswered = new WeakMap<Socket, Set<ServerResponse>>();
  /** Those that somebody listens to. */
  const streams = new Set<ServerResponse>();
  const arrivals = openArrivals({ log });
  const stopWatching = watchReaders({ sockets: open, patience, log });
  const makeRoom = seldom(MAKE_ROOM_EVERY_MS, () => server.closeIdleConnections());
  const sayFull = seldom(SAY_EVERY_MS, () =>
    log.warn(
      { mostConnections },
      'there are as many connections as are let in: more are refused (server.maxConnections)',
    ),
  );
  let stage: Stage = 'open';

  server.maxConnections = mostConnections;
  server.on('drop', sayFull);
  server.on('connection', (socket) => {
    open.add(socket);
    arrivals.begin(socket);
    socket.once('close', () => {
      open.delete(socket);
      arrivals.end(socket);
      for (const response of unanswered.get(socket) ?? []) tellOfEnd(response);
    });
    if (open.size > CROWDED * mostConnections) makeRoom();
  });
  server.once('close', stopWatching);

  function isTooMany({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const others = unanswered.get(socket) ?? new Set();
    const before = others.size;
    unanswered.set(socket, others.add(response));
    response.once('close', () => others.delete(response));
    if (before < MOST_UNANSWERED) return false;
    // Nothing more is read; whatever was read already is not answered either, as this is the last answer.
    socket.pause();
    if (before > MOST_UNANSWERED) return true;
    response.setHeader('connection', 'close');
    sayError(
      response,
      429,
      `${MOST_UNANSWERED} requests wait for their answers on this connection, which are the most. Wait for answers, or open another connection.`,
    );
    return true;
  }

  return {
    arrivals,
    stage: () => stage,
    takes(request, response) {
      arrivals.end(request.socket);
      if (isTooMany(request, response)) return false;
      // Whoever keeps a connection open learns with its next answer that it is the last.
      if (stage !== 'open') response.setHeader('connection', 'close');
      // Whoever asked before that was not told: their connection is closed for them once it is idle.
      response.once('close', () => {
        if (stage === 'closing') server.closeIdleConnections();
      });
      return true;
    },
    used: ({ socket }) => arrivals.end(socket),
    listened(response) {
      streams.add(response);
      response.once('close', () => streams.delete(response));
    },
    streams: () => streams.size,
    leave() {
      stage = 'leaving';
    },
    close() {
      stage = 'closing';
      server.closeIdleConnections();
      // What has not arrived whole is not running yet, and may never be.
      arrivals.close();
      // A stream that ended in good order would not be asked for again: it is cut, and whoever reads it comes back elsewhere.
      for (const response of streams) response.destroy();
    },
  };
}

/** An answer whose turn on its connection has not come hears nothing of the end of that: Node tells the one that has it. */
function tellOfEnd(response: ServerResponse): void {
  if (response.socket || response.writableFinished) return;
  response.destroy();
  response.emit('close');
}
