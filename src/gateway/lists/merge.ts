// Merges lanes into one page, newest first. A lane that fails or is slow costs its rows, never the page.

import type { Lane, LaneState } from './lane.ts';
import { type Head, type LaneReader, openLane } from './lane-reader.ts';

export interface MergedPage<T> {
  readonly rows: readonly MergedRow<T>[];
  readonly lanes: ReadonlyMap<string, LaneEnd>;
  /** Whether anything is left, or may be left where a lane could not be read. */
  readonly hasNext: boolean;
  /** Where each lane is left after the page, an empty page included. */
  state(): WalkState;
}

export interface MergedRow<T> {
  readonly row: T;
  /** The time it is listed by. */
  readonly timeMs: number;
  /** Where each lane is left after this row. */
  state(): WalkState;
}

/** What a cursor holds, by lane. */
export type WalkState = Readonly<Record<string, LaneState>>;

export interface LaneEnd {
  readonly head: Head<unknown>;
  readonly scanned: number;
}

export async function mergePages<T>(
  lanes: readonly Lane<T>[],
  first: number,
): Promise<MergedPage<T>> {
  const readers = lanes.map((lane) => ({ key: lane.key, reader: openLane(lane) }));
  const rows: MergedRow<T>[] = [];
  let heads = await Promise.all(readers.map(({ reader }) => reader.peek()));

  while (rows.length < first) {
    const newest = newestHead(heads);
    const head = newest === undefined ? undefined : heads[newest];
    const reader = newest === undefined ? undefined : readers[newest]?.reader;
    if (head?.kind !== 'row' || !reader) break;
    reader.take();
    const passed = readers.map((lane) => lane.reader.passed());
    rows.push({
      row: head.row,
      timeMs: head.timeMs,
      state: () => stateOf(readers, passed, head.timeMs),
    });
    if (rows.length === first) break;
    const following = await reader.peek();
    heads = heads.map((known, index) => (index === newest ? following : known));
  }

  // A page that is full leaves the lane it took from last unasked: what is left of it is known without another call.
  const ends = readers.map(({ key, reader }, index): [string, LaneEnd] => [
    key,
    { head: heads[index] ?? { kind: 'end' }, scanned: reader.scanned() },
  ]);
  const passed = readers.map(({ reader }) => reader.passed());
  const state = () => stateOf(readers, passed, rows.at(-1)?.timeMs);
  return {
    rows,
    lanes: new Map(ends),
    hasNext: Object.values(state()).some((lane) => !lane.done),
    state,
  };
}

/** The index of the newest head; the first lane wins a tie. A bound that is newer than every row ends the page. */
function newestHead(heads: readonly Head<unknown>[]): number | undefined {
  let newest: number | undefined;
  let newestMs = -Infinity;
  for (const [index, head] of heads.entries()) {
    if (head.kind !== 'row' && head.kind !== 'bound') continue;
    if (newest === undefined || head.timeMs > newestMs) {
      newest = index;
      newestMs = head.timeMs;
    }
  }
  return newest;
}

function stateOf<T>(
  readers: readonly { key: string; reader: LaneReader<T> }[],
  passed: readonly number[],
  shownMs: number | undefined,
): WalkState {
  return Object.fromEntries(
    readers.map(({ key, reader }, index) => [key, reader.stateAt(passed[index] ?? 0, shownMs)]),
  );
}
