// What a Redis does to the cache in it: how often it is asked, what strangers leave there, and that one out of reach costs little.

import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisCache } from '../../src/state/cache/redis.ts';
import { openRedis, type RedisPlace } from '../../src/state/redis.ts';
import { startRedisCluster } from '../support/redis/cluster.ts';
import { startRedis } from '../support/redis/server.ts';
import { keeping, SCOPE, valuesIn } from './cache-laws.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function cacheAt(place: RedisPlace, patienceMs?: number) {
  const prefix = `test:${randomUUID()}:`;
  const door = openRedis({ ...place, prefix, log });
  onTestFinished(() => door.close());
  const patience = patienceMs === undefined ? {} : { patienceMs };
  const cache = await redisCache({ door, clock: Date.now, log, ...patience });
  return { cache, prefix };
}

/** Patient by default: only some of these are about how long anything takes. */
async function scene({ patienceMs = 5000 } = {}) {
  const server = await startRedis();
  onTestFinished(() => server.close());
  const operator = new Redis(server.url, { maxRetriesPerRequest: null });
  operator.on('error', quiet);
  onTestFinished(() => operator.disconnect());
  const { cache, prefix } = await cacheAt({ url: server.url }, patienceMs);
  return {
    server,
    operator,
    cache,
    keptAt: (key: string) => `${prefix}{cache:${SCOPE}}:kept:${key}`,
  };
}

describe('a cache in Redis', () => {
  it('reads a batch by one command, and puts one by another', async () => {
    const { operator, cache } = await scene();
    const keys = Array.from({ length: 50 }, (_, at) => String(at));
    // From here on the server knows the script by its name.
    await cache.put(SCOPE, [keeping('first', 0)]);
    await operator.config('RESETSTAT');

    await cache.put(
      SCOPE,
      keys.map((key) => keeping(key, key)),
    );
    const read = await valuesIn(cache, keys);

    expect(read).toEqual(keys);
    const counted = await callsAt(operator);
    expect(counted.get('evalsha')).toBe(1);
    expect(counted.get('mget')).toBe(1);
    expect([...counted.keys()].filter((name) => /^(?:get|eval|pttl|exists)$/.test(name))).toEqual(
      [],
    );
  });

  it.each([
    ['no text of ours', 'hello'],
    ['nothing', ''],
    ['half of a value', '1 500\n{"asOf":"","untilMs":9e15,"forMs":5,"value":{"a"'],
    ['a head and no more', '1 500\n'],
    ['a head without an end', '1 500'],
    ['another version', '2 500\n{"asOf":"","untilMs":9e15,"forMs":5,"value":1}'],
    ['no time', '1 x\n{"asOf":"","untilMs":9e15,"forMs":5,"value":1}'],
    ['a list', '1 500\n[]'],
    ['fields of another kind', '1 500\n{"asOf":5,"untilMs":"","forMs":null,"value":1}'],
    ['bytes that are no text', Buffer.from([0x31, 0x20, 0x35, 0x0a, 0xff, 0xfe, 0x00, 0x7b])],
    [
      'more depth than there is stack',
      `1 500\n{"asOf":"","untilMs":9e15,"forMs":5,"value":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ],
  ])('takes %s under a key for nothing, and puts its own there', async (_what, bytes) => {
    const { operator, cache, keptAt } = await scene();
    await operator.set(keptAt('a'), bytes);
    await cache.put(SCOPE, [keeping('b', 'B')]);

    expect(await valuesIn(cache, ['a', 'b'])).toEqual([undefined, 'B']);
    await cache.put(SCOPE, [keeping('a', 'A', { fetchedAtMs: 501 })]);
    expect(await valuesIn(cache, ['a', 'b'])).toEqual(['A', 'B']);
  });

  it('takes what is no text at all for nothing, and puts its own there', async () => {
    const { operator, cache, keptAt } = await scene();
    await operator.lpush(keptAt('a'), '1 500');
    expect(await valuesIn(cache, ['a'])).toEqual([undefined]);

    await cache.put(SCOPE, [keeping('b', 'B'), keeping('a', 'A')]);

    expect(await valuesIn(cache, ['a', 'b'])).toEqual(['A', 'B']);
  });

  it('leaves nothing there that would stay for ever', async () => {
    const { operator, cache } = await scene();

    await cache.put(SCOPE, [keeping('a', 1), keeping('b', 2, { forMs: 60_000.5 })]);
    await cache.claim(SCOPE, 'a', 60_000.5);

    const keys = await operator.keys('*');
    const left = await Promise.all(keys.map((key) => operator.pttl(key)));
    expect(left).toHaveLength(3);
    expect(Math.min(...left)).toBeGreaterThan(0);
  });

  it('has nothing, keeps nothing and lets everybody ask while its server is gone, and knows nothing of it after', async () => {
    const { server, cache } = await scene({ patienceMs: 100 });
    await cache.put(SCOPE, [keeping('a', 'A')]);
    await server.kill();
    const begun = performance.now();

    expect(await valuesIn(cache, ['a', 'b'])).toEqual([undefined, undefined]);
    await cache.put(SCOPE, [keeping('b', 'B')]);
    const claims = [await cache.claim(SCOPE, 'a', 60_000), await cache.claim(SCOPE, 'a', 60_000)];
    for (const claim of claims) await claim?.release();
    const tookMs = performance.now() - begun;

    expect(claims).not.toContain(null);
    // Six commands, each of which may wait until it is given up.
    expect(tookMs).toBeLessThan(1500);
    await server.restart();
    await vi.waitFor(async () => {
      await cache.put(SCOPE, [keeping('c', 'C')]);
      expect(await valuesIn(cache, ['a', 'b', 'c'])).toEqual([undefined, undefined, 'C']);
    }, 5000);
  });

  it('costs a reader a moment while its server says nothing, and then nothing', async () => {
    const { server, cache } = await scene({ patienceMs: 100 });
    await cache.put(SCOPE, [keeping('a', 'A')]);
    await server.freeze();
    onTestFinished(() => server.thaw());

    for (let times = 0; times < 20; times += 1) {
      const begun = performance.now();
      expect(await valuesIn(cache, ['a'])).toEqual([undefined]);
      expect(performance.now() - begun).toBeLessThan(1000);
    }
    await vi.waitFor(async () => {
      const begun = performance.now();
      await cache.get(SCOPE, ['a']);
      // Sooner than the patience: nobody waits for one that was given up.
      expect(performance.now() - begun).toBeLessThan(50);
    }, 8000);

    await server.thaw();
    await vi.waitFor(async () => expect(await valuesIn(cache, ['a'])).toEqual(['A']), 8000);
  });

  it('keeps an account in one place of a cluster, so that a batch is one question there too', async () => {
    const nodes = await startRedisCluster();
    const { cache } = await cacheAt({ cluster: nodes.map(({ url }) => url) }, 5000);
    const keys = Array.from({ length: 50 }, (_, at) => String(at));

    await cache.put(
      SCOPE,
      keys.map((key) => keeping(key, key)),
    );

    expect(await valuesIn(cache, keys)).toEqual(keys);
    const claim = await cache.claim(SCOPE, '1', 60_000);
    expect(await cache.claim(SCOPE, '1', 60_000)).toBeNull();
    await claim?.release();
    expect(await cache.claim(SCOPE, '1', 60_000)).not.toBeNull();
  });
});

/** How often each command was called, by name. */
async function callsAt(operator: Redis): Promise<ReadonlyMap<string, number>> {
  const said = await operator.info('commandstats');
  return new Map(
    [...said.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)].map(([, name, calls]) => [
      name ?? '',
      Number(calls),
    ]),
  );
}
