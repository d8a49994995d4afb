import { describe, expect, it } from 'vitest';
import type { CreateOptions, UpdateOptions } from '../../src/domain/native.ts';
import {
  aCall,
  accountHearing,
  asking,
  changing,
  chatbotkitAccount,
  failureOf,
  messageRef,
  NOW_MS,
  pathsOf,
  present,
  ref,
  valueOf,
} from './chatbotkit-account.ts';

describe('creating a conversation', () => {
  it('stores all that is given, and shows it as it is stored', async () => {
    const account = await chatbotkitAccount();
    const [contact] = [...account.store.contacts.keys()];
    const [bot] = [...account.store.bots.keys()];
    const options: CreateOptions = {
      kind: 'chatbotkit',
      meta: { seats: 12, trial: false, address: { city: 'Utrecht' } },
      taskId: 'task-1',
      spaceId: 'space-1',
      botId: present(bot),
      model: 'gpt-4o',
      backstory: 'You sell bicycles.',
      datasetId: 'dataset-1',
      skillsetId: 'skillset-1',
      privacy: true,
      moderation: false,
    };

    const conversation = valueOf(
      await account.create(
        {
          title: 'A new saddle',
          description: 'Asked in the shop',
          tags: [{ key: 'plan', value: 'pro' }],
          contactId: present(contact),
          options,
        },
        aCall(),
      ),
    );

    const row = account.row(conversation.nativeId);
    expect(row).toMatchObject({
      name: 'A new saddle',
      description: 'Asked in the shop',
      meta: { plan: 'pro', seats: 12, trial: false, address: { city: 'Utrecht' } },
      contactId: contact,
      taskId: 'task-1',
      spaceId: 'space-1',
      botId: bot,
      model: 'gpt-4o',
      backstory: 'You sell bicycles.',
      datasetId: 'dataset-1',
      skillsetId: 'skillset-1',
      privacy: true,
      moderation: false,
    });
    expect(conversation).toMatchObject({
      title: 'A new saddle',
      description: 'Asked in the shop',
      tags: [
        { key: 'plan', value: 'pro' },
        { key: 'seats', value: '12' },
        { key: 'trial', value: 'false' },
      ],
      contact: { nativeId: contact },
      createdAt: new Date(NOW_MS),
      sortedAt: new Date(NOW_MS),
      native: { ...options, meta: row.meta, contactId: contact, spaceId: null },
    });
  });

  it('needs nothing, and says nothing of what was not given', async () => {
    const account = await chatbotkitAccount();

    const conversation = valueOf(await account.create({ tags: [] }, aCall()));

    expect(account.written()).toEqual([{}]);
    expect(conversation).toMatchObject({ title: null, description: null, tags: [], contact: null });
  });

  it('begins with the history, then the message', async () => {
    const account = await chatbotkitAccount();

    const { nativeId } = valueOf(
      await account.create(
        {
          tags: [],
          messages: [
            { role: 'USER', text: 'Are you open?' },
            { role: 'BOT', text: 'Until six.' },
          ],
          message: 'And on Sunday?',
        },
        aCall(),
      ),
    );

    expect(account.messagesOf(nativeId).map(({ type, text }) => [type, text])).toEqual([
      ['user', 'Are you open?'],
      ['bot', 'Until six.'],
      ['user', 'And on Sunday?'],
    ]);
  });

  it('refuses a history of others than user and bot', async () => {
    const account = await chatbotkitAccount();
    const messages = [
      { role: 'USER', text: 'Hi' },
      { role: 'AGENT', text: 'Hello' },
      { role: 'SYSTEM', text: 'Noted' },
    ] as const;

    const outcome = await account.create({ tags: [], messages }, aCall());

    expect(pathsOf(outcome)).toEqual(['messages.1.role', 'messages.2.role']);
    expect(account.asked()).toEqual([]);
  });

  it('refuses tags that the service would not keep as they are', async () => {
    const account = await chatbotkitAccount();

    const outcome = await account.create(
      {
        tags: [
          { key: 'vip', value: null },
          { key: '_private', value: 'x' },
          { key: '#hidden', value: 'x' },
          { key: 'plan', value: 'pro' },
          { key: 'seats', value: '12' },
        ],
        options: { kind: 'chatbotkit', meta: { plan: 'free', seats: 12, $update: {} } },
      },
      aCall(),
    );

    expect(pathsOf(outcome)).toEqual([
      'tags.0.value',
      'tags.1.key',
      'tags.2.key',
      'tags.3.value',
      'chatBotKit.meta.$update',
    ]);
    expect(account.asked()).toEqual([]);
  });

  it('keeps the number where tag and metadata say the same', async () => {
    const account = await chatbotkitAccount();

    const { nativeId } = valueOf(
      await account.create(
        {
          tags: [{ key: 'seats', value: '12' }],
          options: { kind: 'chatbotkit', meta: { seats: 12 } },
        },
        aCall(),
      ),
    );

    expect(account.row(nativeId).meta).toEqual({ seats: 12 });
  });

  it('takes a tag with a dot for one key', async () => {
    const account = await chatbotkitAccount();
    const tag = { key: 'shop.city', value: 'Utrecht' };

    const { nativeId, tags } = valueOf(await account.create({ tags: [tag] }, aCall()));
    const found = valueOf(await account.list(asking({ tags: [tag] }), aCall()));

    expect(account.row(nativeId).meta).toEqual({ 'shop.city': 'Utrecht' });
    expect(tags).toEqual([tag]);
    expect(found.items.map((item) => item.nativeId)).toContain(nativeId);
  });

  it('is refused where a contact that does not exist is named and looked for', async () => {
    const account = await chatbotkitAccount({ links: 'checked' });

    const failure = failureOf(await account.create({ tags: [], contactId: 'nobody' }, aCall()));

    expect(failure).toEqual({
      kind: 'refused',
      provider: 'assistant',
      code: 'BAD_REQUEST',
      said: 'Contact not found',
    });
  });

  it('names what is not there where the service answers that it is not found', async () => {
    const account = await accountHearing(() => ({
      status: 404,
      body: { message: 'Contact not found', code: 'NOT_FOUND' },
    }));

    const failure = failureOf(await account.create({ tags: [], contactId: 'nobody' }, aCall()));

    expect(failure).toEqual({
      kind: 'not-found',
      what: 'the contact that was named, at assistant',
    });
  });

  it('that cannot be read back says which one there is now', async () => {
    const account = await chatbotkitAccount();
    account.emulator.inject({ kind: 'status', status: 500, match: { method: 'GET' } });

    const failure = failureOf(await account.create({ title: 'Once', tags: [] }, aCall()));

    const row = present(account.newestFirst()[0]);
    expect(row.name).toBe('Once');
    expect(failure).toEqual({
      kind: 'outcome-unknown',
      provider: 'assistant',
      because: `conversation ${row.id} was created and could not be read back (it answered HTTP 500): look at it before trying again`,
    });
  });
});

