// The emulated ChatBotKit from outside: who may ask, what is refused and how, and how it can be made to fail.

import { describe, expect, it } from 'vitest';
import { callChatbotkit } from './chatbotkit-caller.ts';

describe('who may ask', () => {
  it('answers below /v1 and below /api/v1', async () => {
    const { get } = await callChatbotkit();

    expect((await get('/v1/conversation/list')).status).toBe(200);
    expect((await get('/api/v1/conversation/list')).status).toBe(200);
  });

  it('says 401 without a bearer, with an unknown key and with a refresh token', async () => {
    const { get } = await callChatbotkit();
    const said = { message: 'Not authenticated', code: 'NOT_AUTHENTICATED' };

    for (const authorization of ['', 'Bearer', 'Bearer sk-nobody', 'Bearer oart-1', 'Bearer x']) {
      const answer = await get('/v1/conversation/list', { authorization });
      expect([answer.status, answer.body]).toEqual([401, said]);
    }
  });

  it('looks at the second word of Authorization and never at the first', async () => {
    const { get, emulator } = await callChatbotkit();
    const { secret, accessToken } = emulator.credentials;

    expect((await get('/v1/conversation/list', { authorization: `Token ${secret}` })).status).toBe(
      200,
    );
    expect(
      (await get('/v1/conversation/list', { authorization: `Bearer ${accessToken}` })).status,
    ).toBe(200);
  });

  it('says 404 for what is missing and 403 for what is somebody else’s', async () => {
    const { get, post, emulator } = await callChatbotkit();
    const authorization = `Bearer ${emulator.credentials.foreignSecret}`;
    const { id } = await post('/v1/conversation/create', {}, { authorization });

    const missing = await get('/v1/conversation/cmissing/fetch');
    const foreign = await get(`/v1/conversation/${id}/fetch`);

    expect([missing.status, missing.body]).toEqual([
      404,
      { message: 'Not found', code: 'NOT_FOUND' },
    ]);
    expect(missing.headers.get('x-failure-code')).toBeNull();
    expect([foreign.status, foreign.body]).toEqual([
      403,
      { message: 'Not authorized', code: 'NOT_AUTHORIZED' },
    ]);
    expect(foreign.headers.get('x-failure-code')).toBe('NOT_AUTHORIZED');
  });

  it('says 404 for a message of another conversation', async () => {
    const { get, post } = await callChatbotkit();
    const { id: one } = await post('/v1/conversation/create');
    const { id: other } = await post('/v1/conversation/create');
    const message = { type: 'user', text: 'hello' };
    const { id } = await post(`/v1/conversation/${one}/message/create`, message);

    expect((await get(`/v1/conversation/${one}/message/${id}/fetch`)).status).toBe(200);
    expect((await get(`/v1/conversation/${other}/message/${id}/fetch`)).status).toBe(404);
  });

  it('knows GET and POST and says 405 for the other one', async () => {
    const { get, post } = await callChatbotkit();

    expect((await get('/v1/conversation/create')).status).toBe(405);
    expect((await post('/v1/conversation/list')).body['code']).toBe('METHOD_NOT_ALLOWED');
    expect((await get('/v1/nowhere')).status).toBe(404);
  });

  it('runs as a child account by id, by the other spelling and by email', async () => {
    const { get, post, emulator } = await callChatbotkit();
    const { childUserId, childUserEmail } = emulator.credentials;
    const { id } = await post('/v1/conversation/create', {}, { 'x-runas-user-id': childUserId });

    const ways = [
      { 'x-runas-user-id': childUserId },
      { 'x-runas-userid': childUserId },
      { 'x-runas-child-user-email': childUserEmail },
    ];

    expect(emulator.store.conversations.get(id)?.userId).toBe(childUserId);
    for (const headers of ways) {
      const { items } = await get('/v1/conversation/list', headers);
      expect(items.map((item) => item['id'])).toEqual([id]);
    }
    expect((await get('/v1/conversation/list')).items).toEqual([]);
  });

  it('says 401 for running as an account that is no child', async () => {
    const { get, emulator } = await callChatbotkit();
    const others = [...emulator.store.accounts.values()].filter(
      ({ parentId }) => parentId === null,
    );

    for (const { id } of [...others, { id: 'cnobody' }]) {
      expect((await get('/v1/conversation/list', { 'x-runas-user-id': id })).status).toBe(401);
    }
  });
});

