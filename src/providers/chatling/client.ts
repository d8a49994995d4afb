// Chatling's endpoints, one small function each: where to ask, with which key, and which answers are good ones.

import { z } from 'zod';
import { failed, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { Ask } from '../ask.ts';
import { isAnotherPath } from '../http.ts';
import type { Call, ProviderParts } from '../provider.ts';
import { readBody, type WirePage } from '../wire-reading.ts';
import type { ChatlingAccount } from './account.ts';
import { type About, missing, refusalOf } from './refusal.ts';
import {
  type Rows,
  WireChatAnswer,
  WireContact,
  WireContactPage,
  WireConversation,
  WireConversationPage,
  type WireMessage,
  WireMessagePage,
  WireNewContact,
} from './wire.ts';

/** A `page` is a number from 1, as text. */
export interface Client {
  /** Newest first, by a date the service does not name. */
  listConversations(call: Call, page: string): Promise<Outcome<WirePage<WireConversation>>>;
  getConversation(call: Call, id: string): Promise<Outcome<WireConversation>>;
  /** Touches only what is given; nothing given is refused by the service. */
  updateConversation(
    call: Call,
    id: string,
    changes: ConversationPatch,
  ): Promise<Outcome<WireConversation>>;
  deleteConversation(call: Call, id: string): Promise<Outcome<null>>;
  /** Newest first. */
  listMessages(call: Call, id: string, page: string): Promise<Outcome<WirePage<WireMessage>>>;
  /** Asks the AI: question and answer are both stored; where no conversation is named one begins. */
  chat(call: Call, question: ChatQuestion): Promise<Outcome<WireChatAnswer>>;
  /** Answers nothing. Only answers that come from the knowledge base can be rated. */
  rateAnswer(call: Call, rated: Rated): Promise<Outcome<null>>;
  /** Newest first. */
  listContacts(call: Call, page: string): Promise<Outcome<WirePage<WireContact>>>;
  getContact(call: Call, id: string): Promise<Outcome<WireContact>>;
  /** The id of the new contact, which is all the service answers. */
  createContact(call: Call, properties: ContactProperties): Promise<Outcome<string>>;
}

export interface Rated {
  readonly conversation: string;
  readonly message: string;
  /** Typed as text: helpful, not helpful, or no rating any more. What is read instead is 1, 0 or null. */
  readonly rating: '1' | '-1' | '0';
}

/** By the names a contact is written with. At least one. */
export type ContactProperties = Readonly<
  Partial<
    Record<
      | 'first_name'
      | 'last_name'
      | 'email'
      | 'phone'
      | 'job_title'
      | 'company_name'
      | 'website_url'
      | 'industry'
      | 'address'
      | 'city'
      | 'state'
      | 'postal_code'
      | 'country',
      string
    >
  >
>;

export const FIRST_PAGE = '1';

/** The flag that is read as `archived` is written as `archive`. */
export interface ConversationPatch {
  readonly archive?: boolean;
  readonly important?: boolean;
  readonly contact_id?: string;
}

export interface ChatQuestion {
  readonly message: string;
  readonly ai_model_id: number;
  readonly conversation_id?: string;
  readonly contact_id?: string;
  readonly language_id?: number;
  readonly temperature?: number;
  readonly instructions?: readonly string[];
}

export function chatlingClient(account: ChatlingAccount, { http, clock }: ProviderParts): Client {
  const { name: provider, token, chatbotId: chatbot } = account;
  const home = `/v2/chatbots/${encodeURIComponent(chatbot)}`;
  const pathOf = (id: string) => `${home}/conversations/${encodeURIComponent(id)}`;

  async function ask<T>(call: Call, shape: z.ZodType<T>, question: Question): Promise<Outcome<T>> {
    const { about: named, ...asked } = question;
    const about = { chatbot, ...named };
    if (isAnotherPath(asked.path)) {
      return failed({ kind: 'not-found', what: missing('', { provider, about }) });
    }
    const effect: Ask['effect'] = asked.method === 'GET' ? 'read' : 'write';
    const secret = token.reveal();
    const headers = { authorization: `Bearer ${secret}` };
    const answer = await http.ask(call, { ...asked, headers, effect });
    if (!answer.ok) return answer;
    const failure = refusalOf(answer.value, { provider, effect, now: clock(), about, secret });
    if (failure) return failed(failure);
    const read = readBody(z.object({ data: shape }), answer.value.body ?? {}, { provider, effect });
    return mapOutcome(read, ({ data }) => data);
  }

  return {
    async listConversations(call, page) {
      const answer = await ask(call, WireConversationPage, {
        method: 'GET',
        path: `${home}/conversations`,
        query: newestFirst(page),
        about: {},
      });
      return mapOutcome(answer, ({ conversations, pages }) =>
        pageOf(conversations, page, pages?.last_page),
      );
    },

    getConversation: (call, id) =>
      ask(call, WireConversation, {
        method: 'GET',
        path: pathOf(id),
        about: { conversation: id },
      }),

    updateConversation: (call, id, changes) =>
      ask(call, WireConversation, {
        method: 'PATCH',
        path: pathOf(id),
        json: changes,
        about: { conversation: id, contact: changes.contact_id },
      }),

    deleteConversation: (call, id) =>
      ask(call, NOTHING, {
        method: 'DELETE',
        path: pathOf(id),
        about: { conversation: id },
      }),

    async listMessages(call, id, page) {
      const answer = await ask(call, WireMessagePage, {
        method: 'GET',
        path: `${pathOf(id)}/messages`,
        query: newestFirst(page),
        about: { conversation: id },
      });
      return mapOutcome(answer, ({ messages, pages }) => pageOf(messages, page, pages?.last_page));
    },

    chat: (call, question) =>
      ask(call, WireChatAnswer, {
        method: 'POST',
        path: `${home}/ai/kb/chat`,
        json: question,
        about: { conversation: question.conversation_id, contact: question.contact_id },
      }),

    rateAnswer: (call, { conversation, message, rating }) =>
      ask(call, NOTHING, {
        method: 'PATCH',
        path: `${pathOf(conversation)}/messages/${encodeURIComponent(message)}/rate-ai-answer`,
        json: { rating },
        about: { conversation, message },
      }),

    async listContacts(call, page) {
      const answer = await ask(call, WireContactPage, {
        method: 'GET',
        path: `${home}/contacts`,
        query: newestFirst(page),
        about: {},
      });
      return mapOutcome(answer, ({ contacts, pages }) => pageOf(contacts, page, pages?.last_page));
    },

    getContact: (call, id) =>
      ask(call, WireContact, {
        method: 'GET',
        path: `${home}/contacts/${encodeURIComponent(id)}`,
        about: { contact: id },
      }),

    async createContact(call, properties) {
      const answer = await ask(call, WireNewContact, {
        method: 'POST',
        path: `${home}/contacts`,
        json: { properties },
        about: {},
      });
      return mapOutcome(answer, ({ id }) => id);
    },
  };
}

interface Question extends Pick<Ask, 'method' | 'path' | 'query' | 'json'> {
  readonly about: Omit<About, 'chatbot'>;
}

/** A deletion answers without data, a rating with none. */
const NOTHING = z
  .unknown()
  .optional()
  .transform(() => null);

function newestFirst(page: string): NonNullable<Ask['query']> {
  return [
    ['page', page],
    ['sort', 'date_desc'],
  ];
}

function pageOf<T>(rows: Rows<T>, page: string, lastPage: number | null | undefined): WirePage<T> {
  // Should it not say how many pages there are, the first empty one is the end.
  const more = lastPage ? Number(page) < lastPage : lastPage !== 0 && rows.came > 0;
  return { rows: rows.items, next: more ? String(Number(page) + 1) : null };
}
