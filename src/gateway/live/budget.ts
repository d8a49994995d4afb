// What may be asked of an account by nobody's wish but our own: a share of what its service takes, the rest is the clients'.

import { openBell, type Timer } from '../pace.ts';

export interface Budget {
  /** Resolves when one more question may be asked, or when the signal is aborted. */
  turn(signal: AbortSignal): Promise<void>;
  /** For a question that cannot wait: counts it, whatever is left; false, where nobody is to ask now. */
  spend(): boolean;
  /** Nobody asks for so long from now. */
  rest(ms: number): void;
}

/** A verb may take two or three requests, and clients come first. */
const SHARE = 1 / 3;

/** A minute, where nobody says what the service takes. */
const UNKNOWN_PER_MINUTE = 1800;

/** How much of a minute's share may be spent at once, after a rest. */
const BURST = 1 / 6;

export function openBudget({
  perMinute,
  timer,
}: {
  /** What the service takes of the account; null where no number is known. */
  readonly perMinute: number | null;
  readonly timer: Timer;
}): Budget {
  const share = (perMinute ?? UNKNOWN_PER_MINUTE) * SHARE;
  const perMs = share / 60_000;
  const most = Math.max(1, share * BURST);
  const bell = openBell(timer);
  let left = most;
  let countedAt = timer.now();
  let restUntil = 0;

  function count(): number {
    const now = timer.now();
    left = Math.min(most, left + (now - countedAt) * perMs);
    countedAt = now;
    return now;
  }

  return {
    async turn(signal) {
      while (!signal.aborted) {
        const now = count();
        if (now >= restUntil && left >= 1) {
          left -= 1;
          return;
        }
        const missing = left >= 1 ? 0 : (1 - left) / perMs;
        await bell.wait(Math.max(restUntil - now, missing, 1), signal);
      }
    },
    spend() {
      if (count() < restUntil) return false;
      left -= 1;
      return true;
    },
    rest(ms) {
      restUntil = Math.max(restUntil, timer.now() + ms);
    },
  };
}
