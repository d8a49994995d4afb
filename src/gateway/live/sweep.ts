// What is new in one account, found by reading it again: its list from the top, its conversations where the list does not
// tell, and those that somebody listens to by themselves.

import type { Conversation } from '../../domain/conversation.ts';
import { mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Page } from '../../domain/page.ts';
import type { Provider } from '../../providers/provider.ts';
import type { EventLog } from '../../state/events/log.ts';
import type { Dispatch } from '../dispatch.ts';
import { type AccountMemory, remember } from './account-memory.ts';
import type { Budget } from './budget.ts';
import type { Ingest } from './ingest.ts';
import { activityOf, isTelling, OVERLAP_MS, openHorizon, toldAt } from './known-and-seen.ts';
import { tellMissed } from './missed.ts';
import { openConversationSweeper } from './sweep-conversation.ts';
import { MOST_PAGES, openSweepQuestions } from './sweep-questions.ts';

/** What comes of a look: how many events. A look that failed is taken again, and finds what the failed one would have. */
export interface Sweeper {
  /** The list, from its newest down to what is known; then a step of the slow round through all of it. */
  inbox(): Promise<Outcome<number>>;
  /** One conversation, by itself. `not-found` where there is none. */
  conversation(nativeId: string): Promise<Outcome<number>>;
}

export interface SweepParts {
  readonly provider: Provider;
  readonly dispatch: Dispatch;
  readonly ingest: Ingest;
  readonly events: EventLog;
  readonly memory: AccountMemory;
  readonly budget: Budget;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** What is older than this is no news any more: the log may have forgotten that it told of it. Milliseconds. */
  readonly reachMs: number;
  /** Whether a conversation is looked at by itself anyway. */
  readonly isListenedTo: (nativeId: string) => boolean;
  readonly signal: AbortSignal;
}

/** Questions of the slow round in one look at the inbox. */
const ROUND_STEP = 10;

/** Of the conversations that a whole round did not meet, so many are asked for by themselves. */
const MOST_VERIFIED = 10;

type Waiting =
  | { readonly type: 'read'; readonly row: Conversation }
  | { readonly type: 'verify'; readonly nativeId: string };

interface Round {
  /** Where its next page begins; undefined at the beginning, null at the end. */
  at: string | null | undefined;
  readonly waiting: Waiting[];
  readonly met: Set<string>;
  /** Who was known when it began. */
  readonly expected: ReadonlySet<string>;
}

