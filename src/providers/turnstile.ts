// Where a call to an account waits until its service may be asked again: as http.ts needs it, whoever keeps the count.

import { failed, type Outcome, success } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { Answer, Ask } from './ask.ts';
import type { Limits, Said } from './limits.ts';

/** Writes come before reads, people before whoever only looks for news. */
export type Urgency = 'write' | 'read' | 'watch';

export interface Turnstile {
  /** Waits for its turn, or fails with `rate-limited`, and then nothing was asked. */
  pass(ask: Ask, within: Passing): Promise<Outcome<Passed>>;
}

export interface Passing {
  readonly signal: AbortSignal;
  /** On whose behalf: people come before whoever only looks for news. Absent, a client's. */
  readonly asker?: 'client' | 'watch';
  /** Set where a write waits for it: what it reads for that comes before what others read. */
  readonly forWrite?: boolean;
  /** Nobody waits longer. Milliseconds since the epoch; absent, until the signal. */
  readonly untilMs?: number;
}

/** One of the two is to be said of every request, once. */
export interface Passed {
  /** There is an answer: whole, or its status and headers where its body is still to come. */
  answered(answer: Answer): void;
  /** None came, for whatever reason. */
  unanswered(): void;
}

export interface TurnstileParts {
  readonly provider: ProviderName;
  readonly limits: Limits;
  readonly budget: Counted;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What src/state/budget keeps. */
interface Counted {
  take(
    asked: { readonly urgency: Urgency; readonly countedAs: string },
    within: { readonly signal: AbortSignal; readonly untilMs?: number },
  ): Promise<
    | {
        readonly kind: 'granted';
        readonly permit: { answered(said: Said | undefined): void };
      }
    | { readonly kind: 'spent'; readonly retryAtMs: number }
  >;
}

export function openTurnstile({ provider, limits, budget, clock }: TurnstileParts): Turnstile {
  return {
    async pass(ask, { signal, asker = 'client', forWrite = false, untilMs }) {
      const looking = asker === 'watch' ? 'watch' : 'read';
      const urgency = ask.effect === 'write' || forWrite ? 'write' : looking;
      const countedAs = limits.countedAs(ask);
      const patience = untilMs === undefined ? { signal } : { signal, untilMs };
      const turn = await budget.take({ urgency, countedAs }, patience);
      if (turn.kind === 'spent') {
        return failed({ kind: 'rate-limited', provider, retryAt: new Date(turn.retryAtMs) });
      }
      const { permit } = turn;
      return success({
        answered: (answer) => permit.answered(limits.read(answer, { ask, now: clock() })),
        unanswered: () => permit.answered(undefined),
      });
    },
  };
}
