// Every verb of ChatBotKit through the tools: what is read is what REST reads, and what is written stands in the same store.

import { describe, expect, it } from 'vitest';
import type { CompleteOptions, CreateOptions } from '../../src/domain/native.ts';
import {
  aCall,
  asking,
  changing,
  everyPage,
  failureOf,
  messageRef,
  own,
  pathsOf,
  present,
  ref,
  saying,
  valueOf,
} from './chatbotkit-account.ts';
import { pinkfishAccount, TOKENS } from './pinkfish-account.ts';

const SWITCHES = [{ results: 'structured' }, { results: 'text' }] as const;

describe.each(SWITCHES)('with results that are %o', (switches) => {
  it('lists the conversations that REST lists, page by page', async () => {
    const { list, rest } = await pinkfishAccount(switches);

    const pages = await everyPage((at) => list(asking({}, 9, at), aCall()));

    const overRest = await everyPage((at) => rest.list(asking({}, 9, at), aCall()));
    expect(pages).toEqual(overRest);
    expect(pages.flat()).toHaveLength(rest.store.conversations.size);
  });

  it('reads conversations and messages as REST does', async () => {
    const { get, messages, getMessage, rest } = await pinkfishAccount(switches);
    const [row] = rest.newestFirst();
    const id = present(row).id;
    const [message] = rest.messagesOf(id);
    const place = messageRef(id, present(message).id);
    const page = { conversation: ref(id), at: null, size: 3 };

    const told = [
      await get(ref(id), aCall()),
      await messages(page, aCall()),
      await getMessage(place, aCall()),
    ];

    expect(told).toEqual([
      await rest.get(ref(id), aCall()),
      await rest.messages(page, aCall()),
      await rest.getMessage(place, aCall()),
    ]);
    expect(told.every(({ ok }) => ok)).toBe(true);
  });

  it('asks a message list to its end', async () => {
    const { messages, rest } = await pinkfishAccount(switches);
    const { id } = rest.plant();
    for (let count = 0; count < 7; count += 1) rest.plantMessage(id, { createdAt: count });

    const pages = await everyPage((at) =>
      messages({ conversation: ref(id), at, size: 3 }, aCall()),
    );

    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
  });

  it('creates a conversation with its history, and REST shows it', async () => {
    const { create, rest } = await pinkfishAccount(switches);

    const created = valueOf(
      await create(
        {
          title: 'New',
          description: 'About',
          contactId: 'k1',
          tags: [{ key: 'plan', value: 'pro' }],
          messages: [{ role: 'BOT', text: 'Hi' }],
          message: 'Hello',
          options: { kind: 'chatbotkit', taskId: 't1', spaceId: 's1', meta: { deep: { er: 1 } } },
        },
        aCall(),
      ),
    );

    expect(rest.row(created.nativeId)).toMatchObject({
      name: 'New',
      description: 'About',
      contactId: 'k1',
      taskId: 't1',
      spaceId: 's1',
      meta: { plan: 'pro', deep: { er: 1 } },
    });
    const rows = rest.messagesOf(created.nativeId).map(({ type, text }) => [type, text]);
    expect(rows).toEqual([
      ['bot', 'Hi'],
      ['user', 'Hello'],
    ]);
    expect(valueOf(await rest.get(ref(created.nativeId), aCall()))).toEqual(created);
  });

  it('changes a conversation, and clears what is null, in texts alone', async () => {
    const { update, rest, asked, emulator } = await pinkfishAccount(switches);
    const { id } = rest.plant({
      name: 'Old',
      description: 'About',
      contactId: 'k1',
      taskId: 't1',
      meta: { plan: 'free', seat: 3 },
    });

    const updated = valueOf(
      await update(
        changing(id, {
          title: 'New',
          description: null,
          contactId: null,
          tags: { set: [{ key: 'plan', value: 'pro' }], remove: ['seat'] },
          options: { kind: 'chatbotkit', taskId: null, spaceId: 's1' },
        }),
        aCall(),
      ),
    );

    const { name, description, contactId, taskId, spaceId, meta } = rest.row(id);
    expect({ name, description, contactId, taskId, spaceId, meta }).toEqual({
      name: 'New',
      description: '',
      contactId: null,
      taskId: null,
      spaceId: 's1',
      meta: { plan: 'pro', seat: null },
    });
    expect(updated).toMatchObject({
      ignored: [],
      conversation: { title: 'New', description: null, contact: null },
    });
    expect(JSON.stringify(emulator.journal[1]?.body)).not.toMatch(
      /"(name|description|contactId|taskId)":null/,
    );
    expect(asked()).toEqual([TOKENS, 'update_conversation', 'fetch_conversation']);
  });

  it('deletes conversations and messages', async () => {
    const { remove, removeMessage, rest } = await pinkfishAccount(switches);
    const { id } = rest.plant();
    const message = rest.plantMessage(id);

    valueOf(await removeMessage(messageRef(id, message.id), aCall()));
    expect(rest.messagesOf(id)).toEqual([]);
    valueOf(await remove(ref(id), aCall()));

    expect(rest.store.conversations.has(id)).toBe(false);
  });

  it("sends a user's words, a row of another kind, and words to be answered", async () => {
    const { send, rest } = await pinkfishAccount(switches);
    const { id } = rest.plant();

    valueOf(await send(saying(id, 'One'), aCall()));
    rest.pass(1);
    valueOf(
      await send(
        saying(id, 'Aside', { kind: 'CONTEXT', visibility: 'INTERNAL', name: 'N' }),
        aCall(),
      ),
    );
    rest.pass(1);
    const answered = valueOf(await send(saying(id, 'Two', { expectReply: true }), aCall()));

    const rows = rest.messagesOf(id);
    expect(rows.map(({ type }) => type)).toEqual(['user', 'context', 'user', 'bot']);
    expect(rows[1]).toMatchObject({ text: 'Aside', name: 'N' });
    expect(answered).toMatchObject({
      message: { nativeId: rows[2]?.id, text: 'Two' },
      reply: { nativeId: rows[3]?.id, text: rows[3]?.text },
      usage: { tokens: expect.any(Number), endReason: 'stop' },
      unfinished: null,
    });
  });

  it('lets the bot answer what is there', async () => {
    const { requestReply, rest } = await pinkfishAccount(switches);
    const { id } = rest.plant();
    rest.plantMessage(id, { text: 'Hello' });
    rest.pass(1);

    const replied = valueOf(await requestReply({ conversation: ref(id) }, aCall()));

    const [, reply] = rest.messagesOf(id);
    expect(replied).toMatchObject({
      reply: { nativeId: reply?.id, text: reply?.text, role: 'BOT' },
      usage: { tokens: expect.any(Number) },
      unfinished: null,
    });
  });

  it('answers what is stored nowhere', async () => {
    const { complete, rest } = await pinkfishAccount(switches);
    const before = rest.store.messages.size;

    const told = valueOf(
      await complete({ messages: [{ role: 'USER', kind: 'MESSAGE', text: 'Hello' }] }, aCall()),
    );

    expect(told).toMatchObject({
      text: expect.stringContaining('Hello'),
      usage: { endReason: 'stop' },
    });
    expect(rest.store.messages.size).toBe(before);
  });

  it('changes a message', async () => {
    const { updateMessage, rest } = await pinkfishAccount(switches);
    const { id } = rest.plant();
    const row = rest.plantMessage(id, { name: 'N', meta: { a: 'b' } });

    const { message } = valueOf(
      await updateMessage(
        {
          message: messageRef(id, row.id),
          changes: {
            content: { type: 'text', text: 'Better' },
            kind: 'CONTEXT',
            name: null,
            tags: { set: [{ key: 'c', value: 'd' }], remove: [] },
          },
        },
        aCall(),
      ),
    );

    expect(rest.message(row.id)).toMatchObject({
      type: 'context',
      text: 'Better',
      name: '',
      meta: { a: 'b', c: 'd' },
    });
    expect(message).toMatchObject({ kind: 'CONTEXT', text: 'Better', native: { name: null } });
  });

  it('makes somebody the contact, once', async () => {
    const { upsertContact, rest } = await pinkfishAccount(switches);
    const { id } = rest.plant({ contactId: null });
    const person = { conversation: ref(id), name: 'Ana', email: 'ana@example.org', tags: [] };

    const first = valueOf(await upsertContact(person, aCall()));
    const second = valueOf(await upsertContact({ ...person, name: 'Bea' }, aCall()));

    const { contactId } = rest.row(id);
    expect(first).toMatchObject({
      outcome: 'LINKED',
      contact: { nativeId: contactId, name: 'Ana' },
    });
    expect(second).toMatchObject({ outcome: 'UNCHANGED', contact: { nativeId: contactId } });
    expect(rest.store.contacts.get(contactId ?? '')?.name).toBe('Ana');
  });

  it('uploads a file, and opens a session', async () => {
    const { upload, createSession, rest } = await pinkfishAccount(switches);
    const { id } = rest.plant();
    const source = { kind: 'url', url: 'data:text/plain;base64,aGVsbG8=' } as const;

    const uploaded = valueOf(await upload({ conversation: ref(id), source }, aCall()));
    const session = valueOf(
      await createSession({ conversation: ref(id), durationSeconds: 1800 }, aCall()),
    );

    const file = [...rest.store.attachments.values()].at(-1);
    expect(file).toMatchObject({ conversationId: id, sizeBytes: 5 });
    expect(uploaded).toMatchObject({ attachment: { name: file?.name }, upload: null });
    const answer = await fetch(`${rest.emulator.url}/v1/conversation/${id}/send`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'From a browser' }),
    });
    expect(answer.status).toBe(200);
  });
});

