// The list at Botpress: paged, ordered and filtered as the emulated bot's own store shows it.

import { describe, expect, it } from 'vitest';
import { type Conversation, meetsFilter } from '../../src/domain/conversation.ts';
import {
  aCall,
  accountHearing,
  botpressAccount,
  everyPage,
  firstOf,
  MINUTE_MS,
  SLACK,
  TALES,
  valueOf,
  WEBSITE,
} from './botpress-account.ts';

const ALL = { filter: {}, at: null, size: 100 };

describe('the list', () => {
  it('says every field of a conversation that Botpress says, and invents none', async () => {
    const { list, store } = await botpressAccount({ tales: TALES });

    const { items } = valueOf(await list.does(ALL, aCall()));

    expect(items).toHaveLength(TALES.length);
    for (const item of items) {
      const row = store.conversations.get(item.nativeId);
      expect(item).toEqual({
        provider: WEBSITE,
        nativeId: row?.id,
        channel: row?.channel,
        title: null,
        description: null,
        preview: null,
        status: null,
        priority: null,
        archived: null,
        important: null,
        tags: Object.entries(row?.tags ?? {}).map(([key, value]) => ({ key, value })),
        contact: null,
        assignee: null,
        messageCount: row?.messageCount,
        createdAt: new Date(row?.createdAt ?? 0),
        updatedAt: new Date(row?.updatedAt ?? 0),
        lastActivityAt: null,
        sortedAt: new Date(row?.updatedAt ?? 0),
        embedded: null,
        // Newer generations keep the task to themselves.
        raw: { ...row, currentTaskId: undefined },
        native: {
          kind: 'botpress',
          integration: row?.integration,
          currentTaskId: null,
          currentWorkflowId: row?.currentWorkflowId ?? null,
          properties: row?.properties ?? null,
        },
      });
    }
  });

  it('of an older generation shows tasks and counts nothing', async () => {
    const { list, store } = await botpressAccount({ tales: TALES, generation: 'seed' });

    const pages = await everyPage((at) => list.does({ ...ALL, at }, aCall()));

    const items = pages.flat();
    expect(pages.map((page) => page.length)).toEqual([20, 20]);
    expect(items.every(({ messageCount }) => messageCount === null)).toBe(true);
    expect(items.map(taskId)).toEqual(
      items.map(({ nativeId }) => store.conversations.get(nativeId)?.currentTaskId ?? null),
    );
    expect(items.some((item) => taskId(item) !== null)).toBe(true);
  });

  it.each([
    { size: 1, generation: 'current' },
    { size: 7, generation: 'current' },
    { size: 100, generation: 'current' },
    { size: 7, generation: 'seed' },
  ] as const)(
    'walked in pages of $size shows everyone once, newest first ($generation)',
    async ({ size, generation }) => {
      const { list, store } = await botpressAccount({ tales: TALES, generation });

      const pages = await everyPage((at) => list.does({ filter: {}, at, size }, aCall()));

      const times = pages.flat().map(({ sortedAt }) => sortedAt.getTime());
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      expect(
        pages
          .flat()
          .map(({ nativeId }) => nativeId)
          .toSorted(),
      ).toEqual([...store.conversations.keys()].toSorted());
      expect(Math.max(...pages.map((page) => page.length))).toBe(
        generation === 'seed' ? 20 : Math.min(size, TALES.length),
      );
    },
  );

  it('costs one call a page', async () => {
    const { list, asked } = await botpressAccount({ tales: TALES });

    await list.does({ ...ALL, size: 21 }, aCall());

    expect(asked()).toEqual([
      'GET conversations?sortField=updatedAt&sortDirection=desc&pageSize=21',
    ]);
  });

  it.each([true, false])(
    'is ordered by updatedAt whether or not a message changes it (%s)',
    async (messageBumpsConversation) => {
      const account = await botpressAccount({ tales: TALES, messageBumpsConversation });
      const { items } = valueOf(await account.list.does(ALL, aCall()));
      const last = items.at(-1)?.nativeId ?? '';
      account.pass(MINUTE_MS);

      account.emulator.say(last, 'Still there?');

      const after = valueOf(await account.list.does(ALL, aCall())).items;
      expect(after.findIndex(({ nativeId }) => nativeId === last)).toBe(
        messageBumpsConversation ? 0 : after.length - 1,
      );
      expect(after.every(({ lastActivityAt }) => lastActivityAt === null)).toBe(true);
    },
  );

  it('survives a service that refuses its page size, and then asks without', async () => {
    const { list, emulator, asked } = await botpressAccount({ tales: TALES });
    emulator.inject({ kind: 'status', status: 400, times: 1 });

    const page = valueOf(
      await list.does({ ...ALL, filter: { tags: [{ key: 'vip', value: 'true' }] } }, aCall()),
    );

    expect(page.items).toHaveLength(20);
    expect(asked()).toEqual([
      'GET conversations?sortField=updatedAt&sortDirection=desc&tags.vip=true&pageSize=100',
      'GET conversations?sortField=updatedAt&sortDirection=desc',
    ]);
  });
});

