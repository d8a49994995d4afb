// The door of Pinkfish: tokens, connections, and the protocol its tools are called by.

import { describe, expect, it } from 'vitest';
import { callPinkfish } from './pinkfish-caller.ts';

const HOUR_MS = 3_600_000;

describe('a token', () => {
  it('is given for an id and a secret among the words of the form, for an hour', async () => {
    const { token } = await callPinkfish();

    const { status, body } = await token();

    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
    });
  });

  it('is given for the same in a header', async () => {
    const { token, emulator } = await callPinkfish();
    const { clientId, clientSecret, orgId } = emulator.credentials;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');

    const { status } = await token(
      { grant_type: 'client_credentials', scope: `org:${orgId}` },
      { authorization: `Basic ${basic}` },
    );

    expect(status).toBe(200);
  });

  it.each([
    ['another secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['another id', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['another organization', { scope: 'org:elsewhere' }, 400, 'invalid_scope'],
    ['no organization', { scope: '' }, 400, 'invalid_scope'],
  ])('is not given for %s', async (_what, wrong, status, error) => {
    const { token, emulator } = await callPinkfish();
    const { clientId, clientSecret, orgId } = emulator.credentials;
    const good = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `org:${orgId}`,
    };

    const refused = await token({ ...good, ...wrong });

    expect(refused.status).toBe(status);
    expect(refused.body).toEqual({ error, error_description: expect.any(String) });
  });

  it('opens the tools until its hour is over, also beside a newer one', async () => {
    const { token, post, behind } = await callPinkfish();
    const first = { authorization: `Bearer ${String((await token()).body['access_token'])}` };
    await token();
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

    behind.time.now += HOUR_MS - 1;
    const inTime = await post(list, undefined, first);
    behind.time.now += 1;
    const late = await post(list, undefined, first);

    expect([inTime.status, late.status]).toEqual([200, 401]);
    expect(late.body['error']).toBe('invalid_token');
  });

  it('holds as long as it is told to, and no longer once it is revoked', async () => {
    const { rpc, behind, emulator } = await callPinkfish({ tokenSeconds: 60 });

    const held = await rpc('tools/list');
    behind.time.now += 59_000;
    const inTime = await rpc('tools/list');
    emulator.revokeTokens();
    const revoked = await rpc('tools/list');

    expect([held.status, inTime.status, revoked.status]).toEqual([200, 200, 401]);
  });

  it.each(['/chatbotkit-conversations', '/mcp'])('is asked for at %s', async (path) => {
    const { post } = await callPinkfish();
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

    const none = await post(list, path, {});
    const wrong = await post(list, path, { authorization: 'Bearer made-up' });

    expect([none.status, wrong.status]).toEqual([401, 401]);
  });
});

describe('the connections', () => {
  it('are shown with their ids, for a token under either header', async () => {
    const { get, token, emulator } = await callPinkfish();
    const { pcid } = emulator.credentials;
    const bearer = `Bearer ${String((await token()).body['access_token'])}`;

    const one = await get('/manage/user-connections', { authorization: bearer });
    const other = await get('/manage/user-connections', { 'auth-token': bearer });
    const stranger = await get('/manage/user-connections', {});

    expect(one.body['said']).toContainEqual({
      id: pcid,
      name: 'ChatBotKit',
      service_key: 'chatbotkit',
      status: 'connected',
    });
    expect(other.body).toEqual(one.body);
    expect(stranger.status).toBe(401);
  });

  it('are narrowed to those that work', async () => {
    const { get, emulator } = await callPinkfish();

    const { text } = await get('/manage/user-connections?statuses=connected&format=light');

    expect(text).toContain(emulator.credentials.foreignPcid);
    expect(text).not.toContain(emulator.credentials.brokenPcid);
  });
});

