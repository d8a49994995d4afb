// The port of leases: which gateway does what only one may do at a time, and what the next one must know to go on.

import type { Outcome } from '../../domain/failure.ts';

/** Every call fails with `gateway-unavailable` where what is shared is out of reach: nothing is known then. */
export interface Leases {
  /** Null where another one holds it. */
  take(name: string): Promise<Outcome<Hold | null>>;
  /** Somebody here wants this for so long from now, whoever holds the lease. Said again, the longer time counts. */
  want(name: string, subjects: readonly string[], forMs: number): Promise<Outcome<null>>;
  /** What is wanted now, by whomever. */
  wanted(name: string): Promise<Outcome<readonly string[]>>;
  /** How long a lease lasts that nobody renews, in milliseconds. */
  readonly leaseMs: number;
  close(): Promise<void>;
}

export interface Hold {
  /** Greater than that of everybody who held it before, for as long as notes would last. */
  readonly token: number;
  /** Ours for the full time again; false where it was lost, and then it stays lost. */
  renew(): Promise<Outcome<boolean>>;
  /** What was written beside the lease, by whoever held it. */
  recall(): Promise<Outcome<ReadonlyMap<string, string>>>;
  /** Written while it is ours, and at no other time: false where it was lost. Null takes a note away. */
  note(notes: ReadonlyMap<string, string | null>): Promise<Outcome<boolean>>;
  /** The next one need not wait. */
  release(): Promise<void>;
}

export interface LeaseParts {
  readonly leaseMs: number;
  /** How long notes outlive the last one that was written, in milliseconds. */
  readonly notesMs: number;
}
