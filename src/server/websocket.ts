// GraphQL over WebSocket, the protocol graphql-transport-ws: many operations on one connection, each as over HTTP.

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ErrorCode } from '../../schema/failure.ts';
import type { Log } from '../observability/log.ts';
import type { Doorkeeper, Session } from '../security/doorkeeper.ts';
import { bearerOf } from './admission.ts';
import { MAX_BODY_BYTES } from './body.ts';
import { type Graphql, type Prepared, prepare } from './graphql.ts';

export interface WebSockets {
  /** Takes over a connection that asked to become one. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells each that it has to go elsewhere, once nothing runs on it but what it listens to; ends them all after a limit. */
  leave(limitMs: number): Promise<void>;
}

export interface WebSocketParts {
  readonly graphql: Graphql;
  /** Who lets in whoever connects, by the `authorization` of its `connection_init`. */
  readonly doorkeeper: Doorkeeper;
  readonly log: Log;
  /** How long a connection may be open before it says `connection_init`; absent, 3 seconds. */
  readonly initWithinMs?: number;
  /** How often a sign of life is asked for: none until the next time is the end. Absent, every 15 seconds. */
  readonly pingEveryMs?: number;
}

/** What is to be said to one client and has not been written yet, before nothing more is heard from it. */
const MOST_UNWRITTEN_BYTES = 1024 * 1024;
/** Each may hold an event that waits to be written. */
const MOST_OPERATIONS = 100;
/** How long a client may take to answer that the connection ends. */
const FAREWELL_MS = 1000;
/** The code by which a client knows to come back, and elsewhere: RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;

interface Connection {
  readonly socket: WebSocket;
  /** The address at its other end. */
  readonly address: string;
  /** Once it was let in. */
  session?: Session;
  /** One for each operation, by what was sent for it: ids may be used again. */
  readonly operations: Map<object, Running>;
}

interface Running {
  readonly left: AbortController;
  /** A query and a mutation end by themselves; a subscription lasts. */
  readonly lasts: boolean;
}

