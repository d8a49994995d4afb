// What each verb is asked and what it gives back, in the words of the domain. Which of it a provider takes, its table says.

import type {
  Conversation,
  ConversationFilter,
  ConversationPriority,
  ConversationStatus,
} from '../domain/conversation.ts';
import type { Failure } from '../domain/failure.ts';
import type { ConversationRef, MessageRef } from '../domain/ids.ts';
import type {
  Attachment,
  Message,
  MessageContent,
  MessageKind,
  Rating,
  Visibility,
} from '../domain/message.ts';
import type {
  CompleteOptions,
  ContactOptions,
  CreateOptions,
  Json,
  ReplyOptions,
  SendOptions,
  UpdateMessageOptions,
  UpdateOptions,
} from '../domain/native.ts';
import type { Page } from '../domain/page.ts';
import type { Contact, MessageRole } from '../domain/participant.ts';
import type { ReplyUsage } from '../domain/reply.ts';
import type { Tag } from '../domain/tag.ts';

export interface ListConversations {
  readonly filter: ConversationFilter;
  /** Where the page begins, in this provider's own way; null for the first. */
  readonly at: string | null;
  /** How many rows are wanted; a provider that picks its own page size ignores it. */
  readonly size: number;
}

export interface ListMessages {
  readonly conversation: ConversationRef;
  readonly at: string | null;
  readonly size: number;
}

export interface MessagePage extends Page<Message> {
  /** All that CONVERSATION_GET answers, where a service gives both in one answer. */
  readonly conversation?: Conversation;
}

export type CreateField =
  | 'channel'
  | 'tags'
  | 'title'
  | 'description'
  | 'contactId'
  | 'priority'
  | 'message'
  | 'messages';

export interface CreateConversation {
  readonly channel?: string;
  readonly tags: readonly Tag[];
  readonly title?: string;
  readonly description?: string;
  readonly contactId?: string;
  readonly priority?: ConversationPriority;
  /** What the conversation begins with. */
  readonly message?: string;
  /** A history to begin with, oldest first. */
  readonly messages?: readonly { readonly role: MessageRole; readonly text: string }[];
  readonly options?: CreateOptions;
  /** Told its id, and waited for, as soon as there is one: before it is read back, and before whatever else is written. */
  readonly begun?: (nativeId: string) => Promise<void>;
}

export interface GetOrCreateConversation extends CreateConversation {
  /** Names of the tags that must match; absent, all tags must match exactly. */
  readonly discriminateByTags?: readonly string[];
}

export interface GotOrCreated {
  readonly created: boolean;
  readonly conversation: Conversation;
}

export type UpdateField =
  | 'title'
  | 'description'
  | 'status'
  | 'priority'
  | 'archived'
  | 'important'
  | 'assignee'
  | 'contactId'
  | 'tags';

/** Absent is left unchanged; null clears. */
export interface ConversationChanges {
  readonly title?: string | null;
  readonly description?: string | null;
  readonly status?: ConversationStatus;
  readonly priority?: ConversationPriority;
  readonly archived?: boolean;
  readonly important?: boolean;
  readonly assignee?: { readonly id: string; readonly name: string | null } | null;
  readonly contactId?: string | null;
  readonly tags?: { readonly set: readonly Tag[]; readonly remove: readonly string[] };
  readonly options?: UpdateOptions;
}

export interface UpdateConversation {
  readonly conversation: ConversationRef;
  readonly changes: ConversationChanges;
}

export interface UpdatedConversation {
  /** As it is after the update. */
  readonly conversation: Conversation;
  /** What the provider accepted and did not do, by the names of our input: `botpress.currentTaskId`. */
  readonly ignored: readonly string[];
  /** Where an update took several calls and a later one failed: why; the conversation is as it is then. */
  readonly unfinished: Failure | null;
}

export type SendField = 'tags' | 'name' | 'description';

export interface SendMessage {
  readonly conversation: ConversationRef;
  readonly content: MessageContent;
  readonly kind: MessageKind;
  readonly visibility: Visibility;
  readonly as: MessageRole;
  readonly expectReply: boolean;
  readonly tags: readonly Tag[];
  readonly name?: string;
  readonly description?: string;
  readonly options?: SendOptions;
  /** The attempt's own: it goes along where the table says that a message can carry one, and is not shown to clients. */
  readonly mark?: string;
}

export interface MarkedMessage {
  readonly conversation: ConversationRef;
  readonly mark: string;
}

