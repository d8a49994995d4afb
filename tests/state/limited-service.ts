// A service that takes so many calls in a window and turns the others away; and callers who storm it.

import type { Budget, Said, Turn, Urgency } from '../../src/state/budget/budget.ts';

export interface LimitedService {
  /** What it says to a call that arrives now. */
  answer(): Said;
  readonly taken: number;
  /** When it turned somebody away, in milliseconds from anywhere; where its windows are fixed, in which. */
  readonly refusals: readonly number[];
}

export interface Limited {
  readonly limit: number;
  readonly windowMs: number;
  readonly kind?: 'sliding' | 'fixed';
  /** `left`: on every answer. `wait`: with a refusal, how long. */
  readonly tells?: 'left' | 'wait' | 'nothing';
}

export function limitedService({
  limit,
  windowMs,
  kind = 'sliding',
  tells = 'nothing',
}: Limited): LimitedService {
  let times: number[] = [];
  let openedAt = Number.NEGATIVE_INFINITY;
  let taken = 0;
  const refusals: number[] = [];

  function told(now: number, refused: boolean): Said {
    const oldest = kind === 'fixed' ? openedAt : (times[0] ?? now);
    const resetsInMs = Math.ceil(oldest + windowMs - now);
    const word = refused ? ({ refused: true } as const) : {};
    if (tells === 'left') {
      return { ...word, limit, remaining: Math.max(0, limit - times.length), resetsInMs };
    }
    return tells === 'wait' && refused ? { ...word, resetsInMs } : word;
  }

  return {
    answer() {
      const now = performance.now();
      if (kind === 'fixed' && now - openedAt >= windowMs) {
        openedAt = now;
        times = [];
      }
      if (kind === 'sliding') times = times.filter((at) => now - at < windowMs);
      if (times.length >= limit) {
        refusals.push(kind === 'fixed' ? openedAt : now);
        return told(now, true);
      }
      times.push(now);
      taken += 1;
      return told(now, false);
    },
    get taken() {
      return taken;
    },
    refusals,
  };
}

/** The most that were turned away within one window. */
export function mostInAWindow(times: readonly number[], windowMs: number): number {
  return Math.max(
    0,
    ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length),
  );
}

export interface Caller {
  readonly urgency?: Urgency;
  readonly countedAs?: string;
  readonly untilMs?: number;
  readonly signal?: AbortSignal;
}

export function take(budget: Budget, caller: Caller = {}): Promise<Turn> {
  const { urgency = 'read', countedAs = 'calls', untilMs } = caller;
  const { signal = new AbortController().signal } = caller;
  return budget.take({ urgency, countedAs }, { signal, ...(untilMs !== undefined && { untilMs }) });
}

/** Asks until it is taken, or for as long as its patience: whether it was. */
export async function callOn(
  service: LimitedService,
  budget: Budget,
  caller: Caller = {},
): Promise<boolean> {
  for (;;) {
    const turn = await take(budget, caller);
    if (turn.kind === 'spent') return false;
    // There, and back again.
    await pause(Math.random() * 4);
    const said = service.answer();
    await pause(Math.random() * 4);
    turn.permit.answered(said);
    if (!said.refused) return true;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
