// ChatBotKit over its REST API, one small function each. Paths and headers are known here and nowhere else.

import type { z } from 'zod';
import {
  conversationAt,
  failed,
  mapOutcome,
  messageIn,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { ReplyEvent } from '../../domain/reply.ts';
import type { Answer, Ask } from '../ask.ts';
import { isAnotherPath } from '../http.ts';
import type { Call, ProviderParts } from '../provider.ts';
import { readBody, readRows, type WirePage } from '../wire-reading.ts';
import type { ChatBotKitAccount } from './account.ts';
import { type Activity, activitiesIn } from './channel.ts';
import type { Client, ConversationQuestion, PageQuestion } from './client.ts';
import { refusalOf, SEND_LESS, SEND_LESS_OR_ANNOUNCE, uploadRefusalOf } from './refusal.ts';
import { replyIn } from './reply-stream.ts';
import {
  WireAnswer,
  WireCompletion,
  WireConversation,
  WireMessage,
  WireRows,
  WireSession,
  WireUploaded,
  WireWritten,
} from './wire.ts';

/**
 * Bodies and answers are the service's own, less what we do not read; a body of another shape is `unavailable` after a
 * read and `outcome-unknown` after a write.
 */
export function restClient(account: ChatBotKitAccount, { http, clock }: ProviderParts): Client {
  const { name: provider } = account;
  const wholeInbox = `the conversations at ${provider}`;

  async function ask<T>(call: Call, shape: z.ZodType<T>, question: Question): Promise<Outcome<T>> {
    const answer = await exchange(call, question);
    return answer.ok ? readAnswer(shape, answer.value, question) : answer;
  }

  /** A good answer, whatever is in it. */
  async function exchange(call: Call, question: Question): Promise<Outcome<Answer>> {
    const { what, runsEngine = false, alsoGood, refusal = refusalOf, ...asked } = question;
    if (isAnotherPath(asked.path)) return failed({ kind: 'not-found', what });
    const effect = effectOf(question);
    const secret = account.secret.reveal();
    const answer = await http.ask(call, { ...asked, headers: headersOf(account, secret), effect });
    if (!answer.ok || answer.value.status === alsoGood) return answer;
    const refused = { provider, effect, runsEngine, now: clock(), what, secret };
    const failure = refusal(answer.value, refused);
    return failure ? failed(failure) : answer;
  }

  function readAnswer<T>(shape: z.ZodType<T>, { body }: Answer, question: Question): Outcome<T> {
    return readBody(shape, body, { provider, effect: effectOf(question) });
  }

  function read<T>(call: Call, shape: z.ZodType<T>, question: Omit<Question, 'method'>) {
    return ask(call, shape, { method: 'GET', ...question });
  }

  async function write(call: Call, question: Omit<Question, 'method'>): Promise<Outcome<string>> {
    const written = await ask(call, WireWritten, { method: 'POST', ...question });
    return mapOutcome(written, ({ id }) => id);
  }

  async function* reply(
    call: Call,
    { path, json, what, to }: ReplyQuestion,
  ): AsyncGenerator<ReplyEvent, void, undefined> {
    if (isAnotherPath(path)) {
      yield { type: 'failed', failure: { kind: 'not-found', what } };
      return;
    }
    const secret = account.secret.reveal();
    const effect = 'write';
    const headers = { ...headersOf(account, secret), accept: 'application/jsonl' };
    const asking = http.stream(call, { method: 'POST', path, json, headers, effect });
    yield* replyIn(asking, { provider, effect, runsEngine: true, now: clock(), what, secret, to });
  }

  async function* channel(
    call: Call,
    id: string,
  ): AsyncGenerator<Outcome<Activity>, void, undefined> {
    const what = conversationAt(provider, id);
    const path = pathOf('channel/subscribe', id);
    if (isAnotherPath(path)) {
      yield failed({ kind: 'not-found', what });
      return;
    }
    const secret = account.secret.reveal();
    const effect = 'read';
    const headers = { ...headersOf(account, secret), accept: 'application/jsonl' };
    const json = { historyLength: 0 };
    const asking = http.stream(call, { method: 'POST', path, json, headers, effect });
    yield* activitiesIn(asking, {
      provider,
      effect,
      runsEngine: false,
      now: clock(),
      what,
      secret,
    });
  }

  return {
    async listConversations(call, { contactId, meta, ...page }) {
      const query = [
        ...pageQuery(page),
        ...(contactId === undefined ? [] : [['contactId', contactId] as const]),
        ...metaQuery(meta),
      ];
      const path = '/v1/conversation/list';
      const rows = await read(call, WireRows, { path, query, what: wholeInbox });
      return mapOutcome(rows, (body) => pageOf(WireConversation, body, page));
    },

    getConversation: (call, id) =>
      read(call, WireConversation, {
        path: pathOf('fetch', id),
        what: conversationAt(provider, id),
      }),

    createConversation: (call, json) =>
      write(call, { path: '/v1/conversation/create', json, what: wholeInbox }),

    async updateConversation(call, id, json) {
      const path = pathOf('update', id);
      return nothing(await write(call, { path, json, what: conversationAt(provider, id) }));
    },

    async deleteConversation(call, id) {
      const path = pathOf('delete', id);
      return nothing(await write(call, { path, json: {}, what: conversationAt(provider, id) }));
    },

    async listMessages(call, id, { meta = [], ...page }) {
      const path = pathOf('message/list', id);
      const query = [...pageQuery(page), ...metaQuery(meta)];
      const rows = await read(call, WireRows, { path, query, what: conversationAt(provider, id) });
      return mapOutcome(rows, (body) => pageOf(WireMessage, body, page));
    },

    getMessage(call, message) {
      const path = messagePathOf('fetch', message);
      return read(call, WireMessage, { path, what: messageIn(message) });
    },

    createMessage: (call, id, json) =>
      write(call, { path: pathOf('message/create', id), json, what: conversationAt(provider, id) }),

    sendMessage: (call, id, json) =>
      write(call, { path: pathOf('send', id), json, what: conversationAt(provider, id) }),

    completeMessage: (call, id, json) =>
      ask(call, WireCompletion, {
        method: 'POST',
        path: pathOf('complete', id),
        json,
        what: conversationAt(provider, id),
        runsEngine: true,
      }),

    receiveMessage: (call, id, json) =>
      ask(call, WireCompletion, {
        method: 'POST',
        path: pathOf('receive', id),
        json,
        what: conversationAt(provider, id),
        runsEngine: true,
      }),

    streams: {
      completeMessage: (call, id, json) =>
        reply(call, {
          path: pathOf('complete', id),
          json,
          what: conversationAt(provider, id),
          to: 'message',
        }),

      receiveMessage: (call, id, json) =>
        reply(call, {
          path: pathOf('receive', id),
          json,
          what: conversationAt(provider, id),
          to: 'history',
        }),

      channel,
    },

    async updateMessage(call, message, json) {
      const path = messagePathOf('update', message);
      return nothing(await write(call, { path, json, what: messageIn(message) }));
    },

    async deleteMessage(call, message) {
      const path = messagePathOf('delete', message);
      return nothing(await write(call, { path, json: {}, what: messageIn(message) }));
    },

    complete: (call, json) =>
      ask(call, WireAnswer, {
        method: 'POST',
        path: '/v1/conversation/complete',
        json,
        what: wholeInbox,
        runsEngine: true,
      }),

    async upsertContact(call, id, json) {
      const question: Question = {
        method: 'POST',
        path: pathOf('contact/upsert', id),
        json,
        what: conversationAt(provider, id),
        alsoGood: NOT_MODIFIED,
      };
      const answer = await exchange(call, question);
      if (!answer.ok) return answer;
      if (answer.value.status === NOT_MODIFIED) return success(null);
      return mapOutcome(readAnswer(WireWritten, answer.value, question), (contact) => contact.id);
    },

    uploads: 'at-once-or-announced',

    uploadAttachment: (call, id, file) =>
      ask(call, WireUploaded, {
        method: 'POST',
        path: pathOf('attachment/upload', id),
        json: { file },
        what: conversationAt(provider, id),
        refusal: (answer, asked) =>
          uploadRefusalOf(
            answer,
            asked,
            typeof file === 'string' ? SEND_LESS_OR_ANNOUNCE : SEND_LESS,
          ),
      }),

    createSession: (call, id, durationInSeconds) =>
      ask(call, WireSession, {
        method: 'POST',
        path: pathOf('session/create', id),
        json: durationInSeconds === undefined ? {} : { durationInSeconds },
        what: conversationAt(provider, id),
      }),
  };
}

interface Question {
  /** It knows no other methods: whatever is no reading is a POST. */
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: NonNullable<Ask['query']>;
  readonly json?: object;
  /** What a 404 says is not there. */
  readonly what: string;
  readonly runsEngine?: boolean;
  /** A status that is no refusal here, though it is one elsewhere. */
  readonly alsoGood?: number;
  /** Where an answer means something else than elsewhere. */
  readonly refusal?: typeof refusalOf;
}

interface ReplyQuestion {
  readonly path: string;
  readonly json: object;
  readonly what: string;
  readonly to: 'message' | 'history';
}

/** How it says, without a word, that a conversation has its contact already. */
const NOT_MODIFIED = 304;

function effectOf({ method }: Question): Ask['effect'] {
  return method === 'GET' ? 'read' : 'write';
}

function pathOf(verb: string, id: string): string {
  return `/v1/conversation/${encodeURIComponent(id)}/${verb}`;
}

function messagePathOf(verb: string, { conversation, nativeId }: MessageRef): string {
  return pathOf(`message/${encodeURIComponent(nativeId)}/${verb}`, conversation.nativeId);
}

function headersOf(
  { runAsUserId, runAsChildUserEmail, timezone }: ChatBotKitAccount,
  secret: string,
): Record<string, string> {
  return {
    authorization: `Bearer ${secret}`,
    // Without it some endpoints may choose to answer in lines.
    accept: 'application/json',
    ...(runAsUserId === undefined ? {} : { 'x-runas-user-id': runAsUserId }),
    ...(runAsChildUserEmail === undefined
      ? {}
      : { 'x-runas-child-user-email': runAsChildUserEmail }),
    ...(timezone === undefined ? {} : { 'x-timezone': timezone }),
  };
}

/** The order is always said: by default conversations come newest first and messages oldest first, or so its code has it. */
function pageQuery({ after, take }: PageQuestion): (readonly [string, string])[] {
  return [
    ['order', 'desc'],
    ['take', String(take)],
    ...(after === null ? [] : [['cursor', after] as const]),
  ];
}

/** Of the two spellings it knows, the one its own client writes. */
function metaQuery(meta: ConversationQuestion['meta']): (readonly [string, string])[] {
  return meta.map(([key, value]) => [`meta.${key}`, value]);
}

/** A cursor stands even on the last page: that a page is not full is the only sign of the end. */
export function pageOf<Row>(
  shape: z.ZodType<Row>,
  { items, cursor }: WireRows,
  { take }: PageQuestion,
): WirePage<Row> {
  const last = WireWritten.safeParse(items.at(-1)).data?.id ?? cursor ?? null;
  return { rows: readRows(shape, items), next: items.length < take ? null : last };
}

function nothing(written: Outcome<string>): Outcome<null> {
  return mapOutcome(written, () => null);
}
