// What was written through this gateway is news at once; met again on another road, it is known already. And whatever was
// kept of what it touched is old, in all gateways.

import type { Conversation } from '../../domain/conversation.ts';
import type { News, Part } from '../../domain/event.ts';
import { mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { ConversationRef, MessageRef, ProviderName } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Log } from '../../observability/log.ts';
import type { GotOrCreated, UpdatedConversation, UpdatedMessage } from '../../providers/verbs.ts';
import type { Freshness } from '../reads/freshness.ts';
import { mayHaveChanged, ofAccount, type Touch } from '../reads/touches.ts';
import type { ContactUpserted } from '../writes/upsert-contact.ts';
import type { Ingest } from './ingest.ts';

/**
 * Each hands back the outcome it was given, once what came of it is in the log, or the log has turned out to be out of
 * reach: what was written is written, and whoever looks next finds it. Of a write that failed, or whose outcome is not
 * known, nothing is told but that what it may have changed is not to be believed any longer.
 */
export interface Telling {
  created(provider: ProviderName, outcome: Outcome<Conversation>): Promise<Outcome<Conversation>>;
  gotOrCreated(
    provider: ProviderName,
    outcome: Outcome<GotOrCreated>,
  ): Promise<Outcome<GotOrCreated>>;
  updated(
    conversation: ConversationRef,
    outcome: Outcome<UpdatedConversation>,
  ): Promise<Outcome<UpdatedConversation>>;
  deleted(conversation: ConversationRef, outcome: Outcome<null>): Promise<Outcome<null>>;
  /** Messages added: what was sent, and what was answered. */
  said<T extends Said>(conversation: ConversationRef, outcome: Outcome<T>): Promise<Outcome<T>>;
  messageUpdated(
    message: MessageRef,
    outcome: Outcome<UpdatedMessage>,
  ): Promise<Outcome<UpdatedMessage>>;
  messageRated(message: MessageRef, outcome: Outcome<Message>): Promise<Outcome<Message>>;
  messageDeleted(message: MessageRef, outcome: Outcome<null>): Promise<Outcome<null>>;
  /** Somebody was taken in, or out. */
  participants<T>(conversation: ConversationRef, outcome: Outcome<T>): Promise<Outcome<T>>;
  /** A contact of one conversation, or of a whole account. */
  upserted(
    of: ConversationRef | ProviderName,
    outcome: Outcome<ContactUpserted>,
  ): Promise<Outcome<ContactUpserted>>;
  uploaded<T>(conversation: ConversationRef, outcome: Outcome<T>): Promise<Outcome<T>>;
}

export interface Said {
  readonly message?: Message | null;
  readonly reply: Message | null;
}

const OF_MESSAGES: readonly Part[] = ['conversation', 'messages', 'lists'];

export function openTelling({
  ingest,
  freshness,
  log,
}: {
  readonly ingest: Ingest;
  readonly freshness: Pick<Freshness, 'touching'>;
  readonly log: Log;
}): Telling {
  async function tell<T>(
    outcome: Outcome<T>,
    touch: Touch | null,
    newsOf: (value: T) => readonly News[] = () => [],
  ): Promise<Outcome<T>> {
    if (!touch || !mayHaveChanged(outcome)) return outcome;
    const touching = freshness.touching(touch);
    const taken = await ingest.take(outcome.ok ? newsOf(outcome.value) : [], touch);
    touching.settle(taken.ok);
    if (!taken.ok) {
      const { failure } = taken;
      log.warn({ failure }, 'a write is told only when it is found: the event log is out of reach');
    }
    return outcome;
  }

  /** Where nobody can say which, there may be one more in the lists. */
  function touchOfNew(provider: ProviderName, made: Outcome<Conversation>): Touch {
    return made.ok
      ? { conversation: made.value, parts: ['conversation', 'lists'] }
      : ofAccount(provider, ['lists']);
  }

  return {
    created: (provider, outcome) => tell(outcome, touchOfNew(provider, outcome), newsOfCreated),
    gotOrCreated: (provider, outcome) => {
      const made = mapOutcome(outcome, ({ conversation }) => conversation);
      const isOld = outcome.ok && !outcome.value.created;
      return tell(outcome, isOld ? null : touchOfNew(provider, made), ({ conversation }) =>
        newsOfCreated(conversation),
      );
    },
    updated: (conversation, outcome) =>
      tell(outcome, { conversation, parts: ['conversation', 'lists'] }, ({ conversation: row }) =>
        isSeen(row) ? [{ type: 'conversation', row, known: true, written: true }] : [],
      ),
    deleted: (conversation, outcome) => {
      const parts: readonly Part[] = ['conversation', 'messages', 'participants', 'lists'];
      return tell(outcome, { conversation, parts }, () => [
        { type: 'conversation-deleted', conversation },
      ]);
    },
    said: (conversation, outcome) =>
      // Whoever wrote may be new there.
      tell(
        outcome,
        { conversation, parts: [...OF_MESSAGES, 'participants'] },
        ({ message = null, reply }) => [...newsOfAdded(message), ...newsOfAdded(reply)],
      ),
    messageUpdated: ({ conversation }, outcome) =>
      tell(outcome, { conversation, parts: OF_MESSAGES }, ({ message }) => newsOfChanged(message)),
    messageRated: ({ conversation }, outcome) =>
      tell(outcome, { conversation, parts: OF_MESSAGES }, newsOfChanged),
    messageDeleted: (message, outcome) =>
      tell(outcome, { conversation: message.conversation, parts: OF_MESSAGES }, () => [
        { type: 'message-deleted', message },
      ]),
    participants: (conversation, outcome) =>
      tell(outcome, { conversation, parts: ['conversation', 'participants', 'lists'] }),
    upserted: (of, outcome) => tell(outcome, touchOfContact(of, outcome)),
    uploaded: (conversation, outcome) => tell(outcome, { conversation, parts: OF_MESSAGES }),
  };
}

/** A contact stands in the rows of its conversations, and nobody says which those are. */
function touchOfContact(
  of: ConversationRef | ProviderName,
  outcome: Outcome<ContactUpserted>,
): Touch | null {
  if (typeof of !== 'string') {
    return { conversation: of, parts: ['conversation', 'participants', 'lists'] };
  }
  // Whoever is new is in no row yet.
  const isInNone = outcome.ok && ['CREATED', 'UNCHANGED'].includes(outcome.value.outcome);
  return isInNone ? null : ofAccount(of, ['account']);
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
