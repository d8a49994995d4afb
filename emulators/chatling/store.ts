// What a Chatling project remembers, as rows in its own words. Tests look in here to see what really happened.

import { tenDigits, uuidLike } from './ids.ts';

export interface ChatlingStore {
  readonly chatbots: Map<string, ChatbotRow>;
  /** In the order they began. */
  readonly conversations: Map<string, ConversationRow>;
  readonly contacts: Map<string, ContactRow>;
  /** What the AI may cite. */
  readonly knowledge: Source[];
  aiCreditsUsed: number;
}

export interface ChatbotRow {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly visibility: 'public' | 'private';
  readonly created_at: string;
}

export interface ConversationRow {
  readonly id: string;
  /** Never on the wire: there it is part of the address. */
  readonly chatbot_id: string;
  contact_id: string | null;
  archived: 0 | 1;
  important: 0 | 1;
  readonly conversation_type: ConversationType;
  readonly created_at: string;
  /** Oldest first. */
  readonly messages: MessageRow[];
}

/** The field's values are documented nowhere: these are invented. */
export type ConversationType = 'widget' | 'whatsapp' | 'api';

export interface MessageRow {
  readonly id: string;
  readonly text: string;
  readonly role: 'bot' | 'user' | 'system';
  readonly is_ai_kb_response?: boolean;
  readonly data?: Record<string, unknown>;
  readonly created_at: string;
}

export interface Source {
  readonly type: 'webpage' | 'document';
  readonly title: string;
  readonly url?: string;
}

export interface ContactRow {
  readonly id: string;
  readonly chatbot_id: string;
  /** As written; what is read has other names. */
  readonly properties: Readonly<Record<string, string>>;
  readonly created_at: string;
}

export function emptyStore(): ChatlingStore {
  return {
    chatbots: new Map(),
    conversations: new Map(),
    contacts: new Map(),
    knowledge: [],
    aiCreditsUsed: 0,
  };
}

export interface Beginning {
  readonly chatbotId: string;
  readonly contactId: string | null;
  readonly type: ConversationType;
  /** Where the id is derived from; absent, from how many there have been. */
  readonly word?: string;
  readonly atMs: number;
}

/** Something that begins rows and numbers them, so that ids never depend on what was deleted meanwhile. */
export function keepRows(store: ChatlingStore) {
  let conversationsBegun = 0;
  let contactsMade = 0;

  return {
    beginConversation({ chatbotId, contactId, type, word, atMs }: Beginning): ConversationRow {
      conversationsBegun += 1;
      const row: ConversationRow = {
        id: tenDigits(`conversation ${word ?? conversationsBegun}`, store.conversations),
        chatbot_id: chatbotId,
        contact_id: contactId,
        archived: 0,
        important: 0,
        conversation_type: type,
        created_at: stamp(atMs),
        messages: [],
      };
      store.conversations.set(row.id, row);
      return row;
    },

    addMessage(
      conversation: ConversationRow,
      { atMs, ...said }: Omit<MessageRow, 'id' | 'created_at'> & { readonly atMs: number },
    ): MessageRow {
      const place = conversation.messages.length;
      const row: MessageRow = {
        id: uuidLike(`message ${conversation.id} ${place}`),
        ...said,
        created_at: stamp(atMs),
      };
      conversation.messages.push(row);
      return row;
    },

    makeContact(
      chatbotId: string,
      properties: Readonly<Record<string, string>>,
      atMs: number,
    ): ContactRow {
      contactsMade += 1;
      const row: ContactRow = {
        id: uuidLike(`contact ${contactsMade} ${Object.values(properties).join(' ')}`),
        chatbot_id: chatbotId,
        properties,
        created_at: stamp(atMs),
      };
      store.contacts.set(row.id, row);
      return row;
    },
  };
}

export type Rows = ReturnType<typeof keepRows>;

/** Whole seconds and a spelt-out offset: two turns of one second can only be told apart by their place. */
export function stamp(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}+00:00`;
}
