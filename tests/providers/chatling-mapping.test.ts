// What the adapter makes of rows as Chatling's pages show them, and of rows that no page shows.

import { describe, expect, it } from 'vitest';
import { aCall, accountHearing, everyPage, HELP, ref, valueOf } from './chatling-account.ts';

/** In the shape of the one documented sample: flags as numbers, messages without ids, newest first. */
const SAMPLE = {
  id: '8977617953',
  contact_id: 'qtr89df0-112d-d197-b541-3f8674663246',
  archived: 0,
  important: 1,
  created_at: '2024-06-14T15:45:34+00:00',
  messages: [
    {
      text: 'Variables hold **values** that a flow can use.',
      role: 'bot',
      is_ai_kb_response: true,
      data: {
        helpful_value: null,
        sources: [
          { type: 'webpage', title: 'Kinds of variables', url: 'https://help.example.com/kinds' },
          { type: 'document', title: 'Handbook.pdf' },
        ],
      },
      created_at: '2024-06-17T16:09:52+00:00',
    },
    { text: 'What are variables', role: 'user', created_at: '2024-06-17T16:09:45+00:00' },
  ],
};

describe('the documented sample', () => {
  it('loses nothing', async () => {
    const { get } = await accountHearing(() => good(SAMPLE));

    const conversation = valueOf(await get.does(ref('8977617953'), aCall()));

    const shared = {
      conversation: ref('8977617953'),
      nativeId: expect.stringMatching(/^derived-.{22}-0$/),
      derivedId: true,
      kind: 'MESSAGE',
      visibility: 'PUBLIC',
      author: null,
      rating: null,
      attachments: [],
      tags: [],
      updatedAt: null,
    };
    expect(conversation).toEqual({
      provider: HELP,
      nativeId: '8977617953',
      channel: null,
      title: null,
      description: null,
      preview: 'Variables hold **values** that a flow can use.',
      status: null,
      priority: null,
      archived: false,
      important: true,
      tags: [],
      contact: {
        nativeId: 'qtr89df0-112d-d197-b541-3f8674663246',
        name: null,
        email: null,
        phone: null,
        imageUrl: null,
      },
      assignee: null,
      messageCount: null,
      createdAt: new Date('2024-06-14T15:45:34Z'),
      updatedAt: null,
      lastActivityAt: new Date('2024-06-17T16:09:52Z'),
      sortedAt: new Date('2024-06-17T16:09:52Z'),
      embedded: {
        complete: true,
        items: [
          {
            ...shared,
            role: 'BOT',
            text: 'Variables hold **values** that a flow can use.',
            content: {
              type: 'markdown',
              markdown: 'Variables hold **values** that a flow can use.',
            },
            citations: [
              {
                type: 'webpage',
                title: 'Kinds of variables',
                url: 'https://help.example.com/kinds',
              },
              { type: 'document', title: 'Handbook.pdf', url: null },
            ],
            createdAt: new Date('2024-06-17T16:09:52Z'),
            native: {
              kind: 'chatling',
              role: 'bot',
              isAiKbResponse: true,
              helpfulValue: null,
              data: SAMPLE.messages[0]?.data,
            },
            raw: SAMPLE.messages[0],
          },
          {
            ...shared,
            role: 'USER',
            text: 'What are variables',
            content: { type: 'text', text: 'What are variables' },
            citations: [],
            createdAt: new Date('2024-06-17T16:09:45Z'),
            native: {
              kind: 'chatling',
              role: 'user',
              isAiKbResponse: null,
              helpfulValue: null,
              data: null,
            },
            raw: SAMPLE.messages[1],
          },
        ],
      },
      native: { kind: 'chatling', chatbotId: '4829173650', conversationType: null },
      raw: SAMPLE,
    });
  });
});

