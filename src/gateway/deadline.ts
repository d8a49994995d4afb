// A moment after which nobody waits any longer.

/** Held by its own timer: a signal of AbortSignal.timeout that only AbortSignal.any knows of may be collected unfired. */
export function deadlineAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms).unref();
  return controller.signal;
}
