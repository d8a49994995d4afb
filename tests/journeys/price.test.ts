// What an operation is said to cost, beside the calls that its providers counted: never less, and not much more.

import { describe, expect, it } from 'vitest';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, textAt } from '../support/answer.ts';
import { FEW, post } from '../support/hostile.ts';
import { contactId, type MutationName, mutationOf } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';
import { rowWhere } from '../support/stores.ts';

/** A renewed token is no part of an operation: it serves those after it too. */
const TOKEN_PATH = '/api/v1/auth/oauth/token';

interface Bill {
  readonly price: number;
  readonly calls: number;
}

async function bill(parlance: TestParlance, query: string, variables: object = {}): Promise<Bill> {
  for (const account of ACCOUNTS) emulatorOf(parlance.world, account).forget();
  const { body } = await post(parlance.url, { query, variables });
  expect(at(body, 'errors')).toBeUndefined();
  const calls = ACCOUNTS.flatMap((account) => emulatorOf(parlance.world, account).journal);
  return {
    price: Number(at(body, 'extensions.cost.price')),
    calls: calls.filter(({ path }) => path !== TOKEN_PATH).length,
  };
}

async function idAt(parlance: TestParlance, account: AccountName): Promise<string> {
  const { data } = await parlance.ask(
    'query ($names: [String!]) { conversations(first: 1, filter: { providers: $names }) { nodes { id } } }',
    { names: [account] },
  );
  return textAt(data, 'conversations.nodes.0.id');
}

describe('the price of a query', () => {
  it.each([
    ['the providers', '{ providers { name health { state } capabilities { verb } } }'],
    ['an inbox', '{ conversations(first: 20) { nodes { id title } } }'],
    ['a long one', '{ conversations(first: 100) { nodes { id title tags { key } } } }'],
    [
      'that of two accounts',
      '{ conversations(filter: { providers: ["website", "support"] }) { nodes { id } } }',
    ],
    [
      'one with messages',
      '{ conversations(first: 20) { nodes { messages(first: 5) { nodes { text } } } } }',
    ],
    [
      'one with messages that lead back',
      '{ conversations(first: 20) { nodes { messages(first: 5) { nodes { conversation { title } } } } } }',
    ],
    [
      'one of which some is searched here',
      '{ conversations(first: 10, filter: { tags: [{ key: "plan", value: "pro" }] }) { nodes { id } } }',
    ],
    [
      'one with everything of it',
      `{ conversations(first: 10) { nodes {
        participants { nodes { name } }
        native { ... on StackAuthConversation { entryPoints { id } } }
        messages { nodes { text } }
      } } }`,
    ],
  ])('%s is no less than its calls, and not much more', async (_what, query) => {
    const parlance = await startParlance({ count: 30 });

    const { price, calls } = await bill(parlance, query);

    expect(price).toBeGreaterThanOrEqual(calls);
    expect(price).toBeLessThanOrEqual(4 * calls + 10);
  });

  it.each(ACCOUNTS)(
    'a conversation of %s, its messages and one of them by its id',
    async (account) => {
      const parlance = await startParlance({ count: 6 });
      const id = await idAt(parlance, account);
      const asked = await parlance.ask(
        'query ($id: ID!) { conversation(id: $id) { messages(first: 1) { nodes { id } } } }',
        { id },
      );
      const message = textAt(asked.data, 'conversation.messages.nodes.0.id');

      const bills = {
        thread: await bill(
          parlance,
          'query ($id: ID!) { conversation(id: $id) { title messages { nodes { text } } } }',
          { id },
        ),
        node: await bill(parlance, 'query ($id: ID!) { node(id: $id) { id } }', { id: message }),
        nodes: await bill(
          parlance,
          'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { conversation { id } } } }',
          { ids: [message, id] },
        ),
      };

      for (const [what, { price, calls }] of Object.entries(bills)) {
        expect
          .soft([what, price])
          .toEqual([what, expect.toSatisfy((told: number) => told >= calls)]);
        expect.soft(price).toBeLessThanOrEqual(3 * calls + 5);
      }
    },
  );
});

