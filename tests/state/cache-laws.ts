// The laws of the provider cache, each written from a way to fail. Whoever keeps what accounts answered is held to all of them.

import { expect } from 'vitest';
import { accountScope, providerName } from '../../src/domain/ids.ts';
import type { Cache, Claim, Keeping, Kept } from '../../src/state/cache/cache.ts';

export interface CacheScene {
  /** Two handles on what is kept: of one process, the same. */
  readonly one: Cache;
  readonly other: Cache;
  /** Moves a clock in memory, and waits on Redis. */
  pass(ms: number): Promise<void>;
}

export const SCOPE = accountScope(providerName('website'), 'ours');

const LONG = 60_000;
/** Longer than a busy machine takes to put and read. */
const SHORT = 250;

export const CACHE_LAWS: Readonly<Record<string, (scene: CacheScene) => Promise<void>>> = {
  'gives back what anybody put, in the order asked, and nothing where nothing is': async ({
    one,
    other,
  }) => {
    await one.put(SCOPE, [keeping('a', 'A'), keeping('b', 'B')]);
    await other.put(SCOPE, [keeping('c', 'C')]);

    for (const cache of [one, other]) {
      const keys = ['c', 'none', 'a', 'b', 'a'];
      expect(await valuesIn(cache, keys)).toEqual(['C', undefined, 'A', 'B', 'A']);
    }
  },

  'gives back when and how far into the log it was asked': async ({ one, other }) => {
    const kept = { value: null, fetchedAtMs: 1_700_000_000_123, asOf: 'lane 0: "e" 5-1\n' };

    await one.put(SCOPE, [{ key: 'a', kept, forMs: LONG }]);

    expect(await other.get(SCOPE, ['a'])).toEqual([kept]);
  },

  'takes nothing at all for nothing': async ({ one }) => {
    await one.put(SCOPE, []);

    expect(await one.get(SCOPE, [])).toEqual([]);
  },

  'forgets each when its own time is over': async ({ one, other, pass }) => {
    await one.put(SCOPE, [keeping('short', 1, { forMs: SHORT }), keeping('long', 2)]);
    await one.put(SCOPE, [keeping('no time', 3, { forMs: 0 })]);
    expect(await valuesIn(other, ['short', 'long', 'no time'])).toEqual([1, 2, undefined]);
    // What is not to be kept leaves what is.
    await one.put(SCOPE, [keeping('long', 3, { forMs: 0, fetchedAtMs: 1000 })]);

    await pass(SHORT + 20);

    for (const cache of [one, other]) {
      expect(await valuesIn(cache, ['short', 'long'])).toEqual([undefined, 2]);
    }
  },

  'keeps accounts apart, and one account under two credentials': async ({ one, other }) => {
    const strangers = [
      accountScope(providerName('website'), 'theirs'),
      accountScope(providerName('support'), 'ours'),
    ];

    await one.put(SCOPE, [keeping('a', 'ours')]);

    for (const scope of strangers) {
      expect(await other.get(scope, ['a'])).toEqual([undefined]);
      await other.put(scope, [keeping('a', scope, { fetchedAtMs: 9 })]);
    }
    expect(await valuesIn(one, ['a'])).toEqual(['ours']);
  },

  'keeps what was fetched last, whichever came last': async ({ one, other }) => {
    await one.put(SCOPE, [keeping('a', 'new', { fetchedAtMs: 1000 }), keeping('b', 'old')]);

    await other.put(SCOPE, [
      keeping('a', 'slow', { fetchedAtMs: 999 }),
      keeping('b', 'new', { fetchedAtMs: 1000 }),
    ]);

    expect(await valuesIn(other, ['a', 'b'], 1000)).toEqual(['new', 'new']);
    await one.put(SCOPE, [keeping('a', 'of the same time', { fetchedAtMs: 1000 })]);
    expect(await valuesIn(one, ['a'])).toEqual(['of the same time']);
  },

  'keeps what is older once the newer is forgotten': async ({ one, other, pass }) => {
    await one.put(SCOPE, [keeping('a', 'new', { fetchedAtMs: 1000, forMs: SHORT })]);
    await pass(SHORT + 20);

    await other.put(SCOPE, [keeping('a', 'older')]);

    expect(await valuesIn(other, ['a'])).toEqual(['older']);
  },

  'gives dates, nulls, texts of all tongues and objects that look like its own marks back as they were':
    async ({ one, other }) => {
      const value = {
        at: new Date(1_700_000_000_123),
        nothing: null,
        list: [new Date(0), null, [], {}, 1.5, -3, true],
        text: '𝒳 "quoted"\n\u0000 \ud800 Grüße',
        looks: { $date: 5 },
        wraps: { '$as-is': { $date: new Date(7) } },
        raw: JSON.parse('{"__proto__":{"x":1},"constructor":2}'),
      };

      await one.put(SCOPE, [keeping('a', { ...value, gone: undefined })]);

      for (const cache of [one, other]) {
        const [kept] = await cache.get(SCOPE, ['a']);
        expect(kept?.value).toStrictEqual(value);
      }
    },

  'shows nobody what another one did to what was put or read': async ({ one, other }) => {
    const mine = { inner: { list: ['as it was'] } };
    await one.put(SCOPE, [keeping('a', mine)]);
    mine.inner.list.push('by who put it');

    for (const cache of [one, one, other, other]) {
      const [kept] = await cache.get(SCOPE, ['a']);
      expect(kept?.value).toEqual({ inner: { list: ['as it was'] } });
      meddleWith(kept?.value);
    }
  },

  'keeps nothing that would push out all else, and half of that well': async ({ one }) => {
    await one.put(SCOPE, [
      keeping('much', 'x'.repeat(1_100_000)),
      keeping(
        'many',
        Array.from({ length: 220_000 }, () => 'xyz'),
      ),
      keeping('half', 'x'.repeat(500_000)),
    ]);

    const [much, many, half] = await valuesIn(one, ['much', 'many', 'half']);
    expect([much, many]).toEqual([undefined, undefined]);
    expect(half).toHaveLength(500_000);
  },

  'keeps nothing that could not be given back as it was, and the rest of that batch': async ({
    one,
  }) => {
    const unfit = [
      new Map([['a', 1]]),
      () => 1,
      Number.NaN,
      new Date(Number.NaN),
      deep(100_000),
      5n,
    ];

    await one.put(SCOPE, [
      ...unfit.map((value, at) => keeping(`unfit ${at}`, { value })),
      keeping('fit', 1),
    ]);

    const keys = unfit.map((_, at) => `unfit ${at}`);
    expect(await valuesIn(one, keys)).toEqual(unfit.map(() => undefined));
    expect(await valuesIn(one, ['fit'])).toEqual([1]);
  },

  'gives one of many the right to ask, each key and account its own': async ({ one, other }) => {
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 ? one : other).claim(SCOPE, 'a', LONG)),
    );

    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await other.claim(SCOPE, 'b', LONG)).not.toBeNull();
    const scope = accountScope(providerName('website'), 'theirs');
    expect(await other.claim(scope, 'a', LONG)).not.toBeNull();
    expect(await valuesIn(one, ['a'])).toEqual([undefined]);
  },

  'gives the right to ask to another as soon as it is released': async ({ one, other }) => {
    const claim = await claimed(one, 'a');

    await claim.release();

    const next = await claimed(other, 'a');
    await next.release();
    await claimed(one, 'a');
  },

  'ends a right to ask by itself, and whoever lost it takes it from nobody': async ({
    one,
    other,
    pass,
  }) => {
    const slept = await claimed(one, 'a', SHORT);
    expect(await other.claim(SCOPE, 'a', LONG)).toBeNull();
    await pass(SHORT + 20);
    await claimed(other, 'a');

    await slept.release();

    expect(await one.claim(SCOPE, 'a', LONG)).toBeNull();
    expect(await other.claim(SCOPE, 'a', LONG)).toBeNull();
  },
};

