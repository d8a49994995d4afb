// What a signal does: the first lets everything end well, the second ends everything at once.

import type { Log } from '../observability/log.ts';

export interface Leaving {
  /** From now on there is something to be finished. */
  began(close: () => Promise<void>): void;
}

/** As a shell counts: 128 and the number of the signal. */
const CODES = { SIGTERM: 143, SIGINT: 130 } as const;
type Signal = keyof typeof CODES;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface LeavingParts {
  readonly log: Log;
  /** The process. */
  readonly on: (signal: Signal, hear: () => void) => unknown;
  readonly exit: (code: number) => void;
  /** Milliseconds since whenever. */
  readonly clock: () => number;
}

/** Ctrl-C reaches a process by itself, and once more through npm: within so long that is one. */
const ECHO_MS = 500;

/** Both are heard from here on: as the first process of a container nothing would happen otherwise. */
export function leaveOnSignals({ log, on, exit, clock }: LeavingParts): Leaving {
  let close: (() => Promise<void>) | undefined;
  let toldMs: number | undefined;

  async function leave(signal: Signal): Promise<void> {
    if (toldMs !== undefined) {
      const isEcho = signal === 'SIGINT' && clock() - toldMs < ECHO_MS;
      return isEcho ? undefined : exit(CODES[signal]);
    }
    toldMs = clock();
    // On the way up nobody was served yet, and nothing is held.
    if (!close) return exit(0);
    log.info({ signal }, 'leaving: finishing what is running');
    try {
      await close();
      exit(0);
    } catch (error) {
      log.error({ err: error }, 'not everything could be closed, which is a bug');
      exit(1);
    }
  }

  for (const signal of SIGNALS) on(signal, () => void leave(signal));
  return {
    began(how) {
      close = how;
    },
  };
}
