// What the tools about conversations take, each thing given through GraphQL and found in the service's rows.

import { expect } from 'vitest';
import { listAt, textAt } from '../../support/answer.ts';
import { rowsAdded } from '../../support/stores.ts';
import type { Case, Stage } from './stage.ts';

const SHOWN = 'conversation { nativeId title }';

/** The row of a conversation created with what is given. */
async function created(stage: Stage, given: object) {
  const added = rowsAdded(stage.store.conversations);
  await stage.does('createConversation', { provider: stage.account, ...given }, SHOWN);
  const [row, ...others] = added();
  expect(others).toEqual([]);
  if (!row) throw new Error('no conversation was created');
  return row;
}

function creating(given: object, kept: object): Case {
  return async (stage) => {
    expect(await created(stage, given)).toMatchObject(kept);
  };
}

function updating(given: object, kept: object): Case {
  return async (stage) => {
    const before = stage.row();

    await stage.does('updateConversation', { id: stage.conversationId, ...given }, SHOWN);

    expect(stage.row()).toEqual({ ...before, ...kept, updatedAt: expect.any(Number) });
  };
}

export const CONVERSATIONS: Readonly<Record<string, Case>> = {
  'create_conversation.name': creating({ title: 'Where is it?' }, { name: 'Where is it?' }),
  'create_conversation.description': creating(
    { description: 'A parcel' },
    { description: 'A parcel' },
  ),
  'create_conversation.meta': creating(
    { tags: [{ key: 'plan', value: 'pro' }], chatBotKit: { meta: { seats: 3 } } },
    { meta: { plan: 'pro', seats: 3 } },
  ),
  'create_conversation.contactId': creating({ contactId: 'c-1' }, { contactId: 'c-1' }),
  'create_conversation.taskId': creating({ chatBotKit: { taskId: 't-1' } }, { taskId: 't-1' }),
  'create_conversation.spaceId': creating({ chatBotKit: { spaceId: 's-1' } }, { spaceId: 's-1' }),
  'create_conversation.messages': async (stage) => {
    const { id } = await created(stage, {
      messages: [
        { role: 'USER', text: 'Hello' },
        { role: 'BOT', text: 'Good day' },
      ],
      message: 'Where is my parcel?',
    });

    const kept = [...stage.store.messages.values()].filter((row) => row.conversationId === id);
    expect(kept.map(({ type, text }) => [type, text])).toEqual([
      ['user', 'Hello'],
      ['bot', 'Good day'],
      ['user', 'Where is my parcel?'],
    ]);
  },

  'update_conversation.conversationId': updating(
    { title: 'Only this one' },
    { name: 'Only this one' },
  ),
  'update_conversation.name': updating({ title: 'Sooner' }, { name: 'Sooner' }),
  'update_conversation.description': updating({ description: 'More' }, { description: 'More' }),
  'update_conversation.meta': async (stage) => {
    const before = stage.row();
    const changes = {
      id: stage.conversationId,
      tags: { set: [{ key: 'plan', value: 'pro' }] },
      chatBotKit: { meta: { seats: 3 } },
    };

    await stage.does('updateConversation', changes, SHOWN);

    expect(stage.row().meta).toEqual({ ...before.meta, plan: 'pro', seats: 3 });
  },
  'update_conversation.contactId': updating({ contactId: 'c-1' }, { contactId: 'c-1' }),
  'update_conversation.taskId': updating({ chatBotKit: { taskId: 't-1' } }, { taskId: 't-1' }),
  'update_conversation.spaceId': updating({ chatBotKit: { spaceId: 's-1' } }, { spaceId: 's-1' }),

  'delete_conversation.conversationId': async (stage) => {
    const others = [...stage.store.conversations.keys()].filter((id) => id !== stage.nativeId);

    await stage.does('deleteConversation', { id: stage.conversationId }, 'deletedId');

    expect([...stage.store.conversations.keys()]).toEqual(others);
    expect(stage.rows()).toEqual([]);
  },

  'fetch_conversation.conversationId': async (stage) => {
    const data = await stage.asks(
      'query ($id: ID!) { conversation(id: $id) { nativeId title createdAt } }',
      { id: stage.conversationId },
    );

    const { name, createdAt } = stage.row();
    expect(data).toEqual({
      conversation: {
        nativeId: stage.nativeId,
        title: name,
        createdAt: new Date(createdAt).toISOString(),
      },
    });
  },

  'list_conversations.cursor': async (stage) => {
    const first = await listed(stage, { first: 2 });
    const second = await listed(stage, { first: 2, after: first.endCursor });

    expect([...first.ids, ...second.ids]).toEqual(newestFirst(stage).slice(0, 4));
  },
  'list_conversations.take': async (stage) => {
    const { ids } = await listed(stage, { first: 3 });
    expect(ids).toEqual(newestFirst(stage).slice(0, 3));
  },
  'list_conversations.order': async (stage) => {
    const { ids } = await listed(stage, { first: 100 });
    expect(ids).toEqual(newestFirst(stage));
    expect(ids.length).toBeGreaterThan(3);
  },
  'list_conversations.meta': async (stage) => {
    const { id } = await created(stage, {
      tags: [{ key: 'plan', value: 'galactic' }],
      chatBotKit: { meta: { flown: true } },
    });

    const byText = await listed(stage, { first: 9, tags: [{ key: 'plan', value: 'galactic' }] });
    const byFlag = await listed(stage, { first: 9, tags: [{ key: 'flown', value: 'true' }] });
    const byOther = await listed(stage, { first: 9, tags: [{ key: 'plan', value: 'other' }] });
    expect([byText.ids, byFlag.ids, byOther.ids]).toEqual([[id], [id], []]);
  },
};

async function listed(
  { account, asks }: Stage,
  { tags, ...page }: { first: number; after?: string; tags?: readonly object[] },
): Promise<{ readonly ids: readonly string[]; readonly endCursor: string }> {
  const data = await asks(
    `query ($first: Int, $after: String, $filter: ConversationFilter) {
      conversations(first: $first, after: $after, filter: $filter) {
        nodes { nativeId }
        pageInfo { endCursor }
      }
    }`,
    { ...page, filter: { providers: [account], ...(tags && { tags }) } },
  );
  const nodes = listAt(data, 'conversations.nodes');
  return {
    ids: nodes.map((node) => textAt(node, 'nativeId')),
    endCursor: nodes.length > 0 ? textAt(data, 'conversations.pageInfo.endCursor') : '',
  };
}

function newestFirst({ store }: Stage): string[] {
  return [...store.conversations.values()]
    .toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1))
    .map(({ id }) => id);
}
