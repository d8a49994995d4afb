// Where a call to an account waits until its service may be asked again: as http.ts needs it, whoever keeps the count.

import type { Answer } from './http.ts';

/** Writes come before reads, people before whoever only looks for news. */
export type Urgency = 'write' | 'read' | 'watch';

export interface Turnstile {
  /** Waits for its turn; or says at once from when on one may ask, where that is after `untilMs` or nobody knows it. */
  take(
    urgency: Urgency,
    within: {
      readonly signal: AbortSignal;
      /** Nobody waits longer. Milliseconds since the epoch; absent, until the signal. */
      readonly untilMs?: number;
    },
  ): Promise<'granted' | { readonly retryAtMs: number | null }>;
  /** Every answer there was, whole: the service may say in it what it still takes. */
  heard(answer: Answer): void;
}
