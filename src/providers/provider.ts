// The contract of a provider: a name and a table of what it can do. What is not in the table is refused before any call.

import type {
  Conversation,
  ConversationFilter,
  ConversationPriority,
  ConversationStatus,
  FilterField,
} from '../domain/conversation.ts';
import type { Failure, Outcome } from '../domain/failure.ts';
import type { ConversationRef, MessageRef, ProviderName } from '../domain/ids.ts';
import type { Message, MessageContent, MessageKind, Visibility } from '../domain/message.ts';
import type { CreateOptions, SendOptions, UpdateOptions } from '../domain/native.ts';
import type { Order, Page, Paging } from '../domain/page.ts';
import type { MessageRole } from '../domain/participant.ts';
import type { Tag } from '../domain/tag.ts';
import type { Verb } from '../domain/verb.ts';
import type { Http, ReadMemo } from './http.ts';

export interface Provider {
  readonly name: ProviderName;
  readonly kind: string;
  /** How long one verb may take. */
  readonly deadlineMs: number;
  /** The same where an AI answers within the call. */
  readonly replyDeadlineMs: number;
  readonly can: VerbTable;
}

export type VerbTable = { readonly [V in Verb]: Able<V> | Unable };

/** NATIVE: the provider has this verb. EMULATED: made of its other verbs. */
export type Able<V extends Verb> = Verbs[V] & {
  readonly support: 'NATIVE' | 'EMULATED';
  /** One sentence on how, where that may surprise. */
  readonly note: string | null;
};

export interface Unable {
  readonly support: 'NONE';
  /** One sentence: why not, and what to do instead. */
  readonly note: string;
}

/** What every verb is handed besides its input. */
export interface Call {
  /** Aborted at the deadline, and when the client has gone. */
  readonly signal: AbortSignal;
  /** Reads already asked during this operation; the same question is never asked twice. */
  readonly reads: ReadMemo;
}

/** Made by the composition root for one account. */
export interface ProviderParts {
  readonly http: Http;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What every account has, whatever its kind. */
export interface Account {
  readonly name: ProviderName;
  readonly deadlineMs: number;
  readonly replyDeadlineMs: number;
}

/** A credential: its text is had by asking, and in no other way. */
export interface Credential {
  reveal(): string;
}

type Does<Input, Value> = (input: Input, call: Call) => Promise<Outcome<Value>>;

interface Verbs {
  readonly CONVERSATION_LIST: {
    readonly paging: Paging;
    readonly order: Order;
    readonly filters: FilterTable;
    readonly does: Does<ListConversations, Page<Conversation>>;
  };
  readonly CONVERSATION_GET: { readonly does: Does<ConversationRef, Conversation> };
  readonly CONVERSATION_CREATE: {
    readonly fields: readonly CreateField[];
    readonly does: Does<CreateConversation, Conversation>;
  };
  /** Composed by the gateway where `matches` stands in the place of `does`. */
  readonly CONVERSATION_GET_OR_CREATE: {
    readonly fields: readonly (CreateField | 'discriminateByTags')[];
  } & (
    | { readonly does: Does<GetOrCreateConversation, GotOrCreated> }
    | { readonly matches: 'contact' | 'contact-and-tags' }
  );
  readonly CONVERSATION_UPDATE: {
    readonly fields: readonly UpdateField[];
    readonly does: Does<UpdateConversation, UpdatedConversation>;
  };
  readonly CONVERSATION_DELETE: { readonly does: Does<ConversationRef, null> };
  /** Newest first. */
  readonly MESSAGE_LIST: {
    readonly paging: Paging;
    readonly order: Order;
    readonly does: Does<ListMessages, Page<Message>>;
  };
  readonly MESSAGE_GET: { readonly does: Does<MessageRef, Message> };
  readonly MESSAGE_SEND: {
    readonly fields: readonly SendField[];
    /** The natural one first: it is taken where the client names none. */
    readonly roles: readonly [MessageRole, ...MessageRole[]];
    readonly kinds: readonly MessageKind[];
    readonly visibilities: readonly Visibility[];
    readonly contentKinds: readonly MessageContent['type'][];
    /** Whether a bot answers within the call. */
    readonly replies: 'always' | 'when-asked' | 'never';
    readonly does: Does<SendMessage, SentMessage>;
  };
}

/**
 * `pushed`: the provider filters, exactly. `scanned`: the gateway compares rows; the adapter may ask for fewer as long
 * as no row that matches is lost. `lacking`: its conversations have no such thing, so it is left out of the answer.
 */
export type FilterTable = Readonly<Record<FilterField, 'pushed' | 'scanned' | 'lacking'>>;

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
}

export interface SentMessage {
  /** Null where the provider took it but did not say what became of it. */
  readonly message: Message | null;
  readonly reply: Message | null;
  readonly usage: ReplyUsage | null;
}

export interface ReplyUsage {
  /** Tokens, as the provider counts them. */
  readonly tokens: number | null;
  /** Why the answer ended, in the provider's own word. */
  readonly endReason: string | null;
}
