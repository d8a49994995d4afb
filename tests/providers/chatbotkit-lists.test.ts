import { describe, expect, it } from 'vitest';
import { isRecord } from '../../emulators/emulator.ts';
import type { Conversation } from '../../src/domain/conversation.ts';
import {
  aCall,
  accountHearing,
  asking,
  chatbotkitAccount,
  everyPage,
  messageRef,
  present,
  ref,
  valueOf,
} from './chatbotkit-account.ts';

describe('the list of conversations', () => {
  it('tells every column of every row, and invents none', async () => {
    const account = await chatbotkitAccount();

    const { items } = valueOf(await account.list(asking(), aCall()));

    const rows = account.newestFirst();
    const raws = rowsOf(await account.said('/v1/conversation/list?order=desc&take=100'));
    expect(items).toHaveLength(rows.length);
    expect(raws).toHaveLength(rows.length);
    for (const [index, row] of rows.entries()) {
      const { meta, createdAt, updatedAt, expiresAt, contactId } = row;
      const { plan, vip, email, urgency, state, turns } = meta;
      expect(items[index]).toEqual({
        provider: 'assistant',
        nativeId: row.id,
        channel: null,
        title: row.name,
        description: row.description,
        preview: null,
        status: null,
        priority: null,
        archived: null,
        important: null,
        tags: Object.entries({ plan, vip, email, urgency, state, turns }).map(([key, value]) => ({
          key,
          value: String(value),
        })),
        contact: contactId
          ? { nativeId: contactId, name: null, email: null, phone: null, imageUrl: null }
          : null,
        assignee: null,
        messageCount: null,
        createdAt: new Date(createdAt),
        updatedAt: new Date(updatedAt),
        lastActivityAt: null,
        sortedAt: new Date(createdAt),
        embedded: null,
        raw: raws[index],
        native: {
          kind: 'chatbotkit',
          meta,
          contactId,
          taskId: row.taskId,
          spaceId: row.spaceId,
          botId: row.botId,
          model: row.model,
          backstory: row.backstory,
          datasetId: row.datasetId,
          skillsetId: row.skillsetId,
          privacy: row.privacy,
          moderation: row.moderation,
          expiresAt: expiresAt === null ? null : new Date(expiresAt),
        },
      });
    }
    expect(rows.some(({ spaceId }) => spaceId !== null)).toBe(true);
    expect(rows.some(({ expiresAt }) => expiresAt !== null)).toBe(true);
  });

  it('reads the same whether unset columns are null or absent', async () => {
    const saidNull = await chatbotkitAccount({ nulls: 'null' });
    const omitted = await chatbotkitAccount({ nulls: 'omit' });

    const one = valueOf(await saidNull.list(asking(), aCall()));
    const other = valueOf(await omitted.list(asking(), aCall()));

    expect(one.items.map(withoutRaw)).toEqual(other.items.map(withoutRaw));
  });

  it.each([1, 7, 40, 100])('is walked to its end by pages of %i', async (size) => {
    const account = await chatbotkitAccount();

    const pages = await everyPage((at) => account.list(asking({}, size, at), aCall()));

    expect(pages.flat().map(({ nativeId }) => nativeId)).toEqual(
      account.newestFirst().map(({ id }) => id),
    );
    expect(pages.every((page) => page.length <= size)).toBe(true);
  });

  it('costs one call, which says its order and how many rows it wants', async () => {
    const account = await chatbotkitAccount();

    await account.list(asking({}, 21), aCall());

    expect(account.asked()).toEqual(['GET /v1/conversation/list?order=desc&take=21']);
  });

  it('never asks for more than the service gives', async () => {
    const account = await chatbotkitAccount();

    await account.list(asking({}, 500), aCall());

    expect(account.asked()).toEqual(['GET /v1/conversation/list?order=desc&take=100']);
  });

  it('begins after the row that is named', async () => {
    const account = await chatbotkitAccount();
    const [, second, third] = account.newestFirst();

    const { items } = valueOf(await account.list(asking({}, 1, present(second).id), aCall()));

    expect(items.map(({ nativeId }) => nativeId)).toEqual([present(third).id]);
  });

  it.each([
    ['empty', 0],
    ['continues', 3],
  ] as const)(
    'after a row that is gone is what the service makes of it: %s',
    async (cursorOfDeleted, left) => {
      const account = await chatbotkitAccount({ cursorOfDeleted });
      const gone = present(account.newestFirst().at(-4));
      valueOf(await account.remove(ref(gone.id), aCall()));

      const page = valueOf(await account.list(asking({}, 10, gone.id), aCall()));

      expect(page.items).toHaveLength(left);
      expect(page.next).toBeNull();
    },
  );

  it('is filtered by contact at the service', async () => {
    const account = await chatbotkitAccount();
    const contactId = present([...account.store.contacts.keys()][0]);

    const { items } = valueOf(await account.list(asking({ contactId }), aCall()));

    expect(items.length).toBeGreaterThan(0);
    expect(items.map(({ nativeId }) => nativeId)).toEqual(
      account
        .newestFirst()
        .filter((row) => row.contactId === contactId)
        .map(({ id }) => id),
    );
  });

  it('has nobody by the name of two contacts', async () => {
    const account = await chatbotkitAccount();
    const contactId = [...account.store.contacts.keys()].slice(0, 2).join(',');

    const page = valueOf(await account.list(asking({ contactId }), aCall()));

    expect(page).toEqual({ items: [], next: null });
    expect(account.asked()).toEqual([]);
  });

  it.each([
    ['a text', { key: 'plan', value: 'pro' }, '&meta.plan=pro'],
    ['a boolean', { key: 'vip', value: 'true' }, ''],
    ['a number', { key: 'turns', value: '3' }, ''],
    ['any value', { key: 'plan', value: null }, ''],
    ['a key with a dot', { key: 'customer.origin', value: 'help' }, ''],
    ['a key its path language cannot say', { key: 'order-id', value: 'a1' }, ''],
  ])('looks for %s without losing a row that has it', async (_what, tag, narrowed) => {
    const account = await chatbotkitAccount();
    account.plant({ meta: { 'order-id': 'a1', 'customer.origin': 'help', plan: 'pro' } });

    const { items } = valueOf(await account.list(asking({ tags: [tag] }), aCall()));

    const has = ({ tags }: Conversation) =>
      tags.some(({ key, value }) => key === tag.key && (tag.value === null || value === tag.value));
    const all = valueOf(await account.list(asking(), aCall())).items.filter(has);
    expect(all.length).toBeGreaterThan(0);
    expect(items.filter(has)).toEqual(all);
    expect(account.asked()[0]).toBe(`GET /v1/conversation/list?order=desc&take=100${narrowed}`);
  });

  it('loses nothing of a page but the rows that nobody could name', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      body: {
        items: [
          { name: 'without an id' },
          { id: 'c1', name: 7, meta: 'odd', contactId: {}, createdAt: 'yesterday', tomorrow: [] },
          null,
          { id: 'c2', createdAt: '2025-09-02T12:00:00.000Z', updatedAt: 1_756_814_400_000 },
          { id: 'c3' },
        ],
        cursor: 'c3',
      },
    }));

    const { items, next } = valueOf(await account.list(asking({}, 5), aCall()));

    const twelve = new Date('2025-09-02T12:00:00.000Z');
    expect(
      items.map(({ nativeId, createdAt, sortedAt }) => [nativeId, createdAt, sortedAt]),
    ).toEqual([
      ['c1', null, twelve],
      ['c2', twelve, twelve],
      ['c3', null, twelve],
    ]);
    expect(items[0]).toMatchObject({
      title: null,
      contact: null,
      tags: [],
      native: { meta: 'odd' },
    });
    expect(next).toBe('c3');
  });

  it('goes on by the cursor where the last row has no id', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      body: { items: [{ id: 'c1', createdAt: 1 }, {}], cursor: 'c2' },
    }));

    const page = valueOf(await account.list(asking({}, 2), aCall()));

    expect(page.next).toBe('c2');
  });
});

