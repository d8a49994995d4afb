// Rows of the emulated ChatBotKit: how conversations and messages are written, shown, changed and deleted.

import { describe, expect, it } from 'vitest';
import { callChatbotkit } from './chatbotkit-caller.ts';

describe('how conversations are written and shown', () => {
  it('gives ids of 25 characters and times in milliseconds', async () => {
    const { get, post, time } = await callChatbotkit();
    const expiresAt = time.now + 60_000;
    const { id } = await post('/v1/conversation/create', { expiresAt });

    const { body } = await get(`/v1/conversation/${id}/fetch`);

    expect(id).toMatch(/^c[0-9a-z]{24}$/);
    expect(body).toMatchObject({ createdAt: time.now, updatedAt: time.now, expiresAt });
  });

  it('shows unset columns as null, or leaves them out where the switch says so', async () => {
    const { get, post } = await callChatbotkit();
    const lean = await callChatbotkit({ nulls: 'omit' });
    const { id } = await post('/v1/conversation/create', { name: 'One' });
    const { id: leanId } = await lean.post('/v1/conversation/create', { name: 'One' });

    expect((await get(`/v1/conversation/${id}/fetch`)).body).toEqual({
      id,
      name: 'One',
      description: null,
      meta: {},
      contactId: null,
      taskId: null,
      botId: null,
      model: null,
      backstory: null,
      datasetId: null,
      skillsetId: null,
      privacy: null,
      moderation: null,
      expiresAt: null,
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
    });
    expect(
      Object.keys((await lean.get(`/v1/conversation/${leanId}/fetch`)).body).toSorted(),
    ).toEqual(['createdAt', 'id', 'meta', 'name', 'updatedAt']);
  });

  it('fills the unset parts of a bot with nothing or with emptiness, by a switch', async () => {
    const { post, emulator } = await callChatbotkit({ unsetBotConfig: 'empty' });

    const { id } = await post('/v1/conversation/create');

    const empty = { model: '', backstory: '', privacy: false, moderation: false };
    expect(emulator.store.conversations.get(id)).toMatchObject(empty);
  });

  it('tells the space in the list and not in fetch', async () => {
    const { get, post } = await callChatbotkit();
    const { id } = await post('/v1/conversation/create', { spaceId: 'space-1' });

    expect((await get(`/v1/conversation/${id}/fetch`)).body).not.toHaveProperty('spaceId');
    expect((await get('/v1/conversation/list')).items).toMatchObject([{ id, spaceId: 'space-1' }]);
  });

  it('answers create with the messages that came along, and stores them without their names', async () => {
    const { post, emulator } = await callChatbotkit();
    const messages = [
      { type: 'user', text: 'hello', name: 'first' },
      { type: 'bot', text: '' },
    ];

    const { id, body } = await post('/v1/conversation/create', { messages });

    expect(body).toEqual({ id, messages });
    expect([...emulator.store.messages.values()]).toMatchObject([
      { conversationId: id, type: 'user', text: 'hello', name: null },
      { conversationId: id, type: 'bot', text: '', name: null },
    ]);
  });

  it('leaves what is not said as it was, and clears with null', async () => {
    const { get, post, time } = await callChatbotkit();
    const first = { name: 'One', description: 'Two', taskId: 'task-1', meta: { plan: 'pro' } };
    const { id } = await post('/v1/conversation/create', first);
    time.now += 5;

    const answer = await post(`/v1/conversation/${id}/update`, { description: null, taskId: null });

    expect(answer.body).toEqual({ id });
    expect((await get(`/v1/conversation/${id}/fetch`)).body).toMatchObject({
      name: 'One',
      description: null,
      taskId: null,
      meta: { plan: 'pro' },
      createdAt: time.now - 5,
      updatedAt: time.now,
    });
  });

  it('keeps links against null where the switch reads the code literally', async () => {
    const { get, post } = await callChatbotkit({ nullLinks: 'kept' });
    const { id } = await post('/v1/conversation/create', { taskId: 'task-1' });

    await post(`/v1/conversation/${id}/update`, { taskId: null });

    expect((await get(`/v1/conversation/${id}/fetch`)).body).toMatchObject({ taskId: 'task-1' });
  });

  it('replaces meta by a plain object and merges it only through $update', async () => {
    const { post, emulator } = await callChatbotkit();
    const { id } = await post('/v1/conversation/create', { meta: { plan: 'pro', deep: { a: 1 } } });
    const meta = () => emulator.store.conversations.get(id)?.meta;

    await post(`/v1/conversation/${id}/update`, {
      meta: { $update: { vip: true, deep: { b: 2 } } },
    });
    expect(meta()).toEqual({ plan: 'pro', vip: true, deep: { b: 2 } });
    await post(`/v1/conversation/${id}/update`, { meta: { only: 'this' } });
    expect(meta()).toEqual({ only: 'this' });
  });

  it('drops meta keys of the service’s own on update, keeps them on create, hides # in answers', async () => {
    const { get, post, emulator } = await callChatbotkit();
    const meta = { fine: 1, _mine: 2, '#secret': 3, '-dash': 4 };
    const { id } = await post('/v1/conversation/create', { meta });

    expect(emulator.store.conversations.get(id)?.meta).toEqual(meta);
    expect((await get(`/v1/conversation/${id}/fetch`)).body['meta']).toEqual({
      fine: 1,
      _mine: 2,
      '-dash': 4,
    });
    await post(`/v1/conversation/${id}/update`, { meta });
    expect(emulator.store.conversations.get(id)?.meta).toEqual({ fine: 1 });
    await post(`/v1/conversation/${id}/update`, { meta: { $update: { _x: 1, y: 2 } } });
    expect(emulator.store.conversations.get(id)?.meta).toEqual({ fine: 1, y: 2 });
  });

  it('refuses meta keys with an underscore where the switch says so', async () => {
    const { post } = await callChatbotkit({ metaUnderscore: 'refused' });

    const answer = await post('/v1/conversation/create', { meta: { _mine: 1 } });

    expect([answer.status, answer.body['message']]).toEqual([400, '"meta._mine" is not allowed']);
  });

  it('deletes a conversation with its messages and attachments, whatever the body', async () => {
    const { get, post, raw, emulator } = await callChatbotkit();
    const { id } = await post('/v1/conversation/create', {
      messages: [{ type: 'user', text: 'hello' }],
    });
    await post(`/v1/conversation/${id}/attachment/upload`, { file: 'data:text/plain,hello' });

    const gone = await raw(`/v1/conversation/${id}/delete`, { method: 'POST', body: 'no json' });

    expect(await gone.json()).toEqual({ id });
    expect(emulator.store.messages.size + emulator.store.attachments.size).toBe(0);
    expect((await get(`/v1/conversation/${id}/fetch`)).status).toBe(404);
  });
});

