// What one operation has read of a provider is read once; and what came of it is as old as the first it read.

import type { Operation } from '../dispatch.ts';
import type { Freshness } from './freshness.ts';
import type { Touch } from './touches.ts';

export interface Memo {
  readonly reads: Operation['reads'];
  /** Nothing in it is older: how far the log was heard then, null where it was not. */
  readonly asOf: string | null;
  /** Nor than this, in milliseconds since the epoch. */
  readonly askedAtMs: number;
}

export interface Memos {
  /** The operation's own, or another one where something in that may be of before a change. */
  of(operation: Operation, wanted: { readonly about: Touch; readonly sinceMs: number }): Memo;
}

export function openMemos(
  freshness: Pick<Freshness, 'asOf' | 'moment' | 'untouchedSince'>,
  clock: () => number,
): Memos {
  const begun = new WeakMap<Operation['reads'], Memo & { readonly moment: number }>();

  function begin(reads: Operation['reads']) {
    const asOf = freshness.asOf();
    return { reads, asOf, askedAtMs: clock(), moment: freshness.moment() };
  }

  return {
    of({ reads }, { about, sinceMs }) {
      const known = begun.get(reads);
      if (!known) {
        const memo = begin(reads);
        begun.set(reads, memo);
        return memo;
      }
      const isGood = known.askedAtMs >= sinceMs && freshness.untouchedSince(about, known.moment);
      return isGood ? known : begin(new Map());
    },
  };
}
