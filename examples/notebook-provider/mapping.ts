// From what the notebook service says to what a client reads. Pure, and total: what is not known keeps its word.

import {
  type Conversation,
  type ConversationRef,
  type Message,
  type MessageRole,
  type ProviderName,
  timesInPlace,
  toDate,
} from 'parlance';
import type { WireNote, WireNotebook } from './wire.ts';

/** Rows of a list, which descends by creation. */
export function toConversations(
  rows: readonly WireNotebook[],
  provider: ProviderName,
): Conversation[] {
  const times = timesInPlace(rows.map((row) => toDate(row.createdAt)));
  return rows.map((row, index) => {
    const conversation = toConversation(row, provider);
    return { ...conversation, sortedAt: times[index] ?? conversation.sortedAt };
  });
}

export function toConversation(row: WireNotebook, provider: ProviderName): Conversation {
  const createdAt = toDate(row.createdAt);
  return {
    provider,
    nativeId: row.id,
    channel: null,
    title: row.title ?? null,
    description: null,
    preview: row.preview ?? null,
    status: null,
    priority: null,
    archived: null,
    important: null,
    tags: (row.labels ?? []).map(({ key, value }) => ({ key, value: value ?? null })),
    contact: row.reader
      ? { nativeId: row.reader, name: null, email: null, phone: null, imageUrl: null }
      : null,
    assignee: null,
    messageCount: row.notes ?? null,
    createdAt,
    updatedAt: toDate(row.updatedAt),
    lastActivityAt: toDate(row.lastNoteAt),
    sortedAt: createdAt ?? new Date(0),
    embedded: null,
    native: { kind: 'generic', of: 'notebook', data: { colour: row.colour ?? null } },
    raw: row.raw,
  };
}

export function toMessage(row: WireNote, conversation: ConversationRef): Message {
  const text = row.text ?? '';
  return {
    conversation,
    nativeId: row.id,
    derivedId: false,
    role: toRole(row.by),
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: null,
    text,
    content: { type: 'text', text },
    citations: [],
    rating: null,
    attachments: [],
    tags: [],
    createdAt: toDate(row.createdAt),
    updatedAt: toDate(row.updatedAt),
    native: { kind: 'generic', of: 'notebook', data: { by: row.by ?? null } },
    raw: row.raw,
  };
}

function toRole(by: string | null | undefined): MessageRole {
  switch (by) {
    case 'reader':
      return 'USER';
    case 'keeper':
      return 'AGENT';
    default:
      return 'UNKNOWN';
  }
}
