// Those who are let in and still here: all are looked at together, so that ten thousand cost one timer and one map.

import type { Caller } from '../domain/caller.ts';
import type { Session, SessionEnd } from './doorkeeper.ts';

/** What somebody was let in on. */
export interface Standing {
  readonly caller: Caller;
  /** Why it is good no more; null while it is. Asked often, so it only looks things up. */
  over(nowMs: number): SessionEnd | null;
}

export interface Sessions {
  begin(standing: Standing): Session;
  /** Tells everybody whose standing is over. */
  sweep(): void;
  /** How many wait to be told. */
  readonly size: number;
}

/** `clock`: milliseconds since the epoch. */
export function openSessions(clock: () => number): Sessions {
  const waiting = new Map<(why: SessionEnd) => void, Standing>();

  return {
    get size() {
      return waiting.size;
    },
    begin: (standing) => ({
      caller: standing.caller,
      onEnd(hear) {
        // One of its own, so that whoever listens twice is told twice.
        const ear = (why: SessionEnd) => hear(why);
        const why = standing.over(clock());
        if (why) queueMicrotask(() => waiting.delete(ear) && ear(why));
        waiting.set(ear, standing);
        return () => void waiting.delete(ear);
      },
    }),
    sweep() {
      const nowMs = clock();
      for (const [ear, standing] of waiting) {
        const why = standing.over(nowMs);
        if (why && waiting.delete(ear)) ear(why);
      }
    },
  };
}
