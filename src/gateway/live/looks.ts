// The looks at an account, for as long as we are the ones who look: at its inbox, and at each of the conversations that
// are listened to by themselves.

import type { Failure, Outcome } from '../../domain/failure.ts';
import type { Log } from '../../observability/log.ts';
import type { Hold } from '../../state/lease/lease.ts';
import { openPace, type Pace, type Timer } from '../pace.ts';
import type { AccountMemory } from './account-memory.ts';
import type { Sweeper } from './sweep.ts';
import { type Account, conversationsOf, listenersTo } from './watched-account.ts';

/** Each goes on until the signal is aborted. */
export interface Looks {
  atInbox(): Promise<void>;
  atWatched(): Promise<void>;
}

/** How often is looked, in milliseconds. When it is quiet, up to so many times more seldom. */
export interface Polling {
  /** At a conversation that somebody listens to. */
  readonly watchedMs: number;
  /** At the inbox of an account. */
  readonly inboxMs: number;
}

interface LooksParts {
  readonly account: Account;
  readonly hold: Hold;
  readonly sweeper: Sweeper;
  readonly memory: AccountMemory;
  /** Ends all of it. */
  readonly over: AbortController;
  readonly signal: AbortSignal;
  readonly polling: Polling;
  /** How long to wait where no conversation is listened to by itself, unless somebody rings. Milliseconds. */
  readonly idleMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly timer: Timer;
  readonly log: Log;
}

const WATCHED_QUIET = 5;
const INBOX_QUIET = 4;

/** A provider that says it is asked too much, and not until when. */
const TOO_MUCH_MS = 60_000;

export function openLooks(parts: LooksParts): Looks {
  const { account, hold, sweeper, memory, over, signal, polling, idleMs, clock, timer, log } =
    parts;
  const { watchedMs, inboxMs } = polling;
  const trouble = openTrouble();

  return { atInbox, atWatched };

  async function atInbox(): Promise<void> {
    const pace = openPace({ fromMs: inboxMs, toMs: inboxMs * INBOX_QUIET });
    let heard = listenersTo(account);
    while (!signal.aborted) {
      const lookedAt = timer.now();
      const found = await sweeper.inbox();
      await settle(found);
      keepPace(pace, found);
      if (!found.ok && trouble.isOurs(found.failure)) continue;
      for (;;) {
        // Somebody came: they are not kept waiting for as long as nobody was.
        if (listenersTo(account) > heard) pace.stirred();
        heard = listenersTo(account);
        const leftMs = lookedAt + pace.ms - timer.now();
        if (signal.aborted || leftMs <= 0) break;
        await account.bell.wait(leftMs, signal);
      }
    }
  }

  async function atWatched(): Promise<void> {
    const due = new Map<string, { readonly pace: Pace; at: number }>();
    while (!signal.aborted) {
      const wanted = new Set(conversationsOf(account));
      for (const nativeId of due.keys()) if (!wanted.has(nativeId)) due.delete(nativeId);
      for (const nativeId of wanted) {
        if (due.has(nativeId)) continue;
        const pace = openPace({ fromMs: watchedMs, toMs: watchedMs * WATCHED_QUIET, times: 1.03 });
        due.set(nativeId, { pace, at: timer.now() });
      }
      for (const nativeId of account.stirred) {
        const one = due.get(nativeId);
        one?.pace.stirred();
        if (one) one.at = Math.min(one.at, timer.now() + one.pace.ms);
      }
      account.stirred.clear();
      const [next] = [...due].toSorted(([, one], [, other]) => one.at - other.at);
      const leftMs = next ? next[1].at - timer.now() : idleMs;
      if (!next || leftMs > 0) {
        await account.bell.wait(leftMs, signal);
        continue;
      }
      const [nativeId, { pace }] = next;
      const found = await sweeper.conversation(nativeId);
      await settle(found);
      keepPace(pace, found);
      const again = !found.ok && trouble.isOurs(found.failure);
      due.set(nativeId, { pace, at: timer.now() + (again ? 0 : pace.ms) });
    }
  }

  /** What was found is noted for the next gateway; what went wrong gives the provider a rest. */
  async function settle(found: Outcome<number>): Promise<void> {
    if (signal.aborted) return;
    if (!found.ok) {
      log.debug({ provider: account.provider.name, failure: found.failure }, 'a look failed');
      trouble.met(found.failure);
      return;
    }
    trouble.passed();
    const notes = memory.takeNotes();
    if (notes.size === 0) return;
    const noted = await hold.note(notes);
    if (!noted.ok) memory.putBack(notes);
    else if (!noted.value) over.abort();
  }

  function openTrouble(): Trouble {
    const patience = openPace({
      fromMs: Math.min(watchedMs, inboxMs),
      toMs: inboxMs * INBOX_QUIET,
      times: 2,
    });
    const isPassing = (failure: Failure) =>
      failure.kind === 'rate-limited' ||
      failure.kind === 'unavailable' ||
      failure.kind === 'gateway-unavailable';
    return {
      met(failure) {
        if (!isPassing(failure)) return;
        const retryAt = 'retryAt' in failure ? failure.retryAt : null;
        const usualMs = failure.kind === 'rate-limited' ? TOO_MUCH_MS : 0;
        const askedMs = retryAt ? retryAt.getTime() - clock() : usualMs;
        // A moment that has passed already is no reason to ask as fast as one can.
        account.budget.rest(Math.max(askedMs, patience.ms));
        patience.quiet();
      },
      passed: () => patience.stirred(),
      isOurs: isPassing,
    };
  }
}

interface Trouble {
  met(failure: Failure): void;
  passed(): void;
  /** Whether the rest that the provider was given is all there is to wait for. */
  isOurs(failure: Failure): boolean;
}

function keepPace(pace: Pace, found: Outcome<number>): void {
  if (found.ok && found.value > 0) pace.stirred();
  else pace.quiet();
}
