// The endpoints of the Runtime API below /v1/chat, one small function a call.

import type { z } from 'zod';
import { conversationAt, failed, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { Answer, Ask } from '../ask.ts';
import { isAnotherPath } from '../http.ts';
import type { Call, ProviderParts } from '../provider.ts';
import { readBody, readRows, type WirePage } from '../wire-reading.ts';
import type { BotpressAccount } from './account.ts';
import type { Typed } from './content.ts';
import { type Identity, identityHeaders, ownIdentity } from './identity.ts';
import { refusalOf } from './refusal.ts';
import {
  ConversationAnswer,
  ConversationPage,
  MessageAnswer,
  MessagePage,
  ParticipantAnswer,
  ParticipantPage,
  UpsertAnswer,
  UserAnswer,
  UserPage,
  UserUpsertAnswer,
  WireConversation,
  WireMessage,
  WireUser,
} from './wire.ts';

export type Query = readonly (readonly [name: string, value: string])[];

/** Reads act as the account unless told otherwise; writes act as they are told. */
export interface Client {
  listConversations(
    call: Call,
    question: { readonly query: Query; readonly identity?: Identity },
  ): Promise<Outcome<WirePage<WireConversation>>>;
  getConversation(call: Call, id: string): Promise<Outcome<WireConversation>>;
  createConversation(call: Call, written: Written): Promise<Outcome<WireConversation>>;
  /** `meta.created` is not said before API 1.82. */
  getOrCreateConversation(call: Call, written: Written): Promise<Outcome<Upserted>>;
  updateConversation(call: Call, id: string, written: Written): Promise<Outcome<WireConversation>>;
  deleteConversation(call: Call, id: string): Promise<Outcome<null>>;
  listMessages(
    call: Call,
    question: {
      readonly query: Query;
      readonly conversationId: string;
      readonly identity?: Identity;
    },
  ): Promise<Outcome<WirePage<WireMessage>>>;
  getMessage(call: Call, id: string): Promise<Outcome<WireMessage>>;
  createMessage(call: Call, written: Written<NewMessage>): Promise<Outcome<WireMessage>>;
  /** Answered with the one there is whose tag of that key is the same. */
  getOrCreateMessage(
    call: Call,
    written: Written<NewMessage> & { readonly by: string },
  ): Promise<Outcome<WireMessage>>;
  updateMessage(call: Call, id: string, written: Written): Promise<Outcome<WireMessage>>;
  deleteMessage(call: Call, id: string): Promise<Outcome<null>>;
  listParticipants(
    call: Call,
    question: { readonly query: Query; readonly conversationId: string },
  ): Promise<Outcome<WirePage<WireUser>>>;
  /** Somebody who takes part already is answered just the same. */
  addParticipant(call: Call, named: Named): Promise<Outcome<WireUser>>;
  removeParticipant(call: Call, named: Named): Promise<Outcome<null>>;
  listUsers(
    call: Call,
    question: { readonly query: Query; readonly identity: Identity },
  ): Promise<Outcome<WirePage<WireUser>>>;
  /** As with conversations, `meta.created` is not said before API 1.82. */
  getOrCreateUser(call: Call, written: Written): Promise<Outcome<UpsertedUser>>;
  updateUser(call: Call, id: string, written: Written): Promise<Outcome<WireUser>>;
}

/** One user in one conversation. */
interface Named {
  readonly conversationId: string;
  readonly userId: string;
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
type UpsertedUser = z.infer<typeof UserUpsertAnswer>;

export function botpressClient(account: BotpressAccount, { http, clock }: ProviderParts): Client {
  const { name: provider, token, botId } = account;
  const own = ownIdentity(account);
  const bot = `bot ${botId} at ${provider}`;

  async function ask(call: Call, question: Question): Promise<Outcome<Answer>> {
    const { identity = own, what, refersTo, ...asked } = question;
    if (isAnotherPath(asked.path)) return failed({ kind: 'not-found', what });
    const secret = token.reveal();
    const answer = await http.ask(call, {
      ...asked,
      headers: {
        authorization: `Bearer ${secret}`,
        'x-bot-id': botId,
        ...identityHeaders(identity),
      },
    });
    if (!answer.ok) return answer;
    const { effect } = asked;
    const refused = { provider, effect, now: clock(), what, refersTo, secret };
    const failure = refusalOf(answer.value, refused);
    return failure ? failed(failure) : answer;
  }

  /** One sentence for both: the service need not say which of them leads nowhere. */
  function referencesOf({ conversationId, userId }: NewMessage): string {
    return `${conversationAt(provider, conversationId)}, or its author ${userId}`;
  }

  async function read<T>(call: Call, shape: z.ZodType<T>, question: Question): Promise<Outcome<T>> {
    const answer = await ask(call, question);
    if (!answer.ok) return answer;
    return readBody(shape, answer.value.body, { provider, effect: question.effect });
  }

  return {
    async listConversations(call, { query, identity }) {
      const question = { ...reading(CONVERSATIONS, bot), query, ...(identity && { identity }) };
      const page = await read(call, ConversationPage, question);
      return mapOutcome(page, ({ conversations, meta }) => ({
        rows: readRows(WireConversation, conversations),
        next: nextOf(meta, query),
      }));
    },
    async getConversation(call, id) {
      const question = reading(
        `${CONVERSATIONS}/${encodeURIComponent(id)}`,
        conversationAt(provider, id),
      );
      return mapOutcome(await read(call, ConversationAnswer, question), said);
    },
    async createConversation(call, { body, identity }) {
      const question = { ...writing('POST', CONVERSATIONS, bot), json: body, identity };
      return mapOutcome(await read(call, ConversationAnswer, question), said);
    },
    getOrCreateConversation(call, { body, identity }) {
      const path = `${CONVERSATIONS}/get-or-create`;
      return read(call, UpsertAnswer, { ...writing('POST', path, bot), json: body, identity });
    },
    async updateConversation(call, id, { body, identity }) {
      const path = `${CONVERSATIONS}/${encodeURIComponent(id)}`;
      const question = {
        ...writing('PUT', path, conversationAt(provider, id)),
        json: body,
        identity,
      };
      return mapOutcome(await read(call, ConversationAnswer, question), said);
    },
    async deleteConversation(call, id) {
      const path = `${CONVERSATIONS}/${encodeURIComponent(id)}`;
      // The vendor's own client sends an empty object along with a DELETE.
      const question = { ...writing('DELETE', path, conversationAt(provider, id)), json: {} };
      return mapOutcome(await ask(call, question), () => null);
    },
    async listMessages(call, { query, conversationId, identity }) {
      const what = conversationAt(provider, conversationId);
      const question = {
        ...reading(MESSAGES, what),
        ...(identity && { identity }),
        refersTo: what,
        query: [['conversationId', conversationId], ...query] as const,
      };
      const page = await read(call, MessagePage, question);
      return mapOutcome(page, ({ messages, meta }) => ({
        rows: readRows(WireMessage, messages),
        next: nextOf(meta, query),
      }));
    },
    async getMessage(call, id) {
      const question = reading(
        `${MESSAGES}/${encodeURIComponent(id)}`,
        `message ${id} at ${provider}`,
      );
      return mapOutcome(await read(call, MessageAnswer, question), ({ message }) => message);
    },
    async createMessage(call, { body, identity }) {
      const refersTo = referencesOf(body);
      const question = { ...writing('POST', MESSAGES, bot), refersTo, json: body, identity };
      return mapOutcome(await read(call, MessageAnswer, question), ({ message }) => message);
    },
    async getOrCreateMessage(call, { body, identity, by }) {
      const path = `${MESSAGES}/get-or-create`;
      const question = {
        ...writing('POST', path, bot),
        refersTo: referencesOf(body),
        json: { ...body, discriminateByTags: [by] },
        identity,
      };
      return mapOutcome(await read(call, MessageAnswer, question), ({ message }) => message);
    },
    async updateMessage(call, id, { body, identity }) {
      const path = `${MESSAGES}/${encodeURIComponent(id)}`;
      const question = {
        ...writing('PUT', path, `message ${id} at ${provider}`),
        json: body,
        identity,
      };
      return mapOutcome(await read(call, MessageAnswer, question), ({ message }) => message);
    },
    async deleteMessage(call, id) {
      const path = `${MESSAGES}/${encodeURIComponent(id)}`;
      const question = { ...writing('DELETE', path, `message ${id} at ${provider}`), json: {} };
      return mapOutcome(await ask(call, question), () => null);
    },
    async listParticipants(call, { query, conversationId }) {
      const path = participantsOf(conversationId);
      const question = { ...reading(path, conversationAt(provider, conversationId)), query };
      const page = await read(call, ParticipantPage, question);
      return mapOutcome(page, ({ participants, meta }) => ({
        rows: readRows(WireUser, participants),
        next: nextOf(meta, query),
      }));
    },
    async addParticipant(call, { conversationId, userId }) {
      const what = conversationAt(provider, conversationId);
      const question = {
        ...writing('POST', participantsOf(conversationId), what),
        refersTo: `participant ${userId} at ${provider}`,
        json: { userId },
      };
      return mapOutcome(
        await read(call, ParticipantAnswer, question),
        ({ participant }) => participant,
      );
    },
    async removeParticipant(call, { conversationId, userId }) {
      const path = `${participantsOf(conversationId)}/${encodeURIComponent(userId)}`;
      const what = `participant ${userId} in ${conversationAt(provider, conversationId)}`;
      // The vendor's own code expects either error for somebody who does not take part.
      const question = { ...writing('DELETE', path, what), refersTo: what, json: {} };
      return mapOutcome(await ask(call, question), () => null);
    },
    async listUsers(call, { query, identity }) {
      const page = await read(call, UserPage, { ...reading(USERS, bot), query, identity });
      return mapOutcome(page, ({ users, meta }) => ({
        rows: readRows(WireUser, users),
        next: nextOf(meta, query),
      }));
    },
    getOrCreateUser(call, { body, identity }) {
      const path = `${USERS}/get-or-create`;
      return read(call, UserUpsertAnswer, { ...writing('POST', path, bot), json: body, identity });
    },
    async updateUser(call, id, { body, identity }) {
      const path = `${USERS}/${encodeURIComponent(id)}`;
      const question = {
        ...writing('PUT', path, `user ${id} at ${provider}`),
        json: body,
        identity,
      };
      return mapOutcome(await read(call, UserAnswer, question), ({ user }) => user);
    },
  };
}

const CONVERSATIONS = '/v1/chat/conversations';

/** Flat: messages are not below their conversation. */
const MESSAGES = '/v1/chat/messages';

const USERS = '/v1/chat/users';

function participantsOf(conversationId: string): string {
  return `${CONVERSATIONS}/${encodeURIComponent(conversationId)}/participants`;
}

interface Question extends Omit<Ask, 'headers'> {
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

/** Null on the last page, and where a token leads back to itself: walking on would never end. */
function nextOf(
  meta: { readonly nextToken?: string | null | undefined } | null | undefined,
  query: Query,
): string | null {
  const next = meta?.nextToken || null;
  return query.some(([name, value]) => name === 'nextToken' && value === next) ? null : next;
}
