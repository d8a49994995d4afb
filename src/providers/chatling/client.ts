// Chatling's endpoints, one small function each: where to ask, with which key, and which answers are good ones.

import { z } from 'zod';
import { failed, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { type Ask, unavailable } from '../http.ts';
import type { Call, Credential, ProviderParts } from '../provider.ts';
import { refusalIn } from './refusal.ts';
import {
  type Rows,
  WireChatAnswer,
  WireConversation,
  WireConversationPage,
  type WireMessage,
  WireMessagePage,
} from './wire.ts';

/** A `page` is a number from 1, as text. */
export interface ChatlingClient {
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
}

export interface WirePage<T> {
  readonly rows: readonly T[];
  /** The page after it; null on the last one. */
  readonly next: string | null;
}

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

export interface ClientParts extends ProviderParts {
  readonly provider: ProviderName;
  readonly token: Credential;
  readonly chatbotId: string;
}

export function chatlingClient(parts: ClientParts): ChatlingClient {
  const { provider, token, chatbotId, http, clock } = parts;
  const chatbotAt = `/v2/chatbots/${encodeURIComponent(chatbotId)}`;
  const conversationAt = (id: string) => `${chatbotAt}/conversations/${encodeURIComponent(id)}`;

  async function ask<T>(call: Call, data: z.ZodType<T>, question: Question): Promise<Outcome<T>> {
    const { method, path, query = [], json, about } = question;
    // A URL swallows such parts, and the call would land on another endpoint.
    if (about.conversation === '.' || about.conversation === '..') {
      return failed({ kind: 'not-found', what: missing(about, '') });
    }
    const key = token.reveal();
    const effect = method === 'GET' ? 'read' : 'write';
    const answer = await http.ask(call, {
      method,
      path,
      query,
      headers: { authorization: `Bearer ${key}` },
      effect,
      ...(json === undefined ? {} : { json }),
    });
    if (!answer.ok) return answer;
    const refusal = refusalIn(answer.value, {
      provider,
      effect,
      now: clock(),
      missing: (said) => missing(about, said),
      token: key,
    });
    if (refusal) return failed(refusal);
    const read = z.object({ data }).safeParse(answer.value.body ?? {});
    if (read.success) return success(read.data.data);
    const where = read.error.issues[0]?.path.join('.') || 'the whole of it';
    const because = `its answer was not shaped as expected: ${where}`;
    return failed(
      effect === 'write'
        ? { kind: 'outcome-unknown', provider, because }
        : unavailable(provider, because),
    );
  }

  /** Which of the things an address or a body names a 404 means is only in its sentence, if anywhere. */
  function missing({ conversation, contact }: Question['about'], said: string): string {
    const means = (word: RegExp) => word.test(said) && !/conversation/i.test(said);
    if (contact !== undefined && means(/\bcontact\b/i)) return `contact ${contact} at ${provider}`;
    return conversation === undefined || means(/\bchatbot\b/i)
      ? `chatbot ${chatbotId} at ${provider}`
      : `conversation ${conversation} at ${provider}`;
  }

  return {
    async listConversations(call, page) {
      const answer = await ask(call, WireConversationPage, {
        method: 'GET',
        path: `${chatbotAt}/conversations`,
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
        path: conversationAt(id),
        about: { conversation: id },
      }),

    updateConversation: (call, id, changes) =>
      ask(call, WireConversation, {
        method: 'PATCH',
        path: conversationAt(id),
        json: changes,
        about: { conversation: id, contact: changes.contact_id },
      }),

    deleteConversation: (call, id) =>
      ask(call, NOTHING, {
        method: 'DELETE',
        path: conversationAt(id),
        about: { conversation: id },
      }),

    async listMessages(call, id, page) {
      const answer = await ask(call, WireMessagePage, {
        method: 'GET',
        path: `${conversationAt(id)}/messages`,
        query: newestFirst(page),
        about: { conversation: id },
      });
      return mapOutcome(answer, ({ messages, pages }) => pageOf(messages, page, pages?.last_page));
    },

    chat: (call, question) =>
      ask(call, WireChatAnswer, {
        method: 'POST',
        path: `${chatbotAt}/ai/kb/chat`,
        json: question,
        about: { conversation: question.conversation_id, contact: question.contact_id },
      }),
  };
}

interface Question extends Pick<Ask, 'method' | 'path' | 'query' | 'json'> {
  readonly about: {
    readonly conversation?: string | undefined;
    readonly contact?: string | undefined;
  };
}

/** A deletion answers without data. */
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
