// Loaded into a gateway that is to be caught: it forgets nothing, neither memory nor timers.

const kept: unknown[] = [];

/** Enough to be found out, and no more than a machine can spare. */
const MOST = 1000;

setInterval(() => {
  if (kept.length >= MOST) return;
  kept.push(Buffer.alloc(2 * 1024 * 1024, 1));
  for (let count = 0; count < 5; count += 1) kept.push(setTimeout(() => undefined, 3_600_000));
}, 100).unref();
