// A message as every provider's becomes one, and the kinds of content it may carry.

import type { ConversationRef } from './ids.ts';
import type { MessageNative } from './native.ts';
import type { MessageRole, Participant } from './participant.ts';
import type { Tag } from './tag.ts';

/** What a row of a conversation is. Everything but MESSAGE is something people usually do not see. */
export const MESSAGE_KINDS = [
  'MESSAGE',
  'NOTE',
  'STATUS_CHANGE',
  'CONTEXT',
  'INSTRUCTION',
  'BACKSTORY',
  'REASONING',
  'ACTIVITY',
  'CHECKPOINT',
  'UNKNOWN',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Rows that steer a bot or tell of its work: nobody's messages, so shown only to who asks for them. */
export function isHidden(kind: MessageKind): boolean {
  switch (kind) {
    case 'CONTEXT':
    case 'INSTRUCTION':
    case 'BACKSTORY':
    case 'REASONING':
    case 'ACTIVITY':
    case 'CHECKPOINT':
      return true;
    case 'MESSAGE':
    case 'NOTE':
    case 'STATUS_CHANGE':
    case 'UNKNOWN':
      return false;
  }
}

export const VISIBILITIES = ['PUBLIC', 'INTERNAL'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const RATINGS = ['HELPFUL', 'UNHELPFUL'] as const;
export type Rating = (typeof RATINGS)[number];

export interface Message {
  readonly conversation: ConversationRef;
  /** The provider's own id, or one derived from what the message says where it gives none. */
  readonly nativeId: string;
  /** Whether `nativeId` is derived. */
  readonly derivedId: boolean;
  readonly role: MessageRole;
  readonly kind: MessageKind;
  readonly visibility: Visibility;
  readonly author: Participant | null;
  /** The best plain rendering of any content. */
  readonly text: string | null;
  readonly content: MessageContent;
  readonly citations: readonly Citation[];
  readonly rating: Rating | null;
  readonly attachments: readonly Attachment[];
  readonly tags: readonly Tag[];
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly native: MessageNative | null;
  /** The provider's own object as it came, not redacted; null where there was none. */
  readonly raw: unknown;
}

export interface Citation {
  /** As the provider words it: `webpage`, `document` … */
  readonly type: string | null;
  readonly title: string | null;
  readonly url: string | null;
}

export interface Attachment {
  readonly name: string | null;
  readonly type: string | null;
  readonly url: string | null;
}

export type MessageContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'markdown'; readonly markdown: string }
  | MediaContent
  | LocationContent
  | ChoiceContent
  | CardContent
  | { readonly type: 'carousel'; readonly cards: readonly CardContent[] }
  | { readonly type: 'bloc'; readonly items: readonly MessageContent[] }
  /** A kind this gateway does not know keeps the provider's own word and payload. */
  | { readonly type: 'unknown'; readonly said: string; readonly payload: unknown };

export interface MediaContent {
  readonly type: 'image' | 'audio' | 'video' | 'file';
  readonly url: string;
  readonly title: string | null;
}

export interface LocationContent {
  readonly type: 'location';
  readonly latitude: number;
  readonly longitude: number;
  readonly address: string | null;
  readonly title: string | null;
}

export interface ChoiceContent {
  readonly type: 'choice';
  readonly text: string;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  /** Whether the provider asked for a drop-down list rather than buttons. */
  readonly dropdown: boolean;
}

export interface CardContent {
  readonly type: 'card';
  readonly title: string;
  readonly subtitle: string | null;
  readonly imageUrl: string | null;
  readonly actions: readonly {
    /** As the provider words it: `postback`, `url`, `say`. */
    readonly action: string;
    readonly label: string;
    readonly value: string;
  }[];
}

/** The best plain rendering of a content, for lists, search and clients that draw nothing but text. */
export function plainText(content: MessageContent): string | null {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'markdown':
      return content.markdown;
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return content.title ?? content.url;
    case 'location':
      return content.title ?? content.address ?? `${content.latitude}, ${content.longitude}`;
    case 'choice':
      return content.text;
    case 'card':
      return content.subtitle ? `${content.title}: ${content.subtitle}` : content.title;
    case 'carousel':
      return lines(content.cards);
    case 'bloc':
      return lines(content.items);
    case 'unknown':
      return null;
  }
}

/** The words of a content that is nothing else; undefined of any other. */
export function bareText(content: MessageContent): string | undefined {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'markdown':
      return content.markdown;
    default:
      return undefined;
  }
}

function lines(contents: readonly MessageContent[]): string | null {
  const texts = contents.map(plainText).filter((text) => text !== null);
  return texts.length > 0 ? texts.join('\n') : null;
}
