// What is worth doing or saying, and not each time.

/** Does it at once, and not again before so long. */
export function seldom(everyMs: number, act: () => void): () => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - lastMs < everyMs) return;
    lastMs = now;
    act();
  };
}
