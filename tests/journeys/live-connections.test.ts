// Connections that break, stall, are cut or sent away: nothing is missed, nothing is told twice, and nothing stays behind.

import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { keepAfter } from 'parlance/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { at, textAt } from '../support/answer.ts';
import { brief, idOf, listen, startDesk, TRANSPORTS } from '../support/desk.ts';
import { post } from '../support/hostile.ts';
import { ofType, openAcknowledged } from '../support/socket.ts';

const ADDED = `subscription ($conversation: ID, $after: String, $confirm: Boolean! = true) {
  messageAdded(conversationId: $conversation, after: $after, confirm: $confirm) {
    __typename
    ... on Event { cursor }
    ... on MessageAdded { message { text } }
    ... on Gap { scope reason }
  }
}`;

/** A client that comes back at once, and the socket it has now. */
function impatient(address: () => string) {
  let socket: WebSocket | undefined;
  const client = createClient({
    url: () => `${address().replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 1000,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 5)),
    shouldRetry: () => true,
    on: {
      opened: (opened) => {
        if (opened instanceof WebSocket) socket = opened;
      },
    },
  });
  onTestFinished(async () => {
    await client.dispose();
  });
  return { client, cut: () => socket?.terminate() };
}

async function textsUntil(last: string, results: AsyncIterable<unknown>): Promise<string[]> {
  const texts: string[] = [];
  for await (const result of results) {
    const told = brief(at(result, 'data.messageAdded'));
    if (told === 'Listening') continue;
    texts.push(told);
    if (told === `added: ${last}`) return texts;
  }
  return texts;
}

describe('a client library that keeps `after`', () => {
  it('misses nothing and is told nothing twice, however often its connection is cut', async () => {
    const desk = await startDesk();
    const { client, cut } = impatient(() => desk.url);
    const results = keepAfter(client).iterate({ query: ADDED });
    await results.next();

    const heard = textsUntil('199', results);
    for (let index = 0; index < 200; index += 1) {
      await desk.say(`${index}`);
      if (index % 20 === 7) cut();
      if (index % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }

    expect(await heard).toEqual(Array.from({ length: 200 }, (_, index) => `added: ${index}`));
  });

  it('misses nothing where the connection is cut before the first event', async () => {
    const desk = await startDesk();
    const { client, cut } = impatient(() => desk.url);
    const results = keepAfter(client).iterate({ query: ADDED });
    await results.next();
    cut();
    await desk.say('meanwhile');

    expect(await textsUntil('meanwhile', results)).toEqual(['added: meanwhile']);
  });

  it('without it would be told again what it has: the client sends what it sent first', async () => {
    const desk = await startDesk();
    const first = await listen('WebSocket', desk.url, ADDED);
    await desk.say('0');
    const after = textAt(await first.next(), 'cursor');
    const { client, cut } = impatient(() => desk.url);
    const results = client.iterate({ query: ADDED, variables: { after } });
    await desk.say('1');
    await results.next();
    await results.next();
    cut();
    await results.next();

    expect(brief(at(await results.next(), 'value.data.messageAdded'))).toBe('added: 1');
  });

  it('is carried to another gateway by one that leaves', async () => {
    const one = await startDesk();
    const two = await startDesk({ events: one.events });
    let url = one.url;
    const { client } = impatient(() => url);
    const results = keepAfter(client).iterate({ query: ADDED });
    await results.next();
    await one.say('0');
    const before = await results.next();

    url = two.url;
    await one.close();
    await two.say('1');
    await two.say('2');

    expect(brief(at(before, 'value.data.messageAdded'))).toBe('added: 0');
    expect(await textsUntil('2', results)).toEqual(['added: 1', 'added: 2']);
  });

  it('is carried over by SSE as well', async () => {
    const one = await startDesk();
    const two = await startDesk({ events: one.events });
    let url = one.url;
    const client = createSseClient({
      url: () => `${url}/graphql`,
      retryAttempts: 1000,
      retry: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    onTestFinished(() => client.dispose());
    const results = keepAfter(client).iterate({ query: ADDED });
    await results.next();
    await one.say('0');
    await results.next();

    url = two.url;
    const before = performance.now();
    await one.close();
    const leftInMs = performance.now() - before;
    await two.say('1');

    expect(await textsUntil('1', results)).toEqual(['added: 1']);
    // It is not waited for who only listens.
    expect(leftInMs).toBeLessThan(3000);
  });

  it('serves urql', async () => {
    const desk = await startDesk();
    const { client, cut } = impatient(() => desk.url);
    const kept = keepAfter(client);
    const urql = new Client({
      url: `${desk.url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: kept.subscribe(
                { query, variables: Object(variables ?? {}) },
                {
                  next: (result) => sink.next(Object(result)),
                  error: (error) => sink.error(error),
                  complete: () => sink.complete(),
                },
              ),
            }),
          }),
        }),
        fetchExchange,
      ],
    });
    const heard: string[] = [];
    const { unsubscribe } = urql.subscription(ADDED, {}).subscribe(({ data }) => {
      heard.push(brief(at(data, 'messageAdded')));
    });
    await vi.waitFor(() => expect(heard).toEqual(['Listening']));

    await desk.say('0');
    await vi.waitFor(() => expect(heard).toContain('added: 0'));
    cut();
    await desk.say('1');
    await vi.waitFor(() => expect(heard).toContain('added: 1'));

    expect(heard.filter((told) => told !== 'Listening')).toEqual(['added: 0', 'added: 1']);
    unsubscribe();
    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0));
  });

  it('asks again where the memory of the gateway was out of reach for a while', async () => {
    const failure = { kind: 'gateway-unavailable', because: 'it does not answer' } as const;
    let out = false;
    let refusals = 0;
    const desk = await startDesk({
      hears: (log) => ({
        ...log,
        ends: () => {
          if (!out) return log.ends();
          refusals += 1;
          return Promise.resolve({ ok: false, failure });
        },
      }),
    });
    const { client, cut } = impatient(() => desk.url);
    const results = keepAfter(client, { againAfterMs: 5 }).iterate({ query: ADDED });
    await results.next();
    out = true;
    cut();
    await vi.waitFor(() => expect(refusals).toBeGreaterThan(2));
    await desk.say('meanwhile');
    out = false;

    expect(await textsUntil('meanwhile', results)).toEqual(['added: meanwhile']);
  });

  it('ends when its loop is left', async () => {
    const desk = await startDesk();
    const { client } = impatient(() => desk.url);
    const results = keepAfter(client).iterate({ query: ADDED });
    await results.next();
    expect(desk.gateway.listeners).toBe(1);

    for await (const _ of withOneMore(results, () => desk.say('0'))) break;

    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0));
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it.each([
    ['does not declare it', 'subscription { messageAdded { ... on Event { cursor } } }', '$after'],
    ['selects no cursor', ADDED.replace('... on Event { cursor }', ''), 'cursor'],
  ])('says so where the query %s', async (_what, query, said) => {
    const desk = await startDesk();
    const { client } = impatient(() => desk.url);

    const results = keepAfter(client).iterate({ query });

    await expect(results.next()).rejects.toThrow(said);
    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0));
  });

  it('hands on what was refused', async () => {
    const desk = await startDesk();
    const { client } = impatient(() => desk.url);
    const results = keepAfter(client).iterate({
      query: ADDED,
      variables: { conversation: 'no id' },
    });

    const refused = await results.next();

    expect(at(refused, 'value.errors.0.extensions.code')).toBe('INVALID_INPUT');
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });
});

