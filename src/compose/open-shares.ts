// What each caller may have and ask for, by the config: bounded where callers are told apart, else where an operator says so.

import type { Config } from '../config/config.ts';
import { openShares, type Shares, USUAL_SHARES } from '../server/bounds/shares.ts';
import { memoryRates } from '../state/rates/memory.ts';
import type { Rates } from '../state/rates/rates.ts';
import { redisRates } from '../state/rates/redis.ts';
import type { RedisDoor } from '../state/redis.ts';

export const USUAL_RATE = { points: 6000, perSeconds: 60 };

export interface OpenedShares {
  readonly shares: Shares;
  close(): Promise<void>;
}

export async function openSharesOf(
  { kind, limits = {} }: Config,
  {
    open,
    redis,
    clock,
  }: {
    /** Whether anybody is let in without a word. */
    readonly open: boolean;
    readonly redis: RedisDoor | undefined;
    readonly clock: () => number;
  },
): Promise<OpenedShares> {
  const { rate } = limits;
  // Nobody is to be kept from trying out a sandbox.
  const areApart = kind === 'configured' && !open;
  const share = { ...USUAL_RATE, ...rate, clock };
  let rates: Rates | undefined;
  if (areApart || rate) {
    rates = redis ? await redisRates({ ...share, door: redis }) : memoryRates(share);
  }
  return {
    shares: openShares({ ...(areApart ? USUAL_SHARES : {}), ...limits }, rates),
    async close() {
      await rates?.close();
    },
  };
}
