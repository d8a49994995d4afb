// What every adapter does with what its service says: one odd row costs no other, and nothing is repeated that is secret.

import { z } from 'zod';
import { type Failure, failed, type Outcome, reasonOf, success } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { Ask } from './ask.ts';
import { unavailable } from './http.ts';

/** The rows of one page that could be understood. */
export interface WirePage<Row> {
  readonly rows: readonly Row[];
  /** Where the page after it begins, in the provider's own way; null on the last one. */
  readonly next: string | null;
}

interface Asked {
  readonly provider: ProviderName;
  readonly effect: Ask['effect'];
}

/** A body of another shape is `unavailable` after a read, and `outcome-unknown` after a write. */
export function readBody<T>(shape: z.ZodType<T>, body: unknown, asked: Asked): Outcome<T> {
  const read = shape.safeParse(body);
  if (read.success) return success(read.data);
  return failed(misshapen(read.error.issues[0]?.path.join('.') || 'its body', asked));
}

/** `where` is the path at which the shape broke. */
export function misshapen(where: string, { provider, effect }: Asked): Failure {
  const because = `its answer was not shaped as expected: ${where}`;
  return effect === 'write'
    ? { kind: 'outcome-unknown', provider, because }
    : unavailable(provider, because);
}

/** For a write that was done and cannot be shown: `done` is a sentence without its end. Nobody should do it again. */
export function unseen(
  done: string,
  provider: ProviderName,
  failure: Failure,
): ReturnType<typeof failed> {
  const because = `${done} and could not be read back (${reasonOf(failure)}): look at it before trying again`;
  return failed({ kind: 'outcome-unknown', provider, because });
}

/** Row by row: one that makes no sense is left out, and the others stay. */
export function readRows<Row>(shape: z.ZodType<Row>, rows: readonly unknown[]): Row[] {
  return rows.flatMap((row) => {
    const read = shape.safeParse(row);
    return read.success ? [read.data] : [];
  });
}

/** Beside what is read of a row, as `raw`, the whole row as it came. */
export function withRaw<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess(
    (row) => (typeof row === 'object' && row !== null ? { ...row, raw: row } : row),
    z.object({ ...shape, raw: z.unknown() }),
  );
}

/** An ISO text, or milliseconds since the epoch; null for what is no date. */
export function toDate(said: string | number | null | undefined): Date | null {
  const date = new Date(said ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

/**
 * The times by which a page's rows are listed, newest first. A row without one stands where the list put it: a time of
 * our own making would pull it out of its place, and everything below it along. All null where no row has one.
 */
export function timesInPlace(times: readonly (Date | null)[]): (Date | null)[] {
  let above = times.find((time) => time !== null) ?? null;
  return times.map((time) => {
    above = time ?? above;
    return above;
  });
}

/** A service's own sentence as it may be shown: without our credentials, should it repeat one, and no page long. */
export function quoted(said: string, secrets: readonly string[]): string {
  return secrets
    .reduce((shown, secret) => shown.replaceAll(secret, '«redacted»'), said)
    .slice(0, LONGEST_SENTENCE);
}

/** A schema may be refused by one sentence for each of its fields, one after the other. */
const LONGEST_SENTENCE = 1000;