describe('what the tools have no word for', () => {
  const bot = {
    botId: 'b1',
    model: 'm',
    backstory: 'b',
    datasetId: 'd',
    skillsetId: 's',
    privacy: false,
    moderation: true,
  };

  it('is refused by its path before anybody is asked: who answers', async () => {
    const { create, complete, asked } = await pinkfishAccount();
    const options: CreateOptions & CompleteOptions = { kind: 'chatbotkit', ...bot };
    const messages = [{ role: 'USER', kind: 'MESSAGE', text: 'Hello' }] as const;

    const paths = [
      pathsOf(await create({ title: 'New', tags: [], options }, aCall())),
      pathsOf(await complete({ messages, options }, aCall())),
    ];

    const every = Object.keys(bot).map((field) => `chatBotKit.${field}`);
    expect(paths).toEqual([every, every]);
    expect(asked()).toEqual([]);
  });

  it('is not asked for: lists of one contact', async () => {
    const { list, rest, given } = await pinkfishAccount();
    rest.plant({ contactId: 'k1' });

    const page = valueOf(await list(asking({ contactId: 'k1' }, 50), aCall()));

    expect(given('list_conversations')).toEqual({ order: 'desc', take: 50 });
    expect(page.items.length).toBeGreaterThan(1);
  });

  it('leaves a file that is only announced to REST', async () => {
    const { upload, rest, asked } = await pinkfishAccount();
    const { id } = rest.plant();
    const source = { kind: 'file', type: 'text/plain', size: 5 } as const;

    const paths = pathsOf(await upload({ conversation: ref(id), source }, aCall()));

    expect(paths).toEqual(['file']);
    expect(asked()).toEqual([]);
  });

  it('makes the table another than that of REST in just these cells', async () => {
    const { provider, rest } = await pinkfishAccount();
    const told = shownCells(provider.can);
    const overRest = shownCells(rest.provider.can);

    const others = Object.keys(told).filter((cell) => told[cell] !== overRest[cell]);

    expect(others).toEqual([
      'CONVERSATION_LIST.note',
      'CONVERSATION_LIST.filters',
      'CONVERSATION_CREATE.note',
      'CONVERSATION_GET_OR_CREATE.note',
      'MESSAGE_SEND.kinds',
      'MESSAGE_UPDATE.kinds',
      'REPLY_REQUEST.note',
      'REPLY_STREAM.support',
      'REPLY_STREAM.note',
      'CONVERSATION_COMPLETE.note',
      'ATTACHMENT_UPLOAD.note',
      'ATTACHMENT_UPLOAD.fields',
    ]);
    expect(provider.kind).toBe('chatbotkit');
    expect(provider.can.REPLY_STREAM).toMatchObject({ support: 'NONE' });
    expect(provider.can.CONVERSATION_LIST).toMatchObject({ filters: { contactId: 'scanned' } });
    expect(provider.can.ATTACHMENT_UPLOAD).toMatchObject({ fields: ['url'] });
    expect(told['MESSAGE_SEND.kinds']).not.toContain('CHECKPOINT');
  });
});

