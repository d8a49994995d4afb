// Chatling's dates: read leniently, and which of them a page of conversations is sorted by.

import { timesInPlace } from '../wire-reading.ts';

/** With or without an offset: one documented sample has none. Null where it is no date. */
export function toDate(said: string | null | undefined): Date | null {
  const [, day, time, offset] = SHAPE.exec(said ?? '') ?? [];
  if (day === undefined || time === undefined) return null;
  const at = new Date(`${day}T${time}${offset?.toUpperCase() ?? 'Z'}`);
  return Number.isNaN(at.getTime()) ? null : at;
}

const SHAPE =
  /^\s*(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?\s*$/i;

export interface Dated {
  readonly createdAt: Date | null;
  readonly newestMessageAt: Date | null;
}

/**
 * The time each row of a page is listed by. The service sorts by "date" and does not say which: it is the newest
 * message's where that descends over the page, else the creation's where that does, else the newest message's all the same.
 */
export function sortedTimes(rows: readonly Dated[]): Date[] {
  const active = rows.map(({ newestMessageAt, createdAt }) => newestMessageAt ?? createdAt);
  const created = rows.map(({ createdAt }) => createdAt);
  const byCreation = !descends(active) && descends(created);
  const times = active.map((time, index) => (byCreation ? created[index] : null) ?? time);
  return timesInPlace(times).map((time) => time ?? new Date(0));
}

function descends(times: readonly (Date | null)[]): boolean {
  const known = times.filter((time) => time !== null);
  return known.every((time, index) => time <= (known[index - 1] ?? time));
}
