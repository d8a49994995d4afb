// From what Chatling says to what a client reads: conversations and messages. Pure, and total.

import type { Conversation, EmbeddedMessages } from '../../domain/conversation.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import {
  type Citation,
  type Message,
  type MessageContent,
  plainText,
  type Rating,
} from '../../domain/message.ts';
import type { Contact, MessageRole } from '../../domain/participant.ts';
import type { ChatlingAccount } from './account.ts';
import { sortedTimes, toDate } from './dates.ts';
import { type Identified, identify, settled } from './message-ids.ts';
import {
  type Flag,
  WireAnswerData,
  type WireChatAnswer,
  type WireContact,
  type WireConversation,
  type WireMessage,
} from './wire.ts';

/** A conversation carries no more of its messages than this; the others are in the list of messages only. */
const MOST_EMBEDDED = 20;

/** Rows of a list: `sortedAt` is the date by which they do descend. */
export function toConversations(
  rows: readonly WireConversation[],
  account: ChatlingAccount,
): Conversation[] {
  const times = sortedTimes(
    rows.map((row) => ({ createdAt: toDate(row.created_at), newestMessageAt: activityOf(row) })),
  );
  return rows.map((row, index) => {
    const sortedAt = times[index];
    return sortedAt ? { ...toConversation(row, account), sortedAt } : toConversation(row, account);
  });
}

/** One conversation by itself. Its `sortedAt` is its newest message's time, for want of neighbours that tell. */
export function toConversation(wire: WireConversation, account: ChatlingAccount): Conversation {
  const conversation: ConversationRef = { provider: account.name, nativeId: wire.id };
  const createdAt = toDate(wire.created_at);
  const lastActivityAt = activityOf(wire);
  return {
    ...conversation,
    channel: wire.conversation_type ?? null,
    title: null,
    description: null,
    preview: wire.messages?.items[0]?.text ?? null,
    status: null,
    priority: null,
    archived: toFlag(wire.archived),
    important: toFlag(wire.important),
    tags: [],
    contact: wire.contact_id ? toContact({ id: wire.contact_id }) : null,
    assignee: null,
    messageCount: null,
    createdAt,
    updatedAt: null,
    lastActivityAt,
    sortedAt: lastActivityAt ?? createdAt ?? new Date(0),
    embedded: toEmbedded(wire, conversation),
    raw: wire.raw,
    native: {
      kind: 'chatling',
      chatbotId: account.chatbotId,
      conversationType: wire.conversation_type ?? null,
    },
  };
}

export interface Begun {
  readonly id: string;
  readonly contactId: string | undefined;
  /** What the AI answered. */
  readonly preview: string | null;
  readonly sortedAt: Date;
}

/** A conversation that has begun and could not be read since: what is known of it, and nothing more. */
export function toBegun(
  { id, contactId, preview, sortedAt }: Begun,
  account: ChatlingAccount,
): Conversation {
  return {
    ...toConversation({ id, contact_id: contactId, raw: null }, account),
    preview,
    sortedAt,
  };
}

/** Rows newest first; `older` are rows known to come after them, which derived ids are counted from. */
export function toMessages(
  rows: readonly WireMessage[],
  conversation: ConversationRef,
  older: readonly WireMessage[] = [],
): Message[] {
  return identify(rows, older).map((identified) => toMessage(identified, conversation));
}

/**
 * The reply as the chat answer itself has it, without a time. Where the answer names no message its id is derived
 * without one too, so it is not the id the same message has in a list.
 */
export function toReply(answer: WireChatAnswer, conversation: ConversationRef): Message | null {
  if (!answer.response) return null;
  const [reply] = toMessages(
    [
      {
        id: answer.message_id,
        role: 'bot',
        text: answer.response,
        data: { sources: answer.sources },
        raw: null,
      },
    ],
    conversation,
  );
  return reply ?? null;
}

/** Of a conversation's contact only the id is told. */
export function toContact({
  id,
  name,
  email,
  phone,
}: Pick<WireContact, 'id'> & Partial<WireContact>): Contact {
  return {
    nativeId: id,
    name: name || null,
    email: email || null,
    phone: phone || null,
    imageUrl: null,
  };
}

function toMessage({ row, id, derived }: Identified, conversation: ConversationRef): Message {
  const answer = WireAnswerData.safeParse(row.data).data;
  const helpful = answer?.helpful_value;
  const content = toContent(row);
  return {
    conversation,
    nativeId: id,
    derivedId: derived,
    role: toRole(row.role),
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: null,
    text: plainText(content),
    content,
    citations: (answer?.sources?.items ?? []).map(
      ({ type, title, url }): Citation => ({
        type: type ?? null,
        title: title ?? null,
        url: url ?? null,
      }),
    ),
    rating: toRating(helpful),
    attachments: [],
    tags: [],
    createdAt: toDate(row.created_at),
    updatedAt: null,
    raw: row.raw,
    native: {
      kind: 'chatling',
      role: row.role ?? '',
      isAiKbResponse: toFlag(row.is_ai_kb_response),
      helpfulValue: toNumber(helpful),
      data: row.data ?? null,
    },
  };
}

function toEmbedded(
  { messages }: WireConversation,
  conversation: ConversationRef,
): EmbeddedMessages | null {
  if (!messages) return null;
  const complete = messages.came < MOST_EMBEDDED;
  // Of a cut-off history, rows whose derived ids hang on what was cut off are left to the list of messages.
  const rows = complete ? messages.items : settled(messages.items);
  return { items: toMessages(rows, conversation), complete };
}

/** The bot writes Markdown; what people write is taken as it is. */
function toContent({ role, text, data }: WireMessage): MessageContent {
  if (typeof text !== 'string') {
    return { type: 'unknown', said: role ?? 'message', payload: data ?? null };
  }
  return role === 'bot' ? { type: 'markdown', markdown: text } : { type: 'text', text };
}

function toRole(said: string | null | undefined): MessageRole {
  switch (said) {
    case 'user':
      return 'USER';
    case 'bot':
      return 'BOT';
    case 'system':
      return 'SYSTEM';
    default:
      return 'UNKNOWN';
  }
}

/** Not helpful is read as 0 and written as -1: a service in two minds might show either. */
function toRating(helpful: Flag): Rating | null {
  switch (toNumber(helpful)) {
    case 1:
      return 'HELPFUL';
    case 0:
    case -1:
      return 'UNHELPFUL';
    default:
      return null;
  }
}

function toFlag(said: Flag): boolean | null {
  const number = toNumber(said);
  return number === null ? null : number !== 0;
}

function toNumber(said: Flag): number | null {
  if (said === null || said === undefined || said === '') return null;
  if (said === 'true' || said === 'false') return said === 'true' ? 1 : 0;
  const number = Number(said);
  return Number.isFinite(number) ? number : null;
}

function activityOf({ messages }: WireConversation): Date | null {
  return toDate(messages?.items[0]?.created_at);
}