describe('a list by tags', () => {
  it('is narrowed by the service as far as it can be', async () => {
    const { list, rest, given } = await pinkfishAccount();
    const { id } = rest.plant({ meta: { plan: 'gold', seats: 3 } });
    const tags = [
      { key: 'plan', value: 'gold' },
      { key: 'seats', value: '3' },
    ];

    const page = valueOf(await list(asking({ tags }, 50), aCall()));

    expect(given('list_conversations')).toMatchObject({ meta: { plan: 'gold' } });
    expect(page.items.map(({ nativeId }) => nativeId)).toEqual([id]);
  });

  it('has every row that matches where the service pays no heed', async () => {
    const { list, rest } = await pinkfishAccount({ listMeta: 'dropped' });
    const { id } = rest.plant({ meta: { plan: 'gold' } });

    const tags = [{ key: 'plan', value: 'gold' }];
    const page = valueOf(await list(asking({ tags }, 100), aCall()));

    expect(page.items.map(({ nativeId }) => nativeId)).toContain(id);
  });
});

describe('one operation', () => {
  it('asks the same question once, and another one anew', async () => {
    const { get, rest, asked } = await pinkfishAccount();
    const [one, other] = [rest.plant(), rest.plant()];
    const call = aCall();

    const told = await Promise.all([
      get(ref(one.id), call),
      get(ref(one.id), call),
      get(ref(other.id), call),
    ]);

    expect(told.map((outcome) => valueOf(outcome).nativeId)).toEqual([one.id, one.id, other.id]);
    expect(asked()).toEqual([TOKENS, 'fetch_conversation', 'fetch_conversation']);
  });

  it('reads again what it read before one of its writes', async () => {
    const { get, update, rest } = await pinkfishAccount();
    const { id } = rest.plant({ name: 'Old' });
    const call = aCall();

    valueOf(await get(ref(id), call));
    valueOf(await update(changing(id, { title: 'New' }), call));

    expect(valueOf(await get(ref(id), call)).title).toBe('New');
  });
});

