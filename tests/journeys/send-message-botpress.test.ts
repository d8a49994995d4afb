// What is written at Botpress: as the bot or as a user, every kind of content, as the service keeps it and as it is read back.

import { describe, expect, it } from 'vitest';
import { testClock } from '../support/clock.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { rowsAdded, rowWhere, watchStores, writes } from '../support/stores.ts';
import { messagesOf } from '../support/timeline.ts';

async function oneConversation() {
  const clock = testClock();
  const parlance = await startParlance({ count: 1, clock });
  const { store, credentials } = parlance.world.botpress;
  const row = rowWhere(store.conversations, ({ integration }) => integration === 'webchat');
  const [userId = ''] = store.participants.get(row.id)?.keys() ?? [];
  clock.pass(60_000);
  const id = conversationId('website', row.id);
  return {
    ...parlance,
    row,
    userId,
    botId: credentials.botId,
    integrationId: credentials.integrationId,
    now: clock.iso(),
    added: rowsAdded(store.messages),
    changes: watchStores(parlance.world),
    read: () => messagesOf(parlance, id),
    send: (input: object) => mutate(parlance, 'sendMessage', { conversationId: id, ...input }),
  };
}

const URL = 'https://media.example.com/thing';
const CARD = {
  title: 'The pro plan',
  subtitle: 'For teams',
  imageUrl: `${URL}.png`,
  actions: [{ action: 'url', label: 'See it', value: URL }],
};
const OPTIONS = [
  { label: 'Yes', value: 'yes' },
  { label: 'No', value: 'no' },
];

/** What is asked for, what the service keeps, what a client reads, and its plainest words. */
const CONTENTS: readonly (readonly [
  title: string,
  content: object,
  stored: { readonly type: string; readonly payload: object },
  read: object,
  text: string,
])[] = [
  [
    'text',
    { text: 'Hello there' },
    { type: 'text', payload: { text: 'Hello there' } },
    { __typename: 'TextContent', text: 'Hello there' },
    'Hello there',
  ],
  [
    'markdown',
    { markdown: '**Hello** there' },
    { type: 'markdown', payload: { markdown: '**Hello** there' } },
    { __typename: 'MarkdownContent', markdown: '**Hello** there' },
    '**Hello** there',
  ],
  ...(['image', 'audio', 'video', 'file'] as const).map(
    (kind) =>
      [
        `${kind === 'audio' || kind === 'image' ? 'an' : 'a'} ${kind}`,
        { [kind]: { url: URL, title: 'A thing' } },
        { type: kind, payload: { [`${kind}Url`]: URL, title: 'A thing' } },
        {
          __typename: `${kind[0]?.toUpperCase()}${kind.slice(1)}Content`,
          url: URL,
          title: 'A thing',
        },
        'A thing',
      ] as const,
  ),
  [
    'a file without a title',
    { file: { url: URL } },
    { type: 'file', payload: { fileUrl: URL } },
    { __typename: 'FileContent', url: URL, title: null },
    URL,
  ],
  [
    'a location',
    { location: { latitude: 45.5089, longitude: -73.5617, address: '1 Main Street' } },
    {
      type: 'location',
      payload: { latitude: 45.5089, longitude: -73.5617, address: '1 Main Street' },
    },
    {
      __typename: 'LocationContent',
      latitude: 45.5089,
      longitude: -73.5617,
      address: '1 Main Street',
      title: null,
    },
    '1 Main Street',
  ],
  [
    'a choice',
    { choice: { text: 'Did it help?', options: OPTIONS } },
    { type: 'choice', payload: { text: 'Did it help?', options: OPTIONS } },
    { __typename: 'ChoiceContent', text: 'Did it help?', options: OPTIONS, dropdown: false },
    'Did it help?',
  ],
  [
    'a drop-down',
    { choice: { text: 'Did it help?', options: OPTIONS, dropdown: true } },
    { type: 'dropdown', payload: { text: 'Did it help?', options: OPTIONS } },
    { __typename: 'ChoiceContent', text: 'Did it help?', options: OPTIONS, dropdown: true },
    'Did it help?',
  ],
  [
    'a card',
    { card: CARD },
    { type: 'card', payload: CARD },
    { __typename: 'CardContent', ...readCard(CARD) },
    'The pro plan: For teams',
  ],
  [
    'a carousel',
    { carousel: [CARD, { title: 'The free plan' }] },
    { type: 'carousel', payload: { items: [CARD, { title: 'The free plan', actions: [] }] } },
    {
      __typename: 'CarouselContent',
      cards: [
        readCard(CARD),
        readCard({ title: 'The free plan', subtitle: null, imageUrl: null, actions: [] }),
      ],
    },
    'The pro plan: For teams\nThe free plan',
  ],
];

