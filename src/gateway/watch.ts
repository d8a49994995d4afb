// Looks at every account that somebody listens to: often at the conversations that are listened to by themselves, now
// and then at the whole inbox, and not at all where nobody ever listened.

import type { Failure, Outcome } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { Log } from '../observability/log.ts';
import type { Provider } from '../providers/provider.ts';
import type { EventLog } from '../state/events/log.ts';
import type { Hold, Leases } from '../state/lease/lease.ts';
import { type AccountMemory, openAccountMemory, recalledMemory } from './account-memory.ts';
import { type Budget, openBudget } from './budget.ts';
import type { Dispatch } from './dispatch.ts';
import type { Ingest } from './ingest.ts';
import { type Bell, openBell, openPace, type Pace, realTimer, type Timer } from './pace.ts';
import type { EventsAsked } from './subscribe.ts';
import { openSweeper, type Sweeper } from './sweep.ts';

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

/** How often is looked, in milliseconds. When it is quiet, up to so many times more seldom. */
export interface Polling {
  /** At a conversation that somebody listens to. */
  readonly watchedMs: number;
  /** At the inbox of an account. */
  readonly inboxMs: number;
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

const WATCHED_QUIET = 5;
const INBOX_QUIET = 4;

/** The log forgets that it told of a message a while after it came: by then it must count as old. */
const REACH = 0.75;

/** A provider that says it is asked too much, and not until when. */
const TOO_MUCH_MS = 60_000;

interface Account {
  readonly provider: Provider;
  readonly budget: Budget;
  readonly bell: Bell;
  /** How many listen to all of it. */
  all: number;
  /** And to one conversation by itself. */
  readonly ones: Map<string, number>;
  /** What other gateways want of it, when that was asked last. */
  elsewhere: readonly string[];
  /** Of the conversations that are listened to: where something was told, by whatever road, since they were looked at. */
  readonly stirred: Set<string>;
  /** When the first began to listen; null where nobody does. By the wall's clock, like `heldElsewhereMs`. */
  sinceMs: number | null;
  /** From when on is told what comes in it; `unknown` where it was watched before we began, null where it is not. */
  watchedSinceMs: number | 'unknown' | null;
  /** Whether it was asked yet who wants it. */
  isAsked: boolean;
  /** When another gateway was last known to look. */
  heldElsewhereMs: number;
  memory: AccountMemory | undefined;
}

export function openWatch(parts: WatchParts): Watch {
  const { providers, events, leases, polling, retentionMs, clock, timer = realTimer, log } = parts;
  const closing = new AbortController();
  const beganMs = clock();
  const accounts = new Map<ProviderName, Account>(
    providers.map((provider) => [
      provider.name,
      {
        provider,
        budget: openBudget({ perMinute: provider.inbound?.budgetPerMinute ?? null, timer }),
        bell: openBell(timer),
        all: 0,
        ones: new Map(),
        elsewhere: [],
        stirred: new Set(),
        sinceMs: null,
        watchedSinceMs: null,
        isAsked: false,
        heldElsewhereMs: 0,
        memory: undefined,
      },
    ]),
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
      // oxlint-disable-next-line no-await-in-loop -- a loop that waits is what this is
      const isWanted = await saysWhoListens(account);
      // oxlint-disable-next-line no-await-in-loop
      const hold = isWanted ? await leases.take(name) : undefined;
      if (hold?.ok && hold.value) {
        // oxlint-disable-next-line no-await-in-loop
        await lookAfter(account, hold.value);
      } else {
        if (hold?.ok) account.heldElsewhereMs = clock();
        // oxlint-disable-next-line no-await-in-loop
        await account.bell.wait(leases.leaseMs / 3, signal, rings);
      }
    }
  }

  /** Tells the others who listens here, and hears who does there; whether anybody wants this account at all. */
  async function saysWhoListens(account: Account): Promise<boolean> {
    const { name } = account.provider;
    const isFirst = !account.isAsked;
    account.isAsked = true;
    if (listenersTo(account) > 0) {
      const kept = await leases.want(name, [ACCOUNT], retentionMs);
      if (!kept.ok) return false;
      await leases.want(name, [...account.ones.keys()].map(subjectOf), leases.leaseMs);
    }
    const wanted = await leases.wanted(name);
    if (!wanted.ok) return false;
    account.elsewhere = wanted.value.flatMap(conversationOf);
    const isWanted = wanted.value.includes(ACCOUNT);
    if (isWanted) {
      if (isFirst) account.watchedSinceMs = 'unknown';
      account.watchedSinceMs ??= clock();
    } else if (listenersTo(account) === 0) {
      account.sinceMs = null;
      account.watchedSinceMs = null;
    }
    return isWanted;
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
    const looking = { account, hold, sweeper, memory, over, signal, trouble: openTrouble(account) };
    await Promise.all([keepLease(looking), lookAtInbox(looking), lookAtWatched(looking)]);
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

  interface Looking {
    readonly account: Account;
    readonly hold: Hold;
    readonly sweeper: Sweeper;
    readonly memory: AccountMemory;
    /** Ends all of it. */
    readonly over: AbortController;
    readonly signal: AbortSignal;
    readonly trouble: Trouble;
  }

  async function keepLease({ account, hold, over, signal }: Looking): Promise<void> {
    let oursUntil = timer.now() + leases.leaseMs;
    const pause = openBell(timer);
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- a loop that waits is what this is
      await pause.wait(leases.leaseMs / 3, signal);
      if (signal.aborted) return;
      const askedAt = timer.now();
      // oxlint-disable-next-line no-await-in-loop
      const renewed = await hold.renew();
      if (renewed.ok && renewed.value) oursUntil = askedAt + leases.leaseMs;
      const isLost = renewed.ok ? !renewed.value : timer.now() >= oursUntil;
      // oxlint-disable-next-line no-await-in-loop
      if (isLost || (renewed.ok && !(await isStillWanted(account)))) over.abort();
    }
  }

