// A moment after which nobody waits any longer.

/**
 * Aborted with a `TimeoutError`. Held by its own timer: a signal of AbortSignal.timeout that only AbortSignal.any knows of
 * may be collected unfired.
 */
export function deadlineAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  const pass = () => controller.abort(new DOMException('The deadline has passed.', 'TimeoutError'));
  if (ms > 0) setTimeout(pass, ms).unref();
  else pass();
  lefts.set(controller.signal, countdown(ms));
  return controller.signal;
}

/** How long is left until a deadline made here, in milliseconds. */
export function leftUntil(deadline: AbortSignal): number {
  return lefts.get(deadline)?.() ?? Number.POSITIVE_INFINITY;
}

/** How much is left of so many milliseconds from now, down to none. */
export function countdown(ms: number): () => number {
  const overAtMs = performance.now() + ms;
  return () => Math.max(0, overAtMs - performance.now());
}

const lefts = new WeakMap<AbortSignal, () => number>();
