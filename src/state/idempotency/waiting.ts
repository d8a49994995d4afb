// Waiting for an attempt that another one is at: looked for now and then, and at once where it ended in this process.

import type { Outcome } from '../../domain/failure.ts';
import type { Standing } from './ledger.ts';

export interface Waiting {
  /** By the last look, once it is not under way any more or the signal is aborted. */
  until(
    id: string,
    signal: AbortSignal,
    look: () => Promise<Outcome<Standing | null>>,
  ): Promise<Outcome<Standing | null>>;
  wake(id: string): void;
}

/** Soon at first, as most writes are done soon; then seldom, as the others are an AI's. */
const FIRST_LOOK_MS = 20;
const LAST_LOOK_MS = 250;

export function openWaiting(): Waiting {
  const sleepers = new Map<string, Set<() => void>>();

  function sleep(id: string, ms: number, signal: AbortSignal): Nap {
    const { promise, resolve } = deferred();
    const all = sleepers.get(id) ?? new Set();
    sleepers.set(id, all.add(resolve));
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', resolve, { once: true });
    return {
      over: promise,
      end() {
        clearTimeout(timer);
        signal.removeEventListener('abort', resolve);
        all.delete(resolve);
        if (all.size === 0) sleepers.delete(id);
      },
    };
  }

  return {
    async until(id, signal, look) {
      let pauseMs = FIRST_LOOK_MS;
      for (;;) {
        // Begun before the look: what ends while it is on its way is not slept through.
        const nap = sleep(id, pauseMs, signal);
        const seen = await look();
        const isOver = !seen.ok || seen.value?.state !== 'running' || signal.aborted;
        if (!isOver) await nap.over;
        nap.end();
        if (isOver) return seen;
        pauseMs = Math.min(LAST_LOOK_MS, pauseMs * 2);
      }
    },
    wake(id) {
      for (const wake of sleepers.get(id) ?? []) wake();
    },
  };
}

interface Nap {
  readonly over: Promise<void>;
  end(): void;
}

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
