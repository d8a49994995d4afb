// The protocol graphql-transport-ws, word for word: what is out of order ends the connection with the code there is for it.

import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openHouse } from '../../src/security/doorkeeper.ts';
import { openShares } from '../../src/server/bounds/shares.ts';
import { openGraphql } from '../../src/server/graphql.ts';
import { type ServerParts, startServer } from '../../src/server/server.ts';
import { openWebSockets, type WebSocketParts } from '../../src/server/websocket/websocket.ts';
import { gatewayOver, handMade, type Making } from '../gateway/hand-made.ts';
import { at, textAt } from '../support/answer.ts';
import { ofType, openAcknowledged, openSocket } from '../support/socket.ts';

async function started(making: Partial<Making> = {}, { hosts }: Pick<ServerParts, 'hosts'> = {}) {
  const { gateway, log, logged } = gatewayOver([handMade({ name: 'one', ...making }).provider]);
  const server = await startServer({
    clock: Date.now,
    gateway,
    doorkeeper: openHouse(),
    log,
    host: '127.0.0.1',
    port: 0,
    examples: false,
    hosts,
  });
  onTestFinished(() => server.close());
  return { gateway, server, url: server.url, logged };
}

/** With no more around it than it needs, to wait less. */
async function startedWith(limits: Pick<WebSocketParts, 'initWithinMs' | 'pingEveryMs'>) {
  const { gateway, log } = gatewayOver([handMade({ name: 'one' }).provider]);
  const webSockets = openWebSockets({
    graphql: openGraphql({ gateway, clock: Date.now, log, open: true }),
    door: { doorkeeper: openHouse(), shares: openShares({}), hops: 0, clock: Date.now },
    log,
    ...limits,
  });
  const server = createServer();
  server.on('upgrade', webSockets.open);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await webSockets.leave(100);
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const LISTEN = { query: 'subscription { conversationEvents(confirm: true) { __typename } }' };

describe('a connection', () => {
  it.each(['graphql-ws', 'gibberish', ''])('of the protocol "%s" is closed', async (protocol) => {
    const { url } = await started();

    const { closed } = await openSocket(url, { protocol });

    expect(await closed).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
  });

  it('that does not say connection_init in time is closed', async () => {
    const url = await startedWith({ initWithinMs: 30 });

    const { closed } = await openSocket(url);

    expect(await closed).toMatchObject({ code: 4408 });
  });

  it('that says connection_init twice is closed', async () => {
    const { url } = await started();
    const { say, closed } = await openAcknowledged(url);

    say({ type: 'connection_init' });

    expect(await closed).toMatchObject({ code: 4429 });
  });

  it('that subscribes before it was let in is closed', async () => {
    const { url } = await started();
    const { say, closed } = await openSocket(url);

    say({ type: 'subscribe', id: 'a', payload: LISTEN });

    expect(await closed).toMatchObject({ code: 4401 });
  });

  it('that subscribes twice under one id is closed, and both are ended', async () => {
    const { url, gateway } = await started();
    const { say, hear, closed } = await openAcknowledged(url);
    say({ type: 'subscribe', id: 'a', payload: LISTEN });
    await hear(ofType('next', 'a'));

    say({ type: 'subscribe', id: 'a', payload: LISTEN });

    expect(await closed).toEqual({ code: 4409, reason: 'Subscriber for a already exists' });
    await vi.waitFor(() => expect(gateway.listeners).toBe(0));
  });

  it.each([
    'no JSON',
    '[]',
    '{}',
    '{"type":"gibberish"}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"a"}',
    '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}',
    '{"type":"subscribe","id":"a","payload":{}}',
    '{"type":"subscribe","id":"a","payload":{"query":1}}',
    '{"type":"subscribe","id":"a","payload":{"query":"{ __typename }","variables":"none"}}',
    '{"type":"connection_ack","payload":[]}',
  ])('that says %s is closed', async (text) => {
    const { url } = await started();
    const { say, closed } = await openAcknowledged(url);

    say(text);

    expect(await closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  it('that says more than a megabyte at once is closed', async () => {
    const { url } = await started();
    const { say, closed } = await openAcknowledged(url);

    say(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(1024 * 1024) } }));

    expect(await closed).toMatchObject({ code: 1009 });
  });

  it('is answered to its pings, with what they say', async () => {
    const { url } = await started();
    const { say, hear } = await openSocket(url);

    say({ type: 'ping', payload: { at: 1 } });

    expect(await hear(ofType('pong'))).toEqual({ type: 'pong', payload: { at: 1 } });
  });

  it('that shows no sign of life is cut', async () => {
    const url = await startedWith({ pingEveryMs: 20 });
    const { closed } = await openSocket(url, { autoPong: false });

    expect(await closed).toEqual({ code: 1006, reason: '' });
  });

  it('that does is kept', async () => {
    const url = await startedWith({ pingEveryMs: 20 });
    const { socket } = await openSocket(url);
    let pings = 0;

    await new Promise<void>((resolve) => {
      socket.on('ping', () => {
        pings += 1;
        if (pings === 5) resolve();
      });
    });

    expect(socket.readyState).toBe(socket.OPEN);
  });
});

describe('a page', () => {
  it.each(['http://elsewhere.example', 'null', 'http://127.0.0.1:1', 'https://%'])(
    'of %s may not connect',
    async (origin) => {
      const { url } = await started();

      await expect(openSocket(url, { origin })).rejects.toThrow('403');
    },
  );

  it('of this very origin may', async () => {
    const { url } = await started();

    const { socket } = await openSocket(url, { origin: url });

    expect(socket.readyState).toBe(socket.OPEN);
  });

  it('that is encrypted on the way here may, and names no port', async () => {
    const { url } = await started({}, { hosts: ['desk.example'] });

    const { socket } = await openSocket(url, {
      origin: 'https://desk.example',
      headers: { host: 'desk.example:443' },
    });

    expect(socket.readyState).toBe(socket.OPEN);
  });
});

describe('a path', () => {
  it('other than that of GraphQL opens no WebSocket', async () => {
    const { url } = await started();

    await expect(openSocket(`${url}/elsewhere`)).rejects.toThrow('404');
  });
});

describe('an operation', () => {
  it('may be a query, and is complete after its answer', async () => {
    const { url } = await started();
    const { say, hear, heard } = await openAcknowledged(url);

    say({ type: 'subscribe', id: 'a', payload: { query: '{ providers { name } }' } });
    await hear(ofType('complete', 'a'));

    expect(heard.slice(1)).toMatchObject([
      { type: 'next', id: 'a', payload: { data: { providers: [{ name: 'one' }] } } },
      { type: 'complete', id: 'a' },
    ]);
  });

  it.each([
    ['{ providers {', 'Syntax Error'],
    ['{ nothing }', 'Cannot query field "nothing"'],
    [`{ ${'providers { name } '.repeat(50_000)} }`, 'characters'],
  ])('that cannot be meant is an error and no more ($1)', async (query, said) => {
    const { url } = await started();
    const { say, hear } = await openAcknowledged(url);

    say({ type: 'subscribe', id: 'a', payload: { query } });
    const error = await hear(ofType('error', 'a'));

    expect(textAt(error, 'payload.0.message')).toContain(said);
    expect(at(error, 'payload.0.extensions.http')).toBeUndefined();
  });

  it('is held to the bounds that hold over HTTP', async () => {
    const { url } = await started();
    const { say, hear } = await openAcknowledged(url);
    const deep = `${'{ conversation { messages { nodes '.repeat(8)}{ id }${' } } }'.repeat(8)}`;

    say({
      type: 'subscribe',
      id: 'a',
      payload: { query: `{ conversations { nodes { messages { nodes ${deep} } } } }` },
    });
    say({
      type: 'subscribe',
      id: 'b',
      payload: { query: `subscription { messageAdded { ... on MessageAdded ${deep} } }` },
    });

    for (const id of ['a', 'b']) {
      const { payload } = Object(await hear(ofType('error', id)));
      expect.soft(payload).toMatchObject([
        {
          extensions: { code: 'INVALID_INPUT' },
          message: expect.stringContaining('levels deep'),
        },
      ]);
    }
  });

  it('whose adapter throws tells of it as over HTTP, and it is noted', async () => {
    const { url, logged } = await started({
      answers: () => Promise.reject(new Error('a secret of ours')),
    });
    const { say, hear } = await openAcknowledged(url);

    const query = '{ conversations { sources { error { message } } } }';
    say({ type: 'subscribe', id: 'a', payload: { query } });

    expect(JSON.stringify(await hear(ofType('next', 'a')))).not.toContain('a secret of ours');
    expect(logged.map(({ level }) => level)).toContain('error');
  });

  it('whose client has gone is called off at its provider', async () => {
    let signal: AbortSignal | undefined;
    const { url } = await started({
      deadlineMs: 60_000,
      answers: (_asked, call) => {
        signal = call.signal;
        return new Promise(() => undefined);
      },
    });
    const { socket, say } = await openAcknowledged(url);
    say({ type: 'subscribe', id: 'a', payload: { query: '{ conversations { nodes { id } } }' } });
    await vi.waitFor(() => expect(signal?.aborted).toBe(false));

    socket.terminate();

    await vi.waitFor(() => expect(signal?.aborted).toBe(true));
  });

  it('too many on one connection is refused, and takes nothing from the others', async () => {
    const { url, gateway } = await started();
    const { say, hear } = await openAcknowledged(url);
    for (let id = 0; id < 100; id += 1) say({ type: 'subscribe', id: `${id}`, payload: LISTEN });
    await hear(ofType('next', '99'));

    say({ type: 'subscribe', id: 'more', payload: LISTEN });

    expect(await hear(ofType('error', 'more'))).toMatchObject({
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    expect(gateway.listeners).toBe(100);
    say({ type: 'complete', id: '7' });
    say({ type: 'subscribe', id: 'again', payload: LISTEN });
    await hear(ofType('next', 'again'));
    expect(gateway.listeners).toBe(100);
  });
});
