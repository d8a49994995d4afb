// The laws of leases, kept by memory and by a real Redis alike.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Hold, Leases } from '../../src/state/lease/lease.ts';
import { memoryLeases } from '../../src/state/lease/memory.ts';
import { redisLeases } from '../../src/state/lease/redis.ts';
import { openRedis, script } from '../../src/state/redis.ts';
import { valueOf } from './event-log.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

interface Scene {
  /** Two handles on the same leases: of one process, the same. */
  readonly one: Leases;
  readonly other: Leases;
  /** Moves a clock in memory, and waits on Redis. */
  pass(ms: number): Promise<void>;
}

const KINDS: readonly (readonly [string, (leaseMs: number) => Promise<Scene>])[] = [
  [
    'memory',
    (leaseMs) => {
      let nowMs = 5;
      const leases = memoryLeases({ leaseMs, notesMs: 60_000, clock: () => nowMs });
      const pass = (ms: number) => {
        nowMs += ms;
        return Promise.resolve();
      };
      return Promise.resolve({ one: leases, other: leases, pass });
    },
  ],
  [
    'Redis',
    async (leaseMs) => {
      const prefix = `test:${randomUUID()}:`;
      const handle = async () => {
        const door = openRedis({ url: inject('redisUrl'), prefix, log });
        onTestFinished(() => door.close());
        await door.ready();
        return redisLeases({ door, leaseMs, notesMs: 60_000 });
      };
      const pass = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
      return { one: await handle(), other: await handle(), pass };
    },
  ],
];

const LONG = 60_000;
const SHORT = 60;

describe.each(KINDS)('leases in %s', (_name, open) => {
  it('have one holder at a time, of many who try at once', async () => {
    const { one, other } = await open(LONG);

    const holds = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).take('a')),
    );

    expect(holds.map(valueOf).filter((hold) => hold !== null)).toHaveLength(1);
  });

  it('are each their own: who holds one may be another than who holds the next', async () => {
    const { one, other } = await open(LONG);
    await taken(one, 'a');

    expect(valueOf(await other.take('b'))).not.toBeNull();
  });

  it('pass to another as soon as they are released', async () => {
    const { one, other } = await open(LONG);
    const first = await taken(one, 'a');

    await first.release();

    const next = await taken(other, 'a');
    expect(next.token).toBeGreaterThan(first.token);
  });

  it('pass to another once they ran out, and whoever slept meanwhile knows that it was lost', async () => {
    const { one, other, pass } = await open(SHORT);
    const sleeper = await taken(one, 'a');
    await pass(SHORT + 20);

    const next = await taken(other, 'a');

    expect(next.token).toBeGreaterThan(sleeper.token);
    expect(valueOf(await sleeper.renew())).toBe(false);
    expect(valueOf(await sleeper.note(new Map([['k', 'of the sleeper']])))).toBe(false);
    expect(valueOf(await next.recall())).toEqual(new Map());
  });

  it('are not taken away from the next holder by one who lost them', async () => {
    const { one, other, pass } = await open(SHORT);
    const sleeper = await taken(one, 'a');
    await pass(SHORT + 20);
    const next = await taken(other, 'a');

    await sleeper.release();

    expect(valueOf(await next.renew())).toBe(true);
  });

  it('are lost when they ran out, also where nobody else took them', async () => {
    const { one, pass } = await open(SHORT);
    const hold = await taken(one, 'a');
    await pass(SHORT + 20);

    expect(valueOf(await hold.renew())).toBe(false);
  });

  it('last for as long as they are renewed', async () => {
    const { one, other, pass } = await open(300);
    const hold = await taken(one, 'a');

    for (let times = 0; times < 5; times += 1) {
      await pass(100);
      expect(valueOf(await hold.renew())).toBe(true);
    }

    expect(valueOf(await other.take('a'))).toBeNull();
  });

  it('hand on what was noted, and what was taken away is gone', async () => {
    const { one, other } = await open(LONG);
    const hold = await taken(one, 'a');
    await hold.note(new Map([['primed', '5']]));
    await hold.note(
      new Map<string, string | null>([
        ['row', 'x'],
        ['gone', 'y'],
      ]),
    );
    await hold.note(new Map([['gone', null]]));
    await hold.release();

    const next = await taken(other, 'a');

    expect(valueOf(await next.recall())).toEqual(
      new Map([
        ['primed', '5'],
        ['row', 'x'],
      ]),
    );
  });

  it('say what is wanted, whoever said so and whoever asks, for as long as it was said', async () => {
    const { one, other, pass } = await open(LONG);
    await one.want('a', ['', 'c1'], LONG);
    await other.want('a', ['c1', 'c2'], SHORT);

    expect(valueOf(await other.wanted('a')).toSorted()).toEqual(['', 'c1', 'c2']);
    expect(valueOf(await one.wanted('b'))).toEqual([]);
    await pass(SHORT + 20);
    expect(valueOf(await other.wanted('a')).toSorted()).toEqual(['', 'c1']);
  });
});

describe('leases in Redis', () => {
  it('leave nothing that stays: there is no end of names', async () => {
    const prefix = `test:${randomUUID()}:`;
    const door = openRedis({ url: inject('redisUrl'), prefix, log });
    onTestFinished(() => door.close());
    await door.ready();
    const leases = redisLeases({ door, leaseMs: LONG, notesMs: LONG });
    const hold = await taken(leases, 'a');
    await hold.note(new Map([['k', 'v']]));
    await leases.want('a', ['x'], LONG);

    const ends = valueOf(await door.run(ENDS, [], [`${prefix}*`]));

    expect(ends).toEqual([
      expect.any(Number),
      expect.any(Number),
      expect.any(Number),
      expect.any(Number),
    ]);
    expect(Array.isArray(ends) && ends.every((ms) => ms > 0 && ms <= LONG + 1)).toBe(true);
  });
});

/** ARGV: a pattern. How long each key of that name still is, in milliseconds; -1 for ever. */
const ENDS = script(`
local ends = {}
for index, key in ipairs(redis.call('KEYS', ARGV[1])) do ends[index] = redis.call('PTTL', key) end
return ends
`);

async function taken(leases: Leases, name: string): Promise<Hold> {
  const hold = valueOf(await leases.take(name));
  if (!hold) throw new Error(`another one holds ${name}`);
  return hold;
}
