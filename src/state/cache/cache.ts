// The port of the provider cache: what accounts answered, kept for a while. Memory, Redis, and the one over the other keep
// the same laws. Whether what is kept may still be shown is not its to know: src/gateway/reads/freshness.ts.

import type { AccountScope } from '../../domain/ids.ts';

/** Never fails: a store that is out of reach has nothing and keeps nothing. */
export interface Cache {
  /**
   * In the order asked, by one round trip; undefined where nothing is kept. What is nearest may be older than what other
   * gateways keep: where it is not enough these are asked too, and the newest is given, be it enough or not.
   */
  get(
    scope: AccountScope,
    keys: readonly string[],
    isEnough?: (kept: Kept, key: string) => boolean,
  ): Promise<readonly (Kept | undefined)[]>;
  /** What was fetched earlier than what is kept under its key is not kept, nor what could not be given back as it was. */
  put(scope: AccountScope, entries: readonly Keeping[]): Promise<void>;
  /**
   * The right to ask the provider for what is missing; null where somebody else has it. It ends by itself after a while.
   * Where others cannot be asked everybody has it.
   */
  claim(scope: AccountScope, key: string, forMs: number): Promise<Claim | null>;
  close(): Promise<void>;
}

export interface Kept {
  /** A value of the domain: dates are dates, and a field that is undefined is absent. Not to be changed. */
  readonly value: unknown;
  /** When the provider was asked, in milliseconds since the epoch. */
  readonly fetchedAtMs: number;
  /** How far the log had been heard when the provider was asked, in freshness' own words. */
  readonly asOf: string;
}

export interface Keeping {
  readonly key: string;
  readonly kept: Kept;
  /** Milliseconds from now. */
  readonly forMs: number;
}

/** One that takes more than this, as text, is not kept: it would push out a hundred others. */
export const MOST_BYTES_OF_ONE = 1_000_000;

export interface Claim {
  /** Whoever waits for it need not wait on. */
  release(): Promise<void>;
}
