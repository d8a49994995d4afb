// Where nobody knows what Botpress does, or it did otherwise before: each position of the emulator's switches.

import { describe, expect, it } from 'vitest';
import type { BotpressOptions } from '../../emulators/botpress/index.ts';
import { at, eachAt, NOON, type Stage, stage, textAt } from './botpress-stage.ts';

const CONVERSATIONS = '/v1/chat/conversations';
const MESSAGES = '/v1/chat/messages';
const USERS = '/v1/chat/users';

describe('the current generation', () => {
  it('takes a currentTaskId and ignores it', async () => {
    const { call, id } = await scene();

    const { status, body } = await call(`PUT ${CONVERSATIONS}/${id}`, { currentTaskId: 'task_1' });

    expect(status).toBe(200);
    expect(at(body, 'conversation')).not.toHaveProperty('currentTaskId');
  });

  it('unsets a tag by null as by an empty string', async () => {
    const { call, id } = await scene();

    const { body } = await call(`PUT ${CONVERSATIONS}/${id}`, { tags: { a: null, b: '' } });

    expect(at(body, 'conversation.tags')).toEqual({});
  });

  it('keeps properties beside the tags', async () => {
    const { call } = await scene();

    const made = await call(`POST ${CONVERSATIONS}`, {
      channel: 'channel',
      tags: {},
      properties: { seat: '4', row: '2' },
    });
    const id = textAt(made.body, 'conversation.id');
    const updated = await call(`PUT ${CONVERSATIONS}/${id}`, { properties: { seat: null } });

    expect(at(updated.body, 'conversation.properties')).toEqual({ row: '2' });
  });

  it('counts messages up and down', async () => {
    const { call, id, emulator } = await scene();
    emulator.say(id, 'One');
    emulator.say(id, 'Two');
    const [first] = emulator.store.messages.keys();
    await call(`DELETE ${MESSAGES}/${first}`, {});

    const { body } = await call(`GET ${CONVERSATIONS}/${id}`);

    expect(at(body, 'conversation.messageCount')).toBe(1);
  });
});

describe('the seed generation', () => {
  it('keeps a currentTaskId and counts no messages', async () => {
    const { call, id } = await scene({ generation: 'seed' });

    await call(`PUT ${CONVERSATIONS}/${id}`, { currentTaskId: 'task_1' });
    const { body } = await call(`GET ${CONVERSATIONS}/${id}`);

    expect(at(body, 'conversation.currentTaskId')).toBe('task_1');
    expect(at(body, 'conversation')).not.toHaveProperty('messageCount');
  });

  it('finds without saying so and without writing', async () => {
    const { call, emulator } = await scene({ generation: 'seed' });

    const { status, body } = await call(`POST ${CONVERSATIONS}/get-or-create`, {
      channel: 'channel',
      tags: { a: '1', b: 'new' },
      discriminateByTags: ['a'],
    });

    expect(status).toBe(200);
    expect(body).not.toHaveProperty('meta');
    expect(at(body, 'conversation.tags')).toEqual({ a: '1', b: '2' });
    expect(emulator.store.conversations.size).toBe(1);
  });

  it('refuses null tags and properties, and ignores pageSize and message counts', async () => {
    const { call, id } = await scene({ generation: 'seed' });

    const unset = await call(`PUT ${CONVERSATIONS}/${id}`, { tags: { a: null } });
    const properties = await call(`PUT ${CONVERSATIONS}/${id}`, { properties: {} });
    const listed = await call(`GET ${CONVERSATIONS}?pageSize=0&minMessageCount=5`);

    expect([unset.status, properties.status]).toEqual([400, 400]);
    expect(eachAt(listed.body, 'conversations', 'id')).toEqual([id]);
  });

  it('requires tags to update a message and a payload to get or create one', async () => {
    const { call, id, emulator } = await scene({ generation: 'seed' });
    emulator.say(id, 'Hello');
    const [message] = emulator.store.messages.keys();

    const updated = await call(`PUT ${MESSAGES}/${message}`, { payload: { text: 'Hi' } });
    const gotten = await call(`POST ${MESSAGES}/get-or-create`, {
      conversationId: id,
      userId: emulator.credentials.botId,
      type: 'text',
      tags: {},
    });

    expect(at(updated.body, 'message')).toContain('tags');
    expect(at(gotten.body, 'message')).toContain('payload');
  });
});

