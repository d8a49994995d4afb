// Looks at every account that somebody listens to: often at the conversations that are listened to by themselves, now
// and then at the whole inbox, and not at all where nobody ever listened.

import type { ProviderName } from '../../domain/ids.ts';
import type { Log } from '../../observability/log.ts';
import type { Provider } from '../../providers/provider.ts';
import type { EventLog } from '../../state/events/log.ts';
import type { Hold, Leases } from '../../state/lease/lease.ts';
import type { Dispatch } from '../dispatch.ts';
import { openBell, realTimer, type Timer } from '../pace.ts';
import { type AccountMemory, openAccountMemory, recalledMemory } from './account-memory.ts';
import type { Ingest } from './ingest.ts';
import { openLooks, type Polling } from './looks.ts';
import type { EventsAsked } from './subscribe.ts';
import { openSweeper } from './sweep.ts';
import {
  type Account,
  conversationsOf,
  countListener,
  isStillWanted,
  openAccount,
  saysWhoListens,
} from './watched-account.ts';

export interface Watch {
  /** Somebody begins to listen; what it returns says that they left. */
  joined(asked: Pick<EventsAsked, 'conversation' | 'filter'>): () => void;
  /** The conversations of an account that somebody listens to by themselves, here or at another gateway. */
  listening(provider: ProviderName): readonly string[];
  /** Null where nobody listens to an account, neither here nor elsewhere, as far as is known. */
  watched(provider: ProviderName): Watched | null;
  /** Ends every look, and leaves the accounts to the other gateways at once. */
  close(): Promise<void>;
}

export interface Watched {
  /**
   * From when on what came in a conversation is news, where its last message that was told is of this time, or none was
   * told (null). Milliseconds since the epoch.
   */
  newsFrom(toldMs: number | null): number;
  /** For one question past the looks: whether it may be asked. Counted as theirs are. */
  spend(): boolean;
}

export interface WatchParts {
  readonly providers: readonly Provider[];
  readonly dispatch: Dispatch;
  readonly ingest: Ingest;
  readonly events: EventLog;
  readonly leases: Leases;
  readonly polling: Polling;
  /**
   * How long the log remembers, in milliseconds. For so long an account is looked at after the last has left: whoever
   * comes back with a cursor is told what came meanwhile.
   */
  readonly retentionMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Absent, real time. */
  readonly timer?: Timer;
  readonly log: Log;
}

/** The log forgets that it told of a message a while after it came: by then it must count as old. */
const REACH = 0.75;

