// How a service limits its callers, and what an answer of it says of that: a part of each provider, and what most have alike.

import type { Answer, Ask } from './ask.ts';

export interface Limits {
  /** Calls that it takes in one window, where a number is documented. */
  readonly limit: number | null;
  /** How long a window is, where that is documented. */
  readonly windowMs: number | null;
  /** Whether every answer says what is left. Until the first is heard one at a time asks. */
  readonly tellsAlways: boolean;
  /** Where it counts calls of several sorts apart: the sort of this one. */
  countedAs(ask: Pick<Ask, 'method' | 'path' | 'effect' | 'json'>): string;
  /** Pure. `now` is in milliseconds since the epoch. */
  read(answer: Answer, told: { readonly ask: Ask; readonly now: number }): Said;
}

/** What an answer told of the service's limits, as far as it did. */
export interface Said {
  /** Turned away because of too many calls. */
  readonly refused?: true;
  /** How many calls it takes in one window, and how many of them are left. */
  readonly limit?: number;
  readonly remaining?: number;
  /** Until it takes calls again, or more of them. */
  readonly resetsInMs?: number;
}

/** Of a service of which nothing is known: whatever of the usual headers it sends is believed. */
export const USUAL_LIMITS: Limits = {
  limit: null,
  windowMs: null,
  tellsAlways: false,
  countedAs: () => 'calls',
  read: (answer, { now }) => ({
    ...(answer.status === 429 && { refused: true }),
    ...headersOf(answer, now),
  }),
};

/** `RateLimit-*`, else `X-RateLimit-*`; `Retry-After` counts of a 429 alone, because a 503 has it for other reasons. */
export function headersOf(answer: Answer, now: number): Said {
  const one = (name: string) =>
    answer.header(`ratelimit-${name}`) ?? answer.header(`x-ratelimit-${name}`);
  const limit = numberOf(one('limit'));
  const remaining = numberOf(one('remaining'));
  const waitMs = answer.status === 429 ? delayOf(answer.header('retry-after'), now) : undefined;
  const resetsInMs = waitMs ?? resetOf(one('reset'), now);
  return {
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(resetsInMs !== undefined && { resetsInMs }),
  };
}

/** The first number: a policy may follow it. */
function numberOf(said: string | undefined): number | undefined {
  const digits = /^\s*(\d+)(?:\.\d+)?\s*(?:[,;]|$)/.exec(said ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Seconds from now, or a date. */
export function delayOf(said: string | undefined, now: number): number | undefined {
  const seconds = Number(said?.trim() || Number.NaN);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said ?? '') - now;
  return Number.isNaN(ms) ? undefined : bounded(ms);
}

/** Seconds from now; some say the moment itself, in seconds since the epoch or as a date. */
export function resetOf(said: string | undefined, now: number): number | undefined {
  const seconds = Number(said?.trim() || Number.NaN);
  if (Number.isFinite(seconds) && seconds > A_YEAR_S) return bounded(seconds * 1000 - now);
  return delayOf(said, now);
}

const A_YEAR_S = 365 * 24 * 3600;
const MOST_MS = 24 * 3_600_000;

/** What is past is now; nobody is believed for more than a day. */
function bounded(ms: number): number {
  return Math.min(MOST_MS, Math.max(0, Math.ceil(ms)));
}
