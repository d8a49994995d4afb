// The tales as Botpress would hold them, customers who write, and the faults and journal over HTTP.

import { describe, expect, it } from 'vitest';
import { startBotpressEmulator } from '../../emulators/botpress/index.ts';
import { type Tale, tellTales } from '../../emulators/story.ts';
import { at, eachAt, NOON, stage, textAt } from './botpress-stage.ts';

const CONVERSATIONS = '/v1/chat/conversations';

describe('the seed', () => {
  it('is one conversation a tale, its customer taking part', async () => {
    const tales = tellTales({ seed: 'test', count: 24, now: NOON });
    const { emulator, call } = await stage({ tales });
    const { conversations, participants, users, messages } = emulator.store;

    expect(conversations.size).toBe(24);
    expect(users.size).toBe(24);
    for (const { id, messageCount, createdAt, updatedAt } of conversations.values()) {
      const own = [...messages.values()].filter(({ conversationId }) => conversationId === id);
      const [customer] = participants.get(id)?.keys() ?? [];
      expect(messageCount).toBe(own.length);
      expect(own[0]).toMatchObject({ direction: 'incoming', userId: customer, createdAt });
      expect(own.at(-1)?.createdAt).toBe(updatedAt);
    }
    const { body } = await call(`GET ${CONVERSATIONS}?pageSize=50`);
    const dates = eachAt(body, 'conversations', 'createdAt').map(String);
    expect(dates).toEqual(dates.toSorted().toReversed());
  });

  it('speaks every type of message, and one of its own', async () => {
    const { emulator } = await stage({ tales: tellTales({ seed: 'test', now: NOON }) });

    const types = new Set([...emulator.store.messages.values()].map(({ type }) => type));

    expect([...types].toSorted()).toEqual([
      'audio',
      'bloc',
      'card',
      'carousel',
      'choice',
      'dropdown',
      'file',
      'image',
      'location',
      'markdown',
      'supportTicket',
      'text',
      'video',
    ]);
  });

  it('uses every field of the wire on some rows, and leaves it out on others', async () => {
    const { emulator } = await stage({ tales: tellTales({ seed: 'test', now: NOON }) });
    const { conversations, messages, users } = emulator.store;

    const optional: [Iterable<object>, string[]][] = [
      [conversations.values(), ['currentWorkflowId', 'currentTaskId', 'properties']],
      [messages.values(), ['origin']],
      [users.values(), ['name', 'pictureUrl', 'properties', 'attributes']],
    ];

    for (const [rows, fields] of optional) {
      const all = [...rows];
      for (const field of fields) {
        const having = all.filter((row) => field in row).length;
        expect([field, having > 0, having < all.length]).toEqual([field, true, true]);
      }
    }
  });

  it('carries prefixed, plain and dotted tags that are all declared', async () => {
    const tales = tellTales({ seed: 'test', now: NOON });
    const { emulator, call } = await stage({ tales, undeclaredTags: 'refuse' });
    const rows = [...emulator.store.conversations.values()];
    const keys = new Set(rows.flatMap(({ tags }) => Object.keys(tags)));

    expect(keys).toContain('slack:id');
    expect(keys).toContain('crm.company');
    expect(new Set(rows.map(({ integration }) => integration)).size).toBeGreaterThan(3);
    expect(new Set(rows.map(({ channel }) => channel)).size).toBeGreaterThan(2);
    for (const { id, tags } of rows) {
      expect((await call(`PUT ${CONVERSATIONS}/${id}`, { tags })).status).toBe(200);
    }
  });

  it('lets people write through the bot, told apart by a tag', async () => {
    const { emulator } = await stage({ tales: [taleWithAgent()] });

    const last = [...emulator.store.messages.values()].at(-1);

    expect(last).toMatchObject({
      direction: 'outgoing',
      userId: emulator.credentials.botId,
      payload: { text: 'I am a person.' },
      tags: { agent: 'true' },
    });
  });

  it('shows the tasks of conversations in the seed generation', async () => {
    const tales = tellTales({ seed: 'test', count: 3, now: NOON });
    const { call } = await stage({ tales, generation: 'seed' });

    const { body } = await call(`GET ${CONVERSATIONS}?sortDirection=asc`);

    expect(eachAt(body, 'conversations', 'currentTaskId')).toContainEqual(
      expect.stringMatching(/^task_.{26}$/),
    );
  });

  it('has ids of 28 to 36 characters, the same in two emulators started alike', async () => {
    const tales = tellTales({ seed: 'test', now: NOON });
    const [one, two] = [await stage({ tales }), await stage({ tales })];

    expect(one.emulator.store).toEqual(two.emulator.store);
    const { conversations, messages, users } = one.emulator.store;
    for (const id of [...conversations.keys(), ...messages.keys(), ...users.keys()]) {
      expect(id.length).toBeGreaterThanOrEqual(28);
      expect(id.length).toBeLessThanOrEqual(36);
    }
  });

  it('is empty where no tales are told', async () => {
    const { call } = await stage();

    expect((await call(`GET ${CONVERSATIONS}`)).body).toEqual({ conversations: [], meta: {} });
  });
});

