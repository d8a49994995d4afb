// What is posted to the gateway: an event once it is true, and nothing at all where it is not from there.

import { once } from 'node:events';
import { request as openRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fate, Signal } from '../../emulators/botpress/webhooks.ts';
import { providerName } from '../../src/domain/ids.ts';
import { appendedTo } from '../support/event-log.ts';
import { FEW, leaksIn, refusalsIn, type Said, send } from '../support/hostile.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

const SECRET = 'a-word-that-nobody-else-knows';

/** A gateway that is posted to, and a conversation of the Chat integration. */
async function scene() {
  const parlance = await startParlance({ ...FEW, webhookSecret: SECRET });
  const { botpress } = parlance.world;
  const home = [...botpress.store.conversations.values()].find(
    ({ integration }) => integration === 'webchat',
  );
  if (!home) throw new Error('Expected a conversation of the Chat integration.');
  return { ...parlance, botpress, id: home.id };
}

/** What happened by the log, as kind and words. */
async function events({ parlance }: Pick<TestParlance, 'parlance'>): Promise<string[]> {
  const appended = await appendedTo(parlance.events);
  return appended.map(({ fact }) =>
    'message' in fact ? `${fact.kind} ${fact.message?.text}` : fact.kind,
  );
}

function post(
  { url }: Pick<TestParlance, 'url'>,
  body: unknown,
  {
    to = 'website',
    secret = SECRET,
    ...init
  }: { readonly to?: string; readonly secret?: string } & RequestInit = {},
): Promise<Said> {
  return send(`${url}/webhooks/${to}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(secret && { 'x-secret-key': secret }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
}

/** Something that happened, and that was posted to nobody. */
async function unheard({ botpress, id }: Awaited<ReturnType<typeof scene>>): Promise<Signal> {
  const signals: Signal[] = [];
  botpress.webhooks.fate((signal) => {
    signals.push(signal);
    return 'dropped';
  });
  botpress.say(id, 'hello');
  botpress.forget();
  const [signal] = signals;
  if (!signal) throw new Error('Expected something to have happened.');
  return signal;
}

describe('what happens in a conversation of the Chat integration', () => {
  it('is one event, whoever writes', async () => {
    const parlance = await scene();
    const { botpress, id } = parlance;

    botpress.say(id, 'a customer');
    await sayAsBot(parlance, 'a bot');
    await botpress.webhooks.settled();

    expect(botpress.webhooks.sent.map(({ status }) => status)).toEqual([204, 204]);
    expect(await events(parlance)).toEqual(['MESSAGE_ADDED a customer', 'MESSAGE_ADDED a bot']);
    const [event] = await appendedTo(parlance.parlance.events);
    expect(event?.conversation).toEqual({ provider: 'website', nativeId: id });
  });

  it('is told to who listens to it, with its tags', async () => {
    const parlance = await scene();
    const { botpress, id } = parlance;
    const [[key, value] = []] = Object.entries(botpress.store.conversations.get(id)?.tags ?? {});
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const conversation = { provider: providerName('website'), nativeId: id };
    const filter = { tags: [{ key: key ?? '', value: value ?? '' }] };
    const subscribed = await parlance.parlance.gateway.subscribe(
      { conversation, filter, after: null },
      gone.signal,
    );
    if (!subscribed.ok) throw new Error('Expected to be told.');
    const first = subscribed.value[Symbol.asyncIterator]().next();

    botpress.say(id, 'hello');

    expect((await first).value).toMatchObject({
      type: 'event',
      event: { conversation, fact: { kind: 'MESSAGE_ADDED', message: { text: 'hello' } } },
    });
  });

  it('is one event each, however often and in whatever order it is posted', async () => {
    const parlance = await scene();
    const { botpress, id } = parlance;
    const fates: Fate[] = ['doubled', 'held', 'doubled', 'held', 'sent', 'held'];
    botpress.webhooks.fate(() => fates.shift() ?? 'sent');
    const texts = ['a', 'b', 'c', 'd', 'e', 'f'];

    for (const text of texts) botpress.say(id, text);
    await botpress.webhooks.settled();

    expect(botpress.webhooks.sent).toHaveLength(8);
    expect(new Set(botpress.webhooks.sent.map(({ status }) => status))).toEqual(new Set([204]));
    expect((await events(parlance)).toSorted()).toEqual(
      texts.map((text) => `MESSAGE_ADDED ${text}`),
    );
  });

  it('is nothing here where it is posted to nobody', async () => {
    const parlance = await scene();
    const { botpress, id } = parlance;
    botpress.webhooks.fate(() => 'dropped');

    botpress.say(id, 'hello');
    await botpress.webhooks.settled();

    expect(await events(parlance)).toEqual([]);
  });

  it('is deleted once', async () => {
    const parlance = await scene();
    const { botpress, id } = parlance;
    const messageId = await sayAsBot(parlance, 'a slip');
    await botpress.webhooks.settled();
    botpress.webhooks.fate(() => 'doubled');

    await atBotpress(parlance, 'DELETE', `messages/${messageId}`);
    await botpress.webhooks.settled();

    expect(await events(parlance)).toEqual(['MESSAGE_ADDED a slip', 'MESSAGE_DELETED']);
    expect((await appendedTo(parlance.parlance.events)).at(-1)).toMatchObject({
      conversation: { nativeId: id },
      fact: { nativeId: messageId },
    });
  });

  it('is nothing where somebody comes or goes', async () => {
    const parlance = await scene();
    const { botpress, id } = parlance;
    const userId = [...botpress.store.users.keys()].at(-1) ?? '';

    await atBotpress(parlance, 'POST', `conversations/${id}/participants`, { userId });
    await atBotpress(parlance, 'DELETE', `conversations/${id}/participants/${userId}`);
    await botpress.webhooks.settled();

    expect(botpress.webhooks.sent.map(({ status }) => status)).toContain(204);
    expect(await events(parlance)).toEqual([]);
  });

  it('is taken at the address with and without a slash', async () => {
    const parlance = await scene();
    const signal = await unheard(parlance);

    expect((await post(parlance, signal, { to: 'website/' })).status).toBe(204);
    expect((await post(parlance, signal)).status).toBe(204);
    expect(await events(parlance)).toEqual(['MESSAGE_ADDED hello']);
  });

  it('is asked for again later where it cannot be looked up, and then is one event', async () => {
    const parlance = await scene();
    const signal = await unheard(parlance);
    parlance.botpress.inject({ kind: 'status', status: 503 });

    const refused = await post(parlance, signal);
    const before = await events(parlance);
    parlance.botpress.heal();
    const taken = await post(parlance, signal);

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(before).toEqual([]);
    expect(taken.status).toBe(204);
    expect(await events(parlance)).toEqual(['MESSAGE_ADDED hello']);
  });
});

describe('a post that is no good', () => {
  it.each([
    ['without a secret', { secret: '' }, 401],
    ['with another secret', { secret: 'a-word-that-nobody-else-knew' }, 401],
    ['to nobody', { to: 'nobody' }, 404],
    ['to an account that is never posted to', { to: 'support' }, 404],
    ['to an account that is followed', { to: 'assistant' }, 404],
    ['to no name', { to: '' }, 404],
    ['to a name that cannot be read', { to: '%zz' }, 404],
    ['to an address below', { to: 'website/more' }, 404],
    ['as a GET', { method: 'GET', body: null }, 405],
    ['as a PUT', { method: 'PUT' }, 405],
    ['as a DELETE', { method: 'DELETE' }, 405],
  ])('is refused %s', async (_how, options, status) => {
    const parlance = await scene();
    const signal = await unheard(parlance);

    const said = await post(parlance, signal, options);

    expect(said.status).toBe(status);
    await expectNothingCame(parlance, said);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{ "type": '],
    ['a list', '[]'],
    ['no type', '{}'],
    ['no message', '{ "type": "message_created", "data": {} }'],
    ['bytes', '\u0000\u0001\u0002'],
  ])('is refused as %s', async (_what, body) => {
    const parlance = await scene();

    const said = await post(parlance, body);

    expect(said.status).toBe(400);
    await expectNothingCame(parlance, said);
  });

  it('is not read before it has proved itself', async () => {
    const parlance = await scene();

    const said = await post(parlance, '{ "type": ', { secret: 'another' });

    expect(said.status).toBe(401);
  });

  it('is refused in one and the same words whether the account is not there or takes none', async () => {
    const parlance = await scene();

    const [nobody, support] = [
      await post(parlance, {}, { to: 'nobody' }),
      await post(parlance, {}, { to: 'support' }),
    ];

    expect(nobody.text).toBe(support.text);
  });

  it('is refused whatever it says where no secret is set', async () => {
    const parlance = await startParlance(FEW);

    for (const secret of ['', 'undefined', SECRET]) {
      const said = await post(parlance, { type: 'message_created', data: { id: 'm' } }, { secret });
      expect.soft([secret, said.status]).toEqual([secret, 401]);
    }
    expect(await events(parlance)).toEqual([]);
  });

  it('of 20 MB is refused while it is being sent, and the connection is closed', async () => {
    const parlance = await scene();

    const said = await post(parlance, 'x'.repeat(20 * 1024 * 1024));

    expect(said.status).toBe(413);
    expect(said.headers.get('connection')).toBe('close');
    await expectNothingCame(parlance, said);
  });

  it('that says it has 20 MB is refused before it has sent a byte of them', async () => {
    const parlance = await scene();
    const socket = connect(Number(new URL(parlance.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => undefined);

    socket.write(
      `POST /webhooks/website HTTP/1.1\r\nhost: x\r\nx-secret-key: ${SECRET}\r\ncontent-length: 20971520\r\n\r\n`,
    );
    await once(socket, 'close');

    expect(text).toMatch(/^HTTP\/1\.1 413 [^]*1 MB at most/);
    expect(await events(parlance)).toEqual([]);
  });

  it('of more than 1 MB is refused also when its length was not said before', async () => {
    const parlance = await scene();
    const sending = openRequest(`${parlance.url}/webhooks/website`, {
      method: 'POST',
      headers: { 'x-secret-key': SECRET, 'transfer-encoding': 'chunked' },
    });
    onTestFinished(() => void sending.destroy());
    const answered = once(sending, 'response');

    for (let left = 2 * 1024 * 1024; left > 0; left -= 65_536) sending.write('x'.repeat(65_536));
    sending.end();

    const [response] = await answered;
    expect(response).toMatchObject({ statusCode: 413 });
    expect(await events(parlance)).toEqual([]);
  });

  it('of just under 1 MB is read', async () => {
    const parlance = await scene();
    const { type, data } = await unheard(parlance);

    const said = await post(parlance, { type, data: { ...data, more: 'x'.repeat(1_000_000) } });

    expect(said.status).toBe(204);
    expect(await events(parlance)).toEqual(['MESSAGE_ADDED hello']);
  });

  it('whose sender goes away in the middle is nothing', async () => {
    const parlance = await scene();
    const sending = openRequest(`${parlance.url}/webhooks/website`, {
      method: 'POST',
      headers: { 'x-secret-key': SECRET, 'content-length': '1000' },
    });
    sending.on('error', () => undefined);
    sending.write('{ "type": "mess');
    await once(sending, 'socket');

    sending.destroy();

    expect((await post(parlance, { type: 'of tomorrow' })).status).toBe(204);
    expect(parlance.logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await events(parlance)).toEqual([]);
  });
});

/** Nothing happened, nobody was asked, and the words tell nothing that is not theirs to know. */
async function expectNothingCame(
  parlance: Awaited<ReturnType<typeof scene>>,
  { text, body }: Said,
): Promise<void> {
  expect(await events(parlance)).toEqual([]);
  expect(parlance.botpress.journal).toEqual([]);
  expect(refusalsIn(body)).toHaveLength(1);
  for (const words of [text, JSON.stringify(parlance.logged)]) {
    expect(words).not.toContain(SECRET);
    expect(leaksIn(words, parlance.world)).toEqual([]);
  }
}

async function sayAsBot(
  parlance: Awaited<ReturnType<typeof scene>>,
  text: string,
): Promise<string> {
  const said = await atBotpress(parlance, 'POST', 'messages', {
    conversationId: parlance.id,
    userId: parlance.botpress.credentials.botId,
    type: 'text',
    payload: { text },
    tags: {},
  });
  const [id] = /msg_\w+/.exec(said) ?? [];
  if (id === undefined) throw new Error(`Expected a message, had ${said}`);
  return id;
}

/** As another client of the same bot does it, past the gateway. */
async function atBotpress(
  { botpress }: Awaited<ReturnType<typeof scene>>,
  method: string,
  path: string,
  body: object = {},
): Promise<string> {
  const { url, token, botId } = botpress.credentials;
  const { status, text } = await send(`${url}/v1/chat/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'x-bot-id': botId,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${text}`);
  return text;
}
