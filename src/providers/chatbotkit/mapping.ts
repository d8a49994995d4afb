// What ChatBotKit says of a conversation, in our words. It has no status, priority, flags or people in charge: those stay null.

import type { Conversation } from '../../domain/conversation.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { ChatBotKitConversation } from '../../domain/native.ts';
import { tagsOf } from './meta.ts';
import type { Moment, WireConversation } from './wire.ts';

/** A page of the list, in its order. */
export function toConversations(
  rows: readonly WireConversation[],
  provider: ProviderName,
): Conversation[] {
  // A row that does not say when it was created is not newer than the one above it, and no time is made up for it.
  let above = rows.map((row) => dateOf(row.createdAt)).find((date) => date !== null) ?? EPOCH;
  return rows.map((row) => {
    above = dateOf(row.createdAt) ?? above;
    return toConversation(row, provider, above);
  });
}

/** Listed by its creation: messages do not touch a conversation here. */
export function toConversation(
  wire: WireConversation,
  provider: ProviderName,
  sortedAt: Date = dateOf(wire.createdAt) ?? EPOCH,
): Conversation {
  return {
    provider,
    nativeId: wire.id,
    channel: null,
    title: textOf(wire.name),
    description: textOf(wire.description),
    preview: null,
    status: null,
    priority: null,
    archived: null,
    important: null,
    tags: tagsOf(wire.meta),
    contact: wire.contactId
      ? { nativeId: wire.contactId, name: null, email: null, phone: null, imageUrl: null }
      : null,
    assignee: null,
    messageCount: null,
    createdAt: dateOf(wire.createdAt),
    updatedAt: dateOf(wire.updatedAt),
    lastActivityAt: null,
    sortedAt,
    embedded: null,
    native: nativeOf(wire),
  };
}

/** An empty text is how some of its writers leave a column unset. */
export function textOf(said: string | null | undefined): string | null {
  return said || null;
}

/** Null for what is no time. */
export function dateOf(said: Moment): Date | null {
  if (said === null || said === undefined) return null;
  const date = new Date(said);
  return Number.isNaN(date.getTime()) ? null : date;
}

const EPOCH = new Date(0);

function nativeOf(wire: WireConversation): ChatBotKitConversation {
  return {
    kind: 'chatbotkit',
    meta: wire.meta ?? null,
    contactId: textOf(wire.contactId),
    taskId: textOf(wire.taskId),
    spaceId: textOf(wire.spaceId),
    botId: textOf(wire.botId),
    model: textOf(wire.model),
    backstory: textOf(wire.backstory),
    datasetId: textOf(wire.datasetId),
    skillsetId: textOf(wire.skillsetId),
    privacy: wire.privacy ?? null,
    moderation: wire.moderation ?? null,
    expiresAt: dateOf(wire.expiresAt),
  };
}
