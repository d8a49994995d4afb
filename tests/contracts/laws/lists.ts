// Laws of the list of conversations: what a walk shows, in which order, and what a filter leaves of it.

import { expect } from 'vitest';
import {
  type Conversation,
  type ConversationFilter,
  FILTER_FIELDS,
  type FilterField,
} from '../../../src/domain/conversation.ts';
import { success } from '../../../src/domain/failure.ts';
import type { Page } from '../../../src/domain/page.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { filterProbes } from '../filter-probes.ts';
import { altering, entryOf, type Law, withItems } from '../law.ts';
import { had, type Stage } from '../stage.ts';

const verb = 'CONVERSATION_LIST';

/** Further than any list of a scene goes. */
const MOST_PAGES = 50;

export async function walk(stage: Stage, filter: ConversationFilter = {}): Promise<Conversation[]> {
  const rows: Conversation[] = [];
  let at: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const from: string | null = at;
    const page: Page<Conversation> = await had(stage, verb, (able, call) =>
      able.does({ filter, at: from, size: 3 }, call),
    );
    rows.push(...page.items);
    at = page.next;
    if (at === null) return rows;
  }
  expect.fail(`the list has more than ${MOST_PAGES} pages`);
}

function idsOf(rows: readonly { readonly nativeId: string }[]): string[] {
  return rows.map(({ nativeId }) => nativeId);
}

function filters(provider: Provider): [FilterField, 'pushed' | 'scanned' | 'lacking'][] {
  const table = entryOf(provider, verb)?.filters;
  return table ? FILTER_FIELDS.map((field) => [field, table[field]]) : [];
}

