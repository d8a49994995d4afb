// How one account is asked: each call when it is its turn, few at once, not at all while its service is out, and again only
// where that does no harm.

import { failed, type Outcome, success } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { Arrival, Ask } from './ask.ts';
import {
  BREAKER_TIMES,
  type Breaker,
  type BreakerTimes,
  openBreaker,
  type Pass,
} from './breaker.ts';
import { nothingSent, type Sent, unavailable } from './exchange.ts';
import type { Manners, Within } from './http.ts';
import { openPlaces, type Place, type Urgency } from './places.ts';
import { waitBeforeNext } from './retry.ts';
import { pause } from './signals.ts';
import type { Passed, Turnstile } from './turnstile.ts';

export interface AccountManners {
  /** Of one of its services, the first being what it is about: what is the matter with one says nothing of another. */
  towards(service: { readonly turnstile?: Turnstile | undefined }): Manners;
  /** While that first one is left in peace: when it is tried again. */
  nextTry(): Date | null;
  /** Calls that are under way now, and that wait for a place. */
  under(): { readonly way: number; readonly waiting: number };
}

/** Told of every call of an account, for an operator. */
export interface CallWatch {
  /** It is about to be sent; what this returns is told what came of it. */
  sending(call: WatchedCall): (sent: Sent<unknown>) => void;
  /** It is not sent at all. */
  held(call: WatchedCall, by: Holding): void;
}

export interface WatchedCall {
  readonly provider: ProviderName;
  readonly verb: string;
  readonly ask: Ask;
  /** The how manieth sending of it, from 1. */
  readonly tries: number;
}

export type Holding = 'breaker' | 'budget' | 'places' | 'deadline';

export interface MannersParts {
  readonly provider: ProviderName;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly chance: () => number;
  readonly breaker?: BreakerTimes;
  readonly watch?: CallWatch;
}

/** Calls under way at once, and how many of one urgency wait for that: more would only wait for their deadlines. */
const PLACES = { most: 16, waiting: 500 };
/** Answers that come in pieces, some of them for as long as somebody listens. Each has a socket. */
const STREAMS = { most: 128, waiting: 0 };

