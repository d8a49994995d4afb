// The composition root: every part is built here once, and closed in reverse order.

import { Agent } from 'undici';
import { observeAccounts } from './compose/observe-accounts.ts';
import { observeCalls } from './compose/observe-calls.ts';
import { openCache } from './compose/open-cache.ts';
import { openOwnProvider } from './compose/open-own-provider.ts';
import { type OpenedShares, openSharesOf } from './compose/open-shares.ts';
import { openSignIn } from './compose/open-sign-in.ts';
import { openWatching } from './compose/open-watching.ts';
import type { Config, ProviderConfig, RedisConfig } from './config/config.ts';
import { scopeOf } from './config/scope.ts';
import type { ProviderName } from './domain/ids.ts';
import { aloneAt } from './gateway/alone.ts';
import type { Gateway } from './gateway/gateway.ts';
import { type Ingest, openIngest } from './gateway/live/ingest.ts';
import { openGateway } from './gateway/open-gateway.ts';
import type { Log } from './observability/log.ts';
import { type Metrics, openMetrics } from './observability/metrics.ts';
import { onlyLines, type Watching } from './observability/watching.ts';
import { BREAKER_TIMES, type BreakerTimes } from './providers/breaker.ts';
import { type AccountParts, openProvider } from './providers/catalogue.ts';
import { openHttp } from './providers/http.ts';
import { type Limits, USUAL_LIMITS } from './providers/limits.ts';
import { type AccountManners, openManners } from './providers/manners.ts';
import type { Provider } from './providers/provider.ts';
import { openTurnstile } from './providers/turnstile.ts';
import type { Doorkeeper } from './security/doorkeeper.ts';
import { LIMITS } from './server/bounds/limits.ts';
import type { Patience } from './server/connections/patience.ts';
import { type MetricsServer, serveMetrics } from './server/pages/metrics-page.ts';
import type { Out } from './server/pages/operator-pages.ts';
import { type Server, startServer } from './server/server.ts';
import type { Budget } from './state/budget/budget.ts';
import { memoryBudgets } from './state/budget/memory.ts';
import { redisBudgets } from './state/budget/redis.ts';
import type { EventLog } from './state/events/log.ts';
import { memoryLog } from './state/events/memory.ts';
import { redisLog } from './state/events/redis.ts';
import { memoryLedger } from './state/idempotency/memory.ts';
import { redisLedger } from './state/idempotency/redis.ts';
import { memoryLeases } from './state/lease/memory.ts';
import { redisLeases } from './state/lease/redis.ts';
import { openRedis, type RedisDoor, type RedisPlace } from './state/redis.ts';

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

const CONNECT_TIMEOUT_MS = 2000;
/** Where nobody signs in only this machine may look, unless the operator says otherwise. */
const LOOPBACK = '127.0.0.1';
/** Balancers look every few seconds, and believe a second answer. */
const LEAVE_AFTER_MS = 5000;
/** Streams of the event log. Fixed: a conversation keeps its own for ever. */
const LANES = 8;
const RETENTION = { ageMs: 24 * 3_600_000, length: 10_000 };
const POLLING = { watchedMs: 2000, inboxMs: 15_000 };
/** How long nobody looks at an account after the gateway that did has died. */
const LEASE_MS = 10_000;
/** How long after a gateway died another one ends the answers it was at; and for how long it is known that one ended. */
const REPLY_LEASE = { leaseMs: 4000, notesMs: 600_000 };
/** How long a gateway that died stands in the way of others; and for how long is known what it was about to create. */
const TURN_LEASE = { leaseMs: 2000, notesMs: 24 * 3_600_000 };