describe('what is refused', () => {
  it('refuses keys it does not know, all complaints in one sentence', async () => {
    const { post } = await callChatbotkit();

    const answer = await post('/v1/conversation/create', { name: 5, colour: 'red' });

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      message: '"name" must be a string; "colour" is not allowed',
      code: 'BAD_REQUEST',
    });
  });

  it('refuses messages on update, which create takes', async () => {
    const { post } = await callChatbotkit();
    const messages = [{ type: 'user', text: 'hello' }];
    const { id } = await post('/v1/conversation/create', { messages });

    const answer = await post(`/v1/conversation/${id}/update`, { messages });

    expect([answer.status, answer.body['message']]).toEqual([400, '"messages" is not allowed']);
  });

  it('refuses broken JSON without details, and lists as body', async () => {
    const { raw, post } = await callChatbotkit();

    const broken = await raw('/v1/conversation/create', { method: 'POST', body: '{"name":' });

    expect(await broken.json()).toEqual({ message: 'Bad request', code: 'BAD_REQUEST' });
    expect((await post('/v1/conversation/create', [])).body['message']).toBe(
      '"value" must be of type object',
    );
  });

  it('reads the body before it looks for the conversation', async () => {
    const { post } = await callChatbotkit();

    expect((await post('/v1/conversation/cmissing/update', { colour: 'red' })).status).toBe(400);
    expect((await post('/v1/conversation/cmissing/update', { name: 'x' })).status).toBe(404);
  });

  it('wants type and text of a message, and a type it knows', async () => {
    const { post } = await callChatbotkit();
    const { id } = await post('/v1/conversation/create');
    const path = `/v1/conversation/${id}/message/create`;

    expect((await post(path, {})).body['message']).toBe('"type" is required; "text" is required');
    expect((await post(path, { type: 'agent', text: 'hi' })).body['message']).toContain(
      '"type" must be one of [user, bot, reasoning, context, instruction, backstory, activity, checkpoint]',
    );
  });

  it('wants the activity told in messages that come along, not in a message alone', async () => {
    const { post } = await callChatbotkit();
    const create = (meta: object) =>
      post('/v1/conversation/create', { messages: [{ type: 'activity', text: '', meta }] });
    const activity = { type: 'request', function: { name: 'look' } };
    const { id } = await create({ activity });

    expect(id).not.toBe('');
    expect((await create({})).status).toBe(400);
    expect((await create({ activity: { ...activity, type: 'wish' } })).status).toBe(400);
    expect((await create({ activity: { type: 'trigger' } })).status).toBe(400);
    const alone = { type: 'activity', text: 'no meta' };
    expect((await post(`/v1/conversation/${id}/message/create`, alone)).status).toBe(200);
  });

  it('takes any id as a link, unless links are checked', async () => {
    const links = { taskId: 'task-1', spaceId: 'space-1' };
    const { post } = await callChatbotkit();
    const strict = await callChatbotkit({ links: 'checked' });

    expect((await post('/v1/conversation/create', links)).status).toBe(200);
    const refused = await strict.post('/v1/conversation/create', links);
    expect([refused.status, refused.body['message']]).toEqual([400, 'Task not found']);
  });

  it('limits requests a minute by class, for parent and child together', async () => {
    const { get, emulator, time } = await callChatbotkit({ ratePerMinute: { poll: 2 } });
    const child = { 'x-runas-user-id': emulator.credentials.childUserId };

    expect((await get('/v1/conversation/list')).status).toBe(200);
    expect((await get('/v1/conversation/list', child)).status).toBe(200);
    const exceeded = await get('/v1/conversation/list');
    time.now += 60_000;

    expect([exceeded.status, exceeded.body]).toEqual([
      429,
      { message: 'Limits reached', code: 'LIMITS_REACHED' },
    ]);
    expect(exceeded.headers.get('x-failure-code')).toBe('LIMITS_REACHED');
    expect(exceeded.headers.get('retry-after')).toBeNull();
    expect((await get('/v1/conversation/list')).status).toBe(200);
  });
});

