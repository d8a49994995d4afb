import { describe, expect, it } from 'vitest';
import type { MessageChanges } from '../../src/providers/verbs.ts';
import {
  aCall,
  accountHearing,
  chatbotkitAccount,
  failureOf,
  messageRef,
  NOW_MS,
  pathsOf,
  present,
  ref,
  valueOf,
} from './chatbotkit-account.ts';

type Options = Partial<Parameters<typeof chatbotkitAccount>[0]>;

/** An account with one row, planted an hour ago in a conversation of its own. */
async function withRow(
  fields: Parameters<Awaited<ReturnType<typeof chatbotkitAccount>>['plantMessage']>[1] = {},
  options: Options = {},
) {
  const account = await chatbotkitAccount(options);
  const { id } = account.plant();
  const hourAgo = NOW_MS - 3_600_000;
  const row = account.plantMessage(id, { createdAt: hourAgo, updatedAt: hourAgo, ...fields });
  const message = messageRef(id, row.id);
  const change = (changes: MessageChanges) => account.updateMessage({ message, changes }, aCall());
  return { account, row, message, change, after: () => account.message(row.id) };
}

const words = (text: string) => ({ type: 'text', text }) as const;

describe('updating a message', () => {
  it('changes what is asked and leaves everything else of the row as it was', async () => {
    const { row, change, after } = await withRow({
      text: 'Call me',
      name: 'A wish',
      meta: { plan: 'free', vip: true, order: { lines: [1] } },
    });

    const { message, ignored } = valueOf(
      await change({
        content: words('Write me'),
        tags: { set: [{ key: 'plan', value: 'pro' }], remove: ['vip'] },
        description: 'Asked by phone',
        options: { kind: 'chatbotkit', meta: { tries: 2, order: { lines: [2] } } },
      }),
    );

    expect(after()).toEqual({
      ...row,
      text: 'Write me',
      description: 'Asked by phone',
      meta: { plan: 'pro', vip: null, tries: 2, order: { lines: [2] } },
      updatedAt: NOW_MS,
    });
    expect(message).toMatchObject({
      nativeId: row.id,
      text: 'Write me',
      tags: [
        { key: 'plan', value: 'pro' },
        { key: 'tries', value: '2' },
      ],
      updatedAt: new Date(NOW_MS),
      native: { name: 'A wish', description: 'Asked by phone', meta: after().meta },
    });
    expect(ignored).toEqual([]);
  });

  it('costs a write and a look, and merges', async () => {
    const { account, row, change } = await withRow();

    await change({ tags: { set: [{ key: 'plan', value: 'pro' }], remove: ['vip'] } });

    const path = `/v1/conversation/${row.conversationId}/message/${row.id}`;
    expect(account.emulator.journal.map((asked) => `${asked.method} ${asked.path}`)).toEqual([
      `POST ${path}/update`,
      `GET ${path}/fetch`,
    ]);
    expect(account.written()).toEqual([{ meta: { $update: { plan: 'pro', vip: null } } }]);
  });

  it('keeps the number where tag and metadata say the same, and calls neither ignored', async () => {
    const { change, after } = await withRow();

    const { ignored } = valueOf(
      await change({
        tags: { set: [{ key: 'seats', value: '12' }], remove: [] },
        options: { kind: 'chatbotkit', meta: { seats: 12 } },
      }),
    );

    expect(after().meta).toEqual({ seats: 12 });
    expect(ignored).toEqual([]);
  });

  it('merges into a row that had no metadata at all', async () => {
    const { change, after } = await withRow({ meta: null });

    const { ignored } = valueOf(
      await change({ tags: { set: [{ key: 'plan', value: 'pro' }], remove: ['gone'] } }),
    );

    expect(after().meta).toEqual({ plan: 'pro', gone: null });
    expect(ignored).toEqual([]);
  });

  it.each(['null', 'omit'] as const)(
    'clears names and descriptions with null, where unset columns are told as %s',
    async (nulls) => {
      const { change, after } = await withRow({ name: 'A', description: 'B' }, { nulls });

      const { message, ignored } = valueOf(await change({ name: null, description: null }));

      expect(after()).toMatchObject({ name: null, description: null });
      expect(message.native).toMatchObject({ name: null, description: null });
      expect(ignored).toEqual([]);
    },
  );

  it.each(['dropped', 'refused'] as const)(
    'never meets what the service does with its own keys (%s)',
    async (metaUnderscore) => {
      const { change, after } = await withRow({ meta: {} }, { metaUnderscore });

      const { ignored } = valueOf(
        await change({ tags: { set: [{ key: 'a_b', value: 'x' }], remove: ['c_d'] } }),
      );
      const refused = await change({ tags: { set: [{ key: '_a', value: 'x' }], remove: [] } });

      expect(after().meta).toEqual({ a_b: 'x', c_d: null });
      expect(ignored).toEqual([]);
      expect(pathsOf(refused)).toEqual(['tags.set.0.key']);
    },
  );

  it.each([
    ['redacts', 'Write to [EMAIL_1]'],
    ['passes', 'Write to a@b.example'],
  ] as const)(
    'shows a text with known entities as it is stored, and calls it not ignored (%s)',
    async (pii, stored) => {
      const { change, after } = await withRow({}, { pii });

      const { message, ignored } = valueOf(
        await change({
          content: words('Write to a@b.example'),
          options: { kind: 'chatbotkit', entities: [{ type: 'EMAIL', begin: 9, end: 20 }] },
        }),
      );

      expect(after().text).toBe(stored);
      expect(message.text).toBe(stored);
      expect(ignored).toEqual([]);
    },
  );

  it('takes markdown for the words it is', async () => {
    const { change, after } = await withRow({ type: 'bot' });

    const { message, ignored } = valueOf(
      await change({ content: { type: 'markdown', markdown: '**Six**' } }),
    );

    expect(after()).toMatchObject({ type: 'bot', text: '**Six**' });
    expect(message.content).toEqual({ type: 'markdown', markdown: '**Six**' });
    expect(ignored).toEqual([]);
  });

  it('writes nothing where a group says nothing', async () => {
    const { account, row, change, after } = await withRow();

    valueOf(await change({ options: { kind: 'chatbotkit' } }));

    expect(after()).toEqual(row);
    expect(account.asked()).toEqual([
      `GET /v1/conversation/${row.conversationId}/message/${row.id}/fetch`,
    ]);
  });

  it('shows the message after the write, whatever was read before it', async () => {
    const { account, message } = await withRow({ text: 'Then' });
    const call = aCall();
    await account.getMessage(message, call);

    const changes = { content: words('Now') };
    const updated = valueOf(await account.updateMessage({ message, changes }, call));

    expect(updated.message.text).toBe('Now');
  });

  it('names whatever the service took and did not keep', async () => {
    const account = await accountHearing((_method, path) => ({
      status: 200,
      body: path.endsWith('/fetch')
        ? { id: 'm1', type: 'user', text: 'Old', meta: { plan: 'free', vip: true, seats: 3 } }
        : { id: 'm1' },
    }));

    const { ignored } = valueOf(
      await account.updateMessage(
        {
          message: messageRef('c1', 'm1'),
          changes: {
            content: words('New'),
            kind: 'MESSAGE',
            as: 'BOT',
            tags: { set: [{ key: 'plan', value: 'pro' }], remove: ['vip'] },
            name: 'A name',
            description: 'A description',
            options: { kind: 'chatbotkit', meta: { seats: 12 } },
          },
        },
        aCall(),
      ),
    );

    expect(ignored).toEqual([
      'content',
      'as',
      'tags.set.0',
      'tags.remove.0',
      'chatBotKit.meta.seats',
      'name',
      'description',
    ]);
  });

  it('names a kind that was taken and not kept', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      body: { id: 'm1', type: 'user', text: 'hi' },
    }));

    const changes = { kind: 'CONTEXT' } as const;
    const message = messageRef('c1', 'm1');
    const { ignored } = valueOf(await account.updateMessage({ message, changes }, aCall()));

    expect(ignored).toEqual(['kind']);
  });

  it('that cannot be read back says that it was done', async () => {
    const { account, row, change, after } = await withRow();
    account.emulator.inject({ kind: 'status', status: 503, match: { method: 'GET' } });

    const failure = failureOf(await change({ content: words('Done') }));

    expect(after().text).toBe('Done');
    expect(failure).toEqual({
      kind: 'outcome-unknown',
      provider: 'assistant',
      because: `message ${row.id} was updated and could not be read back (it answered HTTP 503): look at it before trying again`,
    });
  });
});

