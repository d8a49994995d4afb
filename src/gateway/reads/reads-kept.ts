// A question is answered by what was kept of its answer where that may still be shown; else it is asked. What fails is
// never kept as an answer; only that something is not there is, for a moment.

import { type Failure, failed, success } from '../../domain/failure.ts';
import type { AccountScope, ProviderName } from '../../domain/ids.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Kept } from '../../state/cache/cache.ts';
import type { Operation } from '../dispatch.ts';
import { type FlightsParts, openFlights, type Wish, waited } from './flights.ts';
import type { Times } from './keeping-times.ts';
import { askedNow, type Read, type Reading } from './reads.ts';
import { keyOf, type Question } from './reads-questions.ts';
import type { Touch } from './touches.ts';

export interface KeptReadsParts extends FlightsParts {
  readonly provider: (name: ProviderName) => Provider | undefined;
  readonly scopeOf: (name: ProviderName) => AccountScope;
  /** Whether this gateway has heard of the event that the operation comes after. */
  readonly heardAfter: (operation: Operation) => Promise<boolean>;
}

/** By this process alone: somebody may be about to make it. */
const ABSENT_MS = 1500;
const MOST_ABSENT = 1000;

interface Absent {
  readonly failure: Failure;
  readonly askedAtMs: number;
  readonly moment: number;
}

export function keptReads(parts: KeptReadsParts) {
  const { freshness, clock } = parts;

  return <Input extends object, T>(question: Question<Input, T>): Reading<Input, T> => {
    const { kind, isAnswer } = question;
    const times = parts.timesOf(kind);
    const flights = openFlights(question, parts);
    const ask = askedNow(clock)(question);
    const absent = new Map<string, Absent>();

    function knownAbsent({ id, about }: { readonly id: string; readonly about: Touch }) {
      const known = absent.get(id);
      if (!known) return undefined;
      const { failure, askedAtMs, moment } = known;
      if (ageAt(clock(), askedAtMs) < ABSENT_MS && freshness.untouchedSince(about, moment)) {
        return failedRead<T>(failure, askedAtMs);
      }
      absent.delete(id);
      return undefined;
    }

    function noteAbsent(id: string, one: Absent): void {
      if (one.failure.kind !== 'not-found') return;
      absent.set(id, one);
      const [oldest] = absent.size > MOST_ABSENT ? absent.keys() : [];
      if (oldest !== undefined) absent.delete(oldest);
    }

    return async (provider, input, within) => {
      const { operation } = within;
      // By the clock of whichever gateway read the page before: nothing can be asked for later than now.
      const sinceMs = Math.min(within.sinceMs ?? 0, clock());
      const account = parts.provider(provider);
      if (!account || !(await parts.heardAfter(operation))) return ask(provider, input, within);

      const key = keyOf(kind, input);
      const scope = parts.scopeOf(provider);
      const about = question.about(provider, input);
      const id = `${scope} ${key}`;
      const freshMs = times.freshMs * spreadOf(id);
      const ageOf = ({ fetchedAtMs }: Kept) => ageAt(clock(), fetchedAtMs);
      const mayBeShown = (kept: Kept) =>
        kept.fetchedAtMs >= sinceMs && freshness.holds(about, kept.asOf);
      const isEnough = (kept: Kept) =>
        mayBeShown(kept) && ageOf(kept) < freshMs && isAnswer(kept.value);
      const asked = { account, input, about, operation, sinceMs };
      const wish: Wish<Input> = { ...asked, id, key, scope, isEnough };
      const shown = (kept: Kept, agedMs: number): T | undefined =>
        mayBeShown(kept) && ageOf(kept) < agedMs && isAnswer(kept.value) ? kept.value : undefined;

      // There was nothing to be shown a moment ago: nobody looks again before there is.
      const underWay = flights.joinable(wish);
      if (!underWay?.isAwaited) {
        const gone = knownAbsent(wish);
        if (gone) return gone;
      }
      const kept = underWay?.isAwaited ? undefined : await parts.lookupOf(scope)({ key, isEnough });
      const stillGood = kept && shown(kept, agedOf(times, freshMs));
      if (kept && stillGood !== undefined) {
        const isFresh = ageOf(kept) < freshMs;
        if (!isFresh) flights.refresh(wish);
        return keptRead(stillGood, { kept, status: isFresh ? 'CACHED' : 'STALE', failure: null });
      }

      const moment = freshness.moment();
      const read = await waited(flights.ask(wish), within, account);
      // Another gateway's answer may be of before the page before it.
      if (read.outcome.ok) return read.askedAtMs >= sinceMs ? read : ask(provider, input, within);
      const { failure } = read.outcome;
      noteAbsent(id, { failure, askedAtMs: read.askedAtMs, moment });
      if (!mayPass(failure)) return read;
      const last = kept ?? (await parts.lookupOf(scope)({ key, isEnough: mayBeShown }));
      const atLeast = last && shown(last, times.graceMs);
      return last && atLeast !== undefined
        ? keptRead(atLeast, { kept: last, status: 'STALE', failure })
        : read;
    };
  };
}

function keptRead<T>(
  value: T,
  { kept, ...read }: { readonly kept: Kept } & Pick<Read<T>, 'status' | 'failure'>,
): Read<T> {
  return { ...read, outcome: success(value), askedAtMs: kept.fetchedAtMs };
}

function failedRead<T>(failure: Failure, askedAtMs: number): Read<T> {
  return { outcome: failed(failure), status: 'CACHED', askedAtMs, failure: null };
}

/** A provider that says no has answered; one that is out of order may be in order again. */
function mayPass({ kind }: Failure): boolean {
  return kind === 'unavailable' || kind === 'rate-limited';
}

/** How much a clock may be corrected without anything else. */
const CORRECTED_MS = 1000;

/** What was asked for later than now is of no known age: the clock was set back. */
function ageAt(nowMs: number, askedAtMs: number): number {
  const ageMs = nowMs - askedAtMs;
  return ageMs < -CORRECTED_MS ? Number.POSITIVE_INFINITY : ageMs;
}

/** Up to which age it is shown without waiting. */
function agedOf({ staleMs }: Times, freshMs: number): number {
  return freshMs + staleMs;
}

/** Between 0.9 and 1, by what is asked: what came at one time does not end at one time. */
function spreadOf(id: string): number {
  let hash = 0;
  for (let at = 0; at < id.length; at += 1) hash = (hash * 31 + id.charCodeAt(at)) | 0;
  return 1 - (Math.abs(hash) % 100) / 1000;
}
