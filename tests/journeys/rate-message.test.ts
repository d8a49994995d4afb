// An answer of an AI is rated, rated otherwise and unrated, where its provider keeps ratings of messages it gives ids.

import { describe, expect, it } from 'vitest';
import { at } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { conversationId, messageId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { messageAt } from '../support/said.ts';
import { rowWhere, watchStores, writes } from '../support/stores.ts';
import { messagesOf } from '../support/timeline.ts';

/** An answer of the AI at Chatling that nobody has rated. */
async function answered(options: StartOptions = {}) {
  const parlance = await startParlance({ count: 6, ...options });
  const { conversations } = parlance.world.chatling.store;
  const row = rowWhere(conversations, ({ messages }) => messages.some(isUnrated));
  const index = row.messages.findIndex(isUnrated);
  return {
    ...parlance,
    conversation: conversationId('help', row.id),
    place: `help/conversations/${row.id}/messages/${index}/data/helpful_value`,
    asker: messageId('help', {
      conversationId: row.id,
      id: row.messages.find(({ role }) => role === 'user')?.id ?? '',
    }),
    changes: watchStores(parlance.world),
    rate: (rating: unknown) =>
      mutate(parlance, 'rateMessage', {
        id: messageId('help', { conversationId: row.id, id: row.messages[index]?.id ?? '' }),
        rating,
      }),
  };
}

interface Row {
  readonly is_ai_kb_response?: boolean;
  readonly data?: Readonly<Record<string, unknown>>;
}

function isUnrated({ is_ai_kb_response: isAnswer, data }: Row): boolean {
  return isAnswer === true && data?.['helpful_value'] === null;
}

describe('rating an answer at Chatling', () => {
  it.each([
    ['HELPFUL', 1],
    ['UNHELPFUL', 0],
  ] as const)('as %s is kept as %i, and nothing else changes', async (rating, kept) => {
    const { rate, place, changes, world } = await answered();

    const result = await rate(rating);

    expect(result).toMatchObject({
      __typename: 'RateMessagePayload',
      rated: { role: 'BOT', rating },
    });
    expect(changes()).toEqual({ [place]: { was: null, is: kept } });
    expect(writes(world, 'help')).toHaveLength(1);
  });

  it('may be thought better of, and taken back with null', async () => {
    const { rate, changes } = await answered();

    const results = [await rate('HELPFUL'), await rate('UNHELPFUL'), await rate(null)];

    expect(results.map((result) => at(result, 'rated.rating'))).toEqual([
      'HELPFUL',
      'UNHELPFUL',
      null,
    ]);
    expect(changes()).toEqual({});
  });

  it('is what is read of it afterwards', async () => {
    const { rate, conversation, ...parlance } = await answered();

    const result = await rate('HELPFUL');

    const { data } = await parlance.ask(
      `query ($id: ID!, $conversation: ID!) {
        node(id: $id) { ... on Message { rating } }
        conversation(id: $conversation) { messages(first: 100) { nodes { id rating } } }
      }`,
      { id: at(result, 'rated.id'), conversation },
    );
    expect(at(data, 'node')).toEqual({ rating: 'HELPFUL' });
    expect(at(data, 'conversation.messages.nodes')).toContainEqual({
      id: at(result, 'rated.id'),
      rating: 'HELPFUL',
    });
  });

  it('is for answers only: what a person asked is not rated, and nothing changes', async () => {
    const { asker, changes, ...parlance } = await answered();

    const result = await mutate(parlance, 'rateMessage', { id: asker, rating: 'HELPFUL' });

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'id', message: expect.stringContaining('knowledge base') }],
    });
    expect(writes(parlance.world, 'help')).toEqual([]);
    expect(changes()).toEqual({});
  });

  it('cannot be where the service gives its messages no ids, and writes nothing', async () => {
    const { conversation, changes, ...parlance } = await answered({
      chatling: { messageIds: false, chatMessageId: false },
    });
    const [newest] = await messagesOf(parlance, conversation);

    const result = await mutate(parlance, 'rateMessage', {
      id: at(newest, 'id'),
      rating: 'HELPFUL',
    });

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'id', message: expect.stringContaining('by its own id alone') }],
    });
    expect(writes(parlance.world, 'help')).toEqual([]);
    expect(changes()).toEqual({});
  });

  it('whose answer was lost is told so, and is not sent again', async () => {
    const { rate, changes, place, world } = await answered();
    world.chatling.inject({
      kind: 'cut-after-accept',
      times: 1,
      match: { method: 'PATCH', path: '/v2/' },
    });

    const result = await rate('HELPFUL');

    expect(result).toMatchObject({ __typename: 'OutcomeUnknownError', provider: { name: 'help' } });
    expect(changes()).toEqual({ [place]: { was: null, is: 1 } });
    expect(writes(world, 'help')).toHaveLength(1);
  });
});

describe('a rating that cannot be meant', () => {
  it('names the place and the mend, asks nobody and changes nothing', async () => {
    const parlance = await startParlance({ count: 2 });

    await expectMistakes(parlance, 'rateMessage', [
      {
        input: { id: messageAt(parlance.world, 'help') },
        path: 'rating',
        because: /is missing; give HELPFUL, UNHELPFUL, or null/,
      },
      {
        input: { id: standingAt(parlance.world, 'help'), rating: 'HELPFUL' },
        path: 'id',
        because: /is the id of a Conversation; give the id of a Message/,
      },
      { input: { id: '7', rating: null }, path: 'id', because: /not an id of this gateway/ },
    ]);
  });
});

describe('a rating', () => {
  it.each([
    ['website', /^Botpress keeps no ratings: set a tag/],
    ['assistant', /^The ways by which ChatBotKit rates messages are documented nowhere/],
    ['support', /^Stack Auth keeps no ratings: set a tag/],
  ] as const)('is nothing %s keeps, and it says what to do instead', async (account, note) => {
    const parlance = await startParlance({ count: 2 });

    await expectUnsupported(parlance, 'rateMessage', {
      input: { id: messageAt(parlance.world, account), rating: 'HELPFUL' },
      account,
      verb: 'MESSAGE_RATE',
      note,
    });
  });
});
