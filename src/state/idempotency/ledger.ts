// The port of the ledger: which write was asked under which key, and what became of it, so that none is done twice. Memory
// and Redis keep the same laws.

import type { Outcome } from '../../domain/failure.ts';
import type { AccountScope } from '../../domain/ids.ts';

/**
 * Every call fails with `gateway-unavailable` where what is shared is out of reach: nothing is known then. A key is kept
 * for a while from its first claim, and then forgotten with all that is known of it.
 */
export interface Ledger {
  /** Of many who claim one key at once, one is told that it is theirs. */
  claim(key: AttemptKey, asked: Asked): Promise<Outcome<Claim>>;
  /** How it stands once nobody is at it any more, or when the signal is aborted; null where the key is free. */
  wait(key: AttemptKey, signal: AbortSignal): Promise<Outcome<Standing | null>>;
  /** Attempts whose outcome is to be found out, as many at most, each handed to one at a time. */
  adopt(most: number): Promise<Outcome<readonly Doubt[]>>;
  /** How long an attempt is taken to be under way without a word of who is at it, in milliseconds. */
  readonly leaseMs: number;
  close(): Promise<void>;
}

/** The same key under another mutation, or of another caller, is another. */
export interface AttemptKey {
  readonly caller: string;
  readonly mutation: string;
  readonly key: string;
}

export interface Asked {
  /** The account it is for, under its credential. */
  readonly scope: AccountScope;
  /** Of the input: the same for the same, whatever the order of its fields. */
  readonly fingerprint: string;
}

export type Claim =
  | { readonly kind: 'ours'; readonly hold: Hold }
  | { readonly kind: 'theirs'; readonly standing: Standing }
  /** The key is in use for something else. */
  | { readonly kind: 'other-input' }
  /** The same was asked of an account of this name, and it is not this account, or under another credential. */
  | { readonly kind: 'other-account' };

export type Standing =
  | { readonly state: 'running' }
  /** What `done` or `settle` was given. */
  | { readonly state: 'done'; readonly answer: unknown }
  /** What `doubt` was given; undefined where whoever was at it went away without a word. */
  | { readonly state: 'doubt'; readonly answer: unknown };

/**
 * An attempt that is ours. Once another one took it over, because nothing was heard of us for too long, everything is
 * false and changes nothing. Values are those of the domain: dates are dates.
 */
export interface Hold {
  readonly key: AttemptKey;
  /**
   * What is needed to find out what became of it. To be written before the provider may see the write, and nothing may be
   * sent where this is not true: an attempt without a note is taken for one that never began. Said again, the later counts.
   */
  note(note: unknown): Promise<Outcome<boolean>>;
  /** To be said more often than `leaseMs`. */
  renew(): Promise<Outcome<boolean>>;
  done(answer: unknown): Promise<Outcome<boolean>>;
  /** The provider may have done it or not: what is answered until that is settled. From now on it can be adopted. */
  doubt(answer: unknown): Promise<Outcome<boolean>>;
  /** Surely never done: the key is free. */
  release(): Promise<Outcome<boolean>>;
}

/** An attempt that somebody left in doubt, or left; ours to settle as long as we say so. False as in `Hold`. */
export interface Doubt extends Asked {
  readonly key: AttemptKey;
  readonly note: unknown;
  /** As in `Standing`. */
  readonly answer: unknown;
  /** When it was claimed first, in milliseconds since the epoch. */
  readonly claimedAtMs: number;
  /** How often it was adopted before. */
  readonly looks: number;
  renew(): Promise<Outcome<boolean>>;
  /** It is known, or it is given up: this is what is answered from now on. */
  settle(answer: unknown): Promise<Outcome<boolean>>;
  /** It was surely never done: the key is free. */
  release(): Promise<Outcome<boolean>>;
  /** Not known yet: whoever comes after so many milliseconds may look again. With a note, that takes the place of the last. */
  again(afterMs: number, note?: unknown): Promise<Outcome<boolean>>;
}

export interface LedgerParts {
  readonly leaseMs: number;
  /** How long a key is kept, in milliseconds. */
  readonly keptMs: number;
}
