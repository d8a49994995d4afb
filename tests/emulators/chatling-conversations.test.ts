// Chatling's conversations over raw HTTP: shape, paging, order, flags, rating, deletion.

import { describe, expect, it } from 'vitest';
import { at, callChatling, everyId, listAt, NOW_MS, TALES, textAt } from './chatling-caller.ts';

const HOUR_MS = 3_600_000;

describe('the list of conversations', () => {
  it('comes in an envelope, five a page, with page numbers and no total', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES });

    const { status, body } = await get(`${chatbot}/conversations`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'success',
      data: { pages: { current_page: 1, last_page: 8, per_page: 5 } },
    });
    expect(Object.keys(Object(at(body, 'data', 'pages')))).toHaveLength(3);
    expect(listAt(body, 'data', 'conversations')).toHaveLength(5);
  });

  it('shows every conversation exactly once over all its pages', async () => {
    const { get, chatbot, store } = await callChatling({ tales: TALES });

    const ids = await everyId(get, `${chatbot}/conversations`, 'conversations');

    expect(ids.toSorted()).toEqual([...store.conversations.keys()].toSorted());
  });

  it('takes the page size it was set to', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES, perPage: { conversations: 30 } });

    const { body } = await get(`${chatbot}/conversations?page=2`);

    expect(at(body, 'data', 'pages')).toEqual({ current_page: 2, last_page: 2, per_page: 30 });
    expect(listAt(body, 'data', 'conversations')).toHaveLength(10);
  });

  it('has no parameter for the page size', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES });

    const { body } = await get(`${chatbot}/conversations?per_page=40&limit=40`);

    expect(listAt(body, 'data', 'conversations')).toHaveLength(5);
  });

  it('is empty past its last page', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES });

    const { status, body } = await get(`${chatbot}/conversations?page=9`);

    expect(status).toBe(200);
    expect(at(body, 'data')).toEqual({
      pages: { current_page: 9, last_page: 8, per_page: 5 },
      conversations: [],
    });
  });

  it.each(['0', '-1', 'two', '1.5', ''])('reads page "%s" as the first', async (page) => {
    const { get, chatbot } = await callChatling({ tales: TALES });

    const { body } = await get(`${chatbot}/conversations?page=${page}`);

    expect(at(body, 'data', 'pages', 'current_page')).toBe(1);
    expect(listAt(body, 'data', 'conversations')).toHaveLength(5);
  });

  it.each([0, 1] as const)(
    'says last page %i of an empty list where it is so set',
    async (last) => {
      const { get, chatbot } = await callChatling({ lastPageOfEmpty: last });

      const { body } = await get(`${chatbot}/conversations`);

      expect(at(body, 'data')).toEqual({
        pages: { current_page: 1, last_page: last, per_page: 5 },
        conversations: [],
      });
    },
  );

  it('ignores filters, for it has none', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES });

    const plain = await get(`${chatbot}/conversations`);
    const filtered = await get(`${chatbot}/conversations?archived=1&important=1&contact_id=x`);

    expect(filtered.body).toEqual(plain.body);
  });

  it('sorts by date, newest first unless asked for the oldest', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES });
    const path = `${chatbot}/conversations`;

    const newestFirst = await everyId(get, path, 'conversations');

    expect(await everyId(get, `${path}?sort=date_desc`, 'conversations')).toEqual(newestFirst);
    expect(await everyId(get, `${path}?sort=date_asc`, 'conversations')).toEqual(
      newestFirst.toReversed(),
    );
  });

  it('refuses a sort it does not know', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES });

    expect(await get(`${chatbot}/conversations?sort=name`)).toMatchObject({
      status: 422,
      body: { status: 'error', message: expect.any(String) },
    });
  });

  it('leaves a conversation in its place when someone writes in it, sorted by creation', async () => {
    const { get, call, chatbot, store, credentials } = await callChatling({ tales: TALES });
    const before = await everyId(get, `${chatbot}/conversations`, 'conversations');
    const conversationId = before.at(-1);

    await fetch(`${credentials.url}/__emulator/say`, {
      method: 'POST',
      body: JSON.stringify({ conversationId, text: 'Anyone there?' }),
    });
    await call('PATCH', `${chatbot}/conversations/${conversationId}`, { important: true });

    expect(store.conversations.get(String(conversationId))?.messages.at(-1)).toMatchObject({
      text: 'Anyone there?',
    });
    expect(await everyId(get, `${chatbot}/conversations`, 'conversations')).toEqual(before);
  });

  it('moves a conversation to the top when someone writes in it, sorted by activity', async () => {
    const { get, chatbot, credentials } = await callChatling({ tales: TALES, sortBy: 'activity' });
    const before = await everyId(get, `${chatbot}/conversations`, 'conversations');
    const conversationId = before.at(-1);

    await fetch(`${credentials.url}/__emulator/say`, {
      method: 'POST',
      body: JSON.stringify({ conversationId, text: 'Anyone there?' }),
    });

    expect(await everyId(get, `${chatbot}/conversations`, 'conversations')).toEqual([
      conversationId,
      ...before.slice(0, -1),
    ]);
  });

  it('follows neither date but stays the same in an order of its own', async () => {
    const { get, ask, pass, chatbot, store } = await callChatling({ tales: TALES, sortBy: 'own' });
    const path = `${chatbot}/conversations`;
    const before = await everyId(get, path, 'conversations');

    pass(HOUR_MS);
    await ask('Where do I start?', { conversation_id: before.at(7) });
    const after = await everyId(get, path, 'conversations');

    const rows = after.map((id) => store.conversations.get(id));
    const created = rows.map((row) => String(row?.created_at));
    const active = rows.map((row) => String(row?.messages.at(-1)?.created_at));
    expect(after).toEqual(before);
    expect(created).not.toEqual(created.toSorted().toReversed());
    expect(active).not.toEqual(active.toSorted().toReversed());
    expect(await everyId(get, `${path}?sort=date_asc`, 'conversations')).toEqual(
      before.toReversed(),
    );
  });

  it('holds WhatsApp conversations beside the others unless set not to', async () => {
    const listed = await callChatling({ tales: TALES });
    const hidden = await callChatling({ tales: TALES, whatsapp: 'hidden' });
    const overWhatsapp = [...hidden.store.conversations.values()]
      .filter((row) => row.conversation_type === 'whatsapp')
      .map(({ id }) => id);

    const all = await everyId(listed.get, `${listed.chatbot}/conversations`, 'conversations');
    const fewer = await everyId(hidden.get, `${hidden.chatbot}/conversations`, 'conversations');

    expect(overWhatsapp.length).toBeGreaterThan(0);
    expect(all).toEqual(expect.arrayContaining(overWhatsapp));
    expect(fewer).toEqual(all.filter((id) => !overWhatsapp.includes(id)));
  });
});

