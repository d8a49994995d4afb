// Every conversation's messages as the emulators' stores have them, and as a client reads them page by page.

import { visibleMessages } from '../../emulators/stack-auth/views.ts';
import type { World } from '../../emulators/world.ts';
import type { AccountName } from './accounts.ts';
import { at, listAt, textAt } from './answer.ts';
import type { TestParlance } from './parlance.ts';

export interface Said {
  readonly nativeId: string;
  readonly text: string | null;
  readonly createdAtMs: number;
  /** In the provider's own word. */
  readonly type: string;
}

/** Newest first, by the provider's own id of the conversation. */
export function threadsOf(
  world: World,
  account: AccountName,
): ReadonlyMap<string, readonly Said[]> {
  const { botpress, chatling, chatbotkit, stackAuth } = world;
  switch (account) {
    case 'website':
      return eachOf(botpress.store.conversations.keys(), (id) =>
        [...botpress.store.messages.values()]
          .filter(({ conversationId }) => conversationId === id)
          .map((row) => ({
            nativeId: row.id,
            // Only some payloads have one, and how others are put into words is not what is looked at here.
            text: row.type === 'text' ? String(row.payload['text']) : null,
            createdAtMs: Date.parse(row.createdAt),
            type: row.type,
          }))
          .toSorted(newestFirst),
      );
    case 'help':
      return eachOf(chatling.store.conversations.keys(), (id) =>
        (chatling.store.conversations.get(id)?.messages ?? [])
          .map((row) => ({
            nativeId: row.id,
            text: row.text,
            createdAtMs: Date.parse(row.created_at),
            type: row.role,
          }))
          .toReversed(),
      );
    case 'assistant':
      return eachOf(chatbotkit.store.conversations.keys(), (id) =>
        [...chatbotkit.store.messages.values()]
          .filter(({ conversationId }) => conversationId === id)
          .map((row) => ({
            nativeId: row.id,
            text: row.text,
            createdAtMs: row.createdAt,
            type: row.type,
          }))
          .toSorted(newestFirst),
      );
    case 'support':
      return new Map(
        [...stackAuth.store.conversations.values()].map((conversation) => [
          conversation.id,
          visibleMessages(stackAuth.store, conversation, 'agent')
            .map((row) => ({
              nativeId: row.id,
              text: row.body,
              createdAtMs: Date.parse(row.createdAt),
              type: row.messageType,
            }))
            .toReversed(),
        ]),
      );
  }
}

export interface Read {
  readonly id: string;
  /** Null where the provider gives none. */
  readonly nativeId: unknown;
  readonly text: unknown;
  readonly createdAtMs: number;
  readonly kind: string;
}

export interface Reading {
  readonly first: number;
  readonly includeHidden: boolean;
}

/** All messages of these conversations, given by global id: a page of each per operation, until all have ended. */
export async function readThreads(
  { ask }: Pick<TestParlance, 'ask'>,
  ids: readonly string[],
  reading: Reading,
): Promise<ReadonlyMap<string, readonly Read[]>> {
  const threads = new Map<string, Read[]>(ids.map((id) => [id, []]));
  let open = ids.map((id): Place => ({ id, after: null }));
  while (open.length > 0) {
    const batch = open.slice(0, conversationsAtOnce(reading));
    const { data, errors } = await ask(queryOf(batch, reading));
    if (errors.length > 0) throw new Error(`refused: ${JSON.stringify(errors)}`);
    const left = batch.flatMap((place, index): Place[] => {
      const messages = at(data, `c${index}.messages`);
      threads.get(place.id)?.push(...listAt(messages, 'edges').map(readOf));
      if (at(messages, 'pageInfo.hasNextPage') !== true) return [];
      return [{ id: place.id, after: textAt(messages, 'pageInfo.endCursor') }];
    });
    open = [...left, ...open.slice(batch.length)];
  }
  return threads;
}

interface Place {
  readonly id: string;
  readonly after: string | null;
}

/** As many as stay below the bound on an operation's cost. */
function conversationsAtOnce({ first }: Reading): number {
  return Math.max(1, Math.min(40, Math.floor(2000 / first)));
}

function queryOf(places: readonly Place[], { first, includeHidden }: Reading): string {
  const fields = places.map(
    ({ id, after }, index) => `c${index}: conversation(id: ${JSON.stringify(id)}) {
      messages(first: ${first}, after: ${JSON.stringify(after)}, includeHidden: ${includeHidden}) {
        edges { node { id nativeId text createdAt kind } }
        pageInfo { hasNextPage endCursor }
      }
    }`,
  );
  return `{ ${fields.join('\n')} }`;
}

function readOf(edge: unknown): Read {
  return {
    id: textAt(edge, 'node.id'),
    nativeId: at(edge, 'node.nativeId'),
    text: at(edge, 'node.text'),
    createdAtMs: Date.parse(textAt(edge, 'node.createdAt')),
    kind: textAt(edge, 'node.kind'),
  };
}

function eachOf(
  ids: Iterable<string>,
  messagesOf: (id: string) => readonly Said[],
): ReadonlyMap<string, readonly Said[]> {
  return new Map([...ids].map((id) => [id, messagesOf(id)]));
}

function newestFirst(one: Said, other: Said): number {
  return other.createdAtMs - one.createdAtMs || (one.nativeId < other.nativeId ? 1 : -1);
}
