// Where answers to queries are kept: in this process, and, where gateways share a Redis, there too.

import type { CacheInput } from '../config/config.ts';
import type { Keeping } from '../gateway/reads/answering.ts';
import type { Log } from '../observability/log.ts';
import { type Meter, NO_METER } from '../observability/meter.ts';
import { layeredCache } from '../state/cache/layered.ts';
import { type MemoryCache, memoryCache } from '../state/cache/memory.ts';
import { type RedisCache, redisCache } from '../state/cache/redis.ts';
import type { RedisDoor } from '../state/redis.ts';

/** What one process keeps where nothing else is said. */
const MEMORY_MB = 64;

/** Undefined where the config says that nothing is kept. */
export async function openCache(
  said: CacheInput | undefined,
  {
    redis,
    clock,
    log,
    meter = NO_METER,
  }: {
    readonly redis: RedisDoor | undefined;
    /** Milliseconds since the epoch. */
    readonly clock: () => number;
    readonly log: Log;
    readonly meter?: Meter;
  },
): Promise<Keeping | undefined> {
  if (said === false) return undefined;
  const { memoryMb = MEMORY_MB, ...times } = said ?? {};
  const memory = memoryCache({ mostBytes: memoryMb * 1_000_000, clock: () => performance.now() });
  const near = countedNear(memory, meter);
  if (!redis) return { cache: near, times };
  const shared = await redisCache({ door: redis, clock, log });
  const cache = layeredCache({ near, shared: countedShared(shared, meter) });
  return { cache, times, clock: shared.now };
}

function countedNear(near: MemoryCache, meter: Meter): MemoryCache {
  return {
    ...near,
    async get(scope, keys) {
      const found = await near.get(scope, keys);
      count(meter, 'memory', found);
      return found;
    },
  };
}

function countedShared(shared: RedisCache, meter: Meter): RedisCache {
  return {
    ...shared,
    async find(scope, keys) {
      const found = await shared.find(scope, keys);
      count(meter, 'redis', found);
      return found;
    },
  };
}

function count(meter: Meter, layer: 'memory' | 'redis', found: readonly unknown[]): void {
  const hits = found.filter((one) => one !== undefined).length;
  const misses = found.length - hits;
  if (hits > 0) meter.count('parlance_cache_lookups_total', { layer, found: 'hit' }, hits);
  if (misses > 0) meter.count('parlance_cache_lookups_total', { layer, found: 'miss' }, misses);
}
