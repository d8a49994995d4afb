// One call of a tool at Pinkfish: JSON-RPC in a POST, under a token and a connection, read without a session.

import { z } from 'zod';
import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { Answer, Ask } from '../ask.ts';
import type { Http } from '../http.ts';
import type { Call, ProviderParts } from '../provider.ts';
import { askWithToken } from '../token-flight.ts';
import { misshapen } from '../wire-reading.ts';
import type { PinkfishAccount } from './pinkfish-account.ts';
import {
  CHECK_THE_CONNECTION,
  doorFailure,
  refusalIn,
  type ToolError,
  type Trouble,
  toolFailure,
  unmarkedFailure,
  type Worded,
} from './pinkfish-failure.ts';
import { pinkfishTokens } from './pinkfish-tokens.ts';
import { refusalOf, statusOfCode } from './refusal.ts';
import { WireRefusal } from './wire.ts';

export interface ToolCall {
  /** Without what all of their names begin with. */
  readonly tool: string;
  /** Without the connection. */
  readonly given: object;
  readonly effect: Ask['effect'];
  readonly what: string;
  readonly runsEngine?: boolean;
  /** Where the answer that nothing was changed is a good one. */
  readonly mayChangeNothing?: boolean;
  /** Where an answer means something else than elsewhere. */
  readonly refusal?: typeof refusalOf;
}

/** Tokens are given at another host than the tools are called at. */
export interface PinkfishParts extends ProviderParts {
  readonly tokenHttp: Http;
}

/** What ChatBotKit answered, by way of a tool; null where it said without a word that nothing was changed. */
export type CallTool = (call: Call, asked: ToolCall) => Promise<Outcome<unknown>>;

export function pinkfishTools(account: PinkfishAccount, parts: PinkfishParts): CallTool {
  const { name: provider, orgId, pcid } = account;
  const { http, clock } = parts;
  const tokens = pinkfishTokens(account, { http: parts.tokenHttp, clock });

  function ask(call: Call, { tool, given, effect }: ToolCall): Promise<Outcome<Answer>> {
    return askWithToken(tokens, call, {
      send: (token) =>
        http.ask(call, {
          method: 'POST',
          path: '/chatbotkit-conversations',
          headers: { authorization: `Bearer ${token}`, 'x-selected-org': orgId },
          json: {
            jsonrpc: '2.0',
            // The same each time: every question has a reply of its own, and two that are alike are asked once.
            id: 1,
            method: 'tools/call',
            params: {
              name: `chatbotkit_conversations_${tool}`,
              arguments: { PCID: pcid, ...given },
            },
          },
          effect,
        }),
      // Also where it is a write: the token is looked at before anything is called.
      isRefused: ({ status }) => status === 401,
    });
  }

  return async (call, asked) => {
    const answer = await ask(call, asked);
    if (!answer.ok) return answer;
    const { effect, what, runsEngine = false, mayChangeNothing = false } = asked;
    const secret = account.clientSecret.reveal();
    const hide = hiding([secret, tokens.last()]);
    const trouble: Trouble = {
      asked: {
        provider,
        effect,
        runsEngine,
        now: clock(),
        what,
        secret,
        checkKey: CHECK_THE_CONNECTION,
      },
      refusal: asked.refusal ?? refusalOf,
    };
    const told = toldIn(answer.value, hide);
    switch (told.kind) {
      case 'value':
        return success(mayChangeNothing && isEmpty(told.value) ? null : told.value);
      case 'error': {
        const changedNothing = refusalIn(told.error)?.status === NOT_MODIFIED;
        if (mayChangeNothing && changedNothing) return success(null);
        return failed(toolFailure(told.error, trouble));
      }
      case 'unmarked':
        return failed(unmarkedFailure(told.body, trouble));
      case 'door':
        return failed(doorFailure(answer.value, trouble));
      case 'misshapen':
        return failed(misshapen(told.where, { provider, effect }));
    }
  };
}

/** The ways in which a reply can tell. */
type Told =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: ToolError }
  /** A body by which ChatBotKit refuses, and nothing beside it that says so. */
  | { readonly kind: 'unmarked'; readonly body: Worded }
  /** No reply of the protocol, but one of the server before it. */
  | { readonly kind: 'door' }
  | { readonly kind: 'misshapen'; readonly where: string };

function toldIn({ status, body }: Answer, hide: (said: string) => string): Told {
  const { error, result } = WireReply.safeParse(body).data ?? {};
  if (error) {
    const { code, message, data } = error;
    return { kind: 'error', error: { code, said: hide(message), data: hiddenIn(data, hide) } };
  }
  if (status !== 200) return { kind: 'door' };
  if (!result) return { kind: 'misshapen', where: 'result' };
  const { structuredContent, content, isError } = result;
  const said = content?.[0]?.text ?? '';
  const marked: Told = { kind: 'error', error: { code: null, said: hide(said) } };
  if (isError) return marked;
  const value = structuredContent ?? parsed(said);
  if (value === undefined) {
    const isWorded = /^\W*error\b/i.test(said) || refusalIn({ said });
    return isWorded ? marked : { kind: 'misshapen', where: 'result.content.0.text' };
  }
  const refused = WireRefusal.safeParse(value).data;
  return refused
    ? { kind: 'unmarked', body: { ...refused, message: hide(refused.message) } }
    : { kind: 'value', value };
}

/** By which ChatBotKit refused behind the tool, as far as that shows. */
export function statusBehind(answer: Answer): number | undefined {
  const told = toldIn(answer, (said) => said);
  if (told.kind === 'error') return refusalIn(told.error)?.status;
  return told.kind === 'unmarked' ? statusOfCode(told.body.code) : undefined;
}

/** How ChatBotKit says, without a word, that nothing was changed. */
const NOT_MODIFIED = 304;

const WireReply = z.object({
  error: z
    .object({
      code: z.number().catch(0),
      message: z.string().catch(''),
      data: z.unknown().optional(),
    })
    .nullish(),
  result: z
    .object({
      structuredContent: z.record(z.string(), z.unknown()).nullish().catch(null),
      content: z
        .array(z.object({ text: z.string().nullish().catch(null) }))
        .nullish()
        .catch(null),
      isError: z.boolean().nullish().catch(null),
    })
    .nullish(),
});

/** Null for no text at all, undefined for one that is not JSON. */
function parsed(said: string): unknown {
  if (said === '') return null;
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function hiding(secrets: readonly (string | undefined)[]): (said: string) => string {
  const known = secrets.flatMap((secret) => (secret ? [secret] : []));
  return (said) => known.reduce((shown, secret) => shown.replaceAll(secret, '«redacted»'), said);
}

function hiddenIn(value: unknown, hide: (said: string) => string): unknown {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((inner) => hiddenIn(inner, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, hiddenIn(inner, hide)]),
  );
}
