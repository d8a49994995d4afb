// Whether a call is sent once more, and when: a read that was lost or came at a bad moment, a write that surely never left.

import type { ProviderName } from '../domain/ids.ts';
import type { Ask } from './ask.ts';
import type { Sent } from './exchange.ts';
import { overload } from './http.ts';

interface Tried {
  readonly provider: ProviderName;
  readonly ask: Ask;
  /** How often it was sent so far. */
  readonly tries: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** From 0 to 1. */
  readonly chance: () => number;
}

/** How long to wait before it is sent again; undefined where that is for the caller to decide. */
export function waitBeforeNext(
  { fate, answer }: Sent<unknown>,
  { provider, ask, tries, now, chance }: Tried,
): number | undefined {
  if (tries >= MOST_TRIES) return undefined;
  const { effect } = ask;
  const soonMs = FIRST_WAIT_MS * 3 ** (tries - 1) * (0.5 + chance());
  if (fate === 'unsent') return soonMs;
  if (effect === 'write') return undefined;
  if (fate === 'lost') return soonMs;
  if (fate !== 'answered' || !answer || !PASSES.has(answer.status)) return undefined;
  const failure = overload(provider, answer, { effect, now });
  const retryAt = failure && 'retryAt' in failure ? failure.retryAt : null;
  if (!retryAt) return answer.status === 429 ? undefined : soonMs;
  // Everybody was told the same moment.
  const askedMs = Math.max(0, retryAt.getTime() - now) + FIRST_WAIT_MS * chance();
  return askedMs <= LONGEST_WAIT_MS ? askedMs : undefined;
}

const MOST_TRIES = 3;
const FIRST_WAIT_MS = 100;
/** Whoever is told to wait for longer is better told so at once. */
const LONGEST_WAIT_MS = 2000;

/** What often is over in a moment. A 500 is a fault that stays. */
const PASSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
