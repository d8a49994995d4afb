// The cache that many gateways share: a value a key, all keys of an account in one slot, so that one MGET reads any of them.

import { randomUUID } from 'node:crypto';
import { Cluster, type Redis } from 'ioredis';
import type { AccountScope } from '../../domain/ids.ts';
import type { Log } from '../../observability/log.ts';
import { evaluate, type RedisDoor, type Script, script } from '../redis.ts';
import type { Cache } from './cache.ts';
import { decodeKept, encodeKept, type Found, HEAD_PATTERN, MOST_BYTES_OF_HEAD } from './codec.ts';
import { sharedClock } from './shared-clock.ts';

export interface RedisCache extends Cache {
  /** As `get`, with how much longer each is kept. */
  find(scope: AccountScope, keys: readonly string[]): Promise<readonly (Found | undefined)[]>;
  /** Called whenever the connection was lost, and when there is another one: meanwhile others may have kept anything. */
  onLoss(told: () => void): void;
  /** Milliseconds since the epoch, the same for all who share it: by this clock is told when anything was asked. */
  now(): number;
}

export interface RedisCacheParts {
  readonly door: RedisDoor;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
  /** A dead Redis costs a reader this at most, in milliseconds. */
  readonly patienceMs?: number;
}

/** The newer one stays. KEYS: where. ARGV: for each when it was fetched, how long it is kept, its bytes. */
const PUT = script(`
for at = 1, #KEYS do
  local arg = 3 * at - 2
  -- Whatever lies there that is no text was not put there by us.
  local head = redis.pcall('GETRANGE', KEYS[at], 0, ${MOST_BYTES_OF_HEAD})
  local known = type(head) == 'string' and string.match(head, '${HEAD_PATTERN}')
  if not known or tonumber(known) <= tonumber(ARGV[arg]) then
    redis.call('SET', KEYS[at], ARGV[arg + 2], 'PX', ARGV[arg + 1])
  end
end
return 1
`);

/** KEYS: claim. ARGV: word. */
const RELEASE = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`);

/** Asking the provider takes hardly longer. */
const PATIENCE_MS = 100;

/** Resolves once it can be asked, or could not for a while. The door is closed by whoever opened it. */
export async function redisCache({
  door,
  clock,
  log,
  patienceMs = PATIENCE_MS,
}: RedisCacheParts): Promise<RedisCache> {
  const connection = door.hurried(patienceMs);
  // All of an account in one slot.
  const keyOf = (scope: AccountScope, what: string, key: string) =>
    `${door.prefix}{cache:${scope}}:${what}:${key}`;
  const keptAt = (scope: AccountScope, key: string) => keyOf(scope, 'kept', key);

  async function attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    try {
      return await command();
    } catch (error) {
      log.debug({ err: error }, 'the cache is out of reach; going on without it');
      return undefined;
    }
  }

  const run = (of: Script, keys: readonly string[], args: readonly string[]) =>
    attempt(() => evaluate(connection, of, keys, args));

  const time = sharedClock({ clock, run: (of) => run(of, [`${door.prefix}{cache}:clock`], []) });

  async function find(scope: AccountScope, keys: readonly string[]) {
    if (keys.length === 0) return [];
    if (!(await time.compared())) return keys.map(() => undefined);
    const told = await attempt(() => connection.mgetBuffer(keys.map((key) => keptAt(scope, key))));
    const now = time.now();
    return keys.map((_, at) => {
      const bytes = told?.[at];
      return bytes ? decodeKept(bytes, now) : undefined;
    });
  }

  await door.ready(connection);
  await time.compare();
  connection.on('ready', () => void time.compare());

  return {
    find,

    async get(scope, keys) {
      return (await find(scope, keys)).map((found) => found?.kept);
    },

    async put(scope, entries) {
      if (!(await time.compared())) return;
      const now = time.now();
      const good = entries.flatMap(({ key, kept, forMs }) => {
        const encoded = forMs >= 1 ? encodeKept(kept, forMs, now) : undefined;
        return encoded ? [{ key: keptAt(scope, key), forMs: Math.floor(forMs), ...encoded }] : [];
      });
      if (good.length === 0) return;
      await run(
        PUT,
        good.map(({ key }) => key),
        good.flatMap(({ fetchedAtMs, forMs, text }) => [String(fetchedAtMs), String(forMs), text]),
      );
    },

    async claim(scope, name, forMs) {
      const key = keyOf(scope, 'claim', name);
      const word = randomUUID();
      const told = await attempt(() => connection.set(key, word, 'PX', Math.ceil(forMs), 'NX'));
      if (told === null) return null;
      // Where no answer came it may be there all the same.
      return { release: async () => void (await run(RELEASE, [key], [word])) };
    },

    onLoss(told) {
      if (!(connection instanceof Cluster)) return tellLoss(connection, told);
      // It outlives its connections to the servers.
      for (const node of connection.nodes()) tellLoss(node, told);
      connection.on('+node', (node: Redis) => tellLoss(node, told));
    },

    now: time.now,

    close: () => Promise.resolve(),
  };
}

/** Of a connection that was there: one that is tried again and again loses nothing. */
function tellLoss(connection: Redis, told: () => void): void {
  let isThere = connection.status === 'ready';
  connection.on('ready', () => {
    isThere = true;
    told();
  });
  connection.on('close', () => {
    if (isThere) told();
    isThere = false;
  });
}