describe('how messages are written and shown', () => {
  it('stores a row of any kind, tells its name in fetch and not in the list, and wakes no model', async () => {
    const { get, post, emulator } = await callChatbotkit();
    const { id: conversation } = await post('/v1/conversation/create');
    const labels = { name: 'Seen', description: 'By hand' };
    const wish = { type: 'checkpoint', text: 'so far', meta: { a: 1 }, ...labels };

    const created = await post(`/v1/conversation/${conversation}/message/create`, wish);

    expect(created.body).toEqual({ id: created.id, entities: [] });
    const path = `/v1/conversation/${conversation}/message`;
    expect((await get(`${path}/${created.id}/fetch`)).body).toMatchObject({ ...wish });
    const { items } = await get(`${path}/list`);
    expect(items).toMatchObject([{ type: 'checkpoint', text: 'so far', meta: { a: 1 } }]);
    expect(items[0]).not.toHaveProperty('name');
    expect(emulator.store.messages.size).toBe(1);
  });

  it('does not touch the conversation when a message is added', async () => {
    const { post, emulator, time } = await callChatbotkit();
    const { id } = await post('/v1/conversation/create');
    const before = emulator.store.conversations.get(id);
    time.now += 1000;

    await post(`/v1/conversation/${id}/message/create`, { type: 'user', text: 'hello' });

    expect(emulator.store.conversations.get(id)).toEqual(before);
  });

  it('updates what is said, with the same two ways to write meta', async () => {
    const { post, emulator, time } = await callChatbotkit();
    const { id: conversation } = await post('/v1/conversation/create');
    const first = { type: 'user', text: 'helo', meta: { a: 1 } };
    const { id } = await post(`/v1/conversation/${conversation}/message/create`, first);
    time.now += 7;

    const answer = await post(`/v1/conversation/${conversation}/message/${id}/update`, {
      text: 'hello',
      meta: { $update: { b: 2 } },
    });

    expect(answer.body).toEqual({ id, entities: [] });
    expect(emulator.store.messages.get(id)).toMatchObject({
      type: 'user',
      text: 'hello',
      meta: { a: 1, b: 2 },
      createdAt: time.now - 7,
      updatedAt: time.now,
    });
  });

  it('redacts personal data only where entities are known, and says what it took out', async () => {
    const { post, emulator } = await callChatbotkit();
    const { id } = await post('/v1/conversation/create');
    const path = `/v1/conversation/${id}/message/create`;
    const text = 'Write to ada@example.com, says Ada';

    const plain = await post(path, { type: 'user', text });
    const safe = await post(path, {
      type: 'user',
      text,
      entities: [{ type: 'NAME', begin: 31, end: 34, text: 'Ada' }],
    });

    expect(emulator.store.messages.get(plain.id)?.text).toBe(text);
    expect(emulator.store.messages.get(safe.id)?.text).toBe('Write to [EMAIL_1], says [ENTITY_2]');
    expect(safe.body['entities']).toEqual([
      {
        type: 'EMAIL',
        begin: 9,
        end: 24,
        text: 'ada@example.com',
        replacement: { begin: 9, end: 18, text: '[EMAIL_1]' },
      },
      {
        type: 'ENTITY',
        begin: 31,
        end: 34,
        text: 'Ada',
        replacement: { begin: 25, end: 35, text: '[ENTITY_2]' },
      },
    ]);
  });

  it('lets text pass where the installation has no detector', async () => {
    const { post, emulator } = await callChatbotkit({ pii: 'passes' });
    const { id: conversation } = await post('/v1/conversation/create');
    const wish = { type: 'user', text: 'ada@example.com', entities: [{ begin: 0, end: 3 }] };

    const { id, body } = await post(`/v1/conversation/${conversation}/message/create`, wish);

    expect(body['entities']).toEqual([]);
    expect(emulator.store.messages.get(id)?.text).toBe('ada@example.com');
  });

  it('deletes one message and leaves the others', async () => {
    const { post, emulator } = await callChatbotkit();
    const { id: conversation } = await post('/v1/conversation/create', {
      messages: [
        { type: 'user', text: 'one' },
        { type: 'bot', text: 'two' },
      ],
    });
    const [first] = [...emulator.store.messages.keys()];

    const answer = await post(`/v1/conversation/${conversation}/message/${first}/delete`);

    expect(answer.body).toEqual({ id: first });
    expect([...emulator.store.messages.values()].map(({ text }) => text)).toEqual(['two']);
  });
});
