// What was written through this gateway is news at once; met again on another road, it is known already.

import type { Conversation } from '../domain/conversation.ts';
import type { News } from '../domain/event.ts';
import type { Outcome } from '../domain/failure.ts';
import type { ConversationRef, MessageRef } from '../domain/ids.ts';
import type { Message } from '../domain/message.ts';
import type { Log } from '../observability/log.ts';
import type { GotOrCreated, UpdatedConversation, UpdatedMessage } from '../providers/verbs.ts';
import type { Ingest } from './ingest.ts';

/**
 * Each hands back the outcome it was given, once what came of it is in the log, or the log has turned out to be out of
 * reach: what was written is written, and whoever looks next finds it. Of a write that failed, or whose outcome is not
 * known, nothing is told.
 */
export interface Telling {
  created(outcome: Outcome<Conversation>): Promise<Outcome<Conversation>>;
  gotOrCreated(outcome: Outcome<GotOrCreated>): Promise<Outcome<GotOrCreated>>;
  updated(outcome: Outcome<UpdatedConversation>): Promise<Outcome<UpdatedConversation>>;
  deleted(conversation: ConversationRef, outcome: Outcome<null>): Promise<Outcome<null>>;
  /** Messages added: what was sent, and what was answered. */
  said<T extends Said>(outcome: Outcome<T>): Promise<Outcome<T>>;
  messageUpdated(outcome: Outcome<UpdatedMessage>): Promise<Outcome<UpdatedMessage>>;
  messageRated(outcome: Outcome<Message>): Promise<Outcome<Message>>;
  messageDeleted(message: MessageRef, outcome: Outcome<null>): Promise<Outcome<null>>;
}

export interface Said {
  readonly message?: Message | null;
  readonly reply: Message | null;
}

export function openTelling({
  ingest,
  log,
}: {
  readonly ingest: Ingest;
  readonly log: Log;
}): Telling {
  async function tell<T>(
    outcome: Outcome<T>,
    newsOf: (value: T) => readonly News[],
  ): Promise<Outcome<T>> {
    const news = outcome.ok ? newsOf(outcome.value) : [];
    const taken = await ingest.take(news);
    if (!taken.ok) {
      const { failure } = taken;
      log.warn({ failure }, 'a write is told only when it is found: the event log is out of reach');
    }
    return outcome;
  }

  return {
    created: (outcome) => tell(outcome, newsOfCreated),
    gotOrCreated: (outcome) =>
      tell(outcome, ({ created, conversation }) => (created ? newsOfCreated(conversation) : [])),
    updated: (outcome) =>
      tell(outcome, ({ conversation: row }) =>
        isSeen(row) ? [{ type: 'conversation', row, known: true, written: true }] : [],
      ),
    deleted: (conversation, outcome) =>
      tell(outcome, () => [{ type: 'conversation-deleted', conversation }]),
    said: (outcome) =>
      tell(outcome, ({ message = null, reply }) => [
        ...newsOfAdded(message),
        ...newsOfAdded(reply),
      ]),
    messageUpdated: (outcome) => tell(outcome, ({ message }) => newsOfChanged(message)),
    messageRated: (outcome) => tell(outcome, newsOfChanged),
    messageDeleted: (message, outcome) =>
      tell(outcome, () => [{ type: 'message-deleted', message }]),
  };
}

/**
 * A message as it is stored. What was put together from what was said, for want of a look at the row, may differ from it,
 * or have an id that leads nowhere: it is told when the row itself is seen.
 */
export function newsOfAdded(message: Message | null): News[] {
  // Its conversation's tags are not in the answer to a send, and to ask for them would cost every send a call.
  return message && isSeen(message) ? [{ type: 'message', message, tags: null }] : [];
}

function newsOfChanged(message: Message): News[] {
  return isSeen(message)
    ? [{ type: 'message', message, tags: null, known: true, written: true }]
    : [];
}

/** With the messages that it began with, where they came along. */
function newsOfCreated(row: Conversation): News[] {
  if (!isSeen(row)) return [];
  const begun = row.embedded?.items.toReversed() ?? [];
  return [
    { type: 'conversation', row },
    ...begun.map((message): News => ({ type: 'message', message, tags: row.tags })),
  ];
}

/** Whoever saw a row has it as it came, or its time at least. */
function isSeen({ raw, createdAt }: Pick<Message | Conversation, 'raw' | 'createdAt'>): boolean {
  return (raw !== null && raw !== undefined) || createdAt !== null;
}
