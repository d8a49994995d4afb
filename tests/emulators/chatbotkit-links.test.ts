// What hangs on a conversation of the emulated ChatBotKit: its session tokens, its contact, its attachments.

import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ChatbotkitOptions } from '../../emulators/chatbotkit/index.ts';
import { callChatbotkit, type Sent } from './chatbotkit-caller.ts';

describe('a session', () => {
  it('is a token of three parts that says when it ends', async () => {
    const { caller, id, path } = await conversation();

    const { body } = await caller.post(`${path}/session/create`);
    const short = await caller.post(`${path}/session/create`, { durationInSeconds: 1800 });

    const expiresAt = caller.time.now + 3_600_000;
    expect(body).toEqual({ id, token: expect.stringMatching(/^[^.]+\.[^.]+\.[^.]+$/), expiresAt });
    expect(short.body['expiresAt']).toBe(caller.time.now + 1_800_000);
    const claims = Buffer.from(String(body['token']).split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(claims)).toMatchObject({ conversationId: id, exp: expiresAt / 1000 });
  });

  it('lasts half an hour to a day, an hour when nothing or null is said', async () => {
    const { caller, path } = await conversation();
    const status = async (durationInSeconds: unknown) =>
      (await caller.post(`${path}/session/create`, { durationInSeconds })).status;

    expect(await status(1799)).toBe(400);
    expect(await status(86_401)).toBe(400);
    expect(await status('soon')).toBe(400);
    expect(await status(86_400)).toBe(200);
    expect(await status(null)).toBe(200);
  });

  it('may send, receive, complete, upsert the contact and upload, below both prefixes', async () => {
    const { caller, path, headers } = await session();

    for (const prefix of ['', '/api']) {
      const post = (rest: string, body: object) =>
        caller.post(`${prefix}${path}/${rest}`, body, headers);
      expect((await post('send', { text: 'hello' })).status).toBe(200);
      expect((await post('receive', {})).status).toBe(200);
      expect((await post('complete', { text: 'hello' })).status).toBe(200);
      expect((await post('attachment/upload', { file: 'data:text/plain,hi' })).status).toBe(200);
      expect((await post('contact/upsert', { name: 'Ada' })).status).toBe(prefix ? 304 : 200);
    }
    const publish = '/v1/channel/channel-of-16-characters/publish';
    expect((await caller.post(publish, { message: {} }, headers)).status).toBe(200);
  });

  it('may neither add nor list messages, though the reference says so, nor touch anything else', async () => {
    const { caller, path, headers } = await session();
    const { id: other } = await caller.post('/v1/conversation/create');
    const refused = [
      await caller.post(`${path}/message/create`, { type: 'user', text: 'hello' }, headers),
      await caller.get(`${path}/message/list`, headers),
      await caller.get(`${path}/fetch`, headers),
      await caller.get('/v1/conversation/list', headers),
      await caller.post(`${path}/session/create`, {}, headers),
      await caller.post(`${path}/channel/subscribe`, {}, headers),
      await caller.post(`/v1/conversation/${other}/send`, { text: 'hello' }, headers),
    ];

    for (const { status, body, headers: said } of refused) {
      expect([status, body['code']]).toEqual([403, 'NOT_AUTHORIZED']);
      expect(said.get('x-failure-code')).toBe('NOT_AUTHORIZED');
    }
  });

  it('is refused with 401 by another reading of the code', async () => {
    const { caller, path, headers } = await session({ sessionRefusal: 401 });

    expect((await caller.get(`${path}/message/list`, headers)).status).toBe(401);
  });

  it('ends by time alone, and a token that was altered never began', async () => {
    const { caller, path, headers } = await session();
    const send = (authorization: string) =>
      caller.post(`${path}/send`, { text: 'hello' }, { authorization });
    const altered = headers.authorization.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));

    expect((await send(`${altered}x`)).status).toBe(401);
    expect((await send('Bearer a.b.c')).status).toBe(401);
    caller.time.now += 3_599_000;
    expect((await send(headers.authorization)).status).toBe(200);
    caller.time.now += 1000;
    expect((await send(headers.authorization)).status).toBe(401);
  });

  it('has its extensions ignored, which a key has not', async () => {
    const wish = { extensions: { backstory: 'You know all prices. '.repeat(10) } };
    const tokens = async (trusted: boolean) => {
      const { caller, path, headers } = await session();
      const answer = await caller.post(`${path}/receive`, wish, trusted ? {} : headers);
      return JSON.stringify(answer.body['usage']);
    };
    const { caller, path } = await conversation();
    const plain = await caller.post(`${path}/receive`, {});

    expect(await tokens(false)).toBe(JSON.stringify(plain.body['usage']));
    expect(await tokens(true)).not.toBe(await tokens(false));
  });
});

