// GraphQL over WebSocket, the protocol graphql-transport-ws: many operations on one connection, each as over HTTP.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ErrorCode } from '../../../schema/failure.ts';
import type { Log } from '../../observability/log.ts';
import { onlyLines, type Watching } from '../../observability/watching.ts';
import { LIMITS } from '../bounds/limits.ts';
import { answerBare } from '../connections/unreadable.ts';
import { addressOf } from '../door/address.ts';
import type { Door } from '../door/admission.ts';
import { tooManyAtOnce } from '../door/refusal.ts';
import { type Graphql, type Prepared, prepare } from '../graphql.ts';
import { shown, shownError } from '../shown.ts';
import { askForLife, carrierOf, sendAway } from './carrier.ts';
import { type Connection, end } from './connection.ts';
import { letIn } from './let-in.ts';
import { observedSocket } from './observed-sockets.ts';
import { boundUntilLetIn, MOST_STRANGERS, type MostStrangers, openStrangers } from './strangers.ts';

export interface WebSockets {
  /** Takes over a connection that asked to become one. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells each that it has to go elsewhere, once nothing runs on it but what it listens to; ends them all after a limit. */
  leave(limitMs: number): Promise<void>;
}

export interface WebSocketParts {
  readonly graphql: Graphql;
  /** Who lets in whoever connects, by the `authorization` of its `connection_init`, else by that of its first request. */
  readonly door: Door;
  readonly log: Log;
  /** Absent, lines only. */
  readonly watching?: Watching;
  /** How long a connection may be open before it says `connection_init`; absent, 3 seconds. */
  readonly initWithinMs?: number;
  /** How often a sign of life is asked for: none until the next time is the end. Absent, every 15 seconds. */
  readonly pingEveryMs?: number;
  /** Of one message; absent, as much as a body may have. */
  readonly mostBytes?: number;
  /** How many there may be at a time that have not said `connection_init`; absent, 1000, and 100 of them of one address. */
  readonly mostStrangers?: MostStrangers;
}

/** Each may hold an event that waits to be written. */
const MOST_OPERATIONS = 100;
/** How long a client may take to answer that the connection ends, before it is cut. */
const FAREWELL_MS = 1000;
export const INIT_WITHIN_MS = 3000;

/** RFC 6455, 7.4.1: the client comes back, elsewhere. */
const GOING_AWAY = 1001;

