// What every budget keeps, written from the ways in which one goes wrong.

import { expect } from 'vitest';
import type { Budget, Facts, Permit, Said, Turn } from '../../src/state/budget/budget.ts';
import {
  type Caller,
  callOn,
  limitedService,
  mostInAWindow,
  pause,
  take,
} from './limited-service.ts';

/** Of one account at two gateways; of one process, the same. */
export interface BudgetScene {
  readonly one: Budget;
  readonly other: Budget;
  /** Of another account, at the first. */
  readonly neighbour: Budget;
}

export type OpenBudget = (facts: Facts) => Promise<BudgetScene>;
type Law = (open: OpenBudget) => Promise<void>;

const NOTHING_KNOWN: Facts = { limit: null, windowMs: null, tellsAlways: false };

export const BUDGET_LAWS: Readonly<Record<string, Law>> = {
  'lets nobody ask beyond what is documented, at however many gateways': async (open) => {
    const facts = { limit: 20, windowMs: 300, tellsAlways: false };
    const scene = await open(facts);
    const service = limitedService(facts);

    const calls = await storm(scene, 90, (budget) => callOn(service, budget));

    expect(calls).toEqual(Array.from({ length: 90 }, () => true));
    expect(service.refusals).toEqual([]);
  },

  'believes what every answer says is left, from the first one on': async (open) => {
    const scene = await open({ ...NOTHING_KNOWN, tellsAlways: true });
    const service = limitedService({ limit: 20, windowMs: 300, tells: 'left' });

    const calls = await storm(scene, 90, (budget) => callOn(service, budget));

    expect(calls).toEqual(Array.from({ length: 90 }, () => true));
    expect(mostInAWindow(service.refusals, 300)).toBeLessThanOrEqual(1);
    expect(service.refusals.length).toBeLessThanOrEqual(3);
  },

  'leaves a service in peace for as long as it said when it refused': async (open) => {
    const { one, other } = await open(NOTHING_KNOWN);
    const first = await granted(one);
    const refusedAt = performance.now();
    first.answered({ refused: true, resetsInMs: 250 });

    const here = granted(one).then((permit) => permit.answered({}));
    const there = granted(other).then((permit) => permit.answered({}));
    await Promise.race([here, there]);
    const soonestMs = performance.now() - refusedAt;
    await Promise.all([here, there]);

    expect(soonestMs).toBeGreaterThanOrEqual(249);
  },

  'lets one ask at a time after a rest, until it is answered well': async (open) => {
    const { one, other } = await open({ limit: 50, windowMs: 60_000, tellsAlways: false });
    const first = await granted(one);
    first.answered({ refused: true, resetsInMs: 60 });
    const turns: Permit[] = [];
    const taking = [one, other, one, other].map(async (budget) =>
      turns.push(await granted(budget)),
    );
    const all = Promise.all(taking);
    all.catch(() => undefined);

    await expect.poll(() => turns.length).toBe(1);
    await pause(150);
    expect(turns).toHaveLength(1);
    turns[0]?.answered({});

    await all;
    expect(turns).toHaveLength(4);
  },

  'has one refused call in a window at most once it knows of a limit, of whatever size': async (
    open,
  ) => {
    const scene = await open(NOTHING_KNOWN);
    const service = limitedService({ limit: 25, windowMs: 400, kind: 'fixed', tells: 'wait' });

    await storm(scene, 120, (budget) => callOn(service, budget));

    // Before the first was heard others were under way.
    const [first = 0] = service.refusals;
    const later = service.refusals.filter((window) => window !== first);
    expect(service.taken).toBe(120);
    expect(later.length).toBeGreaterThan(0);
    expect(new Set(later).size).toBe(later.length);
  },

  'guesses a limit that nobody tells by what was taken before the refusal': async (open) => {
    const scene = await open({ limit: null, windowMs: 1000, tellsAlways: false });
    const service = limitedService({ limit: 25, windowMs: 1000 });

    // Few enough to be done before more than that is tried, which is some windows later.
    await storm(scene, 90, (budget) => callOn(service, budget));

    const [first = 0] = service.refusals;
    expect(service.taken).toBe(90);
    expect(service.refusals.filter((at) => at > first + 900)).toEqual([]);
  },

  'guesses nothing from calls that came after the one that was turned away': async (open) => {
    const { one } = await open({ limit: null, windowMs: 60_000, tellsAlways: false });
    const permits: Permit[] = [];
    for (let calls = 0; calls < 10; calls += 1) permits.push(await granted(one));
    const answer = (said: Said, ...which: readonly number[]) => {
      for (const at of which) permits[at]?.answered(said);
    };

    answer({}, 0, 1, 2, 3, 4);
    answer({ refused: true }, 6);
    // By the time they came there was room again; the other one had come before.
    answer({}, 7, 8, 9, 5);

    await expect.poll(() => one.left().limit).toBe(6);
  },

  'lets writes go before reads, and people before whoever only looks': async (open) => {
    const { one } = await open({ limit: 50, windowMs: 60_000, tellsAlways: false });
    const first = await granted(one);
    first.answered({ refused: true, resetsInMs: 100 });
    const order: string[] = [];

    await Promise.all(
      (['watch', 'read', 'write', 'watch', 'read', 'write'] as const).map(async (urgency) => {
        const permit = await granted(one, { urgency });
        order.push(urgency);
        await pause(5);
        permit.answered({});
      }),
    );

    expect(order).toEqual(['write', 'write', 'read', 'read', 'watch', 'watch']);
  },

  'keeps a part for writes that no storm of reads may have': async (open) => {
    const { one, other } = await open({ limit: 20, windowMs: 60_000, tellsAlways: false });
    const service = limitedService({ limit: 20, windowMs: 60_000 });

    const reads = await storm({ one, other }, 60, (budget) =>
      callOn(service, budget, patientFor(1500)),
    );
    const write = await callOn(service, other, { urgency: 'write', ...patientFor(1500) });

    expect(reads.filter((isTaken) => isTaken)).toHaveLength(18);
    expect(write).toBe(true);
    expect(service.refusals).toEqual([]);
  },

  'leaves more to people than to whoever only looks': async (open) => {
    const { one } = await open({ limit: 20, windowMs: 60_000, tellsAlways: false });
    const service = limitedService({ limit: 20, windowMs: 60_000 });

    const looks = await storm({ one, other: one }, 40, (budget) =>
      callOn(service, budget, { urgency: 'watch', ...patientFor(1500) }),
    );
    const read = await callOn(service, one, patientFor(1500));

    expect(looks.filter((isTaken) => isTaken)).toHaveLength(15);
    expect(read).toBe(true);
  },

  'says at once from when one may ask where that is beyond one’s patience': async (open) => {
    const { one, other } = await open(NOTHING_KNOWN);
    const first = await granted(one);
    const refusedAt = Date.now();
    first.answered({ refused: true, resetsInMs: 5000 });
    await pause(50);

    const turns = await Promise.all([one, other].map((budget) => take(budget, patientFor(1000))));

    expect(Date.now() - refusedAt).toBeLessThan(900);
    for (const turn of turns) {
      expect(retryAtOf(turn) - refusedAt).toBeGreaterThan(4500);
      expect(retryAtOf(turn) - refusedAt).toBeLessThan(5600);
    }
  },

  'says so too of a window that is spent': async (open) => {
    const { one } = await open({ limit: 10, windowMs: 4000, tellsAlways: false });
    const from = Date.now();
    for (let calls = 0; calls < 9; calls += 1) (await granted(one)).answered({});
    await pause(50);

    const turn = await take(one, patientFor(1000));

    expect(Date.now() - from).toBeLessThan(900);
    expect(retryAtOf(turn) - from).toBeGreaterThan(3500);
    expect(retryAtOf(turn) - from).toBeLessThan(5000);
  },

  'lets go of whoever leaves, and loses nothing by it': async (open) => {
    const { one } = await open({ limit: 20, windowMs: 60_000, tellsAlways: false });
    const first = await granted(one);
    first.answered({ refused: true, resetsInMs: 100 });
    const gone = new AbortController();
    const leaving = Array.from({ length: 3 }, () => take(one, { signal: gone.signal }));
    gone.abort();

    const turns = await Promise.all(leaving);
    const stayed = await granted(one);
    stayed.answered({});
    const service = limitedService({ limit: 20, windowMs: 60_000 });
    const writes = await storm({ one, other: one }, 12, (budget) =>
      callOn(service, budget, { urgency: 'write', ...patientFor(1500) }),
    );

    expect(turns.map(({ kind }) => kind)).toEqual(turns.map(() => 'spent'));
    expect(writes.filter((isTaken) => isTaken)).toHaveLength(12);
  },

  'has the turns of calls whose answers were lost again': async (open) => {
    const { one } = await open({ ...NOTHING_KNOWN, tellsAlways: true });

    for (let calls = 0; calls < 10; calls += 1) {
      // Sooner than a call is given up for lost by itself.
      const turn = await take(one, patientFor(450));
      expect(turn.kind).toBe('granted');
      if (turn.kind === 'granted') turn.permit.answered(undefined);
    }
  },

  'counts each account by itself, and each sort of its calls': async (open) => {
    const { one, neighbour } = await open(NOTHING_KNOWN);
    const first = await granted(one, { countedAs: 'lists' });
    first.answered({ refused: true, resetsInMs: 5000 });
    await pause(50);

    const turns = await Promise.all([
      take(neighbour, { countedAs: 'lists', ...patientFor(1000) }),
      take(one, { countedAs: 'messages', ...patientFor(1000) }),
      take(one, { countedAs: 'lists', ...patientFor(1000) }),
    ]);

    expect(turns.map(({ kind }) => kind)).toEqual(['granted', 'granted', 'spent']);
  },

  'says what is left, until it is more again': async (open) => {
    const { one } = await open({ ...NOTHING_KNOWN, tellsAlways: true });
    expect(one.left()).toEqual({ limit: null, remaining: null, resetsAt: null, restsUntil: null });
    const first = await granted(one);
    first.answered({ limit: 40, remaining: 7, resetsInMs: 400 });

    await expect.poll(() => one.left()).toMatchObject({ limit: 40, remaining: 7 });
    const { resetsAt } = one.left();
    expect(Math.abs(Number(resetsAt) - Date.now() - 400)).toBeLessThan(300);
    await expect.poll(() => one.left().remaining).toBeNull();
  },
};

async function storm<T>(
  { one, other }: Pick<BudgetScene, 'one' | 'other'>,
  callers: number,
  call: (budget: Budget) => Promise<T>,
): Promise<T[]> {
  return await Promise.all(
    Array.from({ length: callers }, (_, index) => call(index % 2 === 0 ? one : other)),
  );
}

function patientFor(ms: number): Caller {
  return { untilMs: Date.now() + ms };
}

async function granted(budget: Budget, caller: Caller = {}): Promise<Permit> {
  const turn = await take(budget, { ...patientFor(5000), ...caller });
  if (turn.kind === 'spent') throw new Error('it was not its turn within five seconds');
  return turn.permit;
}

function retryAtOf(turn: Turn): number {
  return turn.kind === 'spent' ? turn.retryAtMs : Number.NaN;
}
