// A filtered inbox held against the stores: what is found, and what each source says of how it was looked for.

import { expect } from 'vitest';
import { ACCOUNTS, type AccountName } from './accounts.ts';
import { type Facts, factsOf } from './facts.ts';
import { keysOf, type SourceSeen, walkInbox } from './inbox.ts';
import type { TestParlance } from './parlance.ts';

/** `pushed` and `scanned` both find what there is; only the latter says how far it looked. */
export type Treatment = 'pushed' | 'scanned' | 'skipped';
export type Treatments = Readonly<Record<AccountName, Treatment>>;

export const treated = (
  website: Treatment,
  help: Treatment,
  assistant: Treatment,
  support: Treatment,
): Treatments => ({ website, help, assistant, support });

export interface Case {
  readonly filter: object;
  readonly treatments: Treatments;
  readonly meets: (facts: Facts) => boolean;
}

/** The whole answer against the stores: what was found, and what each source says of how. */
export async function expectFound(
  parlance: TestParlance,
  { filter, treatments, meets }: Case,
): Promise<void> {
  const all = factsOf(parlance.world);
  const asked = all.filter(({ account }) => treatments[account] !== 'skipped');
  const expected = asked.filter(meets).map(({ key }) => key);

  const pages = await walkInbox(parlance, { first: 100, filter });

  expect(keysOf(pages).toSorted()).toEqual(expected.toSorted());
  for (const { sources } of pages) {
    expect(Object.fromEntries(sources.map((source) => [source.name, treatmentIn(source)]))).toEqual(
      treatments,
    );
  }
  for (const account of ACCOUNTS.filter((name) => treatments[name] === 'scanned')) {
    const looked = pages.flatMap(({ sources }) =>
      sources.flatMap(({ name, scanned }) => (name === account ? (scanned ?? []) : [])),
    );
    const found = keysOf(pages).filter((key) => key.startsWith(`${account}/`)).length;
    const there = all.filter((facts) => facts.account === account).length;
    const sum = looked.reduce((total, rows) => total + rows, 0);
    expect(sum, `rows looked at in ${account}`).toBeGreaterThanOrEqual(found);
    expect(sum, `rows looked at in ${account}`).toBeLessThanOrEqual(there);
  }
}

function treatmentIn({ status, scanned, error }: SourceSeen): string {
  if (status === 'SKIPPED' && scanned === null && error === null) return 'skipped';
  if (status !== 'FRESH' || error !== null) return JSON.stringify({ status, error });
  return scanned === null ? 'pushed' : 'scanned';
}
