// Rates that all gateways of one Redis share: a count for each caller, which the server forgets by itself.

import { createHash } from 'node:crypto';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisDoor } from '../redis.ts';
import { memoryRates } from './memory.ts';
import type { RateParts, Rates } from './rates.ts';

export interface RedisRatesParts extends RateParts {
  /** Closed by whoever opened it. */
  readonly door: RedisDoor;
}

/** Every operation waits for it: where no answer came by then, it is counted here. */
const WITHIN_MS = 250;

// The library's own script counts what is refused as well, and would refuse what there is still enough for.
const SPEND = `
local spent = tonumber(redis.call('get', KEYS[1]) or '0')
local asked, seconds, most = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
if spent + asked <= most then
  redis.call('set', KEYS[1], 0, 'EX', seconds, 'NX')
  redis.call('incrby', KEYS[1], asked)
end
return { spent + asked, redis.call('pttl', KEYS[1]) }
`;

/** Once it is known whether Redis is there. */
export async function redisRates({ door, ...share }: RedisRatesParts): Promise<Rates> {
  const { points: most, perSeconds, clock } = share;
  const alone = memoryRates(share);
  const client = door.hurried(WITHIN_MS);
  const limiter = new RateLimiterRedis({
    storeClient: client,
    keyPrefix: `${door.prefix}rates`,
    points: most,
    duration: perSeconds,
    rejectIfRedisNotReady: true,
    customIncrTtlLuaScript: SPEND,
  });
  await door.ready(client);
  return {
    async spend(who, points) {
      try {
        await limiter.consume(keyOf(who), Math.min(points, most));
        return { ok: true };
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) return alone.spend(who, points);
        return { ok: false, retryAt: new Date(clock() + error.msBeforeNext) };
      }
    },
    close: () => alone.close(),
  };
}

/** A caller's name may be as long as an issuer and a subject like to be. */
function keyOf(who: string): string {
  return createHash('sha256').update(who).digest('base64url');
}
