// The rules by which calls to an account are counted, whoever counts: what is told to a count and by it, and its numbers.

import type { Said } from './budget.ts';

/** How many of each urgency: writes, reads, looks. */
export type Asks = readonly [writes: number, reads: number, looks: number];

/** What came of one permit. `unused`: nobody asked after all. `lost`: the service may have seen it. */
export interface Settled {
  readonly key: string;
  /** As its grant said it. */
  readonly doneBefore: number;
  readonly came: 'good' | 'refused' | 'lost' | 'unused';
  readonly said: Said;
}

export interface Told {
  /** Who may ask: the permits of the writes first, then of the reads, then of the looks. */
  readonly granted: Asks;
  readonly permits: readonly { readonly key: string; readonly doneBefore: number }[];
  /** Nobody more may ask before. Milliseconds from now, as everything here. */
  readonly waitMs: number;
  /** How many calls must have left the window before one more of each may ask; 0 where nothing is counted. */
  readonly short: Asks;
  /** When the next of them leave it, soonest first; none where nobody waits. */
  readonly frees: readonly number[];
  readonly known: Known;
}

/** Null is not known. */
export interface Known {
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsInMs: number | null;
  readonly restsInMs: number;
  /** Whether one at a time asks. */
  readonly isCareful: boolean;
}

export interface Tally {
  exchange(asks: Asks, settled: readonly Settled[], now: number): Told;
  /** Permits that were had elsewhere, and what is known there: to go on from where that is out of reach. */
  mirror(permits: Told['permits'], known: Known, now: number): void;
  /** Of how many that know nothing of each other this is one. */
  share(sharers: number): void;
  /** The calls that still count, and for how long. */
  kept(now: number): readonly { readonly key: string; readonly forMs: number }[];
  /** How long nobody asks: 0 where one at a time does, null where whoever likes. */
  restMs(now: number): number | null;
}

/** Of a window, for what must not wait; and what looks leave to people. */
export const RESERVE = 1 / 10;
export const LEFT_TO_PEOPLE = 1 / 4;
/** A call whose end nobody tells: its gateway died. Longer than any answer takes. */
export const FLIGHT_MS = 180_000;
/** Where one asks at a time the next may go when no refusal came for so long: a bot's answer takes its time. */
export const ALONE_MS = 2000;
/** The first of all is not waited for as long: most know by then what it was told, and the others must not miss their deadlines for it. */
export const FIRST_ALONE_MS = 500;
/** How soon one looks whether somebody else's call was answered. */
export const PEEK_MS = 50;
/** A refusal that says no time, of a service whose windows are not known: the first rest, doubled up to the last. */
export const FIRST_REST_MS = 1000;
export const LAST_REST_MS = 60_000;
/** For so long after a rest one at a time is asked, where no number is known. */
export const CAREFUL_MS = 60_000;
/** Fewer calls than these taken in a window say that others asked too, and nothing of the limit. */
export const LEAST_ESTIMATE = 5;
/** An estimate is believed for so many windows; then what is beyond it is tried one at a time. */
export const BELIEVED_WINDOWS = 5;
/** Of a window: longer than between a call's arrival at the service and its answer here. */
export const SLACK = 1 / 50;
export const MOST_FREES = 1000;
