// The inbox is walked while customers write and conversations come and go at the providers.

import { describe, expect, it } from 'vitest';
import { seededChance } from '../../emulators/story/chance.ts';
import { type Customers, customersOf } from '../support/customers.ts';
import { type InboxRow, inboxPage, standing, walkInbox } from '../support/inbox.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';

const DIALECTS: readonly (readonly [string, StartOptions])[] = [
  ['Chatling by creation, ChatBotKit blind after a deleted row', {}],
  [
    'Chatling by activity, ChatBotKit going on after a deleted row',
    { chatling: { sortBy: 'activity' }, chatbotkit: { cursorOfDeleted: 'continues' } },
  ],
  [
    'Chatling by no date, Stack Auth without pages, Botpress of the oldest generation',
    {
      chatling: { sortBy: 'own' },
      stackAuth: { era: 'feature-branch' },
      botpress: { generation: 'seed', defaultPageSize: 6 },
    },
  ],
];

describe.each(DIALECTS)('a walk over an inbox that changes, with %s,', (_, dialect) => {
  it.each([
    ...[1, 2, 7, 20].map((first) => ({ first, cache: false, kept: 'nothing' }) as const),
    ...[1, 7, 20].map((first) => ({ first, cache: {}, kept: 'what can be' }) as const),
  ])(
    'lists every conversation that stood unchanged once, by pages of $first, where $kept is kept',
    async ({ first, cache }) => {
      const parlance = await startParlance({ count: 14, ...dialect, cache });
      const stood = new Set(standing(parlance.world).keys());
      const chance = seededChance(`${first} ${JSON.stringify(dialect)}`);
      const customers = customersOf(parlance.world, chance);
      // About two dozen changes over the whole walk, several at a time where there are few pages.
      const changesAtATime = Math.max(1, Math.round(first / 2));
      const changes = (pages: number) => (first < 2 && pages % 2 === 1 ? 0 : changesAtATime);

      const pages = await walkInbox(parlance, {
        first,
        between: async (pagesSoFar) => {
          for (let left = changes(pagesSoFar); left > 0; left -= 1) {
            const changed = await change(customers, [...stood], chance());
            if (changed !== undefined) stood.delete(changed);
          }
        },
      });

      const rows = pages.flatMap((page) => page.rows);
      expect(stood.size).toBeGreaterThan(10);
      expect(stood.size).toBeLessThan(14 * 4);
      expect(timesListed(rows, [...stood])).toEqual([...stood].map((key) => [key, 1]));
      const versions = rows.map(({ key, sortedAtMs }) => `${key} ${sortedAtMs}`);
      expect(versions.length).toBe(new Set(versions).size);
    },
  );
});

describe('a walk over an inbox from which much is deleted', () => {
  it.each(['empty', 'continues'] as const)(
    'loses nothing that stood, where a list after a deleted row is %s',
    async (cursorOfDeleted) => {
      const parlance = await startParlance({ count: 20, chatbotkit: { cursorOfDeleted } });
      const stood = new Set(standing(parlance.world).keys());
      const customers = customersOf(parlance.world, seededChance('deletions'));
      const shown: InboxRow[] = [];

      // Whatever was shown is deleted: the rows a place is remembered by are always among it.
      for (let page = await inboxPage(parlance, { first: 5 }); ; ) {
        shown.push(...page.rows);
        if (!page.hasNextPage) break;
        for (const { key } of page.rows) await customers.remove([key]);
        page = await inboxPage(parlance, { first: 5, after: page.endCursor });
      }

      expect(timesListed(shown, [...stood])).toEqual([...stood].map((key) => [key, 1]));
    },
  );
});

async function change(
  customers: Customers,
  keys: readonly string[],
  lot: number,
): Promise<string | undefined> {
  if (lot < 0.25) {
    await customers.begin();
    return undefined;
  }
  return lot < 0.6 ? customers.write(keys) : customers.remove(keys);
}

function timesListed(rows: readonly InboxRow[], keys: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { key } of rows) counts.set(key, (counts.get(key) ?? 0) + 1);
  return keys.map((key) => [key, counts.get(key) ?? 0]);
}
