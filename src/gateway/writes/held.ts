// Holding a lease: waiting for one's turn, and keeping it for as long as the work takes.

import { type Outcome, success } from '../../domain/failure.ts';
import type { Hold, Leases } from '../../state/lease/lease.ts';
import { pause } from '../waiting.ts';

/** Null where the signal came before the turn did. */
export async function takeTurn(
  leases: Leases,
  name: string,
  signal: AbortSignal,
): Promise<Outcome<Hold | null>> {
  for (const nextMs = backoff(); !signal.aborted; await pause(nextMs(), signal)) {
    const taken = await leases.take(name);
    if (!taken.ok || taken.value) return taken;
  }
  return success(null);
}

/** Renewed while the work is under way, and released after it. */
export async function whileHeld<T>(
  hold: Hold,
  leaseMs: number,
  work: () => Promise<T>,
): Promise<T> {
  // Where it was lost, or its memory is out of reach, whoever is about to write learns of it by asking.
  const timer = setInterval(() => void hold.renew(), leaseMs / 3).unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await hold.release();
  }
}

const FIRST_PAUSE_MS = 15;
const LONGEST_PAUSE_MS = 300;

/** Short at first, for most work is over soon; then as seldom as somebody who waits may still call it at once. */
export function backoff(): () => number {
  let ms = FIRST_PAUSE_MS;
  return () => {
    const now = ms;
    ms = Math.min(ms * 1.5, LONGEST_PAUSE_MS);
    return now;
  };
}