export function openWatch(parts: WatchParts): Watch {
  const { providers, events, leases, polling, retentionMs, clock, timer = realTimer, log } = parts;
  const closing = new AbortController();
  const beganMs = clock();
  const accounts = new Map<ProviderName, Account>(
    providers.map((provider) => [provider.name, openAccount(provider, timer)]),
  );
  // Who writes is often answered: the next look is soon.
  const stopHearing = events.listen({
    entry({ event: { conversation, fact } }) {
      const account = accounts.get(conversation.provider);
      const { nativeId } = conversation;
      if (fact.kind !== 'MESSAGE_ADDED' || !account) return;
      if (!conversationsOf(account).includes(nativeId)) return;
      account.stirred.add(nativeId);
      account.bell.ring();
    },
    lost: () => undefined,
  });
  const running = [...accounts.values()].map((account) =>
    attend(account).catch((error: unknown) => {
      log.error({ provider: account.provider.name, err: error }, 'the watch ended, which is a bug');
    }),
  );

  /** For as long as the gateway runs: whenever it is wanted and nobody else looks, we do. */
  async function attend(account: Account): Promise<void> {
    const { name } = account.provider;
    const { signal } = closing;
    while (!signal.aborted) {
      const { rings } = account.bell;
      const isWanted = await saysWhoListens(account, parts);
      const hold = isWanted ? await leases.take(name) : undefined;
      if (hold?.ok && hold.value) {
        await lookAfter(account, hold.value);
      } else {
        if (hold?.ok) account.heldElsewhereMs = clock();
        await account.bell.wait(leases.leaseMs / 3, signal, rings);
      }
    }
  }

  /** Until the lease is lost, nobody wants it any more, or the gateway closes. */
  async function lookAfter(account: Account, hold: Hold): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([closing.signal, over.signal]);
    const recalled = await hold.recall();
    if (!recalled.ok) {
      await hold.release();
      await account.bell.wait(leases.leaseMs / 3, signal);
      return;
    }
    const memory = memoryFor(account, recalled.value);
    account.memory = memory;
    account.watchedSinceMs = memory.primedMs;
    // Before the first look: from where on is told must not depend on who looks.
    const notes = memory.takeNotes();
    const noted = await hold.note(notes);
    if (!noted.ok || !noted.value) {
      memory.putBack(notes);
      await hold.release();
      return;
    }
    const sweeper = openSweeper({
      ...parts,
      provider: account.provider,
      budget: account.budget,
      memory,
      reachMs: retentionMs * REACH,
      isListenedTo: (nativeId) => conversationsOf(account).includes(nativeId),
      signal,
    });
    const held = { account, hold, over, signal };
    const looks = openLooks({
      ...held,
      sweeper,
      memory,
      polling,
      idleMs: leases.leaseMs,
      clock,
      timer,
      log,
    });
    await Promise.all([keepLease(held), looks.atInbox(), looks.atWatched()]);
    await hold.release();
  }

  /** What was noted last goes on; what we remember ourselves is next best, where the notes were lost. */
  function memoryFor(account: Account, notes: ReadonlyMap<string, string>): AccountMemory {
    const now = clock();
    const recalled = recalledMemory(notes);
    const before = recalled ?? account.memory;
    if (before && now - before.sweptMs <= retentionMs * REACH) {
      if (!recalled) before.noteAll();
      return before;
    }
    const sinceMs = Math.max(account.sinceMs ?? now, account.heldElsewhereMs);
    const memory = openAccountMemory(sinceMs);
    // Too long ago to go on from there: the first look says that something was missed.
    if (before) memory.sweptMs = before.sweptMs;
    return memory;
  }

  interface Held {
    readonly account: Account;
    readonly hold: Hold;
    /** Ends all of it. */
    readonly over: AbortController;
    readonly signal: AbortSignal;
  }

  async function keepLease({ account, hold, over, signal }: Held): Promise<void> {
    let oursUntil = timer.now() + leases.leaseMs;
    const pause = openBell(timer);
    while (!signal.aborted) {
      await pause.wait(leases.leaseMs / 3, signal);
      if (signal.aborted) return;
      const askedAt = timer.now();
      const renewed = await hold.renew();
      if (renewed.ok && renewed.value) oursUntil = askedAt + leases.leaseMs;
      const isLost = renewed.ok ? !renewed.value : timer.now() >= oursUntil;
      if (isLost || (renewed.ok && !(await isStillWanted(account, parts)))) over.abort();
    }
  }

  return {
    joined({ conversation, filter }) {
      const names = conversation
        ? [conversation.provider]
        : (filter.providers ?? [...accounts.keys()]);
      const joinedTo = names.flatMap((name) => accounts.get(name) ?? []);
      for (const account of joinedTo) {
        account.sinceMs ??= clock();
        account.watchedSinceMs ??= account.sinceMs;
        countListener(account, conversation?.nativeId ?? null, 1);
        account.bell.ring();
      }
      let isHere = true;
      return () => {
        if (!isHere) return;
        isHere = false;
        for (const account of joinedTo) countListener(account, conversation?.nativeId ?? null, -1);
      };
    },
    listening(name) {
      const account = accounts.get(name);
      return account ? conversationsOf(account) : [];
    },
    watched(name) {
      const account = accounts.get(name);
      if (account?.watchedSinceMs == null) return null;
      const { watchedSinceMs, budget } = account;
      return {
        newsFrom(toldMs) {
          const sinceMs = watchedSinceMs === 'unknown' ? (toldMs ?? beganMs) : watchedSinceMs;
          return Math.max(sinceMs, toldMs ?? sinceMs, clock() - retentionMs * REACH);
        },
        spend: () => budget.spend(),
      };
    },
    async close() {
      stopHearing();
      closing.abort();
      await Promise.all(running);
    },
  };
}
