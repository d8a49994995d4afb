// Memory over Redis: what is near is never kept longer than what is shared, and never past a lost connection.

import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { layeredCache } from '../../src/state/cache/layered.ts';
import { type MemoryCache, memoryCache } from '../../src/state/cache/memory.ts';
import { type RedisCache, redisCache } from '../../src/state/cache/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { startRedisCluster } from '../support/redis/cluster.ts';
import { startRedis } from '../support/redis/server.ts';
import { keeping, SCOPE, valuesIn } from './cache-laws.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function scene() {
  const server = await startRedis();
  onTestFinished(() => server.close());
  const operator = new Redis(server.url, { maxRetriesPerRequest: null });
  operator.on('error', quiet);
  onTestFinished(() => operator.disconnect());
  const prefix = `test:${randomUUID()}:`;
  let nowMs = 0;
  /** A gateway: its memory's clock and the one it reads off moments with are the test's. */
  const open = async (over: (shared: RedisCache) => RedisCache = (shared) => shared) => {
    const door = openRedis({ url: server.url, prefix, log });
    onTestFinished(() => door.close());
    const clock = () => nowMs;
    const near = memoryCache({ mostBytes: 1_000_000, clock });
    const shared = over(await redisCache({ door, clock, log, patienceMs: 5000 }));
    return { cache: layeredCache({ near, shared }), near };
  };
  return {
    server,
    operator,
    open,
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** All that is shared is gone, and nobody hears of it. */
    empty: () => operator.flushall(),
    /** Of everybody but the operator. */
    cut: () => operator.client('KILL', 'SKIPME', 'yes'),
  };
}

