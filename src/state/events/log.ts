// The port of the event log: what is appended once, kept for a while in order, and heard by many. Memory and Redis keep
// the same laws.

import type { GapReason, Logged } from '../../domain/event.ts';
import type { Outcome } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';

/**
 * Events lie in a fixed number of lanes, each conversation's always in the same one, each lane in the order it was
 * appended. Between lanes there is no order.
 */
export interface EventLog {
  /**
   * In order, each exactly once: one whose first key was remembered before is not appended (null in its place). Seen and
   * appended are one step, so nothing is ever remembered that is not there. Fails with `gateway-unavailable` where the
   * log is out of reach: what became of the rest is then unknown, and appending again is harmless.
   */
  append(asked: readonly Append[]): Promise<Outcome<readonly (Entry | null)[]>>;
  /** After a mark, exclusive, oldest first, as many as asked; with where that leads, and what was lost before it. */
  read(lane: number, after: Mark, most: number): Promise<Outcome<Slice>>;
  /** The end of a lane, newest first, as many as asked at most. */
  readBack(lane: number, most: number): Promise<Outcome<readonly Entry[]>>;
  /** Where each of the lanes ends now. */
  ends(): Promise<Outcome<readonly Mark[]>>;
  /** Each entry appended from now on, by whomever, until it is called off. */
  listen(ear: Ear): () => void;
  /**
   * Up to where all ears of this process have been told, lane by lane: never further than any of them. Null while it does
   * not hear: not yet, or not again since its connection was lost.
   */
  heard(): readonly Mark[] | null;
  laneOf(conversation: ConversationRef): number;
  readonly lanes: number;
  close(): Promise<void>;
}

export interface Append {
  readonly event: Logged;
  /** Where it goes; absent, to the lane of its conversation. */
  readonly lane?: number;
  /** The first decides; all of them are remembered once it is appended. */
  readonly once: readonly [string, ...string[]];
}

export interface Entry {
  readonly lane: number;
  readonly mark: Mark;
  readonly event: Logged;
}

/** A place in one lane. Comparable within one epoch only. */
export interface Mark {
  /** Another one means that the lane began anew, and nothing of before can be had. */
  readonly epoch: string;
  /** Of the entry before the place: milliseconds, a hyphen, a number; `0-0` before all. */
  readonly id: string;
}

export interface Slice {
  readonly entries: readonly Entry[];
  /** Where to read on. */
  readonly next: Mark;
  /** Whether `next` is the end of the lane. */
  readonly atEnd: boolean;
  /** Set where something after the mark is no longer there; the entries begin after the loss. */
  readonly lost: GapReason | null;
}

export interface Ear {
  entry(entry: Entry): void;
  /** Something in a lane may have been missed, by everybody; what follows comes after that, from this place on. */
  lost(lane: number, reason: GapReason, place: Mark): void;
  /** What another version of this gateway appended: no event, and it may be about anything in its lane. */
  foreign?(lane: number, mark: Mark): void;
}

/** How long and how much is kept. */
export interface Retention {
  /** Milliseconds. */
  readonly ageMs: number;
  /** Entries in one lane. */
  readonly length: number;
}

/** When the entry before this place was appended, in milliseconds since the epoch; 0 before all. */
export function msOf({ id }: Mark): number {
  return Number(id.split('-')[0]);
}

/** The last place before an entry. */
export function placeBefore({ epoch, id }: Mark): Mark {
  const [ms = 0, number = 0] = id.split('-').map(Number);
  return { epoch, id: number > 0 ? `${ms}-${number - 1}` : `${ms - 1}-${LAST_NUMBER}` };
}

/** Of one millisecond: 64 bits. */
const LAST_NUMBER = '18446744073709551615';

/** Negative where `one` comes first. */
export function compareIds(one: string, other: string): number {
  const [oneMs = 0, oneNumber = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return oneMs - otherMs || oneNumber - otherNumber;
}

/** The same on every gateway, whatever language its neighbour is written in: FNV-1a of the provider and the id. */
export function laneOf({ provider, nativeId }: ConversationRef, lanes: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${provider}/${nativeId}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash % lanes;
}
