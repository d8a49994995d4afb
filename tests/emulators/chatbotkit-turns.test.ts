// Turns of the emulated ChatBotKit's bot: the five verbs, the functions it calls, and who may listen in.

import { describe, expect, it } from 'vitest';
import type { ChatbotkitOptions } from '../../emulators/chatbotkit/index.ts';
import { callChatbotkit, linesOf, openStream, readUntil } from './chatbotkit-caller.ts';

describe('the verbs', () => {
  it('completes: a row of the user, a row of the bot, and the bot’s id, text, usage and reason', async () => {
    const { caller, path, rows } = await conversation();

    const { body } = await caller.post(`${path}/complete`, { text: '  How do I export?  ' });

    expect(body).toEqual({
      id: rows()[1]?.id,
      text: rows()[1]?.text,
      usage: { token: expect.any(Number) },
      end: { reason: 'stop' },
    });
    expect(rows()).toMatchObject([
      { type: 'user', text: 'How do I export?' },
      { type: 'bot', text: expect.stringContaining('How do I export?') },
    ]);
  });

  it('says the same to the same words', async () => {
    const { caller, path } = await conversation();

    const once = await caller.post(`${path}/complete`, { text: 'hello' });
    const again = await caller.post(`${path}/complete`, { text: 'hello' });

    expect(again.body['text']).toBe(once.body['text']);
  });

  it('completes without text: the bot goes on by itself', async () => {
    const { caller, path, rows } = await conversation();
    await caller.post(`${path}/send`, { text: 'hello' });

    const { body } = await caller.post(`${path}/complete`, {});

    expect(rows().map(({ type }) => type)).toEqual(['user', 'bot']);
    expect(body['id']).toBe(rows()[1]?.id);
  });

  it('sends: a row of the user and no answer', async () => {
    const { caller, path, rows } = await conversation();

    const { body } = await caller.post(`${path}/send`, { text: 'hello' });

    const [row] = rows();
    expect(rows()).toHaveLength(1);
    expect(body).toEqual({ id: row?.id, text: 'hello', entities: [], usage: { token: 0 } });
  });

  it('receives: a row of the bot, and a result without a reason', async () => {
    const { caller, path, rows } = await conversation();
    await caller.post(`${path}/send`, { text: 'hello' });

    const { body } = await caller.post(`${path}/receive`, {});

    expect(body).toEqual({
      id: rows()[1]?.id,
      text: rows()[1]?.text,
      usage: { token: expect.any(Number) },
    });
  });

  it('completes statelessly: nothing stored, and no id', async () => {
    const { post, emulator } = await callChatbotkit();
    const messages = [{ type: 'user', text: 'hello' }];

    const { body } = await post('/v1/conversation/complete', { messages });

    expect(body).toEqual({
      text: expect.stringContaining('hello'),
      usage: { token: expect.any(Number) },
      end: { reason: 'stop' },
    });
    expect(emulator.store.conversations.size + emulator.store.messages.size).toBe(0);
  });

  it('makes the contact of a stateless completion from its fingerprint', async () => {
    const { post, emulator } = await callChatbotkit();
    const contactId = { fingerprint: 'account-0000000000001', name: 'Ada' };

    await post('/v1/conversation/complete', {
      messages: [{ type: 'user', text: 'hello' }],
      contactId,
    });

    expect([...emulator.store.contacts.values()]).toMatchObject([contactId]);
  });

  it('wants messages for a stateless completion, and a namespace for its attachments', async () => {
    const { post } = await callChatbotkit();
    const attachments = [{ url: 'https://example.com/a.pdf' }];
    const messages = [{ type: 'user', text: 'hello' }];

    expect((await post('/v1/conversation/complete', {})).body['message']).toBe(
      '"messages" is required',
    );
    expect((await post('/v1/conversation/complete', { messages: [] })).status).toBe(400);
    const refused = await post('/v1/conversation/complete', { messages, attachments });
    expect([refused.status, refused.body['message']]).toEqual([
      400,
      'Attachments require a namespace',
    ]);
  });

  it('wants words to send, and no words to receive', async () => {
    const { caller, path } = await conversation();

    expect((await caller.post(`${path}/send`, {})).status).toBe(400);
    expect((await caller.post(`${path}/send`, { text: '   ' })).status).toBe(400);
    expect((await caller.post(`${path}/receive`, { text: 'hello' })).status).toBe(400);
  });

  it('keeps the rows of a turn in order though the clock stands', async () => {
    const { caller, path, rows } = await conversation();

    await caller.post(`${path}/complete`, { text: 'one' });
    await caller.post(`${path}/complete`, { text: 'two' });

    const times = rows().map(({ createdAt }) => createdAt);
    expect(new Set(times).size).toBe(4);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  it('takes entities on send as documented, or offsets alone', async () => {
    const entities = [{ type: 'NAME', begin: 0, end: 3, text: 'Ada' }];
    const loose = await conversation();
    const strict = await conversation({ entitiesOnSend: 'offsets' });
    const wish = { text: 'Ada here', entities };

    expect((await loose.caller.post(`${loose.path}/send`, wish)).status).toBe(200);
    expect((await strict.caller.post(`${strict.path}/send`, wish)).status).toBe(400);
  });
});

describe('functions', () => {
  const parameters = { type: 'object', properties: {} };

  it('are called when named or forced, and their data goes into two activity rows', async () => {
    const { caller, path, rows } = await conversation();
    const wish = { name: 'getBalance', description: 'The balance', parameters };
    const functions = [{ ...wish, result: { data: { euros: 5 } } }];

    const lines = await caller.lines(`${path}/complete`, { text: 'getBalance please', functions });

    expect(lines.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['operationBegin', 'operationEnd']),
    );
    expect(rows()).toMatchObject([
      { type: 'user' },
      {
        type: 'activity',
        meta: { activity: { type: 'request', function: { name: 'getBalance' } } },
      },
      { type: 'activity', meta: { activity: { function: { result: { euros: 5 } } } } },
      { type: 'bot' },
    ]);
  });

  it('without a result end the turn with reason activity', async () => {
    const { caller, path, rows } = await conversation();
    const call = { start: true };
    const functions = [{ name: 'askAgent', description: 'Asks', parameters, call }];

    const { body } = await caller.post(`${path}/complete`, { text: 'hello', functions });

    expect(body).toMatchObject({ id: rows()[1]?.id, text: '', end: { reason: 'activity' } });
    expect(rows().map(({ type }) => type)).toEqual(['user', 'activity']);
  });

  it('with a channel pause the stream until something is published there', async () => {
    const { caller, path } = await conversation();
    const channel = 'channel-of-16-characters';
    const functions = [
      { name: 'getWeather', description: 'Weather', parameters, result: { channel } },
    ];
    const response = await openStream(caller, `${path}/complete`, {
      text: 'getWeather',
      functions,
    });

    const before = await readUntil(response, '"waitForChannelMessageBegin"');
    const published = await caller.post(`/v1/channel/${channel}/publish`, {
      message: { result: 'rain' },
    });
    const text = before + (await readUntil(response, '"result"'));

    expect(published.body).toEqual({ id: channel });
    const lines = linesOf(text);
    const waiting = { channel, function: { name: 'getWeather', args: {} } };
    expect(lines.find(({ type }) => type === 'waitForChannelMessageBegin')?.['data']).toEqual(
      waiting,
    );
    expect(lines.find(({ type }) => type === 'waitForChannelMessageEnd')?.['data']).toEqual({
      ...waiting,
      message: { result: 'rain' },
    });
    expect(lines.at(-1)?.['type']).toBe('result');
    expect((await caller.post('/v1/channel/short/publish', { message: {} })).status).toBe(400);
  });

  it('are called no more often than the limits say', async () => {
    const { caller, path, rows } = await conversation();
    const functions = ['first', 'second'].map((name) => ({
      name,
      description: name,
      parameters,
      result: { data: name },
      call: { start: true },
    }));

    await caller.post(`${path}/complete`, { functions, limits: { calls: 1 } });

    expect(rows().map(({ type }) => type)).toEqual(['activity', 'activity', 'bot']);
    expect((await caller.post(`${path}/complete`, { limits: { calls: 0 } })).status).toBe(400);
  });

  it('are refused with odd names, without a description, or twice', async () => {
    const { caller, path } = await conversation();
    const fine = { name: 'look', description: 'Looks' };
    const refused = [[{ ...fine, name: '_look' }], [{ name: 'look' }], [fine, fine]];

    for (const functions of refused) {
      expect((await caller.post(`${path}/receive`, { functions })).status).toBe(400);
    }
  });
});

describe('the monitor channel of a conversation', () => {
  it('opens with a nop, then tells engine events without tokens, and no rows added by hand', async () => {
    const { caller, path } = await conversation();
    const monitor = await openStream(caller, `${path}/channel/subscribe`, {});

    await caller.post(`${path}/message/create`, { type: 'user', text: 'by hand' });
    await caller.post(`${path}/send`, { text: 'sent' });
    await caller.post(`${path}/receive`, {});
    const lines = linesOf(await readUntil(monitor, '"completeEnd"'));

    expect(lines[0]).toEqual({ type: 'nop', data: {} });
    expect(lines.slice(1).map(({ type }) => type)).toEqual(['message', 'message', 'message']);
    expect(lines.slice(1).map(({ data }) => data)).toMatchObject([
      { type: 'completeBegin', createdAt: caller.time.now },
      { type: 'message', data: { type: 'bot' } },
      { type: 'completeEnd' },
    ]);
  });

  it('tells its last events first when asked, as long as an hour has not passed', async () => {
    const { caller, path } = await conversation();
    await caller.post(`${path}/receive`, {});
    const replay = async (count: number) => {
      const stream = await openStream(caller, `${path}/channel/subscribe`, { historyLength: 2 });
      await caller.post(`${path}/receive`, {});
      const lines = linesOf(await readUntil(stream, '"completeBegin"'));
      return lines.slice(1, count + 1).map(({ data }) => data);
    };

    expect(await replay(3)).toMatchObject([
      { type: 'message' },
      { type: 'completeEnd' },
      { type: 'completeBegin' },
    ]);
    caller.time.now += 3_600_001;
    expect(await replay(1)).toMatchObject([{ type: 'completeBegin' }]);
  });

  it('is 404, 403 and 400 before it is a stream', async () => {
    const { caller, path } = await conversation();
    const authorization = `Bearer ${caller.emulator.credentials.foreignSecret}`;

    expect((await caller.post('/v1/conversation/cmissing/channel/subscribe')).status).toBe(404);
    expect((await caller.post(`${path}/channel/subscribe`, {}, { authorization })).status).toBe(
      403,
    );
    const tooLong = { historyLength: 10_001 };
    expect((await caller.post(`${path}/channel/subscribe`, tooLong)).status).toBe(400);
  });

  it('is left when its reader goes away', async () => {
    const { caller, path } = await conversation();
    const id = path.split('/').at(-1) ?? '';
    const going = new AbortController();
    const monitor = await openStream(caller, `${path}/channel/subscribe`, {}, going.signal);
    await readUntil(monitor, '"nop"');
    expect(caller.emulator.followers(id)).toBe(1);

    going.abort();

    await expect.poll(() => caller.emulator.followers(id)).toBe(0);
  });
});

async function conversation(options: ChatbotkitOptions = {}) {
  const caller = await callChatbotkit(options);
  const { id } = await caller.post('/v1/conversation/create');
  const { store } = caller.emulator;
  const rows = () =>
    [...store.messages.values()].toSorted((one, other) => one.createdAt - other.createdAt);
  return { caller, path: `/v1/conversation/${id}`, rows };
}
