// Whatever one of two tenants may ask, about themselves, about the other, and about nobody: queries, mutations and
// subscriptions, with ids, cursors, keys, filters and names of whomever.

import * as fc from 'fast-check';
import { EVENT_KINDS } from '../../src/domain/event.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import {
  accountOf,
  CONVERSATIONS,
  conversationAt,
  type Happening,
  type Shape,
  TENANTS,
  type Tenant,
} from './tenants.ts';

export type Step =
  | { readonly type: 'ask'; readonly by: Tenant; readonly asking: Asking }
  | { readonly type: 'listen'; readonly by: Tenant; readonly asking: Asking }
  | { readonly type: 'happen'; readonly to: Tenant; readonly happening: Happening };

export interface Asking {
  readonly query: string;
  readonly variables: object;
  /** Whose cursor it goes on from, and which of those there are by then; null: from none. */
  readonly from: { readonly whose: Tenant; readonly nth: number } | null;
}

export function steps(shape: Shape, count: number): fc.Arbitrary<Step[]> {
  const by = fc.constantFrom(...TENANTS);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({ type: fc.constant('ask' as const), by, asking: queries(shape) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constant('ask' as const), by, asking: mutations(shape) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('listen' as const),
        by,
        asking: subscriptions(shape),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('happen' as const), to: by, happening: happenings }),
    },
  );
  return fc.array(step, { minLength: count, maxLength: count });
}

/** The last of each is left alone, to be heard of in the end. */
const happenings: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom(
    'said' as const,
    'said' as const,
    'hidden' as const,
    'changed' as const,
    'deleted' as const,
  ),
  at: fc.nat(CONVERSATIONS - 2),
});

const WORDS = 'id text kind visibility tags { key } raw';

const MESSAGE = `${WORDS} nativeId author { id name email } content { ... on TextContent { text } }
  citations { title } attachments { url } createdAt native { __typename }`;

const ROW = `id nativeId provider { name } title description preview priority archived tags { key }
  contact { id email } assignee { id email } messageCount sortedAt native { __typename } raw`;

const CONVERSATION = `${ROW} participants { nodes { id name } } messages(first: 2) { nodes { ${WORDS} } }`;

const ERROR =
  '__typename ... on Error { code message } ... on InvalidInputError { issues { path message } }';

function idsOf(shape: Shape) {
  const whose = fc.constantFrom(...TENANTS);
  const place = fc.oneof(
    { weight: 8, arbitrary: fc.record({ tenant: whose, at: fc.nat(CONVERSATIONS - 1) }) },
    { weight: 1, arbitrary: fc.record({ tenant: whose, at: fc.constant(99) }) },
  );
  const provider = fc.oneof(
    { weight: 8, arbitrary: whose.map((tenant) => accountOf(shape, tenant)) },
    { weight: 1, arbitrary: fc.constant(providerName('account-of-nobody')) },
  );
  const conversation = fc
    .record({ place, elsewhere: fc.option(provider, { freq: 8 }) })
    .map(({ place: { tenant, at }, elsewhere }) => ({
      provider: elsewhere ?? accountOf(shape, tenant),
      nativeId: conversationAt(tenant, at),
    }));
  const message = fc
    .record({ conversation, inside: place, own: fc.boolean(), nth: fc.nat(8) })
    .map(({ conversation: home, inside, own, nth }) => ({
      conversation: home,
      nativeId: `${own ? home.nativeId : conversationAt(inside.tenant, inside.at)}-m${nth}`,
    }));
  const contact = fc.record({ provider, whose }).map(({ provider: where, whose: tenant }) => ({
    provider: where,
    nativeId: `contact-${tenant}`,
  }));
  return {
    provider,
    conversationId: conversation.map((ref) =>
      encodeId({ type: 'Conversation', conversation: ref }),
    ),
    messageId: message.map((ref) => encodeId({ type: 'Message', message: ref })),
    providerId: provider.map((name) => encodeId({ type: 'Provider', provider: name })),
    contactId: fc.oneof(
      contact.map((one) => encodeId({ type: 'Contact', ...one })),
      contact.map(({ nativeId }) => nativeId),
    ),
  };
}

