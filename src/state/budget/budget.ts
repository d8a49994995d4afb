// The port of rate budgets: when an account may be asked again, counted over all gateways that share it. Memory and Redis
// keep the same laws. What a service says of its limits is read in its provider's room.

import type { AccountScope } from '../../domain/ids.ts';

export interface Budgets {
  /** The same for the same scope, however often it is asked for. */
  of(scope: AccountScope, facts: Facts): Budget;
  close(): Promise<void>;
}

/** Of one account. Never fails: where what is shared is out of reach each gateway goes on by what it last knew. */
export interface Budget {
  /**
   * Waits for its turn. Says at once from when on one may ask where that is beyond its patience, and at the signal where
   * its turn had not come: in neither case was anything asked.
   */
  take(asked: Taking, within: Patience): Promise<Turn>;
  left(): Left;
}

/** Writes come before reads, people before whoever only looks for news. */
export type Urgency = 'write' | 'read' | 'watch';

export interface Taking {
  readonly urgency: Urgency;
  /** Where the service counts calls of several sorts apart: the sort. */
  readonly countedAs: string;
}

export interface Patience {
  readonly signal: AbortSignal;
  /** Nobody waits longer. Milliseconds since the epoch; absent, until the signal. */
  readonly untilMs?: number;
}

export type Turn =
  | { readonly kind: 'granted'; readonly permit: Permit }
  | { readonly kind: 'spent'; readonly retryAtMs: number };

/** To make one request. It counts until it is said what came of it, and a while longer. */
export interface Permit {
  /** To be said once, as soon as the head of an answer is there; undefined where none came. */
  answered(said: Said | undefined): void;
}

/** What an answer told of the service's limits, as far as it did. */
export interface Said {
  /** Turned away because of too many calls. */
  readonly refused?: true;
  /** How many calls it takes in one window, and how many of them are left. */
  readonly limit?: number;
  readonly remaining?: number;
  /** Until it takes calls again, or more of them. */
  readonly resetsInMs?: number;
}

/** What is documented of a service's limits. */
export interface Facts {
  /** Calls that it takes in one window; null where no number is known. */
  readonly limit: number | null;
  /** How long a window is; null where that is not known. Then what was taken in it says nothing of the next one. */
  readonly windowMs: number | null;
  /** Whether every answer says what is left. Until the first is heard one at a time asks. */
  readonly tellsAlways: boolean;
}

export interface Left {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** When there is more of it again. */
  readonly resetsAt: Date | null;
  /** Until when nobody asks, because the service turned somebody away. */
  readonly restsUntil: Date | null;
}
