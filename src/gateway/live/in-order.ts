// What is told by a fast road comes after what its conversation said before, though nobody has told of that yet: a webhook
// may be lost, a customer's words may wait for the next look, and we write while they do.

import type { News } from '../../domain/event.ts';
import type { Outcome } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Entry, EventLog } from '../../state/events/log.ts';
import { deadlineAfter } from '../deadline.ts';
import type { Dispatch } from '../dispatch.ts';
import { turns } from '../writes/turns.ts';
import type { Ingest } from './ingest.ts';
import type { Watch, Watched } from './watch.ts';

/** Takes what an `Ingest` takes, and before each new message what the provider has of before it. */
export interface InOrder extends Ingest {
  /** Remembers nothing more of what is told. */
  close(): void;
}

export interface InOrderParts {
  readonly ingest: Ingest;
  readonly dispatch: Dispatch;
  readonly events: EventLog;
  /** Absent where nobody looks: what is not told by itself is then told by nobody. */
  readonly watch: Pick<Watch, 'watched'> | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What one page is asked to hold; services have sizes of their own. */
const ROWS = 30;

/** How far back is read before one message. What lies deeper is left to the look that finds it. */
const MOST_PAGES = 3;

/** Conversations of which the last told message is remembered, by when they last had one. */
const MOST_REMEMBERED = 5000;

/** Entries of a lane that are read for what was told before this process began. */
const MOST_READ_BACK = 1000;

/** The newest message of a conversation that was told. */
interface Last {
  readonly nativeId: string;
  readonly ms: number | null;
}

/** What is news in a conversation: what came after the last that was told, and not before this time. */
interface Since {
  readonly told: Last | undefined;
  readonly ms: number;
}

export function openInOrder({ ingest, dispatch, events, watch, clock }: InOrderParts): InOrder {
  const last = new Map<string, Last>();
  const resetMs = new Map<number, number>();
  const lanesRead = new Map<number, Promise<boolean>>();
  const inTurn = turns();
  const stopHearing = events.listen({
    entry: (entry) => note(entry, 'now'),
    lost(lane, reason) {
      // Something may have been told there that was not heard here.
      lanesRead.delete(lane);
      if (reason === 'RESET') resetMs.set(lane, clock());
    },
  });

  /** A log that was emptied would take all of it again. */
  function sinceOf(conversation: ConversationRef, told: Last | undefined, watched: Watched): Since {
    const emptiedMs = told ? undefined : resetMs.get(events.laneOf(conversation));
    return { told, ms: Math.max(watched.newsFrom(told?.ms ?? null), emptiedMs ?? 0) };
  }

  function note({ event: { fact, conversation } }: Entry, heard: 'now' | 'before'): void {
    if (fact.kind !== 'MESSAGE_ADDED') return;
    const { nativeId, createdAt } = fact.message;
    const key = keyOf(conversation);
    const known = last.get(key);
    const ms = createdAt?.getTime() ?? null;
    const isNewer =
      heard === 'now'
        ? known?.ms == null || ms === null || ms >= known.ms
        : known === undefined || (known.ms !== null && ms !== null && ms > known.ms);
    if (!isNewer) return;
    last.delete(key);
    // A row without a time is told by its place alone, and the time before it still holds.
    last.set(key, { nativeId, ms: ms ?? known?.ms ?? null });
    const [oldest] = last.keys();
    if (last.size > MOST_REMEMBERED && oldest !== undefined) last.delete(oldest);
  }

  /** Read once a lane: whatever is told in it later is heard. */
  async function lastOf(conversation: ConversationRef): Promise<Last | undefined> {
    const key = keyOf(conversation);
    const lane = events.laneOf(conversation);
    const known = last.get(key);
    if (known) return known;
    const reading = lanesRead.get(lane) ?? readLane(lane);
    lanesRead.set(lane, reading);
    if (!(await reading) && lanesRead.get(lane) === reading) lanesRead.delete(lane);
    return last.get(key);
  }

  async function readLane(lane: number): Promise<boolean> {
    const back = await events.readBack(lane, MOST_READ_BACK);
    if (back.ok) for (const entry of back.value) note(entry, 'before');
    return back.ok;
  }

  /** With what came before each of them. */
  async function filledIn(
    news: readonly News[],
    { watched, deadline }: { readonly watched: Watched; readonly deadline: AbortSignal },
  ): Promise<readonly News[]> {
    const [one] = news.filter(isPerhapsNew);
    if (!one) return news;
    const { conversation } = one.message;
    const told = await lastOf(conversation);
    if (!news.some((other) => isPerhapsNew(other) && !isTold(other.message, told))) return news;
    const since = sinceOf(conversation, told, watched);
    const page = await newestRows(conversation, { watched, since, deadline });
    const untold = untoldIn(page, since);
    const given = new Set(
      news.flatMap((added) => (isPerhapsNew(added) ? [added.message.nativeId] : [])),
    );
    const taken = new Set<string>();
    return news.flatMap((added): readonly News[] => {
      if (!isPerhapsNew(added)) return [added];
      // One that is not in what was read has no place: late order is better than none.
      const at = untold.findIndex(({ nativeId }) => nativeId === added.message.nativeId);
      const before = untold
        .slice(0, Math.max(0, at))
        .filter(({ nativeId }) => !given.has(nativeId) && !taken.has(nativeId));
      for (const { nativeId } of before) taken.add(nativeId);
      return [...before.map((message) => ({ ...added, message })), added];
    });
  }

  /** Newest first. Where they cannot be had in time there are none, and here too late order is better than none. */
  async function newestRows(
    conversation: ConversationRef,
    {
      watched,
      since: { told, ms: sinceMs },
      deadline,
    }: { readonly watched: Watched; readonly since: Since; readonly deadline: AbortSignal },
  ): Promise<readonly Message[]> {
    const rows: Message[] = [];
    let at: string | null = null;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      if (deadline.aborted || !watched.spend()) return rows;
      const page: Outcome<Page<Message>> = await dispatch.run({
        provider: conversation.provider,
        verb: 'MESSAGE_LIST',
        operation: { signal: new AbortController().signal, reads: new Map() },
        deadline,
        with: (able, call) => able.does({ conversation, at, size: ROWS }, call),
      });
      if (!page.ok) return rows;
      const { items, next } = page.value;
      rows.push(...items);
      const isDown = items.some(
        ({ nativeId, createdAt }) =>
          nativeId === told?.nativeId || (createdAt !== null && createdAt.getTime() < sinceMs),
      );
      if (isDown || next === null || items.every(({ createdAt }) => createdAt === null))
        return rows;
      at = next;
    }
    return rows;
  }