describe('a conversation', () => {
  it('has an id of ten digits as a string, flags as 0 and 1, and no date of change', async () => {
    const { get, chatbot, store } = await callChatling({ tales: TALES });
    const row = [...store.conversations.values()].find(({ contact_id }) => contact_id !== null);

    const { body } = await get(`${chatbot}/conversations/${row?.id}`);

    expect(at(body, 'data')).toEqual({
      id: expect.stringMatching(/^\d{10}$/),
      contact_id: row?.contact_id,
      archived: row?.archived,
      important: row?.important,
      conversation_type: expect.any(String),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      messages: expect.any(Array),
    });
    expect([0, 1]).toContain(at(body, 'data', 'archived'));
  });

  it('shows its flags as booleans where it is so set', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES, flags: 'booleans' });
    const [id] = store.conversations.keys();

    const { body } = await call('PATCH', `${chatbot}/conversations/${id}`, {
      archive: true,
      important: false,
    });

    expect(body).toMatchObject({ data: { archived: true, important: false } });
  });

  it('has no conversation_type where it is so set', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES, conversationType: false });

    const { body } = await get(`${chatbot}/conversations`);

    for (const conversation of listAt(body, 'data', 'conversations')) {
      expect(conversation).not.toHaveProperty('conversation_type');
    }
  });

  it('shows a missing contact as null, or not at all where it is so set', async () => {
    const shown = await callChatling({ tales: TALES });
    const absent = await callChatling({ tales: TALES, missingContact: 'absent' });
    const id = [...shown.store.conversations.values()].find((row) => row.contact_id === null)?.id;

    const withNull = await shown.get(`${shown.chatbot}/conversations/${id}`);
    const without = await absent.get(`${absent.chatbot}/conversations/${id}`);

    expect(at(withNull.body, 'data')).toHaveProperty('contact_id', null);
    expect(at(without.body, 'data')).not.toHaveProperty('contact_id');
  });

  it('leaves the offset out of some times where it is so set, always of the same', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES, timestamps: 'mixed' });

    const { body } = await get(`${chatbot}/conversations`);
    const again = await get(`${chatbot}/conversations`);

    const times = listAt(body, 'data', 'conversations')
      .flatMap((row) => listAt(row, 'messages'))
      .map((message) => textAt(message, 'created_at'));
    expect(times.some((time) => time.endsWith('+00:00'))).toBe(true);
    expect(times.some((time) => /T\d\d:\d\d:\d\d$/.test(time))).toBe(true);
    expect(again.body).toEqual(body);
  });

  it('embeds its twenty newest messages, newest first, and no more', async () => {
    const { get, chatbot, store } = await callChatling({ tales: TALES });
    const long = [...store.conversations.values()].find(({ messages }) => messages.length > 20);

    const { body } = await get(`${chatbot}/conversations/${long?.id}`);

    const shown = listAt(body, 'data', 'messages').map((message) => at(message, 'id'));
    expect(shown).toEqual(
      long?.messages
        .slice(-20)
        .toReversed()
        .map(({ id }) => id),
    );
  });

  it('is only found in its own chatbot', async () => {
    const { get, store, chatbot } = await callChatling({ tales: TALES });
    const [conversationId] = store.conversations.keys();
    const [, otherChatbotId] = store.chatbots.keys();

    expect((await get(`${chatbot}/conversations/${conversationId}`)).status).toBe(200);
    expect((await get(`/chatbots/${otherChatbotId}/conversations/${conversationId}`)).status).toBe(
      404,
    );
    expect(at((await get(`/chatbots/${otherChatbotId}/conversations`)).body, 'data')).toMatchObject(
      {
        conversations: [],
      },
    );
  });
});

