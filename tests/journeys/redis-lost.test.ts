// Redis is lost for half a minute and comes back empty, under clients that go on all the while.

import { expect, it } from 'vitest';
import { ownRedis } from '../support/cluster.ts';
import { liveThrough } from '../support/without-redis.ts';

it('a Redis that is lost for thirty seconds costs an honest word and a gap, and no restart', async () => {
  const redis = await ownRedis();

  const told = await liveThrough(redis, {
    leave: () => redis.kill(),
    comeBack: () => redis.restart(),
    forMs: 30_000,
  });

  for (const all of told) expect(all).toContain('gap: RESET');
}, 90_000);
