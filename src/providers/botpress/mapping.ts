// From what Botpress says to what a client reads: conversations, messages and tags. Pure, and total.

import type { Conversation } from '../../domain/conversation.ts';
import type { ConversationRef, ProviderName } from '../../domain/ids.ts';
import { type Message, plainText } from '../../domain/message.ts';
import type { Contact, MessageRole, Participant } from '../../domain/participant.ts';
import { timesInPlace, toDate } from '../wire-reading.ts';
import type { BotpressAccount } from './account.ts';
import { toContent } from './content.ts';
import { toTags } from './tags.ts';
import type { WireConversation, WireMessage, WireUser } from './wire.ts';

/**
 * One conversation. It has no title, no state and no flags here, and its participants are another question; whether a
 * message changes `updatedAt` is not written down anywhere, so `lastActivityAt` stays null.
 */
export function toConversation(wire: WireConversation, provider: ProviderName): Conversation {
  const createdAt = toDate(wire.createdAt);
  const updatedAt = toDate(wire.updatedAt);
  return {
    provider,
    nativeId: wire.id,
    channel: wire.channel ?? null,
    title: null,
    description: null,
    preview: null,
    status: null,
    priority: null,
    archived: null,
    important: null,
    tags: toTags(wire.tags),
    contact: null,
    assignee: null,
    messageCount: wire.messageCount ?? null,
    createdAt,
    updatedAt,
    lastActivityAt: null,
    sortedAt: updatedAt ?? createdAt ?? new Date(0),
    embedded: null,
    raw: wire.raw,
    native: {
      kind: 'botpress',
      integration: wire.integration ?? null,
      currentTaskId: taskOf(wire),
      currentWorkflowId: wire.currentWorkflowId ?? null,
      properties: wire.properties ?? null,
    },
  };
}

/** Rows of a list that descends by `updatedAt`. */
export function toConversations(
  rows: readonly WireConversation[],
  provider: ProviderName,
): Conversation[] {
  const times = timesInPlace(rows.map((row) => toDate(row.updatedAt)));
  return rows.map((row, index) => {
    const conversation = toConversation(row, provider);
    return { ...conversation, sortedAt: times[index] ?? conversation.sortedAt };
  });
}

/** A message. Nobody says who its author is but by id; the role is read off the direction. */
export function toMessage(
  wire: WireMessage,
  conversation: ConversationRef,
  { idempotencyTag }: Pick<BotpressAccount, 'idempotencyTag'>,
): Message {
  const type = wire.type ?? '';
  const direction = wire.direction ?? '';
  const role = toRole(direction);
  const content = toContent(type, wire.payload ?? null);
  return {
    conversation,
    nativeId: wire.id,
    derivedId: false,
    role,
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: wire.userId
      ? { nativeId: wire.userId, role, name: null, email: null, imageUrl: null }
      : null,
    text: plainText(content) ?? textIn(wire.payload),
    content,
    citations: [],
    rating: null,
    attachments: [],
    tags: toTags(wire.tags, idempotencyTag),
    createdAt: toDate(wire.createdAt),
    updatedAt: toDate(wire.updatedAt),
    raw: wire.raw,
    native: {
      kind: 'botpress',
      type,
      payload: wire.payload ?? null,
      direction,
      userId: wire.userId ?? '',
      origin: wire.origin ?? null,
    },
  };
}

/** Nobody says what part somebody takes: the bot has its own id, and whoever else is there is a person. */
export function toParticipant(
  { id, name, pictureUrl }: WireUser,
  { botId }: Pick<BotpressAccount, 'botId'>,
): Participant {
  return {
    nativeId: id,
    role: id === botId ? 'BOT' : 'USER',
    name: name || null,
    email: null,
    imageUrl: pictureUrl || null,
  };
}

/** A user has no address of its own here; a tag called `email` is whatever a bot means by it. */
export function toContact({ id, name, pictureUrl }: WireUser): Contact {
  return {
    nativeId: id,
    name: name || null,
    email: null,
    phone: null,
    imageUrl: pictureUrl || null,
  };
}

/** An empty id is written to clear it, so it may be read back as one. */
export function taskOf({ currentTaskId }: Pick<WireConversation, 'currentTaskId'>): string | null {
  return currentTaskId || null;
}

/** What an integration brings comes in from a person; what goes out is the bot's. */
function toRole(direction: string): MessageRole {
  switch (direction) {
    case 'incoming':
      return 'USER';
    case 'outgoing':
      return 'BOT';
    default:
      return 'UNKNOWN';
  }
}

/** Custom types mostly carry their words under the name that the built-in ones give them. */
function textIn(payload: unknown): string | null {
  const isObject = typeof payload === 'object' && payload !== null && 'text' in payload;
  return isObject && typeof payload.text === 'string' ? payload.text : null;
}
