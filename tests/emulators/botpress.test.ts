// The vendor's own client, pointed at the emulator, gets along with it.

import { Client, isApiError } from '@botpress/client';
import { describe, expect, it } from 'vitest';
import { NOON, type Stage, stage } from './botpress-stage.ts';

// The client's axios honours proxy settings of the environment, for loopback too.
process.env['NO_PROXY'] = '127.0.0.1';

describe('conversations', () => {
  it('are created with a channel, an integration, tags and no messages', async () => {
    const { client, status } = clientOn(await stage());

    const { conversation } = await client.createConversation({
      channel: 'dm',
      integrationName: 'slack',
      tags: { plan: 'pro' },
    });

    expect(status()).toBe(201);
    expect(conversation).toEqual({
      id: expect.stringMatching(/^conv_[0-9A-HJKMNP-TV-Z]{26}$/),
      createdAt: new Date(NOON).toISOString(),
      updatedAt: new Date(NOON).toISOString(),
      channel: 'dm',
      integration: 'slack',
      tags: { plan: 'pro' },
      messageCount: 0,
    });
  });

  it('are found again by the discriminating tags, and the other tags are written', async () => {
    const { client, store } = clientOn(await stage());
    const discriminateByTags = ['ext'];

    const first = await client.getOrCreateConversation({
      channel: 'channel',
      tags: { ext: '1', x: 'a' },
      discriminateByTags,
    });
    const second = await client.getOrCreateConversation({
      channel: 'channel',
      tags: { ext: '1', x: 'b' },
      discriminateByTags,
    });

    expect([first.meta.created, second.meta.created]).toEqual([true, false]);
    expect(second.conversation.id).toBe(first.conversation.id);
    expect([...store.conversations.values()].map(({ tags }) => tags)).toEqual([
      { ext: '1', x: 'b' },
    ]);
  });

  it('merge their tags on update: empty removes, unmentioned stays', async () => {
    const { client, time } = clientOn(await stage());
    const { conversation } = await client.createConversation({
      channel: 'channel',
      tags: { a: '1', kept: 'yes' },
    });
    time.now += 5;

    const updated = await client.updateConversation({
      id: conversation.id,
      tags: { a: '', b: '2' },
    });

    expect(updated.conversation.tags).toEqual({ kept: 'yes', b: '2' });
    expect(updated.conversation.updatedAt > conversation.updatedAt).toBe(true);
  });

  it('that are not there reject with the id of the error in the body', async () => {
    const { client, stage: staged } = clientOn(await stage());

    const thrown = await rejection(client.getConversation({ id: 'conv_unknown' }));
    const { body } = await staged.call('GET /v1/chat/conversations/conv_unknown');

    expect(thrown).toMatchObject({
      isApiError: true,
      code: 404,
      type: 'ResourceNotFound',
      id: expect.stringMatching(/^err_20260501120000x[0-9A-F]{8}$/),
    });
    expect(body).toMatchObject({ code: 404, type: 'ResourceNotFound' });
  });

  it('are listed by dotted tags and repeated participant ids', async () => {
    const { client, emulator } = clientOn(await stage());
    const { user: ann } = await client.createUser({ tags: {}, name: 'Ann' });
    const { user: ben } = await client.createUser({ tags: {}, name: 'Ben' });
    const tags = { 'slack:id': 'C 1+&' };
    const { conversation: both } = await client.createConversation({ channel: 'dm', tags });
    const { conversation: one } = await client.createConversation({ channel: 'dm', tags });
    await client.createConversation({ channel: 'dm', tags: { 'slack:id': 'C2' } });
    await client.addParticipant({ id: both.id, userId: ann.id });
    await client.addParticipant({ id: both.id, userId: ben.id });
    await client.addParticipant({ id: one.id, userId: ann.id });

    const { conversations } = await client.listConversations({
      tags,
      participantIds: [ann.id, ben.id],
      sortField: 'createdAt',
      sortDirection: 'asc',
    });

    expect(conversations.map(({ id }) => id)).toEqual([both.id]);
    expect(emulator.journal.at(-1)?.query).toBe(
      `sortField=createdAt&sortDirection=asc&tags.slack%3Aid=C%201%2B%26&participantIds=${ann.id}&participantIds=${ben.id}`,
    );
  });

  it('are deleted with their messages', async () => {
    const { client, store, emulator } = clientOn(await stage());
    const { conversation } = await client.createConversation({ channel: 'channel', tags: {} });
    const { message } = await client.createMessage({
      conversationId: conversation.id,
      userId: emulator.credentials.botId,
      type: 'text',
      payload: { text: 'Hello' },
      tags: {},
    });

    expect(await client.deleteConversation({ id: conversation.id })).toEqual({});

    expect(await rejection(client.getMessage({ id: message.id }))).toMatchObject({ code: 404 });
    expect(store.messages.size).toBe(0);
  });
});