export interface SentMessage {
  /** Null where the provider took it but did not say what became of it. */
  readonly message: Message | null;
  readonly reply: Message | null;
  readonly usage: ReplyUsage | null;
  /** Where the message is stored and the answer to it broke off: why; the reply is what came before that. */
  readonly unfinished: Failure | null;
}

export type MessageField = 'content' | 'kind' | 'as' | 'tags' | 'name' | 'description';

/** Absent is left unchanged; null clears. */
export interface MessageChanges {
  readonly content?: MessageContent;
  readonly kind?: MessageKind;
  readonly as?: MessageRole;
  readonly tags?: { readonly set: readonly Tag[]; readonly remove: readonly string[] };
  readonly name?: string | null;
  readonly description?: string | null;
  readonly options?: UpdateMessageOptions;
}

export interface UpdateMessage {
  readonly message: MessageRef;
  readonly changes: MessageChanges;
}

export interface UpdatedMessage {
  /** As it is after the update. */
  readonly message: Message;
  /** What the provider accepted and did not do, by the names of our input. */
  readonly ignored: readonly string[];
}

export interface RateMessage {
  readonly message: MessageRef;
  /** Null takes a rating back. */
  readonly rating: Rating | null;
}

/** The bot answers what is already there. */
export interface RequestReply {
  readonly conversation: ConversationRef;
  readonly options?: ReplyOptions;
}

export interface RequestedReply {
  /** Null where the bot said nothing. */
  readonly reply: Message | null;
  readonly usage: ReplyUsage | null;
  /** Where the answer broke off: why; the reply is what came before that. */
  readonly unfinished: Failure | null;
}

/** To words that are sent with it, or to what is already there. */
export type StreamReply =
  | { readonly to: 'message'; readonly message: SendMessage }
  | { readonly to: 'history'; readonly request: RequestReply };

export type CompleteField = 'contactId' | 'attachments';

export interface CompleteConversation {
  /** Oldest first. */
  readonly messages: readonly {
    readonly role: MessageRole;
    readonly kind: MessageKind;
    readonly text: string;
    readonly name?: string;
    readonly description?: string;
    readonly meta?: Readonly<Record<string, Json>>;
  }[];
  readonly contactId?: string;
  readonly attachments?: readonly { readonly url: string }[];
  readonly options?: CompleteOptions;
}

/** Nothing of it is stored, so nothing of it has an id. */
export interface CompletedConversation {
  readonly text: string;
  readonly usage: ReplyUsage;
}

export type ContactField = 'name' | 'description' | 'email' | 'phone' | 'imageUrl' | 'tags';

export interface UpsertContact {
  /** The conversation it becomes the contact of, where the table says `of: 'conversation'`; else absent. */
  readonly conversation?: ConversationRef;
  readonly name?: string;
  readonly description?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly imageUrl?: string;
  readonly tags: readonly Tag[];
  readonly options?: ContactOptions;
}

/**
 * CREATED: it is new. UPDATED: it was there, and has what was given now. LINKED: it is the conversation's contact now, and
 * whether it is new its provider does not tell. UNCHANGED: it was there, and nothing was written.
 */
export const CONTACT_OUTCOMES = ['CREATED', 'UPDATED', 'LINKED', 'UNCHANGED'] as const;
export type ContactOutcome = (typeof CONTACT_OUTCOMES)[number];

export interface UpsertedContact {
  readonly outcome: ContactOutcome;
  readonly contact: Contact;
}

export interface ListParticipants {
  readonly conversation: ConversationRef;
  readonly at: string | null;
  readonly size: number;
}

export interface NameParticipant {
  readonly conversation: ConversationRef;
  /** The provider's own id of the person. */
  readonly participantId: string;
}

export type UploadField = 'url' | 'file';

/** `url`: where the bytes are (http:, https:), or the bytes themselves (data:). `file`: they are to be sent later. */
export interface UploadAttachment {
  readonly conversation: ConversationRef;
  readonly source:
    | { readonly kind: 'url'; readonly url: string }
    | {
        readonly kind: 'file';
        /** Its media type. */
        readonly type: string;
        /** Bytes. */
        readonly size: number;
        readonly name?: string;
      };
}

export interface UploadedAttachment {
  readonly attachment: Attachment;
  /** Of the two-step form: how the client sends the bytes, to the provider itself. */
  readonly upload: HttpRequest | null;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface CreateSession {
  readonly conversation: ConversationRef;
  /** Absent, what the provider takes for usual. */
  readonly durationSeconds?: number;
}

/** Lets a browser speak to the provider itself, in this conversation alone. */
export interface Session {
  readonly token: string;
  readonly expiresAt: Date;
}
