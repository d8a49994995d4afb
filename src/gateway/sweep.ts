// What is new in one account, found by reading it again: its list from the top, its conversations where the list does not
// tell, and those that somebody listens to by themselves.

import { createHash } from 'node:crypto';
import type { Conversation } from '../domain/conversation.ts';
import type { Missed, News } from '../domain/event.ts';
import { type Failure, failed, mapOutcome, type Outcome, success } from '../domain/failure.ts';
import type { ConversationRef } from '../domain/ids.ts';
import type { Message } from '../domain/message.ts';
import type { Page } from '../domain/page.ts';
import type { Tag } from '../domain/tag.ts';
import type { Provider } from '../providers/provider.ts';
import type { EventLog } from '../state/events/log.ts';
import { type AccountMemory, type Known, type Seen, STRANGER } from './account-memory.ts';
import type { Budget } from './budget.ts';
import type { Dispatch, Operation } from './dispatch.ts';
import { type Ingest, messageMark, stateMark } from './ingest.ts';

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

const LIST_ROWS = 100;
const MESSAGE_ROWS = 50;

/** How far down a list or a conversation is read at once; what lies deeper is said to be missed. */
const MOST_PAGES = 20;

/** Rows of one time may come in any order, and Chatling's times are whole seconds. */
const OVERLAP_MS = 2000;

/** Questions of the slow round in one look at the inbox. */
const ROUND_STEP = 10;

/** Of the conversations that a whole round did not meet, so many are asked for by themselves. */
const MOST_VERIFIED = 10;

