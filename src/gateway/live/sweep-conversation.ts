// What is new in one conversation, found by reading it again: its own row, and its messages from the newest down to what
// is known.

import type { Conversation } from '../../domain/conversation.ts';
import type { News } from '../../domain/event.ts';
import { type Failure, failed, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Provider } from '../../providers/provider.ts';
import { type AccountMemory, type Known, remember, type Seen, STRANGER } from './account-memory.ts';
import { type Ingest, messageMark, stateMark } from './ingest.ts';
import { absentFrom, type Horizon, newsOf, OVERLAP_MS, shortened } from './known-and-seen.ts';
import { MESSAGE_ROWS, MOST_PAGES, type SweepQuestions } from './sweep-questions.ts';

/** Each tells how many events came of it. */
export interface ConversationSweeper {
  /** By itself: its row now and then, its messages always. `not-found` where there is none. */
  look(nativeId: string): Promise<Outcome<number>>;
  /** That it is there, or that people changed it. */
  ingestRow(row: Conversation): Promise<Outcome<number>>;
  /** Its messages; those that its row carries are not asked for again. */
  readMessages(ref: ConversationRef, row: Conversation | null): Promise<Outcome<number>>;
  /** Only of one that was there can be said that it is gone. */
  gone(ref: ConversationRef, failure: Failure): Promise<Outcome<number>>;
}

/** What people change in a conversation is looked for in every so many looks at its messages. */
const LOOKS_A_ROW = 5;

export function openConversationSweeper({
  provider,
  questions,
  ingest,
  memory,
  horizon,
  miss,
}: {
  readonly provider: Provider;
  readonly questions: SweepQuestions;
  readonly ingest: Ingest;
  readonly memory: AccountMemory;
  readonly horizon: Horizon;
  /** Says that something was missed, since then; milliseconds since the epoch. */
  readonly miss: (sinceMs: number) => Promise<Outcome<null>>;
}): ConversationSweeper {
  const { name } = provider;
  const { listMessages, getRow, isMessageGone } = questions;
  const { floorMs, isNews } = horizon;
  const looks = new Map<string, number>();

  return { look, ingestRow, readMessages, gone };

  async function look(nativeId: string): Promise<Outcome<number>> {
    const ref: ConversationRef = { provider: name, nativeId };
    const known = memory.get(nativeId);
    const before = looks.get(nativeId) ?? 0;
    looks.set(nativeId, before + 1);
    let count = 0;
    let row: Conversation | null = null;
    const asksRow = provider.can.CONVERSATION_GET.support !== 'NONE';
    if (asksRow && (known?.carries !== false || before % LOOKS_A_ROW === 0)) {
      const got = await getRow(ref);
      if (!got.ok) return got.failure.kind === 'not-found' ? gone(ref, got.failure) : got;
      row = got.value;
      const told = await ingestRow(row);
      if (!told.ok) return told;
      count += told.value;
      remember(memory, nativeId, { carries: row.embedded !== null, tags: row.tags });
    }
    const read = await readMessages(ref, row);
    return mapOutcome(read, (more) => count + more);
  }

  async function ingestRow(row: Conversation): Promise<Outcome<number>> {
    const state = shortened(stateMark(row));
    const known = memory.get(row.nativeId);
    const isKnown = known !== undefined && known.state !== '';
    if (isKnown ? known.state === state : !isNews(row.createdAt)) {
      if (!isKnown) remember(memory, row.nativeId, { state });
      return success(0);
    }
    const told = await ingest.take([{ type: 'conversation', row, known: isKnown }]);
    if (told.ok) remember(memory, row.nativeId, { state });
    return told;
  }

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
    const news = newsOf(found, known, isNews).map(
      ({ message, known: isKnown }): News => ({
        type: 'message',
        message,
        tags,
        known: isKnown,
      }),
    );
    for (const nativeId of absentFrom(page, known)) {
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
    remember(memory, ref.nativeId, { page: newest(page), newestMs });
    return told;
  }

  async function gone(ref: ConversationRef, failure: Failure): Promise<Outcome<number>> {
    if (!memory.get(ref.nativeId)) return failed(failure);
    const told = await ingest.take([{ type: 'conversation-deleted', conversation: ref }]);
    if (told.ok) memory.delete(ref.nativeId);
    return told;
  }
}

/** As many as are compared with what is read next. */
function newest(page: ReadonlyMap<string, Seen>): ReadonlyMap<string, Seen> {
  return page.size <= MESSAGE_ROWS ? page : new Map([...page].slice(0, MESSAGE_ROWS));
}