describe('the contact of a conversation', () => {
  const fingerprint = 'account-0000000000001';

  it('is made verified with a fingerprint, linked, and told to the model in a context row', async () => {
    const { caller, id, path } = await conversation();
    const fields = { name: 'Ada', email: 'ada@example.com', nick: 'ada', meta: { plan: 'pro' } };

    const { body } = await caller.post(`${path}/contact/upsert`, { ...fields, fingerprint });

    const { store } = caller.emulator;
    const [contact] = [...store.contacts.values()];
    expect(body).toEqual({ id: contact?.id });
    expect(contact).toMatchObject({ ...fields, fingerprint, verifiedAt: caller.time.now });
    expect(store.conversations.get(id)?.contactId).toBe(contact?.id);
    expect([...store.messages.values()]).toMatchObject([
      { type: 'context', text: expect.stringContaining('Ada') },
    ]);
  });

  it('is not changed once there is one: 304, no body, nothing done', async () => {
    const { caller, path } = await conversation();
    await caller.post(`${path}/contact/upsert`, { name: 'Ada', fingerprint });
    const { contacts, messages } = caller.emulator.store;
    const before = [[...contacts.values()], messages.size];

    const again = await caller.post(`${path}/contact/upsert`, { name: 'Grace' });

    expect([again.status, again.text]).toEqual([304, '']);
    expect([[...contacts.values()], messages.size]).toEqual(before);
  });

  it('is found by its fingerprint and keeps its own fields', async () => {
    const { caller, path } = await conversation();
    const first = await caller.post(`${path}/contact/upsert`, { name: 'Ada', fingerprint });
    const { id: other } = await caller.post('/v1/conversation/create');

    const second = await caller.post(`/v1/conversation/${other}/contact/upsert`, {
      name: 'Grace',
      fingerprint,
    });

    expect(second.id).toBe(first.id);
    expect(caller.emulator.store.contacts.get(first.id)?.name).toBe('Ada');
  });

  it('is found by the same words without a fingerprint, and stays unverified', async () => {
    const { caller, path } = await conversation();
    const { id: other } = await caller.post('/v1/conversation/create');
    const words = { name: 'Ada', email: 'ada@example.com' };

    const first = await caller.post(`${path}/contact/upsert`, words);
    const second = await caller.post(`/v1/conversation/${other}/contact/upsert`, words);

    expect(second.id).toBe(first.id);
    expect(caller.emulator.store.contacts.get(first.id)).toMatchObject({
      verifiedAt: null,
      fingerprint: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab]/),
    });
  });

  it('is an error of the service when an unverified one has the fingerprint', async () => {
    const { caller, path } = await conversation();
    const { id } = await caller.post(`${path}/contact/upsert`, { name: 'Ada' });
    const derived = caller.emulator.store.contacts.get(id)?.fingerprint;
    const { id: other } = await caller.post('/v1/conversation/create');

    const answer = await caller.post(`/v1/conversation/${other}/contact/upsert`, {
      fingerprint: derived,
    });

    expect([answer.status, answer.body['code']]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
  });

  it('wants a fingerprint of more than 16 characters, and none from an end user', async () => {
    const { caller, path, headers } = await session();
    const upsert = async (said: string, as = {}) =>
      (await caller.post(`${path}/contact/upsert`, { fingerprint: said }, as)).status;

    expect(await upsert('123456789012345')).toBe(400);
    expect(await upsert('1234567890123456')).toBe(500);
    expect(await upsert(fingerprint, headers)).toBe(400);
    expect(await upsert(fingerprint)).toBe(200);
  });

  it('has its email checked and its phone written in international form', async () => {
    const { caller, path } = await conversation();
    const upsert = (body: object) => caller.post(`${path}/contact/upsert`, body);

    expect((await upsert({ email: 'nowhere' })).body['message']).toBe(
      '"email" must be a valid email',
    );
    expect((await upsert({ phone: '12' })).body['message']).toBe('"phone" must be a phone number');
    const { id } = await upsert({ name: 'Ada', phone: '(202) 555-0100' });
    expect(caller.emulator.store.contacts.get(id)?.phone).toBe('+12025550100');
  });

  it('comes along with create, by id, described, or as contactId', async () => {
    const { post, emulator } = await callChatbotkit();
    const contact = { fingerprint, name: 'Ada' };

    const described = await post('/v1/conversation/create', { contact });
    const [row] = [...emulator.store.contacts.values()];
    const named = await post('/v1/conversation/create', { contactId: row?.id });
    const meant = await post('/v1/conversation/create', { contactId: contact });

    expect(row).toMatchObject({ ...contact, verifiedAt: expect.any(Number) });
    for (const { id } of [described, named, meant]) {
      expect(emulator.store.conversations.get(id)?.contactId).toBe(row?.id);
    }
  });
});

