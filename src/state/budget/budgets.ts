// The budgets of all accounts, however their calls are counted: one for each account, with a count for each sort of call.

import type { AccountScope } from '../../domain/ids.ts';
import type { Budget, Budgets, Facts, Left } from './budget.ts';
import { type Count, openTurns, type Timer, type Turns } from './turns.ts';

export interface BudgetsParts {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Absent, real time. */
  readonly timer?: Timer;
}

export function openBudgets(
  countOf: (scope: AccountScope, countedAs: string, facts: Facts) => Count,
  { clock, timer = realTimer }: BudgetsParts,
): Budgets {
  const budgets = new Map<AccountScope, { readonly budget: Budget; readonly close: () => void }>();

  function open(scope: AccountScope, facts: Facts) {
    const sorts = new Map<string, Turns>();
    const budget: Budget = {
      take({ urgency, countedAs }, within) {
        let turns = sorts.get(countedAs);
        if (!turns) {
          turns = openTurns({
            count: countOf(scope, countedAs, facts),
            windowMs: facts.windowMs,
            timer,
            clock,
          });
          sorts.set(countedAs, turns);
        }
        return turns.take(urgency, within);
      },
      left() {
        const all = [...sorts.values()].map((turns) => turns.left());
        return all.toSorted((one, other) => scarcity(one) - scarcity(other))[0] ?? unasked(facts);
      },
    };
    return {
      budget,
      close() {
        for (const turns of sorts.values()) turns.close();
      },
    };
  }

  return {
    of(scope, facts) {
      const known = budgets.get(scope) ?? open(scope, facts);
      budgets.set(scope, known);
      return known.budget;
    },
    close() {
      for (const { close } of budgets.values()) close();
      return Promise.resolve();
    },
  };
}

export const realTimer: Timer = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, LONGEST_TIMER_MS));
    // Nothing that waits here keeps a process from ending.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const LONGEST_TIMER_MS = 2_147_483_647;

/** The sort that has the least left is what is said of the account. */
function scarcity({ limit, remaining, restsUntil }: Left): number {
  if (restsUntil) return -1;
  return remaining === null || !limit ? 1 : remaining / limit;
}

function unasked({ limit }: Facts): Left {
  return { limit, remaining: limit, resetsAt: null, restsUntil: null };
}
