// The laws of rate budgets, kept by memory and by a real Redis alike; and proof that each can fail.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { accountScope, providerName } from '../../src/domain/ids.ts';
import type { Budgets, Facts } from '../../src/state/budget/budget.ts';
import { memoryBudgets } from '../../src/state/budget/memory.ts';
import { redisBudgets } from '../../src/state/budget/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { brokenBudgets, plainBudget } from './broken-budgets.ts';
import { BUDGET_LAWS, type BudgetScene, type OpenBudget } from './budget-laws.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const SCOPE = accountScope(providerName('one'), 'x');
const NEIGHBOUR = accountScope(providerName('one'), 'y');

const KINDS: readonly (readonly [string, (facts: Facts) => Promise<BudgetScene>])[] = [
  [
    'memory',
    (facts) => {
      const budgets = memoryBudgets({ clock: Date.now });
      return Promise.resolve(sceneOf({ budgets, others: budgets }, facts));
    },
  ],
  [
    'Redis',
    async (facts) => {
      const prefix = `test:${randomUUID()}:`;
      const open = async () => {
        const door = openRedis({ url: inject('redisUrl'), prefix, log });
        onTestFinished(() => door.close());
        await door.ready();
        return redisBudgets({ door, clock: Date.now });
      };
      return sceneOf({ budgets: await open(), others: await open() }, facts);
    },
  ],
];

describe.each(KINDS)('a budget in %s', (_name, open) => {
  it.each(Object.entries(BUDGET_LAWS))('%s', async (_title, law) => {
    await expect(law(open)).resolves.toBeUndefined();
  });
});

describe('a budget that', () => {
  it('has no fault breaks no law', async () => {
    expect(await brokenBy(plainBudget, [''])).toEqual([]);
  });

  it.concurrent.each(brokenBudgets)(
    '%s breaks the laws that say so',
    async (_does, { open, breaks }) => {
      const broken = await brokenBy(open, breaks);

      expect(broken).toEqual(titlesWith(breaks));
    },
    60_000,
  );

  it('breaks it is there for every law', () => {
    const all = brokenBudgets.flatMap(([, { breaks }]) => breaks);
    const unbroken = Object.keys(BUDGET_LAWS).filter(
      (title) => !all.some((some) => title.includes(some)),
    );

    expect(unbroken).toEqual([]);
  });
});

function titlesWith(words: readonly string[]): readonly string[] {
  return lawsWith(words).map(([title]) => title);
}

function lawsWith(words: readonly string[]) {
  return Object.entries(BUDGET_LAWS).filter(([title]) =>
    words.some((some) => title.includes(some)),
  );
}

/** Of the laws with these words, all at once. */
async function brokenBy(open: OpenBudget, words: readonly string[]): Promise<readonly string[]> {
  const broken = await Promise.all(
    lawsWith(words).map(([title, law]) =>
      law(open).then(
        () => [],
        () => [title],
      ),
    ),
  );
  return broken.flat();
}

function sceneOf(
  { budgets, others }: { readonly budgets: Budgets; readonly others: Budgets },
  facts: Facts,
): BudgetScene {
  onTestFinished(async () => {
    await budgets.close();
    await others.close();
  });
  return {
    one: budgets.of(SCOPE, facts),
    other: others.of(SCOPE, facts),
    neighbour: budgets.of(NEIGHBOUR, facts),
  };
}
