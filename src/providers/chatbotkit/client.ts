// What is asked of ChatBotKit, whichever way it is reached: over REST, or through Pinkfish's tools.

import type { Outcome } from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { Call } from '../provider.ts';
import type { WirePage } from '../wire-reading.ts';
import type { WireCompletion, WireConversation, WireMessage } from './wire.ts';

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
    question: PageQuestion,
  ): Promise<Outcome<WirePage<WireMessage>>>;
  getMessage(call: Call, message: MessageRef): Promise<Outcome<WireMessage>>;
  /** Stores a row of any type and wakes no bot. The id of the row. */
  createMessage(call: Call, id: string, row: MessageRow): Promise<Outcome<string>>;
  /** Stores the user's words, and the bot does not answer. The id of their row. */
  sendMessage(call: Call, id: string, turn: Turn): Promise<Outcome<string>>;
  /** Stores the user's words and lets the bot answer. */
  completeMessage(call: Call, id: string, turn: Turn): Promise<Outcome<WireCompletion>>;
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

export interface NewConversation extends ConversationFields {
  readonly messages?: readonly { readonly type: string; readonly text: string }[];
  readonly botId?: string;
  readonly model?: string;
  readonly backstory?: string;
  readonly datasetId?: string;
  readonly skillsetId?: string;
  readonly privacy?: boolean;
  readonly moderation?: boolean;
}

export interface MessageRow {
  readonly type: string;
  readonly text: string;
  readonly name?: string;
  readonly description?: string;
  readonly meta?: Meta;
  readonly entities?: readonly unknown[];
}

export interface Turn {
  readonly text: string;
  readonly entities?: readonly unknown[];
  readonly functions?: readonly unknown[];
  readonly extensions?: Meta;
  /** Only a completion takes them. */
  readonly limits?: Meta;
}
