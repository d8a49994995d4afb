// A moment after which nobody waits any longer.

/**
 * Aborted with a `TimeoutError`. Held by its own timer: a signal of AbortSignal.timeout that only AbortSignal.any knows of
 * may be collected unfired.
 */
export function deadlineAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  const overAtMs = performance.now() + ms;
  setTimeout(() => {
    controller.abort(new DOMException('The deadline has passed.', 'TimeoutError'));
  }, ms).unref();
  lefts.set(controller.signal, () => Math.max(0, overAtMs - performance.now()));
  return controller.signal;
}

/** How long is left until a deadline made here, in milliseconds. */
export function leftUntil(deadline: AbortSignal): number {
  return lefts.get(deadline)?.() ?? Number.POSITIVE_INFINITY;
}

const lefts = new WeakMap<AbortSignal, () => number>();
