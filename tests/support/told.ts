// What the schema tells of an account's rows, by the provider's own ids of them.

import { expect } from 'vitest';
import type { AccountName } from './accounts.ts';
import { at, listAt, textAt } from './answer.ts';
import { idsAt } from './inbox.ts';
import type { TestParlance } from './parlance.ts';

/** Every message of an account with these fields. */
export async function messagesTold(
  parlance: TestParlance,
  account: AccountName,
  fields: string,
): Promise<ReadonlyMap<string, unknown>> {
  const ids = [...(await idsAt(parlance, account)).values()];
  const told: unknown[] = [];
  for (let done = 0; done < ids.length; done += THREADS_AT_ONCE) {
    const { data, errors } = await parlance.ask(
      `query ($ids: [ID!]!) {
        nodes(ids: $ids) { ... on Conversation { messages(first: 100, includeHidden: true) {
          nodes { nativeId ${fields} }
          pageInfo { hasNextPage }
        } } }
      }`,
      { ids: ids.slice(done, done + THREADS_AT_ONCE) },
    );
    expect(errors).toEqual([]);
    const threads = listAt(data, 'nodes').map((node) => at(node, 'messages'));
    expect(threads.map((thread) => at(thread, 'pageInfo.hasNextPage'))).not.toContain(true);
    told.push(...threads.flatMap((thread) => listAt(thread, 'nodes')));
  }
  return byNativeId(told);
}

/** What an operation may cost is bounded. */
const THREADS_AT_ONCE = 5;

export function byNativeId(rows: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(
    rows
      .map((one): [string, unknown] => [textAt(one, 'nativeId'), one])
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
