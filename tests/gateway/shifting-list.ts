// A provider's list in memory that changes while it is walked, in each way of paging: what the merge is tried against.

import { failed, type Outcome, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Order, Page, Paging } from '../../src/domain/page.ts';

export interface ShiftingRow {
  readonly id: string;
  /** Raised with each change: a row that stood unchanged keeps it. */
  readonly version: number;
  readonly timeMs: number;
}

export interface ShiftingList {
  readonly name: string;
  readonly paging: Paging;
  readonly order: Order;
  rows(): readonly ShiftingRow[];
  read(at: string | null, size: number): Outcome<Page<ShiftingRow>>;
  insert(timeMs: number): void;
  /** The row at this place gets another version and this time, and moves accordingly. */
  change(place: number, timeMs: number): void;
  remove(place: number): void;
  /** Until said otherwise every read fails. */
  fail(failing: boolean): void;
}

export interface ShiftingListOptions {
  readonly name: string;
  readonly paging: Paging;
  readonly order: Order;
  readonly timesMs: readonly number[];
  /** For `page-number`, which takes no wish. */
  readonly pageSize: number;
  /** What `last-id` answers when the row of that id has gone. */
  readonly afterRemoved: 'empty' | 'continues';
}

export function shiftingList(options: ShiftingListOptions): ShiftingList {
  const { name, paging, order, pageSize, afterRemoved } = options;
  let count = 0;
  let failing = false;
  // In an order of its own, a list is as its rows were put in; by time, it is sorted at each look.
  let stored: ShiftingRow[] = [];
  let listed: readonly ShiftingRow[] | undefined;
  const removed = new Map<string, ShiftingRow>();
  for (const timeMs of options.timesMs) stored.push(fresh(timeMs));

  function store(rowsNow: ShiftingRow[]): void {
    stored = rowsNow;
    listed = undefined;
  }

  function fresh(timeMs: number): ShiftingRow {
    count += 1;
    return { id: `${name}${String(count).padStart(4, '0')}`, version: 1, timeMs };
  }

  function rows(): readonly ShiftingRow[] {
    listed ??= order === 'own' ? stored : stored.toSorted(newestFirst);
    return listed;
  }

  function page(from: number, size: number, next: (last: ShiftingRow, end: number) => string) {
    const all = rows();
    const items = all.slice(from, from + size);
    const last = items.at(-1);
    const end = from + items.length;
    return success({ items, next: last && end < all.length ? next(last, end) : null });
  }

  function read(at: string | null, size: number): Outcome<Page<ShiftingRow>> {
    if (failing) {
      const provider = providerName(name);
      return failed({ kind: 'unavailable', provider, because: 'it fails', retryAt: null });
    }
    switch (paging) {
      case 'token': {
        const [timeMs, id] = at === null ? ['Infinity', ''] : at.split('/');
        const from = rows().findIndex(
          (row) => newestFirst({ id: id ?? '', version: 0, timeMs: Number(timeMs) }, row) < 0,
        );
        return page(at === null ? 0 : from < 0 ? rows().length : from, size, (last) => {
          return `${last.timeMs}/${last.id}`;
        });
      }
      case 'last-id': {
        if (at === null) return page(0, size, (last) => last.id);
        const place = rows().findIndex((row) => row.id === at);
        if (place >= 0) return page(place + 1, size, (last) => last.id);
        const gone = removed.get(at);
        if (afterRemoved === 'empty' || !gone) return success({ items: [], next: null });
        const from = rows().findIndex((row) => newestFirst(gone, row) < 0);
        return page(from < 0 ? rows().length : from, size, (last) => last.id);
      }
      case 'offset':
        return page(Number(at ?? 0), size, (_, end) => String(end));
      case 'page-number': {
        const number = Number(at ?? 1);
        return page((number - 1) * pageSize, pageSize, () => String(number + 1));
      }
    }
  }

  function rowAt(place: number): ShiftingRow | undefined {
    return rows()[place % Math.max(1, rows().length)];
  }

  return {
    name,
    paging,
    order,
    rows,
    read,
    insert: (timeMs) => {
      store([fresh(timeMs), ...stored]);
    },
    change: (place, timeMs) => {
      const row = rowAt(place);
      if (!row) return;
      const changed = { ...row, version: row.version + 1, timeMs };
      store([changed, ...stored.filter(({ id }) => id !== row.id)]);
    },
    remove: (place) => {
      const row = rowAt(place);
      if (!row) return;
      removed.set(row.id, row);
      store(stored.filter(({ id }) => id !== row.id));
    },
    fail: (now) => {
      failing = now;
    },
  };
}

function newestFirst(a: ShiftingRow, b: ShiftingRow): number {
  return b.timeMs - a.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
