// What an end user is shown of a row: what was said to them and by them, and nothing that a desk keeps for itself. Every
// field by its name: one that is added is shown to nobody before somebody has thought of it.

import type { ContactOf } from '../domain/caller.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';

/** Of a kind that nobody here knows nobody can say whom it is for. */
export function isForThem({ kind, visibility }: Message): boolean {
  return visibility === 'PUBLIC' && (kind === 'MESSAGE' || kind === 'STATUS_CHANGE');
}

export function theirConversation(conversation: Conversation, own: ContactOf): Conversation {
  const { contact, assignee, embedded } = conversation;
  return {
    provider: conversation.provider,
    nativeId: conversation.nativeId,
    channel: conversation.channel,
    title: conversation.title,
    description: null,
    // It may be the beginning of a note.
    preview: null,
    status: conversation.status,
    priority: null,
    archived: null,
    important: null,
    tags: [],
    contact,
    assignee: assignee && { ...assignee, email: null },
    messageCount: null,
    createdAt: conversation.createdAt,
    updatedAt: conversation.updatedAt,
    lastActivityAt: conversation.lastActivityAt,
    sortedAt: conversation.sortedAt,
    embedded: embedded && {
      items: embedded.items.filter(isForThem).map((message) => theirMessage(message, own)),
      complete: embedded.complete,
    },
    native: null,
    raw: null,
  };
}

export function theirMessage(message: Message, own: ContactOf): Message {
  const { author } = message;
  return {
    conversation: message.conversation,
    nativeId: message.nativeId,
    derivedId: message.derivedId,
    role: message.role,
    kind: message.kind,
    visibility: message.visibility,
    author: author && (author.nativeId === own.nativeId ? author : { ...author, email: null }),
    text: message.text,
    content: message.content,
    citations: message.citations,
    rating: message.rating,
    attachments: message.attachments,
    tags: [],
    createdAt: message.createdAt,
    updatedAt: message.updatedAt,
    native: null,
    raw: null,
  };
}

/** Null for what is not for them. */
export function theirMessageOrNone(message: Message | null, own: ContactOf): Message | null {
  return message && isForThem(message) ? theirMessage(message, own) : null;
}
