// What was thought of an AI answer, through the Chatling adapter: written to the service's store, and read back from it.

import { describe, expect, it } from 'vitest';
import type { ConversationRow, MessageRow } from '../../emulators/chatling/store.ts';
import type { Rating } from '../../src/domain/message.ts';
import {
  aCall,
  accountHearing,
  chatlingAccount,
  failureOf,
  longest,
  ref,
  saying,
  TALES,
  valueOf,
  wrongPaths,
} from './chatling-account.ts';

describe('a rating', () => {
  it('is kept in the coding of the service, and read back as it was given', async () => {
    const { rateIt, answer } = await oneAnswer();

    for (const [rating, kept] of [
      ['HELPFUL', 1],
      ['UNHELPFUL', 0],
      [null, null],
    ] as const) {
      const message = valueOf(await rateIt(rating));

      expect(answer.data?.['helpful_value']).toBe(kept);
      expect(message).toMatchObject({
        nativeId: answer.id,
        rating,
        text: answer.text,
        native: { helpfulValue: kept },
        raw: answer,
      });
    }
  });

  it('costs a look, a write and a look', async () => {
    const { rateIt, conversation, answer, emulator, asked } = await oneAnswer();

    valueOf(await rateIt('UNHELPFUL'));

    const home = `/conversations/${conversation.nativeId}`;
    expect(emulator.journal[1]?.body).toEqual({ rating: '-1' });
    expect(asked()).toEqual([
      `GET ${home}`,
      `PATCH ${home}/messages/${answer.id}/rate-ai-answer`,
      `GET ${home}`,
    ]);
  });

  it('reaches an answer that the conversation no longer carries', async () => {
    const { rate, row, conversation } = await longest({});
    const answer = row.messages.find(isAnswer);
    if (!answer) throw new Error('Expected an answer in the story.');
    const newest = row.messages.slice(-20);

    const message = { conversation, nativeId: answer.id };
    const rated = valueOf(await rate.does({ message, rating: 'HELPFUL' }, aCall()));

    expect(newest).not.toContain(answer);
    expect(answer.data?.['helpful_value']).toBe(1);
    expect(rated).toMatchObject({ nativeId: answer.id, rating: 'HELPFUL' });
  });

  it('of the answer that was just given is possible with the id it came with', async () => {
    const { rate, send, store } = await chatlingAccount({ tales: TALES });
    const [id = ''] = store.conversations.keys();
    const { reply } = valueOf(await send.does(saying(ref(id), 'How do I pay?'), aCall()));

    const message = { conversation: ref(id), nativeId: reply?.nativeId ?? '' };
    const rated = valueOf(await rate.does({ message, rating: 'HELPFUL' }, aCall()));

    expect(rated.rating).toBe('HELPFUL');
    expect(store.conversations.get(id)?.messages.at(-1)?.data?.['helpful_value']).toBe(1);
  });
});

describe('what cannot be rated', () => {
  it('is a message that Chatling gave no id, and nothing is asked', async () => {
    const { rate, get, row, asked } = await oneAnswer({ messageIds: false });
    const { embedded } = valueOf(await get.does(ref(row.id), aCall()));
    const derived = embedded?.items.find(({ role }) => role === 'BOT');
    asked();

    const message = { conversation: ref(row.id), nativeId: derived?.nativeId ?? '' };
    const outcome = await rate.does({ message, rating: 'HELPFUL' }, aCall());

    expect(derived?.derivedId).toBe(true);
    expect(wrongPaths(outcome)).toEqual(['id']);
    expect(failureOf(outcome)).toHaveProperty(
      'issues.0.message',
      expect.stringContaining('Chatling gave this message none'),
    );
    expect(asked()).toEqual([]);
  });

  it.each(['user', 'system'] as const)(
    'is what a %s said, and nothing is written',
    async (role) => {
      const { rate, row, asked } = await aMessage((message) => message.role === role);

      const message = { conversation: ref(row.conversation.id), nativeId: row.message.id };
      const outcome = await rate.does({ message, rating: 'HELPFUL' }, aCall());

      expect(wrongPaths(outcome)).toEqual(['id']);
      expect(asked()).toEqual([`GET /conversations/${row.conversation.id}`]);
    },
  );

  it.each(['plain', 'laravel'] as const)(
    'is an older message of a user, in the words of the service (%s errors)',
    async (errors) => {
      const { rate, row, conversation } = await longest({ errors });
      const asking = row.messages.find(({ role }) => role === 'user');
      const before = { ...asking };

      const message = { conversation, nativeId: asking?.id ?? '' };
      const failure = failureOf(await rate.does({ message, rating: 'HELPFUL' }, aCall()));

      expect(row.messages.slice(-20)).not.toContain(asking);
      expect(failure).toMatchObject({
        kind: 'refused',
        said: expect.stringContaining('knowledge base'),
      });
      expect(asking).toEqual(before);
    },
  );

  it('is a message that is not there, and it is the message that is named', async () => {
    const { rate, conversation } = await oneAnswer();
    const message = { conversation, nativeId: 'never' };

    expect(failureOf(await rate.does({ message, rating: null }, aCall()))).toEqual({
      kind: 'not-found',
      what: `message never in conversation ${conversation.nativeId} at help`,
    });
  });

  it('is in a conversation that is not there', async () => {
    const { rate, answer } = await oneAnswer();
    const message = { conversation: ref('1234567890'), nativeId: answer.id };

    expect(failureOf(await rate.does({ message, rating: null }, aCall()))).toEqual({
      kind: 'not-found',
      what: 'conversation 1234567890 at help',
    });
  });
});

it('that was taken and cannot be read back says so, so that nobody wonders', async () => {
  let reads = 0;
  const { rate } = await accountHearing((method) => {
    if (method === 'PATCH') return { status: 200, body: { status: 'success', data: null } };
    reads += 1;
    return reads === 1
      ? { status: 200, body: { status: 'success', data: { id: '77', messages: [] } } }
      : { status: 503, body: { status: 'error', message: 'Down.' } };
  });
  const message = { conversation: ref('77'), nativeId: 'm-1' };

  expect(failureOf(await rate.does({ message, rating: 'HELPFUL' }, aCall()))).toMatchObject({
    kind: 'outcome-unknown',
    because: expect.stringContaining('message m-1 in conversation 77 at help was rated'),
  });
});

/** An account, and an answer that its conversation carries. */
async function oneAnswer(options: Parameters<typeof chatlingAccount>[0] = {}) {
  const account = await aMessage(isAnswer, options);
  const { conversation: row, message: answer } = account.row;
  const conversation = ref(row.id);
  return {
    ...account,
    row,
    answer,
    conversation,
    rateIt: (rating: Rating | null) =>
      account.rate.does({ message: { conversation, nativeId: answer.id }, rating }, aCall()),
  };
}

async function aMessage(
  wanted: (message: MessageRow) => boolean,
  options: Parameters<typeof chatlingAccount>[0] = {},
) {
  const account = await chatlingAccount({ tales: TALES, ...options });
  return { ...account, row: carried([...account.store.conversations.values()], wanted) };
}

function carried(rows: readonly ConversationRow[], wanted: (message: MessageRow) => boolean) {
  for (const conversation of rows) {
    const message = conversation.messages.slice(-20).find(wanted);
    if (message) return { conversation, message };
  }
  throw new Error('Expected such a message in the story.');
}

function isAnswer({ is_ai_kb_response: is }: MessageRow): boolean {
  return is === true;
}
