// The composition root: every part is built here once, and closed in reverse order.

import { observeAccounts } from './compose/observe-accounts.ts';
import { observeCalls } from './compose/observe-calls.ts';
import { openAccounts } from './compose/open-accounts.ts';
import { openCache } from './compose/open-cache.ts';
import { openMemory } from './compose/open-memory.ts';
import { openRedisAt } from './compose/open-redis.ts';
import { type OpenedShares, openSharesOf } from './compose/open-shares.ts';
import { openSignIn } from './compose/open-sign-in.ts';
import { openWatching } from './compose/open-watching.ts';
import type { Config } from './config/config.ts';
import { scopeOf } from './config/scope.ts';
import type { Gateway } from './gateway/gateway.ts';
import { type Ingest, openIngest } from './gateway/live/ingest.ts';
import { openGateway } from './gateway/open-gateway.ts';
import type { Log } from './observability/log.ts';
import { type Metrics, openMetrics } from './observability/metrics.ts';
import { onlyLines, type Watching } from './observability/watching.ts';
import { BREAKER_TIMES, type BreakerTimes } from './providers/breaker.ts';
import type { Limits } from './providers/limits.ts';
import type { Doorkeeper } from './security/doorkeeper.ts';
import { LIMITS } from './server/bounds/limits.ts';
import type { Patience } from './server/connections/patience.ts';
import { type MetricsServer, serveMetrics } from './server/pages/metrics-page.ts';
import type { Out } from './server/pages/operator-pages.ts';
import { type Server, startServer } from './server/server.ts';
import type { EventLog } from './state/events/log.ts';
import type { RedisDoor } from './state/redis.ts';

export interface Parlance {
  readonly gateway: Gateway;
  /** What happened, as listeners are told it. */
  readonly events: EventLog;
  /** The door by which news comes in. */
  readonly ingest: Ingest;
  /** Where it listens. */
  readonly url: string;
  /** Finishes what is running, then closes everything. */
  close(): Promise<void>;
}

export interface Composed extends Omit<Parlance, 'url'> {
  /** Undefined where this process remembers by itself. */
  readonly redis: RedisDoor | undefined;
}

export interface Surroundings {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Seals cursors where the config names no secret. */
  readonly randomSecret: () => string;
  /** When an account that fails is left in peace, and for how long. Absent, as is usual. */
  readonly breaker?: BreakerTimes;
  /** How long is waited for slow clients. Absent, as is usual. */
  readonly patience?: Patience;
  /** Who lets in whoever asks; absent, as the config says. */
  readonly doorkeeper?: Doorkeeper;
  /** Absent, a registry of this gateway's own. */
  readonly metrics?: Metrics;
  /** What a service takes, made of what is documented of it. Absent, that itself. */
  readonly limitsOf?: (documented: Limits) => Limits;
}

/** Where nobody signs in only this machine may look, unless the operator says otherwise. */
const LOOPBACK = '127.0.0.1';
/** Balancers look every few seconds, and believe a second answer. */
const LEAVE_AFTER_MS = 5000;
const POLLING = { watchedMs: 2000, inboxMs: 15_000 };