describe('the kind and role of a message', () => {
  it.each([
    ['MESSAGE', 'USER', 'user'],
    ['MESSAGE', 'BOT', 'bot'],
    ['CONTEXT', 'SYSTEM', 'context'],
    ['INSTRUCTION', 'SYSTEM', 'instruction'],
    ['BACKSTORY', 'SYSTEM', 'backstory'],
    ['REASONING', 'BOT', 'reasoning'],
    ['ACTIVITY', 'SYSTEM', 'activity'],
    ['CHECKPOINT', 'SYSTEM', 'checkpoint'],
  ] as const)('become %s of %s: the type %s', async (kind, as, type) => {
    const { row, change, after } = await withRow({ type: type === 'context' ? 'bot' : 'context' });

    const { message, ignored } = valueOf(await change({ kind, as }));

    expect(after()).toEqual({ ...row, type, updatedAt: NOW_MS });
    expect(message).toMatchObject({ kind, role: as, native: { type } });
    expect(ignored).toEqual([]);
  });

  it('need no role where the kind has but one', async () => {
    const { account, change, after } = await withRow();

    const { message } = valueOf(await change({ kind: 'REASONING' }));

    expect(after().type).toBe('reasoning');
    expect(message).toMatchObject({ kind: 'REASONING', role: 'BOT', visibility: 'INTERNAL' });
    expect(account.asked()).toHaveLength(2);
  });

  it.each([
    ['user', { as: 'BOT' }, 'bot'],
    ['bot', { as: 'USER' }, 'user'],
    ['bot', { kind: 'MESSAGE' }, 'bot'],
    ['user', { kind: 'MESSAGE' }, 'user'],
    ['reasoning', { kind: 'MESSAGE' }, 'bot'],
    ['reasoning', { as: 'BOT' }, 'reasoning'],
    ['instruction', { as: 'SYSTEM' }, 'instruction'],
  ] as const)('leave of a row of %s what %o does not say: %s', async (type, changes, becomes) => {
    const { change, after } = await withRow({ type });

    const { ignored } = valueOf(await change(changes));

    expect(after().type).toBe(becomes);
    expect(ignored).toEqual([]);
  });

  it.each([
    ['context', { as: 'BOT' }],
    ['context', { as: 'USER' }],
    ['user', { as: 'SYSTEM' }],
    ['context', { kind: 'MESSAGE' }],
  ] as const)('of a row of %s cannot be %o, and nothing is written', async (type, changes) => {
    const { account, row, change, after } = await withRow({ type });

    const outcome = await change({ ...changes, name: 'Named' });

    expect(pathsOf(outcome)).toEqual(['as']);
    expect(after()).toEqual(row);
    expect(account.written()).toEqual([]);
  });

  it('are looked for in a row that is there', async () => {
    const { account, message } = await withRow();
    valueOf(await account.removeMessage(message, aCall()));

    const changes = { as: 'BOT' } as const;
    const failure = failureOf(await account.updateMessage({ message, changes }, aCall()));

    expect(failure.kind).toBe('not-found');
    expect(account.written()).toEqual([{}]);
  });
});