async function* withOneMore<Value>(values: AsyncIterable<Value>, more: () => Promise<void>) {
  await more();
  yield* values;
}

describe('a gateway that leaves', () => {
  it('tells every WebSocket to go elsewhere, and ends what was listened to', async () => {
    const desk = await startDesk();
    const { say, hear, closed, heard } = await openAcknowledged(desk.url);
    say({ type: 'subscribe', id: 'a', payload: { query: ADDED } });
    await hear(ofType('next', 'a'));

    await desk.close();

    expect(await closed).toEqual({ code: 1001, reason: 'This gateway is leaving' });
    // An end in good order would be taken for one.
    expect(heard.some(ofType('complete', 'a'))).toBe(false);
    expect(desk.gateway.listeners).toBe(0);
  });

  it('cuts a client off that does not answer', async () => {
    const desk = await startDesk();
    const { socket } = await openAcknowledged(desk.url);
    socket.pause();
    const before = performance.now();

    await desk.close();

    expect(performance.now() - before).toBeLessThan(5000);
  });

  it('lets a query on a WebSocket be answered first, and its client know that it was', async () => {
    let answer = () => {};
    const desk = await startDesk({
      finds: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const { say, hear, closed, heard } = await openAcknowledged(desk.url);
    const query = `{ conversation(id: "${idOf('one-0')}") { nativeId } }`;
    say({ type: 'subscribe', id: 'a', payload: { query } });
    await vi.waitFor(() => expect(desk.asked).toEqual(['one-0']));

    const closing = desk.close();
    await vi.waitFor(async () => {
      const late = `late ${heard.length}`;
      say({ type: 'subscribe', id: late, payload: { query: '{ __typename }' } });
      const told = await hear((message) => at(message, 'id') === late);
      expect(at(told, 'type')).toBe('error');
    });
    answer();
    await closing;

    expect(await closed).toMatchObject({ code: 1001 });
    expect(heard.filter((message) => at(message, 'id') === 'a')).toMatchObject([
      { type: 'next', payload: { data: { conversation: { nativeId: 'one-0' } } } },
      { type: 'complete' },
    ]);
  });
});

describe.each(TRANSPORTS)('a client over %s that does not read', (transport) => {
  const LARGE = 'x'.repeat(20_000);

  it('is told of a gap, and from there on without a hole', async () => {
    const desk = await startDesk();
    const stalled = await stall(transport, desk.url);
    const other = await listen('WebSocket', desk.url, ADDED);
    const count = 2000;
    for (let index = 0; index < count; index += 1) {
      await desk.say(`${index} ${LARGE}`);
      if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      // Whoever reads is told all of it meanwhile.
      if (brief(await other.next()).split(' ')[1] !== `${index}`) throw new Error('out of order');
    }

    stalled.read();
    const told = await stalled.until(`added: ${count - 1}`);

    const numbers = told.map((one) => (one.startsWith('gap') ? one : Number(one.split(' ')[1])));
    const gap = numbers.indexOf('gap: OVERFLOW');
    expect(gap).toBeGreaterThan(0);
    expect(numbers.filter((one) => typeof one === 'string')).toEqual(['gap: OVERFLOW']);
    const from = count - (numbers.length - gap - 1);
    expect(numbers.slice(0, gap)).toEqual(numbers.slice(0, gap).map((_, index) => index));
    expect(numbers.slice(gap + 1)).toEqual(
      Array.from({ length: count - from }, (_, index) => from + index),
    );
    expect(from).toBeGreaterThan(gap);
  });

  it('and goes leaves nothing behind', async () => {
    const desk = await startDesk();
    const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
    // The runner has short ones of its own around the beginning of a test.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = timers();
    const stalled = await stall(transport, desk.url);
    for (let index = 0; index < 1000; index += 1) await desk.say(`${index} ${LARGE}`);

    stalled.cut();
    const turns = await turnsUntil(() => desk.gateway.listeners === 0 && timers() <= before);

    expect(turns).toBeLessThan(MOST_TURNS);
  });
});

const MOST_TURNS = 100_000;

/** Looks without a timer of its own. */
async function turnsUntil(holds: () => boolean): Promise<number> {
  let turns = 0;
  while (!holds() && turns < MOST_TURNS) {
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
  }
  return turns;
}

/** Listens, and stops reading once it is let in. */
async function stall(transport: (typeof TRANSPORTS)[number], url: string) {
  const heard: string[] = [];
  let look = () => {};
  const hear = (result: unknown) => {
    heard.push(brief(at(result, 'data.messageAdded')));
    look();
  };
  const until = (last: string) =>
    new Promise<readonly string[]>((resolve) => {
      look = () => {
        if (heard.some((told) => told.startsWith(`${last} `))) resolve(heard.slice(1));
      };
      look();
    });

  if (transport === 'WebSocket') {
    const { socket, say, hear: hearRaw } = await openAcknowledged(url);
    say({ type: 'subscribe', id: 'a', payload: { query: ADDED } });
    hear(at(await hearRaw(ofType('next', 'a')), 'payload'));
    socket.pause();
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) hear(at(JSON.parse(data.toString()), 'payload'));
    });
    return { read: () => socket.resume(), until, cut: () => socket.terminate() };
  }

  const asking = request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  onTestFinished(() => void asking.destroy());
  asking.on('error', () => undefined);
  asking.end(JSON.stringify({ query: ADDED }));
  const [response] = await once(asking, 'response');
  let text = '';
  response.setEncoding('utf8');
  const letIn = new Promise<void>((resolve) => {
    response.on('data', (part: string) => {
      const lines = (text + part).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('data: {')) hear(JSON.parse(line.slice(6)));
      }
      if (heard.length > 0) resolve();
    });
  });
  response.on('error', () => undefined);
  await letIn;
  response.pause();
  return { read: () => response.resume(), until, cut: () => asking.destroy() };
}

