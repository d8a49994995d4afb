// The laws of rates, kept by memory and by a real Redis alike; and proof that each can fail.

import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { memoryRates } from '../../src/state/rates/memory.ts';
import { redisRates } from '../../src/state/rates/redis.ts';
import { openRedis, type RedisDoor } from '../../src/state/redis.ts';
import { brokenRates, plainRates } from './broken-rates.ts';
import { type OpenRates, RATES_LAWS, SHARE } from './rates-laws.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const share = { ...SHARE, clock: Date.now };

const doors: RedisDoor[] = [];
afterAll(async () => {
  for (const door of doors) await door.close();
});

const KINDS: readonly (readonly [string, OpenRates])[] = [
  [
    'memory',
    () => {
      const rates = memoryRates(share);
      return Promise.resolve({ one: rates, other: rates });
    },
  ],
  [
    'Redis',
    async () => {
      const prefix = `test:${randomUUID()}:`;
      const open = async () => {
        const door = openRedis({ url: inject('redisUrl'), prefix, log });
        doors.push(door);
        return redisRates({ ...share, door });
      };
      return { one: await open(), other: await open() };
    },
  ],
];

describe.concurrent.each(KINDS)('rates in %s', (_name, open) => {
  it.each(Object.entries(RATES_LAWS))('%s', async (_title, law) => {
    await expect(law(open)).resolves.toBeUndefined();
  });
});

describe.concurrent('rates that', () => {
  it('have no fault break no law', async () => {
    expect(await brokenBy(plainRates)).toEqual([]);
  });

  it.each(brokenRates)('%s break the law that says so', async (_do, { open, breaks }) => {
    const broken = await brokenBy(open);

    for (const words of breaks) {
      expect(broken).toContainEqual(expect.stringContaining(words));
    }
  });

  it('break it are there for every law', () => {
    const all = brokenRates.flatMap(([, { breaks }]) => breaks);

    expect(
      Object.keys(RATES_LAWS).filter((title) => !all.some((words) => title.includes(words))),
    ).toEqual([]);
  });
});

async function brokenBy(open: OpenRates): Promise<readonly string[]> {
  const broken = await Promise.all(
    Object.entries(RATES_LAWS).map(([title, law]) =>
      law(open).then(
        () => [],
        () => [title],
      ),
    ),
  );
  return broken.flat();
}
