// Where the log is written: lines of JSON on stdout, through two nets that keep credentials in. It is also what a process says
// last, where it ends by a bug.

import { type LoggerOptions, pino } from 'pino';
import type { LogLevel } from '../config/config.ts';
import type { Log } from '../observability/log.ts';
import { toldError } from '../observability/told-error.ts';

export interface OwnLog extends Log {
  /** The last line of a process. */
  fatal(fields: Readonly<Record<string, unknown>>, sentence: string): void;
}

export interface LogParts {
  readonly level: LogLevel;
  /** Takes out of a line what must not leave the process. */
  readonly scrub: (line: string) => string;
  /** Absent, stdout. */
  readonly to?: { write(line: string): void };
}

export function openLog({ level, scrub, to }: LogParts): OwnLog {
  const options: LoggerOptions = {
    level,
    redact: { paths: NAMED_LIKE_ONE, censor: '«redacted»' },
    serializers: { err: toldError },
    hooks: { streamWrite: scrub },
  };
  return to ? pino(options, to) : pino(options);
}

/** The first net: whatever stands under such a name, at the top of a line or one below. */
const NAMED_LIKE_ONE = [
  'authorization',
  'cookie',
  'token',
  'secret',
  'password',
  'credential',
  'apiKey',
].flatMap((name) => [name, `*.${name}`]);