export function openWebSockets({
  graphql,
  doorkeeper,
  log,
  initWithinMs = 3000,
  pingEveryMs = 15_000,
}: WebSocketParts): WebSockets {
  const connections = new Set<Connection>();
  const prepared = new WeakMap<object, Prepared>();
  let leaving = false;

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    // Answered below, where it is seen how much the client has not read yet.
    autoPong: false,
    // A client hears why it was refused only once its connection stands, and it stands only with a protocol it offered.
    handleProtocols: (offered) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL)
        ? GRAPHQL_TRANSPORT_WS_PROTOCOL
        : ([...offered][0] ?? false),
  });

  const protocol = makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: initWithinMs,
    async onConnect({ extra, connectionParams }) {
      const { authorization, Authorization = authorization } = connectionParams ?? {};
      const admission = await doorkeeper.admit({
        credential: bearerOf(Authorization),
        address: extra.address,
      });
      if (!admission.ok) return false;
      extra.session = admission.session;
      return true;
    },
    async onSubscribe({ extra, subscriptions }, _id, payload) {
      if (leaving)
        return [refused('GATEWAY_UNAVAILABLE', 'This gateway is leaving. Connect again.')];
      if (Object.keys(subscriptions).length > MOST_OPERATIONS) {
        const message = `There are ${MOST_OPERATIONS} operations on this connection, which are the most. End one, or open another connection.`;
        return [refused('RATE_LIMITED', message)];
      }
      const { session } = extra;
      if (!session) throw new Error('an operation came before its connection was let in');
      const left = new AbortController();
      const ready = await prepare(graphql, payload, { left: left.signal, session });
      if (!('args' in ready)) return ready;
      const { document, operationName } = ready.args;
      const lasts =
        getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
      extra.operations.set(payload, { left, lasts });
      if (extra.socket.readyState !== extra.socket.OPEN) end(extra, payload);
      prepared.set(ready.args, ready);
      return ready.args;
    },
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

  function preparedFor(args: object): Prepared {
    const ready = prepared.get(args);
    if (ready) return ready;
    throw new Error('an operation runs that was not prepared');
  }

  /** What is said to this client, and how much of it may wait before nothing more is heard from it. */
  function carry({ socket }: Connection) {
    const written = () => {
      if (socket.isPaused && socket.bufferedAmount <= MOST_UNWRITTEN_BYTES) socket.resume();
    };
    const heard = () => {
      if (socket.bufferedAmount > MOST_UNWRITTEN_BYTES) socket.pause();
    };
    socket.on('ping', (data: Buffer) => {
      socket.pong(data, false, written);
      heard();
    });
    return {
      protocol: socket.protocol,
      // Done once it was written, and only then is the next event asked for: what a slow client does not read yet waits
      // in its queue, which is bounded, and turns into a gap.
      send: (text: string) =>
        new Promise<void>((resolve) => {
          socket.send(text, () => {
            written();
            resolve();
          });
        }),
      close: (code?: number, reason?: string) => socket.close(code, reason),
      onMessage(answer: (text: string) => Promise<void>) {
        socket.on('message', (data) => {
          heard();
          answer(Buffer.isBuffer(data) ? data.toString() : '').catch((error: unknown) => {
            log.error({ err: error }, 'a message could not be answered, which is a bug');
            socket.close(
              CloseCode.InternalServerError,
              'Something went wrong in the gateway itself',
            );
          });
        });
      },
    };
  }

  /** A connection that was cut somewhere on its way says nothing of it. */
  function askForLife(socket: WebSocket): () => void {
    let alive = true;
    const hear = () => {
      alive = true;
    };
    socket.on('pong', hear).on('message', hear);
    const timer = setInterval(() => {
      if (!alive) {
        socket.terminate();
        return;
      }
      alive = false;
      socket.ping();
    }, pingEveryMs);
    return () => clearInterval(timer);
  }

  function opened(socket: WebSocket, request: IncomingMessage): void {
    const address = request.socket.remoteAddress ?? '';
    const connection: Connection = { socket, address, operations: new Map() };
    connections.add(connection);
    const stopAsking = askForLife(socket);
    // What cannot be read, or is too long, has ended the connection already, with the code there is for it.
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));
    const closed = protocol.opened(carry(connection), connection);
    socket.once('close', (code, reason) => {
      stopAsking();
      connections.delete(connection);
      for (const { left } of connection.operations.values()) left.abort();
      closed(code, String(reason)).catch((error: unknown) => {
        log.error({ err: error }, 'a WebSocket could not be cleared away, which is a bug');
      });
    });
    if (leaving) dismiss(connection);
  }

  function dismiss({ socket, operations }: Connection): void {
    const runs = [...operations.values()].some(({ lasts }) => !lasts);
    if (runs || socket.readyState !== socket.OPEN) return;
    socket.close(GOING_AWAY, 'This gateway is leaving');
    const limit = setTimeout(() => socket.terminate(), FAREWELL_MS);
    socket.once('close', () => clearTimeout(limit));
  }

  return {
    open: (request, socket, head) => sockets.handleUpgrade(request, socket, head, opened),
    async leave(limitMs) {
      leaving = true;
      const all = Array.from(connections);
      const gone = Promise.all(all.map(({ socket }) => once(socket, 'close')));
      for (const connection of all) dismiss(connection);
      const limit = setTimeout(() => all.forEach(({ socket }) => socket.terminate()), limitMs);
      await gone;
      clearTimeout(limit);
    },
  };
}

function end({ operations }: Connection, payload: object): void {
  operations.get(payload)?.left.abort();
  operations.delete(payload);
}

function shown({ errors, data, extensions }: Result): FormattedExecutionResult {
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors ? { errors: errors.map(shownError) } : {}),
    ...(extensions ? { extensions } : {}),
  };
}

interface Result {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly extensions?: Record<string, unknown> | undefined;
}

/** Less what is meant for HTTP. */
function shownError(error: GraphQLError): GraphQLFormattedError {
  const { extensions: { http: _http, ...extensions } = {}, ...rest } = error.toJSON();
  return Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
}

function refused(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