describe('the protocol', () => {
  it.each([
    ['no JSON', '{"jsonrpc":', -32_700],
    ['no request', { id: 1, method: 'tools/list' }, -32_600],
    ['no known method', { jsonrpc: '2.0', id: 1, method: 'resources/list' }, -32_601],
  ])('says what is wrong with what is %s', async (_what, body, code) => {
    const { post } = await callPinkfish();

    const reply = await post(body);

    expect(reply.body['error']).toEqual({ code, message: expect.any(String) });
  });

  it('answers under the id of the question', async () => {
    const { post } = await callPinkfish();

    const { body } = await post({ jsonrpc: '2.0', id: 'mine', method: 'tools/list' });

    expect(body).toMatchObject({ jsonrpc: '2.0', id: 'mine' });
  });

  it('shakes hands with clients that want to, and says nothing to a notification', async () => {
    const { rpc, post } = await callPinkfish();

    const hello = await rpc('initialize', { protocolVersion: '2025-03-26', capabilities: {} });
    const ready = await post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const ping = await rpc('ping');

    expect(hello.body['result']).toMatchObject({
      protocolVersion: '2025-03-26',
      capabilities: { tools: {} },
    });
    expect([ready.status, ready.text]).toEqual([202, '']);
    expect(ping.body['result']).toEqual({});
  });

  it('may know no handshake, and calls tools all the same', async () => {
    const { rpc, call } = await callPinkfish({ handshake: 'unknown' });

    const hello = await rpc('initialize', { protocolVersion: '2025-03-26' });
    const rows = await call('list_conversations');

    expect(hello.body['error']).toMatchObject({ code: -32_601 });
    expect(rows['structuredContent']).toEqual({ items: [] });
  });

  it('tells the farm of its servers', async () => {
    const { rpc } = await callPinkfish();

    const named = await rpc('listServers', {}, '/mcp');
    const called = await rpc('tools/call', { name: 'listServers' }, '/mcp');

    expect(named.text).toContain('/chatbotkit-conversations');
    expect(called.body['result']).toEqual(named.body['result']);
  });

  it('is spoken in a POST, and nowhere else than at its own addresses', async () => {
    const { get } = await callPinkfish();

    const read = await get('/chatbotkit-conversations');
    const elsewhere = await get('/chatbotkit-bots');

    expect([read.status, elsewhere.status]).toEqual([405, 404]);
  });
});

describe('the controls', () => {
  it('let one tool fail by what is said in its body, and no other', async () => {
    const { emulator, call, behind } = await callPinkfish();
    const fault = { kind: 'cut-after-accept', match: { body: 'create_conversation' } };
    const told = await fetch(`${emulator.url}/__emulator/faults`, {
      method: 'POST',
      body: JSON.stringify(fault),
    });
    const wrong = await fetch(`${emulator.url}/__emulator/faults`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'hang', match: { body: 7 } }),
    });

    const listed = await call('list_conversations');
    const created = call('create_conversation', { name: 'New' });

    await expect(created).rejects.toThrow('fetch failed');
    expect([told.status, wrong.status]).toEqual([201, 400]);
    expect(listed['structuredContent']).toEqual({ items: [] });
    expect([...behind.emulator.store.conversations.values()]).toMatchObject([{ name: 'New' }]);
  });

  it('let it fail, keep its own journal, and let a customer of ChatBotKit write', async () => {
    const { emulator, rpc, behind } = await callPinkfish();
    const { id } = await behind.post('/v1/conversation/create', {});
    emulator.inject({ kind: 'status', status: 503, times: 1, match: { path: '/chatbotkit' } });

    const failed = await rpc('tools/list');
    const said = await fetch(`${emulator.url}/__emulator/say`, {
      method: 'POST',
      body: JSON.stringify({ conversationId: id, text: 'Hello?' }),
    });
    const nobody = await fetch(`${emulator.url}/__emulator/say`, {
      method: 'POST',
      body: JSON.stringify({ conversationId: 'none', text: 'Hello?' }),
    });

    expect(failed.status).toBe(503);
    expect([said.status, nobody.status]).toEqual([201, 404]);
    expect([...behind.emulator.store.messages.values()]).toMatchObject([
      { conversationId: id, type: 'user', text: 'Hello?' },
    ]);
    expect(emulator.journal.map(({ path, status }) => [path, status])).toEqual([
      ['/oauth/token', 200],
      ['/chatbotkit-conversations', 503],
    ]);
    expect(behind.emulator.journal.map(({ path }) => path)).toEqual(['/v1/conversation/create']);
  });
});