describe('a turn', () => {
  it('takes along what the bot may use, and where entities stand', async () => {
    const { send, requestReply, rest, given } = await pinkfishAccount();
    const { id } = rest.plant();
    const functions = [{ name: 'look', description: 'Looks', parameters: {} }];
    const engine = { functions, extensions: { backstory: 'Be kind' } };
    const entities = [{ type: 'name', begin: 0, end: 2 }];
    const limits = { iterations: 2 };

    const mine = saying(id, 'Hello', { options: own({ ...engine, entities }) });
    valueOf(await send(mine, aCall()));
    const answered = { expectReply: true, options: own({ ...engine, entities, limits }) };
    valueOf(await send(saying(id, 'Hello', answered), aCall()));
    const options = { kind: 'chatbotkit', ...engine } as const;
    valueOf(await requestReply({ conversation: ref(id), options }, aCall()));

    const turn = { conversationId: id, text: 'Hello', ...engine, entities: [{ begin: 0, end: 2 }] };
    expect(given('send_conversation_message')).toEqual(turn);
    expect(given('complete_conversation_message')).toEqual({ ...turn, limits });
    expect(given('receive_conversation_message')).toEqual({ conversationId: id, ...engine });
  });
});

describe('an id', () => {
  it.each(['.', '..', '', 'a/b', 'a?b', 'a#b', 'a%2e', 'a\\b', 'a b'])(
    'that might lead elsewhere is nobody: %j',
    async (id) => {
      const account = await pinkfishAccount();

      const failures = [
        failureOf(await account.get(ref(id), aCall())),
        failureOf(await account.remove(ref(id), aCall())),
        failureOf(await account.send(saying(id, 'Hello'), aCall())),
        failureOf(await account.getMessage(messageRef('c1', id), aCall())),
        failureOf(await account.removeMessage(messageRef(id, 'm1'), aCall())),
      ];

      expect(failures.map(({ kind }) => kind)).toEqual(failures.map(() => 'not-found'));
      expect(account.asked()).toEqual([]);
    },
  );
});

/** Every cell of a table but what it does, as a text. */
function shownCells(can: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(can).flatMap(([verb, entry]: [string, object]) =>
      Object.entries(entry)
        .filter(([, cell]) => typeof cell !== 'function')
        .map(([name, cell]) => [`${verb}.${name}`, JSON.stringify(cell)]),
    ),
  );
}
