// A stranger with a dashboard's tokens: starts an emulated Stack Auth for one test and calls it over plain HTTP.

import { onTestFinished } from 'vitest';
import { type StackAuthOptions, startStackAuthEmulator } from '../../emulators/stack-auth/index.ts';
import { tellTales } from '../../emulators/story.ts';

export const NOW_MS = Date.UTC(2026, 5, 12, 9, 0, 0);

export const TALES = tellTales({ seed: 'stack-auth', now: NOW_MS });

/** A uuid that nobody has. */
export const NOBODY = 'b1f0c9de-2a47-4c35-9e08-6d7a54c3b210';

export const CUSTOMER_PATHS = [
  '/api/v1/internal/dogfood/support/conversations',
  '/api/v1/conversations',
] as const;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text itself where it is no JSON. */
  readonly body: unknown;
}

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly raw?: string;
}

export async function callStackAuth(options: StackAuthOptions = {}) {
  let nowMs = NOW_MS;
  const emulator = await startStackAuthEmulator({ clock: () => nowMs, ...options });
  onTestFinished(() => emulator.close());
  const { credentials, store } = emulator;
  const { url, projectId } = credentials;
  const asDashboard = {
    'x-stack-project-id': 'internal',
    'x-stack-access-type': 'client',
    'x-stack-publishable-client-key': credentials.publishableClientKey,
    'x-stack-access-token': credentials.accessToken,
  };

  async function send(method: string, path: string, call: Call = {}): Promise<Reply> {
    const body = call.raw ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }

  const agents = '/api/v1/internal/conversations';
  const asAgent = (method: string, path: string, call: Call = {}) =>
    send(method, path, { ...call, headers: { ...asDashboard, ...call.headers } });

  return {
    ...emulator,
    projectId,
    asDashboard,
    send,
    asAgent,
    /** Headers of one of the managed project's own users. */
    asCustomer(userId: string): Record<string, string> {
      return {
        'x-stack-project-id': projectId,
        'x-stack-access-type': 'client',
        'x-stack-publishable-client-key': store.projects.get(projectId)?.publishableClientKey ?? '',
        'x-stack-access-token': emulator.signIn(userId).accessToken,
      };
    },
    list: (query: Readonly<Record<string, string>> = {}) =>
      asAgent('GET', `${agents}?${String(new URLSearchParams({ projectId, ...query }))}`),
    detail: (id: string) => asAgent('GET', `${agents}/${id}?projectId=${projectId}`),
    create: (body: Readonly<Record<string, unknown>>) =>
      asAgent('POST', agents, {
        body: {
          projectId,
          subject: 'A subject',
          initialMessage: 'Hello',
          priority: 'normal',
          ...body,
        },
      }),
    patch: (id: string, body: Readonly<Record<string, unknown>>) =>
      asAgent('PATCH', `${agents}/${id}`, { body: { projectId, ...body } }),
    say: (conversationId: string, text: string) =>
      send('POST', '/__emulator/say', { body: { conversationId, text } }),
    pass(ms: number) {
      nowMs += ms;
    },
    now: () => new Date(nowMs).toISOString(),
  };
}

/** Somebody who has just written, and what they wrote as the store has it. */
export async function callWithOneConversation(options: StackAuthOptions = {}) {
  const caller = await callStackAuth(options);
  const customer = caller.addUser('nora', {
    displayName: 'Nora Field',
    primaryEmail: 'nora@example.com',
    profileImageUrl: 'https://images.example.com/nora.png',
  });
  const asNora = caller.asCustomer(customer.id);
  await caller.send('POST', CUSTOMER_PATHS[0], {
    headers: asNora,
    body: { subject: 'Lost parcel', message: 'Where is it?' },
  });
  const conversation = theOnly(caller.store.conversations.values());
  return {
    ...caller,
    customer,
    asNora,
    conversation,
    id: conversation.id,
    messages: () => caller.store.messages.get(conversation.id) ?? [],
    doors: () => caller.store.entryPoints.get(conversation.id) ?? [],
    /** What the customer writes in a second's time. */
    reply(message: string) {
      caller.pass(1000);
      return caller.send('PATCH', `${CUSTOMER_PATHS[0]}/${conversation.id}`, {
        headers: asNora,
        body: { message },
      });
    },
  };
}

export function theOnly<Thing>(things: Iterable<Thing>): Thing {
  const [only, ...others] = things;
  if (only === undefined || others.length > 0) throw new Error('Expected exactly one of them.');
  return only;
}

/** The ids of a list's conversations, in its order. */
export function idsOf({ body }: Reply): string[] {
  return rowsOf(body, 'conversations').map((row) => String(row['conversationId']));
}

export function rowsOf(body: unknown, name: string): Record<string, unknown>[] {
  const rows: unknown = recordOf(body)[name];
  if (!Array.isArray(rows)) throw new Error(`Expected a list of ${name}.`);
  return rows.map(recordOf);
}

export function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('Expected an object.');
  return Object.fromEntries(Object.entries(value));
}

/** What a token says, unchecked. */
export function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ''] = token.split('.');
  return recordOf(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
