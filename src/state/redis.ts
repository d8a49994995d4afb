// The way to Redis: one connection for commands that fail fast, and others for reads that wait.

import { createHash } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { failed, type Outcome, success } from '../domain/failure.ts';
import type { Log } from '../observability/log.ts';

export interface RedisDoor {
  /** Runs a script on the server of its keys. Fails with `gateway-unavailable` where no answer came in time. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<Outcome<unknown>>;
  /** A connection of one's own, for reads that block so long at most. It comes back by itself as long as the door is open. */
  connection(blocksMs: number): Connection;
  /** A connection of one's own whose commands are given up after so long: for what one can do without. */
  hurried(withinMs: number): Connection;
  /** Resolves once a connection can be written to, or after a while in which it could not. */
  ready(connection?: Connection): Promise<void>;
  /** What the last attempt met: null where it was answered. For the operator; it may hold an address. */
  complaint(): string | null;
  /** Of all keys. */
  readonly prefix: string;
  /** Whether keys of different slots lie on different servers, so that no read can wait for all of them. */
  readonly isSplit: boolean;
  close(): Promise<void>;
}

export type Connection = Redis | Cluster;

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** By its name, and whole where the server does not know it. Throws what the connection throws. */
export async function evaluate(
  client: Connection,
  { lua, sha }: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return await client.eval(lua, keys.length, ...keys, ...args);
  }
}

/** URLs are `redis://` or `rediss://`. */
export type RedisPlace =
  | { readonly url: string }
  | {
      readonly sentinels: readonly string[];
      /** Of the server, at the Sentinels. */
      readonly name: string;
      readonly username?: string;
      readonly password?: string;
    }
  /** Some nodes; all take the credentials of the first. */
  | { readonly cluster: readonly string[] };

export type RedisParts = RedisPlace & { readonly prefix?: string; readonly log: Log };

/** A dead Redis must cost a caller this and no more. */
const COMMAND_TIMEOUT_MS = 1000;
const MOST_BETWEEN_TRIES_MS = 1000;
/** A host that went without a word answers nothing for ever: after so much more than was due, another connection is tried. */
const SILENCE_MS = 1000;
/** Each costs a hop of its own; the usual five times three would outlast every patience. */
const MOST_REDIRECTIONS = 4;

export function openRedis({ prefix = 'parlance:', log, ...place }: RedisParts): RedisDoor {
  const open: Connection[] = [];
  let complaint: string | null = 'it was not reached yet';
  let warned = false;
  let closing = false;

  function connection(patience: Patience): Connection {
    const client = connectTo(place, patience);
    // Without an ear it would end the process; what a command meets is told by the command.
    client.on('error', (error: Error) => log.debug({ err: error }, 'Redis is out of reach'));
    open.push(client);
    return client;
  }

  const commands = connection({
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: COMMAND_TIMEOUT_MS + SILENCE_MS,
  });
  commands.on('error', note);
  // An error said why, where there was one.
  commands.on('close', () => complaint ?? note(new Error('the connection was closed')));

  function note(error: unknown): void {
    if (closing) return;
    // What ioredis says of a connection that is not there says less than what ended it.
    if (complaint !== null && commands.status !== 'ready' && isNoConnection(error)) return;
    if (!warned) log.warn({ err: error }, 'Redis is out of reach: going on without it');
    warned = true;
    complaint = reasonIn(error);
  }

  function noteAnswer(): void {
    if (warned) log.info({}, 'Redis answers again');
    warned = false;
    complaint = null;
  }

  return {
    prefix,
    isSplit: 'cluster' in place,
    connection: (blocksMs) => connection({ socketTimeout: blocksMs + SILENCE_MS }),
    hurried: (withinMs) =>
      connection({ commandTimeout: withinMs, socketTimeout: withinMs + SILENCE_MS }),
    ready: (client = commands) => becomesReady(client),
    complaint: () => complaint,
    async run(of, keys, args) {
      try {
        const told = await evaluate(commands, of, keys, args);
        noteAnswer();
        return success(told);
      } catch (error) {
        note(error);
        return unreachable();
      }
    },
    close() {
      closing = true;
      for (const client of open) client.disconnect();
      return Promise.resolve();
    },
  };
}

interface Patience {
  readonly commandTimeout?: number;
  readonly socketTimeout: number;
}

function connectTo(place: RedisPlace, patience: Patience): Connection {
  const common = { maxRetriesPerRequest: 1, connectTimeout: COMMAND_TIMEOUT_MS, ...patience };
  const between = (times: number) => Math.min(MOST_BETWEEN_TRIES_MS, 50 * times);
  if ('cluster' in place) {
    const nodes = place.cluster.map(addressIn);
    const [{ host: _host, port: _port, ...credentials } = addressIn('redis://127.0.0.1')] = nodes;
    return new Cluster([...place.cluster], {
      enableOfflineQueue: false,
      clusterRetryStrategy: between,
      maxRedirections: MOST_REDIRECTIONS,
      slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
      redisOptions: { ...common, ...credentials },
    });
  }
  const single = { ...common, enableOfflineQueue: false, retryStrategy: between };
  if ('url' in place) return new Redis(place.url, single);

  const { sentinels, name, username, password } = place;
  const addresses = sentinels.map(addressIn);
  const [first] = addresses;
  return new Redis({
    ...single,
    sentinels: addresses.map(({ host, port }) => ({ host, port })),
    name,
    sentinelRetryStrategy: between,
    // Sooner than the server would be missed by itself.
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    ...(first?.username === undefined ? {} : { sentinelUsername: first.username }),
    ...(first?.password === undefined ? {} : { sentinelPassword: first.password }),
    ...(first?.tls
      ? { tls: first.tls, sentinelTLS: first.tls, enableTLSForSentinelMode: true }
      : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
}

function addressIn(text: string) {
  const { protocol, hostname, port, username, password } = new URL(text);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function becomesReady(client: Connection): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(limit);
      client.off('ready', done);
      client.off('end', done);
      resolve();
    };
    const limit = setTimeout(done, COMMAND_TIMEOUT_MS);
    client.on('ready', done);
    client.on('end', done);
  });
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function isNoConnection(error: unknown): boolean {
  return error instanceof Error && /enableOfflineQueue|Connection is closed/.test(error.message);
}

function reasonIn(error: unknown): string {
  if (!(error instanceof Error)) return 'it did not answer';
  // A name with two addresses fails with a list of both, and no words of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && first.message !== '' ? first.message : error.name;
}

/** A client learns no address and no word of the server's. */
function unreachable(): ReturnType<typeof failed> {
  return failed({ kind: 'gateway-unavailable', because: 'Redis does not answer' });
}
