// Where answers to queries are kept: in this process, and, where gateways share a Redis, there too.

import type { CacheInput } from './config/config.ts';
import type { Keeping } from './gateway/reads/answering.ts';
import type { Log } from './observability/log.ts';
import { layeredCache } from './state/cache/layered.ts';
import { memoryCache } from './state/cache/memory.ts';
import { redisCache } from './state/cache/redis.ts';
import type { RedisDoor } from './state/redis.ts';

/** What one process keeps where nothing else is said. */
const MEMORY_MB = 64;

/** Undefined where the config says that nothing is kept. */
export async function openCache(
  said: CacheInput | undefined,
  {
    redis,
    clock,
    log,
  }: {
    readonly redis: RedisDoor | undefined;
    /** Milliseconds since the epoch. */
    readonly clock: () => number;
    readonly log: Log;
  },
): Promise<Keeping | undefined> {
  if (said === false) return undefined;
  const { memoryMb = MEMORY_MB, ...times } = said ?? {};
  const near = memoryCache({ mostBytes: memoryMb * 1_000_000, clock: () => performance.now() });
  if (!redis) return { cache: near, times };
  const shared = await redisCache({ door: redis, clock, log });
  return { cache: layeredCache({ near, shared }), times, clock: shared.now };
}