describe('updating a conversation', () => {
  it('archives with "archive", which is read back as archived 1', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES });
    const row = [...store.conversations.values()].find(({ archived }) => archived === 0);

    const { status, body } = await call('PATCH', `${chatbot}/conversations/${row?.id}`, {
      archive: true,
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', data: { id: row?.id, archived: 1 } });
    expect(listAt(body, 'data', 'messages').length).toBeGreaterThan(0);
    expect(store.conversations.get(String(row?.id))?.archived).toBe(1);
  });

  it('changes only what is given', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES });
    const [row] = store.conversations.values();
    const before = { ...row };

    await call('PATCH', `${chatbot}/conversations/${row?.id}`, { important: true });

    expect(row).toEqual({ ...before, important: 1 });
  });

  it('links another contact', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES });
    const row = [...store.conversations.values()].find(({ contact_id }) => contact_id === null);
    const [contactId] = store.contacts.keys();

    const { body } = await call('PATCH', `${chatbot}/conversations/${row?.id}`, {
      contact_id: contactId,
    });

    expect(body).toMatchObject({ data: { contact_id: contactId } });
    expect(row?.contact_id).toBe(contactId);
  });

  it.each([
    [{}],
    [{ archived: true }],
    [{ title: 'Other' }],
    [{ archive: 1 }],
    [{ archive: 'true' }],
    [{ archive: null }],
    [{ important: 0 }],
    [{ contact_id: 7 }],
    [{ contact_id: null }],
    [[true]],
  ])('refuses %j with 422 and changes nothing', async (sent) => {
    const { call, chatbot, store } = await callChatling({ tales: TALES });
    const [row] = store.conversations.values();
    const before = structuredClone(row);

    const reply = await call('PATCH', `${chatbot}/conversations/${row?.id}`, sent);

    expect(reply).toMatchObject({
      status: 422,
      body: { status: 'error', message: expect.any(String) },
    });
    expect(row).toEqual(before);
  });

  it('refuses a body that is no JSON with 422', async () => {
    const { chatbot, credentials, store } = await callChatling({ tales: TALES });
    const [id] = store.conversations.keys();

    const response = await fetch(`${credentials.url}/v2${chatbot}/conversations/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${credentials.token}` },
      body: '{"archive": tr',
    });

    expect(response.status).toBe(422);
  });

  it('unlinks the contact with null where it is so set', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES, contactNull: 'clear' });
    const row = [...store.conversations.values()].find(({ contact_id }) => contact_id !== null);

    const { status } = await call('PATCH', `${chatbot}/conversations/${row?.id}`, {
      contact_id: null,
    });

    expect(status).toBe(200);
    expect(row?.contact_id).toBeNull();
  });

  it('answers 404 for a contact nobody knows, and leaves the flags alone', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES });
    const row = [...store.conversations.values()].find(({ archived }) => archived === 0);

    const { status } = await call('PATCH', `${chatbot}/conversations/${row?.id}`, {
      archive: true,
      contact_id: '00000000-0000-0000-0000-000000000000',
    });

    expect(status).toBe(404);
    expect(row?.archived).toBe(0);
  });
});

