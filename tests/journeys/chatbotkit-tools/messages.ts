// What the tools about messages take, each thing given through GraphQL and found in the service's rows.

import { expect } from 'vitest';
import type { MessageRow } from '../../../emulators/chatbotkit/rows.ts';
import { listAt, textAt } from '../../support/answer.ts';
import type { Case, Stage } from './stage.ts';

/** The row that sending what is given leaves behind; nothing else comes with it. */
async function created(stage: Stage, given: object): Promise<MessageRow> {
  const before = stage.rows();
  const input = { conversationId: stage.conversationId, ...given };
  await stage.does('sendMessage', input, 'delivery');
  const [row, ...others] = stage.rows().slice(before.length);
  expect(others).toEqual([]);
  if (!row) throw new Error('no message was stored');
  return row;
}

function creating(given: object, kept: object): Case {
  return async (stage) => {
    expect(await created(stage, given)).toMatchObject(kept);
  };
}

/** The row before and after what is given was changed of it. */
function updating(given: object, kept: object): Case {
  return async (stage) => {
    const row = await created(stage, { text: 'Call me', name: 'A wish', tags: [TAG] });
    const others = stage.rows().filter(({ id }) => id !== row.id);

    await stage.does('updateMessage', { id: stage.messageId(row.id), ...given }, 'message { id }');

    const after = stage.rows();
    expect(after.find(({ id }) => id === row.id)).toEqual({
      ...row,
      ...kept,
      updatedAt: expect.any(Number),
    });
    expect(after.filter(({ id }) => id !== row.id)).toEqual(others);
  };
}

const TAG = { key: 'urgent', value: 'yes' };

const deletes: Case = async (stage) => {
  const row = await created(stage, { text: 'Never mind' });
  const others = stage.rows().filter(({ id }) => id !== row.id);

  await stage.does('deleteMessage', { id: stage.messageId(row.id) }, 'deletedId');

  expect(stage.rows()).toEqual(others);
};

const fetches: Case = async (stage) => {
  const row = await created(stage, { text: 'Call me', name: 'A wish' });

  const data = await stage.asks(
    `query ($id: ID!) {
      node(id: $id) {
        ... on Message { nativeId text native { ... on ChatBotKitMessage { name } } conversation { nativeId } }
      }
    }`,
    { id: stage.messageId(row.id) },
  );

  expect(data).toEqual({
    node: {
      nativeId: row.id,
      text: 'Call me',
      native: { name: 'A wish' },
      conversation: { nativeId: stage.nativeId },
    },
  });
};

export const MESSAGES: Readonly<Record<string, Case>> = {
  'create_conversation_message.conversationId': async (stage) => {
    const row = await created(stage, { text: 'For the record', kind: 'CONTEXT' });
    expect(row.conversationId).toBe(stage.nativeId);
  },
  'create_conversation_message.type': async (stage) => {
    const rows = [
      await created(stage, { text: 'Hello', as: 'BOT' }),
      await created(stage, { text: 'Be kind', kind: 'INSTRUCTION' }),
      await created(stage, { text: 'A shop', kind: 'BACKSTORY' }),
      await created(stage, { text: 'Paid', kind: 'CONTEXT' }),
      await created(stage, { text: 'Hmm', kind: 'REASONING' }),
    ];
    expect(rows.map(({ type }) => type)).toEqual([
      'bot',
      'instruction',
      'backstory',
      'context',
      'reasoning',
    ]);
  },
  'create_conversation_message.text': creating(
    { text: 'Call me', name: 'A wish' },
    { text: 'Call me' },
  ),
  'create_conversation_message.name': creating(
    { text: 'Call me', name: 'A wish' },
    { name: 'A wish' },
  ),
  'create_conversation_message.description': creating(
    { text: 'Call me', description: 'By phone' },
    { description: 'By phone' },
  ),
  'create_conversation_message.meta': creating(
    { text: 'Call me', tags: [TAG], chatBotKit: { meta: { tries: 2 } } },
    { meta: { urgent: 'yes', tries: 2 } },
  ),
  'create_conversation_message.entities': creating(
    { text: 'I am Ada', kind: 'CONTEXT', chatBotKit: { entities: [{ begin: 5, end: 8 }] } },
    { text: 'I am [ENTITY_1]' },
  ),

  'update_conversation_message.conversationId': updating(
    { text: 'Write me' },
    { text: 'Write me' },
  ),
  'update_conversation_message.messageId': updating({ text: 'Write me' }, { text: 'Write me' }),
  'update_conversation_message.type': updating({ kind: 'CONTEXT' }, { type: 'context' }),
  'update_conversation_message.text': updating({ text: 'Write me' }, { text: 'Write me' }),
  'update_conversation_message.name': updating({ name: 'A need' }, { name: 'A need' }),
  'update_conversation_message.description': updating(
    { description: 'By phone' },
    { description: 'By phone' },
  ),
  // With the mark of the attempt that wrote it, which no client sees.
  'update_conversation_message.meta': updating(
    { chatBotKit: { meta: { tries: 2 } } },
    { meta: { urgent: 'yes', tries: 2, parlanceAttempt: expect.any(String) } },
  ),
  'update_conversation_message.entities': updating(
    { text: 'I am Ada', chatBotKit: { entities: [{ begin: 5, end: 8 }] } },
    { text: 'I am [ENTITY_1]' },
  ),

  'delete_conversation_message.conversationId': deletes,
  'delete_conversation_message.messageId': deletes,
  'fetch_conversation_message.conversationId': fetches,
  'fetch_conversation_message.messageId': fetches,

  'list_conversation_messages.conversationId': async (stage) => {
    const { ids } = await listed(stage, { first: 100 });
    expect(ids).toEqual(newestFirst(stage));
  },
  'list_conversation_messages.cursor': async (stage) => {
    const first = await listed(stage, { first: 1 });
    const second = await listed(stage, { first: 1, after: first.endCursor });
    expect([...first.ids, ...second.ids]).toEqual(newestFirst(stage).slice(0, 2));
  },
  'list_conversation_messages.take': async (stage) => {
    const { ids } = await listed(stage, { first: 1 });
    expect(ids).toEqual(newestFirst(stage).slice(0, 1));
  },
  'list_conversation_messages.order': async (stage) => {
    await created(stage, { text: 'The last word' });
    const { ids } = await listed(stage, { first: 1 });
    expect(ids).toEqual([stage.rows().at(-1)?.id]);
  },
};

async function listed(
  { asks, conversationId }: Stage,
  page: { first: number; after?: string },
): Promise<{ readonly ids: readonly string[]; readonly endCursor: string }> {
  const data = await asks(
    `query ($id: ID!, $first: Int, $after: String) {
      conversation(id: $id) {
        messages(first: $first, after: $after, includeHidden: true) {
          nodes { nativeId }
          pageInfo { endCursor }
        }
      }
    }`,
    { id: conversationId, ...page },
  );
  return {
    ids: listAt(data, 'conversation.messages.nodes').map((node) => textAt(node, 'nativeId')),
    endCursor: textAt(data, 'conversation.messages.pageInfo.endCursor'),
  };
}

function newestFirst(stage: Stage): string[] {
  return stage
    .rows()
    .toReversed()
    .map(({ id }) => id);
}