function asking(
  query: string,
  variables: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  from: fc.Arbitrary<Asking['from']> = fc.constant(null),
): fc.Arbitrary<Asking> {
  return fc.record({ query: fc.constant(query), variables: fc.record(variables), from });
}

const FROM: fc.Arbitrary<Asking['from']> = fc.option(
  fc.record({ whose: fc.constantFrom(...TENANTS), nth: fc.nat(20) }),
  { freq: 2 },
);

function queries(shape: Shape): fc.Arbitrary<Asking> {
  const { provider, conversationId, messageId, providerId, contactId } = idsOf(shape);
  const anyId = fc.oneof(conversationId, messageId, providerId);
  const filter = fc.record(
    {
      providers: fc.array(provider, { minLength: 1, maxLength: 2 }),
      contactId,
      status: fc.constant(['OPEN']),
      tags: fc.constant([{ key: 'vip' }]),
      search: fc.constant('title'),
    },
    { requiredKeys: [] },
  );
  return fc.oneof(
    asking(
      `query ($first: Int, $after: String, $filter: ConversationFilter) {
        conversations(first: $first, after: $after, filter: $filter) {
          nodes { ${ROW} messages(first: 1) { nodes { ${WORDS} } } }
          pageInfo { hasNextPage endCursor startCursor }
          sources { provider { name } status scanned fetchedAt error { message } }
        }
      }`,
      { first: fc.nat(4), filter: fc.option(filter, { freq: 3 }) },
      FROM,
    ),
    asking(`query ($id: ID!) { conversation(id: $id) { ${CONVERSATION} } }`, {
      id: conversationId,
    }),
    asking(
      `query ($id: ID!, $after: String, $hidden: Boolean!) {
        conversation(id: $id) {
          messages(first: 2, after: $after, includeHidden: $hidden) {
            nodes { ${MESSAGE} conversation { title } }
            pageInfo { hasNextPage endCursor }
          }
        }
      }`,
      { id: conversationId, hidden: fc.boolean() },
      FROM,
    ),
    asking(
      `query ($id: ID!) { node(id: $id) {
        ... on Conversation { ${ROW} }
        ... on Message { message: id body: text ofKind: kind conversation { ${ROW} } }
        ... on Provider { name health { state lastError { message } rateLimit { limit } } }
      } }`,
      { id: anyId },
    ),
    asking(
      `query ($ids: [ID!]!) { nodes(ids: $ids) {
        __typename id ... on Conversation { title raw } ... on Message { text } ... on Provider { name }
      } }`,
      { ids: fc.array(anyId, { maxLength: 4 }) },
    ),
    asking('query ($name: String!) { provider(name: $name) { name kind } providers { name } }', {
      name: provider,
    }),
  );
}

