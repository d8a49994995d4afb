// Loaded into a gateway before anything else: now and then it cleans up, and prints what is left. `SOAK_EVERY_MS` says how often.

import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

function read(): void {
  // As the process was started: --expose-gc.
  globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1;
  const reading = {
    at: Date.now(),
    rss,
    heapUsed,
    external: external + arrayBuffers,
    handles,
    delayMs: delay.percentile(99) / 1e6,
  };
  delay.reset();
  process.stdout.write(`${JSON.stringify({ soak: reading })}\n`);
}

setInterval(read, Number(process.env['SOAK_EVERY_MS'] ?? 10_000)).unref();