export function openWebSockets({
  graphql,
  door,
  log,
  watching = onlyLines(log),
  initWithinMs = INIT_WITHIN_MS,
  pingEveryMs = 15_000,
  mostBytes = LIMITS.bodyBytes,
  mostStrangers = MOST_STRANGERS,
}: WebSocketParts): WebSockets {
  const connections = new Set<Connection>();
  const prepared = new WeakMap<object, Prepared>();
  const { doorkeeper, shares, hops } = door;
  const strangers = openStrangers(
    // Where nobody signs in all may be at one address, and none is stranger than another.
    doorkeeper.open ? { ...mostStrangers, ofAnAddress: mostStrangers.inAll } : mostStrangers,
  );
  let leaving = false;
  watching.meter.read('parlance_websockets', () => [[{}, connections.size]]);

  const options = {
    noServer: true,
    // Its types do not know it yet.
    closeTimeout: FAREWELL_MS,
    maxPayload: mostBytes,
    // Answered below, where it is seen how much the client has not read yet.
    autoPong: false,
    // A client hears why it was refused only once its connection stands, and it stands only with a protocol it offered.
    handleProtocols: (offered: ReadonlySet<string>) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL)
        ? GRAPHQL_TRANSPORT_WS_PROTOCOL
        : ([...offered][0] ?? false),
  };
  const sockets = new WebSocketServer(options);

  const protocol = makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: initWithinMs,
    onConnect: ({ extra, connectionParams }) => letIn(door, extra, connectionParams),
    onSubscribe: ({ extra, subscriptions }, id, payload) =>
      begin(extra, payload, { id, count: Object.keys(subscriptions).length }),
    execute: (args) => preparedFor(args).execute(),
    subscribe: (args) => preparedFor(args).subscribe(),
    onNext: (_context, _id, _payload, _args, result) => shown(result),
    onError: ({ extra }, _id, payload, errors) => {
      end(extra, payload);
      return errors.map(shownError);
    },
    onComplete: ({ extra }, _id, payload) => {
      end(extra, payload);
      // After the client was told: one that is sent away with an operation it does not know to be done does it again.
      if (leaving) setImmediate(dismiss, extra);
    },
  });

  async function begin(
    connection: Connection,
    payload: Asked,
    { id, count }: { readonly id: string; readonly count: number },
  ) {
    const { socket, session, payer, operations } = connection;
    if (leaving) return [refused('GATEWAY_UNAVAILABLE', 'This gateway is leaving. Connect again.')];
    if (count > MOST_OPERATIONS) {
      const message = `There are ${MOST_OPERATIONS} operations on this connection, which are the most. End one, or open another connection.`;
      return [refused('RATE_LIMITED', message)];
    }
    if (!session || payer === undefined) {
      throw new Error('an operation came before its connection was let in');
    }
    const left = new AbortController();
    const ready = await prepare(graphql, payload, { left: left.signal, session, payer });
    if (!('args' in ready)) return ready;
    // Nobody is there any more who would hear of it, or may.
    if (socket.readyState !== socket.OPEN) return [refused('GATEWAY_UNAVAILABLE', 'It is over.')];
    const { document, operationName } = ready.args;
    const lasts =
      getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
    // Subscriptions are counted where they are told, whichever way.
    const giveBack = lasts ? () => undefined : shares.operations.take(payer);
    if (!giveBack) {
      const { code, message } = tooManyAtOnce(shares.operations.most);
      return [refused(code, message)];
    }
    operations.set(payload, { left, lasts, giveBack });
    prepared.set(ready.args, connection.trail.of(id, ready));
    return ready.args;
  }

  function preparedFor(args: object): Prepared {
    const ready = prepared.get(args);
    if (ready) return ready;
    throw new Error('an operation runs that was not prepared');
  }

  function opened(socket: WebSocket, request: IncomingMessage, known: () => void): void {
    const address = addressOf(request, hops);
    const { authorization } = request.headers;
    const lift = boundUntilLetIn(socket, request.socket);
    const trail = observedSocket(watching, request);
    const connection: Connection = {
      trail,
      socket,
      address,
      authorization,
      operations: new Map(),
      leaves: [],
      known() {
        lift();
        known();
      },
    };
    connections.add(connection);
    const stopAsking = askForLife(socket, pingEveryMs);
    // What cannot be read, or is too long, has ended the connection already, with the code there is for it.
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));
    const closed = protocol.opened(trail.along(carrierOf(socket, log)), connection);
    socket.once('close', (code, reason) => {
      stopAsking();
      trail.ended(code);
      connections.delete(connection);
      connection.known();
      for (const leave of connection.leaves) leave();
      for (const payload of connection.operations.keys()) end(connection, payload);
      closed(code, String(reason)).catch((error: unknown) => {
        log.error({ err: error }, 'a WebSocket could not be cleared away, which is a bug');
      });
    });
    if (leaving) dismiss(connection);
  }

  function dismiss({ socket, operations }: Connection): void {
    const runs = [...operations.values()].some(({ lasts }) => !lasts);
    if (!runs) sendAway(socket, { code: GOING_AWAY, reason: 'This gateway is leaving' });
  }

  return {
    open(request, socket, head) {
      const known = strangers.enter(addressOf(request, hops));
      if (!known) {
        const message = 'Too many connections wait to be let in. Come again in a moment.';
        answerBare(socket, '503 Service Unavailable', message);
        return;
      }
      socket.once('close', known);
      sockets.handleUpgrade(request, socket, head, (opening) => opened(opening, request, known));
    },
    async leave(limitMs) {
      leaving = true;
      const all = Array.from(connections);
      const gone = Promise.all(all.map(({ socket }) => untilClosed(socket)));
      for (const connection of all) dismiss(connection);
      const limit = setTimeout(() => all.forEach(({ socket }) => socket.terminate()), limitMs);
      await gone;
      clearTimeout(limit);
    },
  };
}

/** Not `once` of Node's, which takes a client that breaks the protocol on its way out for a failure of ours. */
function untilClosed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

type Asked = Parameters<typeof prepare>[1];

function refused(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
