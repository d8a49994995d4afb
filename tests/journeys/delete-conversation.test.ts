// A conversation is deleted with its messages, and is then not there for anybody; where it cannot be, it stays.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import type { AccountName } from '../support/accounts.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { askedAtAll, rowWhere, watchStores, writes } from '../support/stores.ts';

const DELETING = ['website', 'help', 'assistant'] as const;

describe.each(DELETING)('deleting a conversation at %s', (account) => {
  it('takes it and its messages away, and nothing else', async () => {
    const parlance = await startParlance({ count: 6 });
    const native = anyConversation(parlance.world, account);
    const id = conversationId(account, native);
    const messages = messagesOf(parlance.world, account, native);
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'deleteConversation', { id });

    expect(result).toEqual({ __typename: 'DeleteConversationPayload', deletedId: id });
    const gone = Object.entries(changes()).flatMap(([place, change]) =>
      'is' in change ? [] : [place],
    );
    expect(gone).toContain(`${account}/conversations/${native}`);
    // Chatling keeps messages within their conversation.
    expect(gone.filter((place) => place.startsWith(`${account}/messages/`)).toSorted()).toEqual(
      account === 'help' ? [] : messages.map((one) => `${account}/messages/${one}`).toSorted(),
    );
    expect(
      gone.filter((place) => !place.includes(native) && !place.includes('/messages/')),
    ).toEqual([]);
    expect(writes(parlance.world, account)).toHaveLength(1);
  });

  it('leaves nothing to be read under its id', async () => {
    const parlance = await startParlance({ count: 2 });
    const id = conversationId(account, anyConversation(parlance.world, account));
    await mutate(parlance, 'deleteConversation', { id });

    const { data, errors } = await parlance.ask(
      'query ($id: ID!) { conversation(id: $id) { id } node(id: $id) { id } }',
      { id },
    );

    expect(data).toEqual({ conversation: null, node: null });
    expect(errors).toMatchObject([
      { path: ['conversation'], extensions: { code: 'NOT_FOUND' } },
      { path: ['node'], extensions: { code: 'NOT_FOUND' } },
    ]);
    const { data: inbox } = await parlance.ask('{ conversations(first: 100) { nodes { id } } }');
    expect(JSON.stringify(inbox)).not.toContain(id);
  });

  it('is not there to be deleted, changed or written to once more', async () => {
    const parlance = await startParlance({ count: 2 });
    const native = anyConversation(parlance.world, account);
    const id = conversationId(account, native);
    await mutate(parlance, 'deleteConversation', { id });
    const changes = watchStores(parlance.world);

    const change = {
      website: { tags: { set: [{ key: 'plan', value: 'pro' }] } },
      help: { archived: true },
      assistant: { title: 'A title' },
    }[account];
    const results = [
      await mutate(parlance, 'deleteConversation', { id }),
      await mutate(parlance, 'updateConversation', { id, ...change }),
      await mutate(parlance, 'sendMessage', { conversationId: id, text: 'Anybody there?' }),
    ];

    for (const result of results) {
      expect(result).toMatchObject({
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
        message: expect.stringContaining(`There is no conversation ${native} at ${account}`),
      });
    }
    expect(changes()).toEqual({});
  });
});

describe('deleting a conversation at support', () => {
  it('is nothing Stack Auth does: it says what to do instead, and is not asked', async () => {
    const parlance = await startParlance({ count: 2 });
    const row = rowWhere(parlance.world.stackAuth.store.conversations);
    const id = conversationId('support', row.id);
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'deleteConversation', { id });

    expect(result).toMatchObject({
      __typename: 'UnsupportedError',
      code: 'UNSUPPORTED',
      provider: { name: 'support' },
      verb: 'CONVERSATION_DELETE',
      note: expect.stringContaining('set its status to CLOSED instead'),
    });
    expect(askedAtAll(parlance.world)).toEqual([]);
    expect(changes()).toEqual({});
    const { data } = await parlance.ask('query ($id: ID!) { conversation(id: $id) { id } }', {
      id,
    });
    expect(data).toEqual({ conversation: { id } });
  });
});

function anyConversation(
  { botpress, chatling, chatbotkit }: World,
  account: (typeof DELETING)[number],
): string {
  const stores = { website: botpress.store, help: chatling.store, assistant: chatbotkit.store };
  const [id = ''] = stores[account].conversations.keys();
  return id;
}

function messagesOf(
  { botpress, chatbotkit }: World,
  account: AccountName,
  conversation: string,
): string[] {
  const { messages } = account === 'website' ? botpress.store : chatbotkit.store;
  return [...messages.values()]
    .filter((message) => message.conversationId === conversation)
    .map(({ id }) => id);
}
