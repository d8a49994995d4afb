// One look for a message whose answer was lost: by its mark, or by what is new in its conversation.

import { type Failure, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Provider } from '../../providers/provider.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import type { OpenSends } from './send-turns.ts';
import { isAsSaid, isOfNature, type SendNote, wordsOf } from './trace-note.ts';

export type Look =
  | { readonly kind: 'there'; readonly message: Message; readonly reply: Message | null }
  | { readonly kind: 'not-there' }
  /** It could not be looked, this time. */
  | { readonly kind: 'unseen'; readonly failure: Failure }
  /** It was looked, and more looks would tell no more. */
  | { readonly kind: 'ambiguous' };

export interface Looking {
  readonly dispatch: Dispatch;
  readonly provider: Provider;
  readonly note: SendNote;
  /** Other sends of the conversation that are open, and messages known to be of others. */
  readonly open: OpenSends;
  /** Of the whole look. */
  readonly deadline: AbortSignal;
}

/** Rows of a look; before a message is sent as many are noted. */
const ROWS = 20;

/** How far back it is looked for the newest message there was before. */
const MOST_PAGES = 5;

/** A key is kept for a day: what carries its mark and is older was sent under the same key before. */
const KEPT_MS = 24 * 3_600_000;

export function lookFor(looking: Looking): Promise<Look> {
  switch (looking.note.way) {
    case 'mark':
    case 'repeat':
      return lookByMark(looking);
    case 'history':
      return lookInHistory(looking);
    case 'none':
      return Promise.resolve({ kind: 'ambiguous' });
  }
}

/** The ids of the newest messages, as they are now: never what was read before. */
export async function newestIds(
  asked: Pick<Looking, 'dispatch' | 'deadline'> & { readonly conversation: ConversationRef },
): Promise<Outcome<readonly string[]>> {
  const page = await readPage(asked, null);
  return mapOutcome(page, ({ items }) => items.map(({ nativeId }) => nativeId));
}

async function lookByMark(looking: Looking): Promise<Look> {
  const { dispatch, provider, note, deadline } = looking;
  const able = ableTo(provider, 'MESSAGE_SEND');
  const find = able.ok ? able.value.tracing?.find : undefined;
  if (!find) return { kind: 'ambiguous' };
  const { conversation, mark, atMs } = note;
  const found = await dispatch.run({
    provider: provider.name,
    verb: 'MESSAGE_SEND',
    operation: anew(),
    deadline,
    with: (_able, call) => find({ conversation, mark }, call),
  });
  if (!found.ok) return { kind: 'unseen', failure: found.failure };
  const message = found.value;
  const isOlder = message?.createdAt && message.createdAt.getTime() < atMs - KEPT_MS;
  return message && !isOlder ? { kind: 'there', message, reply: null } : { kind: 'not-there' };
}

async function lookInHistory(looking: Looking): Promise<Look> {
  const { provider, note, open } = looking;
  if (note.before === null) return { kind: 'ambiguous' };
  const rows = await newRows(looking, new Set(note.before));
  if (!Array.isArray(rows)) return rows;
  const free = rows.filter(({ nativeId }) => !open.known.has(nativeId));
  const [message, ...others] = free.filter((row) => isAsSaid(row, note.said));
  if (!message) {
    const able = ableTo(provider, 'MESSAGE_SEND');
    const mayDiffer = able.ok && able.value.tracing?.words !== 'kept';
    const isLike = mayDiffer && free.some((row) => isOfNature(row, note.said));
    return { kind: isLike ? 'ambiguous' : 'not-there' };
  }
  const hasRival = [...open.others.values()].includes(wordsOf(note.said));
  if (others.length > 0 || hasRival) return { kind: 'ambiguous' };
  const reply = note.expectReply ? replyTo(message, rows) : null;
  return { kind: 'there', message, reply };
}

/** What came after the message, the oldest that the bot said. */
function replyTo(message: Message, rows: readonly Message[]): Message | null {
  const since = rows.slice(0, rows.indexOf(message));
  return since.findLast(({ role, kind }) => role === 'BOT' && kind === 'MESSAGE') ?? null;
}

/** Newest first, down to the first that was there before. */
async function newRows(
  { dispatch, note, deadline }: Looking,
  before: ReadonlySet<string>,
): Promise<Message[] | Look> {
  const { conversation } = note;
  const rows: Message[] = [];
  let at: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: Outcome<Page<Message>> = await readPage({ dispatch, conversation, deadline }, at);
    if (!page.ok) return { kind: 'unseen', failure: page.failure };
    for (const row of page.value.items) {
      if (before.has(row.nativeId)) return rows;
      rows.push(row);
    }
    at = page.value.next;
    if (at === null) return rows;
  }
  // Nothing of before is left, or too much came since: whoever looks again sees no more.
  return { kind: 'ambiguous' };
}

function readPage(
  {
    dispatch,
    conversation,
    deadline,
  }: Pick<Looking, 'dispatch' | 'deadline'> & { readonly conversation: ConversationRef },
  at: string | null,
): Promise<Outcome<Page<Message>>> {
  return dispatch.run({
    provider: conversation.provider,
    verb: 'MESSAGE_LIST',
    operation: anew(),
    deadline,
    with: ({ does }, call) => does({ conversation, at, size: ROWS }, call),
  });
}

/** Nobody's operation: a client that leaves does not end it, and nothing that was read before counts. */
function anew(): Operation {
  return { signal: new AbortController().signal, reads: new Map(), forWrite: true };
}