describe('the credentials', () => {
  it('are an origin, a token, a bot of 36 characters and a default integration', async () => {
    const emulator = await startBotpressEmulator();
    await emulator.close();

    expect(emulator.credentials).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      token: expect.stringMatching(/^bp_pat_/),
      botId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      integrationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      integrationAlias: 'webchat',
    });
  });
});

describe('a customer who writes', () => {
  it('writes as the user who takes part', async () => {
    const tales = tellTales({ seed: 'test', count: 1, now: NOON });
    const { emulator, call } = await stage({ tales });
    const [conversationId] = emulator.store.conversations.keys();
    const [userId] = emulator.store.users.keys();

    const said = await call('POST /__emulator/say', { conversationId, text: 'Anyone there?' });

    const { body } = await call(`GET /v1/chat/messages?conversationId=${conversationId}`);
    expect(said.status).toBe(201);
    expect(at(body, 'messages.0')).toMatchObject({
      type: 'text',
      payload: { text: 'Anyone there?' },
      direction: 'incoming',
      userId,
      createdAt: new Date(NOON).toISOString(),
    });
  });

  it('becomes a user where nobody took part', async () => {
    const { emulator, call } = await stage();
    const made = await call(`POST ${CONVERSATIONS}`, { channel: 'channel', tags: {} });
    const id = textAt(made.body, 'conversation.id');

    expect(emulator.say(id, 'Hello')).toBe(true);
    expect(emulator.say(id, 'Hello?')).toBe(true);

    expect([...(emulator.store.participants.get(id)?.keys() ?? [])]).toEqual([
      ...emulator.store.users.keys(),
    ]);
  });

  it('needs a conversation that is there', async () => {
    const { call } = await stage();

    const { status } = await call('POST /__emulator/say', { conversationId: 'none', text: 'Hi' });

    expect(status).toBe(404);
  });
});

describe('a fault', () => {
  it.each([
    [400, 'InvalidPayload'],
    [401, 'Unauthorized'],
    [402, 'PaymentRequired'],
    [403, 'Forbidden'],
    [404, 'ResourceNotFound'],
    [409, 'ResourceLockedConflict'],
    [410, 'ResourceGone'],
    [429, 'RateLimited'],
    [500, 'Internal'],
    [503, 'Unknown'],
    [504, 'OperationTimeout'],
  ])('of %i is worded as %s', async (status, type) => {
    const { call } = await stage();
    await call('POST /__emulator/faults', { kind: 'status', status, times: 1 });

    const answer = await call(`GET ${CONVERSATIONS}`);

    expect([answer.status, at(answer.body, 'code'), at(answer.body, 'type')]).toEqual([
      status,
      status,
      type,
    ]);
    expect(answer.headers.get('ratelimit-limit')).not.toBeNull();
  });

  it('of 429 says that nothing remains, and Retry-After only when told to', async () => {
    const { call, time } = await stage();
    await call(`GET ${CONVERSATIONS}`);
    time.now += 60_000;
    await call('POST /__emulator/faults', { kind: 'status', status: 429, times: 1 });
    await call('POST /__emulator/faults', { kind: 'status', status: 429, retryAfter: 2, times: 1 });

    const [bare, dated] = [await call(`GET ${CONVERSATIONS}`), await call(`GET ${CONVERSATIONS}`)];

    expect(bare.headers.get('ratelimit-remaining')).toBe('0');
    expect(bare.headers.get('ratelimit-reset')).toBe('1');
    expect(bare.headers.get('retry-after')).toBeNull();
    expect(dated.headers.get('retry-after')).toBe('2');
  });

  it('that cuts after accepting has done what was asked', async () => {
    const { call, emulator } = await stage();
    await call('POST /__emulator/faults', { kind: 'cut-after-accept', times: 1 });

    await expect(call(`POST ${CONVERSATIONS}`, { channel: 'channel', tags: {} })).rejects.toThrow(
      'fetch failed',
    );

    expect(emulator.store.conversations.size).toBe(1);
  });
});

describe('the journal', () => {
  it('has a row for each request with its query, status and body', async () => {
    const { call } = await stage();
    await call(`GET ${CONVERSATIONS}?tags.a=1`);
    await call(`POST ${CONVERSATIONS}`, { channel: 'channel' });

    const { body } = await call('GET /__emulator/journal');

    expect(body).toEqual([
      {
        method: 'GET',
        path: CONVERSATIONS,
        query: 'tags.a=1',
        status: 200,
        time: new Date(NOON).toISOString(),
        body: null,
      },
      {
        method: 'POST',
        path: CONVERSATIONS,
        query: '',
        status: 400,
        time: new Date(NOON).toISOString(),
        body: { channel: 'channel' },
      },
    ]);
  });
});

function taleWithAgent(): Tale {
  return {
    key: 'handed-over',
    person: { name: 'Ann', email: 'ann@example.com', phone: '+12025550100', company: 'Example' },
    subject: 'A person, please',
    summary: 'Wants a person',
    plan: 'free',
    vip: true,
    urgency: 'high',
    state: 'open',
    turns: [
      { by: 'customer', text: 'A person, please.', at: NOON - 3_000 },
      { by: 'bot', text: 'One moment.', at: NOON - 2_000 },
      { by: 'agent', text: 'I am a person.', at: NOON - 1_000 },
    ],
    sources: [],
  };
}
