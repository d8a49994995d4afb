// Rates where Redis is away: this process counts by itself, at once, and nobody asks without a bound or for nothing.

import { Redis } from 'ioredis';
import { expect, it, onTestFinished, vi } from 'vitest';
import { redisRates } from '../../src/state/rates/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { startRedisCluster } from '../support/redis/cluster.ts';
import { startRedis } from '../support/redis/server.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function started() {
  const server = await startRedis();
  onTestFinished(() => server.close());
  const open = async () => {
    const door = openRedis({ url: server.url, prefix: 'p:', log });
    onTestFinished(() => door.close());
    return redisRates({ door, points: 5, perSeconds: 60, clock: Date.now });
  };
  return { server, one: await open(), other: await open() };
}

it('each gateway gives a whole share of its own while Redis does not answer, and soon without waiting for it', async () => {
  const { server, one, other } = await started();
  await one.spend('a', 5);

  await server.freeze();
  expect(await one.spend('a', 5)).toEqual({ ok: true });
  expect(await other.spend('a', 5)).toEqual({ ok: true });

  expect(await one.spend('a', 1)).toMatchObject({ ok: false });
  await vi.waitFor(async () => {
    const before = performance.now();
    expect(await one.spend('b', 0)).toEqual({ ok: true });
    expect(performance.now() - before).toBeLessThan(50);
  }, 5000);
  await server.thaw();
  // What it counted before it still counts.
  await vi.waitFor(
    async () => expect(await other.spend('a', 1)).toMatchObject({ ok: false }),
    5000,
  );
});

it('what is kept of a caller is a number that the server forgets', async () => {
  const { server, one } = await started();
  await one.spend('an issuer|a subject', 2);
  const client = new Redis(server.url);
  onTestFinished(() => client.disconnect());

  const [key = '', ...others] = await client.keys('*');

  expect(others).toEqual([]);
  expect(key).toMatch(/^p:rates:[\w-]{43}$/);
  expect(await client.get(key)).toBe('2');
  expect(await client.ttl(key)).toBeGreaterThan(50);
});

it('on a cluster every caller has one share, on whichever node it is', async () => {
  const nodes = await startRedisCluster();
  const cluster = nodes.map(({ url }) => url);
  const open = async () => {
    const door = openRedis({ cluster, prefix: 'p:', log });
    onTestFinished(() => door.close());
    return redisRates({ door, points: 3, perSeconds: 60, clock: Date.now });
  };
  const [one, other] = [await open(), await open()];

  for (let caller = 0; caller < 20; caller += 1) {
    const spent = [];
    for (const rates of [one, other, one, other]) {
      spent.push((await rates.spend(`${caller}`, 1)).ok);
    }
    expect(spent).toEqual([true, true, true, false]);
  }
});
