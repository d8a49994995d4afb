// Rates of one process: where one gateway is enough, its own count is all there is.

import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateParts, Rates } from './rates.ts';

export function memoryRates({ points: most, perSeconds, clock }: RateParts): Rates {
  const limiter = new RateLimiterMemory({ points: most, duration: perSeconds });
  return {
    async spend(who, points) {
      const asked = Math.min(points, most);
      try {
        await limiter.consume(who, asked);
        return { ok: true };
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        // It counts what it refuses, and would refuse what there is still enough for.
        await limiter.reward(who, asked);
        return { ok: false, retryAt: new Date(clock() + error.msBeforeNext) };
      }
    },
    close: () => Promise.resolve(),
  };
}
