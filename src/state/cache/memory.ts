// The cache of one process: the whole of it where one gateway is enough, and the nearer half of it where there is a Redis.

import { LRUCache } from 'lru-cache';
import type { AccountScope } from '../../domain/ids.ts';
import { type Cache, type Kept, MOST_BYTES_OF_ONE } from './cache.ts';
import { frozen } from './frozen.ts';

export interface MemoryCache extends Cache {
  /** Nothing is kept any more; claims stay. */
  clear(): void;
}

export interface MemoryCacheParts {
  /** Of all that is kept, about. What was not asked for longest goes first. */
  readonly mostBytes: number;
  /** Milliseconds, from anywhere, and never going back. */
  readonly clock: () => number;
}

interface Place {
  readonly kept: Kept;
  readonly bytes: number;
  readonly until: number;
}

export function memoryCache({ mostBytes, clock }: MemoryCacheParts): MemoryCache {
  const places = new LRUCache<string, Place>({
    maxSize: mostBytes,
    sizeCalculation: ({ bytes }) => bytes,
  });
  /** By key, until when, each an object of its own: who released it or slept too long has it no more. */
  const claims = new Map<string, { readonly until: number }>();

  function placeOf(key: string): Place | undefined {
    const place = places.get(key);
    if (!place || place.until > clock()) return place;
    places.delete(key);
    return undefined;
  }

  function forgetClaims(): void {
    const now = clock();
    for (const [key, { until }] of claims) if (until <= now) claims.delete(key);
  }

  return {
    get(scope, keys) {
      return Promise.resolve(keys.map((key) => placeOf(keyOf(scope, key))?.kept));
    },

    put(scope, entries) {
      for (const { key: name, kept, forMs } of entries) {
        const key = keyOf(scope, name);
        const known = placeOf(key)?.kept.fetchedAtMs ?? Number.NEGATIVE_INFINITY;
        const copy = frozen(kept.value);
        if (forMs <= 0 || known > kept.fetchedAtMs || !copy) continue;
        const bytes = key.length + kept.asOf.length + copy.bytes;
        if (bytes > MOST_BYTES_OF_ONE) continue;
        const { fetchedAtMs, asOf } = kept;
        const frozenKept = Object.freeze({ value: copy.value, fetchedAtMs, asOf });
        places.set(key, { kept: frozenKept, bytes, until: clock() + forMs });
      }
      return Promise.resolve();
    },

    claim(scope, name, forMs) {
      forgetClaims();
      const key = keyOf(scope, name);
      if (claims.has(key)) return Promise.resolve(null);
      const claim = { until: clock() + forMs };
      claims.set(key, claim);
      return Promise.resolve({
        release() {
          if (claims.get(key) === claim) claims.delete(key);
          return Promise.resolve();
        },
      });
    },

    clear: () => places.clear(),

    close() {
      places.clear();
      claims.clear();
      return Promise.resolve();
    },
  };
}

function keyOf(scope: AccountScope, key: string): string {
  return `${scope}\n${key}`;
}
