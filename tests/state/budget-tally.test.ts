// The count in Redis is the count in memory: whatever happens, both let the same calls go and say the same of the rest.

import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, inject, it, onTestFinished } from 'vitest';
import type { Facts } from '../../src/state/budget/budget.ts';
import { redisCount } from '../../src/state/budget/redis.ts';
import type { Settled, Told } from '../../src/state/budget/rules.ts';
import { openTally } from '../../src/state/budget/tally.ts';
import { openRedis } from '../../src/state/redis.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const FACTS: readonly Facts[] = [
  { limit: null, windowMs: null, tellsAlways: false },
  { limit: null, windowMs: null, tellsAlways: true },
  { limit: 12, windowMs: 4000, tellsAlways: false },
  { limit: null, windowMs: 3000, tellsAlways: false },
];

const some = (most: number) => fc.integer({ min: 0, max: most });
const said = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({ limit: some(30), remaining: some(30), resetsInMs: some(3000) }),
  fc.record({ resetsInMs: some(3000) }),
);
const came = fc.constantFrom('good', 'good', 'good', 'good', 'refused', 'lost', 'unused');
const step = fc.record({
  passMs: fc.oneof(some(50), some(3000), some(30_000)),
  asks: fc.tuple(some(4), some(8), some(4)),
  /** Which of those under way come to what end. */
  ends: fc.array(fc.record({ which: some(50), came, said }), { maxLength: 10 }),
});

it('lets the same calls go in Redis as in memory, whatever came of those before', async () => {
  const door = openRedis({ url: inject('redisUrl'), log });
  onTestFinished(() => door.close());
  await door.ready();

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...FACTS),
      fc.array(step, { minLength: 5, maxLength: 60 }),
      async (facts, steps) => {
        let now = 1_700_000_000_000;
        const tally = openTally(facts);
        const timer = { now: () => now, after: () => quiet };
        const key = `test:{${randomUUID()}}:`;
        const count = redisCount({ door, key, word: 'w', facts, timer, now: () => now });
        const flying: { here: Told['permits'][number]; there: Told['permits'][number] }[] = [];

        for (const { passMs, asks, ends } of steps) {
          now += passMs;
          const [here, there]: [Settled[], Settled[]] = [[], []];
          for (const { which, ...end } of ends) {
            const [one] = flying.splice(which % Math.max(1, flying.length), 1);
            if (!one) continue;
            here.push({ ...one.here, ...end });
            there.push({ ...one.there, ...end });
          }

          const inMemory = tally.exchange(asks, here, now);
          const inRedis = await count.exchange(asks, there);

          expect(withoutKeys(inRedis)).toEqual(withoutKeys(inMemory));
          for (const [at, permit] of inMemory.permits.entries()) {
            const same = inRedis.permits[at];
            if (same) flying.push({ here: permit, there: same });
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

/** What a permit is called is each count's own. */
function withoutKeys({ permits, ...told }: Told) {
  return { ...told, permits: permits.map(({ doneBefore }) => doneBefore) };
}
