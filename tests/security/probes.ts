// All that is asked to see who sees what: every field of the schema by every way to it, every mutation, every event.

import { isObjectType } from 'graphql';
import { schema } from '../../schema/index.ts';
import type { Fact } from '../../src/domain/event.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { at } from '../support/answer.ts';
import { CLASSES, type Class } from './fields.ts';
import {
  type AccountName,
  CALLERS,
  type CallerName,
  CUSTOMER,
  type House,
  lineTo,
  OWN,
  type Transport,
} from './house.ts';
import { selectionOf } from './selections.ts';

/** Of the rows: ten that are the desk's come first. */
const SAID = `${OWN}-m10`;

const PARTS_OF_ROW = new Set(['Conversation.messages', 'Conversation.native']);
const ROW = selectionOf('Conversation', { without: PARTS_OF_ROW });
const WORDS = selectionOf('MessageConnection', {
  without: new Set(['MessageConnection.edges', 'Message.native', 'Message.conversation']),
});
const EDGES = selectionOf('MessageConnection', {
  without: new Set([
    'MessageConnection.nodes',
    'Message.native',
    'Message.content',
    'Message.conversation',
  ]),
});
const MESSAGE = selectionOf('Message', {
  without: new Set([
    'Message.native',
    'Message.content',
    'Conversation.participants',
    ...PARTS_OF_ROW,
  ]),
});
const PAGE = selectionOf('ConversationConnection', {
  without: new Set([
    'ConversationConnection.nodes',
    'Conversation.participants',
    'Source.error',
    ...PARTS_OF_ROW,
  ]),
});
const NODES = selectionOf('ConversationConnection', {
  without: new Set([
    'ConversationConnection.edges',
    'ConversationConnection.sources',
    'Conversation.participants',
    ...PARTS_OF_ROW,
  ]),
});
const NATIVE = selectionOf('ConversationNative');
const WORDS_NATIVE = `{ __typename nodes { __typename native ${selectionOf('MessageNative')} } }`;

const rowBy = (way: string, selection: string) =>
  `query ($id: ID!) { ${way}(id: $id) { __typename ... on Conversation ${selection} } }`;

/** Every way to a row, and everything below it. */
export const PROBES = [
  { name: 'a conversation', query: rowBy('conversation', ROW) },
  { name: 'a conversation by its id', query: rowBy('node', ROW) },
  { name: 'its native part', query: rowBy('node', `{ __typename native ${NATIVE} }`) },
  { name: 'what was said', query: rowBy('node', `{ __typename messages(first: 12) ${WORDS} }`) },
  {
    name: 'where it stands',
    query: rowBy('conversation', `{ __typename messages(first: 1) ${EDGES} }`),
  },
  {
    name: 'native parts of it',
    query: rowBy('conversation', `{ __typename messages(first: 1) ${WORDS_NATIVE} }`),
  },
  {
    name: 'a message by its id',
    query: `query ($message: ID!) { node(id: $message) { __typename ... on Message ${MESSAGE} } }`,
  },
  {
    name: 'a page',
    query: `query ($after: DateTime) {
      conversations(first: 10, filter: { createdAfter: $after }) ${PAGE}
    }`,
  },
  { name: 'the rows of a page', query: `{ conversations(first: 10) ${NODES} }` },
  {
    name: 'a provider',
    query: `query ($provider: ID!) {
      node(id: $provider) { __typename ... on Provider ${selectionOf('Provider')} }
    }`,
  },
];

export function idsAt(account: AccountName) {
  return {
    id: conversationId(account, OWN),
    message: encodeMessage(account, OWN, SAID),
    provider: providerId(account),
    after: '2026-01-01T00:00:00.000Z',
  };
}

export function conversationId(account: string, nativeId: string): string {
  const conversation = { provider: providerName(account), nativeId };
  return encodeId({ type: 'Conversation', conversation });
}

export function messageId(account: string, inside: string): string {
  return encodeMessage(account, inside, `${inside}-m10`);
}

export function encodeMessage(account: string, inside: string, nativeId: string): string {
  const conversation = { provider: providerName(account), nativeId: inside };
  return encodeId({ type: 'Message', message: { conversation, nativeId } });
}

export function providerId(account: string): string {
  return encodeId({ type: 'Provider', provider: providerName(account) });
}

export const MUTATIONS = Object.keys(schema.getMutationType()?.getFields() ?? {});

