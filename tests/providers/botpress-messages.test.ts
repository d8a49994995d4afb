// Messages at Botpress: read one by one and in pages, as the emulated bot's own store shows them.

import { describe, expect, it } from 'vitest';
import type { MessageContent } from '../../src/domain/message.ts';
import {
  aCall,
  accountHearing,
  botpressAccount,
  everyPage,
  failureOf,
  firstOf,
  ref,
  TALES,
  valueOf,
} from './botpress-account.ts';

describe('the messages of a conversation', () => {
  it('say every field that Botpress says of them', async () => {
    const { messages, store, botId } = await botpressAccount({ tales: TALES });

    for (const { id } of store.conversations.values()) {
      const asked = { conversation: ref(id), at: null, size: 100 };
      const { items } = valueOf(await messages.does(asked, aCall()));

      const rows = [...store.messages.values()].filter((row) => row.conversationId === id);
      expect(items).toHaveLength(rows.length);
      for (const item of items) {
        const row = store.messages.get(item.nativeId);
        const role = row?.direction === 'incoming' ? 'USER' : 'BOT';
        expect(item.role === 'BOT').toBe(row?.userId === botId);
        expect(item.content.type).toBe(contentTypeOf(row?.type));
        expect(item).toMatchObject({
          conversation: ref(id),
          derivedId: false,
          role,
          kind: 'MESSAGE',
          visibility: 'PUBLIC',
          author: { nativeId: row?.userId, role, name: null, email: null, imageUrl: null },
          citations: [],
          rating: null,
          attachments: [],
          tags: Object.entries(row?.tags ?? {}).map(([key, value]) => ({ key, value })),
          createdAt: new Date(row?.createdAt ?? 0),
          updatedAt: new Date(row?.updatedAt ?? 0),
          native: {
            kind: 'botpress',
            type: row?.type,
            payload: row?.payload,
            direction: row?.direction,
            userId: row?.userId,
            origin: row?.origin ?? null,
          },
        });
      }
    }
  });

  it.each([
    { size: 1, generation: 'current' },
    { size: 10, generation: 'current' },
    { size: 100, generation: 'current' },
    { size: 10, generation: 'seed' },
  ] as const)('are walked newest first in pages of $size ($generation)', async (asked) => {
    const { messages, store, emulator, pass } = await botpressAccount({
      tales: TALES.slice(0, 3),
      generation: asked.generation,
    });
    const { id } = firstOf(store.conversations.values());
    for (let count = 0; count < 45; count += 1) {
      pass(count % 2);
      emulator.say(id, `Message ${count}`);
    }

    const pages = await everyPage((at) =>
      messages.does({ conversation: ref(id), at, size: asked.size }, aCall()),
    );

    const items = pages.flat();
    const times = items.map(({ createdAt }) => createdAt?.getTime() ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(items.map(({ nativeId }) => nativeId).toSorted()).toEqual(
      [...store.messages.values()]
        .filter((row) => row.conversationId === id)
        .map((row) => row.id)
        .toSorted(),
    );
  });

  it('cost one call a page, and a second one where the page size is refused', async () => {
    const { messages, store, emulator, asked } = await botpressAccount({ tales: TALES });
    const { id } = firstOf(store.conversations.values());
    const question = { conversation: ref(id), at: null, size: 100 };
    emulator.inject({ kind: 'status', status: 400, times: 1 });

    const survived = valueOf(await messages.does(question, aCall()));
    const usual = valueOf(await messages.does(question, aCall()));

    expect(survived).toEqual(usual);
    expect(asked()).toEqual([
      `GET messages?conversationId=${id}&pageSize=100`,
      `GET messages?conversationId=${id}`,
      `GET messages?conversationId=${id}&pageSize=100`,
    ]);
  });

  it('are not found where the service says that the conversation is not there', async () => {
    const { messages } = await accountHearing(() => ({
      status: 400,
      body: { id: 'err_1', code: 400, type: 'ReferenceNotFound', message: 'no such conversation' },
    }));

    const outcome = await messages.does({ conversation: ref('c1'), at: null, size: 5 }, aCall());

    expect(failureOf(outcome)).toEqual({ kind: 'not-found', what: 'conversation c1 at website' });
  });
});

describe('one message', () => {
  it('is the same by itself as in the list', async () => {
    const { messages, message, store } = await botpressAccount({ tales: TALES });
    const conversation = ref(firstOf(store.conversations.keys()));
    const { items } = valueOf(await messages.does({ conversation, at: null, size: 9 }, aCall()));

    for (const item of items) {
      const { nativeId } = item;
      expect(valueOf(await message.does({ conversation, nativeId }, aCall()))).toEqual(item);
    }
  });

  it('is not found in another conversation than its own', async () => {
    const { message, store } = await botpressAccount({ tales: TALES });
    const [here = '', there = ''] = [...store.conversations.keys()];
    const { id } = firstOf(
      [...store.messages.values()].filter((row) => row.conversationId === there),
    );

    const elsewhere = await message.does({ conversation: ref(here), nativeId: id }, aCall());
    const nowhere = await message.does({ conversation: ref(here), nativeId: 'msg_0' }, aCall());

    expect(failureOf(elsewhere)).toEqual({
      kind: 'not-found',
      what: `message ${id} in conversation ${here} at website`,
    });
    expect(failureOf(nowhere)).toEqual({ kind: 'not-found', what: 'message msg_0 at website' });
  });
});

function contentTypeOf(type: string | undefined): MessageContent['type'] | undefined {
  switch (type) {
    case 'dropdown':
      return 'choice';
    case 'supportTicket':
      return 'unknown';
    case 'text':
    case 'markdown':
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
    case 'location':
    case 'choice':
    case 'card':
    case 'carousel':
    case 'bloc':
      return type;
    default:
      return undefined;
  }
}
