// What is told to an operator of each WebSocket: an id for all that comes over it, one for each operation, and how it ended.

import type { IncomingMessage } from 'node:http';
import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import { requestIdOf } from '../../observability/request-id.ts';
import { along, aside, type Trail } from '../../observability/trail.ts';
import type { Watching } from '../../observability/watching.ts';
import type { Prepared } from '../graphql.ts';

export interface SocketTrail {
  /** Whoever connected was let in. */
  is(callerId: string): void;
  /** Or was not, and why. */
  refused(why: string): void;
  /** The same socket: what is heard from it is on its trail. */
  along(socket: ProtocolSocket): ProtocolSocket;
  /** The same operation, on a branch of it. */
  of(operationId: string, prepared: Prepared): Prepared;
  ended(code: number): void;
}

export function observedSocket(
  { log, meter, tracer }: Watching,
  { headers }: IncomingMessage,
): SocketTrail {
  const beganMs = performance.now();
  const { traceparent } = headers;
  const parent = typeof traceparent === 'string' ? { traceparent } : undefined;
  // A span that lasts as long as its socket would be told when all it is about is long forgotten.
  const span = tracer.begin('websocket', 'server', parent);
  span.end();
  const requestId = requestIdOf(headers['x-request-id']);
  let trail: Trail = { requestId, span };

  return {
    is(callerId) {
      trail = { ...trail, callerId };
    },
    refused(why) {
      trail = { ...trail, refused: why };
    },
    along: (socket) => ({
      ...socket,
      onMessage: (answer) => socket.onMessage((text) => along(trail, () => answer(text))),
    }),
    of(operationId, { args, execute, subscribe }) {
      const branch = { operationId: operationId.slice(0, LONGEST_ID) };
      return {
        args,
        execute: () => aside(branch, execute),
        subscribe: () => aside(branch, subscribe),
      };
    },
    ended(code) {
      meter.count('parlance_websocket_closes_total', {
        code: KNOWN.has(code) ? `${code}` : 'other',
      });
      if (SIGN_IN.has(code)) meter.count('parlance_refusals_total', { reason: 'sign-in' });
      const { span: _span, ...told } = trail;
      const ms = Math.round(performance.now() - beganMs);
      log.info({ ...told, code, ms }, 'a WebSocket ended');
    },
  };
}

/** A client's own; a line of a log is not to be filled with one. */
const LONGEST_ID = 64;

/** What a client may say has no bound: RFC 6455, 7.4, and the protocol's own. */
const KNOWN: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 4400, 4401, 4403, 4406,
  4408, 4409, 4429, 4500,
]);
const SIGN_IN: ReadonlySet<number> = new Set([4401, 4403]);
