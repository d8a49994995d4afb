// ChatBotKit's REST endpoints, one small function each. Paths and headers are known here and nowhere else: another
// transport would be another client.

import type { z } from 'zod';
import { failed, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { MessageRef, ProviderName } from '../../domain/ids.ts';
import { type Ask, unavailable } from '../http.ts';
import type { Call, Credential, ProviderParts } from '../provider.ts';
import { refusalOf } from './refusal.ts';
import {
  understood,
  WireCompletion,
  WireConversation,
  WireMessage,
  WireRows,
  WireWritten,
} from './wire.ts';

export interface ChatBotKitClient {
  /** Newest first by creation. */
  listConversations(
    call: Call,
    question: ConversationQuestion,
  ): Promise<Outcome<WirePage<WireConversation>>>;
  /** Tells all but the space. */
  fetchConversation(call: Call, id: string): Promise<Outcome<WireConversation>>;
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
  fetchMessage(call: Call, message: MessageRef): Promise<Outcome<WireMessage>>;
  /** Stores a row of any type and wakes no bot. The id of the row. */
  createMessage(call: Call, id: string, row: MessageRow): Promise<Outcome<string>>;
  /** Stores the user's words, and the bot does not answer. The id of their row. */
  sendMessage(call: Call, id: string, turn: Turn): Promise<Outcome<string>>;
  /** Stores the user's words and lets the bot answer. */
  completeMessage(call: Call, id: string, turn: Turn): Promise<Outcome<WireCompletion>>;
}

interface PageQuestion {
  /** The id of the row before the page; null for the first. */
  readonly after: string | null;
  /** At most 100 are given. */
  readonly take: number;
}

interface ConversationQuestion extends PageQuestion {
  /** One id: a comma would mean "or". */
  readonly contactId?: string;
  /** Top-level texts that the meta must have. */
  readonly meta: readonly (readonly [key: string, text: string])[];
}

interface WirePage<T> {
  readonly rows: readonly T[];
  /** The id of its last row; null where there is no further page. */
  readonly next: string | null;
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

export interface ClientParts extends ProviderParts {
  readonly account: {
    readonly name: ProviderName;
    readonly secret: Credential;
    readonly runAsUserId?: string;
    readonly runAsChildUserEmail?: string;
    readonly timezone?: string;
  };
}

/**
 * Bodies and answers are the service's own, less what we do not read; a body of another shape is `unavailable` after a
 * read and `outcome-unknown` after a write.
 */
export function chatBotKitClient({ account, http, clock }: ClientParts): ChatBotKitClient {
  const { name: provider } = account;
  const nameOf = (id: string) => `conversation ${id} at ${provider}`;
  const wholeInbox = `the conversations at ${provider}`;

  async function ask<T>(call: Call, schema: z.ZodType<T>, question: Question): Promise<Outcome<T>> {
    const { ids = [], what, runsEngine = false, path, query, json } = question;
    // A URL swallows such parts, and the call would land on another endpoint.
    if (ids.some((id) => id === '.' || id === '..')) return failed({ kind: 'not-found', what });
    const effect: Ask['effect'] = question.method === 'GET' ? 'read' : 'write';
    const secret = account.secret.reveal();
    const answer = await http.ask(call, {
      method: question.method,
      path,
      headers: headersOf(account, secret),
      effect,
      ...(query ? { query } : {}),
      ...(json === undefined ? {} : { json }),
    });
    if (!answer.ok) return answer;
    const now = clock();
    const refusal = refusalOf(answer.value, { provider, effect, runsEngine, now, what, secret });
    if (refusal) return failed(refusal);
    const parsed = schema.safeParse(answer.value.body);
    if (parsed.success) return success(parsed.data);
    const where = parsed.error.issues[0]?.path.join('.') || 'the whole of it';
    const because = `its answer was not shaped as expected: ${where}`;
    return failed(
      effect === 'write'
        ? { kind: 'outcome-unknown', provider, because }
        : unavailable(provider, because),
    );
  }

  function read<T>(call: Call, schema: z.ZodType<T>, question: Omit<Question, 'method'>) {
    return ask(call, schema, { method: 'GET', ...question });
  }

  async function write(call: Call, question: Omit<Question, 'method'>): Promise<Outcome<string>> {
    const written = await ask(call, WireWritten, { method: 'POST', ...question });
    return mapOutcome(written, ({ id }) => id);
  }

  return {
    async listConversations(call, { contactId, meta, ...page }) {
      const query = [
        ...pageQuery(page),
        ...(contactId === undefined ? [] : [['contactId', contactId] as const]),
        // Of the two spellings it knows, the one its own client writes.
        ...meta.map(([key, value]) => [`meta.${key}`, value] as const),
      ];
      const path = '/v1/conversation/list';
      const rows = await read(call, WireRows, { path, query, what: wholeInbox });
      return mapOutcome(rows, (body) => pageOf(WireConversation, body, page));
    },

    fetchConversation: (call, id) =>
      read(call, WireConversation, { path: pathOf('fetch', id), ids: [id], what: nameOf(id) }),

    createConversation: (call, json) =>
      write(call, { path: '/v1/conversation/create', json, what: wholeInbox }),

    async updateConversation(call, id, json) {
      const path = pathOf('update', id);
      return nothing(await write(call, { path, ids: [id], json, what: nameOf(id) }));
    },

    async deleteConversation(call, id) {
      const path = pathOf('delete', id);
      return nothing(await write(call, { path, ids: [id], json: {}, what: nameOf(id) }));
    },

    async listMessages(call, id, page) {
      const path = pathOf('message/list', id);
      const query = pageQuery(page);
      const rows = await read(call, WireRows, { path, ids: [id], query, what: nameOf(id) });
      return mapOutcome(rows, (body) => pageOf(WireMessage, body, page));
    },

    fetchMessage(call, { conversation: { nativeId: id }, nativeId: messageId }) {
      const path = pathOf(`message/${encodeURIComponent(messageId)}/fetch`, id);
      const what = `message ${messageId} in ${nameOf(id)}`;
      return read(call, WireMessage, { path, ids: [id, messageId], what });
    },

    createMessage: (call, id, json) =>
      write(call, { path: pathOf('message/create', id), ids: [id], json, what: nameOf(id) }),

    sendMessage: (call, id, json) =>
      write(call, { path: pathOf('send', id), ids: [id], json, what: nameOf(id) }),

    completeMessage: (call, id, json) =>
      ask(call, WireCompletion, {
        method: 'POST',
        path: pathOf('complete', id),
        ids: [id],
        json,
        what: nameOf(id),
        runsEngine: true,
      }),
  };
}

interface Question {
  /** It knows no other methods: whatever is no reading is a POST. */
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Ask['query'];
  readonly json?: object;
  /** Those in the path, as they were given. */
  readonly ids?: readonly string[];
  /** What a 404 says is not there. */
  readonly what: string;
  readonly runsEngine?: boolean;
}

function pathOf(verb: string, id: string): string {
  return `/v1/conversation/${encodeURIComponent(id)}/${verb}`;
}

function headersOf(
  { runAsUserId, runAsChildUserEmail, timezone }: ClientParts['account'],
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

/** A cursor stands even on the last page: that a page is not full is the only sign of the end. */
function pageOf<Schema extends z.ZodType>(
  schema: Schema,
  { items, cursor }: WireRows,
  { take }: PageQuestion,
): WirePage<z.infer<Schema>> {
  const last = WireWritten.safeParse(items.at(-1)).data?.id ?? cursor ?? null;
  return { rows: understood(schema, items), next: items.length < take ? null : last };
}

function nothing(written: Outcome<string>): Outcome<null> {
  return mapOutcome(written, () => null);
}
