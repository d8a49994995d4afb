// Budgets with one fault each, written as somebody in a hurry would: what the laws are there to catch.

import { accountScope, providerName } from '../../src/domain/ids.ts';
import type { Budget, Facts, Left, Patience, Urgency } from '../../src/state/budget/budget.ts';
import { openBudgets } from '../../src/state/budget/budgets.ts';
import type { Settled } from '../../src/state/budget/rules.ts';
import { openTally } from '../../src/state/budget/tally.ts';
import type { BudgetScene } from './budget-laws.ts';

/** What is done otherwise than in a good one. */
interface Fault {
  readonly settled?: (one: Settled) => Settled | undefined;
  readonly facts?: (facts: Facts) => Facts;
  readonly urgency?: (urgency: Urgency) => Urgency;
  readonly patience?: (within: Patience) => Patience;
  readonly left?: () => Left;
  /** Whether each gateway counts by itself. */
  readonly isApart?: boolean;
  /** Whether all accounts and sorts are one. */
  readonly isOne?: boolean;
}

interface Broken {
  readonly open: (facts: Facts) => Promise<BudgetScene>;
  /** Words of laws it breaks. */
  readonly breaks: readonly string[];
}

/** How the others are made, with no fault. */
export function plainBudget(facts: Facts): Promise<BudgetScene> {
  return Promise.resolve(sceneOf({}, facts));
}

const SCOPE = accountScope(providerName('one'), 'x');
const NEIGHBOUR = accountScope(providerName('one'), 'y');

/** By what they do. */
export const brokenBudgets: readonly (readonly [string, Broken])[] = [
  broken('counts for its own gateway only', { isApart: true }, [
    'beyond what is documented',
    'every answer says is left',
    'in peace',
    'one ask at a time',
    'one refused call',
    'a part for writes',
    'says at once',
  ]),
  broken(
    'takes a refusal for an answer',
    { settled: (one) => (one.came === 'refused' ? { ...one, came: 'good' } : one) },
    [
      'in peace',
      'one ask at a time',
      'one refused call',
      'a limit that nobody tells',
      'guesses nothing',
      'says at once',
      'counts each account',
    ],
  ),
  broken('hears nothing that answers say', { settled: (one) => ({ ...one, said: {} }) }, [
    'says at once',
    'says what is left',
  ]),
  broken(
    'does not know how long a window is',
    { facts: (facts) => ({ ...facts, windowMs: null }) },
    ['a part for writes', 'leaves more to people', 'a window that is spent'],
  ),
  broken('takes all calls for reads', { urgency: () => 'read' }, [
    'writes go before reads',
    'a part for writes',
    'leaves more to people',
  ]),
  broken('takes all calls for writes', { urgency: () => 'write' }, [
    'writes go before reads',
    'a part for writes',
    'leaves more to people',
  ]),
  broken('waits however long it takes', { patience: ({ signal }) => ({ signal: soon(signal) }) }, [
    'says at once',
    'a window that is spent',
  ]),
  broken(
    'does not let go',
    { patience: (within) => ({ ...within, signal: new AbortController().signal }) },
    ['lets go'],
  ),
  broken(
    'waits for answers that were lost',
    { settled: (one) => (one.came === 'lost' ? undefined : one) },
    ['were lost'],
  ),
  broken('takes all accounts for one', { isOne: true }, ['counts each account']),
  broken(
    'says nothing of what is left',
    { left: () => ({ limit: null, remaining: null, resetsAt: null, restsUntil: null }) },
    ['says what is left'],
  ),
];

/** Longer than any law is patient. */
function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(3000)]);
}

function broken(does: string, fault: Fault, breaks: readonly string[]): readonly [string, Broken] {
  return [does, { open: (facts) => Promise.resolve(sceneOf(fault, facts)), breaks }];
}

function sceneOf(fault: Fault, facts: Facts): BudgetScene {
  const { isApart = false, isOne = false } = fault;
  const tallies = new Map<string, ReturnType<typeof openTally>>();

  function gateway(name: string) {
    return openBudgets(
      (scope, countedAs) => {
        const place = isOne ? '' : `${scope} ${countedAs}`;
        const key = isApart ? `${name} ${place}` : place;
        const tally = tallies.get(key) ?? openTally(fault.facts?.(facts) ?? facts);
        tallies.set(key, tally);
        return {
          exchange: (asks, settled) =>
            tally.exchange(asks, settled.flatMap(told), Math.floor(performance.now())),
        };
      },
      { clock: Date.now },
    );
  }

  function told(one: Settled): Settled[] {
    const changed = fault.settled ? fault.settled(one) : one;
    return changed ? [changed] : [];
  }

  const [one, other] = [gateway('one'), gateway('other')];
  return {
    one: faulty(one.of(SCOPE, facts), fault),
    other: faulty(other.of(SCOPE, facts), fault),
    neighbour: faulty(one.of(NEIGHBOUR, facts), fault),
  };
}

function faulty(budget: Budget, { urgency, patience, left }: Fault): Budget {
  return {
    take: (asked, within) =>
      budget.take(
        { ...asked, urgency: urgency?.(asked.urgency) ?? asked.urgency },
        patience?.(within) ?? within,
      ),
    left: left ?? (() => budget.left()),
  };
}
