// Chatling over raw HTTP: keys, refusals, the limit of calls, what breaks, what is seeded.

import { describe, expect, it } from 'vitest';
import { at, callChatling, listAt, TALES } from './chatling-caller.ts';

describe('a key', () => {
  it.each([
    [undefined],
    [''],
    ['chatling-sandbox-key'],
    ['Basic chatling-sandbox-key'],
    ['Bearer'],
    ['Bearer other'],
    ['Bearer chatling-sandbox-key more'],
  ])('is not had by "%s"', async (authorization) => {
    const { credentials } = await callChatling();

    const response = await fetch(`${credentials.url}/v2/chatbots`, {
      headers: authorization === undefined ? {} : { authorization },
    });

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ status: 'error', message: expect.any(String) });
  });

  it('is the one the emulator was started with', async () => {
    const { get, credentials } = await callChatling({ token: 'other', chatbotId: '1000000001' });

    expect(credentials).toMatchObject({ token: 'other', chatbotId: '1000000001' });
    expect((await get('/chatbots/1000000001')).status).toBe(200);
  });
});

describe('refusals', () => {
  it.each([
    ['GET', '/chatbots/1111111111'],
    ['GET', '/chatbots/1111111111/conversations'],
    ['GET', '/nothing'],
    ['GET', '/'],
    ['POST', '/chatbots/4829173650/ai/kb/conversation'],
    ['GET', '/chatbots/4829173650/conversations/0000000000'],
    ['GET', '/chatbots/4829173650/conversations/%E0%A4%A'],
    ['GET', '/chatbots/4829173650/contacts/0'],
  ])('%s %s answers 404', async (method, path) => {
    const { call } = await callChatling();

    expect(await call(method, path)).toMatchObject({
      status: 404,
      body: { status: 'error', message: expect.any(String) },
    });
  });

  it('nothing is served outside /v2', async () => {
    const { credentials } = await callChatling();

    const response = await fetch(`${credentials.url}/v1/respond`, {
      headers: { authorization: `Bearer ${credentials.token}` },
    });

    expect(response.status).toBe(404);
  });

  it.each([
    ['POST', '/chatbots/4829173650/conversations', 'GET'],
    ['POST', '/chatbots/4829173650/conversations/1/messages', 'GET'],
    ['PUT', '/chatbots/4829173650/conversations/1', 'GET, PATCH, DELETE'],
    ['GET', '/chatbots/4829173650/ai/kb/chat', 'POST'],
    ['DELETE', '/members', 'GET'],
  ])('%s %s answers 405 and says what is allowed', async (method, path, allowed) => {
    const { call } = await callChatling();

    const { status, headers, body } = await call(method, path);

    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allowed);
    expect(body).toEqual({ status: 'error', message: expect.any(String) });
  });

  it('name every wrong field in the way of Laravel where it is so set', async () => {
    const { ask, get, call, chatbot, store } = await callChatling({
      tales: TALES,
      errors: 'laravel',
    });
    const [id] = store.conversations.keys();

    const invalid = await ask('', { ai_model_id: 'x' });
    const missing = await get('/nothing');
    const unlinked = await call('PATCH', `${chatbot}/conversations/${id}`, { contact_id: 'x' });

    expect(invalid).toMatchObject({
      status: 422,
      body: {
        message: expect.stringContaining('and 1 more'),
        errors: { message: [expect.any(String)], ai_model_id: [expect.any(String)] },
      },
    });
    expect(missing).toMatchObject({ status: 404, body: { message: expect.any(String) } });
    expect(missing.body).not.toHaveProperty('status');
    expect(unlinked).toMatchObject({
      status: 422,
      body: { errors: { contact_id: [expect.any(String)] } },
    });
  });
});

