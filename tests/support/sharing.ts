// Two gateways over the same services and one Redis of whatever kind, and what clients do at either of them.

import { randomUUID } from 'node:crypto';
import type { World } from '../../emulators/world.ts';
import type { RedisConfig } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';
import { decodeId } from '../../src/domain/ids.ts';
import { ACCOUNTS, type AccountName } from './accounts.ts';
import { at, listAt, textAt } from './answer.ts';
import { brief, type Listening, listen } from './desk.ts';
import { mutateKeyed } from './mutations.ts';
import { type StartOptions, startParlance, type TestParlance } from './parlance.ts';
import { askedAtAll, rowWhere } from './stores.ts';

/** Where both find their Redis. */
export type Place =
  | { readonly url: string }
  | { readonly cluster: readonly string[] }
  | { readonly sentinels: readonly string[]; readonly name: string };

export interface Sharing {
  readonly world: World;
  readonly one: TestParlance;
  readonly other: TestParlance;
}

/** Each has its own way to it, or both the same. The cache is on unless it is said otherwise. */
export async function startSharing(
  places: Place | readonly [Place, Place],
  options: StartOptions = {},
): Promise<Sharing> {
  const prefix = `test:${randomUUID()}:`;
  const [first, second] = 'length' in places ? places : [places, places];
  const common = { count: 3, cache: {}, ...options };
  const one = await startParlance({ ...common, redis: configOf(first, prefix) });
  const { world } = one;
  const other = await startParlance({ ...common, beside: world, redis: configOf(second, prefix) });
  return { world, one, other };
}

function configOf(place: Place, prefix: string): RedisConfig {
  if ('url' in place) return { url: secret(place.url), prefix };
  if ('cluster' in place) return { cluster: place.cluster.map(secret), prefix };
  const { sentinels, name } = place;
  return { sentinels: sentinels.map(secret), name, prefix };
}

/** The payload, or the error. */
export function send(
  gateway: TestParlance,
  conversationId: string,
  text: string,
  more: object = {},
): Promise<unknown> {
  return mutateKeyed(gateway, 'sendMessage', { conversationId, text, ...more });
}

/** Of each source of the inbox's first page: its status by the name of its provider. */
export async function inboxSources(
  gateway: TestParlance,
  headers: Record<string, string> = {},
): Promise<Readonly<Record<string, string>>> {
  const query = `{ conversations(first: 3) { nodes { id } sources { provider { name } status } } }`;
  const { data, errors } = await gateway.ask(query, {}, headers);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return Object.fromEntries(
    listAt(data, 'conversations.sources').map((source) => [
      textAt(source, 'provider.name'),
      textAt(source, 'status'),
    ]),
  );
}

/** The newest messages of a conversation as a gateway answers them. */
export async function textsShown(
  gateway: TestParlance,
  conversationId: string,
  headers: Record<string, string> = {},
): Promise<readonly string[]> {
  const { data, errors } = await gateway.ask(MESSAGES, { id: conversationId }, headers);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return listAt(data, 'conversation.messages.nodes').map((node) => String(at(node, 'text')));
}

const MESSAGES = `query ($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { text } } } }`;

/** All twelve there are. */
export async function conversationsAt(gateway: TestParlance): Promise<readonly string[]> {
  const { data } = await gateway.ask('{ conversations(first: 12) { nodes { id } } }');
  return listAt(data, 'conversations.nodes').map((node) => textAt(node, 'id'));
}

/** How many of the twelve conversations there are one gateway reads without asking anybody, after the other has. */
export async function unaskedBy(
  gateway: TestParlance,
  { world, firstAskedBy }: { readonly world: World; readonly firstAskedBy: TestParlance },
): Promise<number> {
  let count = 0;
  for (const id of await conversationsAt(gateway)) {
    const texts = await textsShown(firstAskedBy, id);
    const calls = askedAtAll(world).length;
    const same = JSON.stringify(await textsShown(gateway, id)) === JSON.stringify(texts);
    if (same && askedAtAll(world).length === calls) count += 1;
  }
  return count;
}