describe('one conversation', () => {
  it('reads as in the list, but for the space', async () => {
    const account = await chatbotkitAccount();
    const row = present(account.newestFirst().find(({ spaceId }) => spaceId !== null));
    const { items } = valueOf(await account.list(asking(), aCall()));
    const listed = present(items.find(({ nativeId }) => nativeId === row.id));

    const conversation = valueOf(await account.get(ref(row.id), aCall()));

    expect(conversation).toEqual({
      ...listed,
      native: { ...listed.native, spaceId: null },
      raw: await account.said(`/v1/conversation/${row.id}/fetch`),
    });
  });

  it.each([
    ['null', null],
    ['empty', false],
  ] as const)(
    'has no bot of its own where nothing was said of one (%s)',
    async (unsetBotConfig, privacy) => {
      const account = await chatbotkitAccount({ unsetBotConfig });

      const conversation = valueOf(await account.create({ tags: [] }, aCall()));

      expect(conversation.native).toMatchObject({ model: null, backstory: null, privacy });
    },
  );
});

describe('the messages of a conversation', () => {
  it('are told column by column, newest first', async () => {
    const account = await chatbotkitAccount();
    for (const { id } of account.newestFirst()) {
      const page = valueOf(
        await account.messages({ conversation: ref(id), at: null, size: 100 }, aCall()),
      );

      const rows = account.messagesOf(id).toReversed();
      const raws = rowsOf(await account.said(`/v1/conversation/${id}/message/list?order=desc`));
      expect(page.next).toBeNull();
      expect(page.items.map(({ nativeId }) => nativeId)).toEqual(rows.map((row) => row.id));
      for (const [index, row] of rows.entries()) {
        expect(page.items[index]).toMatchObject({
          conversation: ref(id),
          derivedId: false,
          author: null,
          text: row.text,
          content:
            row.type === 'bot'
              ? { type: 'markdown', markdown: row.text }
              : { type: 'text', text: row.text },
          citations: [],
          rating: null,
          createdAt: new Date(row.createdAt),
          updatedAt: new Date(row.updatedAt),
          raw: raws[index],
          native: {
            kind: 'chatbotkit',
            type: row.type,
            meta: row.meta,
            name: null,
            description: null,
          },
        });
      }
    }
  });

  it('are of eight kinds, of which people see two', async () => {
    const account = await chatbotkitAccount();
    const seen = new Map<string, unknown>();
    for (const { id } of account.newestFirst()) {
      const question = { conversation: ref(id), at: null, size: 100 };
      for (const message of valueOf(await account.messages(question, aCall())).items) {
        const { native, role, kind, visibility } = message;
        seen.set(native?.kind === 'chatbotkit' ? native.type : '', [role, kind, visibility]);
      }
    }

    expect(Object.fromEntries(seen)).toEqual({
      user: ['USER', 'MESSAGE', 'PUBLIC'],
      bot: ['BOT', 'MESSAGE', 'PUBLIC'],
      context: ['SYSTEM', 'CONTEXT', 'INTERNAL'],
      instruction: ['SYSTEM', 'INSTRUCTION', 'INTERNAL'],
      backstory: ['SYSTEM', 'BACKSTORY', 'INTERNAL'],
      reasoning: ['BOT', 'REASONING', 'INTERNAL'],
      activity: ['SYSTEM', 'ACTIVITY', 'INTERNAL'],
      checkpoint: ['SYSTEM', 'CHECKPOINT', 'INTERNAL'],
    });
  });

  it('read the same whether unset columns are null or absent', async () => {
    const saidNull = await chatbotkitAccount({ nulls: 'null' });
    const omitted = await chatbotkitAccount({ nulls: 'omit' });
    for (const { id } of saidNull.newestFirst()) {
      const question = { conversation: ref(id), at: null, size: 100 };

      const one = valueOf(await saidNull.messages(question, aCall()));
      const other = valueOf(await omitted.messages(question, aCall()));

      expect(one.items.length).toBeGreaterThan(0);
      expect(one.items.map(withoutRaw)).toEqual(other.items.map(withoutRaw));
    }
  });

  it.each(['asc', 'desc'] as const)(
    'are newest first where the service begins with %s, by pages of any size',
    async (messageOrderDefault) => {
      const account = await chatbotkitAccount({ messageOrderDefault });
      const conversation = present(account.newestFirst()[0]);
      const rows = account.messagesOf(conversation.id).toReversed();

      for (const size of [1, 2, 100]) {
        const pages = await everyPage((at) =>
          account.messages({ conversation: ref(conversation.id), at, size }, aCall()),
        );

        expect(pages.flat().map(({ nativeId }) => nativeId)).toEqual(rows.map(({ id }) => id));
      }
    },
  );

  it('cost one call a page', async () => {
    const account = await chatbotkitAccount();
    const { id } = present(account.newestFirst()[0]);

    await account.messages({ conversation: ref(id), at: null, size: 3 }, aCall());

    expect(account.asked()).toEqual([`GET /v1/conversation/${id}/message/list?order=desc&take=3`]);
  });

  it('tell names and descriptions one by one, and not in the list', async () => {
    const account = await chatbotkitAccount();
    const row = present([...account.store.messages.values()].find(({ name }) => name !== null));

    const message = valueOf(
      await account.getMessage(messageRef(row.conversationId, row.id), aCall()),
    );

    expect(message.native).toEqual({
      kind: 'chatbotkit',
      type: row.type,
      meta: row.meta,
      name: row.name,
      description: row.description,
    });
    expect(message.raw).toEqual(
      await account.said(`/v1/conversation/${row.conversationId}/message/${row.id}/fetch`),
    );
  });

  it('have the scalars of their metadata for tags', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const meta = { ticket: 'T1', urgent: true, count: 2, gone: null, list: [1], part: { a: 1 } };
    const row = account.plantMessage(id, { meta });

    const message = valueOf(await account.getMessage(messageRef(id, row.id), aCall()));

    expect(message.tags).toEqual([
      { key: 'ticket', value: 'T1' },
      { key: 'urgent', value: 'true' },
      { key: 'count', value: '2' },
    ]);
    expect(message.native).toMatchObject({ meta });
  });

  it('name the file where they tell of an upload', async () => {
    const account = await chatbotkitAccount();
    const file = present([...account.store.attachments.values()][0]);
    const question = { conversation: ref(file.conversationId), at: null, size: 100 };

    const { items } = valueOf(await account.messages(question, aCall()));

    expect(items.flatMap(({ attachments }) => attachments)).toEqual([
      { name: file.name, type: 'application/octet-stream', url: `attachment://${file.name}` },
    ]);
  });

  it('keep a type nobody knows yet, and keep it from people', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      body: { items: [{ id: 'm1', type: 'hologram', text: 'hi' }, { id: 'm2' }, { text: 'lost' }] },
    }));

    const question = { conversation: ref('c1'), at: null, size: 100 };
    const { items } = valueOf(await account.messages(question, aCall()));

    expect(items).toMatchObject([
      {
        nativeId: 'm1',
        role: 'UNKNOWN',
        kind: 'UNKNOWN',
        visibility: 'INTERNAL',
        text: 'hi',
        createdAt: null,
        native: { type: 'hologram' },
      },
      { nativeId: 'm2', text: null, content: { type: 'unknown', said: '', payload: null } },
    ]);
  });
});

/** What was made of a row, without the row. */
function withoutRaw<Row extends { readonly raw: unknown }>({ raw: _raw, ...made }: Row) {
  return made;
}

/** The rows of a list as the service says them. */
function rowsOf(said: unknown): readonly unknown[] {
  if (!isRecord(said) || !Array.isArray(said['items'])) throw new Error('Expected a list.');
  return said['items'];
}
