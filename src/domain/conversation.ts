// A conversation as every provider's becomes one, and what a client may ask of many.

import type { ProviderName } from './ids.ts';
import type { Message } from './message.ts';
import type { ConversationNative } from './native.ts';
import type { Contact, Participant } from './participant.ts';
import { meetsTag, type Tag } from './tag.ts';

export const CONVERSATION_STATUSES = ['OPEN', 'PENDING', 'CLOSED', 'UNKNOWN'] as const;
export type ConversationStatus = (typeof CONVERSATION_STATUSES)[number];

export const CONVERSATION_PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'URGENT', 'UNKNOWN'] as const;
export type ConversationPriority = (typeof CONVERSATION_PRIORITIES)[number];

/** Null means that the provider has no such thing, or did not say; nothing here is invented. */
export interface Conversation {
  readonly provider: ProviderName;
  readonly nativeId: string;
  readonly channel: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly preview: string | null;
  readonly status: ConversationStatus | null;
  readonly priority: ConversationPriority | null;
  readonly archived: boolean | null;
  readonly important: boolean | null;
  readonly tags: readonly Tag[];
  readonly contact: Contact | null;
  readonly assignee: Participant | null;
  readonly messageCount: number | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly lastActivityAt: Date | null;
  /** The time by which its provider lists it. */
  readonly sortedAt: Date;
  /** Newest messages that came along with the conversation, where the provider embeds them. */
  readonly embedded: EmbeddedMessages | null;
  readonly native: ConversationNative | null;
  /** The provider's own object as it came, not redacted; null where there was none. */
  readonly raw: unknown;
}

export interface EmbeddedMessages {
  /** Newest first. */
  readonly items: readonly Message[];
  /** Whether these are all there are. */
  readonly complete: boolean;
}

export interface ConversationFilter {
  readonly channel?: string;
  /** The provider's own id of the contact. */
  readonly contactId?: string;
  readonly tags?: readonly Tag[];
  readonly status?: readonly ConversationStatus[];
  readonly archived?: boolean;
  readonly important?: boolean;
  /** Inclusive. */
  readonly createdAfter?: Date;
  /** Inclusive. */
  readonly createdBefore?: Date;
  readonly search?: string;
}

export type FilterField = keyof ConversationFilter;

export const FILTER_FIELDS: readonly FilterField[] = [
  'channel',
  'contactId',
  'tags',
  'status',
  'archived',
  'important',
  'createdAfter',
  'createdBefore',
  'search',
];

/** Whether a conversation meets one field of a filter, judged by what the row itself says. */
export function meetsFilter(
  conversation: Conversation,
  filter: ConversationFilter,
  field: FilterField,
): boolean {
  switch (field) {
    case 'channel':
      return filter.channel === undefined || conversation.channel === filter.channel;
    case 'contactId':
      return filter.contactId === undefined || conversation.contact?.nativeId === filter.contactId;
    case 'tags':
      return (filter.tags ?? []).every((tag) => meetsTag(conversation.tags, tag));
    case 'status':
      return (
        filter.status === undefined ||
        (conversation.status !== null && filter.status.includes(conversation.status))
      );
    case 'archived':
      return filter.archived === undefined || conversation.archived === filter.archived;
    case 'important':
      return filter.important === undefined || conversation.important === filter.important;
    case 'createdAfter':
      return (
        filter.createdAfter === undefined ||
        (conversation.createdAt !== null && conversation.createdAt >= filter.createdAfter)
      );
    case 'createdBefore':
      return (
        filter.createdBefore === undefined ||
        (conversation.createdAt !== null && conversation.createdAt <= filter.createdBefore)
      );
    case 'search':
      return filter.search === undefined || mentions(conversation, filter.search);
  }
}

function mentions(conversation: Conversation, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  const { title, description, preview, contact, embedded } = conversation;
  return [
    title,
    description,
    preview,
    contact?.name,
    contact?.email,
    ...(embedded?.items ?? []).map((message) => message.text),
  ].some((text) => text?.toLowerCase().includes(wanted));
}
