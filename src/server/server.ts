// The HTTP server: put together here, listens, and closes.

import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Gateway } from '../gateway/gateway.ts';
import type { Log } from '../observability/log.ts';
import { NO_METER } from '../observability/meter.ts';
import type { Metrics } from '../observability/metrics.ts';
import { NO_TRACER, type Tracer } from '../observability/tracer.ts';
import type { Doorkeeper } from '../security/doorkeeper.ts';
import { LIMITS } from './bounds/limits.ts';
import { openShares, type Shares } from './bounds/shares.ts';
import { openConnections } from './connections/connections.ts';
import { type Patience, USUAL_PATIENCE } from './connections/patience.ts';
import { answerUnreadable } from './connections/unreadable.ts';
import { takeUpgrades } from './connections/upgrades.ts';
import { boundedAttempts } from './door/attempts.ts';
import { openOrigins } from './door/origins.ts';
import { setSecurityHeaders } from './door/security-headers.ts';
import { type GraphqlParts, openGraphql } from './graphql.ts';
import { listenAt } from './listening.ts';
import { graphiqlPage } from './pages/graphiql.ts';
import { type Out, openOperatorPages } from './pages/operator-pages.ts';
import { newestIds } from './pages/page.ts';
import { openRoutes } from './routes.ts';
import { sayError } from './say.ts';
import { openWebSockets } from './websocket/websocket.ts';

export interface Server {
  readonly url: string;
  /** Takes no more, finishes what is running within a limit, then closes. */
  close(): Promise<void>;
}

export interface ServerParts extends Pick<GraphqlParts, 'limits' | 'listed'> {
  readonly gateway: Gateway;
  /** Who lets in whoever asks. */
  readonly doorkeeper: Doorkeeper;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Whether the page's examples are filled in with conversations there are. */
  readonly examples: boolean;
  /** What besides providers is out, and done without. */
  readonly alsoOut?: () => readonly Out[];
  /** Absent, nobody counts. */
  readonly metrics?: Metrics;
  /** Absent, nobody follows. */
  readonly tracer?: Tracer;
  /** For so long everything is still served while whoever sends others here is told to look elsewhere. Absent, not at all. */
  readonly leaveAfterMs?: number;
  /** For so long after that is waited for what is running; absent, a little longer than the slowest answer may take. */
  readonly drainMs?: number;
  /** Absent, 20000. */
  readonly mostConnections?: number;
  /** Absent, as is usual. */
  readonly patience?: Patience;
  /** What each caller may have and ask for; absent, as much as they like. */
  readonly shares?: Shares;
  /** The names by which it is reached; absent, any where callers sign in. */
  readonly hosts?: readonly string[] | undefined;
  /** Pages of these origins may ask, besides its own. */
  readonly origins?: readonly string[] | undefined;
  /** Whether browsers are told to come over TLS from now on. */
  readonly hsts?: boolean | undefined;
  /** How many proxies stand before this server that say who asked them; absent, none. */
  readonly trustProxy?: number;
}

const DRAIN_MARGIN_MS = 1000;
/** Each takes some kilobytes: docs/operating.md. */
const MOST_CONNECTIONS = 20_000;

export async function startServer(parts: ServerParts): Promise<Server> {
  const { gateway, doorkeeper, clock, log, host, port, examples, alsoOut = () => [] } = parts;
  const { leaveAfterMs = 0, mostConnections = MOST_CONNECTIONS, patience = USUAL_PATIENCE } = parts;
  const { shares = openShares({}), trustProxy = 0, metrics, tracer = NO_TRACER } = parts;
  const watching = { log, meter: metrics ?? NO_METER, tracer };
  const attempts = boundedAttempts(doorkeeper, { log, clock });
  const door = { doorkeeper: attempts, shares, hops: trustProxy, clock };
  const { limits = LIMITS, listed, hsts = false } = parts;
  const { bodyBytes: mostBytes } = limits;
  const { open } = doorkeeper;
  const names = { hosts: parts.hosts, open };
  const origins = openOrigins(parts.origins);
  const graphql = openGraphql({
    gateway,
    clock,
    log,
    watching,
    open,
    shares,
    limits,
    ...(listed && { listed }),
  });
  const webSockets = openWebSockets({ graphql, door, log, watching, mostBytes });
  const page = graphiqlPage(examples ? () => newestIds(gateway) : () => Promise.resolve(new Map()));
  const server = createServer({
    headersTimeout: patience.headersMs,
    requestTimeout: patience.arrivalMs,
    keepAliveTimeout: patience.idleMs,
    connectionsCheckingInterval: patience.lookEveryMs,
    // Whoever vanished without a word is found out by the system.
    keepAlive: true,
    keepAliveInitialDelay: patience.unreadMs,
  });
  const connections = openConnections({ server, patience, mostConnections, log });
  const operators = openOperatorPages({ gateway, door, connections, alsoOut, metrics });
  watching.meter.read('parlance_event_streams', () => [[{}, connections.streams()]]);
  watching.meter.read('parlance_leaving', () => [[{}, connections.stage() === 'open' ? 0 : 1]]);
  const answer = openRoutes({
    gateway,
    graphql,
    door,
    connections,
    page,
    names,
    origins,
    mostBytes,
    operators,
    watching,
  });

  server.on('request', (request, response) => {
    setSecurityHeaders(response, { hsts });
    if (!connections.takes(request, response)) return;
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request could not be served, which is a bug');
      if (response.headersSent) response.destroy();
      else sayError(response, 500, 'Something went wrong in the gateway itself. Try again.');
    });
  });
  server.on('clientError', answerUnreadable);
  takeUpgrades(server, { webSockets, connections, names, origins, log });

  const url = await listenAt(server, { host, port });

  return {
    url,
    async close() {
      connections.leave();
      if (leaveAfterMs > 0) await pause(leaveAfterMs);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const slowestMs = Math.max(...gateway.providers.map((provider) => provider.replyDeadlineMs));
      const limitMs = parts.drainMs ?? slowestMs + DRAIN_MARGIN_MS;
      const limit = setTimeout(() => server.closeAllConnections(), limitMs);
      connections.close();
      await webSockets.leave(limitMs);
      await closed;
      clearTimeout(limit);
      await graphql.yoga.dispose();
    },
  };
}
