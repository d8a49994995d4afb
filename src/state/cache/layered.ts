// Memory over Redis: what was asked a moment ago is near, and what any gateway asked is not far.

import type { Cache, Kept } from './cache.ts';
import type { MemoryCache } from './memory.ts';
import type { RedisCache } from './redis.ts';

export interface LayeredCacheParts {
  readonly near: MemoryCache;
  readonly shared: RedisCache;
}

export function layeredCache({ near, shared }: LayeredCacheParts): Cache {
  /** Another one after each loss: what was asked for before it is not kept near after it. */
  let life = 0;
  shared.onLoss(() => {
    life += 1;
    near.clear();
  });

  return {
    async get(scope, keys, isEnough = () => true) {
      const known = await near.get(scope, keys);
      const wanting = keys.flatMap((key, at) => {
        const kept = known[at];
        return kept && isEnough(kept, key) ? [] : [{ key, at }];
      });
      if (wanting.length === 0) return known;
      const asked = life;
      const found = await shared.find(
        scope,
        wanting.map(({ key }) => key),
      );
      const newest: (Kept | undefined)[] = [...known];
      const newer = wanting.flatMap(({ key, at }, index) => {
        const one = found[index];
        const nearer = known[at];
        if (!one || (nearer && nearer.fetchedAtMs >= one.kept.fetchedAtMs)) return [];
        newest[at] = one.kept;
        return [{ key, kept: one.kept, forMs: one.leftMs }];
      });
      if (asked === life) await near.put(scope, newer);
      return newest;
    },

    async put(scope, entries) {
      await Promise.all([near.put(scope, entries), shared.put(scope, entries)]);
    },

    async claim(scope, key, forMs) {
      // Of one process one asks, also where Redis cannot be asked.
      const own = await near.claim(scope, key, forMs);
      if (!own) return null;
      const claim = await shared.claim(scope, key, forMs);
      if (!claim) {
        await own.release();
        return null;
      }
      return {
        async release() {
          await Promise.all([own.release(), claim.release()]);
        },
      };
    },

    async close() {
      await near.close();
      await shared.close();
    },
  };
}
