// What is kept, as bytes and back. What another version of this gateway wrote, or anybody else, is not there.

import { dated, isRecord, undated } from '../dated.ts';
import { type Kept, MOST_BYTES_OF_ONE } from './cache.ts';
import { frozen } from './frozen.ts';

/** To be raised whenever anything that is kept becomes something that another gateway would take wrongly. */
const VERSION = 1;

/** Of a value's bytes: version and time, so that a script need not read on to know which is newer. */
export const HEAD_PATTERN = `^${VERSION} (%d+)\\n`;
export const MOST_BYTES_OF_HEAD = 24;

export interface Found {
  readonly kept: Kept;
  /** How much longer it is kept, in milliseconds; by the clock of whoever keeps it and of whoever asks. */
  readonly leftMs: number;
}

export interface Encoded {
  readonly text: string;
  readonly fetchedAtMs: number;
}

/** Undefined where it could not be given back as it was, or is too much. */
export function encodeKept(kept: Kept, forMs: number, nowMs: number): Encoded | undefined {
  if (!frozen(kept.value)) return undefined;
  const { asOf, value } = kept;
  const fetchedAtMs = Math.floor(kept.fetchedAtMs);
  const body = JSON.stringify({ asOf, untilMs: nowMs + forMs, forMs, value: dated(value) });
  const text = `${VERSION} ${fetchedAtMs}\n${body}`;
  return Buffer.byteLength(text) > MOST_BYTES_OF_ONE ? undefined : { text, fetchedAtMs };
}

/** Undefined for whatever `encodeKept` would not have written. */
export function decodeKept(bytes: Buffer, nowMs: number): Found | undefined {
  const headEnd = bytes.indexOf('\n');
  const head = bytes.toString('latin1', 0, Math.min(Math.max(headEnd, 0), MOST_BYTES_OF_HEAD));
  const [, fetchedAt] = HEAD.exec(head) ?? [];
  if (fetchedAt === undefined) return undefined;
  const body = readBody(bytes.toString('utf8', headEnd + 1));
  if (!body) return undefined;
  const { asOf, untilMs, forMs, value } = body;
  if (typeof asOf !== 'string' || typeof untilMs !== 'number' || typeof forMs !== 'number') {
    return undefined;
  }
  return {
    kept: { value, fetchedAtMs: Number(fetchedAt), asOf },
    // Clocks differ: never longer than it was to be kept in all.
    leftMs: Math.min(untilMs - nowMs, forMs),
  };
}

const HEAD = new RegExp(`^${VERSION} (\\d+)$`);

function readBody(text: string): Record<string, unknown> | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (!isRecord(said)) return undefined;
    return { ...said, value: undated(said['value']) };
  } catch {
    // Not JSON, or nested deeper than there is stack for.
    return undefined;
  }
}
