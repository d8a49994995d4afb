// What is asked of ChatBotKit, whichever way it is reached: over REST, or through Pinkfish's tools.

import type { Outcome } from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { ReplyEvent } from '../../domain/reply.ts';
import type { Call } from '../provider.ts';
import type { WirePage } from '../wire-reading.ts';
import type { Activity } from './channel.ts';
import type {
  WireAnswer,
  WireCompletion,
  WireConversation,
  WireMessage,
  WireSession,
  WireUploaded,
} from './wire.ts';

export interface Client {
  /** Newest first by creation. */
  listConversations(
    call: Call,
    question: ConversationQuestion,
  ): Promise<Outcome<WirePage<WireConversation>>>;
  /** Tells all but the space. */
  getConversation(call: Call, id: string): Promise<Outcome<WireConversation>>;
  /** The id of the new conversation, which is all the service tells. */
  createConversation(call: Call, fields: NewConversation): Promise<Outcome<string>>;
  updateConversation(call: Call, id: string, fields: ConversationFields): Promise<Outcome<null>>;
  /** Its messages and attachments go with it. */
  deleteConversation(call: Call, id: string): Promise<Outcome<null>>;
  /** Newest first. */
  listMessages(
    call: Call,
    id: string,
    question: MessageQuestion,
  ): Promise<Outcome<WirePage<WireMessage>>>;
  getMessage(call: Call, message: MessageRef): Promise<Outcome<WireMessage>>;
  /** Stores a row of any type and wakes no bot. The id of the row. */
  createMessage(call: Call, id: string, row: MessageRow): Promise<Outcome<string>>;
  /** Stores the user's words, and the bot does not answer. The id of their row. */
  sendMessage(call: Call, id: string, turn: Turn): Promise<Outcome<string>>;
  /** Stores the user's words and lets the bot answer. */
  completeMessage(call: Call, id: string, turn: Turn): Promise<Outcome<WireCompletion>>;
  /** Lets the bot answer what is there. */
  receiveMessage(call: Call, id: string, engine: Engine): Promise<Outcome<WireCompletion>>;
  /** The same answers while they are written, and whatever else comes by itself; null where all is only to be had whole. */
  readonly streams: Streams | null;
  updateMessage(call: Call, message: MessageRef, fields: MessageFields): Promise<Outcome<null>>;
  deleteMessage(call: Call, message: MessageRef): Promise<Outcome<null>>;
  /** Answers a conversation that is stored nowhere. */
  complete(call: Call, question: Stateless): Promise<Outcome<WireAnswer>>;
  /** The id of the contact; null where the conversation has one already, and nothing was done. */
  upsertContact(call: Call, id: string, fields: ContactFields): Promise<Outcome<string | null>>;
  /** Whether a file can also be announced, and its bytes be sent to an address that is answered. */
  readonly uploads: 'at-once' | 'at-once-or-announced';
  /** Leaves two rows of activity behind. */
  uploadAttachment(call: Call, id: string, file: UploadedFile): Promise<Outcome<WireUploaded>>;
  /** From 1800 to 86400 seconds; an hour where absent. */
  createSession(
    call: Call,
    id: string,
    durationInSeconds: number | undefined,
  ): Promise<Outcome<WireSession>>;
}

/** Nothing is asked before they are read. Replies end with `completed` or `failed`. */
export interface Streams {
  completeMessage(call: Call, id: string, turn: Turn): AsyncIterable<ReplyEvent>;
  receiveMessage(call: Call, id: string, engine: Engine): AsyncIterable<ReplyEvent>;
  /** What the bot does in a conversation, until the signal: older servers have no such thing, and answer 404 or 405. */
  channel(call: Call, id: string): AsyncIterable<Outcome<Activity>>;
}

/** More are cut down without a word. */
export const MOST_ROWS = 100;

export interface PageQuestion {
  /** The id of the row before the page; null for the first. */
  readonly after: string | null;
  /** At most `MOST_ROWS` are given. */
  readonly take: number;
}

export interface ConversationQuestion extends PageQuestion {
  /** One id: a comma would mean "or". */
  readonly contactId?: string;
  /** Top-level texts that the meta must have. */
  readonly meta: readonly (readonly [key: string, text: string])[];
}

export interface MessageQuestion extends PageQuestion {
  /** Top-level texts that the meta should have: not every way of asking takes them, and then others come too. */
  readonly meta?: readonly (readonly [key: string, text: string])[];
}

export type Meta = Readonly<Record<string, unknown>>;

/** Absent is left as it is, null clears. */
export interface ConversationFields {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly contactId?: string | null;
  readonly taskId?: string | null;
  readonly spaceId?: string | null;
  /** For an update, `$update` merges its keys; without it all the meta there was is replaced. */
  readonly meta?: Meta;
}

export interface NewConversation extends ConversationFields, Bot {
  readonly messages?: readonly { readonly type: string; readonly text: string }[];
}

export interface MessageRow {
  readonly type: string;
  readonly text: string;
  readonly name?: string;
  readonly description?: string;
  readonly meta?: Meta;
  readonly entities?: readonly unknown[];
}

/** Absent is left as it is, null clears. */
export interface MessageFields {
  readonly type?: string;
  readonly text?: string;
  readonly name?: string | null;
  readonly description?: string | null;
  /** `$update` merges its keys; without it all the meta there was is replaced. */
  readonly meta?: Meta;
  readonly entities?: readonly unknown[];
}

/** What a bot may use for one answer. */
export interface Engine {
  readonly functions?: readonly unknown[];
  readonly extensions?: Meta;
}

/** Who answers: a bot by its id, or one described in place. */
export interface Bot {
  readonly botId?: string;
  readonly model?: string;
  readonly backstory?: string;
  readonly datasetId?: string;
  readonly skillsetId?: string;
  readonly privacy?: boolean;
  readonly moderation?: boolean;
}

export interface Stateless extends Engine, Bot {
  readonly messages: readonly {
    readonly type: string;
    readonly text: string;
    readonly name?: string;
    readonly description?: string;
    readonly meta?: Meta;
  }[];
  readonly contactId?: string;
  readonly limits?: Meta;
}

export interface ContactFields {
  readonly name?: string;
  readonly description?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly nick?: string;
  readonly fingerprint?: string;
  readonly meta?: Meta;
}

/** An http:, https: or data: URL, or what is going to be sent to the address that is answered. */
export type UploadedFile =
  | string
  | { readonly type: string; readonly size: number; readonly name?: string };

export interface Turn extends Engine {
  readonly text: string;
  readonly entities?: readonly unknown[];
  /** Only a completion takes them. */
  readonly limits?: Meta;
}
