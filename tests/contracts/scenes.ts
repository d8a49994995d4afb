// How every subject finds its rows: in the order of a list, and one at least.

/** Descending by a time in text; of one and the same time the later row first. */
export function newestFirst<Row>(rows: readonly Row[], timeOf: (row: Row) => string): Row[] {
  return rows
    .toReversed()
    .toSorted((one, other) =>
      timeOf(one) === timeOf(other) ? 0 : timeOf(one) < timeOf(other) ? 1 : -1,
    );
}

export function firstOf<T>(values: Iterable<T>): T {
  for (const value of values) return value;
  throw new Error('no row is as this scene wants one: tell more tales');
}