describe('get-or-create', () => {
  it('without a list compares all tags, both ways', async () => {
    const { call, id } = await scene();

    const less = await getOrCreate(call, { tags: { a: '1' } });
    const same = await getOrCreate(call, { tags: { b: '2', a: '1' } });

    expect(at(less.body, 'meta.created')).toBe(true);
    expect(at(same.body, 'conversation.id')).toBe(id);
  });

  it('with a list compares the listed tags alone', async () => {
    const { call, id } = await scene();

    const other = await getOrCreate(call, { tags: { a: '9', b: '2' }, discriminateByTags: ['b'] });

    expect(at(other.body, 'conversation.id')).toBe(id);
    expect(at(other.body, 'conversation.tags')).toEqual({ a: '9', b: '2' });
  });

  it('looks within the channel only, and for a bot in every integration', async () => {
    const { call } = await stage();
    const slack = { channel: 'dm', tags: { 'slack:id': 'C1' }, integrationName: 'slack' };
    const made = await call(`POST ${CONVERSATIONS}`, slack);

    const unnamed = await getOrCreate(call, { channel: 'dm', tags: slack.tags });
    const thread = await getOrCreate(call, { channel: 'thread', tags: slack.tags });
    const telegram = await getOrCreate(call, { ...slack, integrationName: 'telegram' });

    expect(at(unnamed.body, 'conversation.id')).toBe(at(made.body, 'conversation.id'));
    expect(at(thread.body, 'meta.created')).toBe(true);
    expect(at(telegram.body, 'meta.created')).toBe(true);
  });

  it('takes null for no tag when it creates', async () => {
    const { call } = await stage();

    const { body } = await getOrCreate(call, { tags: { a: '1', b: null, c: '' } });

    expect(at(body, 'conversation.tags')).toEqual({ a: '1' });
  });

  it('that changes nothing does not touch the row', async () => {
    const { call, id, time, emulator } = await scene();
    time.now += 1_000;

    await getOrCreate(call, { tags: { a: '1', b: '2' } });

    expect(emulator.store.conversations.get(id)?.updatedAt).toBe(new Date(NOON).toISOString());
  });

  it.each([
    ['newest', 1],
    ['oldest', 0],
  ] as const)('of several that match takes the %s', async (getOrCreateTies, index) => {
    const { call, emulator } = await scene({ getOrCreateTies });
    await call(`POST ${CONVERSATIONS}`, { channel: 'channel', tags: { a: '1', b: '2' } });

    const { body } = await getOrCreate(call, { tags: { a: '1', b: '2' } });

    const ids = [...emulator.store.conversations.keys()];
    expect(at(body, 'conversation.id')).toBe(ids[index]);
  });

  it.each([
    ['refuse', 400],
    ['ignore', 200],
  ] as const)('may %s a listed tag without a value', async (missingDiscriminator, expected) => {
    const { call } = await scene({ missingDiscriminator });

    const { status } = await getOrCreate(call, {
      tags: { a: '1', b: '2' },
      discriminateByTags: ['a', 'c'],
    });

    expect(status).toBe(expected);
  });

  it('of a message without a payload leaves the one that is there', async () => {
    const { call, id, emulator } = await scene();
    const said = {
      conversationId: id,
      userId: emulator.credentials.botId,
      type: 'text',
      tags: { ts: '1' },
    };
    await call(`POST ${MESSAGES}`, { ...said, payload: { text: 'Hi' } });

    const { body } = await call(`POST ${MESSAGES}/get-or-create`, said);

    expect(at(body, 'meta.created')).toBe(false);
    expect(at(body, 'message.payload')).toEqual({ text: 'Hi' });
  });
});

describe('a switch', () => {
  it.each([
    [true, NOON + 1_000],
    [false, NOON],
  ])('messageBumpsConversation: %s dates the conversation', async (on, expected) => {
    const { id, emulator, time } = await scene({ messageBumpsConversation: on });
    time.now += 1_000;

    emulator.say(id, 'Hello');

    const updatedAt = emulator.store.conversations.get(id)?.updatedAt;
    expect(updatedAt).toBe(new Date(expected).toISOString());
  });

  it.each([
    ['replace', { text: 'New' }],
    ['merge', { text: 'New', extra: 1 }],
  ] as const)('payloadUpdate: %s updates a payload', async (payloadUpdate, expected) => {
    const { call, id, emulator } = await scene({ payloadUpdate });
    const made = await call(`POST ${MESSAGES}`, {
      conversationId: id,
      userId: emulator.credentials.botId,
      type: 'text',
      payload: { text: 'Old', extra: 1 },
      tags: {},
    });

    const { body } = await call(`PUT ${MESSAGES}/${textAt(made.body, 'message.id')}`, {
      payload: { text: 'New' },
    });

    expect(at(body, 'message.payload')).toEqual(expected);
  });

  it.each([
    ['accept', 200, { a: '1', b: '2', z: '3', plan: 'pro' }],
    ['refuse', 400, { a: '1', b: '2' }],
    ['drop', 200, { a: '1', b: '2', plan: 'pro' }],
  ] as const)('undeclaredTags: %s meets an undeclared tag', async (undeclaredTags, ...expected) => {
    const declaredTags = { conversation: ['a', 'b', 'plan'], message: [], user: [] };
    const { call, id, emulator } = await scene({ undeclaredTags, declaredTags });

    const { status } = await call(`PUT ${CONVERSATIONS}/${id}`, { tags: { z: '3', plan: 'pro' } });

    expect([status, emulator.store.conversations.get(id)?.tags]).toEqual(expected);
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('writersJoin: %s lets a writer take part', async (writersJoin, expected) => {
    const { call, id } = await scene({ writersJoin });
    const { body: made } = await call(`POST ${USERS}`, { tags: {} });

    await call(`POST ${MESSAGES}`, {
      conversationId: id,
      userId: textAt(made, 'user.id'),
      type: 'text',
      payload: { text: 'Hi' },
      tags: {},
    });

    const { body } = await call(`GET ${CONVERSATIONS}/${id}/participants`);
    expect(eachAt(body, 'participants', 'id')).toHaveLength(expected);
  });

  it('maxPageSize bounds what is asked for', async () => {
    const { call } = await scene({ maxPageSize: 1 });
    await getOrCreate(call, { tags: {} });

    const { body } = await call(`GET ${CONVERSATIONS}?pageSize=50`);

    expect(eachAt(body, 'conversations', 'id')).toHaveLength(1);
  });
});

/** A stage with one conversation of two tags. */
async function scene(options: BotpressOptions = {}) {
  const staged = await stage(options);
  const said = { channel: 'channel', tags: { a: '1', b: '2' } };
  const { body } = await staged.call(`POST ${CONVERSATIONS}`, said);
  return { ...staged, id: textAt(body, 'conversation.id') };
}

function getOrCreate(call: Stage['call'], said: Record<string, unknown>) {
  return call(`POST ${CONVERSATIONS}/get-or-create`, { channel: 'channel', ...said });
}
