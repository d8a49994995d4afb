// Redis freezes, or is not there yet: what works without it works on, what cannot says so at once, and nobody restarts anything.

import { expect, it } from 'vitest';
import { standingAt } from '../support/attempts.ts';
import { ownRedis } from '../support/cluster.ts';
import { hearingAt, send, startSharing } from '../support/sharing.ts';
import { asBefore, LONGEST_MS, liveThrough, withoutRedis } from '../support/without-redis.ts';

it.each([
  ['a moment', 1500],
  ['longer than a silent connection is believed', 7500],
])(
  'a Redis that is frozen for %s costs a moment, an honest word, and no restart',
  async (_long, forMs) => {
    const redis = await ownRedis();

    const told = await liveThrough(redis, {
      leave: () => redis.freeze(),
      comeBack: () => redis.thaw(),
      forMs,
    });

    // It has all that it had.
    expect(told.flat()).not.toContain('gap: RESET');
  },
  60_000,
);

it('a Redis that is not there at the start is done without, and used once it is', async () => {
  const redis = await ownRedis();
  await redis.kill();
  const began = performance.now();
  const sharing = await startSharing({ url: redis.url });
  const tookMs = performance.now() - began;
  const { world, one } = sharing;
  await withoutRedis(sharing, 'round 0');

  await redis.restart();

  expect(tookMs).toBeLessThan(2 * LONGEST_MS);
  await asBefore(sharing, 1);
  const hearing = await hearingAt(one, standingAt(world, 'support'));
  await send(sharing.other, standingAt(world, 'support'), 'news');
  await hearing.until('news');
}, 60_000);
