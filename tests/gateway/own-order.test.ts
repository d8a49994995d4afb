// A list in an order of its own, whose rows say no time, is walked through whatever way it is paged by.

import { describe, expect, it } from 'vitest';
import { success } from '../../src/domain/failure.ts';
import type { Page, Paging } from '../../src/domain/page.ts';
import { cursorSeal } from '../../src/gateway/lists/cursor.ts';
import { mergePages, type WalkState } from '../../src/gateway/lists/merge.ts';

const seal = cursorSeal('a secret of this test');
/** More than a cursor remembers. */
const IDS = Array.from({ length: 130 }, (_, index) => `row-${index}`);
const PAGINGS = ['token', 'last-id', 'offset', 'page-number'] as const;
/** A page that is looked for and never found would be asked for again and again. */
const MOST_CALLS_A_PAGE = 200;

interface Walk {
  readonly paging: Paging;
  readonly first: number;
  /** How many rows one answer holds. */
  readonly size: number;
  readonly ids: () => readonly string[];
  readonly afterPage?: (rows: readonly string[]) => void;
}

async function walk({ paging, first, size: most, ids, afterPage }: Walk): Promise<string[]> {
  const shown: string[] = [];
  for (let walked: WalkState = {}; ; ) {
    let calls = 0;
    const page = await mergePages<string>(
      [
        {
          key: 'one',
          paging,
          order: 'own',
          size: most,
          from: walked['one'],
          bound: { rows: Infinity, calls: Infinity },
          read: async (at, size) => {
            calls += 1;
            if (calls > MOST_CALLS_A_PAGE) throw new Error(`asked ${calls} times, last at ${at}`);
            return success(pageOf(ids(), { paging, at, size }));
          },
          matches: () => true,
          idOf: (id) => id,
          timeOf: () => null,
        },
      ],
      first,
    );
    const rows = page.rows.map(({ row }) => row);
    shown.push(...rows);
    afterPage?.(rows);
    if (!page.hasNext) return shown;
    const opened = seal.open(seal.seal(page.state(), 'question'), 'question');
    if (typeof opened === 'string') throw new Error(opened);
    walked = opened;
  }
}

/** A token is a place in the list that was, as a service's own is. */
function pageOf(
  ids: readonly string[],
  { paging, at, size }: { paging: Paging; at: string | null; size: number },
): Page<string> {
  const from = {
    token: () => (at === null ? 0 : placeAfter(ids, at)),
    'last-id': () => ids.indexOf(at ?? '') + 1,
    offset: () => Number(at ?? 0),
    'page-number': () => (Number(at ?? 1) - 1) * size,
  }[paging]();
  const items = ids.slice(from, from + size);
  const end = from + items.length;
  const last = items.at(-1) ?? '';
  const next = {
    token: last,
    'last-id': last,
    offset: String(end),
    'page-number': String(Number(at ?? 1) + 1),
  }[paging];
  return { items, next: end < ids.length ? next : null };
}

/** By number, so that a row that has gone leaves its place behind. */
function placeAfter(ids: readonly string[], id: string): number {
  const place = ids.findIndex((other) => numberOf(other) > numberOf(id));
  return place < 0 ? ids.length : place;
}

function numberOf(id: string): number {
  return Number(id.slice('row-'.length));
}

describe.each(PAGINGS)('a list in an order of its own, paged by %s', (paging) => {
  it.each([1, 7, 41, 100])('is shown whole, each row once, by pages of %i', async (first) => {
    expect(await walk({ paging, first, size: first + 1, ids: () => IDS })).toEqual(IDS);
  });
});

describe('a list in an order of its own, paged by token', () => {
  it('is gone on with where all rows that were shown have gone meanwhile', async () => {
    const gone = new Set<string>();

    const shown = await walk({
      paging: 'token',
      first: 5,
      size: 2,
      ids: () => IDS.filter((id) => !gone.has(id)),
      afterPage: (rows) => {
        for (const row of rows) gone.add(row);
      },
    });

    expect(shown).toEqual(IDS);
  });
});
