// What ChatBotKit says of a message, in our words, and the types under which it keeps what we say.

import type { ConversationRef } from '../../domain/ids.ts';
import type {
  Attachment,
  Message,
  MessageContent,
  MessageKind,
  Visibility,
} from '../../domain/message.ts';
import type { MessageRole } from '../../domain/participant.ts';
import { dateOf, textOf } from './mapping.ts';
import { tagsOf } from './meta.ts';
import { type WireMessage, WireUpload } from './wire.ts';

/** A row of a list or of a fetch; names and descriptions come with a fetch alone. */
export function toMessage(wire: WireMessage, conversation: ConversationRef): Message {
  const { role, kind } = natureOf(wire.type);
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
    content: contentOf(wire.type, text),
    citations: [],
    rating: null,
    attachments: attachmentsOf(wire),
    tags: tagsOf(wire.meta),
    createdAt: dateOf(wire.createdAt),
    updatedAt: dateOf(wire.updatedAt),
    native: {
      kind: 'chatbotkit',
      type: wire.type ?? '',
      meta: wire.meta ?? null,
      name: textOf(wire.name),
      description: textOf(wire.description),
    },
  };
}

/** An answer of which no row was found: what was said of it, and no time made up. */
export function toUnseenReply(id: string, text: string, conversation: ConversationRef): Message {
  return {
    ...toMessage({ id, type: 'bot', text, meta: null }, conversation),
    native: null,
  };
}

interface Nature {
  readonly role: MessageRole;
  readonly kind: MessageKind;
}

/** A word of tomorrow is kept in the native part. */
function natureOf(type: string | null | undefined): Nature {
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

function contentOf(type: string | null | undefined, text: string | null): MessageContent {
  if (text === null) return { type: 'unknown', said: type ?? '', payload: null };
  // What a model writes is markdown; what people write is taken as it stands.
  return type === 'bot' ? { type: 'markdown', markdown: text } : { type: 'text', text };
}

function attachmentsOf({ type, meta }: WireMessage): Attachment[] {
  const upload = type === 'activity' ? WireUpload.safeParse(meta).data : undefined;
  if (!upload) return [];
  const { name = null, type: mediaType = null, url } = upload.activity.function.result;
  return [{ name, type: mediaType, url }];
}
