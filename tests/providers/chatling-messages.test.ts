// Messages through the Chatling adapter: a history read to its end, one message found, and ids that stay what they were.

import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/domain/message.ts';
import {
  aCall,
  chatlingAccount,
  failureOf,
  longest,
  ref,
  TALES,
  valueOf,
  withoutRaw,
} from './chatling-account.ts';

describe('a history', () => {
  it.each([1, 7, 15, 100])('is read to its end, newest first, in pages of %d', async (messages) => {
    const { conversation, row, read, asked } = await longest({ perPage: { messages } });

    const pages = await read();

    expect(pages.flat().map(({ nativeId, derivedId }) => ({ nativeId, derivedId }))).toEqual(
      row.messages.toReversed().map(({ id }) => ({ nativeId: id, derivedId: false })),
    );
    expect(asked()).toEqual(
      pages.map(
        (_, index) =>
          `GET /conversations/${conversation.nativeId}/messages?page=${index + 1}&sort=date_desc`,
      ),
    );
  });

  it('shows what the service shows of each message', async () => {
    const { conversation, row, read } = await longest({ perPage: { messages: 100 } });

    const [items = []] = await read();

    expect(items).toEqual(
      row.messages.toReversed().map((message) => ({
        conversation,
        nativeId: message.id,
        derivedId: false,
        role: message.role.toUpperCase(),
        kind: 'MESSAGE',
        visibility: 'PUBLIC',
        author: null,
        text: message.text,
        content:
          message.role === 'bot'
            ? { type: 'markdown', markdown: message.text }
            : { type: 'text', text: message.text },
        citations: sourcesOf(message.data),
        rating: RATINGS.get(message.data?.['helpful_value']) ?? null,
        attachments: [],
        tags: [],
        createdAt: new Date(message.created_at),
        updatedAt: null,
        raw: message,
        native: {
          kind: 'chatling',
          role: message.role,
          isAiKbResponse: message.is_ai_kb_response ?? null,
          helpfulValue: message.data?.['helpful_value'] ?? null,
          data: message.data ?? null,
        },
      })),
    );
  });

  it('knows people, the bot and the system, and what was thought of an answer', async () => {
    const { store, messages } = await chatlingAccount({
      tales: TALES,
      perPage: { messages: 1000 },
    });
    const seen: Message[] = [];

    for (const nativeId of store.conversations.keys()) {
      const ask = { conversation: ref(nativeId), at: null, size: 20 };
      seen.push(...valueOf(await messages.does(ask, aCall())).items);
    }

    expect(new Set(seen.map(({ role }) => role))).toEqual(new Set(['USER', 'BOT', 'SYSTEM']));
    expect(new Set(seen.map(({ rating }) => rating))).toEqual(
      new Set(['HELPFUL', 'UNHELPFUL', null]),
    );
    const cited = seen.flatMap(({ citations }) => citations);
    expect(cited).toContainEqual({
      type: 'webpage',
      title: expect.any(String),
      url: expect.stringMatching(/^https:/),
    });
    expect(cited).toContainEqual({ type: 'document', title: expect.any(String), url: null });
  });

  it('reads the same without offsets in its dates', async () => {
    const usual = await longest({});
    const other = await longest({ timestamps: 'mixed' });

    expect((await other.read()).flat().map(withoutRaw)).toEqual(
      (await usual.read()).flat().map(withoutRaw),
    );
  });

  it('of a conversation that is not there is not found', async () => {
    const { messages } = await chatlingAccount({ tales: TALES });

    const ask = { conversation: ref('1234567890'), at: null, size: 20 };

    expect(failureOf(await messages.does(ask, aCall()))).toEqual({
      kind: 'not-found',
      what: 'conversation 1234567890 at help',
    });
  });
});

describe('one message', () => {
  it.each([true, false])('is found wherever it is, ids given: %s', async (messageIds) => {
    const { conversation, message, read } = await longest({ messageIds });
    const history = (await read()).flat();

    for (const expected of history) {
      const { nativeId } = expected;
      expect(valueOf(await message.does({ conversation, nativeId }, aCall()))).toEqual(expected);
    }
  });

  it('costs one call where the conversation carries it', async () => {
    const { conversation, row, message, asked } = await longest({});
    const nativeId = row.messages.at(-1)?.id ?? '';

    await message.does({ conversation, nativeId }, aCall());

    expect(asked()).toEqual([`GET /conversations/${conversation.nativeId}`]);
  });

  it('that is not there is not found', async () => {
    const { conversation, message, row, asked } = await longest({});
    const where = `conversation ${conversation.nativeId} at help`;

    const outcome = await message.does({ conversation, nativeId: 'none' }, aCall());

    expect(failureOf(outcome)).toEqual({ kind: 'not-found', what: `message none in ${where}` });
    expect(asked()).toHaveLength(1 + Math.ceil(row.messages.length / 15));
  });

  it('is not sought further where the conversation carries all there are', async () => {
    const { store, message, asked } = await chatlingAccount({ tales: TALES });
    const short = [...store.conversations.values()].find(({ messages }) => messages.length < 20);
    const conversation = ref(short?.id ?? '');

    const outcome = await message.does({ conversation, nativeId: 'none' }, aCall());

    expect(failureOf(outcome).kind).toBe('not-found');
    expect(asked()).toEqual([`GET /conversations/${conversation.nativeId}`]);
  });

  it('is sought in ten pages and no further, and the failure says so', async () => {
    const { conversation, message, row, asked } = await longest({ perPage: { messages: 2 } });
    const nativeId = row.messages[0]?.id ?? '';

    const outcome = await message.does({ conversation, nativeId }, aCall());

    expect(failureOf(outcome)).toEqual({
      kind: 'not-found',
      what: `message ${nativeId} among the newest 10 pages of messages in conversation ${conversation.nativeId} at help`,
    });
    expect(asked()).toHaveLength(11);
  });

  it('of a conversation that is not there is not found', async () => {
    const { message } = await chatlingAccount();

    const outcome = await message.does({ conversation: ref('1234567890'), nativeId: 'x' }, aCall());

    expect(failureOf(outcome)).toEqual({
      kind: 'not-found',
      what: 'conversation 1234567890 at help',
    });
  });
});

const RATINGS: ReadonlyMap<unknown, string> = new Map([
  [1, 'HELPFUL'],
  [0, 'UNHELPFUL'],
]);

function sourcesOf(data: Readonly<Record<string, unknown>> | undefined): unknown[] {
  const sources = data?.['sources'];
  return Array.isArray(sources)
    ? sources.map((source: object) => ({ title: null, type: null, url: null, ...source }))
    : [];
}