export function openSweeper(parts: SweepParts): Sweeper {
  const { provider, ingest, events, memory, clock, reachMs } = parts;
  const { name } = provider;
  const questions = openSweepQuestions(parts);
  const horizon = openHorizon(parts);
  const miss = (sinceMs: number) => tellMissed({ provider: name, events, clock, sinceMs });
  const conversations = openConversationSweeper({
    provider,
    questions,
    ingest,
    memory,
    horizon,
    miss,
  });
  const { listRows, getRow } = questions;
  const { isNews } = horizon;
  const { ingestRow, readMessages, gone } = conversations;
  let round = newRound();

  return {
    async inbox() {
      const head = await readHead();
      if (!head.ok) return head;
      const stepped = await walkOn(head.value.whole);
      return mapOutcome(stepped, (count) => count + head.value.count);
    },

    conversation: conversations.look,
  };

  interface Head {
    readonly count: number;
    /** The whole list, where it was that short. */
    readonly whole: readonly Conversation[] | null;
  }

  async function readHead(): Promise<Outcome<Head>> {
    const startedMs = clock();
    let count = 0;
    let newestMs = memory.listedMs;
    let at: string | null = null;
    let whole: readonly Conversation[] | null = null;
    let reached = false;
    for (let pages = 0; pages < MOST_PAGES && !reached; pages += 1) {
      const page: Outcome<Page<Conversation>> = await listRows(at);
      if (!page.ok) return page;
      if (pages === 0 && startedMs - memory.sweptMs > reachMs) {
        const said = await miss(memory.sweptMs);
        if (!said.ok) return said;
      }
      const { items, next } = page.value;
      let anyNew = false;
      for (const row of items) {
        newestMs = Math.max(newestMs, row.sortedAt.getTime());
        const isNew = isToBeRead(row);
        anyNew ||= isNew;
        const told = await takeRow(row, isNew);
        if (!told.ok) return told;
        count += told.value;
      }
      if (pages === 0 && next === null) whole = items;
      reached = next === null || isKnownFromHere(items, anyNew);
      at = next;
    }
    if (!reached) {
      const said = await miss(memory.sweptMs);
      if (!said.ok) return said;
    }
    memory.listedMs = newestMs;
    memory.sweptMs = startedMs;
    return success({ count, whole });
  }

  /** Below this page nothing can be new by the list's own order; a list without one ends where nothing was. */
  function isKnownFromHere(items: readonly Conversation[], anyNew: boolean): boolean {
    const { CONVERSATION_LIST: list } = provider.can;
    const oldest = items.at(-1);
    if (list.support === 'NONE' || !oldest || list.order === 'own') return !anyNew;
    return oldest.sortedAt.getTime() < memory.listedMs - OVERLAP_MS;
  }

  /** A step of the walk through all of the list: who is deep in it, and of whom it does not tell that they wrote. */
  async function walkOn(whole: readonly Conversation[] | null): Promise<Outcome<number>> {
    let count = 0;
    for (let left = ROUND_STEP; left > 0; ) {
      const waiting = round.waiting[0];
      if (waiting) {
        const done = await (waiting.type === 'read'
          ? takeRow(waiting.row, !parts.isListenedTo(waiting.row.nativeId))
          : verify({ provider: name, nativeId: waiting.nativeId }));
        if (!done.ok) return done;
        count += done.value;
        round.waiting.shift();
        left -= 1;
      } else if (round.at === null) {
        round = newRound();
        return success(count);
      } else if (round.at === undefined && whole) {
        meet(whole, null);
      } else {
        const page = await listRows(round.at ?? null);
        if (!page.ok) return page;
        meet(page.value.items, page.value.next);
        left -= 1;
      }
    }
    return success(count);
  }

  function newRound(): Round {
    return { at: undefined, waiting: [], met: new Set(), expected: new Set(memory.ids()) };
  }

  function meet(items: readonly Conversation[], next: string | null): void {
    for (const row of items) {
      round.met.add(row.nativeId);
      if (isToBeRead(row) || !isTelling(row) || isUnread(row)) {
        round.waiting.push({ type: 'read', row });
      }
    }
    round.at = next;
    if (next !== null) return;
    const absent = [...round.expected].filter((id) => !round.met.has(id));
    for (const nativeId of absent.slice(0, MOST_VERIFIED)) {
      round.waiting.push({ type: 'verify', nativeId });
    }
  }

  /** Not in the list any more: gone, or only moved while it was walked. */
  async function verify(ref: ConversationRef): Promise<Outcome<number>> {
    if (provider.can.CONVERSATION_GET.support === 'NONE') return success(0);
    const got = await getRow(ref);
    if (got.ok) return success(0);
    if (got.failure.kind !== 'not-found') return got;
    const told = await gone(ref, got.failure);
    return told.ok || told.failure.kind !== 'not-found' ? told : success(0);
  }

  /** Whether something came since it was read, as far as the row tells; of a stranger, since this account is watched. */
  function isToBeRead(row: Conversation): boolean {
    const known = memory.get(row.nativeId);
    if (known && known.activity !== null) return known.activity !== activityOf(row, provider);
    const at = toldAt(row);
    return isNews(at ?? row.sortedAt);
  }

  /** Of a stranger whose row does not say when somebody wrote last, only its messages do. */
  function isUnread(row: Conversation): boolean {
    return memory.get(row.nativeId)?.activity == null && toldAt(row) === null;
  }

  async function takeRow(row: Conversation, reads: boolean): Promise<Outcome<number>> {
    const { nativeId, tags } = row;
    const told = await ingestRow(row);
    if (!told.ok) return told;
    // What somebody listens to is read by itself, and sooner.
    const isRead = reads && !parts.isListenedTo(nativeId);
    let count = told.value;
    if (isRead) {
      const read = await readMessages({ provider: name, nativeId }, row);
      // It was there a moment ago: the list will say whether it still is.
      if (!read.ok && read.failure.kind !== 'not-found') return read;
      count += read.ok ? read.value : 0;
      if (!memory.get(nativeId)) return success(count);
    }
    const before = memory.get(nativeId)?.activity ?? null;
    const isSettled = isRead || (!reads && toldAt(row) !== null);
    remember(memory, nativeId, { tags, activity: isSettled ? activityOf(row, provider) : before });
    return success(count);
  }
}