describe('faults, journal and the customer', () => {
  it('words an injected status as the provider does', async () => {
    const { get, emulator } = await callChatbotkit();
    const statuses = [400, 402, 403, 408, 409, 422, 429, 500, 501, 502, 503, 504];

    for (const status of statuses) {
      emulator.inject({ kind: 'status', status, times: 1 });
      const answer = await get('/v1/conversation/list');
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual({ message: expect.any(String), code: expect.any(String) });
    }
    expect((await get('/v1/conversation/list')).status).toBe(200);
  });

  it('fails once with 429 and then works', async () => {
    const { get, emulator } = await callChatbotkit();
    emulator.inject({ kind: 'status', status: 429, times: 1 });

    const limited = await get('/v1/conversation/list');

    expect(limited.body['code']).toBe('LIMITS_REACHED');
    expect(limited.headers.get('x-failure-code')).toBe('LIMITS_REACHED');
    expect((await get('/v1/conversation/list')).status).toBe(200);
  });

  it('has the other word for 429 where the switch says so, without the header', async () => {
    const { get, emulator } = await callChatbotkit({ tooMany: 'TOO_MANY_REQUESTS' });
    emulator.inject({ kind: 'status', status: 429, retryAfter: 2, times: 1 });

    const { body, headers } = await get('/v1/conversation/list');

    expect(body).toEqual({ message: 'Too many requests', code: 'TOO_MANY_REQUESTS' });
    expect([headers.get('x-failure-code'), headers.get('retry-after')]).toEqual([null, '2']);
  });

  it('has a 304 without a body and an error’s body under 200 among its faults', async () => {
    const { get, emulator } = await callChatbotkit();
    emulator.inject({ kind: 'status', status: 304, times: 1 });
    emulator.inject({ kind: 'status', status: 200, times: 1 });

    const unchanged = await get('/v1/conversation/list');
    const disguised = await get('/v1/conversation/list');

    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    expect([disguised.status, disguised.body]).toEqual([
      200,
      { message: 'Internal server error', code: 'INTERNAL_SERVER_ERROR' },
    ]);
  });

  it('does what was asked before an answer is cut, in JSON and in lines', async () => {
    const { post, emulator } = await callChatbotkit();
    const { id } = await post('/v1/conversation/create');
    const texts = () => [...emulator.store.messages.values()].map(({ type }) => type);

    for (const accept of ['application/json', 'application/jsonl']) {
      emulator.inject({ kind: 'cut-after-accept', times: 1 });
      await expect(
        post(`/v1/conversation/${id}/send`, { text: 'hello' }, { accept }),
      ).rejects.toThrow('fetch failed');
    }

    expect(texts()).toEqual(['user', 'user']);
  });

  it('keeps a journal of what was asked', async () => {
    const { post, emulator } = await callChatbotkit();

    await post('/v1/conversation/create', { name: 'One' });

    expect(emulator.journal).toMatchObject([
      { method: 'POST', path: '/v1/conversation/create', status: 200, body: { name: 'One' } },
    ]);
  });

  it('lets a customer write: a row of the user, and no answer', async () => {
    const { raw, post, emulator } = await callChatbotkit();
    const { id } = await post('/v1/conversation/create');
    const say = (conversationId: string) =>
      raw('/__emulator/say', {
        method: 'POST',
        body: JSON.stringify({ conversationId, text: 'Anyone there?' }),
      });

    expect((await say(id)).status).toBe(201);
    expect((await say('cmissing')).status).toBe(404);
    expect([...emulator.store.messages.values()]).toMatchObject([
      { conversationId: id, type: 'user', text: 'Anyone there?' },
    ]);
  });

  it('is alike when started alike', async () => {
    const ids: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { post } = await callChatbotkit();
      const { id } = await post('/v1/conversation/create');
      ids.push((await post(`/v1/conversation/${id}/complete`, { text: 'hello' })).body);
    }

    expect(ids[0]).toEqual(ids[1]);
  });
});
