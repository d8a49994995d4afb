// One provider's list as the merge sees it, and what a cursor remembers of it.

import type { Outcome } from '../../domain/failure.ts';
import type { Order, Page, Paging } from '../../domain/page.ts';

/** One provider's list, as the merge needs to see it. */
export interface Lane<T> {
  readonly key: string;
  readonly paging: Paging;
  readonly order: Order;
  /** How many rows to ask for at a time. */
  readonly size: number;
  /** Where an earlier page left off; absent, at the beginning. */
  readonly from: LaneState | undefined;
  /** How far to look for rows that match before giving the page back. */
  readonly bound: { readonly rows: number; readonly calls: number };
  read(at: string | null, size: number, how: Asking): Promise<Outcome<Page<T>>>;
  /** Whether the page read last was kept from before, and not asked for now; absent, none ever is. */
  isOld?(): boolean;
  matches(row: T): boolean;
  idOf(row: T): string;
  /** Milliseconds since the epoch by which the list descends; null where the row does not say. */
  timeOf(row: T): number | null;
}

/** `anew`: nothing that was kept will do. */
export type Asking = 'as kept' | 'anew';

/** What a cursor remembers of one lane. */
export interface LaneState {
  /** Where to read on from, overlapping what was passed wherever the paging allows. */
  readonly at: string | null;
  /** For `last-id`: older places to fall back on, newest first, in case that row has gone. */
  readonly trail: readonly string[];
  /** Rows not strictly older than this have been passed. Null: nothing is known yet. */
  readonly timeMs: number | null;
  /** By time: the rows passed at that very time. In own order: the rows passed last, each as `time:id`. */
  readonly ids: readonly string[];
  /** How many rows were passed in all. */
  readonly passed: number;
  /** Nothing is left. */
  readonly done: boolean;
  /** When it was asked for, in milliseconds since the epoch: what is read on from here is no older. */
  readonly readMs?: number;
}
