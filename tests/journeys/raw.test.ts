// The provider's own object is there for whoever needs what the schema has no word for, without what opens anything.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { ACCOUNTS, type AccountName } from '../support/accounts.ts';
import { at, listAt } from '../support/answer.ts';
import { idsAt } from '../support/inbox.ts';
import { conversationId } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { rowWhere } from '../support/stores.ts';
import { messagesTold } from '../support/told.ts';

const FEW = { count: 6 };
const RAW = 'query R($id: ID!) { conversation(id: $id) { raw } }';

/** What the service calls the id of a conversation. */
const ID_WORD = { website: 'id', help: 'id', assistant: 'id', support: 'conversationId' } as const;

/** Something of a conversation that the service's own object has in its own words, as the store keeps it. */
function ownPart({ botpress, chatling, chatbotkit, stackAuth }: World, account: AccountName) {
  return {
    website: (id: string) => ({ tags: botpress.store.conversations.get(id)?.tags }),
    help: (id: string) => ({ contact_id: chatling.store.conversations.get(id)?.contact_id }),
    assistant: (id: string) => ({ meta: chatbotkit.store.conversations.get(id)?.meta }),
    support: (id: string) => ({ subject: stackAuth.store.conversations.get(id)?.subject }),
  }[account];
}

describe.each(ACCOUNTS)('what %s itself says', (account) => {
  it('of each conversation is its raw part, in a list and by id', async () => {
    const parlance = await startParlance(FEW);
    const ids = await idsAt(parlance, account);
    expect(ids.size).toBeGreaterThan(0);
    const listed = await parlance.ask(
      'query L($names: [String!]) { conversations(first: 100, filter: { providers: $names }) { nodes { id nativeId raw } } }',
      { names: [account] },
    );
    const single = await parlance.ask(
      'query S($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { id nativeId raw } } }',
      { ids: [...ids.values()].slice(0, 5) },
    );

    expect([...listed.errors, ...single.errors]).toEqual([]);
    const rows = [...listAt(listed.data, 'conversations.nodes'), ...listAt(single.data, 'nodes')];
    expect(rows.length).toBeGreaterThanOrEqual(ids.size);
    for (const row of rows) {
      const nativeId = String(at(row, 'nativeId'));
      expect(at(row, 'raw')).toMatchObject({
        [ID_WORD[account]]: nativeId,
        ...ownPart(parlance.world, account)(nativeId),
      });
    }
  });

  it('of each message is its raw part, with the words that were said', async () => {
    const parlance = await startParlance(FEW);

    const told = await parlance.ask(
      `query M($names: [String!]) { conversations(first: 100, filter: { providers: $names }) {
        nodes { messages(first: 5) { nodes { text raw content { __typename } } } }
      } }`,
      { names: [account] },
    );

    expect(told.errors).toEqual([]);
    const texts = listAt(told.data, 'conversations.nodes')
      .flatMap((node) => listAt(node, 'messages.nodes'))
      .filter((row) => at(row, 'content.__typename') === 'TextContent');
    expect(texts.length).toBeGreaterThan(0);
    for (const row of texts) {
      const words = JSON.stringify(at(row, 'text')).slice(1, -1);
      expect(JSON.stringify(at(row, 'raw'))).toContain(words);
    }
  });
});

describe('a credential that stands in a provider’s own object', () => {
  const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJlLXgteC14';
  const KEPT = {
    plan: 'pro',
    apiKey: 'hunter2',
    usage: { tokens: 12 },
    callback: 'https://ada:hunter2@example.com/back?state=1&access_token=hunter2',
    note: `they wrote Bearer ${JWT}`,
    'client-secret': { id: 1, value: 'hunter2' },
  };
  const SHOWN = {
    plan: 'pro',
    apiKey: '«redacted»',
    usage: { tokens: 12 },
    callback: 'https://«redacted»@example.com/back?state=1&access_token=«redacted»',
    note: 'they wrote Bearer «redacted»',
    'client-secret': '«redacted»',
  };

  it('is not shown of a conversation, and all beside it is', async () => {
    const parlance = await startParlance(FEW);
    const { conversations } = parlance.world.chatbotkit.store;
    const row = rowWhere(conversations);
    conversations.set(row.id, { ...row, meta: KEPT });

    const { data, errors } = await parlance.ask(RAW, { id: conversationId('assistant', row.id) });

    expect(errors).toEqual([]);
    expect(at(data, 'conversation.raw')).toMatchObject({ id: row.id, meta: SHOWN });
    expect(at(data, 'conversation.raw.meta')).toEqual(SHOWN);
    expect(conversations.get(row.id)?.meta).toEqual(KEPT);
  });

  it('is not shown of a message, and all beside it is', async () => {
    const parlance = await startParlance(FEW);
    const { messages } = parlance.world.chatbotkit.store;
    const row = rowWhere(messages, ({ type }) => type === 'user');
    messages.set(row.id, { ...row, meta: KEPT });

    const told = await messagesTold(parlance, 'assistant', 'raw');

    expect(at(told.get(row.id), 'raw')).toMatchObject({ id: row.id, text: row.text });
    expect(at(told.get(row.id), 'raw.meta')).toEqual(SHOWN);
  });
});
