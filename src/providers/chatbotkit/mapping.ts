// From what ChatBotKit says to what a client reads: conversations and messages. Pure, and total.

import type { Conversation } from '../../domain/conversation.ts';
import type { ConversationRef, ProviderName } from '../../domain/ids.ts';
import type {
  Attachment,
  Message,
  MessageContent,
  MessageKind,
  Visibility,
} from '../../domain/message.ts';
import type { ChatBotKitConversation } from '../../domain/native.ts';
import type { MessageRole } from '../../domain/participant.ts';
import { timesInPlace, toDate } from '../wire-reading.ts';
import { toTags, withoutMark } from './tags.ts';
import { type WireConversation, type WireMessage, WireUpload } from './wire.ts';

/** Rows of a list that descends by `createdAt`. */
export function toConversations(
  rows: readonly WireConversation[],
  provider: ProviderName,
): Conversation[] {
  const times = timesInPlace(rows.map((row) => toDate(row.createdAt)));
  return rows.map((row, index) => {
    const conversation = toConversation(row, provider);
    return { ...conversation, sortedAt: times[index] ?? conversation.sortedAt };
  });
}

/**
 * One conversation, listed by its creation: messages do not touch it. It has no status, priority, flags or people in
 * charge here.
 */
export function toConversation(wire: WireConversation, provider: ProviderName): Conversation {
  const createdAt = toDate(wire.createdAt);
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
    tags: toTags(wire.meta),
    contact: wire.contactId
      ? { nativeId: wire.contactId, name: null, email: null, phone: null, imageUrl: null }
      : null,
    assignee: null,
    messageCount: null,
    createdAt,
    updatedAt: toDate(wire.updatedAt),
    lastActivityAt: null,
    sortedAt: createdAt ?? new Date(0),
    embedded: null,
    raw: wire.raw,
    native: toNative(wire),
  };
}

/** A message of a list or by itself; names and descriptions come with one by itself alone. */
export function toMessage(wire: WireMessage, conversation: ConversationRef): Message {
  const { role, kind } = toNature(wire.type);
  const text = wire.text ?? null;
  return {
    conversation,
    nativeId: wire.id,
    derivedId: false,
    role,
    kind,
    visibility: visibilityOf(kind),
    author: null,
    text,
    content: toContent(wire.type, text),
    citations: [],
    rating: null,
    attachments: toAttachments(wire),
    tags: toTags(wire.meta),
    createdAt: toDate(wire.createdAt),
    updatedAt: toDate(wire.updatedAt),
    raw: wire.raw,
    native: {
      kind: 'chatbotkit',
      type: wire.type ?? '',
      meta: withoutMark(wire.meta) ?? null,
      name: textOf(wire.name),
      description: textOf(wire.description),
    },
  };
}

/** A message of which no row was found: what was said of it, and no time made up. */
export function toUnseen(
  said: { readonly id: string; readonly type: 'user' | 'bot'; readonly text: string },
  conversation: ConversationRef,
): Message {
  return { ...toMessage({ ...said, meta: null, raw: null }, conversation), native: null };
}

/** An empty text is how some of its writers leave a column unset. */
export function textOf(said: string | null | undefined): string | null {
  return said || null;
}

/** Whether a text that was asked for is not the one there is. Spaces around it are the service's to keep or drop. */
export function isOther(asked: string | null | undefined, is: string | null | undefined): boolean {
  return asked !== undefined && (textOf(asked)?.trim() ?? null) !== (is?.trim() ?? null);
}

function toNative(wire: WireConversation): ChatBotKitConversation {
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
    expiresAt: toDate(wire.expiresAt),
  };
}

interface Nature {
  readonly role: MessageRole;
  readonly kind: MessageKind;
}

/** A word of tomorrow is kept in the native part. */
function toNature(type: string | null | undefined): Nature {
  return NATURES.get(type ?? '') ?? { role: 'UNKNOWN', kind: 'UNKNOWN' };
}

/** Only what was said aloud is for everyone's eyes; of a kind unknown here nobody can say. */
export function visibilityOf(kind: MessageKind): Visibility {
  return kind === 'MESSAGE' ? 'PUBLIC' : 'INTERNAL';
}

/** Undefined for a role that cannot say a thing of this kind. */
export function typeOf(kind: MessageKind, as: MessageRole): string | undefined {
  for (const [type, nature] of NATURES) {
    if (nature.kind !== kind) continue;
    // USER is what a client writes as that names no role, and hidden rows are of one role each.
    if (nature.role === as || (kind !== 'MESSAGE' && as === 'USER')) return type;
  }
  return undefined;
}

const NATURES: ReadonlyMap<string, Nature> = new Map([
  ['user', { role: 'USER', kind: 'MESSAGE' }],
  ['bot', { role: 'BOT', kind: 'MESSAGE' }],
  ['context', { role: 'SYSTEM', kind: 'CONTEXT' }],
  ['instruction', { role: 'SYSTEM', kind: 'INSTRUCTION' }],
  ['backstory', { role: 'SYSTEM', kind: 'BACKSTORY' }],
  ['reasoning', { role: 'BOT', kind: 'REASONING' }],
  ['activity', { role: 'SYSTEM', kind: 'ACTIVITY' }],
  ['checkpoint', { role: 'SYSTEM', kind: 'CHECKPOINT' }],
]);

function toContent(type: string | null | undefined, text: string | null): MessageContent {
  if (text === null) return { type: 'unknown', said: type ?? '', payload: null };
  // What a model writes is markdown; what people write is taken as it stands.
  return type === 'bot' ? { type: 'markdown', markdown: text } : { type: 'text', text };
}

function toAttachments({ type, meta }: WireMessage): Attachment[] {
  const upload = type === 'activity' ? WireUpload.safeParse(meta).data : undefined;
  if (!upload) return [];
  const { name = null, type: mediaType = null, url } = upload.activity.function.result;
  return [{ name, type: mediaType, url }];
}