/** As its service keeps them. */
export function textsStored(
  { botpress, chatling, chatbotkit, stackAuth }: World,
  conversationId: string,
): readonly string[] {
  const place = decodeId(conversationId);
  if (place?.type !== 'Conversation') throw new Error(`${conversationId} is of no conversation`);
  const { provider, nativeId } = place.conversation;
  const stores: Readonly<Record<AccountName, () => readonly string[]>> = {
    website: () =>
      [...botpress.store.messages.values()].flatMap((one) =>
        one.conversationId === nativeId ? [String(one.payload['text'])] : [],
      ),
    help: () => chatling.store.conversations.get(nativeId)?.messages.map(({ text }) => text) ?? [],
    assistant: () =>
      [...chatbotkit.store.messages.values()].flatMap((one) =>
        one.conversationId === nativeId ? [one.text] : [],
      ),
    support: () => (stackAuth.store.messages.get(nativeId) ?? []).map(({ body }) => body ?? ''),
  };
  const account = ACCOUNTS.find((name) => name === String(provider));
  return account ? stores[account]() : [];
}

/** A customer writes at Stack Auth: nobody posts that, it is found. */
export async function customerSays({ stackAuth }: World, id: string, text: string): Promise<void> {
  const place = decodeId(id);
  if (place?.type !== 'Conversation') throw new Error(`${id} is of no conversation`);
  const { nativeId: conversationId } = place.conversation;
  await fetch(`${stackAuth.url}/__emulator/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId, text }),
  });
}

const ADDED = `subscription ($conversation: ID) {
  messageAdded(conversationId: $conversation, confirm: true) {
    __typename
    ... on Event { cursor }
    ... on Listening { cursor }
    ... on MessageAdded { message { text } }
    ... on Gap { cursor reason }
  }
}`;

export interface Hearing extends Pick<Listening, 'stop'> {
  /** The next that is told, in brief, with its cursor; undefined once it is over. */
  next(): Promise<{ readonly said: string; readonly cursor: string } | undefined>;
  /** All there was until this was told, in brief; with the cursor that came with it. */
  until(text: string): Promise<{ readonly told: readonly string[]; readonly cursor: string }>;
}

/** What is added to one conversation, told by one gateway. */
export async function hearingAt(
  { url }: Pick<TestParlance, 'url'>,
  conversation: string,
): Promise<Hearing> {
  const listening = await listen('WebSocket', url, ADDED, { conversation });
  const next: Hearing['next'] = async () => {
    const event = await listening.next();
    return event === undefined
      ? undefined
      : { said: brief(event), cursor: textAt(event, 'cursor') };
  };
  return {
    stop: listening.stop,
    next,
    async until(text) {
      const told: string[] = [];
      for (;;) {
        const event = await next();
        if (!event) throw new Error(`${text} was not told after ${told.join(', ')}`);
        told.push(event.said);
        if (event.said === `added: ${text}`) return { told, cursor: event.cursor };
      }
    },
  };
}

/** What one gateway says of itself to whoever watches it. */
export async function readiness({ url }: Pick<TestParlance, 'url'>): Promise<unknown> {
  return (await fetch(`${url}/readyz`)).json();
}

/** Of one tag; composed of a list and a create, as Stack Auth has no such call. */
export function getOrCreate(gateway: TestParlance, order: string): Promise<unknown> {
  const { stackAuth, credentials } = gateway.world;
  const { projectId } = credentials.stackAuth;
  const user = rowWhere(stackAuth.store.users, (one) => one.projectId === projectId);
  return mutateKeyed(gateway, 'getOrCreateConversation', {
    provider: 'support',
    title: 'A broken import',
    contactId: user.id,
    message: 'We saw your import fail.',
    tags: [{ key: 'order', value: order }],
  });
}

export function nameOf(result: unknown): string {
  return String(at(result, '__typename'));
}
