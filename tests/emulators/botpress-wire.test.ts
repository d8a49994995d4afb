// Quirks of Botpress' wire that its own client hides: identities, strict bodies, and how it says no.

import { describe, expect, it } from 'vitest';
import { at, converse, eachAt, type Stage, stage, textAt } from './botpress-stage.ts';

const CONVERSATIONS = '/v1/chat/conversations';
const MESSAGES = '/v1/chat/messages';
const USERS = '/v1/chat/users';

describe('who asks', () => {
  it('needs a token, whatever the case of the scheme', async () => {
    const { call, emulator } = await stage();
    const { token } = emulator.credentials;

    const none = await call(`GET ${CONVERSATIONS}`, undefined, { authorization: '' });
    const lower = await call(`GET ${CONVERSATIONS}`, undefined, {
      authorization: `bearer ${token}`,
    });

    expect([none.status, at(none.body, 'type')]).toEqual([401, 'Unauthorized']);
    expect(lower.status).toBe(200);
  });

  it('needs to name the bot, and a bot the token opens', async () => {
    const { call } = await stage();

    const unnamed = await call(`GET ${CONVERSATIONS}`, undefined, { 'x-bot-id': '' });
    const foreign = await call(`GET ${CONVERSATIONS}`, undefined, { 'x-bot-id': 'another' });

    expect([unnamed.status, at(unnamed.body, 'type')]).toEqual([400, 'InvalidPayload']);
    expect([foreign.status, at(foreign.body, 'type')]).toEqual([403, 'Forbidden']);
  });

  it('as an integration writes bare tags, which the bot sees with its prefix', async () => {
    const { call, emulator } = await stage();
    const slack = { 'x-integration-id': '1d4a8e93-6c20-4b5f-9e37-84c1f0a2d6b5' };
    const made = await call(`POST ${CONVERSATIONS}`, { channel: 'dm', tags: { id: 'C1' } }, slack);
    const id = textAt(made.body, 'conversation.id');
    await call(`PUT ${CONVERSATIONS}/${id}`, { tags: { plan: 'pro' } });

    const asBot = await call(`GET ${CONVERSATIONS}/${id}`);
    const asSlack = await call(`GET ${CONVERSATIONS}?tags.id=C1`, undefined, slack);
    const asOther = await call(`GET ${CONVERSATIONS}/${id}`, undefined, {
      'x-integration-id': emulator.credentials.integrationId,
    });

    expect(at(made.body, 'conversation.integration')).toBe('slack');
    expect(at(asBot.body, 'conversation.tags')).toEqual({ 'slack:id': 'C1', plan: 'pro' });
    expect(eachAt(asSlack.body, 'conversations', 'tags')).toEqual([{ id: 'C1' }]);
    expect(at(asOther.body, 'conversation.tags')).toEqual({});
  });

  it('as an integration that is not installed is taken by its alias', async () => {
    const { call } = await stage();

    const { body } = await call(
      `POST ${CONVERSATIONS}`,
      { channel: 'sms', tags: {} },
      { 'x-integration-id': 'any', 'x-integration-alias': 'twilio' },
    );

    expect(at(body, 'conversation.integration')).toBe('twilio');
  });

  it('as an integration sees the tags of others where the switch says so', async () => {
    const { call, emulator } = await stage({ foreignTags: 'shown' });
    const id = await converse(call, { tags: { plan: 'pro', 'webchat:id': '1' } });

    const { body } = await call(`GET ${CONVERSATIONS}/${id}`, undefined, {
      'x-integration-id': emulator.credentials.integrationId,
    });

    expect(at(body, 'conversation.tags')).toEqual({ plan: 'pro', id: '1' });
  });
});

