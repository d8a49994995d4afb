// Two thousand who stand before a gateway and say nothing; `npm run crowd` brings five times as many.

import { expect, it } from 'vitest';
import { builtCommand } from '../support/built.ts';
import { ownRedis } from '../support/cluster.ts';
import { runCrowd } from './run-crowd.ts';

const COUNT = 2000;

it('thousands of WebSockets that say nothing are kept, cost little, and nobody else is turned away', async () => {
  const redis = await ownRedis();

  const { standing, lost, before, during } = await runCrowd({
    kind: 'websocket',
    count: COUNT,
    redisUrl: redis.url,
    command: [builtCommand()],
  });

  expect({ standing, lost }).toEqual({ standing: COUNT, lost: 0 });
  // What the gateway learns from its first requests is in it.
  expect((during - before) / COUNT).toBeLessThan(64 * 1024);
}, 120_000);
