// The laws of the provider cache, kept by memory, by a real Redis and by the one over the other; and proof that each can fail.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { layeredCache } from '../../src/state/cache/layered.ts';
import { memoryCache } from '../../src/state/cache/memory.ts';
import { redisCache } from '../../src/state/cache/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { brokenCaches } from './broken-caches.ts';
import { CACHE_LAWS, type CacheScene } from './cache-laws.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function inRedis(prefix: string) {
  const door = openRedis({ url: inject('redisUrl'), prefix, log });
  onTestFinished(() => door.close());
  // On a busy machine an answer may be late, and these laws are not about that.
  return await redisCache({ door, clock: Date.now, log, patienceMs: 5000 });
}

const KINDS: readonly (readonly [string, () => Promise<CacheScene>])[] = [
  [
    'memory',
    () => {
      let nowMs = 5;
      const cache = memoryCache({ mostBytes: 10_000_000, clock: () => nowMs });
      const pass = (ms: number) => {
        nowMs += ms;
        return Promise.resolve();
      };
      return Promise.resolve({ one: cache, other: cache, pass });
    },
  ],
  [
    'Redis',
    async () => {
      const prefix = `test:${randomUUID()}:`;
      return { one: await inRedis(prefix), other: await inRedis(prefix), pass: wait };
    },
  ],
  [
    'memory over Redis',
    async () => {
      const prefix = `test:${randomUUID()}:`;
      const layered = async () =>
        layeredCache({
          near: memoryCache({ mostBytes: 10_000_000, clock: () => performance.now() }),
          shared: await inRedis(prefix),
        });
      return { one: await layered(), other: await layered(), pass: wait };
    },
  ],
];

describe.each(KINDS)('a cache in %s', (_name, open) => {
  it.each(Object.entries(CACHE_LAWS))('%s', async (_title, law) => {
    await expect(open().then(law)).resolves.toBeUndefined();
  });
});

describe('a cache that', () => {
  it.each(brokenCaches)('%s breaks the laws that say so', async (_does, { open, breaks }) => {
    const broken: string[] = [];
    for (const [title, law] of Object.entries(CACHE_LAWS)) {
      await law(open()).catch(() => broken.push(title));
    }

    expect(broken).toEqual(breaks.map((some) => expect.stringContaining(some)));
  });

  it('breaks it is there for every law', () => {
    const titles = Object.keys(CACHE_LAWS);
    const unbroken = titles.filter(
      (title) =>
        !brokenCaches.some(([, { breaks }]) => breaks.some((some) => title.includes(some))),
    );

    expect(unbroken).toEqual([]);
  });
});