describe('a body', () => {
  it.each([
    ['an unknown key', { channel: 'dm', tags: {}, title: 'x' }, 'title'],
    ['a missing channel', { tags: {} }, 'channel'],
    ['missing tags', { channel: 'dm' }, 'tags'],
    ['a channel over 200', { channel: 'x'.repeat(201), tags: {} }, '200'],
    ['a tag over 500', { channel: 'dm', tags: { a: 'x'.repeat(501) } }, '500'],
    ['a tag that is no string', { channel: 'dm', tags: { vip: true } }, 'vip'],
    ['a null tag on creation', { channel: 'dm', tags: { vip: null } }, 'vip'],
    ['a list', [], 'object'],
    ['no JSON', '{', 'JSON'],
  ])('with %s is refused in words', async (_what, body, word) => {
    const { call, emulator } = await stage();

    const answer = await call(`POST ${CONVERSATIONS}`, body);

    expect([answer.status, at(answer.body, 'type')]).toEqual([400, 'InvalidPayload']);
    expect(at(answer.body, 'message')).toContain(word);
    expect(emulator.store.conversations.size).toBe(0);
  });

  it('may hold a tag longer than 500 on update', async () => {
    const { call } = await stage();
    const id = await converse(call);

    const { status } = await call(`PUT ${CONVERSATIONS}/${id}`, { tags: { a: 'x'.repeat(501) } });

    expect(status).toBe(200);
  });

  it('of a deletion may be {} or none, and nothing else', async () => {
    const { call, emulator } = await stage();
    const [one, two] = [await converse(call), await converse(call)];

    const strange = await call(`DELETE ${CONVERSATIONS}/${one}`, { force: true });
    const empty = await call(`DELETE ${CONVERSATIONS}/${one}`, {});
    const none = await call(`DELETE ${CONVERSATIONS}/${two}`);

    expect(strange.status).toBe(400);
    expect([empty.status, empty.body, none.status, none.body]).toEqual([200, {}, 200, {}]);
    expect(emulator.store.conversations.size).toBe(0);
  });

  it('over one megabyte is too large', async () => {
    const { call } = await stage();

    const { status, body } = await call(`POST ${MESSAGES}`, 'x'.repeat(1_048_577));

    expect([status, at(body, 'type')]).toEqual([413, 'PayloadTooLarge']);
  });

  it('that is not JSON by its header is unsupported', async () => {
    const { call } = await stage();

    const { status, body } = await call(`POST ${CONVERSATIONS}`, 'a=b', {
      'content-type': 'application/x-www-form-urlencoded',
    });

    expect([status, at(body, 'type')]).toEqual([415, 'UnsupportedMediaType']);
  });

  it('that refers to what is not there is a 400, where a path is a 404', async () => {
    const { call, emulator } = await stage();
    const conversationId = await converse(call);
    const message = {
      conversationId,
      userId: emulator.credentials.botId,
      type: 'text',
      payload: { text: 'Hi' },
      tags: {},
    };
    const nobody = 'user_00000000000000000000000000';

    const nowhere = await call(`POST ${MESSAGES}`, { ...message, conversationId: nobody });
    const unsigned = await call(`POST ${MESSAGES}`, { ...message, userId: nobody });
    const short = await call(`POST ${MESSAGES}`, { ...message, userId: 'u1' });
    const added = await call(`POST ${CONVERSATIONS}/${conversationId}/participants`, {
      userId: nobody,
    });
    const path = await call(`PUT ${CONVERSATIONS}/conv%2F1`, { tags: {} });

    expect([nowhere, unsigned, short, added, path].map(({ body }) => at(body, 'type'))).toEqual([
      'ReferenceNotFound',
      'ReferenceNotFound',
      'InvalidPayload',
      'ReferenceNotFound',
      'ResourceNotFound',
    ]);
    expect(at(path.body, 'message')).toContain('conv/1');
  });

  it('of a message needs all five fields, and knows schedule and origin', async () => {
    const { call, emulator } = await stage();
    const conversationId = await converse(call);
    const message = {
      conversationId,
      userId: emulator.credentials.botId,
      type: 'text',
      payload: { text: 'Hi' },
      tags: {},
    };

    const statuses = await statusesOf(call, `POST ${MESSAGES}`, [
      ...Object.keys(message).map((key) => ({ ...message, [key]: undefined })),
      { ...message, direction: 'incoming' },
      { ...message, schedule: {} },
      { ...message, schedule: { dateTime: 'soon' } },
      { ...message, schedule: { dateTime: '2026-05-02T12:00:00.000Z' } },
      { ...message, schedule: { delay: 1_000 } },
      { ...message, origin: 'human' },
      { ...message, origin: 'synthetic' },
    ]);

    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 400, 400, 201, 201, 400, 201]);
  });

  it('of an update cannot change a message’s type', async () => {
    const { call, emulator } = await stage();
    const id = await written(call, emulator.credentials.botId, await converse(call));

    const { status, body } = await call(`PUT ${MESSAGES}/${id}`, { tags: {}, type: 'image' });

    expect([status, at(body, 'type')]).toEqual([400, 'InvalidPayload']);
  });
});

