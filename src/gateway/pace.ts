// How long to wait until the next look: short while something happens, longer the longer nothing does.

export interface Pace {
  /** Until the next time, in milliseconds. */
  readonly ms: number;
  /** Nothing came of it: longer, up to a bound. */
  quiet(): void;
  /** Something came, or somebody: from the start. */
  stirred(): void;
}

export function openPace({
  fromMs,
  toMs,
  times = 1.5,
}: {
  readonly fromMs: number;
  readonly toMs: number;
  readonly times?: number;
}): Pace {
  let ms = fromMs;
  return {
    get ms() {
      return ms;
    },
    quiet() {
      ms = Math.min(toMs, ms * times);
    },
    stirred() {
      ms = fromMs;
    },
  };
}

/** Time that only ever goes on, whatever the clock on the wall is set to. */
export interface Timer {
  /** Milliseconds, from anywhere. */
  now(): number;
  /** What it returns calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const realTimer: Timer = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, LONGEST_TIMER_MS));
    // Nothing that waits here keeps a process from ending.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const LONGEST_TIMER_MS = 2_147_483_647;

/** Wakes all who wait, before their time. */
export interface Bell {
  ring(): void;
  /** How often it rang so far. */
  readonly rings: number;
  /**
   * Resolves after so long, when it rings, or when the signal is aborted. At once where it rang since `rings` was read:
   * whoever was busy then would not have heard it.
   */
  wait(ms: number, signal: AbortSignal, rings?: number): Promise<void>;
}

export function openBell(timer: Timer): Bell {
  const waiting = new Set<() => void>();
  let rang = 0;
  return {
    get rings() {
      return rang;
    },
    ring() {
      rang += 1;
      for (const wake of Array.from(waiting)) wake();
    },
    wait(ms, signal, rings = rang) {
      if (signal.aborted || rings !== rang) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          callOff();
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const callOff = timer.after(Math.max(0, ms), wake);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    },
  };
}
