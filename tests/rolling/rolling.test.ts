// Two gateways are begun anew, one after the other, and nobody who asks, writes or listens takes notice.

import { expect, it } from 'vitest';
import { builtCommand } from '../support/built.ts';
import { ownRedis } from '../support/cluster.ts';
import { runRolling } from './run-rolling.ts';

it('no request fails, no event is missed, and no message is there twice', async () => {
  const redis = await ownRedis();

  const { asked, written, reconnected, ...outcome } = await runRolling({
    rounds: 1,
    redisUrl: redis.url,
    leaveAfterMs: 1500,
    command: [builtCommand()],
  });

  expect(outcome).toEqual({ failed: [], amiss: [], doubled: [], codes: [0, 0] });
  expect(asked).toBeGreaterThan(50);
  expect(written).toBeGreaterThan(20);
  // Each was with one of them at the least.
  expect(reconnected).toBeGreaterThanOrEqual(4);
}, 120_000);
