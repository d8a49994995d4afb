// What is known of an account, compared with what is seen of it now: what counts as news, what was changed, who is gone.

import { createHash } from 'node:crypto';
import type { Conversation } from '../../domain/conversation.ts';
import type { Message } from '../../domain/message.ts';
import type { Provider } from '../../providers/provider.ts';
import type { AccountMemory, Known, Seen } from './account-memory.ts';
import { messageMark } from './ingest.ts';

/** Rows of one time may come in any order, and Chatling's times are whole seconds. */
export const OVERLAP_MS = 2000;

/** Where news begins. It goes on with the clock. */
export interface Horizon {
  /** Nothing older needs to be read. Milliseconds since the epoch. */
  floorMs(): number;
  isNews(at: Date | null): boolean;
}

export function openHorizon({
  memory,
  clock,
  reachMs,
}: {
  readonly memory: Pick<AccountMemory, 'primedMs'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly reachMs: number;
}): Horizon {
  return { floorMs, isNews };

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
}

/** Oldest first. Of what was there before anybody looked, only that it was changed since. */
export function newsOf(
  found: readonly Message[],
  { page }: Known,
  isNews: Horizon['isNews'],
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
export function absentFrom(page: ReadonlyMap<string, Seen>, known: Known): readonly string[] {
  const before = [...known.page];
  const last = before.findLastIndex(([nativeId]) => page.has(nativeId));
  return before
    .slice(0, Math.max(0, last))
    .flatMap(([nativeId, { derived }]) => (derived || page.has(nativeId) ? [] : [nativeId]));
}

export function activityOf(row: Conversation, { can }: Provider): string {
  const { sortedAt, updatedAt, lastActivityAt, preview, messageCount, embedded } = row;
  const { CONVERSATION_LIST: list } = can;
  // In a list of its own order the time a row stands by may be its neighbours'.
  const listedAt = list.support !== 'NONE' && list.order === 'by-time' ? sortedAt : null;
  const carried = embedded?.items.map((message) => [message.nativeId, messageMark(message)]);
  const said = [listedAt, updatedAt, lastActivityAt, preview, messageCount, carried];
  return shortened(createHash('sha256').update(JSON.stringify(said)).digest('base64url'));
}

/** Whether a row changes when somebody writes. Where it does not, its messages are looked at in each round. */
export function isTelling(row: Conversation): boolean {
  return toldAt(row) !== null || row.preview !== null || row.messageCount !== null;
}

/** When somebody wrote last, where the row says so. */
export function toldAt({ lastActivityAt, embedded }: Conversation): Date | null {
  return lastActivityAt ?? embedded?.items[0]?.createdAt ?? null;
}

/** Long enough for two of one conversation never to meet. */
export function shortened(mark: string): string {
  return mark.slice(0, 12).replaceAll('.', '-');
}
