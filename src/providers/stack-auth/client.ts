// The service's endpoints, one small function a call, all under the session of a dashboard user of the project "internal".

import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { type Answer, type Ask, type Http, unavailable } from '../http.ts';
import type { Call } from '../provider.ts';
import { failureOf, isSuccess, isTokenRefused, unmasked } from './failures.ts';
import type { Session } from './session.ts';
import {
  type Read,
  readCreated,
  readDetail,
  readList,
  type WireDetail,
  type WireList,
  type WireTrio,
} from './wire.ts';

export interface Client {
  list(question: ListQuestion, call: Call): Promise<Outcome<WireList>>;
  read(id: string, call: Call): Promise<Outcome<WireDetail>>;
  /** The id of the new conversation, which is all the service answers. */
  create(body: NewConversation, call: Call): Promise<Outcome<string>>;
  /** The conversation after the change. */
  change(id: string, change: Change, call: Call): Promise<Outcome<WireDetail>>;
  /** The same; `already` where it had this status, which the service calls a mistake. */
  setStatus(id: string, status: string, call: Call): Promise<Outcome<WireDetail | 'already'>>;
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

export type Change =
  | { readonly type: 'reply' | 'internal-note'; readonly body: string }
  | ({ readonly type: 'metadata'; readonly priority?: string } & WireTrio);

export interface ClientParts {
  readonly account: {
    readonly name: ProviderName;
    readonly projectId: string;
    readonly publishableClientKey: string;
  };
  readonly session: Session;
  readonly http: Http;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Every failure of these is a value; a write that answered in an unknown shape is `outcome-unknown`. */
export function openClient({ account, session, http, clock }: ClientParts): Client {
  const { name: provider, projectId } = account;

  /** Any answer, under its real status, with one renewal of the token where that was what was wrong. */
  async function answerTo(call: Call, asked: Omit<Ask, 'headers'>): Promise<Outcome<Answer>> {
    const token = await session.token(call.signal);
    if (!token.ok) return token;
    const sending = send(token.value);
    const first = await sending;
    if (!first.ok || !isTokenRefused(unmasked(first.value))) return mapAnswer(first);
    const renewed = await session.renewed(token.value, call.signal);
    if (!renewed.ok) return renewed;
    // The refusal must not be remembered as the answer to this question.
    for (const [question, answer] of call.reads) {
      if (answer === sending) call.reads.delete(question);
    }
    // Also where it is a write: a token is looked at before anything else, so a 401 says that nothing was done.
    return mapAnswer(await send(renewed.value));

    function send(accessToken: string): Promise<Outcome<Answer>> {
      return http.ask(call, { ...asked, headers: headersOf(account, accessToken) });
    }
  }

  async function ask<T>(
    call: Call,
    { what, read, ...asked }: Omit<Ask, 'headers'> & Reading<T>,
  ): Promise<Outcome<T>> {
    const outcome = await answerTo(call, asked);
    if (!outcome.ok) return outcome;
    const answer = outcome.value;
    const { effect } = asked;
    if (!isSuccess(answer)) {
      const now = clock();
      const { redact } = session;
      return failed(failureOf(answer, { provider, projectId, effect, now, what, redact }));
    }
    const understood = read(answer.body);
    if ('value' in understood) return success(understood.value);
    const because = `its answer was not shaped as expected: ${understood.brokeAt}`;
    return failed(
      effect === 'write'
        ? { kind: 'outcome-unknown', provider, because }
        : unavailable(provider, because),
    );
  }

  function patch<T>(
    id: string,
    change: Readonly<Record<string, unknown>>,
    { call, read }: { readonly call: Call; readonly read: Reading<T>['read'] },
  ): Promise<Outcome<T>> {
    return ask(call, {
      method: 'PATCH',
      path: pathOf(id),
      json: { projectId, ...change },
      effect: 'write',
      what: nameOf(id, provider),
      read,
    });
  }

  return {
    list({ query, status, userId, limit, offset }, call) {
      const asked = { projectId, query, status, userId, limit, offset };
      return ask(call, {
        method: 'GET',
        path: CONVERSATIONS,
        query: Object.entries(asked).flatMap(([key, value]): [string, string][] =>
          value === undefined ? [] : [[key, String(value)]],
        ),
        effect: 'read',
        what: `the inbox of project ${projectId} at ${provider}`,
        read: readList,
      });
    },

    read: (id, call) =>
      ask(call, {
        method: 'GET',
        path: pathOf(id),
        query: [['projectId', projectId]],
        effect: 'read',
        what: nameOf(id, provider),
        read: readDetail,
      }),

    create: (body, call) =>
      ask(call, {
        method: 'POST',
        path: CONVERSATIONS,
        json: { projectId, ...body },
        effect: 'write',
        what: `the inbox of project ${projectId} at ${provider}`,
        read: readCreated,
      }),

    change: (id, change, call) => patch(id, { ...change }, { call, read: readDetail }),

    async setStatus(id, status, call) {
      const outcome = await patch(id, { type: 'status', status }, { call, read: readDetail });
      const already =
        !outcome.ok &&
        outcome.failure.kind === 'refused' &&
        /^conversation is already /i.test(outcome.failure.said);
      return already ? success('already') : outcome;
    },
  };
}

/** How a conversation is called where it is not there. */
export function nameOf(id: string, provider: ProviderName): string {
  return `conversation ${id} at ${provider}`;
}

interface Reading<T> {
  readonly what: string;
  read(body: unknown): Read<T>;
}

const CONVERSATIONS = '/api/v1/internal/conversations';

function pathOf(id: string): string {
  return `${CONVERSATIONS}/${encodeURIComponent(id)}`;
}

function headersOf(
  { publishableClientKey }: ClientParts['account'],
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

function mapAnswer(outcome: Outcome<Answer>): Outcome<Answer> {
  return outcome.ok ? success(unmasked(outcome.value)) : outcome;
}
