// Rates of one process: where one gateway is enough, its own count is all there is.

import { LRUCache } from 'lru-cache';
import type { RateParts, Rates } from './rates.ts';

/** Who has asked for least lately is forgotten beyond so many, and has a whole share again. */
const MOST_CALLERS = 100_000;

// Not the library's own: that one counts what it refuses for a moment, and refuses what is asked meanwhile.
export function memoryRates({ points: most, perSeconds, clock }: RateParts): Rates {
  const spentBy = new LRUCache<string, number>({
    max: MOST_CALLERS,
    ttl: perSeconds * 1000,
    // A share begins with what is spent first.
    noUpdateTTL: true,
  });

  function spend(who: string, points: number): Awaited<ReturnType<Rates['spend']>> {
    const spent = (spentBy.get(who) ?? 0) + Math.min(points, most);
    if (spent > most) {
      return { ok: false, retryAt: new Date(clock() + spentBy.getRemainingTTL(who)) };
    }
    spentBy.set(who, spent);
    return { ok: true };
  }

  return {
    spend: (who, points) => Promise.resolve(spend(who, points)),
    close: () => Promise.resolve(),
  };
}
