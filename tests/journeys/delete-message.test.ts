// One message is taken away for good, where its provider can, and the conversation around it stands.

import { describe, expect, it } from 'vitest';
import { emulatorOf } from '../support/accounts.ts';
import { at } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { conversationId, messageId, mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { messageAt } from '../support/said.ts';
import { rowWhere, watchStores, writes } from '../support/stores.ts';
import { messagesOf } from '../support/timeline.ts';

const DELETING = ['website', 'assistant'] as const;

async function standing(account: (typeof DELETING)[number]) {
  const parlance = await startParlance({ count: 3 });
  const { botpress, chatbotkit } = parlance.world;
  const { store } = { website: botpress, assistant: chatbotkit }[account];
  const row = rowWhere<{ readonly id: string; readonly conversationId: string }>(store.messages);
  return {
    parlance,
    row,
    id: messageId(account, row),
    conversation: conversationId(account, row.conversationId),
    changes: watchStores(parlance.world),
  };
}

describe.each(DELETING)('deleting a message at %s', (account) => {
  it('takes that one away, and no other', async () => {
    const { parlance, row, id, changes } = await standing(account);

    const result = await mutate(parlance, 'deleteMessage', { id });

    expect(result).toEqual({ __typename: 'DeleteMessagePayload', deletedId: id });
    expect(Object.keys(changes()).toSorted()).toEqual(
      {
        website: [
          `website/conversations/${row.conversationId}/messageCount`,
          `website/messages/${row.id}`,
        ],
        // It remembers where rows stood, for cursors that mean them.
        assistant: [`assistant/deleted/${row.id}`, `assistant/messages/${row.id}`],
      }[account],
    );
    expect(changes()[`${account}/messages/${row.id}`]).not.toHaveProperty('is');
    expect(writes(parlance.world, account)).toHaveLength(1);
  });

  it('leaves the others to be read, and nothing under its id', async () => {
    const { parlance, row, id, conversation } = await standing(account);
    const before = await messagesOf(parlance, conversation, { includeHidden: true });
    await mutate(parlance, 'deleteMessage', { id });

    const after = await messagesOf(parlance, conversation, { includeHidden: true });
    const { data, errors } = await parlance.ask('query ($id: ID!) { node(id: $id) { id } }', {
      id,
    });

    expect(after).toEqual(before.filter((message) => at(message, 'nativeId') !== row.id));
    expect(after).toHaveLength(before.length - 1);
    expect(data).toEqual({ node: null });
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('is not there to be deleted once more', async () => {
    const { parlance, id } = await standing(account);
    await mutate(parlance, 'deleteMessage', { id });
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'deleteMessage', { id });

    expect(result).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
    expect(changes()).toEqual({});
  });

  it('does not find it in another conversation', async () => {
    const { parlance, row, changes } = await standing(account);
    const { botpress, chatbotkit } = parlance.world;
    const { store } = { website: botpress, assistant: chatbotkit }[account];
    const other = rowWhere<{ readonly id: string }>(
      store.conversations,
      ({ id }) => id !== row.conversationId,
    );

    const result = await mutate(parlance, 'deleteMessage', {
      id: messageId(account, { conversationId: other.id, id: row.id }),
    });

    expect(result).toMatchObject({ __typename: 'NotFoundError' });
    expect(changes()).toEqual({});
  });

  it('whose answer was lost is told so, and is not sent again', async () => {
    const { parlance, id, row, changes } = await standing(account);
    emulatorOf(parlance.world, account).inject({
      kind: 'cut-after-accept',
      times: 1,
      match: { method: account === 'website' ? 'DELETE' : 'POST', path: '/v1/' },
    });

    const result = await mutate(parlance, 'deleteMessage', { id });

    expect(result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      provider: { name: account },
    });
    expect(changes()).toMatchObject({ [`${account}/messages/${row.id}`]: {} });
    expect(writes(parlance.world, account)).toHaveLength(1);
  });
});

describe('a message that cannot be deleted', () => {
  it.each([
    ['help', /^Chatling deletes whole conversations only: use deleteConversation/],
    ['support', /^Stack Auth keeps what was said/],
  ] as const)('stays at %s, which says what to do instead', async (account, note) => {
    const parlance = await startParlance({ count: 2 });

    await expectUnsupported(parlance, 'deleteMessage', {
      input: { id: messageAt(parlance.world, account) },
      account,
      verb: 'MESSAGE_DELETE',
      note,
    });
  });

  it('is named by an id that is none, or of something else', async () => {
    const parlance = await startParlance({ count: 1 });

    await expectMistakes(parlance, 'deleteMessage', [
      { input: { id: 'msg_1' }, path: 'id', because: /not an id of this gateway/ },
      { input: { id: '' }, path: 'id', because: /not an id of this gateway/ },
      {
        input: { id: standingAt(parlance.world, 'assistant') },
        path: 'id',
        because: /is the id of a Conversation; give the id of a Message/,
      },
    ]);
  });

  it('is at a provider that is not there', async () => {
    const parlance = await startParlance({ count: 1 });

    const result = await mutate(parlance, 'deleteMessage', {
      id: messageId('nobody', { conversationId: 'conv_1', id: 'msg_1' }),
    });

    expect(result).toMatchObject({
      __typename: 'NotFoundError',
      message: expect.stringContaining('provider named nobody'),
    });
  });
});
