// Chatling's conversations through the adapter, listed and read, with the service's store as the witness.

import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.ts';
import {
  aCall,
  chatlingAccount,
  everyPage,
  failureOf,
  HELP,
  ref,
  stored,
  TALES,
  valueOf,
  withoutRaw,
} from './chatling-account.ts';

describe('the list', () => {
  it.each([1, 4, 5, 100])(
    'reaches every conversation once, in pages of %d',
    async (conversations) => {
      const { store, list } = await chatlingAccount({ tales: TALES, perPage: { conversations } });

      const pages = await everyPage((at) => list.does({ filter: {}, at, size: 20 }, aCall()));

      const ids = pages.flat().map(({ nativeId }) => nativeId);
      expect(ids).toEqual([...store.conversations.keys()].toReversed());
      expect(pages).toHaveLength(Math.ceil(store.conversations.size / conversations));
    },
  );

  it('costs one call a page, newest first', async () => {
    const { list, asked } = await chatlingAccount({ tales: TALES });
    const call = aCall();

    const first = valueOf(await list.does({ filter: {}, at: null, size: 20 }, call));
    const firstAsked = asked();
    await list.does({ filter: {}, at: first.next, size: 20 }, call);

    expect(firstAsked).toEqual(['GET /conversations?page=1&sort=date_desc']);
    expect(asked()).toEqual(['GET /conversations?page=2&sort=date_desc']);
  });

  it('shows what the service shows of each row', async () => {
    const { store, list } = await chatlingAccount({
      tales: TALES,
      perPage: { conversations: 100 },
    });

    const { items } = valueOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()));

    for (const item of items) {
      const row = stored(store, item.nativeId);
      const newest = row.messages.at(-1);
      expect(item).toMatchObject({
        provider: HELP,
        channel: row.conversation_type,
        title: null,
        description: null,
        preview: newest?.text,
        status: null,
        priority: null,
        archived: row.archived === 1,
        important: row.important === 1,
        tags: [],
        contact:
          row.contact_id === null
            ? null
            : { nativeId: row.contact_id, name: null, email: null, phone: null, imageUrl: null },
        assignee: null,
        messageCount: null,
        createdAt: new Date(row.created_at),
        updatedAt: null,
        lastActivityAt: new Date(String(newest?.created_at)),
        native: {
          kind: 'chatling',
          chatbotId: '4829173650',
          conversationType: row.conversation_type,
        },
      });
      expect(item.embedded?.complete).toBe(row.messages.length < 20);
      expect(item.embedded?.items.map(({ text }) => text)).toEqual(
        row.messages
          .slice(-20)
          .toReversed()
          .map(({ text }) => text),
      );
    }
    expect(items.some(({ archived }) => archived)).toBe(true);
    expect(items.some(({ important }) => important)).toBe(true);
    expect(items.some(({ contact }) => contact === null)).toBe(true);
    expect(items.some(({ embedded }) => embedded?.complete === false)).toBe(true);
  });

  it.each(['created', 'activity'] as const)(
    'is listed by the %s date it descends by',
    async (sortBy) => {
      const { list } = await chatlingAccount({
        tales: TALES,
        sortBy,
        perPage: { conversations: 100 },
      });

      const { items } = valueOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()));

      const dates = { created: 'createdAt', activity: 'lastActivityAt' } as const;
      expect(items.map(({ sortedAt }) => sortedAt)).toEqual(
        items.map((item) => item[dates[sortBy]]),
      );
    },
  );

  it('is listed by activity where its order follows no date', async () => {
    const { store, list } = await chatlingAccount({
      tales: TALES,
      sortBy: 'own',
      perPage: { conversations: 100 },
    });

    const { items } = valueOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()));

    expect(items.map(({ nativeId }) => nativeId)).toEqual(
      [...store.conversations.keys()].toSorted().toReversed(),
    );
    expect(items.map(({ sortedAt }) => sortedAt)).toEqual(
      items.map(({ lastActivityAt }) => lastActivityAt),
    );
  });

  it.each([
    { flags: 'booleans' },
    { missingContact: 'absent' },
    { errors: 'laravel' },
    { timestamps: 'mixed' },
  ] as const)('reads the same with %j', async (switched) => {
    const usual = await chatlingAccount({ tales: TALES });
    const other = await chatlingAccount({ tales: TALES, ...switched });
    const ask = { filter: {}, at: null, size: 20 };

    const expected = valueOf(await usual.list.does(ask, aCall())).items.map(told);

    expect(valueOf(await other.list.does(ask, aCall())).items.map(told)).toEqual(expected);
  });

  it('has no channel where no type of conversation is said', async () => {
    const { list } = await chatlingAccount({ tales: TALES, conversationType: false });

    const { items } = valueOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()));

    expect(items.map(({ channel }) => channel)).toEqual(items.map(() => null));
    expect(items[0]?.native).toMatchObject({ conversationType: null });
  });

  it.each(['listed', 'hidden'] as const)('takes WhatsApp conversations as %s', async (whatsapp) => {
    const { list } = await chatlingAccount({ tales: TALES, whatsapp });

    const pages = await everyPage((at) => list.does({ filter: {}, at, size: 20 }, aCall()));

    const channels = new Set(pages.flat().map(({ channel }) => channel));
    expect(channels.has('whatsapp')).toBe(whatsapp === 'listed');
  });

  it.each([0, 1] as const)(
    'of nothing ends at once where its last page is called %d',
    async (lastPageOfEmpty) => {
      const { list } = await chatlingAccount({ lastPageOfEmpty });

      const page = valueOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()));

      expect(page).toEqual({ items: [], next: null });
    },
  );

  it('ends where it is read on past its last page', async () => {
    const { list } = await chatlingAccount({ tales: TALES });

    const page = valueOf(await list.does({ filter: {}, at: '99', size: 20 }, aCall()));

    expect(page).toEqual({ items: [], next: null });
  });
});