describe('updating a conversation', () => {
  it('changes what is asked and leaves everything else as it was', async () => {
    const account = await chatbotkitAccount();
    const before = account.plant({ meta: { plan: 'free', vip: true, customer: { city: 'Gent' } } });

    const updated = valueOf(
      await account.update(
        changing(before.id, {
          title: 'Renamed',
          tags: { set: [{ key: 'plan', value: 'pro' }], remove: ['vip'] },
        }),
        aCall(),
      ),
    );

    const after = account.row(before.id);
    expect(after).toEqual({
      ...before,
      name: 'Renamed',
      meta: { plan: 'pro', vip: null, customer: { city: 'Gent' } },
      updatedAt: NOW_MS,
    });
    expect(updated.conversation).toMatchObject({
      title: 'Renamed',
      tags: [{ key: 'plan', value: 'pro' }],
      updatedAt: new Date(NOW_MS),
    });
    expect(updated).toMatchObject({ ignored: [], unfinished: null });
  });

  it('costs a write and a look, and merges', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const tags = { set: [{ key: 'plan', value: 'pro' }], remove: ['vip'] };

    await account.update(changing(id, { tags }), aCall());

    expect(account.emulator.journal.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /v1/conversation/${id}/update`,
      `GET /v1/conversation/${id}/fetch`,
    ]);
    expect(account.written()).toEqual([{ meta: { $update: { plan: 'pro', vip: null } } }]);
  });

  it('merges metadata of any shape, and unsets what is null', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ meta: { plan: 'free', vip: true, seats: 3 } });
    const options: UpdateOptions = {
      kind: 'chatbotkit',
      meta: { seats: 12, vip: null, address: { lines: ['A', 'B'] } },
      taskId: 'task-2',
      spaceId: 'space-2',
    };

    const { conversation, ignored } = valueOf(
      await account.update(changing(id, { options }), aCall()),
    );

    expect(account.row(id)).toMatchObject({
      meta: { plan: 'free', vip: null, seats: 12, address: { lines: ['A', 'B'] } },
      taskId: 'task-2',
      spaceId: 'space-2',
    });
    expect(conversation.tags).toEqual([
      { key: 'plan', value: 'free' },
      { key: 'seats', value: '12' },
    ]);
    expect(ignored).toEqual([]);
  });

  it('clears with null', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ name: 'A', description: 'B', contactId: 'C', taskId: 'D' });

    const { conversation, ignored } = valueOf(
      await account.update(
        changing(id, {
          title: null,
          description: null,
          contactId: null,
          options: { kind: 'chatbotkit', taskId: null, spaceId: null },
        }),
        aCall(),
      ),
    );

    expect(account.row(id)).toMatchObject({
      name: null,
      description: null,
      contactId: null,
      taskId: null,
      spaceId: null,
    });
    expect(conversation).toMatchObject({ title: null, description: null, contact: null });
    expect(ignored).toEqual([]);
  });

  it('names the links that the service kept, but never the space, which it does not show', async () => {
    const account = await chatbotkitAccount({ nullLinks: 'kept' });
    const { id } = account.plant({ contactId: 'C', taskId: 'T', spaceId: 'S' });

    const { conversation, ignored } = valueOf(
      await account.update(
        changing(id, {
          title: 'Renamed',
          contactId: null,
          options: { kind: 'chatbotkit', taskId: null, spaceId: null },
        }),
        aCall(),
      ),
    );

    expect(conversation).toMatchObject({ title: 'Renamed', contact: { nativeId: 'C' } });
    expect(ignored).toEqual(['contactId', 'chatBotKit.taskId']);
  });

  it('names whatever else the service took and did not keep', async () => {
    const account = await accountHearing((_method, path) => ({
      status: 200,
      body: path.endsWith('/fetch')
        ? { id: 'c1', name: 'Old', meta: { plan: 'free', vip: true, seats: 3 } }
        : { id: 'c1' },
    }));

    const { ignored } = valueOf(
      await account.update(
        changing('c1', {
          title: 'New',
          description: 'Some',
          contactId: 'p1',
          tags: {
            set: [
              { key: 'plan', value: 'pro' },
              { key: 'constructor', value: 'yes' },
            ],
            remove: ['vip', 'toString'],
          },
          options: { kind: 'chatbotkit', meta: { seats: 12 }, taskId: 't1', spaceId: 's1' },
        }),
        aCall(),
      ),
    );

    expect(ignored).toEqual([
      'title',
      'description',
      'contactId',
      'tags.set.0',
      'tags.set.1',
      'tags.remove.0',
      'chatBotKit.meta.seats',
      'chatBotKit.taskId',
    ]);
  });

  it('does not take for ignored what was stored without the spaces around it', async () => {
    const account = await accountHearing((_method, path) => ({
      status: 200,
      body: path.endsWith('/fetch') ? { id: 'c1', name: 'New', description: '' } : { id: 'c1' },
    }));

    const { ignored } = valueOf(
      await account.update(changing('c1', { title: ' New ', description: null }), aCall()),
    );

    expect(ignored).toEqual([]);
  });

  it('refuses what would be dropped or contradicts itself', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const outcome = await account.update(
      changing(id, {
        tags: {
          set: [
            { key: 'vip', value: null },
            { key: '-dash', value: 'x' },
            { key: 'plan', value: 'pro' },
          ],
          remove: ['_old', 'seats', 'gone'],
        },
        options: { kind: 'chatbotkit', meta: { plan: 'free', seats: 12, gone: null, _own: 1 } },
      }),
      aCall(),
    );

    expect(pathsOf(outcome)).toEqual([
      'tags.set.0.value',
      'tags.set.1.key',
      'tags.set.2.value',
      'tags.remove.0',
      'tags.remove.1',
      'chatBotKit.meta._own',
    ]);
    expect(account.asked()).toEqual([]);
  });

  it.each(['dropped', 'refused'] as const)(
    'never meets what the service does with its own keys (%s)',
    async (metaUnderscore) => {
      const account = await chatbotkitAccount({ metaUnderscore });
      const { id } = account.plant({ meta: {} });
      const tags = { set: [{ key: 'a_b', value: 'x' }], remove: ['c_d'] };

      const { ignored } = valueOf(await account.update(changing(id, { tags }), aCall()));

      expect(account.row(id).meta).toEqual({ a_b: 'x', c_d: null });
      expect(ignored).toEqual([]);
    },
  );

  it('writes nothing where a group says nothing', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    valueOf(await account.update(changing(id, { options: { kind: 'chatbotkit' } }), aCall()));

    expect(account.asked()).toEqual([`GET /v1/conversation/${id}/fetch`]);
  });

  it('shows the conversation after the write, whatever was read before it', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const call = aCall();
    await account.get(ref(id), call);

    const { conversation } = valueOf(await account.update(changing(id, { title: 'Now' }), call));

    expect(conversation.title).toBe('Now');
  });

  it('that cannot be read back says that it was done', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.emulator.inject({ kind: 'cut', match: { method: 'GET' } });

    const failure = failureOf(await account.update(changing(id, { title: 'Done' }), aCall()));

    expect(account.row(id).name).toBe('Done');
    expect(failure).toMatchObject({
      kind: 'outcome-unknown',
      because: expect.stringContaining(`conversation ${id} was updated`),
    });
  });
});

describe('deleting a conversation', () => {
  it('takes its messages with it, and what is gone is not found', async () => {
    const account = await chatbotkitAccount();
    const { id } = present(account.newestFirst()[0]);
    const [message] = account.messagesOf(id);

    const outcome = await account.remove(ref(id), aCall());

    expect(valueOf(outcome)).toBeNull();
    expect(account.store.conversations.has(id)).toBe(false);
    expect(account.messagesOf(id)).toEqual([]);
    for (const again of [
      await account.remove(ref(id), aCall()),
      await account.get(ref(id), aCall()),
      await account.update(changing(id, { title: 'x' }), aCall()),
      await account.messages({ conversation: ref(id), at: null, size: 10 }, aCall()),
    ]) {
      expect(failureOf(again)).toEqual({
        kind: 'not-found',
        what: `conversation ${id} at assistant`,
      });
    }
    const lost = await account.getMessage(messageRef(id, present(message).id), aCall());
    expect(failureOf(lost)).toEqual({
      kind: 'not-found',
      what: `message ${present(message).id} in conversation ${id} at assistant`,
    });
  });
});
