// What a process says last where a bug ends it: a line of the log and one for whoever watches the terminal, both through the
// net, where Node alone would print whatever the error holds.

import type { OwnLog } from '../compose/open-log.ts';

export interface EndingParts {
  readonly log: Pick<OwnLog, 'fatal'>;
  readonly scrub: (text: string) => string;
  /** The process. */
  readonly on: (
    event: 'uncaughtException',
    hear: (error: unknown, origin: string) => void,
  ) => unknown;
  readonly say: (text: string) => unknown;
  readonly exit: (code: number) => void;
}

/** What nobody caught comes here too where it was a promise that was rejected. */
export function endLoudly({ log, scrub, on, say, exit }: EndingParts): void {
  on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'a bug ends this process');
    const stack =
      error instanceof Error ? (error.stack ?? error.message) : 'what was thrown is no error';
    say(scrub(`A bug ends this gateway. Start it again, and report this:\n${stack}\n`));
    exit(1);
  });
}
