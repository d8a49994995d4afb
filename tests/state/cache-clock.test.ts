// Gateways that share a cache go by one clock, whatever each one's own says.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { redisCache } from '../../src/state/cache/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { testClock } from '../support/clock.ts';
import { startRedis } from '../support/redis/server.ts';
import { keeping, SCOPE, valuesIn } from './cache-laws.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function cacheAt(url: string, prefix: string, clock: () => number) {
  const door = openRedis({ url, prefix, log });
  onTestFinished(() => door.close());
  return await redisCache({ door, clock, log, patienceMs: 5000 });
}

describe('gateways whose clocks are hours apart', () => {
  it('say the same time, that of the Redis between them', async () => {
    const prefix = `test:${randomUUID()}:`;
    const clocks = [testClock(0), testClock(Date.now() + 7_200_000)];

    for (const clock of clocks) {
      const cache = await cacheAt(inject('redisUrl'), prefix, clock);
      const asked = cache.now();
      expect(Math.abs(asked - Date.now())).toBeLessThan(5000);
      clock.pass(60_000);
      expect(cache.now()).toBe(asked + 60_000);
    }
  });

  it.each([
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ])('keep as long what the one that is %s kept', async (_where, skewMs) => {
    const prefix = `test:${randomUUID()}:`;
    const [one, other] = [
      await cacheAt(inject('redisUrl'), prefix, () => Date.now() + skewMs),
      await cacheAt(inject('redisUrl'), prefix, Date.now),
    ];

    await one.put(SCOPE, [keeping('a', 'A', { forMs: 60_000 })]);

    const [found] = await other.find(SCOPE, ['a']);
    expect(found?.leftMs).toBeGreaterThan(30_000);
    expect(found?.leftMs).toBeLessThanOrEqual(60_000);
  });
});

it('a gateway whose Redis was not there at first shares nothing before it knows the time there', async () => {
  const server = await startRedis();
  onTestFinished(() => server.close());
  await server.kill();
  const cache = await cacheAt(server.url, `test:${randomUUID()}:`, testClock(0));
  expect(cache.now()).toBe(0);

  await server.restart();
  await vi.waitFor(async () => {
    await cache.put(SCOPE, [keeping('a', 'A')]);
    expect(await valuesIn(cache, ['a'])).toEqual(['A']);
  }, 10_000);

  expect(Math.abs(cache.now() - Date.now())).toBeLessThan(5000);
});
