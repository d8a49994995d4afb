// What one tenant was told that is the other's, in whatever place of an answer it stands.

import { DESK } from './full-rows.ts';
import type { Asking } from './random-operations.ts';
import { MARKS, type Shape, TENANTS, type Tenant } from './tenants.ts';

export interface Heard {
  readonly by: Tenant;
  readonly asking: Asking;
  readonly answer: unknown;
  /** Whether it went on from nobody else's place. */
  readonly isComparable: boolean;
}

/** What somebody was told that is not theirs, and that they never said themselves. */
export function leaksIn(shape: Shape, all: readonly Heard[]): string[] {
  return TENANTS.flatMap((by) => {
    const other = by === 'ann' ? 'bob' : 'ann';
    const theirs = all.filter((one) => one.by === by);
    const said = readable(theirs.map(({ asking }) => asking.variables));
    const told = readable(theirs.map(({ answer }) => answer));
    const names = [...told.matchAll(new RegExp(`[\\w-]*-${other}[\\w-]*`, 'g'))].map(
      ([name]) => name,
    );
    const marks = [MARKS[other], ...(shape === 'accounts' ? [] : [DESK])];
    return [...names, ...marks.filter((mark) => told.includes(mark))].filter(
      (name) => !said.includes(name),
    );
  });
}

/** As it stands, and as every id in it reads. */
function readable(value: unknown): string {
  const text = JSON.stringify(value);
  const ids = [...text.matchAll(/[\w-]{12,}/g)].map(([id]) =>
    Buffer.from(id, 'base64url').toString('utf8'),
  );
  return [text, ...ids].join('\n');
}
