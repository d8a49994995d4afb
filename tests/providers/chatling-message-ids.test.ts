// Ids for Chatling's messages where it gives none: the same wherever and whenever a message is met.

import { describe, expect, it } from 'vitest';
import {
  aCall,
  chatlingAccount,
  everyPage,
  longest,
  ref,
  TALES,
  valueOf,
  withoutRaw,
} from './chatling-account.ts';

describe('ids where the service gives none', () => {
  it('are derived, all different, and the same in pages of any size', async () => {
    const inPagesOf = async (messages: number) => {
      const { read } = await longest({ messageIds: false, perPage: { messages } });
      return (await read()).flat();
    };
    const expected = await inPagesOf(1000);

    expect(new Set(expected.map(({ nativeId }) => nativeId)).size).toBe(expected.length);
    expect(expected.every(({ derivedId }) => derivedId)).toBe(true);
    for (const size of [1, 2, 7, 15]) {
      expect(await inPagesOf(size)).toEqual(expected);
    }
  });

  it('are the same with and without offsets in the dates', async () => {
    const usual = await longest({ messageIds: false });
    const other = await longest({ messageIds: false, timestamps: 'mixed' });

    expect((await other.read()).flat().map(withoutRaw)).toEqual(
      (await usual.read()).flat().map(withoutRaw),
    );
  });

  it('are those of the messages a conversation carries', async () => {
    const { store, list, messages } = await chatlingAccount({
      tales: TALES,
      messageIds: false,
      perPage: { conversations: 100 },
    });
    const { items } = valueOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()));

    for (const { nativeId, embedded } of items) {
      const conversation = ref(nativeId);
      const pages = await everyPage((at) => messages.does({ conversation, at, size: 20 }, aCall()));
      const history = pages.flat();
      expect(history).toHaveLength(store.conversations.get(nativeId)?.messages.length ?? 0);
      expect(embedded?.items).toEqual(history.slice(0, embedded?.items.length));
    }
  });

  it('tell equal messages of one second apart, wherever a page ends between them', async () => {
    const texts = ['ok', 'ok', 'hm', 'ok', 'so', 'ok', 'ok'];
    const idsInPagesOf = async (messages: number) => {
      const { emulator, say, read } = await longest({ messageIds: false, perPage: { messages } });
      for (const text of texts) say(text);
      emulator.forget();
      return (await read()).flat().map(({ nativeId }) => nativeId);
    };

    const expected = await idsInPagesOf(1000);

    expect(new Set(expected).size).toBe(expected.length);
    for (const size of [1, 2, 3, 4, 5, 6]) {
      expect(await idsInPagesOf(size)).toEqual(expected);
    }
  });

  it('stay what they were when another equal message of the same second arrives', async () => {
    const { say, read } = await longest({ messageIds: false });
    say('ok');
    say('ok');
    const before = (await read()).flat().map(({ nativeId }) => nativeId);

    say('ok');

    const after = (await read()).flat().map(({ nativeId }) => nativeId);
    expect(after.slice(1)).toEqual(before);
    expect(before).not.toContain(after[0]);
  });

  it('are left out of a conversation where they hang on messages it does not carry', async () => {
    const { conversation, say, get, read } = await longest({ messageIds: false });
    for (let count = 0; count < 15; count += 1) say('ok');
    const carried = async () => {
      const { embedded } = valueOf(await get.does(conversation, aCall()));
      return embedded;
    };
    const some = await carried();
    for (let count = 0; count < 15; count += 1) say('ok');
    const none = await carried();

    const history = (await read()).flat();

    expect(some?.items).toHaveLength(19);
    expect(some?.items).toEqual(history.slice(15, 34));
    expect(none).toEqual({ items: [], complete: false });
  });

  it('cost a call for the page after, asked once in one operation', async () => {
    const { conversation, messages, asked } = await longest({
      messageIds: false,
      perPage: { messages: 7 },
    });
    const page = (number: number) =>
      `GET /conversations/${conversation.nativeId}/messages?page=${number}&sort=date_desc`;
    const call = aCall();

    await messages.does({ conversation, at: null, size: 20 }, call);
    const first = asked();
    await messages.does({ conversation, at: '2', size: 20 }, call);

    expect(first).toEqual([page(1), page(2)]);
    expect(asked()).toEqual([page(3)]);
  });

  it.each([1, 2, 3])('are not shaken by %d arriving between two reads', async (arriving) => {
    let arrive: (() => void) | undefined;
    const { conversation, messages, say, read } = await longest(
      { messageIds: false },
      ({ query }) => {
        if (query?.some(([name, value]) => name === 'page' && value === '2')) arrive?.();
      },
    );
    const before = (await read()).flat().map(({ nativeId }) => nativeId);
    arrive = () => {
      for (let count = 0; count < arriving; count += 1) say(`news ${count}`);
      arrive = undefined;
    };

    const page = valueOf(await messages.does({ conversation, at: null, size: 20 }, aCall()));

    const ids = page.items.map(({ nativeId }) => nativeId);
    expect(ids.slice(arriving)).toEqual(before.slice(0, 15 - arriving));
    expect(page.items.slice(0, arriving).map(({ text }) => text)).toEqual(
      Array.from({ length: arriving }, (_, index) => `news ${arriving - 1 - index}`),
    );
  });

  it('are given although the page after could not be read', async () => {
    const { conversation, emulator, messages, read } = await longest({ messageIds: false });
    const [expected] = await read();
    emulator.inject({ kind: 'delay', ms: 0, times: 1 });
    emulator.inject({ kind: 'status', status: 500 });

    const page = valueOf(await messages.does({ conversation, at: null, size: 20 }, aCall()));

    expect(page.items).toEqual(expected);
  });
});
