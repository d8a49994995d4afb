// One asks and all who want the same wait for its answer: in this process by standing in one line, among gateways by a claim.

import { type Failure, failed, type Outcome, success } from '../../domain/failure.ts';
import type { AccountScope } from '../../domain/ids.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Cache, Claim, Keeping, Kept } from '../../state/cache/cache.ts';
import { deadlineAfter } from '../deadline.ts';
import type { Operation } from '../dispatch.ts';
import { realTimer } from '../pace.ts';
import type { Freshness } from './freshness.ts';
import { type KeptKind, lifeOf, type Times } from './keeping-times.ts';
import type { Lookup } from './loaders.ts';
import type { Memos } from './memos.ts';
import { type Read, readOf, type Within } from './reads.ts';
import type { Answered, Question } from './reads-questions.ts';
import type { Touch } from './touches.ts';

export interface Wish<Input> {
  /** Of the account and the question. */
  readonly id: string;
  readonly key: string;
  readonly scope: AccountScope;
  readonly account: Provider;
  readonly input: Input;
  readonly about: Touch;
  readonly operation: Operation;
  /** What was asked for before this will not do. Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Whether what was kept will do without asking. */
  isEnough(kept: Kept): boolean;
}

export interface Flight<T> {
  /** Whether somebody waits for it; else it only makes new what is shown meanwhile. */
  readonly isAwaited: boolean;
  readonly moment: number;
  readonly beganMs: number;
  readonly answer: Promise<Read<T>>;
}

export interface Flights<Input, T> {
  /** The one under way whose answer will do. */
  joinable(wish: Wish<Input>): Flight<T> | undefined;
  /** That one, or another. */
  ask(wish: Wish<Input>): Flight<T>;
  /** Asks behind the scenes, unless somebody does. */
  refresh(wish: Wish<Input>): void;
}

