// The laws of the ledger, kept by memory, by a real Redis and by a cluster of them; and proof that each can fail.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { LedgerParts } from '../../src/state/idempotency/ledger.ts';
import { memoryLedger } from '../../src/state/idempotency/memory.ts';
import { redisLedger } from '../../src/state/idempotency/redis.ts';
import { openRedis, type RedisPlace } from '../../src/state/redis.ts';
import { startRedisCluster } from '../support/redis/cluster.ts';
import { brokenLedgers } from './broken-ledgers.ts';
import { LEDGER_LAWS, type OpenLedger } from './ledger-laws.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const PARTS: LedgerParts = { leaseMs: 60_000, keptMs: 3_600_000 };

const inMemory: OpenLedger = (parts) => {
  let nowMs = 5;
  const clock = () => nowMs;
  const ledger = memoryLedger({ ...PARTS, ...parts, most: 1000, clock, now: clock });
  return Promise.resolve({
    one: ledger,
    other: ledger,
    pass(ms) {
      nowMs += ms;
      return Promise.resolve();
    },
  });
};

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const openAt =
  (place: RedisPlace): OpenLedger =>
  async (parts) => {
    const prefix = `test:${randomUUID()}:`;
    const handle = async () => {
      const door = openRedis({ ...place, prefix, log });
      onTestFinished(() => door.close());
      await door.ready();
      return redisLedger({ door, ...PARTS, ...parts });
    };
    return {
      one: await handle(),
      other: await handle(),
      pass: wait,
    };
  };

const KINDS: readonly (readonly [string, OpenLedger])[] = [
  ['memory', inMemory],
  ['Redis', (parts) => openAt({ url: inject('redisUrl') })(parts)],
];

describe.each(KINDS)('a ledger in %s', (_name, open) => {
  it.each(Object.entries(LEDGER_LAWS))('%s', async (_title, law) => {
    await expect(law(open)).resolves.toBeUndefined();
  });
});

describe('a ledger on a cluster of three', () => {
  it('keeps all of its laws, though a key and the list of what is open lie on different servers', async () => {
    const nodes = await startRedisCluster();
    const open = openAt({ cluster: nodes.map(({ url }) => url) });

    const broken: string[] = [];
    const laws = Object.entries(LEDGER_LAWS);
    // Most of them wait, so some at once; all at once would be a hundred connections.
    const keep = async () => {
      for (let next = laws.shift(); next; next = laws.shift()) {
        const [title, law] = next;
        await law(open).catch((error: unknown) => broken.push(`${title}: ${String(error)}`));
      }
    };
    await Promise.all([keep(), keep(), keep(), keep()]);

    expect(broken).toEqual([]);
  }, 30_000);
});

describe('a ledger that', () => {
  it.each(brokenLedgers)('%s is caught', async (_does, { breaking, caughtBy }) => {
    const broken: string[] = [];
    for (const [title, law] of Object.entries(LEDGER_LAWS)) {
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error('it never ends')), 300).unref();
      });
      await Promise.race([law(breaking(inMemory)), late]).catch(() => broken.push(title));
    }

    expect(broken.some((title) => title.includes(caughtBy))).toBe(true);
  });

  it('is caught is there for every law', () => {
    const caught = brokenLedgers.map(([, { caughtBy }]) => caughtBy);
    const titles = Object.keys(LEDGER_LAWS);

    expect(titles.filter((title) => !caught.some((some) => title.includes(some)))).toEqual([]);
  });
});
