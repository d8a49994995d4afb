// A sliding window over all requests of the bot, told on every answer; refusing is a switch.

import type { Clock } from '../emulator.ts';
import { Refusal } from './errors.ts';
import type { Switches } from './switches.ts';

export interface RateWindow {
  count(): void;
  refuseBeyond(): void;
  headers(): Record<string, string>;
  /** What goes with a 429, injected or earned. */
  spent(): Record<string, string>;
}

export function rateWindow(
  { requests, windowMs, enforced }: Switches['rateLimit'],
  clock: Clock,
): RateWindow {
  const times: number[] = [];

  return {
    count() {
      times.push(slide());
    },
    refuseBeyond() {
      if (!enforced || times.length <= requests) return;
      throw new Refusal('RateLimited', 'Too many requests: wait for RateLimit-Reset seconds.');
    },
    headers: () => told(Math.max(0, requests - times.length)),
    spent: () => told(0),
  };

  /** Forgets what the window has left behind; gives the time it ends at. */
  function slide(): number {
    const now = clock();
    while ((times[0] ?? now) <= now - windowMs) times.shift();
    return now;
  }

  function told(remaining: number): Record<string, string> {
    const now = slide();
    const oldest = times[0] ?? now;
    return {
      'RateLimit-Limit': String(requests),
      'RateLimit-Remaining': String(remaining),
      'RateLimit-Reset': String(Math.ceil((oldest + windowMs - now) / 1_000)),
    };
  }
}
