// So many requests in a window, and beyond them a 429 with a Retry-After of any length: what its own code has on developers'
// machines, to teach clients to wait. Whether anything like it stands before production is not known.

import type { Clock } from '../emulator.ts';

export interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
}

/** Seconds to wait for one that is beyond the limit; undefined for one that is within. */
export function limiter(limit: RateLimit | 'none', clock: Clock): () => number | undefined {
  let times: number[] = [];
  let refused = 0;

  return () => {
    if (limit === 'none') return undefined;
    const { requests, windowMs } = limit;
    const now = clock();
    times = times.filter((at) => now - at < windowMs);
    if (times.length < requests) {
      times.push(now);
      return undefined;
    }
    refused += 1;
    // Random there; here the same in every run, and now and then too short.
    return 1 + ((refused * 7) % Math.ceil(windowMs / 1000));
  };
}
