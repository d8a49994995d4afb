// From what Botpress says to what a client reads: conversations, messages and tags. Pure, and total.

import type { Conversation } from '../../domain/conversation.ts';
import type { ConversationRef, ProviderName } from '../../domain/ids.ts';
import { type Message, plainText } from '../../domain/message.ts';
import type { MessageRole } from '../../domain/participant.ts';
import type { Tag } from '../../domain/tag.ts';
import { toContent } from './content.ts';
import type { WireConversation, WireMessage } from './wire.ts';

/**
 * One conversation. It has no title, no state and no flags here, and its participants are another question; whether a
 * message changes `updatedAt` is not written down anywhere, so `lastActivityAt` stays null.
 */
export function toConversation(said: WireConversation, provider: ProviderName): Conversation {
  const createdAt = toDate(said.createdAt);
  const updatedAt = toDate(said.updatedAt);
  return {
    provider,
    nativeId: said.id,
    channel: said.channel ?? null,
    title: null,
    description: null,
    preview: null,
    status: null,
    priority: null,
    archived: null,
    important: null,
    tags: toTags(said.tags),
    contact: null,
    assignee: null,
    messageCount: said.messageCount ?? null,
    createdAt,
    updatedAt,
    lastActivityAt: null,
    sortedAt: updatedAt ?? createdAt ?? new Date(0),
    embedded: null,
    native: {
      kind: 'botpress',
      integration: said.integration ?? null,
      currentTaskId: taskOf(said),
      currentWorkflowId: said.currentWorkflowId ?? null,
      properties: said.properties ?? null,
    },
  };
}

/** Rows of a list that descends by `updatedAt`. */
export function toConversations(
  rows: readonly WireConversation[],
  provider: ProviderName,
): Conversation[] {
  // A row without a date stands where the list put it: an older time would make rows below it look seen already.
  let above = rows.map((row) => toDate(row.updatedAt)).find((date) => date !== null);
  return rows.map((row) => {
    const conversation = toConversation(row, provider);
    above = conversation.updatedAt ?? above;
    return above ? { ...conversation, sortedAt: above } : conversation;
  });
}

/** A message. Nobody says who its author is but by id; the role is read off the direction. */
export function toMessage(said: WireMessage, conversation: ConversationRef): Message {
  const type = said.type ?? '';
  const direction = said.direction ?? '';
  const role = toRole(direction);
  const content = toContent(type, said.payload ?? null);
  return {
    conversation,
    nativeId: said.id,
    derivedId: false,
    role,
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: said.userId
      ? { nativeId: said.userId, role, name: null, email: null, imageUrl: null }
      : null,
    text: plainText(content) ?? textIn(said.payload),
    content,
    citations: [],
    rating: null,
    attachments: [],
    tags: toTags(said.tags),
    createdAt: toDate(said.createdAt),
    updatedAt: toDate(said.updatedAt),
    native: {
      kind: 'botpress',
      type,
      payload: said.payload ?? null,
      direction,
      userId: said.userId ?? '',
      origin: said.origin ?? null,
    },
  };
}

export function toDate(text: string | null | undefined): Date | null {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** An empty id is written to clear it, so it may be read back as one. */
export function taskOf({ currentTaskId }: Pick<WireConversation, 'currentTaskId'>): string | null {
  return currentTaskId || null;
}

function toTags(tags: WireConversation['tags']): Tag[] {
  return Object.entries(tags ?? {}).map(([key, value]) => ({
    key,
    // An empty value is how a tag is removed, so it is no value.
    value: typeof value === 'string' && value !== '' ? value : null,
  }));
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
