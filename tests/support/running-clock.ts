// A clock that runs, as fast as it is told to: what has a minute for a window is then seen through in less.

export interface RunningClock {
  readonly clock: () => number;
  stop(): void;
  /** From so much later than where it was stopped. */
  go(laterMs: number): void;
}

export function runningClock(faster: number): RunningClock {
  let setTo = Date.now();
  let from = performance.now();
  let isStopped = false;
  const clock = () => Math.floor(isStopped ? setTo : setTo + (performance.now() - from) * faster);
  return {
    clock,
    stop() {
      setTo = clock();
      isStopped = true;
    },
    go(laterMs) {
      setTo += laterMs;
      from = performance.now();
      isStopped = false;
    },
  };
}
