// The HTTP server: GraphQL, the page for browsers, and two words for whoever watches over the process.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { encodeId } from '../domain/ids.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Log } from '../observability/log.ts';
import type { Doorkeeper } from '../security/doorkeeper.ts';
import { admitted } from './admission.ts';
import { readBody } from './body.ts';
import { graphiqlPage, type Page } from './graphiql.ts';
import { GRAPHQL_PATH, openGraphql } from './graphql.ts';
import { ofAnotherOrigin, turnedAway } from './headers.ts';
import { answerBare, answerUnreadable } from './unreadable.ts';
import { openWebhooks, WEBHOOKS_PATH } from './webhooks.ts';
import { openWebSockets } from './websocket.ts';

export interface Server {
  readonly url: string;
  /** Takes no more, finishes what is running within a limit, then closes. */
  close(): Promise<void>;
}

export interface ServerParts {
  readonly gateway: Gateway;
  /** Who lets in whoever asks. */
  readonly doorkeeper: Doorkeeper;
  readonly log: Log;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Whether the page's examples are filled in with conversations there are. */
  readonly examples: boolean;
  /** What besides providers is out, and done without. */
  readonly alsoOut?: () => readonly string[];
}

/** How much longer than the slowest answer may take is waited for it once the process is to end. */
const DRAIN_MARGIN_MS = 1000;
/** How long a request may take to arrive whole. */
const ARRIVAL_LIMIT_MS = 30_000;

export async function startServer(parts: ServerParts): Promise<Server> {
  const { gateway, doorkeeper, log, host, port, examples, alsoOut = () => [] } = parts;
  const graphql = openGraphql({ gateway, log });
  const webSockets = openWebSockets({ graphql, doorkeeper, log });
  const page = graphiqlPage(examples ? () => newestIds(gateway) : () => Promise.resolve(new Map()));
  /** Those whose body is still on its way. */
  const arriving = new Set<IncomingMessage>();
  const webhooks = openWebhooks({ gateway, arriving });
  /** Those that somebody listens to. */
  const streams = new Set<ServerResponse>();
  /** Those that nothing has been asked on yet: a browser opens them in advance, and Node does not count them as idle. */
  const unused = new Set<Socket>();
  let leaving = false;

  const server = createServer({ requestTimeout: ARRIVAL_LIMIT_MS }, (request, response) => {
    unused.delete(request.socket);
    // Whoever keeps a connection open learns with its next answer that it is the last.
    if (leaving) response.setHeader('connection', 'close');
    // Whoever asked before that was not told: their connection is closed for them once it is idle.
    response.once('close', () => {
      if (leaving) server.closeIdleConnections();
    });
    serve(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request could not be served, which is a bug');
      if (response.headersSent) response.destroy();
      else sayError(response, 500, 'Something went wrong in the gateway itself. Try again.');
    });
  });

  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('clientError', answerUnreadable);
  server.on('upgrade', (request, socket, head) => {
    unused.delete(request.socket);
    socket.on('error', (error) => log.debug({ err: error }, 'a connection failed'));
    // Some clients offer another protocol with their first request, and mean to be answered in this one.
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      server.emit('connection', withoutUpgrade(request, socket, head));
      return;
    }
    const refused = turnedAwayFromSocket(request);
    if (refused) answerBare(socket, refused.status, refused.message);
    else webSockets.open(request, socket, head);
  });

  function turnedAwayFromSocket(request: IncomingMessage) {
    if (leaving) {
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
    if (ofAnotherOrigin(request)) {
      const message =
        'A page of another origin may not connect. Serve it from this one, or ask from a server.';
      return { status: '403 Forbidden', message };
    }
    return undefined;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    switch (path) {
      case '/healthz':
        return sayJson(response, 200, { status: 'ok' });
      case '/readyz':
        return leaving
          ? sayJson(response, 503, { status: 'leaving' })
          : sayJson(response, 200, readiness(gateway, alsoOut()));
      case '/':
        response.writeHead(302, { location: GRAPHQL_PATH }).end();
        return;
      case GRAPHQL_PATH:
        if (wantsPage(request)) return sendPage(request, response, await page());
        return answerGraphql(request, response);
      default:
        if (path.startsWith(WEBHOOKS_PATH)) return webhooks.answer(request, response, path);
        return sayError(response, 404, `There is nothing here; GraphQL is at ${GRAPHQL_PATH}.`);
    }
  }

  async function answerGraphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = turnedAway(request);
    if (refused) return sayError(response, refused.status, refused.message);
    const session = await admitted(doorkeeper, request, response);
    if (!session) return;
    const came = { session, listens: () => note(response) };
    if (request.method !== 'POST') {
      await graphql.handle(request, response, came);
      return;
    }
    arriving.add(request);
    const body = await readBody(request).finally(() => arriving.delete(request));
    if (body === 'unfinished') return;
    if (body === 'too-large') {
      response.setHeader('connection', 'close');
      return sayError(response, 413, 'A body may have 1 MB at most. Send less, or a URL to it.');
    }
    // The GraphQL server takes a body that was read already from this field.
    await graphql.handle(Object.assign(request, { body }), response, came);
  }

  function note(response: ServerResponse): void {
    streams.add(response);
    response.once('close', () => streams.delete(response));
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : port;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async close() {
      leaving = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // What has not arrived whole is not running yet, and may never be.
      for (const request of arriving) request.destroy();
      for (const socket of unused) socket.destroy();
      const slowestMs = Math.max(...gateway.providers.map((provider) => provider.replyDeadlineMs));
      const limitMs = slowestMs + DRAIN_MARGIN_MS;
      const limit = setTimeout(() => server.closeAllConnections(), limitMs);
      // A stream that ended in good order would not be asked for again: it is cut, and whoever reads it comes back elsewhere.
      for (const response of streams) response.destroy();
      await webSockets.leave(limitMs);
      await closed;
      clearTimeout(limit);
      await graphql.dispose();
    },
  };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const [path = '/'] = url.split('?');
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** A browser that was pointed here asks for HTML; a GraphQL client never does. */
function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

function sendPage(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = zipped ? page.gzipped : page.html;
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'private, max-age=300',
      vary: 'accept, accept-encoding',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    })
    .end(body);
}

/** Degraded is still ready: what does not need what is out works. */
function readiness(gateway: Gateway, alsoOut: readonly string[]) {
  const down = gateway.providers.filter(({ name }) => gateway.health(name).state === 'DOWN');
  const degraded = [...alsoOut, ...down.map(({ name }) => name)];
  return degraded.length === 0 ? { status: 'ready' } : { status: 'ready', degraded };
}

async function newestIds(gateway: Gateway): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    gateway.providers.map(async ({ name }): Promise<[string, string][]> => {
      const page = await gateway.listConversations(
        { first: 1, after: null, filter: { providers: [name] } },
        { signal: new AbortController().signal, reads: new Map() },
      );
      const node = page.ok ? page.value.edges[0]?.node : undefined;
      const { provider, nativeId } = node ?? {};
      return provider && nativeId
        ? [[name, encodeId({ type: 'Conversation', conversation: { provider, nativeId } })]]
        : [];
    }),
  );
  return new Map(found.flat());
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

function sayJson(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`);
}

function sayError(response: ServerResponse, status: number, message: string): void {
  const code = status < 500 ? 'INVALID_INPUT' : undefined;
  sayJson(response, status, { errors: [{ message, ...(code ? { extensions: { code } } : {}) }] });
}
