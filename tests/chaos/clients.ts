// Listening and writing as clients do: over WebSocket, over SSE, and by a mutation.

import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventsAskedOf } from '../../schema/subscriptions/event-filter.ts';
import { GAP_REASONS } from '../../src/domain/event.ts';
import { type ConversationRef, decodeId, encodeId } from '../../src/domain/ids.ts';
import { eventCursors } from '../../src/gateway/live/event-cursor.ts';
import { questionOf } from '../../src/gateway/live/subscribe.ts';
import { laneOf } from '../../src/state/events/log.ts';
import { at, textAt } from '../support/answer.ts';
import { SECRET } from './gateways.ts';
import type { Marks } from './history.ts';
import type { Asked, Desk, Heard } from './watchers.ts';

const MESSAGES = `subscription ($conversationId: ID, $after: String, $confirm: Boolean!) {
  messageAdded(conversationId: $conversationId, after: $after, confirm: $confirm) {
    __typename
    ... on Event { cursor }
    ... on Listening { cursor }
    ... on MessageAdded { message { id text } }
    ... on Gap { conversationId from to reason }
  }
}`;

/** One that is left before it stands says so by an error that nobody hears. */
class Droppable extends WebSocket {
  constructor(address: string, protocols: string[]) {
    super(address, protocols);
    this.on('error', () => undefined);
  }
}

/** As in compose.ts. */
const LANES = 8;

/** What is no text of ours is left out: a bot may answer. */
export type IsOurs = (text: string) => boolean;

/** What a client signs in with, at the moment it does; nothing where nobody has to. */
export type SignsIn = () => Readonly<Record<string, string>> | Promise<Record<string, string>>;

const NOBODY_HAS_TO: SignsIn = () => ({});

export function webSocketDesk(
  name: string,
  url: string,
  isOurs: IsOurs,
  signsIn = NOBODY_HAS_TO,
): Desk {
  return {
    name: `${name} over WebSocket`,
    listen: (asked, hear, signal) =>
      new Promise((resolve) => {
        const client = createWebSocketClient({
          url: `${url.replace(/^http/, 'ws')}/graphql`,
          webSocketImpl: Droppable,
          retryAttempts: 0,
          connectionParams: signsIn,
        });
        const leave = () => {
          client.terminate();
          done('dropped');
        };
        const done = (why: string) => {
          signal.removeEventListener('abort', leave);
          void client.dispose();
          resolve(why);
        };
        signal.addEventListener('abort', leave);
        client.subscribe(requestOf(asked), {
          next: (said) => hearIn(said, { hear, isOurs, done }),
          error: (error) => done(inWords(error)),
          complete: () => done('complete'),
        });
      }),
  };
}

export function sseDesk(name: string, url: string, isOurs: IsOurs, signsIn = NOBODY_HAS_TO): Desk {
  return {
    name: `${name} over SSE`,
    listen: (asked, hear, signal) =>
      new Promise((resolve) => {
        const client = createSseClient({
          url: `${url}/graphql`,
          retryAttempts: 0,
          headers: async () => ({ ...(await signsIn()) }),
        });
        const done = (why: string) => {
          signal.removeEventListener('abort', leave);
          client.dispose();
          resolve(why);
        };
        const leave = () => done('dropped');
        signal.addEventListener('abort', leave);
        client.subscribe(requestOf(asked), {
          next: (said) => hearIn(said, { hear, isOurs, done }),
          error: (error) => done(inWords(error)),
          complete: () => done('complete'),
        });
      }),
  };
}

function requestOf({ conversation, after }: Asked) {
  const variables = { conversationId: conversation, after, confirm: after === null };
  return { query: MESSAGES, variables };
}

function hearIn(
  said: unknown,
  {
    hear,
    isOurs,
    done,
  }: { hear: (heard: Heard) => void; isOurs: IsOurs; done: (why: string) => void },
): void {
  const told = at(said, 'data.messageAdded');
  if (told === undefined || told === null) return done(JSON.stringify(said));
  const cursor = textAt(told, 'cursor');
  switch (at(told, '__typename')) {
    case 'Listening':
      return hear({ type: 'listening', cursor });
    case 'Gap': {
      const from = at(told, 'from');
      const reason = GAP_REASONS.find((known) => known === at(told, 'reason'));
      const conversation = at(told, 'conversationId');
      if (!reason) throw new Error(`no such reason: ${JSON.stringify(told)}`);
      return hear({
        type: 'gap',
        cursor,
        reason,
        conversation: typeof conversation === 'string' ? conversation : null,
        from: typeof from === 'string' ? Date.parse(from) : null,
        to: Date.parse(textAt(told, 'to')),
      });
    }
    default: {
      const id = String(at(told, 'message.text'));
      const place = decodeId(textAt(told, 'message.id'));
      if (place?.type !== 'Message' || !isOurs(id)) return undefined;
      const { conversation } = place.message;
      const lane = laneOf(conversation, LANES);
      return hear({
        type: 'message',
        cursor,
        conversation: conversationId(conversation),
        id,
        lane,
      });
    }
  }
}

const cursors = eventCursors(SECRET);

export function marksIn(cursor: string, { conversation }: Asked): Marks {
  const asked = eventsAskedOf('MESSAGE_ADDED', { conversationId: conversation, confirm: false });
  const marks = cursors.open(cursor, questionOf(asked));
  if (typeof marks !== 'string') return marks;
  throw new Error(`a cursor that was told is ${marks}`);
}

const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { ... on SendMessagePayload { delivery } }
}`;

/** What became of it is seen in the store; whether it is known to be there, or not to be. */
export async function send(
  url: string,
  conversation: string,
  text: string,
  { key, signsIn = NOBODY_HAS_TO }: { readonly key?: string; readonly signsIn?: SignsIn } = {},
): Promise<boolean> {
  const input = { conversationId: conversation, text, expectReply: false };
  const keyed = key === undefined ? input : { ...input, idempotencyKey: key };
  const said = await answerOf(url, { query: SEND, variables: { input: keyed } }, await signsIn());
  return ['SENT', 'NOT_SENT'].includes(String(at(said, 'data.sendMessage.delivery')));
}

const LOOK = `query ($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { text } } } }`;

/** The newest messages of a conversation; undefined where they cannot be had. */
export async function look(
  url: string,
  conversation: string,
  { after, signsIn = NOBODY_HAS_TO }: { readonly after?: string; readonly signsIn?: SignsIn } = {},
): Promise<readonly string[] | undefined> {
  const headers = {
    ...(await signsIn()),
    ...(after === undefined ? {} : { 'parlance-after': after }),
  };
  const said = await answerOf(url, { query: LOOK, variables: { id: conversation } }, headers);
  const nodes = at(said, 'data.conversation.messages.nodes');
  return Array.isArray(nodes) ? nodes.map((node) => String(at(node, 'text'))) : undefined;
}

/** Undefined where nobody answers. */
export async function answerOf(
  url: string,
  question: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(5000),
    });
    return await response.json();
  } catch {
    // Killed, frozen or cut off.
    return undefined;
  }
}

export function conversationId(conversation: ConversationRef): string {
  return encodeId({ type: 'Conversation', conversation });
}

function inWords(error: unknown): string {
  if (error instanceof Error) return error.message;
  const reason = at(error, 'reason');
  return typeof reason === 'string' ? `closed: ${reason}` : (JSON.stringify(error) ?? 'closed');
}