describe('messages', () => {
  it('are walked newest first over two pages, by a token that needs encoding', async () => {
    const { client, emulator, time } = clientOn(await stage());
    const { conversation } = await client.createConversation({ channel: 'channel', tags: {} });
    for (let number = 1; number <= 25; number += 1) {
      time.now += 1_000;
      emulator.say(conversation.id, `Message ${number}`);
    }
    emulator.forget();

    const walked = await client.list.messages({ conversationId: conversation.id }).collect();

    expect(walked.map(({ payload }) => payload['text'])).toEqual(
      Array.from({ length: 25 }, (_, index) => `Message ${25 - index}`),
    );
    expect(emulator.journal).toHaveLength(2);
    const token = new URLSearchParams(emulator.journal[1]?.query).get('nextToken');
    expect(token).toMatch(/^(?=.*\+)(?=.*\/)(?=.*=)[A-Za-z0-9+/=]+$/);
  });

  it('go out when the bot writes and come in when an integration does', async () => {
    const staged = await stage();
    const { client, emulator, status } = clientOn(staged);
    const { client: integration } = clientOn(staged, {
      integrationId: emulator.credentials.integrationId,
      integrationAlias: emulator.credentials.integrationAlias,
    });
    const { conversation } = await client.createConversation({ channel: 'channel', tags: {} });
    const { user } = await integration.createUser({ tags: {} });
    const written = {
      conversationId: conversation.id,
      type: 'text',
      payload: { text: 'Hi' },
      tags: {},
    };

    const out = await client.createMessage({ ...written, userId: emulator.credentials.botId });
    expect(status()).toBe(201);
    const incoming = await integration.createMessage({ ...written, userId: user.id });

    expect(out.message).toEqual({
      ...written,
      id: expect.stringMatching(/^msg_[0-9A-HJKMNP-TV-Z]{26}$/),
      createdAt: new Date(NOON).toISOString(),
      updatedAt: new Date(NOON).toISOString(),
      userId: emulator.credentials.botId,
      direction: 'outgoing',
    });
    expect(incoming.message).toMatchObject({ direction: 'incoming', userId: user.id });
  });

  it('got or created twice by the same tag are one', async () => {
    const { client, emulator, store } = clientOn(await stage());
    const { conversation } = await client.createConversation({ channel: 'channel', tags: {} });
    const written = {
      conversationId: conversation.id,
      userId: emulator.credentials.botId,
      type: 'text',
      tags: { ts: '1' },
      discriminateByTags: ['ts'],
    };

    const first = await client.getOrCreateMessage({ ...written, payload: { text: 'One' } });
    const second = await client.getOrCreateMessage({ ...written, payload: { text: 'Uno' } });

    expect([first.meta.created, second.meta.created]).toEqual([true, false]);
    expect([...store.messages.values()]).toMatchObject([
      { id: second.message.id, payload: { text: 'Uno' } },
    ]);
  });

  it('keep their type on update, and after deletion are not found', async () => {
    const { client, emulator } = clientOn(await stage());
    const { conversation } = await client.createConversation({ channel: 'channel', tags: {} });
    const { message } = await client.createMessage({
      conversationId: conversation.id,
      userId: emulator.credentials.botId,
      type: 'text',
      payload: { text: 'Teh', extra: 1 },
      tags: { draft: 'true' },
    });

    const updated = await client.updateMessage({
      id: message.id,
      tags: {},
      payload: { text: 'The' },
    });
    const removed = await client.deleteMessage({ id: message.id });

    expect(updated.message).toMatchObject({ type: 'text', tags: { draft: 'true' } });
    expect(updated.message.payload).toEqual({ text: 'The' });
    expect(removed).toEqual({});
    expect(emulator.journal.at(-1)).toMatchObject({ method: 'DELETE', body: {} });
    expect(await rejection(client.getMessage({ id: message.id }))).toMatchObject({
      type: 'ResourceNotFound',
    });
  });
});