describe('deleting a conversation', () => {
  it('answers without data, and from then on 404', async () => {
    const { call, get, chatbot, store } = await callChatling({ tales: TALES });
    const [id] = store.conversations.keys();
    const path = `${chatbot}/conversations/${id}`;

    const { status, body } = await call('DELETE', path);

    expect({ status, body }).toEqual({ status: 200, body: { status: 'success' } });
    expect((await get(path)).status).toBe(404);
    expect((await get(`${path}/messages`)).status).toBe(404);
    expect((await call('PATCH', path, { archive: true })).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
    expect(store.conversations.has(String(id))).toBe(false);
  });
});

describe('the list of messages', () => {
  it('holds the whole history, fifteen a page, newest first', async () => {
    const { get, chatbot, store } = await callChatling({ tales: TALES });
    const long = [...store.conversations.values()].find(({ messages }) => messages.length > 20);
    const path = `${chatbot}/conversations/${long?.id}/messages`;

    const first = await get(path);
    const ids = await everyId(get, path, 'messages');

    expect(at(first.body, 'data', 'pages', 'per_page')).toBe(15);
    expect(listAt(first.body, 'data', 'messages')).toHaveLength(15);
    expect(ids).toEqual(long?.messages.map(({ id }) => id).toReversed());
  });

  it('is oldest first with date_asc', async () => {
    const { get, chatbot, store } = await callChatling({ tales: TALES, perPage: { messages: 4 } });
    const long = [...store.conversations.values()].find(({ messages }) => messages.length > 20);

    const path = `${chatbot}/conversations/${long?.id}/messages?sort=date_asc`;

    expect(await everyId(get, path, 'messages')).toEqual(long?.messages.map(({ id }) => id));
  });

  it('shows a question without the fields only answers have', async () => {
    const { get, ask, chatbot } = await callChatling();
    const id = textAt((await ask('How do I invite a colleague?')).body, 'data', 'conversation_id');

    const { body } = await get(`${chatbot}/conversations/${id}/messages`);

    expect(listAt(body, 'data', 'messages')).toEqual([
      {
        id: expect.any(String),
        text: expect.any(String),
        role: 'bot',
        is_ai_kb_response: true,
        data: { helpful_value: null, sources: expect.any(Array) },
        created_at: '2025-03-14T10:30:00+00:00',
      },
      {
        id: expect.any(String),
        text: 'How do I invite a colleague?',
        role: 'user',
        created_at: '2025-03-14T10:30:00+00:00',
      },
    ]);
  });

  it('carries no ids where it is so set, embedded or not', async () => {
    const { get, chatbot, store } = await callChatling({ tales: TALES, messageIds: false });
    const [id] = store.conversations.keys();

    const listed = await get(`${chatbot}/conversations/${id}/messages`);
    const embedded = await get(`${chatbot}/conversations/${id}`);

    for (const message of [
      ...listAt(listed.body, 'data', 'messages'),
      ...listAt(embedded.body, 'data', 'messages'),
    ]) {
      expect(message).not.toHaveProperty('id');
    }
  });
});

describe('rating an answer', () => {
  it.each([
    ['1', 1],
    ['-1', 0],
    ['0', null],
  ])('writes %s and reads back %s', async (rating, helpfulValue) => {
    const { ask, call, get, chatbot } = await callChatling();
    const { body } = await ask('Is there an app?');
    const id = textAt(body, 'data', 'conversation_id');
    const path = `${chatbot}/conversations/${id}`;

    const rated = await call(
      'PATCH',
      `${path}/messages/${textAt(body, 'data', 'message_id')}/rate-ai-answer`,
      { rating },
    );

    expect(rated).toMatchObject({ status: 200, body: { status: 'success', data: null } });
    expect(at((await get(path)).body, 'data', 'messages', 0, 'data', 'helpful_value')).toBe(
      helpfulValue,
    );
  });

  it.each([[{}], [{ rating: 1 }], [{ rating: '2' }], [{ rating: null }]])(
    'refuses %j',
    async (sent) => {
      const { ask, call, chatbot } = await callChatling();
      const { body } = await ask('Is there an app?');
      const id = textAt(body, 'data', 'conversation_id');
      const messageId = textAt(body, 'data', 'message_id');

      const path = `${chatbot}/conversations/${id}/messages/${messageId}/rate-ai-answer`;

      expect((await call('PATCH', path, sent)).status).toBe(422);
    },
  );

  it('is refused for what the knowledge base did not write', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES });
    const others = [...store.conversations.values()].flatMap((conversation) =>
      conversation.messages
        .filter((message) => message.is_ai_kb_response !== true)
        .map((message) => ({ conversation, message })),
    );

    for (const role of ['user', 'system']) {
      const one = others.find(({ message }) => message.role === role);
      const path = `${chatbot}/conversations/${one?.conversation.id}/messages/${one?.message.id}`;
      expect((await call('PATCH', `${path}/rate-ai-answer`, { rating: '1' })).status).toBe(422);
    }
  });

  it('answers 404 for a message of another conversation', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES });
    const [one, other] = store.conversations.values();

    const path = `${chatbot}/conversations/${one?.id}/messages/${other?.messages.at(-1)?.id}`;

    expect((await call('PATCH', `${path}/rate-ai-answer`, { rating: '1' })).status).toBe(404);
  });
});

it('dates what is written by the clock it was given', async () => {
  const { ask, pass, store } = await callChatling();

  pass(HOUR_MS);
  await ask('Hello');

  const [row] = store.conversations.values();
  expect(Date.parse(String(row?.created_at))).toBe(NOW_MS + HOUR_MS);
});
