// The connections of one server: what each is at, and what becomes of it once the server leaves.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  leaving(): boolean;
  /** Something was asked on its connection. */
  used(request: IncomingMessage): void;
  /** Somebody listens to this answer: it ends when they have enough. */
  listened(response: ServerResponse): void;
  /** Those whose body is still on its way. */
  readonly arriving: Set<IncomingMessage>;
  /** Takes no more, and cuts whatever would not end by itself. */
  leave(): void;
}

export function openConnections(server: Server): Connections {
  const arriving = new Set<IncomingMessage>();
  /** Those that somebody listens to. */
  const streams = new Set<ServerResponse>();
  /** Those that nothing has been asked on yet: a browser opens them in advance, and Node does not count them as idle. */
  const unused = new Set<Socket>();
  let leaving = false;

  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  // Before anybody answers it.
  server.prependListener('request', (request, response) => {
    unused.delete(request.socket);
    // Whoever keeps a connection open learns with its next answer that it is the last.
    if (leaving) response.setHeader('connection', 'close');
    // Whoever asked before that was not told: their connection is closed for them once it is idle.
    response.once('close', () => {
      if (leaving) server.closeIdleConnections();
    });
  });

  return {
    arriving,
    leaving: () => leaving,
    used: (request) => void unused.delete(request.socket),
    listened(response) {
      streams.add(response);
      response.once('close', () => streams.delete(response));
    },
    leave() {
      leaving = true;
      server.closeIdleConnections();
      // What has not arrived whole is not running yet, and may never be.
      for (const request of arriving) request.destroy();
      for (const socket of unused) socket.destroy();
      // A stream that ended in good order would not be asked for again: it is cut, and whoever reads it comes back elsewhere.
      for (const response of streams) response.destroy();
    },
  };
}