  /** Where that cannot be asked, it is: the lease says what is to be done then. */
  async function isStillWanted(account: Account): Promise<boolean> {
    if (await saysWhoListens(account)) return true;
    const asked = await leases.wanted(account.provider.name);
    return !asked.ok;
  }

  async function lookAtInbox(looking: Looking): Promise<void> {
    const { account, sweeper, signal, trouble } = looking;
    const { inboxMs } = polling;
    const pace = openPace({ fromMs: inboxMs, toMs: inboxMs * INBOX_QUIET });
    let heard = listenersTo(account);
    while (!signal.aborted) {
      const lookedAt = timer.now();
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      const found = await sweeper.inbox();
      // oxlint-disable-next-line no-await-in-loop
      await settle(looking, found);
      keepPace(pace, found);
      if (!found.ok && trouble.isOurs(found.failure)) continue;
      for (;;) {
        // Somebody came: they are not kept waiting for as long as nobody was.
        if (listenersTo(account) > heard) pace.stirred();
        heard = listenersTo(account);
        const leftMs = lookedAt + pace.ms - timer.now();
        if (signal.aborted || leftMs <= 0) break;
        // oxlint-disable-next-line no-await-in-loop
        await account.bell.wait(leftMs, signal);
      }
    }
  }

  async function lookAtWatched(looking: Looking): Promise<void> {
    const { account, sweeper, signal, trouble } = looking;
    const { watchedMs } = polling;
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
      const leftMs = next ? next[1].at - timer.now() : leases.leaseMs;
      if (!next || leftMs > 0) {
        // oxlint-disable-next-line no-await-in-loop -- a loop that waits is what this is
        await account.bell.wait(leftMs, signal);
        continue;
      }
      const [nativeId, { pace }] = next;
      // oxlint-disable-next-line no-await-in-loop
      const found = await sweeper.conversation(nativeId);
      // oxlint-disable-next-line no-await-in-loop
      await settle(looking, found);
      keepPace(pace, found);
      const again = !found.ok && trouble.isOurs(found.failure);
      due.set(nativeId, { pace, at: timer.now() + (again ? 0 : pace.ms) });
    }
  }

  /** What was found is noted for the next gateway; what went wrong gives the provider a rest. */
  async function settle(looking: Looking, found: Outcome<number>): Promise<void> {
    const { account, hold, memory, over, signal, trouble } = looking;
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

  interface Trouble {
    met(failure: Failure): void;
    passed(): void;
    /** Whether the rest that the provider was given is all there is to wait for. */
    isOurs(failure: Failure): boolean;
  }

  function openTrouble({ budget }: Account): Trouble {
    const { inboxMs, watchedMs } = polling;
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
        budget.rest(Math.max(askedMs, patience.ms));
        patience.quiet();
      },
      passed: () => patience.stirred(),
      isOurs: isPassing,
    };
  }

  function conversationsOf({ ones, elsewhere }: Account): readonly string[] {
    return [...new Set([...ones.keys(), ...elsewhere])];
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
        count(account, conversation?.nativeId ?? null, 1);
        account.bell.ring();
      }
      let isHere = true;
      return () => {
        if (!isHere) return;
        isHere = false;
        for (const account of joinedTo) count(account, conversation?.nativeId ?? null, -1);
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

function listenersTo({ all, ones }: Account): number {
  return [...ones.values()].reduce((sum, some) => sum + some, all);
}

function count(account: Account, nativeId: string | null, by: 1 | -1): void {
  if (nativeId === null) {
    account.all += by;
    return;
  }
  const now = (account.ones.get(nativeId) ?? 0) + by;
  if (now > 0) account.ones.set(nativeId, now);
  else account.ones.delete(nativeId);
}

function keepPace(pace: Pace, found: Outcome<number>): void {
  if (found.ok && found.value > 0) pace.stirred();
  else pace.quiet();
}

/** The subjects of a lease: the account, and conversations of it. */
const ACCOUNT = 'account';
const CONVERSATION = 'conversation:';

function subjectOf(nativeId: string): string {
  return CONVERSATION + nativeId;
}

function conversationOf(subject: string): string[] {
  return subject.startsWith(CONVERSATION) ? [subject.slice(CONVERSATION.length)] : [];
}
