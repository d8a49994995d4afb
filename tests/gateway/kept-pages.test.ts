// A list is read on from a page that was kept, and has changed at its provider since.

import { expect, it } from 'vitest';
import { success } from '../../src/domain/failure.ts';
import type { Order, Page } from '../../src/domain/page.ts';
import type { Lane, LaneState } from '../../src/gateway/lists/lane.ts';
import { openLane } from '../../src/gateway/lists/lane-reader.ts';

const SIZE = 3;

interface Row {
  readonly id: string;
  readonly timeMs: number;
}

/** Pages by number; one that was asked for once is kept, and shown wherever it will do. */
function listed(order: Order) {
  let rows = Array.from({ length: 9 }, (_, at): Row => ({ id: `r${at}`, timeMs: 100 - at }));
  const kept = new Map<number, Page<Row>>();
  let isOld = false;
  let calls = 0;

  function lane(from?: LaneState): Lane<Row> {
    return {
      key: 'list',
      paging: 'page-number',
      order,
      size: SIZE,
      from,
      bound: { rows: Number.POSITIVE_INFINITY, calls: 20 },
      read(at, size, how) {
        const number = Number(at ?? 1);
        const had = how === 'as kept' ? kept.get(number) : undefined;
        isOld = had !== undefined;
        if (had) return Promise.resolve(success(had));
        calls += 1;
        const items = rows.slice((number - 1) * size, number * size);
        const page = { items, next: rows.length > number * size ? String(number + 1) : null };
        kept.set(number, page);
        return Promise.resolve(success(page));
      },
      isOld: () => isOld,
      matches: () => true,
      idOf: ({ id }) => id,
      timeOf: ({ timeMs }) => timeMs,
    };
  }

  return {
    /** So many rows, and where to go on. */
    async read(most: number, from?: LaneState) {
      const reader = openLane(lane(from));
      const ids: string[] = [];
      while (ids.length < most) {
        const head = await reader.peek();
        if (head.kind !== 'row') break;
        ids.push(head.row.id);
        reader.take();
      }
      return { ids, state: reader.stateAt(ids.length, undefined) };
    },
    remove(id: string) {
      rows = rows.filter((row) => row.id !== id);
    },
    get calls() {
      return calls;
    },
  };
}

it.each<Order>(['by-time', 'own'])('shows each row that stood once, in order %s', async (order) => {
  const list = listed(order);
  await list.read(SIZE);
  list.remove('r1');

  const { ids } = await list.read(20);

  // What is gone was kept, and may be shown still.
  expect(ids.filter((id) => id !== 'r1')).toEqual(['r0', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8']);
});

it.each<Order>(['by-time', 'own'])(
  'goes on from a cursor past none, in order %s',
  async (order) => {
    const list = listed(order);
    const first = await list.read(SIZE);
    list.remove('r0');

    const rest = await list.read(20, first.state);

    expect(rest.ids).toEqual(['r3', 'r4', 'r5', 'r6', 'r7', 'r8']);
  },
);

it('costs nothing where the page that was kept is enough', async () => {
  const list = listed('by-time');
  await list.read(SIZE);

  expect((await list.read(SIZE)).ids).toEqual(['r0', 'r1', 'r2']);
  expect(list.calls).toBe(1);
});
