// What is refused before anybody is asked: its sentence, four silent services and four stores as they were.

import { expect } from 'vitest';
import type { AccountName } from './accounts.ts';
import { type MutationName, mutate } from './mutations.ts';
import type { TestParlance } from './parlance.ts';
import { askedAtAll, watchStores } from './stores.ts';

export interface Mistake {
  readonly input: object;
  /** As a client wrote it. */
  readonly path: string;
  readonly because: RegExp;
}

/** Each is answered by its path and with its mend. */
export async function expectMistakes(
  parlance: TestParlance,
  mutation: MutationName,
  mistakes: readonly Mistake[],
): Promise<void> {
  const changes = watchStores(parlance.world);
  for (const { input, path, because } of mistakes) {
    const result = await mutate(parlance, mutation, input);

    expect.soft([input, result]).toMatchObject([
      input,
      {
        __typename: 'InvalidInputError',
        code: 'INVALID_INPUT',
        issues: [{ path, message: expect.stringMatching(because) }],
      },
    ]);
  }
  expect(askedAtAll(parlance.world)).toEqual([]);
  expect(changes()).toEqual({});
}

/** Answered with the note of that provider's table. */
export async function expectUnsupported(
  parlance: TestParlance,
  mutation: MutationName,
  { input, account, verb, note }: Unsupported,
): Promise<void> {
  const changes = watchStores(parlance.world);

  const result = await mutate(parlance, mutation, input);

  expect(result).toMatchObject({
    __typename: 'UnsupportedError',
    code: 'UNSUPPORTED',
    provider: { name: account },
    verb,
    note: expect.stringMatching(note),
  });
  expect(askedAtAll(parlance.world)).toEqual([]);
  expect(changes()).toEqual({});
}

export interface Unsupported {
  readonly input: object;
  readonly account: AccountName;
  readonly verb: string;
  readonly note: RegExp;
}
