// The contract of a provider: a name and a table of what it can do. What is not in the table is refused before any call.

import type { Conversation, FilterField } from '../domain/conversation.ts';
import type { News } from '../domain/event.ts';
import type { Outcome } from '../domain/failure.ts';
import type { ConversationRef, MessageRef, ProviderName } from '../domain/ids.ts';
import type { Message, MessageContent, MessageKind, Visibility } from '../domain/message.ts';
import type { SendOptions } from '../domain/native.ts';
import type { Order, Page, Paging } from '../domain/page.ts';
import type { MessageRole, Participant } from '../domain/participant.ts';
import type { ReplyEvent } from '../domain/reply.ts';
import type { Verb } from '../domain/verb.ts';
import type { Http, ReadMemo } from './http.ts';
import type {
  CompleteConversation,
  CompletedConversation,
  CompleteField,
  ContactField,
  CreateConversation,
  CreateField,
  CreateSession,
  GetOrCreateConversation,
  GotOrCreated,
  ListConversations,
  ListMessages,
  ListParticipants,
  MarkedMessage,
  MessageField,
  MessagePage,
  NameParticipant,
  RateMessage,
  RequestedReply,
  RequestReply,
  SendField,
  SendMessage,
  SentMessage,
  Session,
  StreamReply,
  UpdateConversation,
  UpdatedConversation,
  UpdatedMessage,
  UpdateField,
  UpdateMessage,
  UploadAttachment,
  UploadedAttachment,
  UploadField,
  UpsertContact,
  UpsertedContact,
} from './verbs.ts';

export interface Provider {
  readonly name: ProviderName;
  readonly kind: string;
  /** How long one verb may take. */
  readonly deadlineMs: number;
  /** The same where an AI answers within the call. */
  readonly replyDeadlineMs: number;
  readonly can: VerbTable;
  /** How its news arrives besides by looking; absent, in no other way. */
  readonly inbound?: Inbound;
}

export interface Inbound {
  /** Requests a minute that the service takes of this account; null where no number is known. */
  readonly budgetPerMinute: number | null;
  /**
   * What was posted to us by the service. `forbidden` where it does not prove that it is from there, `invalid-input` where it
   * makes no sense; nothing it says is believed that could be read again instead.
   */
  readonly webhook?: (request: WebhookRequest, call: Call) => Promise<Outcome<readonly News[]>>;
  /** What happens in one conversation, while somebody listens. Ends where the service ends it, or with a failure. */
  readonly follow?: (
    conversation: ConversationRef,
    call: Call,
  ) => AsyncIterable<Outcome<readonly News[]>>;
}