describe('one conversation', () => {
  it('is read as it is listed', async () => {
    const { list, get } = await chatlingAccount({ tales: TALES, sortBy: 'activity' });
    const { items } = valueOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()));

    for (const item of items) {
      expect(valueOf(await get.does(ref(item.nativeId), aCall()))).toEqual(item);
    }
  });

  it.each(['plain', 'laravel'] as const)(
    'that is not there is not found, worded %s',
    async (errors) => {
      const { get } = await chatlingAccount({ errors });

      expect(failureOf(await get.does(ref('1234567890'), aCall()))).toEqual({
        kind: 'not-found',
        what: 'conversation 1234567890 at help',
      });
    },
  );

  it('of a chatbot that is not there is not found because of the chatbot', async () => {
    const { get, list } = await chatlingAccount({ tales: TALES }, { chatbotId: '1111111111' });
    const failure = { kind: 'not-found', what: 'chatbot 1111111111 at help' };

    expect(failureOf(await get.does(ref('1234567890'), aCall()))).toEqual(failure);
    expect(failureOf(await list.does({ filter: {}, at: null, size: 20 }, aCall()))).toEqual(
      failure,
    );
  });

  it('is never sought at an address its id would change', async () => {
    const { get, remove, messages, asked } = await chatlingAccount({ tales: TALES });

    for (const nativeId of ['.', '..']) {
      const conversation = ref(nativeId);
      expect(failureOf(await get.does(conversation, aCall())).kind).toBe('not-found');
      expect(failureOf(await remove.does(conversation, aCall())).kind).toBe('not-found');
      const listed = await messages.does({ conversation, at: null, size: 20 }, aCall());
      expect(failureOf(listed).kind).toBe('not-found');
    }
    expect(failureOf(await get.does(ref('../contacts?x#y'), aCall())).kind).toBe('not-found');
    expect(asked()).toEqual(['GET /conversations/..%2Fcontacts%3Fx%23y']);
  });
});

/** All but the objects as they came, which differ with the wire. */
function told(conversation: Conversation) {
  const { embedded, ...rest } = withoutRaw(conversation);
  return { ...rest, embedded: embedded && { ...embedded, items: embedded.items.map(withoutRaw) } };
}