export async function compose(config: Config, surroundings: Surroundings): Promise<Parlance> {
  const { clock, patience } = surroundings;
  const { metrics = openMetrics() } = surroundings;
  const watching = await openWatching(config, { log: surroundings.log, meter: metrics });
  const { log, tracer } = watching;
  const composed = await composeGateway(config, surroundings, watching);
  const { gateway, events, ingest, redis, close: closeGateway } = composed;
  let { doorkeeper } = surroundings;
  let opened: OpenedShares | undefined;
  let server: Server | undefined;
  let page: MetricsServer | undefined;
  try {
    doorkeeper ??= await openSignIn(config, { redis, clock, log });
    const { host, port, leaveAfterMs, drainMs, maxConnections, trustProxy = 0 } = config.server;
    opened = await openSharesOf(config, { open: doorkeeper.open, redis, clock });
    server = await startServer({
      gateway,
      doorkeeper,
      shares: opened.shares,
      trustProxy,
      clock,
      log,
      host,
      port,
      examples: config.kind === 'sandbox',
      alsoOut: () => outOf(redis),
      metrics,
      tracer,
      // Nobody sends anybody to a sandbox.
      leaveAfterMs: leaveAfterMs ?? (config.kind === 'sandbox' ? 0 : LEAVE_AFTER_MS),
      ...(drainMs === undefined ? {} : { drainMs }),
      ...(maxConnections === undefined ? {} : { mostConnections: maxConnections }),
      ...(patience && { patience }),
      limits: { ...LIMITS, ...config.limits },
      ...(config.operations && { listed: config.operations }),
      hosts: config.server.hosts,
      origins: config.server.origins,
      hsts: config.server.hsts,
    });
    const place = config.metrics && { host: LOOPBACK, ...config.metrics, log };
    page = place && (await serveMetrics(metrics, place));
    if (page) log.info({ url: `${page.url}/metrics` }, 'metrics are served');
  } catch (error) {
    await server?.close();
    await opened?.close();
    await doorkeeper?.close();
    await closeGateway();
    throw error;
  }
  return {
    gateway,
    events,
    ingest,
    url: server.url,
    async close() {
      await server.close();
      await opened?.close();
      await doorkeeper.close();
      await closeGateway();
      await page?.close();
      await tracer.close();
    },
  };
}

function outOf(redis: RedisDoor | undefined): readonly Out[] {
  const because = redis?.complaint() ?? null;
  return because === null ? [] : [{ name: 'redis', because }];
}

/** The gateway without a server: what `parlance check` asks. */
export async function composeGateway(
  config: Config,
  surroundings: Surroundings,
  watching = onlyLines(surroundings.log),
): Promise<Composed> {
  const redis = config.redis && openRedisAt(config.redis, watching.log);
  try {
    return await openedOver(redis, config, surroundings, watching);
  } catch (error) {
    // Whoever looks for Redis does so for ever, and would keep the process from ending.
    await redis?.close();
    throw error;
  }
}

async function openedOver(
  redis: RedisDoor | undefined,
  config: Config,
  { clock, randomSecret, breaker = BREAKER_TIMES, limitsOf }: Surroundings,
  watching: Watching,
): Promise<Composed> {
  const { log, meter } = watching;
  const accounts = openAccounts(config.providers, {
    redis,
    clock,
    breaker,
    watch: observeCalls(watching, () => performance.now()),
    limitsOf,
    turnLeases: () => memory.turnLeases,
  });
  const { providers, mannersOf } = accounts;
  const secret = config.server.cursorSecret?.reveal();
  if (secret === undefined && config.kind === 'configured') {
    log.warn(
      { path: 'server.cursorSecret' },
      'no cursor secret is set: cursors end with this process and no other gateway takes them',
    );
  }
  const memory = await openMemory(config.events, { redis, clock, randomSecret, log });
  const { events, ledger, leases, turnLeases, replyLeases, retention } = memory;
  const keeping = await openCache(config.cache, { redis, clock, log, meter });
  const gateway = openGateway({
    providers,
    events,
    ...(keeping && { keeping }),
    ledger,
    scopes: new Map(config.providers.map((account) => [account.name, scopeOf(account)])),
    turnLeases,
    ...(replyLeases && { replyLeases }),
    watch: {
      leases,
      polling: { ...POLLING, ...config.events?.polling },
      retentionMs: retention.ageMs,
    },
    nextTry: (name) => mannersOf.get(name)?.nextTry() ?? null,
    rateLeft: accounts.rateLeft,
    cursorSecret: secret ?? randomSecret(),
    operationMs: config.limits?.operationMs,
    clock,
    log,
    meter,
  });
  observeAccounts(meter, { gateway, mannersOf, redis });
  return {
    gateway,
    events,
    ingest: openIngest({ events, clock }),
    redis,
    async close() {
      await gateway.close();
      await accounts.closeBudgets();
      await keeping?.cache.close();
      await memory.close();
      await accounts.closeSockets();
    },
  };
}
