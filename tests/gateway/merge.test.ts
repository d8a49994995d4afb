import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorSeal } from '../../src/gateway/lists/cursor.ts';
import type { Lane } from '../../src/gateway/lists/lane.ts';
import { mergePages, type WalkState } from '../../src/gateway/lists/merge.ts';
import { type ShiftingList, type ShiftingRow, shiftingList } from './shifting-list.ts';

/** Thousands of walks, on a machine that may be doing other things. */
const WALKS_TIMEOUT_MS = 180_000;

const seal = cursorSeal('a secret of this test');

/** What happens to the lists before a page is asked for. */
type Event =
  | { kind: 'insert'; list: number; timeMs: number; count: number }
  | { kind: 'change'; list: number; place: number; timeMs: number }
  | { kind: 'remove'; list: number; place: number }
  | { kind: 'fail'; list: number; failing: boolean };

/** Which rows match a filter that the gateway applies, and how far it looks for one page. */
interface Scan {
  matches(row: ShiftingRow): boolean;
  readonly bound: Lane<ShiftingRow>['bound'];
}

const EVERYTHING: Scan = { matches: () => true, bound: { rows: Infinity, calls: Infinity } };

interface Shown {
  readonly list: string;
  readonly row: ShiftingRow;
  readonly timeMs: number;
}

async function walk(
  lists: readonly ShiftingList[],
  {
    first,
    before,
    scan,
  }: { first: (page: number) => number; before: (page: number) => void; scan: Scan },
): Promise<Shown[][]> {
  const pages: Shown[][] = [];
  let cursor: string | undefined;
  for (;;) {
    before(pages.length);
    const wanted = first(pages.length);
    const opened = cursor === undefined ? {} : seal.open(cursor, 'question');
    if (typeof opened === 'string') throw new Error(opened);
    const merged = await mergePages(
      lanesOf(lists, { first: wanted, walked: opened, scan }),
      wanted,
    );
    pages.push(merged.rows.map(({ row, timeMs }) => ({ list: row.id.slice(0, 1), row, timeMs })));
    if (!merged.hasNext) return pages;
    if (pages.length > 5000) throw new Error('the walk does not end');
    cursor = seal.seal(merged.state(), 'question');
  }
}

function lanesOf(
  lists: readonly ShiftingList[],
  { first, walked, scan }: { first: number; walked: WalkState; scan: Scan },
): Lane<ShiftingRow>[] {
  return lists.map((list) => ({
    key: list.name,
    paging: list.paging,
    order: list.order,
    size: Math.max(2, first + 1),
    from: walked[list.name],
    bound: scan.bound,
    read: async (at, size) => list.read(at, size),
    matches: scan.matches,
    idOf: (row) => row.id,
    timeOf: (row) => row.timeMs,
  }));
}

const time = fc.integer({ min: 0, max: 40 });

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    list: fc.nat(5),
    timeMs: fc.integer({ min: 0, max: 90 }),
    // A burst moves what was shown further than one page.
    count: fc.oneof(
      { weight: 5, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 2, max: 60 }) },
    ),
  }),
  fc.record({
    kind: fc.constant('change' as const),
    list: fc.nat(5),
    place: fc.nat(60),
    timeMs: fc.integer({ min: 41, max: 90 }),
  }),
  fc.record({ kind: fc.constant('remove' as const), list: fc.nat(5), place: fc.nat(60) }),
);

const failure: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('fail' as const),
  list: fc.nat(5),
  failing: fc.boolean(),
});

const kinds = [
  { paging: 'token', order: 'by-time' },
  { paging: 'last-id', order: 'by-time' },
  { paging: 'offset', order: 'by-time' },
  { paging: 'page-number', order: 'by-time' },
  { paging: 'page-number', order: 'own' },
] as const;

