// Rows that say no time, as when a provider changes how it writes one, are walked through like any other.

import { describe, expect, it } from 'vitest';
import { success } from '../../src/domain/failure.ts';
import type { Page, Paging } from '../../src/domain/page.ts';
import { cursorSeal } from '../../src/gateway/lists/cursor.ts';
import { mergePages, type WalkState } from '../../src/gateway/lists/merge.ts';

const seal = cursorSeal('a secret of this test');
const IDS = Array.from({ length: 25 }, (_, index) => `row-${index}`);
const MORE_PAGES_THAN_ROWS = 30;

async function walk(paging: Paging, first: number): Promise<string[]> {
  const shown: string[] = [];
  let walked: WalkState = {};
  for (let pages = 0; pages < MORE_PAGES_THAN_ROWS; pages += 1) {
    const page = await mergePages<string>(
      [
        {
          key: 'one',
          paging,
          order: 'by-time',
          size: first + 2,
          from: walked['one'],
          bound: { rows: Infinity, calls: Infinity },
          read: async (at, size) => success(pageOf(paging, at, size)),
          matches: () => true,
          idOf: (id) => id,
          timeOf: () => null,
        },
      ],
      first,
    );
    shown.push(...page.rows.map(({ row }) => row));
    if (!page.hasNext) return shown;
    const opened = seal.open(seal.seal(page.state(), 'question'), 'question');
    if (typeof opened === 'string') throw new Error(opened);
    walked = opened;
  }
  throw new Error(`the walk does not end: ${shown.join(' ')}`);
}

function pageOf(paging: Paging, at: string | null, size: number): Page<string> {
  const from =
    paging === 'last-id'
      ? IDS.indexOf(at ?? '') + 1
      : paging === 'page-number'
        ? (Number(at ?? 1) - 1) * size
        : Number(at ?? 0);
  const items = IDS.slice(from, from + size);
  const end = from + items.length;
  const nextOf = {
    token: String(end),
    offset: String(end),
    'last-id': items.at(-1) ?? '',
    'page-number': String(Number(at ?? 1) + 1),
  };
  return { items, next: end < IDS.length ? nextOf[paging] : null };
}

describe.each(['token', 'last-id', 'offset', 'page-number'] as const)(
  'a list paged by %s whose rows say no time',
  (paging) => {
    it.each([1, 2, 7])('is shown whole, once, in pages of %i', async (first) => {
      expect(await walk(paging, first)).toEqual(IDS);
    });
  },
);