describe('a client that asks without reading', () => {
  it('is not listened to until it does, so that its answers do not pile up', async () => {
    const desk = await startDesk();
    const { socket, say, heard } = await openAcknowledged(desk.url);
    socket.pause();
    const text = 'x'.repeat(100_000);
    for (let index = 0; index < 500; index += 1) say({ type: 'ping', payload: { index, text } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const unsent = socket.bufferedAmount;

    socket.resume();
    await vi.waitFor(() => expect(heard.length).toBe(501), { timeout: 10_000 });

    // Fifty megabytes were said; what the gateway does not take any more stays with who says it.
    expect(unsent).toBeGreaterThan(10_000_000);
  });
});

describe('a subscription over SSE', () => {
  it('may be asked for by GET', async () => {
    const desk = await startDesk();
    const address = `${desk.url}/graphql?query=${encodeURIComponent(ADDED)}`;
    const { reader, read } = await stream(address, {});

    expect(await read('Listening')).toContain('event: next\ndata: {"data":{"messageAdded":');
    await desk.say('hello');
    expect(await read('hello')).toContain('"message":{"text":"hello"}');
    await reader.cancel();

    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0));
  });

  it('is a stream of events and nothing else', async () => {
    const desk = await startDesk();
    const { response, reader } = await stream(`${desk.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: ADDED }),
    });

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('cache-control')).toContain('no-cache');
    await reader.cancel();
  });

  it('is refused to who accepts no stream of events, and nobody listens', async () => {
    const desk = await startDesk();

    const { status, body } = await post(desk.url, { query: ADDED });

    expect({ status, code: at(body, 'errors.0.extensions.code') }).toEqual({
      status: 406,
      code: 'INVALID_INPUT',
    });
    expect(desk.gateway.listeners).toBe(0);
  });

  it('is no answer in parts', async () => {
    const desk = await startDesk();

    const { status } = await post(desk.url, { query: ADDED }, { accept: 'multipart/mixed' });

    expect(status).toBe(406);
    expect(desk.gateway.listeners).toBe(0);
  });
});

async function stream(address: string, init: RequestInit) {
  const headers = { accept: 'text/event-stream', ...Object(init.headers ?? {}) };
  const response = await fetch(address, { ...init, headers });
  const reader = response.body?.getReader();
  if (!reader) throw new Error('there is no stream');
  let text = '';
  return {
    response,
    reader,
    async read(wanted: string): Promise<string> {
      for (;;) {
        if (text.includes(wanted)) return text;
        const { value, done } = await reader.read();
        if (done) return text;
        text += new TextDecoder().decode(value);
      }
    },
  };
}

describe('a request that offers another protocol', () => {
  it('is answered in the one it came in', async () => {
    const { url } = await startDesk();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const body = JSON.stringify({ query: '{ providers { name } }' });
    const said: Buffer[] = [];
    socket.on('data', (part) => said.push(part));

    // As Java's client begins.
    socket.write(
      [
        'POST /graphql HTTP/1.1',
        'Connection: Upgrade, HTTP2-Settings',
        `Content-Length: ${body.length}`,
        'Host: x',
        'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
        'Upgrade: h2c',
        'Content-Type: application/json',
        '',
        body,
      ].join('\r\n'),
    );

    await vi.waitFor(() => expect(Buffer.concat(said).toString()).toContain('{"name":"two"}'));
    expect(Buffer.concat(said).toString()).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});
