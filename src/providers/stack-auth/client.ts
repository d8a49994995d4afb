// The service's endpoints, one small function a call, all under the session of a dashboard user of the project "internal".

import type { z } from 'zod';
import { conversationAt, failed, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { Answer, Ask } from '../ask.ts';
import type { Call, ProviderParts } from '../provider.ts';
import { askWithToken } from '../token-flight.ts';
import { readBody } from '../wire-reading.ts';
import type { StackAuthAccount } from './account.ts';
import { isTokenRefused, refusalOf, unmasked } from './refusal.ts';
import { openSession } from './session.ts';
import { WireCreated, WireDetail, WireList, type WireTrio } from './wire.ts';

export interface Client {
  listConversations(call: Call, question: ListQuestion): Promise<Outcome<WireList>>;
  /** With its messages and its entry points. */
  getConversation(call: Call, id: string): Promise<Outcome<WireDetail>>;
  /** The id of the new conversation, which is all the service answers. */
  createConversation(call: Call, body: NewConversation): Promise<Outcome<string>>;
  /** The conversation after the change. */
  changeConversation(call: Call, id: string, change: Change): Promise<Outcome<WireDetail>>;
  /** The same; `already` where it had this status, which the service calls a mistake. */
  setStatus(call: Call, id: string, status: string): Promise<Outcome<WireDetail | 'already'>>;
}

export interface ListQuestion {
  readonly query?: string;
  readonly status?: string;
  readonly userId?: string;
  readonly limit?: number;
  readonly offset?: number;
}

export interface NewConversation {
  readonly userId: string;
  readonly subject: string;
  readonly initialMessage: string;
  readonly priority: string;
  readonly source?: string;
}

type Change =
  | { readonly type: 'reply' | 'internal-note'; readonly body: string }
  | ({ readonly type: 'metadata'; readonly priority?: string } & WireTrio);

/** Every failure of these is a value; a write that answered in an unknown shape is `outcome-unknown`. */
export function stackAuthClient(account: StackAuthAccount, parts: ProviderParts): Client {
  const { name: provider, projectId } = account;
  const { http, clock } = parts;
  const session = openSession(account, parts);
  const wholeInbox = `the inbox of project ${projectId} at ${provider}`;

  /** Any answer, under its real status, with one renewal of the token where that was what was wrong. */
  async function answerTo(call: Call, asked: Omit<Ask, 'headers'>): Promise<Outcome<Answer>> {
    const answer = await askWithToken(session, call, {
      send: (token) => http.ask(call, { ...asked, headers: headersOf(account, token) }),
      // Also where it is a write: a token is looked at before anything else, so a 401 says that nothing was done.
      isRefused: (refused) => isTokenRefused(unmasked(refused)),
    });
    return mapOutcome(answer, unmasked);
  }

  async function ask<T>(call: Call, shape: z.ZodType<T>, question: Question): Promise<Outcome<T>> {
    const { what, ...asked } = question;
    const answer = await answerTo(call, asked);
    if (!answer.ok) return answer;
    const { effect } = asked;
    const secrets = session.secrets();
    const refused = { provider, projectId, effect, now: clock(), what, secrets };
    const failure = refusalOf(answer.value, refused);
    return failure ? failed(failure) : readBody(shape, answer.value.body, { provider, effect });
  }

  async function patch(call: Call, id: string, change: object): Promise<Outcome<WireDetail>> {
    const what = conversationAt(provider, id);
    if (!isUuid(id)) return failed({ kind: 'not-found', what });
    const json = { projectId, ...change };
    return ask(call, WireDetail, {
      method: 'PATCH',
      path: pathOf(id),
      json,
      effect: 'write',
      what,
    });
  }

  return {
    listConversations(call, { query, status, userId, limit, offset }) {
      const asked = { projectId, query, status, userId, limit, offset };
      return ask(call, WireList, {
        method: 'GET',
        path: CONVERSATIONS,
        query: Object.entries(asked).flatMap(([key, value]): [string, string][] =>
          value === undefined ? [] : [[key, String(value)]],
        ),
        effect: 'read',
        what: wholeInbox,
      });
    },

    async getConversation(call, id) {
      const what = conversationAt(provider, id);
      if (!isUuid(id)) return failed({ kind: 'not-found', what });
      return ask(call, WireDetail, {
        method: 'GET',
        path: pathOf(id),
        query: [['projectId', projectId]],
        effect: 'read',
        what,
      });
    },

    async createConversation(call, body) {
      const created = await ask(call, WireCreated, {
        method: 'POST',
        path: CONVERSATIONS,
        json: { projectId, ...body },
        effect: 'write',
        what: wholeInbox,
      });
      return mapOutcome(created, ({ conversationId }) => conversationId);
    },

    changeConversation: patch,

    async setStatus(call, id, status) {
      const outcome = await patch(call, id, { type: 'status', status });
      const already =
        !outcome.ok &&
        outcome.failure.kind === 'refused' &&
        /^conversation is already /i.test(outcome.failure.said);
      return already ? success('already') : outcome;
    },
  };
}

/**
 * Conversations, users and projects are uuids, of any version: which ones it makes tomorrow is its own affair. The
 * service takes anything else for a mistake in the question, and it is no conversation's id.
 */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

interface Question extends Omit<Ask, 'headers'> {
  /** What a 404 says is not there. */
  readonly what: string;
}

const CONVERSATIONS = '/api/v1/internal/conversations';

function pathOf(id: string): string {
  return `${CONVERSATIONS}/${encodeURIComponent(id)}`;
}

function headersOf(
  { publishableClientKey }: StackAuthAccount,
  accessToken: string,
): Record<string, string> {
  const said = {
    // Never the managed project, whose own keys open nothing here: that one travels as `projectId`.
    'project-id': 'internal',
    'access-type': 'client',
    'publishable-client-key': publishableClientKey,
    'access-token': accessToken,
  };
  // Under both brands' names: an older service knows only the first, and a newer one may drop it.
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) => [
      [`x-stack-${name}`, value],
      [`x-hexclave-${name}`, value],
    ]),
  );
}