describe('users', () => {
  it('take part in conversations and leave them', async () => {
    const { client, status } = clientOn(await stage());
    const { conversation } = await client.createConversation({ channel: 'channel', tags: {} });
    const { user } = await client.getOrCreateUser({ tags: { email: 'ann@example.com' } });
    const place = { id: conversation.id, userId: user.id };

    expect(await client.addParticipant(place)).toEqual({ participant: user });
    expect(status()).toBe(200);
    expect(await client.listParticipants({ id: conversation.id })).toEqual({
      participants: [user],
      meta: {},
    });
    expect(await client.getParticipant(place)).toEqual({ participant: user });
    expect(await client.removeParticipant(place)).toEqual({});
    expect(await rejection(client.getParticipant(place))).toMatchObject({ code: 404 });
  });

  it('are created, updated with nulls that clear, listed and deleted', async () => {
    const { client, store } = clientOn(await stage());
    const { user } = await client.createUser({
      tags: { email: 'ann@example.com' },
      name: 'Ann',
      pictureUrl: 'https://media.example.com/ann.png',
      properties: { seat: '4' },
    });

    const updated = await client.updateUser({
      id: user.id,
      name: null,
      tags: { email: null, vip: 'true' },
      properties: { seat: null, row: '2' },
    });
    const listed = await client.list.users({ tags: { vip: 'true' } }).collect();
    await client.deleteUser({ id: user.id });

    expect(user.id).toMatch(/^user_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(updated.user).toMatchObject({
      tags: { vip: 'true' },
      pictureUrl: 'https://media.example.com/ann.png',
      properties: { row: '2' },
    });
    expect(updated.user).not.toHaveProperty('name');
    expect(listed.map(({ id }) => id)).toEqual([user.id]);
    expect(store.users.size).toBe(0);
  });

  it('are found by the discriminating tag and given their new name', async () => {
    const { client } = clientOn(await stage());
    const discriminateByTags = ['email'];

    const first = await client.getOrCreateUser({
      tags: { email: 'ann@example.com' },
      name: 'Ann',
      discriminateByTags,
    });
    const second = await client.getOrCreateUser({
      tags: { email: 'ann@example.com' },
      name: 'Ann Bee',
      discriminateByTags,
    });

    expect([first.meta.created, second.meta.created]).toEqual([true, false]);
    expect(second.user).toMatchObject({ id: first.user.id, name: 'Ann Bee' });
  });
});

describe('trouble', () => {
  it('of a 429 reaches the client as RateLimited', async () => {
    const { client, emulator } = clientOn(await stage());
    emulator.inject({ kind: 'status', status: 429, times: 1 });

    const thrown = await rejection(client.listConversations({}));

    expect(isApiError(thrown)).toBe(true);
    expect(thrown).toMatchObject({ code: 429, type: 'RateLimited' });
    expect(await client.listConversations({})).toEqual({ conversations: [], meta: {} });
  });

  it('in the shape of the errors page loses its type in the client', async () => {
    const { client, emulator } = clientOn(await stage({ errorShape: 'docs' }));
    emulator.inject({ kind: 'status', status: 429, times: 1 });

    expect(await rejection(client.listConversations({}))).toMatchObject({
      code: 500,
      type: 'Unknown',
    });
  });

  it('with the token or the bot is told by its type', async () => {
    const staged = await stage();
    const { client: stranger } = clientOn(staged, { token: 'bp_pat_wrong' });
    const { client: elsewhere } = clientOn(staged, {
      botId: '00000000-0000-4000-8000-000000000000',
    });

    expect(await rejection(stranger.listConversations({}))).toMatchObject({
      code: 401,
      type: 'Unauthorized',
    });
    expect(await rejection(elsewhere.listConversations({}))).toMatchObject({
      code: 403,
      type: 'Forbidden',
    });
  });
});

interface Identity {
  readonly token?: string;
  readonly botId?: string;
  readonly integrationId?: string;
  readonly integrationAlias?: string;
}

function clientOn(staged: Stage, identity: Identity = {}) {
  const { emulator, time } = staged;
  const { url, token, botId } = emulator.credentials;
  return {
    client: new Client({ apiUrl: url, token, botId, ...identity }),
    stage: staged,
    emulator,
    store: emulator.store,
    time,
    /** Of the last answer, which the client does not tell. */
    status: () => emulator.journal.at(-1)?.status,
  };
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { resolvedInstead: await promise };
  } catch (error) {
    return error;
  }
}