describe('memory over Redis', () => {
  it('has near what it was asked once', async () => {
    const { open, empty } = await scene();
    const [{ cache: one }, { cache: other }] = [await open(), await open()];
    await one.put(SCOPE, [keeping('a', 'A')]);
    expect(await valuesIn(other, ['a', 'b'])).toEqual(['A', undefined]);

    await empty();

    expect(await valuesIn(other, ['a', 'b'])).toEqual(['A', undefined]);
  });

  it('has near for as long as was left, not for as long again', async () => {
    const { open, empty, pass } = await scene();
    const [{ cache: one }, { near, cache: other }] = [await open(), await open()];
    await one.put(SCOPE, [keeping('a', 'A', { forMs: 60_000 })]);
    pass(50_000);
    await valuesIn(other, ['a']);
    await empty();

    // Both go by the clock of the Redis, which went on between the one's opening and the other's.
    pass(5000);
    expect(await valuesIn(near, ['a'])).toEqual(['A']);
    pass(5000);
    expect(await valuesIn(near, ['a'])).toEqual([undefined]);
  });

  it('asks the others where what is near is not enough, and gives the newest there is', async () => {
    const { open } = await scene();
    const [{ cache: one }, { near, cache: other }] = [await open(), await open()];
    await one.put(SCOPE, [keeping('a', 'old', { fetchedAtMs: 10 }), keeping('b', 'B')]);
    await valuesIn(other, ['a', 'b']);
    await one.put(SCOPE, [keeping('a', 'new', { fetchedAtMs: 20 })]);

    expect(await valuesIn(other, ['a', 'b'], 10)).toEqual(['old', 'B']);
    expect(await valuesIn(other, ['a', 'b'], 11)).toEqual(['new', 'B']);
    expect(await valuesIn(near, ['a'])).toEqual(['new']);
    // Newer than all there is: still the newest.
    expect(await valuesIn(other, ['a', 'b'], 30)).toEqual(['new', 'B']);
  });

  it('gives what is near where the others have something older, or nothing', async () => {
    const { open, empty } = await scene();
    const { near, cache } = await open();
    await cache.put(SCOPE, [keeping('a', 'old', { fetchedAtMs: 10 })]);
    await near.put(SCOPE, [keeping('a', 'newer', { fetchedAtMs: 20 })]);

    expect(await valuesIn(cache, ['a'], 30)).toEqual(['newer']);
    await empty();
    expect(await valuesIn(cache, ['a'], 30)).toEqual(['newer']);
  });

  it('forgets what is near when its connection is lost', async () => {
    const { open, empty, cut } = await scene();
    const { near, cache } = await open();
    await cache.put(SCOPE, [keeping('a', 'A')]);
    await empty();
    expect(await valuesIn(cache, ['a'])).toEqual(['A']);

    await cut();

    await vi.waitFor(async () => expect(await valuesIn(near, ['a'])).toEqual([undefined]));
    expect(await valuesIn(cache, ['a'])).toEqual([undefined]);
  });

  it('goes on alone while Redis is gone, from nothing on, with one right to ask for each key', async () => {
    const { server, open } = await scene();
    const { near, cache } = await open();
    await cache.put(SCOPE, [keeping('before', 1)]);
    await server.kill();
    await vi.waitFor(async () => expect(await valuesIn(near, ['before'])).toEqual([undefined]));

    await cache.put(SCOPE, [keeping('a', 'A')]);
    await refusing(server.port, 8);

    expect(await valuesIn(cache, ['a'])).toEqual(['A']);
    const claim = await cache.claim(SCOPE, 'a', 60_000);
    expect(claim).not.toBeNull();
    expect(await cache.claim(SCOPE, 'a', 60_000)).toBeNull();
    await claim?.release();
    expect(await cache.claim(SCOPE, 'a', 60_000)).not.toBeNull();
  });

  it('begins from nothing once Redis is back', async () => {
    const { server, open } = await scene();
    const { near, cache } = await open();
    await near.put(SCOPE, [keeping('before', 1)]);
    await server.kill();
    await vi.waitFor(async () => expect(await valuesIn(near, ['before'])).toEqual([undefined]));
    await cache.put(SCOPE, [keeping('a', 'A')]);

    await server.restart();

    await vi.waitFor(async () => expect(await valuesIn(near, ['a'])).toEqual([undefined]), 5000);
  });

  it('forgets what is near when one server of a cluster cut it off', async () => {
    const nodes = await startRedisCluster();
    const door = openRedis({ cluster: nodes.map(({ url }) => url), log });
    onTestFinished(() => door.close());
    const near = memoryCache({ mostBytes: 1_000_000, clock: () => 0 });
    const shared = await redisCache({ door, clock: () => 0, log, patienceMs: 5000 });
    const cache = layeredCache({ near, shared });
    await cache.put(SCOPE, [keeping('a', 'A')]);
    // By now it is connected to that one server.
    expect(await valuesIn(shared, ['a'])).toEqual(['A']);
    await near.put(SCOPE, [keeping('a sign', 1)]);

    for (const { url } of nodes) {
      const operator = new Redis(url);
      onTestFinished(() => operator.disconnect());
      await operator.client('KILL', 'SKIPME', 'yes');
    }

    await untilForgotten(near);
  });

  it('lets the next one of its process ask where another gateway had the right and released it', async () => {
    const { open } = await scene();
    const [{ cache: one }, { cache: other }] = [await open(), await open()];
    const claim = await one.claim(SCOPE, 'a', 60_000);
    expect(await other.claim(SCOPE, 'a', 60_000)).toBeNull();

    await claim?.release();

    expect(await other.claim(SCOPE, 'a', 60_000)).not.toBeNull();
  });

  it('keeps nothing near that it asked for before its connection was lost', async () => {
    const { open, cut, empty } = await scene();
    const { cache: writing } = await open();
    await writing.put(SCOPE, [keeping('a', 'A')]);
    const gate = openGate();
    const { near, cache } = await open(gate.over);
    await near.put(SCOPE, [keeping('a sign', 1)]);

    const reading = valuesIn(cache, ['a']);
    await gate.isReached;
    await cut();
    await untilForgotten(near);
    await empty();
    gate.open();

    expect(await reading).toEqual(['A']);
    expect(await valuesIn(near, ['a'])).toEqual([undefined]);
  });
});

/** Holds back what was found until it is opened. */
function openGate() {
  const gate = new EventEmitter();
  const isOpen = once(gate, 'open');
  const isReached = once(gate, 'reached');
  const over = (shared: RedisCache): RedisCache => ({
    ...shared,
    async find(scope, keys) {
      const found = await shared.find(scope, keys);
      gate.emit('reached');
      await isOpen;
      return found;
    },
  });
  return { over, isReached, open: () => gate.emit('open') };
}

async function untilForgotten(near: MemoryCache): Promise<void> {
  await vi.waitFor(async () => expect(await valuesIn(near, ['a sign'])).toEqual([undefined]));
}

/** Ends so many connections to a port at which nothing else listens, each as soon as it is there. */
async function refusing(port: number, times: number): Promise<void> {
  const listener = createServer((socket) => {
    socket.on('error', quiet).destroy();
    listener.emit('refused');
  });
  listener.listen(port, '127.0.0.1');
  for (let refused = 0; refused < times; refused += 1) await once(listener, 'refused');
  listener.close();
}
