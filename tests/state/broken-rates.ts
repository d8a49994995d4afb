// Rates with one fault each, which the laws must catch.

import type { Rates } from '../../src/state/rates/rates.ts';
import { type OpenRates, SHARE } from './rates-laws.ts';

interface Faults {
  readonly most: number;
  readonly keeps: 'all' | 'all for a moment' | 'what is let through';
  readonly knows: (who: string) => string;
  readonly ends: 'after the first' | 'after the last' | 'never';
  readonly asks: (points: number) => number;
  readonly says: (endsAt: number) => number;
  readonly waits: (() => Promise<void>) | null;
}

const NONE: Faults = {
  most: SHARE.points,
  keeps: 'what is let through',
  knows: (who) => who,
  ends: 'after the first',
  asks: (points) => Math.min(points, SHARE.points),
  says: (endsAt) => endsAt,
  waits: null,
};

function ratesWith(faults: Partial<Faults>): Rates {
  const { most, keeps, knows, ends, asks, says, waits } = { ...NONE, ...faults };
  const counts = new Map<string, { spent: number; endsAt: number }>();
  return {
    async spend(who, points) {
      const now = Date.now();
      const windowEnds = ends === 'never' ? Number.MAX_SAFE_INTEGER : now + SHARE.perSeconds * 1000;
      const key = knows(who);
      const known = counts.get(key);
      const { spent, endsAt } =
        known && known.endsAt > now ? known : { spent: 0, endsAt: windowEnds };
      const asked = asks(points);
      if (waits) await waits();
      const ok = spent + asked <= most;
      counts.set(key, {
        spent: ok || keeps !== 'what is let through' ? spent + asked : spent,
        endsAt: ends === 'after the last' ? windowEnds : endsAt,
      });
      if (!ok && keeps === 'all for a moment') {
        await Promise.resolve();
        const counted = counts.get(key);
        if (counted) counts.set(key, { ...counted, spent: counted.spent - asked });
      }
      return ok ? { ok } : { ok, retryAt: new Date(Math.min(says(endsAt), 8_640_000_000_000_000)) };
    },
    close: () => Promise.resolve(),
  };
}

function alike(faults: Partial<Faults>): OpenRates {
  return () => {
    const one = ratesWith(faults);
    return Promise.resolve({ one, other: one });
  };
}

export const plainRates = alike({});

interface Broken {
  readonly open: OpenRates;
  /** Words of the titles of the laws that catch it. */
  readonly breaks: readonly string[];
}

export const brokenRates: readonly (readonly [string, Broken])[] = [
  ['let one more through', { open: alike({ most: 11 }), breaks: ['and no more'] }],
  ['count what they refuse', { open: alike({ keeps: 'all' }), breaks: ['nothing for what'] }],
  [
    'count what they refuse, for a moment',
    { open: alike({ keeps: 'all for a moment' }), breaks: ['meanwhile'] },
  ],
  [
    'refuse for ever what is too much for a whole share',
    { open: alike({ asks: (points) => points }), breaks: ['more than a whole share'] },
  ],
  [
    'take one for what is free',
    { open: alike({ asks: (points) => Math.min(points || 1, 10) }), breaks: ['what is free'] },
  ],
  ['know nobody apart', { open: alike({ knows: () => '' }), breaks: ['by themselves'] }],
  [
    'know callers by the beginning of their names',
    { open: alike({ knows: (who) => who.slice(0, 1) }), breaks: ['by themselves'] },
  ],
  [
    'are not shared',
    {
      open: () => Promise.resolve({ one: ratesWith({}), other: ratesWith({}) }),
      breaks: ['of whichever gateway'],
    },
  ],
  [
    'read first and write later',
    { open: alike({ waits: () => new Promise(setImmediate) }), breaks: ['at once'] },
  ],
  ['never end', { open: alike({ ends: 'never' }), breaks: ['says when'] }],
  [
    'begin anew with whatever is spent',
    { open: alike({ ends: 'after the last' }), breaks: ['says when'] },
  ],
  ['say now', { open: alike({ says: () => Date.now() - 1 }), breaks: ['says when'] }],
  ['say an hour', { open: alike({ says: (endsAt) => endsAt + 3_600_000 }), breaks: ['says when'] }],
];