/** What people change in a conversation is looked for in every so many looks at its messages. */
const LOOKS_A_ROW = 5;

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
  const { provider, dispatch, ingest, events, memory, budget, clock, reachMs, signal } = parts;
  const { name } = provider;
  const looks = new Map<string, number>();
  let round = newRound();

  return {
    async inbox() {
      const head = await readHead();
      if (!head.ok) return head;
      const stepped = await walkOn(head.value.whole);
      return mapOutcome(stepped, (count) => count + head.value.count);
    },

    async conversation(nativeId) {
      const ref: ConversationRef = { provider: name, nativeId };
      const known = memory.get(nativeId);
      const look = looks.get(nativeId) ?? 0;
      looks.set(nativeId, look + 1);
      let count = 0;
      let row: Conversation | null = null;
      const asksRow = provider.can.CONVERSATION_GET.support !== 'NONE';
      if (asksRow && (known?.carries !== false || look % LOOKS_A_ROW === 0)) {
        const got = await getRow(ref);
        if (!got.ok) return got.failure.kind === 'not-found' ? gone(ref, got.failure) : got;
        row = got.value;
        const told = await ingestRow(row);
        if (!told.ok) return told;
        count += told.value;
        remember(nativeId, { carries: row.embedded !== null, tags: row.tags });
      }
      const read = await readMessages(ref, row);
      return mapOutcome(read, (more) => count + more);
    },
  };

  // The list.

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
      // oxlint-disable-next-line no-await-in-loop -- a page says where the next one begins
      const page: Outcome<Page<Conversation>> = await listRows(at);
      if (!page.ok) return page;
      if (pages === 0 && startedMs - memory.sweptMs > reachMs) {
        // oxlint-disable-next-line no-await-in-loop
        const said = await miss(memory.sweptMs);
        if (!said.ok) return said;
      }
      const { items, next } = page.value;
      let anyNew = false;
      for (const row of items) {
        newestMs = Math.max(newestMs, row.sortedAt.getTime());
        const isNew = isToBeRead(row);
        anyNew ||= isNew;
        // oxlint-disable-next-line no-await-in-loop -- in the order of the list
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
        // oxlint-disable-next-line no-await-in-loop -- one question after the other
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
        // oxlint-disable-next-line no-await-in-loop
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
    if (known && known.activity !== null) return known.activity !== activityOf(row);
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
    remember(nativeId, { tags, activity: isSettled ? activityOf(row) : before });
    return success(count);
  }

  /** That it is there, or that people changed it. */
  async function ingestRow(row: Conversation): Promise<Outcome<number>> {
    const state = shortened(stateMark(row));
    const known = memory.get(row.nativeId);
    const isKnown = known !== undefined && known.state !== '';
    if (isKnown ? known.state === state : !isNews(row.createdAt)) {
      if (!isKnown) remember(row.nativeId, { state });
      return success(0);
    }
    const told = await ingest.take([{ type: 'conversation', row, known: isKnown }]);
    if (told.ok) remember(row.nativeId, { state });
    return told;
  }

  // The messages.

  async function readMessages(
    ref: ConversationRef,
    row: Conversation | null,
  ): Promise<Outcome<number>> {
    const known = memory.get(ref.nativeId) ?? STRANGER;
    const downToMs = Math.max(floorMs(), (known.newestMs ?? 0) - OVERLAP_MS);
    const isDown = (items: readonly Message[]) =>
      items.some(
        ({ nativeId, createdAt }) =>
          known.page.has(nativeId) || (createdAt !== null && createdAt.getTime() < downToMs),
      );
    const embedded = row?.embedded;
    let found: readonly Message[] = embedded?.items ?? [];
    if (!embedded || !(embedded.complete || isDown(embedded.items))) {
      const read = await readPages(ref, isDown);
      if (!read.ok) return read.failure.kind === 'not-found' ? gone(ref, read.failure) : read;
      found = read.value;
    }
    return takeMessages(ref, { found, known, tags: row?.tags ?? known.tags });
  }

  async function readPages(
    ref: ConversationRef,
    isDown: (items: readonly Message[]) => boolean,
  ): Promise<Outcome<readonly Message[]>> {
    const found = new Map<string, Message>();
    let at: string | null = null;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      // oxlint-disable-next-line no-await-in-loop -- a page says where the next one begins
      const page: Outcome<Page<Message>> = await listMessages(ref, at);
      if (!page.ok) return page;
      for (const message of page.value.items) {
        if (!found.has(message.nativeId)) found.set(message.nativeId, message);
      }
      at = page.value.next;
      const timeless = page.value.items.every(({ createdAt }) => createdAt === null);
      if (at === null || timeless || isDown(page.value.items)) return success([...found.values()]);
    }
    const said = await miss(memory.sweptMs);
    return said.ok ? success([...found.values()]) : said;
  }

  async function takeMessages(
    ref: ConversationRef,
    {
      found,
      known,
      tags,
    }: {
      readonly found: readonly Message[];
      readonly known: Known;
      readonly tags: readonly Tag[] | null;
    },
  ): Promise<Outcome<number>> {
    const page = new Map<string, Seen>(
      found.map((message) => [
        message.nativeId,
        { mark: shortened(messageMark(message)), derived: message.derivedId },
      ]),
    );
    const news = newsOf(found, known).map(
      ({ message, known: isKnown }): News => ({
        type: 'message',
        message,
        tags,
        known: isKnown,
      }),
    );
    for (const nativeId of absentFrom(page, known)) {
      // oxlint-disable-next-line no-await-in-loop -- seldom more than one
      const isGone = await isMessageGone(ref, nativeId);
      if (!isGone.ok) return isGone;
      const message = { conversation: ref, nativeId };
      if (isGone.value) news.push({ type: 'message-deleted', message });
    }
    const told = news.length > 0 ? await ingest.take(news) : success(0);
    if (!told.ok) return told;
    const times = found.flatMap(({ createdAt }) => (createdAt ? [createdAt.getTime()] : []));
    const newestMs = times.reduce<number | null>(
      (most, ms) => (most === null || ms > most ? ms : most),
      known.newestMs,
    );
    remember(ref.nativeId, { page: newest(page), newestMs });
    return told;
  }

  /** Oldest first. Of what was there before anybody looked, only that it was changed since. */
  function newsOf(
    found: readonly Message[],
    { page }: Known,
  ): readonly { readonly message: Message; readonly known: boolean }[] {
    const firstKnown = found.findIndex(({ nativeId }) => page.has(nativeId));
    /** Of the one before it: a message without a time is no older than that. */
    let sinceThen: Date | null = null;
    const news: { readonly message: Message; readonly known: boolean }[] = [];
    for (const [index, message] of [...found.entries()].toReversed()) {
      const { createdAt, updatedAt, nativeId } = message;
      const isAbove = createdAt === null && index < firstKnown;
      sinceThen = createdAt ?? sinceThen;
      const seen = page.get(nativeId);
      if (seen) {
        const isOther = seen.mark !== shortened(messageMark(message));
        if (isOther) news.push({ message, known: true });
      } else if (isNews(sinceThen) || isAbove) {
        news.push({ message, known: false });
      } else if (createdAt && updatedAt && updatedAt > createdAt && isNews(updatedAt)) {
        news.push({ message, known: true });
      }
    }
    return news;
  }

  /** Those that are missing between others that are there: whoever fell off the end is only older. */
  function absentFrom(page: ReadonlyMap<string, Seen>, known: Known): readonly string[] {
    const before = [...known.page];
    const last = before.findLastIndex(([nativeId]) => page.has(nativeId));
    return before
      .slice(0, Math.max(0, last))
      .flatMap(([nativeId, { derived }]) => (derived || page.has(nativeId) ? [] : [nativeId]));
  }

  async function isMessageGone(
    conversation: ConversationRef,
    nativeId: string,
  ): Promise<Outcome<boolean>> {
    if (provider.can.MESSAGE_GET.support === 'NONE') return success(false);
    const got = await asking((operation) =>
      dispatch.run({
        provider: name,
        verb: 'MESSAGE_GET',
        operation,
        with: (able, call) => able.does({ conversation, nativeId }, call),
      }),
    );
    if (got.ok) return success(false);
    return got.failure.kind === 'not-found' ? success(true) : got;
  }

  /** Only of one that was there can be said that it is gone. */
  async function gone(ref: ConversationRef, failure: Failure): Promise<Outcome<number>> {
    if (!memory.get(ref.nativeId)) return failed(failure);
    const told = await ingest.take([{ type: 'conversation-deleted', conversation: ref }]);
    if (told.ok) memory.delete(ref.nativeId);
    return told;
  }

  // What counts.

  function floorMs(): number {
    return Math.max(memory.primedMs - 1000, clock() - reachMs);
  }

  /** Whole seconds are compared as such: what came within the second of priming is told rather than lost. */
  function isNews(at: Date | null): boolean {
    if (at === null) return false;
    const ms = at.getTime();
    const { primedMs } = memory;
    const sinceMs = ms % 1000 === 0 ? Math.floor(primedMs / 1000) * 1000 : primedMs;
    return ms >= sinceMs && ms >= clock() - reachMs;
  }

  function activityOf(row: Conversation): string {
    const { sortedAt, updatedAt, lastActivityAt, preview, messageCount, embedded } = row;
    const { CONVERSATION_LIST: list } = provider.can;
    // In a list of its own order the time a row stands by may be its neighbours'.
    const listedAt = list.support !== 'NONE' && list.order === 'by-time' ? sortedAt : null;
    const carried = embedded?.items.map((message) => [message.nativeId, messageMark(message)]);
    const said = [listedAt, updatedAt, lastActivityAt, preview, messageCount, carried];
    return shortened(createHash('sha256').update(JSON.stringify(said)).digest('base64url'));
  }

  function remember(nativeId: string, more: Partial<Known>): void {
    memory.set(nativeId, { ...(memory.get(nativeId) ?? STRANGER), ...more });
  }

  /** Told in every lane, so that whoever listens hears of it, on whichever gateway. */
  async function miss(sinceMs: number): Promise<Outcome<null>> {
    const at = new Date(clock());
    const id = `${name} ${sinceMs} ${at.getTime()}`;
    const event: Missed = {
      conversation: { provider: name, nativeId: '' },
      at,
      tags: null,
      fact: { kind: 'MISSED', id, since: new Date(sinceMs) },
    };
    const lanes = Array.from({ length: events.lanes }, (_, lane) => lane);
    const appended = await events.append(
      lanes.map((lane) => ({ event, lane, once: [`missed ${id} ${lane}`] })),
    );
    return mapOutcome(appended, () => null);
  }

  // What is asked.

  async function listRows(at: string | null): Promise<Outcome<Page<Conversation>>> {
    return asking((operation) =>
      dispatch.run({
        provider: name,
        verb: 'CONVERSATION_LIST',
        operation,
        with: (able, call) => able.does({ filter: {}, at, size: LIST_ROWS }, call),
      }),
    );
  }

  async function listMessages(
    conversation: ConversationRef,
    at: string | null,
  ): Promise<Outcome<Page<Message>>> {
    return asking((operation) =>
      dispatch.run({
        provider: name,
        verb: 'MESSAGE_LIST',
        operation,
        with: (able, call) => able.does({ conversation, at, size: MESSAGE_ROWS }, call),
      }),
    );
  }

  async function getRow(ref: ConversationRef): Promise<Outcome<Conversation>> {
    return asking((operation) =>
      dispatch.run({
        provider: name,
        verb: 'CONVERSATION_GET',
        operation,
        with: (able, call) => able.does(ref, call),
      }),
    );
  }

  /** In its turn. A signal of its own: what is derived from one that lives for weeks is kept for weeks. */
  async function asking<T>(ask: (operation: Operation) => Promise<T>): Promise<T> {
    await budget.turn(signal);
    const own = new AbortController();
    const stop = () => own.abort();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    try {
      return await ask({ signal: own.signal, reads: new Map() });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

/** Whether a row changes when somebody writes. Where it does not, its messages are looked at in each round. */
function isTelling(row: Conversation): boolean {
  return toldAt(row) !== null || row.preview !== null || row.messageCount !== null;
}

/** When somebody wrote last, where the row says so. */
function toldAt({ lastActivityAt, embedded }: Conversation): Date | null {
  return lastActivityAt ?? embedded?.items[0]?.createdAt ?? null;
}

/** As many as are compared with what is read next. */
function newest(page: ReadonlyMap<string, Seen>): ReadonlyMap<string, Seen> {
  return page.size <= MESSAGE_ROWS ? page : new Map([...page].slice(0, MESSAGE_ROWS));
}

/** Long enough for two of one conversation never to meet. */
function shortened(mark: string): string {
  return mark.slice(0, 12).replaceAll('.', '-');
}