export const LIST_LAWS: readonly Law[] = [
  {
    verb,
    sentence: 'its pages show every conversation, and none twice',
    async holds(stage) {
      const stored = idsOf(stage.world.conversations());
      expect(idsOf(await walk(stage)).toSorted()).toEqual(stored.toSorted());
    },
    mutant: {
      fault: 'begins a page with the last row of the page before',
      of(provider) {
        const last: Conversation[] = [];
        return altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) => {
              const shown = input.at === null ? items : [...last.splice(0), ...items];
              last.splice(0, 1, ...items.slice(-1));
              return shown;
            }),
        }));
      },
    },
  },
  {
    verb,
    sentence: 'its rows stand in the order the provider keeps, newest first',
    async holds(stage) {
      expect(idsOf(await walk(stage))).toEqual(idsOf(stage.world.conversations()));
    },
    mutant: {
      fault: 'lists the oldest of a page first',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) => withItems(able.does(input, call), (items) => items.toReversed()),
        })),
    },
  },
  {
    verb,
    sentence: 'the time a row is listed by never rises from one row to the next',
    concerns: (provider) => entryOf(provider, verb)?.order === 'by-time',
    async holds(stage) {
      const times = (await walk(stage)).map(({ sortedAt }) => sortedAt.getTime());
      expect(times).toEqual(times.toSorted((one, other) => other - one));
      expect(new Set(times).size).toBeGreaterThan(1);
    },
    mutant: {
      fault: 'lists its rows by one time and names another',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              items.map((row) => ({ ...row, sortedAt: new Date(-row.sortedAt.getTime()) })),
            ),
        })),
    },
  },
  {
    verb,
    sentence: 'where its rows are whole, each is what CONVERSATION_GET answers',
    concerns: (provider) => entryOf(provider, verb)?.rows === 'whole',
    async holds(stage) {
      const rows = await walk(stage);
      expect(rows).not.toHaveLength(0);
      for (const { provider, nativeId, ...row } of rows) {
        const alone = await had(stage, 'CONVERSATION_GET', (able, call) =>
          able.does({ provider, nativeId }, call),
        );
        expect(alone).toEqual({ provider, nativeId, ...row });
      }
    },
    mutant: {
      fault: 'shortens its rows and calls them whole',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              items.map((row) => ({ ...row, raw: null })),
            ),
        })),
    },
  },
  {
    verb,
    sentence: 'it comes to an end',
    async holds(stage) {
      expect(await walk(stage)).not.toHaveLength(0);
    },
    mutant: {
      fault: 'always knows of a next page',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: async (input, call) => {
            const page = await able.does(input, call);
            return page.ok
              ? success({ ...page.value, next: page.value.next ?? input.at ?? '1' })
              : page;
          },
        })),
    },
  },
  {
    verb,
    sentence: 'a page has no more rows than were asked for, unless the provider picks the size',
    concerns: (provider) => entryOf(provider, verb)?.paging !== 'page-number',
    async holds(stage) {
      const page = await had(stage, verb, ({ does }, call) =>
        does({ filter: {}, at: null, size: 2 }, call),
      );
      expect(page.items).toHaveLength(2);
    },
    mutant: {
      fault: 'gives pages of its own size',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, size: 5 }, call),
        })),
    },
  },
  {
    verb,
    sentence: 'asked again it says the same',
    async holds(stage) {
      expect(await walk(stage)).toEqual(await walk(stage));
    },
    mutant: {
      fault: 'shows something else each time',
      of(provider) {
        let asked = 0;
        return altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) => {
            asked += 1;
            const sortedAt = new Date(asked);
            return withItems(able.does(input, call), (items) =>
              items.map((row) => ({ ...row, sortedAt })),
            );
          },
        }));
      },
    },
  },
  {
    verb,
    sentence: 'its rows say what the store says',
    async holds(stage) {
      const told = (await walk(stage)).map((row) => ({
        nativeId: row.nativeId,
        channel: row.channel,
        title: row.title,
        description: row.description,
        status: row.status,
        priority: row.priority,
        archived: row.archived,
        important: row.important,
        assignee: row.assignee?.nativeId ?? null,
        contactId: row.contact?.nativeId ?? null,
        tags: row.tags,
        createdAtMs: row.createdAt?.getTime(),
      }));
      const stored = stage.world
        .conversations()
        .map(({ participants: _participants, words: _words, ...row }) => row);
      expect(told).toEqual(stored);
    },
    mutant: {
      fault: 'gives every row the look of the first',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              items.map((row) => ({ ...row, ...items[0], nativeId: row.nativeId })),
            ),
        })),
    },
  },
  {
    verb,
    sentence: 'each row has its native part and the object it was made of',
    async holds(stage) {
      const { kind } = stage.provider;
      const parts = (await walk(stage)).map(({ native, raw }) => [
        native?.kind === 'generic' ? native.of : native?.kind,
        raw === null,
      ]);
      expect(new Set(parts.map(String))).toEqual(new Set([String([kind, false])]));
    },
    mutant: {
      fault: 'loses the object a row was made of',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              items.map((row) => ({ ...row, raw: null })),
            ),
        })),
    },
  },
  {
    verb,
    sentence: 'what it filters by loses no row that matches',
    concerns: (provider) => filters(provider).some(([, how]) => how !== 'lacking'),
    async holds(stage) {
      const lost: string[] = [];
      for (const [field, how] of filters(stage.provider)) {
        for (const { filter, matches } of how === 'lacking' ? [] : filterProbes(stage, field)) {
          const shown = new Set(idsOf(await walk(stage, filter)));
          lost.push(...matches.filter((id) => !shown.has(id)).map((id) => `${field}: ${id}`));
        }
      }
      expect(lost).toEqual([]);
    },
    mutant: {
      fault: 'loses the first row of a filtered page',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              Object.keys(input.filter).length > 0 ? items.slice(1) : items,
            ),
        })),
    },
  },
  {
    verb,
    sentence: 'what the provider itself filters by it filters exactly',
    concerns: (provider) => filters(provider).some(([, how]) => how === 'pushed'),
    async holds(stage) {
      for (const [field, how] of filters(stage.provider)) {
        for (const { filter, matches } of how === 'pushed' ? filterProbes(stage, field) : []) {
          expect({ [field]: idsOf(await walk(stage, filter)) }).toEqual({ [field]: matches });
        }
      }
    },
    mutant: {
      fault: 'takes a filter and shows all there is',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, filter: {} }, call),
        })),
    },
  },
  {
    verb,
    sentence: 'what it lacks no row says',
    concerns: (provider) => filters(provider).some(([, how]) => how === 'lacking'),
    async holds(stage) {
      const rows = await walk(stage);
      const saying = filters(stage.provider).flatMap(([field, how]) =>
        how === 'lacking' && rows.some((row) => saysAnything(row, field)) ? [field] : [],
      );
      expect(saying).toEqual([]);
    },
    mutant: {
      fault: 'makes up what its provider does not have',
      of: (provider) =>
        altering(provider, verb, (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              items.map((row) => ({
                ...row,
                channel: 'chat',
                status: 'OPEN',
                archived: false,
                important: false,
              })),
            ),
        })),
    },
  },
];

/** Whether a row could meet, or fail to meet, this field of a filter at all. */
export function saysAnything(row: Conversation, field: FilterField): boolean {
  switch (field) {
    case 'channel':
    case 'status':
    case 'archived':
    case 'important':
      return row[field] !== null;
    case 'contactId':
      return row.contact !== null;
    case 'tags':
      return row.tags.length > 0;
    case 'createdAfter':
    case 'createdBefore':
      return row.createdAt !== null;
    case 'search':
      return [
        row.title,
        row.description,
        row.preview,
        row.contact?.name ?? null,
        row.embedded,
      ].some((words) => words !== null);
  }
}
