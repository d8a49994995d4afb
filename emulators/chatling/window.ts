// How many calls a key may make: a fixed window of a minute, opened by the first call after the last one closed.

import type { Clock } from '../emulator.ts';

const WINDOW_MS = 60_000;

/** Counts a call, and says whether it is still within the limit. */
export function callWindow(callsPerWindow: number, clock: Clock): () => boolean {
  let openedAtMs = Number.NEGATIVE_INFINITY;
  let calls = 0;

  return () => {
    if (clock() - openedAtMs >= WINDOW_MS) {
      openedAtMs = clock();
      calls = 0;
    }
    calls += 1;
    return calls <= callsPerWindow;
  };
}
