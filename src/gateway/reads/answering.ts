// How queries are answered here: from what was kept, where anything is; else by asking.

import type { AccountScope, ProviderName } from '../../domain/ids.ts';
import type { Cache } from '../../state/cache/cache.ts';
import type { Dispatch } from '../dispatch.ts';
import type { CatchUp } from './catch-up.ts';
import type { Freshness } from './freshness.ts';
import { KEPT_KINDS, type KeptKind, lifeOf, type Times, timesOf } from './keeping-times.ts';
import { openLookups } from './loaders.ts';
import { openMemos } from './memos.ts';
import { askedNow, openReads, type Reads } from './reads.ts';
import { keptReads } from './reads-kept.ts';
import { openQuestions } from './reads-questions.ts';

export interface Keeping {
  readonly cache: Cache;
  /** Where they are not the usual ones. */
  readonly times?: { readonly [Kind in KeptKind]?: Partial<Times> };
  /** By which all who share the cache say when anything was asked; absent, the gateway's own. */
  readonly clock?: () => number;
}

export interface AnsweringParts {
  readonly dispatch: Dispatch;
  readonly freshness: Freshness;
  readonly catchUp: CatchUp;
  readonly scopeOf: (name: ProviderName) => AccountScope;
  /** Absent, nothing is kept. */
  readonly keeping: Keeping | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export function openAnswering(parts: AnsweringParts): Reads {
  const { dispatch, freshness, catchUp, scopeOf, keeping } = parts;
  const questions = openQuestions(dispatch);
  if (!keeping) return openReads(questions, askedNow(parts.clock), { isKept: false });
  const { cache, times, clock = parts.clock } = keeping;
  return openReads(
    questions,
    keptReads({
      cache,
      lookupOf: openLookups(cache),
      freshness,
      memos: openMemos(freshness, clock),
      timesOf: timesOf(times),
      provider: dispatch.provider,
      scopeOf,
      heardAfter: catchUp.heard,
      clock,
    }),
    { isKept: true },
  );
}

/** No answer outlives it, put down as late as it may be. */
export function longestKeptMs(keeping: Keeping | undefined): number {
  const of = timesOf(keeping?.times);
  return Math.max(...KEPT_KINDS.map((kind) => lifeOf(of(kind)))) + LATEST_MS;
}

/** Between the question and its answer's being kept. */
const LATEST_MS = 60_000;
