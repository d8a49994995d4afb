// Reads a lane forward under its watermark: pages in, rows not yet passed out, and where to go on from next time.

import { type Failure, type Outcome, success } from '../../domain/failure.ts';
import type { Page, Paging } from '../../domain/page.ts';
import type { Asking, Lane, LaneState } from './lane.ts';

export type Head<T> =
  | { readonly kind: 'row'; readonly row: T; readonly timeMs: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** The bound was reached: whatever is left is not newer than this. */
  | { readonly kind: 'bound'; readonly timeMs: number };

export interface LaneReader<T> {
  /** The next row that matches, reading on where none is at hand. Asked again, the same answer. */
  peek(): Promise<Head<T>>;
  /** Passes the row last peeked at. */
  take(): void;
  /** How many rows have been looked at. */
  scanned(): number;
  /** How many rows have been passed: what `stateAt` is asked with. */
  passed(): number;
  /** The state after `passed` rows of this reading, where the merge showed nothing older than `shownMs`. */
  stateAt(passed: number, shownMs: number | undefined): LaneState;
}

interface Entry<T> {
  readonly row: T;
  readonly id: string;
  /** The time it is listed by, which in an order of its own is not always the time it says. */
  readonly timeMs: number;
  readonly saidMs: number | null;
  readonly matches: boolean;
  /** The page it came on, for `token` and `page-number`; its own place for `offset`. */
  readonly at: string | null;
  /** The row before it in the list, for `last-id`. */
  readonly before: string | null;
}

/** Rows of an own order that a cursor remembers: more than any page that was seen of such a list. */
const REMEMBERED_ROWS = 40;
const REMEMBERED_ANCHORS = 4;
/** Rows without a time at the head of a list count as newer than any other: finite, or no cursor could hold it. */
const UNDATED_MS = Number.MAX_SAFE_INTEGER;

const START: LaneState = {
  at: null,
  trail: [],
  timeMs: null,
  ids: [],
  passed: 0,
  done: false,
};

export function openLane<T>(lane: Lane<T>): LaneReader<T> {
  const from = lane.from ?? START;
  const overlaps = lane.paging !== 'token';
  // Every row read that was not passed before, in the order of the list; `taken` of them are passed.
  const log: Entry<T>[] = [];
  let taken = 0;
  let looked = 0;
  let calls = 0;
  let next: string | null = from.at;
  // The place of the last row read, from which reading on repeats that row: the overlap.
  let reached: string | null = from.at;
  let anchors: readonly string[] = from.trail;
  let ended = from.done;
  let begun = false;
  let failure: Failure | undefined;
  // A list whose token leads back to a page that was read would be read for ever.
  const asked = new Set<string | null>();
  // In an order of its own a list says by nothing but its ids which rows were had before.
  const own = lane.order === 'own';
  const known = new Set(own ? from.ids.map((mark) => mark.slice(mark.indexOf(':') + 1)) : []);
  // A row whose time has changed has likely moved, so it no longer says where reading on begins.
  const anchored = new Set(own ? from.ids : []);
  // Read on, such a list repeats no row: what was kept of one page does not go with what is asked of the next.
  const isSeamless = lane.paging === 'page-number' || (own && lane.paging !== 'token');
  let how: Asking = isSeamless && lane.from ? 'anew' : 'as kept';
  const isAnchor = (row: T) => anchored.has(markOf(lane.idOf(row), lane.timeOf(row)));
  // What has been read so far reaches down to here; rows above it are repeats of an overlap.
  let readTo: Watermark | undefined =
    from.timeMs === null ? undefined : { timeMs: from.timeMs, ids: new Set(from.ids) };

  async function peek(): Promise<Head<T>> {
    for (;;) {
      for (; taken < log.length; taken += 1) {
        const entry = log[taken];
        if (entry?.matches) return { kind: 'row', row: entry.row, timeMs: entry.timeMs };
      }
      if (ended) return { kind: 'end' };
      if (failure) return { kind: 'failed', failure };
      if (looked >= lane.bound.rows || calls >= lane.bound.calls) {
        return { kind: 'bound', timeMs: log.at(-1)?.timeMs ?? from.timeMs ?? Infinity };
      }
      const read = begun ? await readOn() : await readFirst();
      begun = true;
      if (!read.ok) failure = read.failure;
    }
  }

  async function readFirst(): Promise<Outcome<null>> {
    if (own && from.ids.length > 0) return findRemembered();
    return readFrom(from.at, from.trail);
  }

  async function readOn(): Promise<Outcome<null>> {
    if (isSeamless && how === 'as kept' && lane.isOld?.()) {
      how = 'anew';
      return readFrom(reached, anchors, 'seam');
    }
    const repeats =
      lane.order === 'by-time' && (lane.paging === 'last-id' || lane.paging === 'offset');
    return readFrom(repeats ? reached : next, anchors);
  }

  /** Reads one page, stepping back until its first row is one that was read before. */
  async function readFrom(
    at: string | null,
    trail: readonly string[],
    place: 'seam' | 'within' = begun ? 'within' : 'seam',
  ): Promise<Outcome<null>> {
    const page = await ask(at);
    if (!page.ok) return page;
    const first = page.value.items[0];
    const isStart = at === null || at === startOf(lane.paging);
    // Only at a seam: an overlap whose first row is new says that rows above it have gone.
    const seam = lane.paging !== 'page-number' || place === 'seam';
    const slipped = overlaps && seam && !isStart && readTo && !(first && isRead(first));
    if (slipped && lane.order === 'by-time') {
      return readFrom(stepBack(at, trail), trail.slice(1), place);
    }
    append(page.value, at, 0);
    return success(null);
  }

  /** A list in an order of its own is resumed by the rows passed last, wherever they have moved to. */
  async function findRemembered(): Promise<Outcome<null>> {
    const pages: { page: Page<T>; at: string | null }[] = [];
    // A token goes on where it did whatever became of the rows before it, and there is no way back from it.
    const byToken = lane.paging === 'token' && from.at !== null;
    let found = false;
    for (let at = from.at; ; at = stepBack(at, [])) {
      const page = await ask(at);
      if (!page.ok) return page;
      pages.unshift({ page: page.value, at });
      found = byToken || page.value.items.some(isAnchor);
      if (found || at === null || at === startOf(lane.paging)) break;
    }
    for (let last = pages.at(-1); !found && last?.page.next; last = pages.at(-1)) {
      const at: string | null = last.page.next;
      const page = await ask(at);
      if (!page.ok) return page;
      pages.push({ page: page.value, at });
      found = page.value.items.some(isAnchor);
    }
    // All that were remembered have gone. Where they were all there ever were, everything is new; else their time decides.
    const byTime = !found && from.passed > from.ids.length;
    let unseen = !found || byToken;
    for (const { page, at } of pages) {
      const lastKnown = page.items.findLastIndex(isAnchor);
      if (lastKnown >= 0) unseen = true;
      if (!unseen) continue;
      append(page, at, lastKnown + 1, byTime ? from.timeMs : null);
    }
    return success(null);
  }

  async function ask(at: string | null): Promise<Outcome<Page<T>>> {
    calls += 1;
    const page = await lane.read(at, lane.size, how);
    if (!page.ok || lane.paging !== 'token') return page;
    asked.add(at);
    return asked.has(page.value.next) ? success({ ...page.value, next: null }) : page;
  }

  /** Keeps what is new of a page. */
  function append(
    page: Page<T>,
    at: string | null,
    skip: number,
    olderThanMs: number | null = null,
  ): void {
    let ceilingMs = log.at(-1)?.timeMs ?? readTo?.timeMs ?? UNDATED_MS;
    let before = skip > 0 ? idBefore(page, skip) : at;
    let lowestMs = Infinity;
    for (const [index, row] of page.items.entries()) {
      const saidMs = lane.timeOf(row);
      lowestMs = Math.min(lowestMs, saidMs ?? lowestMs);
      if (index < skip) continue;
      const id = lane.idOf(row);
      if (!isRead(row) && isOlder(saidMs, olderThanMs)) {
        looked += 1;
        const timeMs = saidMs ?? ceilingMs;
        ceilingMs = own ? Math.min(timeMs, ceilingMs) : timeMs;
        if (own) known.add(id);
        log.push({
          row,
          id,
          timeMs: ceilingMs,
          saidMs,
          matches: lane.matches(row),
          at: lane.paging === 'offset' ? String(Number(at ?? 0) + index) : at,
          before,
        });
      }
      before = id;
    }
    lowerReadTo(page.items, lowestMs);
    next = page.next;
    ended = page.next === null;
    if (page.items.length === 0) return;
    anchors = [reached, ...anchors].filter((id) => id !== null).slice(0, REMEMBERED_ANCHORS);
    reached = lastPlace(page, at);
  }

  function lastPlace(page: Page<T>, at: string | null): string | null {
    const last = page.items.length - 1;
    if (lane.paging === 'offset') return String(Number(at ?? 0) + last);
    if (lane.paging !== 'last-id') return at;
    // A page of one row would be its own overlap for ever.
    return idBefore(page, Math.max(last, 1));
  }

  function idBefore(page: Page<T>, index: number): string | null {
    const row = page.items[index - 1];
    return row ? lane.idOf(row) : null;
  }

  function isRead(row: T): boolean {
    if (own) return known.has(lane.idOf(row));
    if (!readTo) return false;
    const timeMs = lane.timeOf(row) ?? readTo.timeMs;
    return timeMs > readTo.timeMs || (timeMs === readTo.timeMs && readTo.ids.has(lane.idOf(row)));
  }

  function lowerReadTo(rows: readonly T[], lowestMs: number): void {
    const timeMs = Math.min(lowestMs, readTo?.timeMs ?? UNDATED_MS);
    // A row without a time says by nothing but its id that it was read.
    const ids = rows.filter((row) => (lane.timeOf(row) ?? timeMs) === timeMs).map(lane.idOf);
    const kept = readTo?.timeMs === timeMs ? readTo.ids : [];
    readTo = { timeMs, ids: new Set([...kept, ...ids]) };
  }

  function stateAt(passed: number, shownMs: number | undefined): LaneState {
    const last = log[passed - 1];
    const all = passed === log.length;
    // Rows that are left and do not match are nothing to come back for.
    const over = ended && !log.slice(passed).some(({ matches }) => matches);
    if (over) return { ...START, done: true };
    const place = placeAt(passed);
    if (own) {
      const ids = [
        ...from.ids,
        ...log.slice(0, passed).map(({ id, saidMs }) => markOf(id, saidMs)),
      ];
      return {
        ...place,
        timeMs: last?.timeMs ?? from.timeMs,
        ids: ids.slice(-REMEMBERED_ROWS),
        passed: from.passed + passed,
        done: false,
      };
    }
    // The merge passed everything newer than what it showed last, but only where this lane's next row was known to it.
    const marks = [
      from.timeMs === null ? undefined : { timeMs: from.timeMs, ids: new Set(from.ids) },
      last ? markAt(last.timeMs, passed) : undefined,
      !all && shownMs !== undefined ? markAt(shownMs, passed) : undefined,
    ];
    const mark = lowest(marks);
    return {
      ...place,
      timeMs: mark?.timeMs ?? null,
      ids: mark ? [...mark.ids] : [],
      passed: from.passed + passed,
      done: false,
    };
  }

  function placeAt(passed: number): Pick<LaneState, 'at' | 'trail'> {
    const last = log[passed - 1];
    const following = log[passed];
    if (lane.paging === 'token') return { at: following ? following.at : next, trail: [] };
    if (!last) return { at: passed === log.length ? reached : from.at, trail: from.trail };
    if (lane.paging !== 'last-id') return { at: last.at, trail: [] };
    const trail = [from.at, ...from.trail].filter((id) => id !== null && id !== last.before);
    return {
      at: last.before,
      trail: trail.filter((id) => id !== null).slice(0, REMEMBERED_ANCHORS),
    };
  }

  function markAt(timeMs: number, passed: number): Watermark {
    const ids = log
      .slice(0, passed)
      .filter((entry) => entry.timeMs === timeMs)
      .map((entry) => entry.id);
    return { timeMs, ids: new Set(ids) };
  }

  function stepBack(at: string | null, trail: readonly string[]): string | null {
    switch (lane.paging) {
      case 'token':
        return at;
      case 'last-id':
        return trail[0] ?? null;
      case 'offset':
        return String(Math.max(0, Number(at ?? 0) - lane.size));
      case 'page-number':
        return String(Math.max(1, Number(at ?? 1) - 1));
    }
  }

  return {
    peek,
    take: () => {
      taken += 1;
    },
    scanned: () => looked,
    passed: () => taken,
    stateAt,
  };
}

interface Watermark {
  readonly timeMs: number;
  readonly ids: ReadonlySet<string>;
}

function lowest(marks: readonly (Watermark | undefined)[]): Watermark | undefined {
  const known = marks.filter((mark) => mark !== undefined);
  if (known.length === 0) return undefined;
  const timeMs = Math.min(...known.map((mark) => mark.timeMs));
  const ids = known.filter((mark) => mark.timeMs === timeMs).flatMap((mark) => [...mark.ids]);
  return { timeMs, ids: new Set(ids) };
}

function markOf(id: string, timeMs: number | null): string {
  return `${timeMs}:${id}`;
}

function isOlder(timeMs: number | null, thanMs: number | null): boolean {
  return thanMs === null || timeMs === null || timeMs < thanMs;
}

function startOf(paging: Paging): string | null {
  return paging === 'offset' ? '0' : paging === 'page-number' ? '1' : null;
}
