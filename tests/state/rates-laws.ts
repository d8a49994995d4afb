// The laws of rates, written from ways to fail.

import { expect } from 'vitest';
import type { Rates, Spent } from '../../src/state/rates/rates.ts';

export interface RatesScene {
  /** Two gateways' handles on the same counts: of one process, the same. */
  readonly one: Rates;
  readonly other: Rates;
}

/** Ten points in two seconds. */
export type OpenRates = () => Promise<RatesScene>;

export const SHARE = { points: 10, perSeconds: 2 };

const OK = { ok: true };
const REFUSED = { ok: false, retryAt: expect.any(Date) };

export const RATES_LAWS: Readonly<Record<string, (open: OpenRates) => Promise<void>>> = {
  async 'lets through what there is, and no more'(open) {
    const { one } = await open();

    expect(await one.spend('a', 4)).toEqual(OK);
    expect(await one.spend('a', 6)).toEqual(OK);
    expect(await one.spend('a', 1)).toEqual(REFUSED);
  },

  async 'takes nothing for what it refuses'(open) {
    const { one } = await open();
    await one.spend('a', 8);

    expect(await one.spend('a', 5)).toEqual(REFUSED);
    expect(await one.spend('a', 2)).toEqual(OK);
  },

  async 'takes nothing meanwhile either for what it refuses, of all that is asked at once'(open) {
    const { one } = await open();
    await one.spend('a', 8);

    expect(await Promise.all([5, 2].map((points) => one.spend('a', points)))).toEqual([
      REFUSED,
      OK,
    ]);
  },

  async 'lets who asks for more than a whole share spend a whole one'(open) {
    const { one } = await open();

    expect(await one.spend('a', 1000)).toEqual(OK);
    expect(await one.spend('a', 1)).toEqual(REFUSED);
    await one.spend('b', 1);
    expect(await one.spend('b', 1000)).toEqual(REFUSED);
  },

  async 'takes nothing for what is free, whatever is left'(open) {
    const { one } = await open();
    await one.spend('a', 10);

    expect(await one.spend('a', 0)).toEqual(OK);
  },

  async 'counts each caller by themselves, whatever they are called'(open) {
    const { one } = await open();
    await one.spend('a', 10);

    for (const who of ['b', 'a:1', '', '{a}', 'ä'.repeat(5000)]) {
      expect(await one.spend(who, 10)).toEqual(OK);
      expect(await one.spend(who, 1)).toEqual(REFUSED);
    }
  },

  async 'counts what is asked of whichever gateway'(open) {
    const { one, other } = await open();
    await one.spend('a', 7);

    expect(await other.spend('a', 4)).toEqual(REFUSED);
    expect(await other.spend('a', 3)).toEqual(OK);
    expect(await one.spend('a', 1)).toEqual(REFUSED);
  },

  async 'lets through as much where all is asked at once'(open) {
    const { one, other } = await open();

    const spent = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? one : other).spend('a', 1)),
    );

    expect(spent.filter(({ ok }) => ok)).toHaveLength(10);
  },

  async 'says when there is a whole share again, and then there is, however often it was asked'(
    open,
  ) {
    const { one } = await open();
    await one.spend('a', 9);
    const began = Date.now();
    await waitUntil(began + 500);
    await one.spend('a', 1);

    const askedMs = Date.now();
    const until = whenAgain(await one.spend('a', 1));
    const tookMs = Date.now() - askedMs;

    expect(until).toBeGreaterThan(Date.now());
    expect(until).toBeLessThanOrEqual(began + SHARE.perSeconds * 1000 + tookMs);
    await waitUntil(until + 5);
    expect(await one.spend('a', 10)).toEqual(OK);
  },
};

function whenAgain(spent: Spent): number {
  return spent.ok ? Number.NaN : spent.retryAt.getTime();
}

/** On the server's own clock as well, which nobody can move. */
function waitUntil(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - Date.now())));
}
