// One clock for all gateways of one Redis, that of its server: what one of them kept is as old to the others as to itself,
// and was asked for before or after what they kept, whatever their own clocks say.

import { type Script, script } from '../redis.ts';

export interface SharedClock {
  /** Milliseconds since the epoch; by this gateway's own clock until it was compared. */
  now(): number;
  /** Whether the two were compared, now and then anew. Never fails: a server that is out of reach is asked another time. */
  compared(): Promise<boolean>;
  /** Compares them now: another server may go by another clock. */
  compare(): Promise<boolean>;
}

export interface SharedClockParts {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Undefined where no answer came. */
  readonly run: (of: Script) => Promise<unknown>;
}

/** Its key names the server, where there are several. */
const TIME = script(`return redis.call('TIME')`);

/** Clocks drift by seconds in a day, and are set now and then. */
const COMPARE_EVERY_MS = 60_000;
/** A machine's own hesitation. */
const SLACK_MS = 20;

export function sharedClock({ clock, run }: SharedClockParts): SharedClock {
  let aheadMs: number | undefined;
  let comparedAtMs = Number.NEGATIVE_INFINITY;
  let comparing: Promise<boolean> | undefined;

  async function ask(): Promise<boolean> {
    const begun = performance.now();
    const told = readTime(await run(TIME));
    const tookMs = performance.now() - begun;
    if (told === undefined) return aheadMs !== undefined;
    comparedAtMs = performance.now();
    const seenMs = told - (clock() - tookMs / 2);
    // Within what can be told it goes on as it did, and does not jump about.
    const isSame = aheadMs !== undefined && Math.abs(seenMs - aheadMs) <= tookMs / 2 + SLACK_MS;
    if (!isSame) aheadMs = seenMs;
    return true;
  }

  function compare(): Promise<boolean> {
    comparing ??= ask().finally(() => {
      comparing = undefined;
    });
    return comparing;
  }

  return {
    now: () => Math.floor(clock() + (aheadMs ?? 0)),
    compared() {
      if (aheadMs === undefined) return compare();
      if (performance.now() - comparedAtMs >= COMPARE_EVERY_MS) void compare();
      return Promise.resolve(true);
    },
    compare,
  };
}

function readTime(told: unknown): number | undefined {
  if (!Array.isArray(told)) return undefined;
  const [seconds, microseconds] = told.map(Number);
  const ms = (seconds ?? Number.NaN) * 1000 + (microseconds ?? Number.NaN) / 1000;
  return Number.isFinite(ms) ? ms : undefined;
}