function mutations(shape: Shape): fc.Arbitrary<Asking> {
  const { provider, conversationId, messageId, contactId } = idsOf(shape);
  const idempotencyKey = fc.constantFrom('key-1', 'key-2', 'key-3');
  const sent = fc.record(
    {
      conversationId,
      text: fc.constantFrom('one word', 'another word'),
      idempotencyKey,
      as: fc.constantFrom('USER', 'BOT'),
      kind: fc.constantFrom('MESSAGE', 'NOTE'),
      visibility: fc.constantFrom('PUBLIC', 'INTERNAL'),
      providerOptions: fc.constant({ userId: 'contact-bob' }),
    },
    { requiredKeys: ['conversationId', 'text'] },
  );
  const begun = fc.record(
    {
      provider,
      contactId,
      idempotencyKey,
      title: fc.constant('a title'),
      message: fc.constant('a word'),
    },
    { requiredKeys: ['provider'] },
  );
  const inputs: Readonly<Record<string, fc.Arbitrary<object>>> = {
    sendMessage: sent,
    createConversation: begun,
    getOrCreateConversation: begun,
    updateConversation: fc.record({ id: conversationId, title: fc.constant('another title') }),
    deleteConversation: fc.record({ id: conversationId }),
    updateMessage: fc.record({ id: messageId, text: fc.constant('another word') }),
    deleteMessage: fc.record({ id: messageId }),
    rateMessage: fc.record({ id: messageId, rating: fc.constantFrom('HELPFUL', null) }),
    requestReply: fc.record(
      { conversationId, idempotencyKey },
      { requiredKeys: ['conversationId'] },
    ),
    completeConversation: fc.record({
      provider,
      messages: fc.constant([{ role: 'USER', text: 'a word' }]),
      idempotencyKey,
    }),
    upsertContact: fc.record({ provider, name: fc.constant('a name') }, { requiredKeys: ['name'] }),
    addParticipant: fc.record({ conversationId, participantId: contactId }),
    removeParticipant: fc.record({ conversationId, participantId: contactId }),
    uploadAttachment: fc.record({
      conversationId,
      url: fc.constant('https://example.com/a'),
      idempotencyKey,
    }),
    createConversationSession: fc.record({ conversationId }),
  };
  return fc.oneof(
    ...Object.entries(inputs).map(([name, input]) => {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return asking(
        `mutation ($input: ${type}Input!) {
          result: ${name}(input: $input) { ${ERROR} ... on ${type}Payload { ${PAYLOADS[name] ?? ''} } }
        }`,
        { input },
      );
    }),
  );
}

const PAYLOADS: Readonly<Record<string, string>> = {
  sendMessage: `delivery idempotencyKey said: message { ${MESSAGE} } reply { ${WORDS} } conversation { ${ROW} }`,
  createConversation: `conversation { ${CONVERSATION} }`,
  getOrCreateConversation: `created conversation { ${ROW} }`,
  updateConversation: `conversation { ${ROW} } ignored`,
  deleteConversation: 'deletedId',
  updateMessage: `said: message { ${MESSAGE} }`,
  deleteMessage: 'deletedId',
  rateMessage: `said: message { ${MESSAGE} }`,
  requestReply: `reply { ${WORDS} } conversation { ${ROW} }`,
  completeConversation: 'text',
  upsertContact: 'contact { id name }',
  addParticipant: `participant { id name } conversation { ${ROW} }`,
  removeParticipant: `removedId conversation { ${ROW} }`,
  uploadAttachment: `attachment { name url } conversation { ${ROW} }`,
  createConversationSession: `token conversation { ${ROW} }`,
};

const EVENT = `__typename ... on Event { cursor }
  ... on MessageAdded { message { ${MESSAGE} } later: conversation { title raw } }
  ... on MessageUpdated { message { ${WORDS} } }
  ... on MessageDeleted { deletedId conversationId }
  ... on ConversationCreated { row: conversation { ${ROW} } }
  ... on ConversationUpdated { row: conversation { ${ROW} } }
  ... on ConversationDeleted { deletedId }
  ... on Gap { scope conversationId reason }`;

function subscriptions(shape: Shape): fc.Arbitrary<Asking> {
  const { provider, conversationId } = idsOf(shape);
  const filter = fc.record(
    {
      providers: fc.array(provider, { minLength: 1, maxLength: 2 }),
      kinds: fc
        .subarray([...EVENT_KINDS])
        .map((kinds) => [...new Set([...kinds, 'MESSAGE_ADDED'])]),
      includeHidden: fc.boolean(),
      tags: fc.constant([{ key: 'KEPT-BY-THE-DESK' }]),
    },
    { requiredKeys: [] },
  );
  return asking(
    `subscription ($id: ID, $filter: EventFilter, $after: String) {
      conversationEvents(conversationId: $id, filter: $filter, after: $after) { ${EVENT} }
    }`,
    { id: fc.option(conversationId, { freq: 3 }), filter: fc.option(filter, { freq: 3 }) },
    FROM,
  );
}