export function keeping(
  key: string,
  value: unknown,
  { fetchedAtMs = 500, forMs = LONG }: { fetchedAtMs?: number; forMs?: number } = {},
): Keeping {
  return { key, kept: { value, fetchedAtMs, asOf: 'somewhere' }, forMs };
}

/** With a time, what was fetched before it is not enough. */
export async function valuesIn(
  cache: Cache,
  keys: readonly string[],
  sinceMs = 0,
): Promise<unknown[]> {
  const isEnough = ({ fetchedAtMs }: Kept) => fetchedAtMs >= sinceMs;
  return (await cache.get(SCOPE, keys, isEnough)).map((kept) => kept?.value);
}

async function claimed(cache: Cache, key: string, forMs = LONG): Promise<Claim> {
  const claim = await cache.claim(SCOPE, key, forMs);
  if (!claim) throw new Error(`another one has the right to ask for ${key}`);
  return claim;
}

/** Whoever may not is told so by an exception, and that is well. */
function meddleWith(value: unknown): void {
  if (typeof value !== 'object' || value === null || !('inner' in value)) return;
  const { inner } = value;
  const attempts = [
    () => Object.assign(value, { inner: 'by a reader' }),
    () => Object.assign(inner ?? {}, { list: ['by a reader'] }),
    () => {
      const list: unknown = inner && typeof inner === 'object' && 'list' in inner && inner.list;
      if (Array.isArray(list)) list.push('by a reader');
    },
  ];
  for (const attempt of attempts.toReversed()) {
    try {
      attempt();
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
    }
  }
}

function deep(levels: number): unknown {
  let value: unknown = 'the innermost';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