describe('a filter', () => {
  it('of a channel is pushed, and exact', async () => {
    const { list, store } = await botpressAccount({ tales: TALES });

    const { items } = valueOf(await list.does({ ...ALL, filter: { channel: 'thread' } }, aCall()));

    const expected = [...store.conversations.values()].filter(
      ({ channel }) => channel === 'thread',
    );
    expect(idsOf(items)).toEqual(idsIn(expected));
  });

  it('of a contact is pushed as a participant', async () => {
    const { list, store } = await botpressAccount({ tales: TALES });
    const [conversationId, joined] = firstOf(store.participants);

    const { items } = valueOf(
      await list.does({ ...ALL, filter: { contactId: firstOf(joined.keys()) } }, aCall()),
    );

    expect(idsOf(items)).toEqual([conversationId]);
  });

  it('of creation dates is pushed, and includes both ends', async () => {
    const { list, store } = await botpressAccount({ tales: TALES });
    const dates = [...store.conversations.values()].map(({ createdAt }) => createdAt).toSorted();
    const [from = '', to = ''] = [dates[5], dates[15]];

    const { items } = valueOf(
      await list.does(
        { ...ALL, filter: { createdAfter: new Date(from), createdBefore: new Date(to) } },
        aCall(),
      ),
    );

    const expected = [...store.conversations.values()].filter(
      ({ createdAt }) => createdAt >= from && createdAt <= to,
    );
    expect(expected.length).toBeGreaterThanOrEqual(11);
    expect(idsOf(items)).toEqual(idsIn(expected));
  });

  it.each([
    [{ key: 'plan', value: 'pro' }],
    [
      { key: 'vip', value: 'true' },
      { key: 'status', value: 'open' },
    ],
    [{ key: 'slack:title', value: 'support' }],
    [
      { key: 'crm.company', value: null },
      { key: 'plan', value: 'free' },
    ],
    [{ key: 'vip', value: null }],
    [{ key: 'nobody', value: 'has this & that=more' }],
  ])('of tags loses no conversation that meets them (%j %j)', async (...tags) => {
    const { list, store } = await botpressAccount({ tales: TALES });
    const filter = { tags };

    const { items } = valueOf(await list.does({ ...ALL, filter }, aCall()));

    const met = items.filter((item) => meetsFilter(item, filter, 'tags'));
    const expected = [...store.conversations.values()].filter((row) =>
      tags.every(({ key, value }) => row.tags[key] === (value ?? row.tags[key]) && key in row.tags),
    );
    expect(idsOf(met)).toEqual(idsIn(expected));
  });

  it('of a tag whose key has a dot and whose value has signs is written as the vendor writes it', async () => {
    const { list, create, store } = await botpressAccount({ tales: TALES });
    const tag = { key: 'crm.company', value: 'Ärger & Söhne = 100 % +' };
    const made = valueOf(await create.does({ channel: 'channel', tags: [tag] }, aCall()));

    const { items } = valueOf(await list.does({ ...ALL, filter: { tags: [tag] } }, aCall()));

    expect(idsOf(items)).toEqual([made.nativeId]);
    expect(store.conversations.get(made.nativeId)?.tags).toEqual({ [tag.key]: tag.value });
  });

  it('is compared by what the account sees: an integration names its own tags shortly', async () => {
    const { as, store } = await botpressAccount({ tales: TALES });
    const { list } = as({ integrationId: SLACK });
    const row = [...store.conversations.values()].find(({ tags }) => tags['slack:thread']);
    const tag = { key: 'thread', value: row?.tags['slack:thread'] ?? '' };

    const { items } = valueOf(await list.does({ ...ALL, filter: { tags: [tag] } }, aCall()));

    expect(idsOf(items)).toEqual([row?.id]);
    expect(items[0]?.tags).toContainEqual(tag);
  });
});

describe('rows that cannot be understood', () => {
  it('cost nothing but themselves, and say nothing that was not said', async () => {
    const good = { id: 'good', updatedAt: '2026-05-01T10:00:00Z', tags: { a: 'b', n: 4, e: '' } };
    const { list } = await accountHearing(() => ({
      status: 200,
      body: {
        conversations: [
          {
            id: 'first',
            updatedAt: 7,
            createdAt: 'yesterday',
            channel: {},
            tags: 'none',
            messageCount: '3',
          },
          null,
          'row',
          { updatedAt: '2026-05-01T11:00:00Z' },
          { id: '' },
          good,
          { id: 'last', createdAt: '2020-01-01T00:00:00Z', unheardOf: { of: ['course'] } },
        ],
        meta: { nextToken: '' },
      },
    }));

    const page = valueOf(await list.does(ALL, aCall()));

    const at = new Date(good.updatedAt);
    expect(page.next).toBeNull();
    expect(page.items.map(({ nativeId, sortedAt }) => [nativeId, sortedAt])).toEqual([
      ['first', at],
      ['good', at],
      ['last', at],
    ]);
    expect(page.items[0]).toMatchObject({
      channel: null,
      createdAt: null,
      updatedAt: null,
      tags: [],
      messageCount: null,
    });
    expect(page.items[1]?.tags).toEqual([
      { key: 'a', value: 'b' },
      { key: 'n', value: null },
      { key: 'e', value: null },
    ]);
  });

  it('do not end the list: a token that leads back to itself does', async () => {
    const { list } = await accountHearing(() => ({
      status: 200,
      body: { conversations: [], meta: { nextToken: 'again' } },
    }));

    const first = valueOf(await list.does(ALL, aCall()));
    const second = valueOf(await list.does({ ...ALL, at: 'again' }, aCall()));

    expect([first.next, second.next]).toEqual(['again', null]);
  });
});

function taskId({ native }: Conversation): string | null | undefined {
  return native?.kind === 'botpress' ? native.currentTaskId : undefined;
}

function idsOf(items: readonly Conversation[]): string[] {
  return items.map(({ nativeId }) => nativeId).toSorted();
}

function idsIn(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id).toSorted();
}