describe('the price of a write', () => {
  const WRITES: readonly (readonly [
    MutationName,
    AccountName,
    (parlance: TestParlance, id: string) => object,
  ])[] = [
    ...ACCOUNTS.map(
      (account) =>
        [
          'sendMessage',
          account,
          (_: TestParlance, id: string) => ({ conversationId: id, text: 'x' }),
        ] as const,
    ),
    [
      'updateConversation',
      'website',
      (_, id) => ({ id, tags: { set: [{ key: 'a', value: 'b' }] } }),
    ],
    ['updateConversation', 'help', (_, id) => ({ id, archived: true })],
    [
      'updateConversation',
      'assistant',
      (_, id) => ({ id, tags: { set: [{ key: 'a', value: 'b' }] } }),
    ],
    [
      'updateConversation',
      'support',
      (_, id) => ({ id, status: 'CLOSED', tags: { set: [{ key: 'a', value: 'b' }] } }),
    ],
    ['deleteConversation', 'website', (_, id) => ({ id })],
    ['deleteConversation', 'help', (_, id) => ({ id })],
    ['deleteConversation', 'assistant', (_, id) => ({ id })],
    ['requestReply', 'assistant', (_, id) => ({ conversationId: id })],
    [
      'completeConversation',
      'assistant',
      () => ({ provider: 'assistant', messages: [{ role: 'USER', text: 'x' }] }),
    ],
    ['createConversationSession', 'assistant', (_, id) => ({ conversationId: id })],
    [
      'uploadAttachment',
      'assistant',
      (_, id) => ({ conversationId: id, url: 'data:text/plain;base64,SGVsbG8=' }),
    ],
    ['createConversation', 'website', () => ({ provider: 'website', channel: 'channel' })],
    ['createConversation', 'help', () => ({ provider: 'help', message: 'x' })],
    ['createConversation', 'assistant', () => ({ provider: 'assistant', title: 'x' })],
    [
      'createConversation',
      'support',
      ({ world }) => ({
        provider: 'support',
        contactId: contactId('support', rowWhere(world.stackAuth.store.users).id),
        title: 'x',
        priority: 'NORMAL',
        message: 'x',
        tags: [{ key: 'vip' }],
      }),
    ],
    [
      'getOrCreateConversation',
      'website',
      () => ({ provider: 'website', channel: 'channel', tags: [{ key: 'a', value: 'b' }] }),
    ],
    [
      'getOrCreateConversation',
      'assistant',
      () => ({ provider: 'assistant', tags: [{ key: 'a', value: 'b' }] }),
    ],
    [
      'getOrCreateConversation',
      'support',
      ({ world }) => ({
        provider: 'support',
        contactId: contactId('support', rowWhere(world.stackAuth.store.users).id),
        title: 'x',
        priority: 'NORMAL',
        message: 'x',
        tags: [{ key: 'vip' }],
      }),
    ],
    [
      'upsertContact',
      'website',
      () => ({ provider: 'website', tags: [{ key: 'email', value: 'ada@example.com' }] }),
    ],
    [
      'upsertContact',
      'help',
      () => ({ provider: 'help', email: 'ada@example.com', name: 'Ada King' }),
    ],
    ['upsertContact', 'assistant', (_, id) => ({ conversationId: id, email: 'ada@example.com' })],
  ];

  it.each(WRITES)('%s at %s is no less than its calls', async (mutation, account, inputOf) => {
    const parlance = await startParlance(FEW);
    const id = await idAt(parlance, account);

    const { price, calls } = await bill(parlance, mutationOf(mutation), {
      input: inputOf(parlance, id),
    });

    expect(price).toBeGreaterThanOrEqual(calls);
    expect(price).toBeLessThanOrEqual(calls + 4);
  });
});