export function pascal(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** What is below what a write is about is a question, and asked as one. */
const BELOW = new Set(
  ['Conversation', 'Message', 'Contact', 'Participant'].flatMap((name) => {
    const type = schema.getType(name);
    return isObjectType(type)
      ? Object.keys(type.getFields()).map((field) => `${name}.${field}`)
      : [];
  }),
);

export function isBelow(field: string): boolean {
  return (
    BELOW.has(field) || !['written', 'read after', 'errors'].includes(CLASSES.get(field) ?? '')
  );
}

const ONLY_IDS = new Set([...BELOW].filter((field) => !field.endsWith('.id')));

export function mutationOf(name: string): string {
  const payload = selectionOf(`${pascal(name)}Payload`, { without: ONLY_IDS });
  return `mutation ($input: ${pascal(name)}Input!) {
    result: ${name}(input: $input) { __typename ... on Error { said: message } ... on ${pascal(name)}Payload ${payload} }
  }`;
}

let spares = 0;

export function inputOf({ services }: House, mutation: string, account: AccountName): object {
  const id = conversationId(account, OWN);
  const message = encodeMessage(account, OWN, SAID);
  switch (mutation) {
    case 'deleteConversation': {
      spares += 1;
      services[account].begin(`spare-${spares}`, CUSTOMER);
      return { id: conversationId(account, `spare-${spares}`) };
    }
    case 'createConversation':
    case 'getOrCreateConversation':
      return { provider: account };
    case 'completeConversation':
      return { provider: account, messages: [{ role: 'USER', text: 'a word' }] };
    case 'upsertContact':
      return { provider: account, name: 'a name' };
    case 'updateConversation':
      return { id, title: 'another title' };
    case 'updateMessage':
      return { id: message, text: 'another word' };
    case 'deleteMessage':
      return { id: message };
    case 'rateMessage':
      return { id: message, rating: 'HELPFUL' };
    case 'sendMessage':
      return { conversationId: id, text: 'a word' };
    case 'addParticipant':
    case 'removeParticipant':
      return { conversationId: id, participantId: 'somebody' };
    case 'uploadAttachment':
      return { conversationId: id, url: 'https://example.com/a' };
    case 'requestReply':
    case 'createConversationSession':
      return { conversationId: id };
    default:
      throw new Error(`nobody has said what ${mutation} is given`);
  }
}

const EVENTS = selectionOf('ConversationEvent', {
  without: new Set([...ONLY_IDS, ...fieldsOf(['errors'])]),
});

/** Everything that can happen, once; what is told last is what it ends with. */
export async function toldTo(
  house: House,
  {
    transport,
    caller,
    account,
  }: { transport: Exclude<Transport, 'HTTP'>; caller: CallerName; account: AccountName },
): Promise<unknown[]> {
  const line = lineTo(house.url, transport, caller);
  const listening = line.listen(
    `subscription ($id: ID) { event: conversationEvents(conversationId: $id, confirm: true) ${EVENTS} }`,
    { id: conversationId(account, OWN) },
  );
  const first = await listening.next();
  if (!may(caller, 'read')) return [first.value];
  await house.happen(account, factsFor(house, account, caller));
  const told: unknown[] = [first.value];
  while (at(told.at(-1), 'data.event.__typename') !== 'ReplyFailed') {
    told.push((await listening.next()).value);
  }
  await listening.return?.();
  return told;
}

function factsFor(
  { services }: House,
  account: AccountName,
  caller: CallerName,
): (Fact | 'missed')[] {
  const stored = services[account].rows.get(OWN);
  const message = stored?.messages.find(({ nativeId }) => nativeId === SAID);
  if (!stored || !message) throw new Error('there is nothing to tell of');
  const usage = { tokens: 7, endReason: 'stop' };
  const failure = { kind: 'gateway-unavailable', because: 'it broke off' } as const;
  return [
    { kind: 'MESSAGE_ADDED', message },
    { kind: 'MESSAGE_UPDATED', message },
    { kind: 'MESSAGE_DELETED', nativeId: SAID },
    { kind: 'CONVERSATION_CREATED', row: stored.conversation },
    { kind: 'CONVERSATION_UPDATED', row: stored.conversation },
    { kind: 'CONVERSATION_DELETED' },
    { kind: 'REPLY_DELTA', replyId: 'r', index: 0, text: 'a word' },
    { kind: 'REPLY_COMPLETED', replyId: 'r', message, usage },
    { kind: 'DELIVERY_SETTLED', idempotencyKey: 'k', caller, delivery: 'SENT', message },
    'missed',
    { kind: 'REPLY_FAILED', replyId: 'r', failure },
  ];
}

export function may(caller: CallerName, scope: 'read' | 'write' | 'raw' | 'admin'): boolean {
  return CALLERS[caller].scopes.has(scope);
}

export function fieldsOf(classes: readonly Class[]): string[] {
  return [...CLASSES].flatMap(([field, name]) => (classes.includes(name) ? field : [])).toSorted();
}
