// The endpoints of the Runtime API below /v1/chat, one small function a call.

import type { z } from 'zod';
import { failed, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import { type Answer, type Ask, unavailable } from '../http.ts';
import type { Call, ProviderParts } from '../provider.ts';
import type { Typed } from './content.ts';
import { type Identity, identityHeaders, ownIdentity } from './identity.ts';
import type { BotpressAccount } from './index.ts';
import { refusalOf } from './refusal.ts';
import {
  ConversationAnswer,
  ConversationPage,
  MessageAnswer,
  MessagePage,
  UpsertAnswer,
  WireConversation,
  WireMessage,
} from './wire.ts';

export type Query = readonly (readonly [name: string, value: string])[];

interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

/** Reads act as the account unless told otherwise; writes act as they are told. */
export interface Client {
  listConversations(
    call: Call,
    asked: { readonly query: Query; readonly identity?: Identity },
  ): Promise<Outcome<Rows<WireConversation>>>;
  getConversation(call: Call, id: string): Promise<Outcome<WireConversation>>;
  createConversation(call: Call, written: Written): Promise<Outcome<WireConversation>>;
  /** `meta.created` is not said before API 1.82. */
  getOrCreateConversation(call: Call, written: Written): Promise<Outcome<Upserted>>;
  updateConversation(call: Call, id: string, written: Written): Promise<Outcome<WireConversation>>;
  deleteConversation(call: Call, id: string): Promise<Outcome<null>>;
  listMessages(
    call: Call,
    asked: { readonly query: Query; readonly conversationId: string },
  ): Promise<Outcome<Rows<WireMessage>>>;
  getMessage(call: Call, id: string): Promise<Outcome<WireMessage>>;
  createMessage(call: Call, written: Written<NewMessage>): Promise<Outcome<WireMessage>>;
}

interface Written<Body = object> {
  readonly body: Body;
  readonly identity: Identity;
}

/** What the service requires of a message, but for its schedule. */
interface NewMessage extends Partial<Typed> {
  readonly conversationId: string;
  readonly userId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly schedule?: object;
}

type Upserted = z.infer<typeof UpsertAnswer>;

export function botpressClient(account: BotpressAccount, { http, clock }: ProviderParts): Client {
  const { name: provider, token, botId } = account;
  const own = ownIdentity(account);
  const bot = `bot ${botId} at ${provider}`;

  async function ask(call: Call, asked: Asked): Promise<Outcome<Answer>> {
    const { identity = own, what, refersTo, ...rest } = asked;
    // A dot segment is resolved away before it is sent, and would lead to another route.
    if (/\/\.{1,2}$/.test(rest.path)) return failed({ kind: 'not-found', what });
    const secret = token.reveal();
    const answer = await http.ask(call, {
      ...rest,
      headers: {
        authorization: `Bearer ${secret}`,
        'x-bot-id': botId,
        ...identityHeaders(identity),
      },
    });
    if (!answer.ok) return answer;
    const { effect } = rest;
    const refused = { provider, effect, now: clock(), what, refersTo, secret };
    const failure = refusalOf(answer.value, refused);
    return failure ? failed(failure) : answer;
  }

  async function read<T>(call: Call, asked: Asked, shape: z.ZodType<T>): Promise<Outcome<T>> {
    const answer = await ask(call, asked);
    if (!answer.ok) return answer;
    const shaped = shape.safeParse(answer.value.body);
    if (shaped.success) return success(shaped.data);
    const path = shaped.error.issues[0]?.path.join('.') || 'its body';
    const because = `its answer was not shaped as expected: ${path}`;
    return failed(
      asked.effect === 'read'
        ? unavailable(provider, because)
        : { kind: 'outcome-unknown', provider, because },
    );
  }

  return {
    async listConversations(call, { query, identity }) {
      const asked = { ...reading(CONVERSATIONS, bot), query, ...(identity && { identity }) };
      const page = await read(call, asked, ConversationPage);
      return mapOutcome(page, ({ conversations, meta }) => ({
        rows: each(conversations, WireConversation),
        next: nextOf(meta, query),
      }));
    },
    async getConversation(call, id) {
      const asked = reading(`${CONVERSATIONS}/${encodeURIComponent(id)}`, conversationAt(id));
      return mapOutcome(await read(call, asked, ConversationAnswer), said);
    },
    async createConversation(call, { body, identity }) {
      const asked = { ...writing('POST', CONVERSATIONS, bot), json: body, identity };
      return mapOutcome(await read(call, asked, ConversationAnswer), said);
    },
    getOrCreateConversation(call, { body, identity }) {
      const path = `${CONVERSATIONS}/get-or-create`;
      return read(call, { ...writing('POST', path, bot), json: body, identity }, UpsertAnswer);
    },
    async updateConversation(call, id, { body, identity }) {
      const path = `${CONVERSATIONS}/${encodeURIComponent(id)}`;
      const asked = { ...writing('PUT', path, conversationAt(id)), json: body, identity };
      return mapOutcome(await read(call, asked, ConversationAnswer), said);
    },
    async deleteConversation(call, id) {
      const path = `${CONVERSATIONS}/${encodeURIComponent(id)}`;
      // The vendor's own client sends an empty object along with a DELETE.
      const asked = { ...writing('DELETE', path, conversationAt(id)), json: {} };
      return mapOutcome(await ask(call, asked), () => null);
    },
    async listMessages(call, { query, conversationId }) {
      const what = conversationAt(conversationId);
      const asked = {
        ...reading(MESSAGES, what),
        refersTo: what,
        query: [['conversationId', conversationId], ...query] as const,
      };
      const page = await read(call, asked, MessagePage);
      return mapOutcome(page, ({ messages, meta }) => ({
        rows: each(messages, WireMessage),
        next: nextOf(meta, query),
      }));
    },
    async getMessage(call, id) {
      const asked = reading(
        `${MESSAGES}/${encodeURIComponent(id)}`,
        `message ${id} at ${provider}`,
      );
      return mapOutcome(await read(call, asked, MessageAnswer), ({ message }) => message);
    },
    async createMessage(call, { body, identity }) {
      // One sentence for both references: the service need not say which of them leads nowhere.
      const { conversationId, userId } = body;
      const refersTo = `${conversationAt(conversationId)}, or its author ${userId}`;
      const asked = { ...writing('POST', MESSAGES, bot), refersTo, json: body, identity };
      return mapOutcome(await read(call, asked, MessageAnswer), ({ message }) => message);
    },
  };

  function conversationAt(id: string): string {
    return `conversation ${id} at ${provider}`;
  }
}

const CONVERSATIONS = '/v1/chat/conversations';

/** Flat: messages are not below their conversation. */
const MESSAGES = '/v1/chat/messages';

interface Asked extends Omit<Ask, 'headers'> {
  /** What the path names, for when it is not there. */
  readonly what: string;
  /** The same for the body. */
  readonly refersTo?: string;
  readonly identity?: Identity;
}

function reading(path: string, what: string) {
  return { method: 'GET', path, what, effect: 'read' } as const;
}

function writing<Method extends Ask['method']>(method: Method, path: string, what: string) {
  return { method, path, what, effect: 'write' } as const;
}

function said({ conversation }: { readonly conversation: WireConversation }): WireConversation {
  return conversation;
}

function each<Row>(rows: readonly unknown[], shape: z.ZodType<Row>): Row[] {
  return rows.flatMap((row) => {
    const read = shape.safeParse(row);
    return read.success ? [read.data] : [];
  });
}

/** Null on the last page, and where a token leads back to itself: walking on would never end. */
function nextOf(
  meta: { readonly nextToken?: string | null | undefined } | null | undefined,
  query: Query,
): string | null {
  const next = meta?.nextToken || null;
  return query.some(([name, value]) => name === 'nextToken' && value === next) ? null : next;
}