export function openManners(parts: MannersParts): AccountManners {
  const { provider, clock, chance, breaker: times = BREAKER_TIMES, watch } = parts;
  const places = openPlaces(PLACES);
  const streams = openPlaces(STREAMS);
  const breakers: Breaker[] = [];

  function towards({ turnstile }: { readonly turnstile?: Turnstile | undefined }): Manners {
    const breaker = openBreaker({ times, clock, chance });
    breakers.push(breaker);
    let answeredMs = Number.NEGATIVE_INFINITY;
    return { send, stream };

    async function send<T>(
      within: Within,
      ask: Ask,
      once: () => Promise<Sent<T>>,
    ): Promise<Outcome<T>> {
      const came = { atMs: clock(), hadMs: leftOf(within) };
      for (let tries = 1; ; tries += 1) {
        const call: WatchedCall = { provider, verb: within.verb ?? OWN, ask, tries };
        const turn = await turnFor(within, ask, { ...came, call });
        if (!turn.ok) return turn;
        const sentSo = watch?.sending(call);
        const sent = await turn.value.take(once);
        sentSo?.(sent);
        if (isWell(sent)) answeredMs = clock();
        if (breaker.nextTryMs !== null) return sent.outcome;
        const waitMs = waitBeforeNext(sent, { provider, ask, tries, now: clock(), chance });
        if (waitMs === undefined || waitMs >= leftOf(within)) return sent.outcome;
        await pause(waitMs, within.signal);
        if (within.signal.aborted) return sent.outcome;
      }
    }

    /** Everything that has to be waited for before one call, in the order in which nothing is held for nothing. */
    async function turnFor(within: Within, ask: Ask, came: Came): Promise<Outcome<Turn>> {
      const { signal, asker = 'client' } = within;
      const closed = breaker.closedUntil(asker);
      if (closed !== null) {
        watch?.held(came.call, 'breaker');
        return leftInPeace(closed);
      }
      const passed = await turnstile?.pass(ask, passing(within));
      if (passed && !passed.ok) {
        watch?.held(came.call, 'budget');
        return passed;
      }
      const urgency = urgencyOf(within, ask);
      const place = await places.take(urgency, signal);
      const pass = typeof place === 'string' ? undefined : breaker.pass(asker);
      if (typeof place !== 'string' && pass?.kind === 'pass') {
        const leftMs = leftOf(within);
        const isHasty = () =>
          leftMs < FAIR_CHANCE_MS || (leftMs < came.hadMs / 2 && answeredMs >= came.atMs);
        return success(turnOf({ pass, place, passed: passed?.value, isHasty }));
      }
      passed?.value.unanswered();
      if (typeof place === 'string') {
        watch?.held(came.call, place === 'full' ? 'places' : 'deadline');
        return notTaken(place);
      }
      place.leave();
      watch?.held(came.call, 'breaker');
      return leftInPeace(pass?.kind === 'closed' ? pass.retryAtMs : clock());
    }
  }

  async function stream(
    { signal, asker }: Within,
    asking: () => Promise<Outcome<Arrival>>,
  ): Promise<Outcome<Arrival>> {
    const place = await streams.take(asker === 'watch' ? 'watch' : 'read', signal);
    if (typeof place === 'string') return notTaken(place);
    const arrival = await asking();
    if (!arrival.ok || arrival.value.kind === 'whole') {
      place.leave();
      return arrival;
    }
    // Whoever never reads it keeps it until then.
    signal.addEventListener('abort', place.leave, { once: true });
    return success({ kind: 'pieces', pieces: leaving(arrival.value.pieces, place, signal) });
  }

  function passing({ signal, asker = 'client', forWrite = false, leftMs }: Within) {
    const known = { signal, asker, forWrite };
    return leftMs ? { ...known, untilMs: clock() + leftMs() } : known;
  }

  function leftInPeace(retryAtMs: number): ReturnType<typeof failed> {
    return failed(unavailable(provider, LEFT_IN_PEACE, new Date(retryAtMs)));
  }

  function notTaken(why: 'full' | 'late'): ReturnType<typeof nothingSent> {
    return nothingSent(provider, why === 'full' ? TOO_MANY : LATE);
  }

  return {
    towards,
    nextTry() {
      const nextTryMs = breakers[0]?.nextTryMs ?? null;
      return nextTryMs === null ? null : new Date(nextTryMs);
    },
    under: () => ({ way: places.taken, waiting: places.waiting }),
  };
}

/** When a call came here, and how long it then had. Milliseconds. */
interface Came {
  readonly atMs: number;
  readonly hadMs: number;
  readonly call: WatchedCall;
}

/** All that one call holds while it is under way. */
interface Turn {
  take<T>(once: () => Promise<Sent<T>>): Promise<Sent<T>>;
}

function turnOf({
  pass,
  place,
  passed,
  isHasty,
}: {
  readonly pass: Pass;
  readonly place: Place;
  readonly passed: Passed | undefined;
  /** Whether it says nothing of the service that it was not answered in time. */
  readonly isHasty: () => boolean;
}): Turn {
  return {
    async take(once) {
      try {
        const sent = await once();
        if (sent.answer) passed?.answered(sent.answer);
        else passed?.unanswered();
        if (sent.fate === 'left' || (sent.fate === 'late' && isHasty())) pass.cameToNothing();
        else if (isWell(sent)) pass.wentWell();
        else pass.wentWrong();
        return sent;
      } finally {
        place.leave();
      }
    },
  };
}

/** What had less, or spent half its time waiting here while others were answered, proves nothing by not being answered. */
const FAIR_CHANCE_MS = 200;

function isWell({ answer }: Sent<unknown>): boolean {
  return answer !== null && answer.status < 500;
}

function leftOf({ leftMs }: Within): number {
  return leftMs?.() ?? Number.POSITIVE_INFINITY;
}

function urgencyOf({ asker, forWrite }: Within, { effect }: Ask): Urgency {
  if (effect === 'write' || forWrite) return 'write';
  return asker === 'watch' ? 'watch' : 'read';
}

async function* leaving<T>(
  pieces: AsyncIterable<T>,
  place: Place,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* pieces;
  } finally {
    signal.removeEventListener('abort', place.leave);
    place.leave();
  }
}

/** Where no verb is said. */
const OWN = 'NONE';

const LEFT_IN_PEACE =
  'it failed too often in a row and is left in peace until then, so nothing was sent';
const TOO_MANY = 'too many calls wait for it already';
const LATE = 'the deadline passed before it was this call’s turn';