describe('an attachment', () => {
  it('by value leaves two activity rows and can be got again', async () => {
    const { caller, path } = await conversation();
    const file = `data:text/plain;base64,${Buffer.from('hello').toString('base64')}`;

    const { body, id } = await caller.post(`${path}/attachment/upload`, { file });

    const [attachment] = [...caller.emulator.store.attachments.values()];
    expect(body).toEqual({
      id,
      name: `${id}.txt`,
      downloadRequest: { method: 'GET', url: expect.stringContaining(id), headers: {} },
    });
    expect(attachment?.bytes?.toString()).toBe('hello');
    const name = 'uploadAttachment';
    const result = { id, name: `${id}.txt`, type: 'application/octet-stream' };
    const stored = { ...result, url: `attachment://${id}.txt` };
    expect(
      [...caller.emulator.store.messages.values()].map(({ type, meta }) => [type, meta]),
    ).toEqual([
      ['activity', { activity: { type: 'request', function: { name, arguments: {} } } }],
      [
        'activity',
        { activity: { type: 'response', function: { name, arguments: {}, result: stored } } },
      ],
    ]);
    expect(await (await fetch(addressIn(body['downloadRequest']))).text()).toBe('hello');
  });

  it('by address is fetched by the service', async () => {
    const { caller, path } = await conversation();
    const files = createServer((request, response) => {
      if (request.url !== '/a.txt') response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'text/plain' }).end('from afar');
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      files.close();
    });
    const address = files.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

    const { id, body } = await caller.post(`${path}/attachment/upload`, {
      file: `${origin}/a.txt`,
    });
    const missing = await caller.post(`${path}/attachment/upload`, { file: `${origin}/b.txt` });

    expect(body['name']).toBe(`${id}.txt`);
    expect(caller.emulator.store.attachments.get(id)?.bytes?.toString()).toBe('from afar');
    expect(missing.status).toBe(404);
  });

  it('from outside the machine is made up, never fetched', async () => {
    const { caller, path } = await conversation();
    const file = 'https://example.com/manual.pdf';

    const { id } = await caller.post(`${path}/attachment/upload`, { file });

    const row = caller.emulator.store.attachments.get(id);
    expect([row?.name, row?.type]).toEqual([`${id}.pdf`, 'application/pdf']);
  });

  it('in two steps is announced, put, and only then there', async () => {
    const { caller, path } = await conversation();
    const file = { type: 'image/png', size: 4, name: 'a b.png' };

    const { id, body } = await caller.post(`${path}/attachment/upload`, { file });
    const url = addressIn(body['uploadRequest']);
    const before = await fetch(addressIn(body['downloadRequest']));
    const wrong = await fetch(url, { method: 'PUT', body: 'too long' });
    const put = await fetch(url, { method: 'PUT', body: 'four' });

    expect(body).toMatchObject({
      name: `${id}.png`,
      uploadRequest: {
        method: 'PUT',
        headers: {
          'Content-Length': '4',
          'Content-Type': 'image/png',
          'Content-Disposition': 'attachment; filename=a%20b.png',
        },
      },
    });
    expect([before.status, wrong.status, put.status]).toEqual([404, 403, 200]);
    expect(caller.emulator.store.attachments.get(id)?.bytes?.toString()).toBe('four');
    expect(caller.emulator.store.messages.size).toBe(2);
  });

  it('comes as a form and as a plain body too', async () => {
    const { caller, path } = await conversation();
    const form = new FormData();
    form.append('file', new Blob(['notes'], { type: 'text/plain' }), 'notes.txt');
    const upload = async (init: Sent) => {
      const response = await caller.raw(`${path}/attachment/upload`, { method: 'POST', ...init });
      return response.status;
    };

    expect(await upload({ body: form })).toBe(200);
    expect(await upload({ body: 'pixels', headers: { 'content-type': 'image/png' } })).toBe(200);
    expect([...caller.emulator.store.attachments.values()]).toMatchObject([
      { name: expect.stringMatching(/\.txt$/), sizeBytes: 5 },
      { name: expect.stringMatching(/\.png$/), type: 'image/png', sizeBytes: 6 },
    ]);
  });

  it('larger than allowed is a limit reached, and leaves nothing', async () => {
    const { caller, path } = await conversation({ uploadLimitBytes: 4, planFileLimitBytes: 8 });
    const upload = (file: unknown) => caller.post(`${path}/attachment/upload`, { file });

    const refused = [
      await upload('data:text/plain,hello'),
      await upload({ type: 'text/plain', size: 9 }),
    ];

    for (const { status, body, headers } of refused) {
      expect([status, body['code']]).toEqual([429, 'LIMITS_REACHED']);
      expect(headers.get('x-failure-code')).toBe('LIMITS_REACHED');
    }
    expect((await upload({ type: 'text/plain', size: 8 })).status).toBe(200);
    expect(caller.emulator.store.attachments.size).toBe(1);
    expect(caller.emulator.store.messages.size).toBe(2);
  });

  it('of another scheme, of no scheme, or of nothing is refused', async () => {
    const { caller, path } = await conversation();
    const files = ['ftp://example.com/a.txt', 'just words', { type: 'text/plain' }, undefined];

    for (const file of files) {
      expect((await caller.post(`${path}/attachment/upload`, { file })).status).toBe(400);
    }
  });
});

async function conversation(options: ChatbotkitOptions = {}) {
  const caller = await callChatbotkit(options);
  const { id } = await caller.post('/v1/conversation/create');
  return { caller, id, path: `/v1/conversation/${id}` };
}

async function session(options: ChatbotkitOptions = {}) {
  const { caller, path } = await conversation(options);
  const { body } = await caller.post(`${path}/session/create`);
  return { caller, path, headers: { authorization: `Bearer ${String(body['token'])}` } };
}

function addressIn(request: unknown): string {
  return /"url":"([^"]+)"/.exec(JSON.stringify(request))?.[1] ?? '';
}
