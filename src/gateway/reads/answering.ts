// How queries are answered here: from what was kept, where anything is; else by asking.

import type { AccountScope, ProviderName } from '../../domain/ids.ts';
import type { Meter } from '../../observability/meter.ts';
import type { Cache } from '../../state/cache/cache.ts';
import type { Dispatch } from '../dispatch.ts';
import type { CatchUp } from './catch-up.ts';
import type { Freshness } from './freshness.ts';
import { KEPT_KINDS, type KeptKind, lifeOf, type Times, timesOf } from './keeping-times.ts';
import { openLookups } from './loaders.ts';
import { openMemos } from './memos.ts';
import { askedNow, openReads, type Reading, type Reads } from './reads.ts';
import { keptReads } from './reads-kept.ts';
import { openQuestions, type Question } from './reads-questions.ts';

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
  readonly meter: Meter;
}

export function openAnswering(parts: AnsweringParts): Reads {
  const { dispatch, freshness, catchUp, scopeOf, keeping, meter } = parts;
  const questions = openQuestions(dispatch);
  if (!keeping) {
    return openReads(questions, counted(askedNow(parts.clock), meter), { isKept: false });
  }
  const { cache, times, clock = parts.clock } = keeping;
  return openReads(
    questions,
    counted(
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
      meter,
    ),
    { isKept: true },
  );
}

type ReadingOf = <Input extends object, T>(question: Question<Input, T>) => Reading<Input, T>;

function counted(readingOf: ReadingOf, meter: Meter): ReadingOf {
  return (question) => {
    const { kind } = question;
    const reading = readingOf(question);
    return async (provider, input, within) => {
      const read = await reading(provider, input, within);
      const how = read.outcome.ok ? HOW[read.status] : 'failed';
      meter.count('parlance_cache_answers_total', { kind, how });
      return read;
    };
  };
}

const HOW = { FRESH: 'fresh', CACHED: 'cached', STALE: 'stale' } as const;

/** No answer outlives it, put down as late as it may be. */
export function longestKeptMs(keeping: Keeping | undefined): number {
  const of = timesOf(keeping?.times);
  return Math.max(...KEPT_KINDS.map((kind) => lifeOf(of(kind)))) + LATEST_MS;
}

/** Between the question and its answer's being kept. */
const LATEST_MS = 60_000;