describe('a message at Botpress', () => {
  it.each(CONTENTS)('of %s goes out as the bot’s, and reads back the same', async (...given) => {
    const [, content, stored, read, text] = given;
    const { send, added, row, botId, now, changes, read: messages } = await oneConversation();

    const result = await send({ content });

    expect(result).toMatchObject({
      __typename: 'SendMessagePayload',
      delivery: 'SENT',
      sent: { role: 'BOT', kind: 'MESSAGE', visibility: 'PUBLIC', content: read, text },
      reply: null,
      usage: null,
    });
    const [message, ...others] = added();
    expect(others).toEqual([]);
    expect(message).toEqual({
      id: expect.stringMatching(/^msg_/),
      createdAt: now,
      updatedAt: now,
      ...stored,
      direction: 'outgoing',
      userId: botId,
      conversationId: row.id,
      tags: {},
    });
    expect(changes()).toEqual({
      [`website/messages/${message?.id}`]: { is: message },
      [`website/conversations/${row.id}/updatedAt`]: { was: row.updatedAt, is: now },
      [`website/conversations/${row.id}/messageCount`]: {
        was: row.messageCount,
        is: row.messageCount + 1,
      },
    });
    const [newest] = await messages();
    expect(newest).toMatchObject({
      nativeId: message?.id,
      role: 'BOT',
      createdAt: now,
      content: read,
      text,
    });
    expect(result).toMatchObject({ sent: newest });
  });

  it.each(CONTENTS)('of %s comes in as a user’s, through an integration', async (...given) => {
    const [, content, stored, read] = given;
    const { send, added, userId, integrationId, now, read: messages } = await oneConversation();

    const result = await send({ content, as: 'USER', botpress: { userId, integrationId } });

    expect(added()).toMatchObject([{ ...stored, direction: 'incoming', userId }]);
    const [newest] = await messages();
    expect(newest).toMatchObject({
      role: 'USER',
      author: { nativeId: userId, role: 'USER' },
      createdAt: now,
      content: read,
    });
    expect(result).toMatchObject({ delivery: 'SENT', sent: newest });
  });

  it('of plain `text` is the same as its content', async () => {
    const { send, added } = await oneConversation();

    await send({ text: '  Hello there ' });

    expect(added()).toMatchObject([{ type: 'text', payload: { text: '  Hello there ' } }]);
  });

  it('of a type of one’s own keeps its word and its payload', async () => {
    const { send, added, read } = await oneConversation();
    const payload = { text: 'Ticket opened', ticket: { number: 7, labels: ['a', 'b'] } };

    const result = await send({ botpress: { type: 'supportTicket', payload } });

    expect(added()).toMatchObject([{ type: 'supportTicket', payload, direction: 'outgoing' }]);
    const [newest] = await read();
    expect(newest).toMatchObject({
      role: 'BOT',
      text: 'Ticket opened',
      content: { __typename: 'UnknownContent', type: 'supportTicket', payload },
      native: { type: 'supportTicket', payload },
    });
    expect(result).toMatchObject({ sent: newest });
  });

  it('carries tags', async () => {
    const { send, added, read } = await oneConversation();

    const result = await send({ text: 'Hello', tags: [{ key: 'agent', value: 'Ada' }] });

    expect(added()).toMatchObject([{ tags: { agent: 'Ada' } }]);
    expect(await read()).toMatchObject([
      { tags: [{ key: 'agent', value: 'Ada' }] },
      ...(await read()).slice(1),
    ]);
    expect(result).toMatchObject({ sent: { tags: [{ key: 'agent', value: 'Ada' }] } });
  });

  it.each([
    [
      'a moment',
      { dateTime: '2026-03-05T08:30:00.000Z' },
      { dateTime: '2026-03-05T08:30:00.000Z' },
    ],
    ['so many milliseconds', { delayMs: 90_000 }, { delay: 90_000 }],
  ])('is scheduled by %s', async (_, schedule, said) => {
    const { send, world } = await oneConversation();

    const result = await send({ text: 'Still there?', botpress: { schedule } });

    expect(result).toMatchObject({ delivery: 'SENT' });
    expect(writes(world, 'website')).toMatchObject([{ body: { schedule: said } }]);
  });

  it.each([
    ['no user', (integrationId: string) => ({ integrationId }), 'botpress.userId'],
    [
      'no integration',
      () => ({ userId: 'user_of_somebody_at_least_28_long' }),
      'botpress.integrationId',
    ],
  ])('as a user with %s is a mistake, and nothing is asked', async (_, group, path) => {
    const { send, world, integrationId, changes } = await oneConversation();

    const result = await send({ text: 'Hello', as: 'USER', botpress: group(integrationId) });

    expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path }] });
    expect(world.botpress.journal).toEqual([]);
    expect(changes()).toEqual({});
  });

  it('by a user there is not is not found, and names whom', async () => {
    const { send, integrationId, changes } = await oneConversation();
    const userId = 'user_01J0000000000000000000NOBODY';

    const result = await send({ text: 'Hello', as: 'USER', botpress: { userId, integrationId } });

    expect(result).toMatchObject({
      __typename: 'NotFoundError',
      message: expect.stringContaining(userId),
    });
    expect(changes()).toEqual({});
  });
});

function readCard({
  title,
  ...card
}: {
  readonly title: string;
  readonly subtitle: string | null;
  readonly imageUrl: string | null;
  readonly actions: readonly object[];
}): object {
  return { cardTitle: title, ...card };
}