export interface FlightsParts {
  readonly cache: Cache;
  readonly lookupOf: (scope: AccountScope) => Lookup;
  readonly freshness: Freshness;
  readonly timesOf: (kind: KeptKind) => Times;
  readonly memos: Memos;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Another gateway's answer is waited for this part of what a provider may take, and no longer than that. */
const WAIT = { part: 0.5, mostMs: 1500 };
const LOOK_EVERY_MS = 20;
/** A provider that fails is not asked again for the sake of what is shown anyway before so long. */
const REFRESH_PAUSE_MS = 1000;

export function openFlights<Input extends object, T>(
  question: Question<Input, T>,
  parts: FlightsParts,
): Flights<Input, T> {
  const { cache, freshness, clock } = parts;
  const flights = new Map<string, Flight<T>>();
  const refreshing = new Set<string>();
  /** Claims that this process has, for a flight that may be of before a touch. */
  const claimed = new Map<string, number>();

  function joinable({ id, about, sinceMs }: Wish<Input>): Flight<T> | undefined {
    const flight = flights.get(id);
    const isGood =
      flight && flight.beganMs >= sinceMs && freshness.untouchedSince(about, flight.moment);
    return isGood ? flight : undefined;
  }

  function begin(wish: Wish<Input>, isAwaited: boolean, run: () => Promise<Landing<T>>): Flight<T> {
    const landing = run();
    const flight: Flight<T> = {
      isAwaited,
      moment: freshness.moment(),
      beganMs: clock(),
      answer: landing.then(({ read }) => read),
    };
    flights.set(wish.id, flight);
    // Whoever comes between the answer and its being kept joins too.
    void landing
      .then(({ kept }) => kept)
      .finally(() => {
        if (flights.get(wish.id) === flight) flights.delete(wish.id);
      });
    return flight;
  }

  async function claim({ id, scope, key, account }: Wish<Input>): Promise<Claim | null> {
    const had = await cache.claim(scope, key, account.deadlineMs);
    if (!had) return null;
    claimed.set(id, (claimed.get(id) ?? 0) + 1);
    return {
      async release() {
        const left = (claimed.get(id) ?? 0) - 1;
        if (left > 0) claimed.set(id, left);
        else claimed.delete(id);
        await had.release();
      },
    };
  }

  /** Until it is this one's turn to ask, or another gateway has. */
  async function askInTurn(wish: Wish<Input>): Promise<Landing<T>> {
    const { id, key, scope, account, isEnough } = wish;
    const lookup = parts.lookupOf(scope);
    const until = performance.now() + Math.min(account.deadlineMs * WAIT.part, WAIT.mostMs);
    while (!claimed.has(id)) {
      const own = await claim(wish);
      if (own) return load(wish, own);
      if (performance.now() >= until) break;
      await pause(LOOK_EVERY_MS);
      const kept = await lookup({ key, isEnough });
      if (kept && isEnough(kept) && question.isAnswer(kept.value)) {
        const read = { outcome: success(kept.value), askedAtMs: kept.fetchedAtMs, failure: null };
        return { read: { ...read, status: 'CACHED' }, kept: Promise.resolve() };
      }
    }
    return load(wish, null);
  }

  async function load(wish: Wish<Input>, own: Claim | null): Promise<Landing<T>> {
    const { account, input, about, operation, sinceMs } = wish;
    const { reads, askedAtMs, asOf } = parts.memos.of(operation, { about, sinceMs });
    // Whoever leaves first must not take the answer with them: its deadline ends it.
    const { signal } = new AbortController();
    const { asker } = operation;
    const answered = await question.ask({
      provider: account.name,
      input,
      operation: { signal, reads, ...(asker && { asker }) },
    });
    const kept = keep(wish, { answered, askedAtMs, asOf }).then(() => own?.release());
    return { read: readOf(answered, askedAtMs), kept };
  }

  async function keep(
    { scope, key, about }: Wish<Input>,
    {
      answered,
      askedAtMs: fetchedAtMs,
      asOf,
    }: {
      readonly answered: Outcome<Answered<T>>;
      readonly askedAtMs: number;
      readonly asOf: string | null;
    },
  ): Promise<void> {
    if (!answered.ok || asOf === null) return;
    const { value, besides } = answered.value;
    const own = { kind: question.kind, key, about, value };
    const entries = [own, ...besides].flatMap((one): Keeping[] => {
      if (!freshness.holds(one.about, asOf)) return [];
      const forMs = lifeOf(parts.timesOf(one.kind));
      return [{ key: one.key, kept: { value: one.value, fetchedAtMs, asOf }, forMs }];
    });
    if (entries.length > 0) await cache.put(scope, entries);
  }

  async function refreshOnce(wish: Wish<Input>): Promise<'asked' | 'failed'> {
    const own = await claim(wish);
    // Somebody else is asking.
    if (!own) return 'failed';
    const { answer } = begin(wish, false, () => load(wish, own));
    return (await answer).outcome.ok ? 'asked' : 'failed';
  }

  return {
    joinable,
    ask: (wish) => joinable(wish) ?? begin(wish, true, () => askInTurn(wish)),
    refresh(wish) {
      const { id } = wish;
      if (refreshing.has(id) || joinable(wish)) return;
      refreshing.add(id);
      void refreshOnce(wish).then(async (came) => {
        if (came === 'failed') await pause(REFRESH_PAUSE_MS);
        refreshing.delete(id);
      });
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void realTimer.after(ms, resolve));
}

interface Landing<T> {
  readonly read: Read<T>;
  /** Resolves once others can find it. */
  readonly kept: Promise<unknown>;
}

/** How long a flight may take to notice its own deadline before it is no longer waited for. */
const GRACE_MS = 100;

/** Its answer, unless whoever waits has to go before. */
export function waited<T>(
  { answer, beganMs }: Flight<T>,
  { operation, deadline }: Pick<Within, 'operation' | 'deadline'>,
  { name, deadlineMs }: Provider,
): Promise<Read<T>> {
  return new Promise((resolve) => {
    const late = deadline ?? deadlineAfter(deadlineMs);
    // One of each who waits: an operation may wait for a hundred things, and Node takes many ears on one signal for a leak.
    const gone = AbortSignal.any([operation.signal]);
    let timer: NodeJS.Timeout | undefined;
    const done = (read: Read<T>) => {
      clearTimeout(timer);
      late.removeEventListener('abort', wait);
      gone.removeEventListener('abort', leave);
      resolve(read);
    };
    const leave = () => {
      const because = 'it did not answer within the deadline';
      const failure: Failure = { kind: 'unavailable', provider: name, because, retryAt: null };
      done({ outcome: failed(failure), status: 'FRESH', askedAtMs: beganMs, failure: null });
    };
    const wait = () => {
      timer = setTimeout(leave, GRACE_MS).unref();
    };
    if (late.aborted) wait();
    else late.addEventListener('abort', wait, { once: true });
    if (gone.aborted) leave();
    else gone.addEventListener('abort', leave, { once: true });
    void answer.then(done);
  });
}