  return {
    take(news, touch) {
      const [first] = news;
      const conversation = first && conversationOf(first);
      const watched = conversation ? watch?.watched(conversation.provider) : null;
      const provider = conversation && dispatch.provider(conversation.provider);
      if (!conversation || !watched || !provider) return ingest.take(news, touch);
      const told = last.get(keyOf(conversation));
      // Met again on this road: there is nothing to wait for.
      if (news.every((one) => isPerhapsNew(one) && isTold(one.message, told))) {
        return ingest.take(news, touch);
      }
      // Waiting for its turn is part of what may be waited.
      const deadline = deadlineAfter(provider.deadlineMs);
      // What was heard in one go, or comes of one write, is of one conversation.
      return inTurn(keyOf(conversation), async () =>
        ingest.take(await filledIn(news, { watched, deadline }), touch),
      );
    },
    close: stopHearing,
  };
}

type Added = Extract<News, { readonly type: 'message' }>;

function isPerhapsNew(news: News): news is Added {
  return news.type === 'message' && !news.known && !news.written;
}

/** Told already, or older than what was: nothing is missing before it that could still be told in order. */
function isTold({ nativeId, createdAt }: Message, told: Last | undefined): boolean {
  if (!told) return false;
  if (nativeId === told.nativeId) return true;
  return createdAt !== null && told.ms !== null && createdAt.getTime() < told.ms;
}

/** Oldest first: what stands above the last that was told, and is no older than what is news. */
function untoldIn(
  newestFirst: readonly Message[],
  { told, ms: sinceMs }: Since,
): readonly Message[] {
  const place = newestFirst.findIndex(({ nativeId }) => nativeId === told?.nativeId);
  const above = place < 0 ? newestFirst : newestFirst.slice(0, place);
  // Without a time a row is no older than the one below it; below the first that is old, all are.
  let isNew = place >= 0;
  const untold: Message[] = [];
  for (const message of above.toReversed()) {
    const { createdAt } = message;
    if (createdAt) isNew = isNews(createdAt.getTime(), sinceMs);
    if (isNew) untold.push(message);
  }
  return untold;
}

/** Whole seconds are compared as such, as where accounts are looked at. */
function isNews(ms: number, sinceMs: number): boolean {
  return ms >= (ms % 1000 === 0 ? Math.floor(sinceMs / 1000) * 1000 : sinceMs);
}

function conversationOf(news: News): ConversationRef {
  switch (news.type) {
    case 'message':
    case 'message-deleted':
      return news.message.conversation;
    case 'conversation':
      return { provider: news.row.provider, nativeId: news.row.nativeId };
    case 'conversation-deleted':
      return news.conversation;
  }
}

function keyOf({ provider, nativeId }: ConversationRef): string {
  return `${provider}/${nativeId}`;
}
