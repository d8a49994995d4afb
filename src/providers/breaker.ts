// Whether an account's service is asked at all: after some failures in a row nothing is sent for a while, then one call
// tries whether it is there again.

export interface Breaker {
  /** Leave to send once, or from when on it may be had. Whoever got it says what came of it. */
  pass(asker: Asker): Pass | Closed;
  /** From when on a pass may be had, in milliseconds since the epoch; null where at once. */
  closedUntil(asker: Asker): number | null;
  /** When one may try again, in milliseconds since the epoch; null while all may. */
  readonly nextTryMs: number | null;
}

export type Asker = 'client' | 'watch';

export interface Pass {
  readonly kind: 'pass';
  /** It answered, whatever it said. */
  wentWell(): void;
  /** It did not, or says that it is broken. */
  wentWrong(): void;
  /** Nobody knows: nothing was sent, or whoever asked has gone. */
  cameToNothing(): void;
}

export interface Closed {
  readonly kind: 'closed';
  readonly retryAtMs: number;
}

export interface BreakerTimes {
  /** So many failures in a row, and nothing is sent any more. */
  readonly failures: number;
  /** How long the first time, and how long at most: each try that fails doubles it. Milliseconds. */
  readonly firstMs: number;
  readonly longestMs: number;
}

export const BREAKER_TIMES: BreakerTimes = { failures: 5, firstMs: 1000, longestMs: 15_000 };

export function openBreaker({
  times: { failures: most, firstMs, longestMs },
  clock,
  chance,
}: {
  readonly times: BreakerTimes;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From 0 to 1: gateways must not all try at the same moment. */
  readonly chance: () => number;
}): Breaker {
  let failures = 0;
  let pause: Pause | null = null;

  function begin(lengthMs: number): void {
    const beganMs = clock();
    // Whole: it is told to those who then come at that very millisecond.
    const untilMs = Math.ceil(beganMs + lengthMs * (1 - JITTER * chance()));
    pause = { lengthMs, beganMs, untilMs, triedMs: null };
    failures = 0;
  }

  /** When this asker may try. */
  function dueMs({ untilMs, triedMs }: Pause, asker: Asker): number {
    // A try that hangs keeps the next one waiting, but not for ever.
    const due = triedMs === null ? untilMs : triedMs + longestMs;
    // Whoever only looks for news leaves the try to people; where there are none it tries itself.
    return asker === 'watch' ? due + firstMs : due;
  }

  function closedUntil(asker: Asker): number | null {
    if (!pause) return null;
    const now = clock();
    const due = dueMs(pause, asker);
    // A clock that was set back is no reason to wait for longer.
    return now < due && now >= pause.beganMs ? toldMs(pause, due) : null;
  }

  /** While a try is under way nobody knows for how long that will be: soon is a good time to ask again. */
  function toldMs({ triedMs }: Pause, due: number): number {
    return triedMs === null ? due : Math.min(due, clock() + firstMs);
  }

  return {
    closedUntil,
    pass(asker) {
      const retryAtMs = closedUntil(asker);
      if (retryAtMs !== null) return { kind: 'closed', retryAtMs };
      const paused = pause;
      if (paused) {
        paused.triedMs = clock();
        paused.beganMs = Math.min(paused.beganMs, paused.triedMs);
      }
      // What was sent before the pause tells nothing of what is after it.
      const isStale = () => pause !== paused;
      return {
        kind: 'pass',
        wentWell() {
          if (isStale()) return;
          failures = 0;
          pause = null;
        },
        wentWrong() {
          if (isStale()) return;
          if (paused) begin(Math.min(longestMs, paused.lengthMs * 2));
          else {
            failures += 1;
            if (failures >= most) begin(firstMs);
          }
        },
        cameToNothing() {
          if (paused && !isStale()) paused.triedMs = null;
        },
      };
    },
    get nextTryMs() {
      return pause && toldMs(pause, dueMs(pause, 'client'));
    },
  };
}

interface Pause {
  readonly lengthMs: number;
  beganMs: number;
  readonly untilMs: number;
  /** When the try that is under way began. */
  triedMs: number | null;
}

const JITTER = 0.25;
