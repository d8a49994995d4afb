// The time of a run of chaos: the one on the wall, or one that jumps from each thing that waits to the next.

export interface Time {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so long, or once the signal is aborted. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything happen that waits, for so long. */
  pass(ms: number): Promise<void>;
}

export function realTime(): Time {
  const pause: Time['pause'] = (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      if (signal?.aborted) end();
      else signal?.addEventListener('abort', end);
    });
  return { now: Date.now, pause, pass: (ms) => pause(ms) };
}

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** The same every time, as long as nothing but it and promises decides when a thing happens. */
export function jumpingTime(startMs = Date.parse('2026-03-02T10:00:00.000Z')): Time {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();

  /** Whatever promises lead to has happened by then. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  return {
    now: () => nowMs,
    pause: (ms, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper: Sleeper = { until: nowMs + Math.max(0, Math.round(ms)), wake };
        sleepers.add(sleeper);
        if (signal?.aborted) wake();
        else signal?.addEventListener('abort', wake);
      }),
    async pass(ms) {
      const end = nowMs + ms;
      for (;;) {
        await settled();
        const [next] = [...sleepers].toSorted((one, other) => one.until - other.until);
        if (!next || next.until > end) break;
        nowMs = next.until;
        next.wake();
      }
      nowMs = end;
    },
  };
}