describe('a row of a list', () => {
  it('that makes no sense does not lose the others', async () => {
    const rows = [null, 'row', { ...SAMPLE, id: null }, { ...SAMPLE, id: '' }, SAMPLE, 7];
    const { list } = await accountHearing(() => good({ conversations: rows }));

    const { items } = valueOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()));

    expect(items.map(({ nativeId }) => nativeId)).toEqual(['8977617953']);
  });

  it('keeps what makes sense of it', async () => {
    const odd = {
      id: 8977617953,
      contact_id: 42,
      archived: {},
      important: null,
      conversation_type: 3,
      created_at: 1718380534,
      messages: [
        null,
        { id: 5, role: 'agent', text: 'Hello', created_at: 'yesterday', data: 'none' },
        { id: 'm2', role: 7, text: null, is_ai_kb_response: 'maybe', data: { buttons: ['A'] } },
        { id: 'm1', role: 'bot', data: { helpful_value: -1, sources: [null, { url: 3 }] } },
      ],
    };
    const { get } = await accountHearing(() => good(odd));

    const conversation = valueOf(await get.does(ref('8977617953'), aCall()));

    expect(conversation).toMatchObject({
      nativeId: '8977617953',
      contact: { nativeId: '42' },
      archived: null,
      important: null,
      channel: null,
      createdAt: null,
      lastActivityAt: null,
      sortedAt: new Date(0),
      preview: 'Hello',
    });
    expect(conversation.embedded?.items).toMatchObject([
      {
        nativeId: '5',
        role: 'UNKNOWN',
        text: 'Hello',
        createdAt: null,
        citations: [],
        native: { role: 'agent', data: 'none' },
      },
      {
        nativeId: 'm2',
        role: 'UNKNOWN',
        text: null,
        content: { type: 'unknown', said: 'message', payload: { buttons: ['A'] } },
        native: { role: '', isAiKbResponse: null },
      },
      {
        nativeId: 'm1',
        content: { type: 'unknown', said: 'bot' },
        rating: 'UNHELPFUL',
        citations: [{ type: null, title: null, url: null }],
        native: { helpfulValue: -1 },
      },
    ]);
  });

  it('has no messages embedded where none came along', async () => {
    const { get } = await accountHearing(() => good({ id: '1', created_at: SAMPLE.created_at }));

    expect(valueOf(await get.does(ref('1'), aCall()))).toMatchObject({
      embedded: null,
      preview: null,
      contact: null,
      archived: null,
      lastActivityAt: null,
      sortedAt: new Date(SAMPLE.created_at),
    });
  });

  it.each([
    [0, false],
    [1, true],
    ['0', false],
    ['1', true],
    [false, false],
    [true, true],
    ['false', false],
    ['true', true],
    ['', null],
    ['so', null],
    [null, null],
    [undefined, null],
  ])('with a flag of %j is flagged %j', async (said, flag) => {
    const row = { id: '1', archived: said, important: said };
    const { get } = await accountHearing(() => good(row));

    expect(valueOf(await get.does(ref('1'), aCall()))).toMatchObject({
      archived: flag,
      important: flag,
    });
  });

  it.each([
    [1, 'HELPFUL', 1],
    ['1', 'HELPFUL', 1],
    [true, 'HELPFUL', 1],
    [0, 'UNHELPFUL', 0],
    [-1, 'UNHELPFUL', -1],
    [2, null, 2],
    [null, null, null],
    ['good', null, null],
  ])('with a helpful value of %j is rated %j', async (said, rating, helpfulValue) => {
    const messages = [{ id: 'm1', role: 'bot', text: 'Hi', data: { helpful_value: said } }];
    const { get } = await accountHearing(() => good({ id: '1', messages }));

    const { embedded } = valueOf(await get.does(ref('1'), aCall()));

    expect(embedded?.items[0]).toMatchObject({ rating, native: { helpfulValue } });
  });
});

describe('what a conversation carries', () => {
  it.each([
    [0, true],
    [19, true],
    [20, false],
    [25, false],
  ])('when it is %d messages is complete: %j', async (count, complete) => {
    const messages = Array.from({ length: count }, (_, index) => ({
      id: `m${index}`,
      role: 'user',
      text: 'Hi',
    }));
    const { get } = await accountHearing(() => good({ id: '1', messages }));

    const { embedded } = valueOf(await get.does(ref('1'), aCall()));

    expect(embedded).toMatchObject({ complete, items: { length: count } });
  });

  it('is not complete because one of twenty made no sense', async () => {
    const messages = [null, ...Array.from({ length: 19 }, (_, index) => ({ id: `m${index}` }))];
    const { get } = await accountHearing(() => good({ id: '1', messages }));

    expect(valueOf(await get.does(ref('1'), aCall())).embedded).toMatchObject({
      complete: false,
      items: { length: 19 },
    });
  });
});

it('is read to its first empty page where a list does not say how many there are', async () => {
  let page = 0;
  const { list } = await accountHearing(() => {
    page += 1;
    return good({ pages: null, conversations: page > 3 ? [] : [{ id: String(page) }] });
  });

  const pages = await everyPage((at) => list.does({ filter: {}, at, size: 20 }, aCall()));

  expect(pages.map((items) => items.map(({ nativeId }) => nativeId))).toEqual([
    ['1'],
    ['2'],
    ['3'],
    [],
  ]);
});

it('finds a message by the id that only the conversation gives it', async () => {
  const row = { role: 'user', text: 'Hi', created_at: '2024-06-17T16:09:45+00:00' };
  const account = await accountHearing((_, path) =>
    path.endsWith('/messages')
      ? good({ pages: { last_page: 1 }, messages: [row] })
      : good({ id: '1', messages: [{ ...row, id: 'm1' }] }),
  );
  const conversation = ref('1');
  const listed = await account.messages.does({ conversation, at: null, size: 20 }, aCall());
  const derived = valueOf(listed).items[0]?.nativeId ?? '';

  for (const nativeId of ['m1', derived]) {
    const found = valueOf(await account.message.does({ conversation, nativeId }, aCall()));
    expect(found).toMatchObject({ nativeId, text: 'Hi' });
  }
});

function good(data: unknown) {
  return { status: 200, body: { status: 'success', data } };
}
