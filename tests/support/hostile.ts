// What a hostile client may see of the gateway and cause through it: a sentence, and nothing else.

import { expect } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { at, listAt, textAt } from './answer.ts';
import { ask, type TestParlance } from './parlance.ts';

const RESULT =
  '{ __typename ... on Error { code message } ... on InvalidInputError { issues { path } } }';
export const CONVERSATION = 'query C($id: ID!) { conversation(id: $id) { id } }';
export const NODE = 'query N($id: ID!) { node(id: $id) { id } }';
export const DELETE = `mutation D($input: DeleteConversationInput!) { deleteConversation(input: $input) ${RESULT} }`;
export const UPDATE = `mutation U($input: UpdateConversationInput!) { updateConversation(input: $input) ${RESULT} }`;
export const SEND = `mutation S($input: SendMessageInput!) { sendMessage(input: $input) ${RESULT} }`;
export const CREATE = `mutation C($input: CreateConversationInput!) { createConversation(input: $input) ${RESULT} }`;
export const GET_OR_CREATE = `mutation G($input: GetOrCreateConversationInput!) { getOrCreateConversation(input: $input) ${RESULT} }`;
export const INBOX = `query I($first: Int = 3, $after: String, $filter: ConversationFilter) {
  conversations(first: $first, after: $after, filter: $filter) { edges { node { id } } pageInfo { endCursor } }
}`;
export const MESSAGES = `query M($id: ID!, $first: Int = 1, $after: String, $hidden: Boolean = false) {
  conversation(id: $id) {
    messages(first: $first, after: $after, includeHidden: $hidden) { nodes { id } pageInfo { endCursor } }
  }
}`;

/** A world that starts fast. */
export const FEW = { count: 4 };

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed; undefined where it is no JSON. */
  readonly body: unknown;
}

export async function send(address: string, init: RequestInit = {}): Promise<Said> {
  const response = await fetch(address, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** Text is sent as it is, so that it may be wrong; anything else as JSON. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  return send(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export interface Refusal {
  readonly code: unknown;
  readonly message: string;
  /** Where in the input, where the error is about one place in it. */
  readonly path: unknown;
}

/** Every error of an answer: those of `errors`, and those in the place of a mutation's payload. */
export function refusalsIn(body: unknown): Refusal[] {
  const errors = at(body, 'errors') === undefined ? [] : listAt(body, 'errors');
  const results = Object.values(at(body, 'data') ?? {}).filter(
    (result) => typeof at(result, 'code') === 'string',
  );
  return [
    ...errors.map((error) => ({
      code: at(error, 'extensions.code'),
      message: String(at(error, 'message')),
      path: at(error, 'extensions.issues.0.path'),
    })),
    ...results.map((result) => ({
      code: at(result, 'code'),
      message: String(at(result, 'message')),
      path: at(result, 'issues.0.path'),
    })),
  ];
}

/** Asks what has to be refused, and finds the first refusal, once the server has shown that it took no harm. */
export async function refusal(
  parlance: TestParlance,
  query: string,
  variables: object = {},
): Promise<Refusal> {
  const said = await post(parlance.url, { query, variables });
  await expectUnharmed(parlance, said.text);
  const [first] = refusalsIn(said.body);
  if (!first) throw new Error(`not refused: ${said.status} ${said.text.slice(0, 500)}`);
  return first;
}

/** The newest conversation of each provider. */
export async function idsOf({ ask: asking }: TestParlance) {
  const one = async (name: string) => {
    const { data } = await asking(INBOX, { first: 1, filter: { providers: [name] } });
    return textAt(data, 'conversations.edges.0.node.id');
  };
  return {
    website: await one('website'),
    help: await one('help'),
    assistant: await one('assistant'),
    support: await one('support'),
  };
}

/** The server took no harm: it tells nothing of its insides, nothing was written anywhere, and the next question is answered. */
export async function expectUnharmed({ url, world }: TestParlance, said: string): Promise<void> {
  expect(leaksIn(said, world)).toEqual([]);
  expect(writesIn(world)).toEqual([]);
  const next = await ask(url, '{ conversations(first: 1) { nodes { id } sources { status } } }');
  expect(next.errors).toEqual([]);
  expect(listAt(next.data, 'conversations.nodes')).toHaveLength(1);
}

/** Whatever in a text belongs to nobody but the operator. */
export function leaksIn(text: string, { credentials }: Pick<World, 'credentials'>): string[] {
  const { botpress, chatling, chatbotkit, stackAuth } = credentials;
  const secrets = [
    botpress.token,
    chatling.token,
    chatbotkit.secret,
    stackAuth.accessToken,
    stackAuth.refreshToken,
  ];
  return [
    ...secrets.filter((secret) => text.includes(secret)),
    // A stack trace, or the place of a file.
    ...(/\bat .*\(.*:\d+:\d+\)|node_modules|node:internal|file:\/\/|\.[cm]?[jt]s:\d+/.exec(text) ??
      []),
    ...(text.includes(process.cwd()) ? [process.cwd()] : []),
  ];
}

/** What any provider was asked to change. */
function writesIn({ botpress, chatling, chatbotkit, stackAuth }: World): string[] {
  return [botpress, chatling, chatbotkit, stackAuth]
    .flatMap(({ journal }) => journal)
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/auth/oauth/token'))
    .map(({ method, path }) => `${method} ${path}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
