// Those who ask to speak another protocol: WebSocket at its one address, and nothing else.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../../observability/log.ts';
import { isStrangeHost, type Names, STRANGE_HOST } from '../door/hosts.ts';
import { FOREIGN, type Origins } from '../door/origins.ts';
import { GRAPHQL_PATH } from '../graphql.ts';
import { pathOf } from '../path.ts';
import type { WebSockets } from '../websocket/websocket.ts';
import type { Connections } from './connections.ts';
import { answerBare } from './unreadable.ts';

export interface UpgradeParts {
  readonly webSockets: WebSockets;
  readonly connections: Connections;
  readonly names: Names;
  readonly origins: Origins;
  readonly log: Log;
}

export function takeUpgrades(server: Server, parts: UpgradeParts): void {
  const { webSockets, connections, log } = parts;
  server.on('upgrade', (request, socket, head) => {
    connections.used(request);
    socket.on('error', (error) => log.debug({ err: error }, 'a connection failed'));
    // Some clients offer another protocol with their first request, and mean to be answered in this one.
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      server.emit('connection', withoutUpgrade(request, socket, head));
      return;
    }
    const refused = turnedAway(request, parts);
    if (refused) answerBare(socket, refused.status, refused.message);
    else webSockets.open(request, socket, head);
  });
}

function turnedAway(request: IncomingMessage, { connections, names, origins }: UpgradeParts) {
  if (connections.stage() === 'closing') {
    return {
      status: '503 Service Unavailable',
      message: 'This gateway is leaving. Connect again.',
    };
  }
  if (pathOf(request) !== GRAPHQL_PATH) {
    return {
      status: '404 Not Found',
      message: `There is nothing here; GraphQL is at ${GRAPHQL_PATH}.`,
    };
  }
  if (isStrangeHost(request, names)) {
    return { status: '421 Misdirected Request', message: STRANGE_HOST };
  }
  if (origins.mayNotConnect(request)) return { status: '403 Forbidden', message: FOREIGN };
  return undefined;
}

/** The connection as it was before the request on it was read, which asks for nothing but its answer. */
function withoutUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Duplex {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!/^(connection|upgrade|http2-settings)$/i.test(name)) {
      lines.push(`${name}: ${rawHeaders[index + 1]}`);
    }
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  return socket;
}