describe('what a message cannot become', () => {
  it.each<readonly [string, MessageChanges, readonly string[]]>([
    [
      'a picture',
      { content: { type: 'image', url: 'https://a.example/b.png', title: null } },
      ['content'],
    ],
    ['of an agent', { as: 'AGENT' }, ['as']],
    ['a message of the system', { kind: 'MESSAGE', as: 'SYSTEM' }, ['as']],
    ['context of the bot', { kind: 'CONTEXT', as: 'BOT' }, ['as']],
    ['context of the user', { kind: 'CONTEXT', as: 'USER' }, ['as']],
    ['a note', { kind: 'NOTE' }, ['kind']],
    [
      'a row with entities of no text',
      { options: { kind: 'chatbotkit', entities: [{ begin: 0, end: 1 }] } },
      ['chatBotKit.entities'],
    ],
    [
      'a row with tags that would not be kept',
      {
        tags: {
          set: [
            { key: 'vip', value: null },
            { key: 'plan', value: 'pro' },
          ],
          remove: ['-old', 'seats'],
        },
        options: { kind: 'chatbotkit', meta: { plan: 'free', seats: 12, $update: {} } },
      },
      [
        'tags.set.0.value',
        'tags.set.1.value',
        'tags.remove.0',
        'tags.remove.1',
        'chatBotKit.meta.$update',
      ],
    ],
  ])('is %s: its place is named and nothing is asked', async (_what, changes, paths) => {
    const { account, row, change, after } = await withRow();

    const outcome = await change(changes);

    expect(pathsOf(outcome)).toEqual(paths);
    expect(account.asked()).toEqual([]);
    expect(after()).toEqual(row);
  });

  it('is told all at once', async () => {
    const { change } = await withRow();

    const outcome = await change({
      content: { type: 'unknown', said: 'poll', payload: {} },
      as: 'UNKNOWN',
      tags: { set: [{ key: '_x', value: 'y' }], remove: [] },
    });

    expect(pathsOf(outcome)).toEqual(['content', 'as', 'tags.set.0.key']);
  });
});

