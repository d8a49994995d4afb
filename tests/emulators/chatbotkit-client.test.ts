// The vendor's own client against the emulated ChatBotKit: each of its calls, its two gaps, its streams and retries.

import { ConversationClient } from '@chatbotkit/sdk/conversation/index.js';
import { describe, expect, it } from 'vitest';
import type { ChatbotkitOptions } from '../../emulators/chatbotkit/index.ts';
import { isRecord } from '../../emulators/emulator.ts';
import { callChatbotkit } from './chatbotkit-caller.ts';

describe('the official client', () => {
  it('creates a conversation', async () => {
    const { client, store } = await connect();

    const { id } = await client.create({ name: 'One', meta: { plan: 'pro' }, model: 'gpt-4o' });

    expect(store.conversations.get(id)).toMatchObject({ name: 'One', model: 'gpt-4o' });
  });

  it('turns a model with options into a string', async () => {
    const { client, store } = await connect();
    const model = { name: 'gpt-4o', config: { temperature: 0.5 } };

    const { id } = await client.create({ model });

    expect(store.conversations.get(id)?.model).toBe('gpt-4o/temperature=0.5');
  });

  it('fetches a conversation', async () => {
    const { client, time } = await connect();
    const { id } = await client.create({ name: 'One' });

    expect(await client.fetch(id)).toMatchObject({ id, name: 'One', createdAt: time.now });
  });

  it('lists conversations by page and by meta', async () => {
    const { client, time } = await connect();
    const { id: first } = await client.create({ meta: { vip: true } });
    time.now += 1;
    const { id: second } = await client.create({ meta: { vip: false } });

    const page = await client.list({ take: 1 });
    const next = await client.list({ take: 1, cursor: page.cursor });
    const vips = await client.list({ meta: { vip: 'true' } });

    expect(page.items.map(({ id }) => id)).toEqual([second]);
    expect(next.items.map(({ id }) => id)).toEqual([first]);
    expect(vips.items.map(({ id }) => id)).toEqual([first]);
  });

  it('streams a list of conversations', async () => {
    const { client } = await connect();
    const { id } = await client.create({ name: 'One' });
    const ids: string[] = [];

    for await (const { data } of client.list().stream()) ids.push(data.id);

    expect(ids).toEqual([id]);
  });

  it('updates a conversation', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({ name: 'One', meta: { plan: 'pro' } });

    await client.update(id, { name: 'Two', meta: { $update: { vip: true } } });

    expect(store.conversations.get(id)).toMatchObject({
      name: 'Two',
      meta: { plan: 'pro', vip: true },
    });
  });

  it('deletes a conversation', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});

    expect(await client.delete(id)).toEqual({ id });
    expect(store.conversations.size).toBe(0);
  });

  it('completes without a conversation', async () => {
    const { client, store } = await connect();

    const answer = await client.complete(null, { messages: [{ type: 'user', text: 'hello' }] });

    expect(answer).toMatchObject({ end: { reason: 'stop' }, usage: { token: expect.any(Number) } });
    expect(store.messages.size).toBe(0);
  });

  it('completes in a conversation', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});

    const answer = await client.complete(id, { text: 'hello' });

    expect(store.messages.get(answer.id)).toMatchObject({ type: 'bot', text: answer.text });
  });

  it('sends', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});

    const sent = await client.send(id, { text: 'hello' });

    expect(store.messages.get(sent.id)).toMatchObject({ type: 'user', text: 'hello' });
    expect(store.messages.size).toBe(1);
  });

  it('receives', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});

    const received = await client.receive(id, {});

    expect(store.messages.get(received.id)).toMatchObject({ type: 'bot', text: received.text });
  });

  it('creates a message', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});

    const created = await client.message.create(id, { type: 'context', text: 'hello' });

    expect(created.entities).toEqual([]);
    expect(store.messages.get(created.id)).toMatchObject({ type: 'context', text: 'hello' });
  });

  it('fetches a message', async () => {
    const { client } = await connect();
    const { id } = await client.create({});
    const message = await client.message.create(id, { type: 'user', text: 'hello', name: 'First' });

    expect(await client.message.fetch(id, message.id)).toMatchObject({
      id: message.id,
      text: 'hello',
      name: 'First',
    });
  });

  it('lists messages', async () => {
    const { client, time } = await connect();
    const { id } = await client.create({});
    for (const text of ['one', 'two', 'three']) {
      time.now += 1;
      await client.message.create(id, { type: 'user', text });
    }

    const { items, cursor } = await client.message.list(id, { take: 2 });

    expect(items.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(cursor).toBe(items[1]?.id);
  });

  it('updates a message', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});
    const message = await client.message.create(id, { type: 'user', text: 'helo' });

    await client.message.update(id, message.id, { text: 'hello' });

    expect(store.messages.get(message.id)?.text).toBe('hello');
  });

  it('deletes a message', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});
    const message = await client.message.create(id, { type: 'user', text: 'hello' });

    expect(await client.message.delete(id, message.id)).toEqual({ id: message.id });
    expect(store.messages.size).toBe(0);
  });

  it('creates a session whose token is a secret of its own', async () => {
    const { client, store, url } = await connect();
    const { id } = await client.create({});

    const { token, expiresAt } = await client.session.create(id, { durationInSeconds: 1800 });
    const visitor = new ConversationClient({ secret: token, baseUrl: url, retries: 0 });
    const { id: said } = await visitor.send(id, { text: 'hello' });

    expect(expiresAt).toBe(1_790_000_000_000 + 1_800_000);
    expect(store.messages.get(said ?? '')?.text).toBe('hello');
    await expect(visitor.fetch(id)).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
  });

  it('has no call to upsert a contact, but reaches it, and takes the 304 for a failure', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});
    const upsert = () =>
      client.clientFetch(`/api/v1/conversation/${id}/contact/upsert`, { record: { name: 'Ada' } });

    const contact = await upsert();

    expect(contact).toEqual({ id: [...store.contacts.keys()][0] });
    await expect(upsert()).rejects.toMatchObject({ code: 'GENERIC_ERROR' });
  });

  it('uploads to an address that is not there, but reaches the right one in two steps', async () => {
    const { client, store } = await connect();
    const { id } = await client.create({});
    const file = { type: 'text/plain', size: 5, name: 'hello.txt' };

    await expect(
      client.attachment.upload(id, { data: 'hello', type: 'text/plain', name: 'hello.txt' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const answer: unknown = await client.clientFetch(
      `/api/v1/conversation/${id}/attachment/upload`,
      { record: { file } },
    );
    const { method, url, headers } = uploadRequestIn(answer);
    const buffer = new TextEncoder().encode('hello').buffer;
    await client.clientFetch(url, { method, headers, buffer, external: true });

    const [attachment] = [...store.attachments.values()];
    expect(answer).toMatchObject({ id: attachment?.id, name: `${attachment?.id}.txt` });
    expect(attachment?.bytes?.toString()).toBe('hello');
  });

  it('parses the stream of a completion, cut anywhere', async () => {
    const { client, store } = await connect({ chunkBytes: 5 });
    const { id } = await client.create({});
    const kinds: string[] = [];
    let said = '';

    for await (const event of client.complete(id, { text: 'hello' }).stream()) {
      kinds.push(event.type);
      if (event.type === 'token') said += event.data.token;
    }

    expect([kinds[0], kinds.at(-1)]).toEqual(['sendResult', 'result']);
    expect([...store.messages.values()].find(({ type }) => type === 'bot')?.text).toBe(said);
  });

  it('parses an error in the middle of a stream as an event', async () => {
    const { client, emulator } = await connect();
    const { id } = await client.create({});
    const failure = { beforeToken: 1, code: 'BAD_GATEWAY', message: 'Gone' } as const;
    emulator.stage({ reply: 'one two', failure });
    const kinds: string[] = [];

    for await (const { type } of client.receive(id, {}).stream()) kinds.push(type ?? '');

    expect(kinds).toEqual(['completeBegin', 'token', 'error']);
  });

  it('is told the code and the words of a refusal', async () => {
    const { client } = await connect();

    await expect(client.fetch('cmissing')).rejects.toMatchObject({
      name: 'FetchError',
      code: 'NOT_FOUND',
      message: 'Not found',
    });
  });

  it('repeats a POST after a 500, four attempts in all', async () => {
    const { client, emulator, store } = await connect({}, { retries: 3, retryDelay: 1 });
    emulator.inject({ kind: 'status', status: 500, times: 3 });

    await client.create({ name: 'One' });

    expect(emulator.journal.map(({ status }) => status)).toEqual([500, 500, 500, 200]);
    expect(store.conversations.size).toBe(1);
  });

  it('runs as a child, by id and by email', async () => {
    const { emulator, store, url } = await connect();
    const { secret, childUserId, childUserEmail } = emulator.credentials;
    const byId = new ConversationClient({ secret, baseUrl: url, runAsUserId: childUserId });
    const byEmail = new ConversationClient({
      secret,
      baseUrl: url,
      runAsChildUserEmail: childUserEmail,
    });

    const { id } = await byId.create({});

    expect(store.conversations.get(id)?.userId).toBe(childUserId);
    expect(await byEmail.fetch(id)).toMatchObject({ id });
  });
});

function uploadRequestIn(answer: unknown) {
  const request = isRecord(answer) ? answer['uploadRequest'] : undefined;
  if (!isRecord(request) || !isRecord(request['headers'])) throw new Error('No upload request.');
  const headers = Object.entries(request['headers']).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return {
    method: String(request['method']),
    url: String(request['url']),
    headers: Object.fromEntries(headers),
  };
}

async function connect(
  options: ChatbotkitOptions = {},
  patience: { retries: number; retryDelay?: number } = { retries: 0 },
) {
  const { emulator, time } = await callChatbotkit(options);
  const { url, secret } = emulator.credentials;
  const client = new ConversationClient({ secret, baseUrl: url, ...patience });
  return { client, emulator, time, url, store: emulator.store };
}
