// Chaos over the log itself: in memory by the thousand, each run the same from its seed, and over a real Redis that is harmed.

import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { between } from '../../emulators/story/chance.ts';
import type { Retention } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { startRedis } from '../support/redis/server.ts';
import { openInProcess } from './in-process.ts';
import type { Harm, Outcome } from './run-chaos.ts';
import { type InProcessRun, runInProcess } from './run-in-process.ts';
import { jumpingTime, realTime } from './time.ts';

const LANES = 3;
const PLENTY: Retention = { ageMs: 3_600_000, length: 100_000 };
const quiet = () => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };

function inMemory(
  seed: string,
  { retention = PLENTY, most }: { readonly retention?: Retention; readonly most?: number } = {},
): InProcessRun {
  const time = jumpingTime();
  const log = memoryLog({ lanes: LANES, retention, clock: time.now, epoch: seed });
  const own = most === undefined ? {} : { most };
  return {
    seed,
    time,
    gateways: ['one', 'two'].map((name) => openInProcess({ name, log, time, ...own })),
    lastsMs: 4000,
    writerPauseMs: 200,
  };
}

const SEEDS = Array.from({ length: 4 }, (_, index) => `memory ${index}`);

describe('over one log in memory', () => {
  it.each(SEEDS)(
    'all that was written is told, once, in order, with no gap at all (%s)',
    async (seed) => {
      const { breaches, history } = await runInProcess(inMemory(seed));

      expect(breaches).toEqual([]);
      expect(history.written.length).toBeGreaterThan(50);
    },
  );

  it('a run is the same from its seed, to the millisecond', async () => {
    const [one, again] = [await runInProcess(inMemory('a')), await runInProcess(inMemory('a'))];

    expect(again.history).toEqual(one.history);
  });

  it.each(SEEDS)(
    'whoever is too slow for what may wait is told a gap over all that was let go (%s)',
    async (seed) => {
      const { breaches, history } = await runInProcess({
        ...inMemory(seed, { most: 3 }),
        gaps: ['OVERFLOW'],
        writerPauseMs: 100,
      });

      expect(breaches).toEqual([]);
      expect(gapsIn(history.subscribers)).toContain('OVERFLOW');
    },
  );

  it.each(SEEDS)(
    'whoever comes back to a log that was trimmed meanwhile is told a gap over that (%s)',
    async (seed) => {
      const { breaches, history } = await runInProcess({
        ...inMemory(seed, { retention: { ageMs: 3_600_000, length: 2 } }),
        gaps: ['TRIMMED'],
      });

      expect(breaches).toEqual([]);
      expect(gapsIn(history.subscribers)).toContain('TRIMMED');
    },
  );
});

describe('over a real Redis', () => {
  it('all that was written is told, once, in order, by two gateways, with no gap at all', async () => {
    const prefix = `chaos:${randomUUID()}:`;
    const time = realTime();
    const open = async (name: string) => {
      const door = openRedis({ url: inject('redisUrl'), prefix, log: silent });
      const log = await redisLog({ door, lanes: LANES, retention: PLENTY, log: silent });
      const gateway = openInProcess({ name, log, time });
      onTestFinished(() => gateway.close());
      return gateway;
    };

    const { breaches } = await runInProcess({
      seed: 'a calm Redis',
      time,
      gateways: [await open('one'), await open('two')],
      lastsMs: 3000,
      writerPauseMs: 150,
    });

    expect(breaches).toEqual([]);
  });

  it('that is emptied, begun anew, frozen and cut off, what is not told is announced', async () => {
    const server = await startRedis();
    onTestFinished(() => server.close());
    const operator = new Redis(server.url, { maxRetriesPerRequest: null });
    operator.on('error', quiet);
    onTestFinished(() => operator.disconnect());
    const time = realTime();
    const open = async (name: string) => {
      const door = openRedis({ url: server.url, log: silent });
      const log = await redisLog({ door, lanes: LANES, retention: PLENTY, log: silent });
      const gateway = openInProcess({ name, log, time });
      onTestFinished(() => gateway.close());
      return gateway;
    };
    const harms: readonly Harm[] = [
      {
        name: 'empty Redis',
        gaps: ['RESET'],
        happen: async () => void (await operator.flushall()),
      },
      { name: 'begin Redis anew', gaps: ['RESET'], happen: () => server.restart() },
      {
        name: 'cut every connection',
        gaps: [],
        happen: async () => void (await operator.client('KILL', 'SKIPME', 'yes')),
      },
      {
        name: 'freeze Redis',
        gaps: [],
        happen: async (chance) => {
          await server.freeze();
          await time.pause(between(chance, 100, 1500));
          await server.thaw();
        },
      },
    ];

    const { breaches, harmed } = await runInProcess({
      seed: 'a harmed Redis',
      time,
      gateways: [await open('one'), await open('two')],
      harms,
      lastsMs: 6000,
      writerPauseMs: 150,
    });

    expect({ harmed, breaches }).toEqual({ harmed, breaches: [] });
    expect(harmed.length).toBeGreaterThan(3);
  }, 60_000);
});

function gapsIn(subscribers: Outcome['history']['subscribers']): readonly string[] {
  return subscribers.flatMap(({ moments }) =>
    moments.flatMap((moment) => (moment.type === 'gap' ? [moment.reason] : [])),
  );
}