const someLists = (kind: fc.Arbitrary<(typeof kinds)[number]>) =>
  fc
    .array(
      fc.record({
        kind,
        timesMs: fc.oneof(
          { weight: 4, arbitrary: fc.array(time, { maxLength: 35 }) },
          { weight: 1, arbitrary: fc.array(time, { minLength: 50, maxLength: 90 }) },
        ),
        pageSize: fc.integer({ min: 1, max: 7 }),
        afterRemoved: fc.constantFrom('empty' as const, 'continues' as const),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map(
      (options) => () =>
        options.map(({ kind: how, ...rest }, index) =>
          shiftingList({ ...how, ...rest, name: String.fromCharCode(97 + index) }),
        ),
    );

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });

/** Events by page; the last pages are calm, and nothing fails in them, so that the walk can end. */
const events = (kind: fc.Arbitrary<Event>) =>
  fc.array(fc.array(kind, { maxLength: 4 }), { maxLength: 12 });

function happen(lists: readonly ShiftingList[], happening: Event): void {
  const list = lists[happening.list % lists.length];
  switch (happening.kind) {
    case 'insert':
      for (let n = 0; n < happening.count; n += 1) list?.insert(happening.timeMs);
      return;
    case 'change':
      return list?.change(happening.place, happening.timeMs);
    case 'remove':
      return list?.remove(happening.place);
    case 'fail':
      return list?.fail(happening.failing);
  }
}

async function walkThrough(
  made: readonly ShiftingList[],
  pageSizes: readonly number[],
  happenings: readonly (readonly Event[])[],
  scan = EVERYTHING,
): Promise<Shown[][]> {
  return walk(made, {
    scan,
    first: (page) => pageSizes[page % pageSizes.length] ?? 1,
    before: (page) => {
      for (const happening of happenings[page] ?? []) happen(made, happening);
      if (page >= happenings.length) for (const list of made) list.fail(false);
    },
  });
}

const versionOf = ({ id, version }: ShiftingRow) => `${id} v${version}`;

/** Every row that stood unchanged is shown once, and no version of any row twice. */
function expectEveryRowOnce(
  atStart: readonly ShiftingRow[],
  atEnd: readonly ShiftingRow[],
  pages: readonly Shown[][],
): void {
  const shown = pages.flat().map(({ row }) => versionOf(row));
  const once = new Set(shown);
  const stood = new Set(atEnd.map(versionOf));
  const unchanged = atStart.map(versionOf).filter((version) => stood.has(version));

  expect(shown.length, 'a version shown twice').toBe(once.size);
  expect(
    unchanged.filter((version) => !once.has(version)),
    'unchanged and never shown',
  ).toEqual([]);
}

describe.each(kinds)(
  'a walk over lists paged by $paging, $order',
  { timeout: WALKS_TIMEOUT_MS },
  (kind) => {
    it('shows every row once in the order of a full sort while nothing changes', async () => {
      await fc.assert(
        fc.asyncProperty(someLists(fc.constant(kind)), sizes, async (make, pageSizes) => {
          const made = make();

          const pages = await walkThrough(made, pageSizes, []);

          expectEveryRowOnce(
            made.flatMap((list) => list.rows()),
            made.flatMap((list) => list.rows()),
            pages,
          );
          const listed = pages.flat().map(({ timeMs }) => timeMs);
          expect(listed).toEqual(listed.toSorted((a, b) => b - a));
          for (const list of made) {
            const ofList = pages.flat().filter(({ row }) => row.id.startsWith(list.name));
            expect(ofList.map(({ row }) => row.id)).toEqual(list.rows().map(({ id }) => id));
          }
        }),
        { numRuns: 200 },
      );
    });

    it('shows every unchanged row once whatever arrives, changes, goes or fails meanwhile', async () => {
      await fc.assert(
        fc.asyncProperty(
          someLists(fc.constant(kind)),
          sizes,
          events(fc.oneof(event, failure)),
          async (make, pageSizes, happenings) => {
            const made = make();
            const atStart = made.flatMap((list) => list.rows());

            const pages = await walkThrough(made, pageSizes, happenings);

            expectEveryRowOnce(
              atStart,
              made.flatMap((list) => list.rows()),
              pages,
            );
          },
        ),
        { numRuns: 600 },
      );
    });
  },
);

/** Fewer calls than these, and an overlap read again could use them up. */
const scans: fc.Arbitrary<Scan> = fc
  .record({
    one: fc.integer({ min: 2, max: 12 }),
    rows: fc.integer({ min: 1, max: 30 }),
    calls: fc.integer({ min: 3, max: 8 }),
  })
  .map(({ one, ...bound }) => ({ bound, matches: ({ id }) => Number(id.slice(1)) % one === 0 }));

describe.each(kinds)(
  'a walk over the few rows that match in lists paged by $paging, $order',
  { timeout: WALKS_TIMEOUT_MS },
  (kind) => {
    it('ends, and shows each of them once, however short it looks at a time', async () => {
      await fc.assert(
        fc.asyncProperty(
          someLists(fc.constant(kind)),
          sizes,
          events(fc.oneof(event, failure)),
          scans,
          async (make, pageSizes, happenings, scan) => {
            const made = make();
            const atStart = made.flatMap((list) => list.rows()).filter(scan.matches);

            const pages = await walkThrough(made, pageSizes, happenings, scan);

            expect(pages.flat().every(({ row }) => scan.matches(row))).toBe(true);
            expectEveryRowOnce(
              atStart,
              made.flatMap((list) => list.rows()),
              pages,
            );
          },
        ),
        { numRuns: 300 },
      );
    });
  },
);

describe('a walk over lists of every kind', { timeout: WALKS_TIMEOUT_MS }, () => {
  const mixed = someLists(fc.constantFrom(...kinds));

  it('shows every unchanged row once whatever arrives, changes, goes or fails meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        mixed,
        sizes,
        events(fc.oneof(event, failure)),
        async (make, pageSizes, happenings) => {
          const made = make();
          const atStart = made.flatMap((list) => list.rows());

          const pages = await walkThrough(made, pageSizes, happenings);

          expectEveryRowOnce(
            atStart,
            made.flatMap((list) => list.rows()),
            pages,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never goes back in time while no list fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        someLists(fc.constantFrom(kinds[0], kinds[1], kinds[2], kinds[3])),
        sizes,
        events(event),
        async (make, pageSizes, happenings) => {
          const pages = await walkThrough(make(), pageSizes, happenings);

          const listed = pages.flat().map(({ timeMs }) => timeMs);
          expect(listed).toEqual(listed.toSorted((a, b) => b - a));
        },
      ),
      { numRuns: 600 },
    );
  });
});