describe('an operation', () => {
  it('that a path does not know is a 405, and an unknown path a 404', async () => {
    const { call } = await stage();

    const patched = await call(`PATCH ${CONVERSATIONS}`, {});
    const elsewhere = await call('GET /v1/chat/threads');

    expect([patched.status, at(patched.body, 'type')]).toEqual([405, 'MethodNotFound']);
    expect([elsewhere.status, at(elsewhere.body, 'type')]).toEqual([404, 'ResourceNotFound']);
  });

  it('tells the rate limit on every answer, good or bad', async () => {
    const { call } = await stage({
      rateLimit: { requests: 10, windowMs: 6_000, enforced: false },
    });

    const [good, bad] = [await call(`GET ${USERS}`), await call('GET /nothing')];

    expect(good.headers.get('ratelimit-limit')).toBe('10');
    expect(good.headers.get('ratelimit-remaining')).toBe('9');
    expect(good.headers.get('ratelimit-reset')).toBe('6');
    expect(bad.headers.get('ratelimit-remaining')).toBe('8');
  });

  it('beyond an enforced limit is refused until the window has slid on', async () => {
    const { call, time } = await stage({
      rateLimit: { requests: 1, windowMs: 6_000, enforced: true },
    });
    await call(`GET ${USERS}`);

    const refused = await call(`GET ${USERS}`);
    time.now += 6_001;
    const answered = await call(`GET ${USERS}`);

    expect([refused.status, at(refused.body, 'type')]).toEqual([429, 'RateLimited']);
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect(answered.status).toBe(200);
  });
});

describe('an error', () => {
  it('has the shape the client reads', async () => {
    const { call } = await stage();

    const { body } = await call(`GET ${USERS}/nobody`);

    expect(body).toEqual({
      id: expect.stringMatching(/^err_\d{14}x[0-9A-F]{8}$/),
      code: 404,
      type: 'ResourceNotFound',
      message: expect.stringContaining('nobody'),
    });
  });

  it('has the shape of the errors page where the switch says so', async () => {
    const { call } = await stage({ errorShape: 'docs' });

    const { body } = await call(`GET ${USERS}/nobody`);

    expect(body).toEqual({
      type: 'ResourceNotFound',
      description: expect.stringContaining('nobody'),
      status: 404,
    });
  });

  it('about a user who takes no part has either of two types', async () => {
    const { call } = await stage({ absentParticipant: 'ReferenceNotFound' });
    const id = await converse(call);

    const { status, body } = await call(`GET ${CONVERSATIONS}/${id}/participants/nobody`);

    expect([status, at(body, 'type')]).toEqual([400, 'ReferenceNotFound']);
  });
});

async function written(call: Stage['call'], userId: string, conversationId: string) {
  const message = { conversationId, userId, type: 'text', payload: { text: 'Hi' }, tags: {} };
  const { body } = await call(`POST ${MESSAGES}`, message);
  return textAt(body, 'message.id');
}

async function statusesOf(
  call: Stage['call'],
  line: Parameters<Stage['call']>[0],
  bodies: readonly unknown[],
) {
  const statuses = [];
  for (const body of bodies) statuses.push((await call(line, body)).status);
  return statuses;
}
