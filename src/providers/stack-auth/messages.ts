// A row of a conversation's timeline becomes a message; a page of them is a slice of the detail, which always holds all.

import type { ConversationRef, MessageRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import { dateOf } from './dates.ts';
import { readAttachment, type WireMessage } from './wire.ts';
import { kindOf, roleOf, visibilityOf } from './words.ts';

/** Total: a kind or a sender that is not known here keeps its word in `native`. */
export function toMessage(wire: WireMessage, conversation: ConversationRef): Message {
  const kind = kindOf(wire.messageType);
  const role = roleOf(wire.sender?.type);
  const text = wire.body ?? null;
  return {
    conversation,
    nativeId: wire.id,
    derivedId: false,
    role,
    kind,
    visibility: visibilityOf(kind),
    // As they were when they wrote: the service keeps a snapshot, which outlives the user.
    author: wire.sender
      ? {
          nativeId: wire.sender.id ?? null,
          role,
          name: wire.sender.displayName ?? null,
          email: wire.sender.primaryEmail ?? null,
          imageUrl: null,
        }
      : null,
    text,
    // A change of status has no body; what it says is in its metadata.
    content:
      text === null
        ? { type: 'unknown', said: wire.messageType ?? '', payload: wire.metadata ?? null }
        : { type: 'text', text },
    citations: [],
    rating: null,
    attachments: (wire.attachments ?? []).flatMap((said) => {
      const attachment = readAttachment(said);
      if (!attachment) return [];
      const { name, type, contentType, url } = attachment;
      return [{ name: name ?? null, type: contentType ?? type ?? null, url: url ?? null }];
    }),
    tags: [],
    createdAt: dateOf(wire.createdAt),
    updatedAt: null,
    native: {
      kind: 'stack-auth',
      messageType: wire.messageType ?? '',
      metadata: wire.metadata ?? null,
      sender: {
        type: wire.sender?.type ?? '',
        id: wire.sender?.id ?? null,
        displayName: wire.sender?.displayName ?? null,
        primaryEmail: wire.sender?.primaryEmail ?? null,
      },
      subject: wire.subject ?? '',
      status: wire.status ?? '',
      priority: wire.priority ?? '',
      source: wire.source ?? '',
      userId: wire.userId ?? null,
      teamId: wire.teamId ?? null,
    },
  };
}

/** Newest first, from messages that are oldest first. */
export function newestFirst(
  messages: readonly WireMessage[],
  conversation: ConversationRef,
): Message[] {
  return messages.toReversed().map((message) => toMessage(message, conversation));
}

/** The rows after the one named by `at`; from the newest where there is none of that id. */
export function pageOfMessages(
  messages: readonly Message[],
  { at, size }: { readonly at: string | null; readonly size: number },
): Page<Message> {
  const start = messages.findIndex(({ nativeId }) => nativeId === at) + 1;
  const items = messages.slice(start, start + Math.max(1, size));
  const more = start + items.length < messages.length;
  return { items, next: more ? (items.at(-1)?.nativeId ?? null) : null };
}

/** The row that a write added: the newest of that type with that body. Undefined where the answer does not show it. */
export function addedMessage(
  messages: readonly WireMessage[],
  written: { readonly messageType: string; readonly body: string },
): WireMessage | undefined {
  return messages.findLast(
    ({ messageType, body, sender }) =>
      messageType === written.messageType && body === written.body && sender?.type !== 'user',
  );
}

export function nameOfMessage({ conversation, nativeId }: MessageRef): string {
  return `message ${nativeId} of conversation ${conversation.nativeId} at ${conversation.provider}`;
}
