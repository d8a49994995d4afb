// Budgets of one process: where one gateway is enough, its own count is all there is.

import type { Budgets } from './budget.ts';
import { type BudgetsParts, openBudgets, realTimer } from './budgets.ts';
import { openTally } from './tally.ts';

export function memoryBudgets(parts: BudgetsParts): Budgets {
  const { timer = realTimer } = parts;
  return openBudgets((_scope, _countedAs, facts) => {
    const tally = openTally(facts);
    return {
      exchange: (asks, settled) => tally.exchange(asks, settled, Math.floor(timer.now())),
    };
  }, parts);
}