describe('deleting a message', () => {
  it('takes that row alone, and what is gone is not found', async () => {
    const { account, row, message, change } = await withRow();
    const other = account.plantMessage(row.conversationId, { id: 'other' });

    const outcome = await account.removeMessage(message, aCall());

    expect(valueOf(outcome)).toBeNull();
    expect(account.messagesOf(row.conversationId)).toEqual([other]);
    for (const again of [
      await account.removeMessage(message, aCall()),
      await account.getMessage(message, aCall()),
      await change({ content: words('x') }),
    ]) {
      expect(failureOf(again)).toEqual({
        kind: 'not-found',
        what: `message ${row.id} in conversation ${row.conversationId} at assistant`,
      });
    }
  });

  it('takes a hidden row as any other', async () => {
    const { account, row, message } = await withRow({ type: 'checkpoint' });

    valueOf(await account.removeMessage(message, aCall()));

    expect(account.messagesOf(row.conversationId)).toEqual([]);
  });

  it('leaves the file that the row told of', async () => {
    const account = await chatbotkitAccount();
    const file = present([...account.store.attachments.values()][0]);
    const question = { conversation: ref(file.conversationId), at: null, size: 100 };
    const { items } = valueOf(await account.messages(question, aCall()));
    const told = present(items.find(({ attachments }) => attachments.length > 0));

    valueOf(await account.removeMessage(messageRef(file.conversationId, told.nativeId), aCall()));

    expect(account.store.messages.has(told.nativeId)).toBe(false);
    expect(account.store.attachments.get(file.id)).toEqual(file);
  });

  it('never reaches a message through another conversation', async () => {
    const { account, row } = await withRow();
    const elsewhere = account.plant({ id: 'elsewhere' });

    const outcome = await account.removeMessage(messageRef(elsewhere.id, row.id), aCall());

    expect(failureOf(outcome).kind).toBe('not-found');
    expect(account.store.messages.has(row.id)).toBe(true);
  });
});