/** How long after a gateway died its writes are taken for left; and for how long a key is good. */
const LEDGER = { leaseMs: 5000, keptMs: 24 * 3_600_000 };
/** Of one process: more than one a second for a day. */
const MOST_KEYS = 100_000;

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
  const watch = observeCalls(watching, () => performance.now());
  const budgets = redis ? redisBudgets({ door: redis, clock }) : memoryBudgets({ clock });
  const budgetOf = new Map<ProviderName, Budget>();
  const opened = config.providers.map((account) => {
    const { name } = account;
    // As many sockets as calls are let through: who waits does so before, where it is known who comes first.
    const dispatcher = new Agent({ pipelining: 1, connect: { timeout: CONNECT_TIMEOUT_MS } });
    const manners = openManners({ provider: name, clock, chance: Math.random, breaker, watch });
    const provider = openAccount(account, {
      dispatcher,
      clock,
      manners,
      turnstileOf(documented) {
        const limits = limitsOf?.(documented) ?? documented;
        const budget = budgets.of(scopeOf(account), limits);
        budgetOf.set(name, budget);
        return openTurnstile({ provider: name, limits, budget, clock });
      },
      // Asked only once all is open.
      alone: (what, signal, work) =>
        aloneAt({ name: account.name, scope: scopeOf(account) }, turnLeases)(what, signal, work),
    });
    return { name, dispatcher, manners, provider };
  });
  const providers = opened.map(({ provider }) => provider);
  const mannersOf = new Map(opened.map(({ name, manners }) => [name, manners]));
  const secret = config.server.cursorSecret?.reveal();
  if (secret === undefined && config.kind === 'configured') {
    log.warn(
      { path: 'server.cursorSecret' },
      'no cursor secret is set: cursors end with this process and no other gateway takes them',
    );
  }
  const retention = { ...RETENTION, ...config.events?.retention };
  const events = redis
    ? await redisLog({ door: redis, lanes: LANES, retention, log })
    : memoryLog({ lanes: LANES, retention, clock, epoch: randomSecret().slice(0, 12) });
  // Notes outlive the log: who comes back after it forgot all is told so.
  const lease = { leaseMs: LEASE_MS, notesMs: 7 * retention.ageMs };
  const leases = redis
    ? redisLeases({ door: redis, ...lease })
    : memoryLeases({ clock: () => performance.now(), ...lease });
  const turnLeases = redis
    ? redisLeases({ door: redis, ...TURN_LEASE })
    : memoryLeases({ clock: () => performance.now(), ...TURN_LEASE });
  const ledger = redis
    ? redisLedger({ door: redis, ...LEDGER })
    : memoryLedger({ clock: () => performance.now(), now: clock, most: MOST_KEYS, ...LEDGER });
  const keeping = await openCache(config.cache, { redis, clock, log, meter });
  const gateway = openGateway({
    providers,
    events,
    ...(keeping && { keeping }),
    ledger,
    scopes: new Map(config.providers.map((account) => [account.name, scopeOf(account)])),
    turnLeases,
    ...(redis && { replyLeases: redisLeases({ door: redis, ...REPLY_LEASE }) }),
    watch: {
      leases,
      polling: { ...POLLING, ...config.events?.polling },
      retentionMs: retention.ageMs,
    },
    nextTry: (name) => mannersOf.get(name)?.nextTry() ?? null,
    rateLeft: (name) => budgetOf.get(name)?.left() ?? null,
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
      await budgets.close();
      await keeping?.cache.close();
      await Promise.all([ledger.close(), turnLeases.close(), leases.close()]);
      await events.close();
      await Promise.all(opened.map(({ dispatcher }) => dispatcher.destroy()));
    },
  };
}

export function openRedisAt(redis: RedisConfig, log: Log): RedisDoor {
  return openRedis({ ...placeOf(redis), log });
}

function placeOf(redis: RedisConfig): RedisPlace & { readonly prefix?: string } {
  const prefix = redis.prefix === undefined ? {} : { prefix: redis.prefix };
  if ('url' in redis) return { url: redis.url.reveal(), ...prefix };
  if ('cluster' in redis) return { cluster: redis.cluster.map((url) => url.reveal()), ...prefix };
  const { name, username, password } = redis;
  return {
    sentinels: redis.sentinels.map((url) => url.reveal()),
    name,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...prefix,
  };
}

/** Throws, with a sentence for the operator, where a kind from outside this tree cannot be opened. */
function openAccount(
  account: ProviderConfig,
  parts: AccountParts & { readonly manners: AccountManners },
): Provider {
  if (account.kind !== 'generic') return openProvider(account, parts);
  const { dispatcher, clock, manners, turnstileOf } = parts;
  const { name, url, definition } = account;
  const http = openHttp({
    provider: name,
    origin: url ?? definition.origin,
    dispatcher,
    manners: manners.towards({ turnstile: turnstileOf?.(USUAL_LIMITS) }),
  });
  return openOwnProvider(account, { http, clock });
}
