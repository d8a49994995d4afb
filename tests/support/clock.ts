// A clock that stands until it is told to go on: times in the stores are then known to the millisecond.

export interface TestClock {
  (): number;
  /** What it says now, as stores and answers write it. */
  iso(): string;
  pass(ms: number): void;
}

export function testClock(startMs = Date.parse('2026-03-02T10:00:00.000Z')): TestClock {
  let nowMs = startMs;
  return Object.assign(() => nowMs, {
    iso: () => new Date(nowMs).toISOString(),
    pass(ms: number) {
      nowMs += ms;
    },
  });
}