export interface WebhookRequest {
  header(name: string): string | undefined;
  /** As it came: a signature is of these very bytes. */
  readonly body: Buffer;
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

/** A table of nothing, to be filled in: every verb refused with one and the same sentence. */
export function unableTable(note: string): VerbTable {
  const unable: Unable = { support: 'NONE', note };
  return {
    CONVERSATION_LIST: unable,
    CONVERSATION_GET: unable,
    CONVERSATION_CREATE: unable,
    CONVERSATION_GET_OR_CREATE: unable,
    CONVERSATION_UPDATE: unable,
    CONVERSATION_DELETE: unable,
    MESSAGE_LIST: unable,
    MESSAGE_GET: unable,
    MESSAGE_SEND: unable,
    MESSAGE_UPDATE: unable,
    MESSAGE_DELETE: unable,
    MESSAGE_RATE: unable,
    REPLY_REQUEST: unable,
    REPLY_STREAM: unable,
    CONVERSATION_COMPLETE: unable,
    CONTACT_UPSERT: unable,
    PARTICIPANT_LIST: unable,
    PARTICIPANT_ADD: unable,
    PARTICIPANT_REMOVE: unable,
    ATTACHMENT_UPLOAD: unable,
    SESSION_CREATE: unable,
  };
}

/** What every verb is handed besides its input. */
export interface Call {
  /** Aborted at the deadline, and when the client has gone. */
  readonly signal: AbortSignal;
  /** Reads already asked during this operation; the same question is never asked twice. */
  readonly reads: ReadMemo;
  /** On whose behalf: people come before whoever only looks for news. Absent, a client's. */
  readonly asker?: 'client' | 'watch';
  /** Set where a write waits for it: what it reads for that comes before what others read. */
  readonly forWrite?: boolean;
  /** Until the deadline, in milliseconds; absent, nobody knows. */
  readonly leftMs?: () => number;
  /** What it is done for. */
  readonly verb?: Verb;
}

/** Made by the composition root for one account. */
export interface ProviderParts {
  readonly http: Http;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Absent where no other gateway has this account. */
  readonly alone?: Alone;
}

/**
 * Work that no gateway beside this one does to the same thing meanwhile: what a service takes only as a whole is read,
 * changed and written back in here. Fails with `unavailable` where the signal came before the turn did, and with
 * `gateway-unavailable` where nobody can say whose turn it is. `isOurs` is asked right before the write: a gateway that
 * slept may have lost its turn, and the service would not know.
 */
export type Alone = <T>(
  what: string,
  signal: AbortSignal,
  work: (isOurs: () => Promise<Outcome<boolean>>) => Promise<Outcome<T>>,
) => Promise<Outcome<T>>;

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
    /** Set where each row is all that CONVERSATION_GET answers of it: whoever has the list need not ask for those. */
    readonly rows?: 'whole';
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
    | {
        readonly matches: 'contact' | 'contact-and-tags';
        /** Whether a conversation is there before its tags are: they take a call of their own. */
        readonly tagsFollow?: boolean;
      }
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
    readonly does: Does<ListMessages, MessagePage>;
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
    /** What else it takes to write as this contact; absent, to write as USER is enough. */
    readonly asContact?: (nativeId: string) => SendOptions;
    /** How a message whose answer was lost is found; absent, by the history of its conversation. */
    readonly tracing?: Tracing;
    readonly does: Does<SendMessage, SentMessage>;
  };
  readonly MESSAGE_UPDATE: {
    readonly fields: readonly MessageField[];
    readonly roles: readonly MessageRole[];
    readonly kinds: readonly MessageKind[];
    readonly contentKinds: readonly MessageContent['type'][];
    readonly does: Does<UpdateMessage, UpdatedMessage>;
  };
  readonly MESSAGE_DELETE: { readonly does: Does<MessageRef, null> };
  /** The message as it is after it. */
  readonly MESSAGE_RATE: { readonly does: Does<RateMessage, Message> };
  readonly REPLY_REQUEST: { readonly does: Does<RequestReply, RequestedReply> };
  /** Where it begins at all it ends with `completed` or `failed`; what goes wrong is never thrown. */
  readonly REPLY_STREAM: {
    readonly does: (input: StreamReply, call: Call) => AsyncIterable<ReplyEvent>;
  };
  readonly CONVERSATION_COMPLETE: {
    readonly fields: readonly CompleteField[];
    readonly roles: readonly MessageRole[];
    readonly kinds: readonly MessageKind[];
    /** Fields that the provider has and that are not to be had here: why, in one sentence each. */
    readonly withheld: { readonly [F in CompleteField]?: string };
    readonly does: Does<CompleteConversation, CompletedConversation>;
  };
  readonly CONTACT_UPSERT: {
    /** Whether a contact is of one conversation, which then must be named, or of the whole account. */
    readonly of: 'conversation' | 'account';
    readonly fields: readonly ContactField[];
    readonly does: Does<UpsertContact, UpsertedContact>;
  };
  readonly PARTICIPANT_LIST: {
    readonly paging: Paging;
    readonly order: Order;
    readonly does: Does<ListParticipants, Page<Participant>>;
  };
  readonly PARTICIPANT_ADD: { readonly does: Does<NameParticipant, Participant> };
  readonly PARTICIPANT_REMOVE: { readonly does: Does<NameParticipant, null> };
  readonly ATTACHMENT_UPLOAD: {
    readonly fields: readonly UploadField[];
    readonly does: Does<UploadAttachment, UploadedAttachment>;
  };
  readonly SESSION_CREATE: { readonly does: Does<CreateSession, Session> };
}

export interface Tracing {
  /** Every way there is here, the surest first. */
  readonly ways: readonly [TraceWay, ...TraceWay[]];
  /** The way of this message. */
  readonly wayOf: (message: SendMessage) => TraceWay;
  /** A message by its mark; null where it is surely not there. For those that have one. */
  readonly find?: Does<MarkedMessage, Message | null>;
  /** Whether the text that is stored is always the one that was sent, or may have had something taken out. */
  readonly words: 'kept' | 'altered';
}

/**
 * `mark`: it carries the mark it is given, and is found by that. `repeat`: the same, and sent again it is answered with the
 * one there is. `history`: the newest messages are compared with those there were before it. `none`: it cannot be known, or
 * need not, because it is refused before anything is sent.
 */
export type TraceWay = 'mark' | 'repeat' | 'history' | 'none';

/**
 * `pushed`: the provider filters, exactly. `scanned`: the gateway compares rows; the adapter may ask for fewer as long
 * as no row that matches is lost. `lacking`: its conversations have no such thing, so it is left out of the answer.
 */
export type FilterTable = Readonly<Record<FilterField, 'pushed' | 'scanned' | 'lacking'>>;