describe('the limit of calls', () => {
  it('lets 300 calls through in a minute and refuses the next without a hint', async () => {
    const { get, pass } = await callChatling();
    const statuses: number[] = [];

    for (let calls = 0; calls < 300; calls += 1) {
      statuses.push((await get('/project/settings')).status);
    }
    const refused = await get('/project/settings');
    pass(59_999);
    const stillRefused = await get('/project/settings');
    pass(1);
    const allowed = await get('/project/settings');

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({ status: 'error', message: 'Too many requests' });
    expect(refused.headers.has('retry-after')).toBe(false);
    expect([...refused.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
    expect(stillRefused.status).toBe(429);
    expect(allowed.status).toBe(200);
  });

  it('is a fixed window: a pause does not win back single calls', async () => {
    const { get, pass } = await callChatling({ callsPerMinute: 2 });

    await get('/members');
    pass(50_000);
    await get('/members');
    pass(10_000);
    const statuses = [await get('/members'), await get('/members'), await get('/members')];

    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it('counts calls that were answered with an error, but no stranger’s', async () => {
    const { get, credentials } = await callChatling({ callsPerMinute: 2 });

    for (let calls = 0; calls < 5; calls += 1) await fetch(`${credentials.url}/v2/members`);

    expect((await get('/members')).status).toBe(200);
    expect((await get('/nothing')).status).toBe(404);
    expect((await get('/nothing')).status).toBe(429);
  });

  it('keeps its documented body where other refusals are worded like Laravel’s', async () => {
    const { get } = await callChatling({ callsPerMinute: 0, errors: 'laravel' });

    expect((await get('/members')).body).toEqual({
      status: 'error',
      message: 'Too many requests',
    });
  });

  it('refuses a write before it has done anything', async () => {
    const { ask, store } = await callChatling({ callsPerMinute: 0 });

    expect((await ask('Hello!')).status).toBe(429);
    expect(store.conversations.size).toBe(0);
  });
});

describe('what breaks', () => {
  it('says an injected status in the words of Chatling', async () => {
    const { get, inject, heal } = await callChatling();

    inject({ kind: 'status', status: 429, retryAfter: 7 });
    const limited = await get('/members');
    heal();
    inject({ kind: 'status', status: 503, times: 1 });
    const unavailable = await get('/members');

    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('7');
    expect(limited.body).toEqual({ status: 'error', message: 'Too many requests' });
    expect(unavailable).toMatchObject({ status: 503, body: { status: 'error' } });
    expect((await get('/members')).status).toBe(200);
  });

  it('keeps both turns of a chat whose answer was cut off', async () => {
    const { ask, inject, store } = await callChatling();
    inject({ kind: 'cut-after-accept', times: 1, match: { method: 'POST' } });

    await expect(ask('Did you get that?')).rejects.toThrow('fetch failed');

    expect([...store.conversations.values()].map(({ messages }) => messages.length)).toEqual([2]);
  });

  it('stores nothing of a chat that was cut off before', async () => {
    const { ask, inject, store } = await callChatling();
    inject({ kind: 'cut', times: 1 });

    await expect(ask('Did you get that?')).rejects.toThrow('fetch failed');

    expect(store.conversations.size).toBe(0);
  });

  it('breaks its JSON where a proxy would', async () => {
    const { get, inject } = await callChatling();
    inject({ kind: 'malformed', times: 1 });

    await expect(get('/members')).rejects.toThrow(SyntaxError);
  });
});

it('writes down every call in its journal', async () => {
  const { ask, get, journal, chatbot } = await callChatling();

  await ask('Hello!');
  await get('/members?page=2');

  expect(journal).toEqual([
    {
      method: 'POST',
      path: `/v2${chatbot}/ai/kb/chat`,
      query: '',
      status: 200,
      time: '2025-03-14T10:30:00.000Z',
      body: { message: 'Hello!', ai_model_id: 8 },
    },
    {
      method: 'GET',
      path: '/v2/members',
      query: 'page=2',
      status: 200,
      time: '2025-03-14T10:30:00.000Z',
      body: null,
    },
  ]);
});

describe('a customer who writes', () => {
  it('is recorded as a user, and gets no answer by itself', async () => {
    const { get, pass, chatbot, credentials, store } = await callChatling({ tales: TALES });
    const conversationId = [...store.conversations.keys()].at(-1);
    pass(5_000);

    const response = await fetch(`${credentials.url}/__emulator/say`, {
      method: 'POST',
      body: JSON.stringify({ conversationId, text: 'Still there?' }),
    });

    expect(response.status).toBe(201);
    const { body } = await get(`${chatbot}/conversations/${conversationId}`);
    expect(at(body, 'data', 'messages', 0)).toEqual({
      id: expect.any(String),
      text: 'Still there?',
      role: 'user',
      created_at: '2025-03-14T10:30:05+00:00',
    });
  });

  it('cannot write where there is no conversation', async () => {
    const { credentials } = await callChatling();

    const response = await fetch(`${credentials.url}/__emulator/say`, {
      method: 'POST',
      body: JSON.stringify({ conversationId: '1234567890', text: 'Still there?' }),
    });

    expect(response.status).toBe(404);
  });
});

describe('the seed', () => {
  it('tells one conversation a tale, alike in emulators started alike', async () => {
    const one = await callChatling({ tales: TALES });
    const other = await callChatling({ tales: TALES });

    expect(one.store).toEqual(other.store);
    expect(one.store.conversations.size).toBe(40);
  });

  it('keeps the times of the tales, to the second', async () => {
    const { store } = await callChatling({ tales: TALES });

    const spans = [...store.conversations.values()].map(
      ({ created_at, messages }) => `${created_at} to ${messages.at(-1)?.created_at}`,
    );

    const expected = TALES.map(({ turns }) => {
      const [first, last] = [turns[0], turns.at(-1)].map((turn) =>
        new Date(turn?.at ?? 0).toISOString().replace(/\.\d+Z$/, '+00:00'),
      );
      return `${first} to ${last}`;
    });
    expect(spans.toSorted()).toEqual(expected.toSorted());
  });

  it('orders every conversation’s messages by time', async () => {
    const { store } = await callChatling({ tales: TALES });

    for (const { messages } of store.conversations.values()) {
      const times = messages.map(({ created_at }) => created_at);
      expect(times).toEqual(times.toSorted());
    }
  });

  it('has conversations longer than what is embedded', async () => {
    const { store } = await callChatling({ tales: TALES });

    const long = [...store.conversations.values()].filter(({ messages }) => messages.length > 20);

    expect(long.length).toBeGreaterThanOrEqual(3);
  });

  it('has every kind of row: flags, strangers, roles, ratings, sources', async () => {
    const { store } = await callChatling({ tales: TALES });
    const conversations = [...store.conversations.values()];
    const messages = conversations.flatMap((conversation) => conversation.messages);
    const sources = messages.flatMap((message) => at(message, 'data', 'sources') ?? []);

    for (const flag of [0, 1]) {
      expect(conversations.map(({ archived }) => archived)).toContain(flag);
      expect(conversations.map(({ important }) => important)).toContain(flag);
    }
    const strangers = conversations.filter(({ contact_id }) => contact_id === null);
    expect(strangers.length).toBeGreaterThan(0);
    expect(strangers.length).toBeLessThan(conversations.length / 2);
    expect(new Set(messages.map(({ role }) => role))).toEqual(new Set(['user', 'bot', 'system']));
    expect(new Set(messages.map((message) => at(message, 'data', 'helpful_value')))).toEqual(
      new Set([undefined, null, 0, 1]),
    );
    expect(sources).toContainEqual({
      type: 'webpage',
      title: expect.any(String),
      url: expect.any(String),
    });
    expect(sources).toContainEqual({ type: 'document', title: expect.any(String) });
    expect(messages.some(({ role, text }) => role === 'bot' && text.includes('**'))).toBe(true);
  });

  it('has contacts known in part, whom conversations point at', async () => {
    const { get, chatbot, store } = await callChatling({
      tales: TALES,
      perPage: { contacts: 100 },
    });

    const contacts = listAt((await get(`${chatbot}/contacts`)).body, 'data', 'contacts');

    for (const field of ['phone', 'job_title', 'website', 'company']) {
      expect(contacts.some((contact) => at(contact, field) === null)).toBe(true);
      expect(contacts.some((contact) => typeof at(contact, field) === 'string')).toBe(true);
    }
    const linked = [...store.conversations.values()].flatMap(({ contact_id }) => contact_id ?? []);
    expect(linked.filter((id) => !store.contacts.has(id))).toEqual([]);
  });

  it('is empty without tales', async () => {
    const { store } = await callChatling();

    expect([store.conversations.size, store.contacts.size]).toEqual([0, 0]);
    expect(store.chatbots.size).toBe(2);
  });
});
