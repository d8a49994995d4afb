// How much one caller may have at a time, over all transports together; whoever has enough takes nothing from others.

import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openShares, type ShareLimits } from '../../src/server/bounds/shares.ts';
import { at, textAt } from '../support/answer.ts';
import { callerNamed } from '../support/callers.ts';
import { type Desk, idOf, startDesk } from '../support/desk.ts';
import { openDoors } from '../support/doors.ts';
import { ofType, openSocket, type RawSocket } from '../support/socket.ts';

const LISTEN = 'subscription { messageAdded(confirm: true) { __typename } }';
const QUERY = `{ conversation(id: "${idOf('one-0')}") { nativeId } }`;

const hears = (id: string) => ({
  type: 'next',
  id,
  payload: { data: { messageAdded: { __typename: 'Listening' } } },
});

async function started(limits: ShareLimits, finds?: () => Promise<void>) {
  const doors = openDoors({ ann: callerNamed('ann'), bob: callerNamed('bob') });
  const desk = await startDesk({
    doorkeeper: doors,
    shares: openShares(limits),
    ...(finds && { finds }),
  });
  return { desk, doors };
}

async function connected({ url }: Desk, token = 'ann'): Promise<RawSocket> {
  const socket = await openSocket(url);
  socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  await socket.hear(ofType('connection_ack'));
  return socket;
}

async function post({ url }: Desk, query: string, token = 'ann', accept = 'application/json') {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, accept },
    body: JSON.stringify({ query }),
    signal: leaving.signal,
  });
  return { response, leave: () => leaving.abort() };
}

const stream = (desk: Desk, token?: string) => post(desk, LISTEN, token, 'text/event-stream');

async function subscribed(socket: RawSocket, id: string): Promise<unknown> {
  socket.say({ type: 'subscribe', id, payload: { query: LISTEN } });
  return socket.hear((one) => at(one, 'id') === id);
}

describe('the subscriptions of a caller', () => {
  it('are counted over all their connections, whichever way they came', async () => {
    const { desk } = await started({ subscriptionsPerCaller: 4 });
    const [one, other] = [await connected(desk), await connected(desk)];
    await subscribed(one, 'a');
    await subscribed(other, 'b');
    await stream(desk);
    await stream(desk);

    const refused = await subscribed(other, 'c');
    const { response } = await stream(desk);

    const message = 'There are 4 subscriptions of yours, which are the most. End one first.';
    const error = { message, extensions: { code: 'RATE_LIMITED', retryAt: null } };
    expect(refused).toEqual({ type: 'next', id: 'c', payload: { errors: [error] } });
    expect(response.status).toBe(429);
    expect(await response.text()).toContain('RATE_LIMITED');
    expect(desk.gateway.listeners).toBe(4);
    expect(await subscribed(await connected(desk, 'bob'), 'a')).toEqual(hears('a'));
  });

  it.each<[string, (socket: RawSocket) => void]>([
    ['completed', ({ say }) => say({ type: 'complete', id: 'a' })],
    ['left with its connection', ({ socket }) => socket.close()],
    ['cut off', ({ socket }) => socket.terminate()],
  ])('have room again when one over WebSocket is %s', async (_how, ends) => {
    const { desk } = await started({ subscriptionsPerCaller: 1 });
    const socket = await connected(desk);
    await subscribed(socket, 'a');

    ends(socket);

    await vi.waitFor(async () => expect((await stream(desk)).response.status).toBe(200));
  });

  it('have room again when one over SSE is left', async () => {
    const { desk } = await started({ subscriptionsPerCaller: 1 });
    const { leave } = await stream(desk);
    const socket = await connected(desk);

    leave();

    await vi.waitFor(async () => {
      const id = `${Math.random()}`;
      expect(await subscribed(socket, id)).toEqual(hears(id));
    });
  });

  it.each([
    'subscription { messageAdded(conversationId: "no id") { __typename } }',
    'subscription ($missing: Boolean!) { messageAdded(confirm: $missing) { __typename } }',
  ])('have room again where one could not begin: %s', async (query) => {
    const { desk } = await started({ subscriptionsPerCaller: 1 });
    const socket = await connected(desk);

    for (let id = 0; id < 3; id += 1) {
      socket.say({ type: 'subscribe', id: `${id}`, payload: { query } });
      await socket.hear((message) => at(message, 'id') === `${id}`);
    }

    expect(await subscribed(socket, 'a')).toEqual(hears('a'));
  });

  it('have room again when one is broken by a bug', async () => {
    let isBroken = false;
    const desk = await startDesk({
      doorkeeper: openDoors({ ann: callerNamed('ann') }),
      shares: openShares({ subscriptionsPerCaller: 1 }),
      hears: (log) => ({
        ...log,
        read: (...asked) =>
          isBroken ? Promise.reject(new Error('a bug of the test')) : log.read(...asked),
      }),
    });
    const socket = await connected(desk);
    const query = 'subscription { messageAdded(confirm: true) { ... on Listening { cursor } } }';
    socket.say({ type: 'subscribe', id: 'a', payload: { query } });
    const first = await socket.hear(ofType('next', 'a'));
    const cursor = textAt(first, 'payload.data.messageAdded.cursor');
    socket.say({ type: 'complete', id: 'a' });
    isBroken = true;

    socket.say({
      type: 'subscribe',
      id: 'b',
      payload: { query: `subscription { messageAdded(after: "${cursor}") { __typename } }` },
    });
    await socket.hear(ofType('error', 'b'));

    expect(await subscribed(socket, 'c')).toEqual(hears('c'));
  });

  it('have room again when their session is over', async () => {
    const { desk, doors } = await started({ subscriptionsPerCaller: 2 });
    await subscribed(await connected(desk), 'a');
    await stream(desk);

    doors.end('ann', 'expired');
    doors.give('ann', callerNamed('ann'));

    const socket = await connected(desk);
    expect(await subscribed(socket, 'a')).toEqual(hears('a'));
    expect((await stream(desk)).response.status).toBe(200);
  });
});

describe('what a caller asks at once', () => {
  async function hanging(limits: ShareLimits) {
    const answers = new Set<() => void>();
    const { desk, doors } = await started(
      limits,
      () => new Promise((resolve) => answers.add(resolve)),
    );
    return {
      desk,
      doors,
      underWay: (count: number) => vi.waitFor(() => expect(desk.asked).toHaveLength(count)),
      answer() {
        for (const tell of answers) tell();
      },
    };
  }

  it('is counted over HTTP and WebSocket together', async () => {
    const { desk, underWay, answer } = await hanging({ operationsPerCaller: 2 });
    const socket = await connected(desk);
    socket.say({ type: 'subscribe', id: 'a', payload: { query: QUERY } });
    const first = post(desk, QUERY);
    await underWay(2);

    const { response } = await post(desk, QUERY);
    socket.say({ type: 'subscribe', id: 'b', payload: { query: QUERY } });
    const refused = await socket.hear(ofType('error', 'b'));
    const other = post(desk, QUERY, 'bob');
    await underWay(3);
    answer();

    const said = 'There are 2 operations of yours under way, which are the most. Wait for one.';
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toEqual({
      errors: [{ message: said, extensions: { code: 'RATE_LIMITED', retryAt: null } }],
    });
    expect(refused).toMatchObject({
      payload: [{ message: said, extensions: { code: 'RATE_LIMITED' } }],
    });
    expect((await first).response.status).toBe(200);
    expect((await other).response.status).toBe(200);
    await socket.hear(ofType('complete', 'a'));
    for (const id of ['c', 'd', 'e']) {
      socket.say({ type: 'subscribe', id, payload: { query: '{ __typename }' } });
      const told = await socket.hear((message) => at(message, 'id') === id);
      expect(at(told, 'payload.data')).toEqual({ __typename: 'Query' });
    }
  });

  it('has room again when a client goes before its answer', async () => {
    const { desk, underWay } = await hanging({ operationsPerCaller: 1 });
    const leaving = new AbortController();
    const asking = fetch(`${desk.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ann' },
      body: JSON.stringify({ query: QUERY }),
      signal: leaving.signal,
    });
    await underWay(1);

    leaving.abort();
    await expect(asking).rejects.toThrow('aborted');

    await vi.waitFor(async () => {
      expect((await post(desk, '{ __typename }')).response.status).toBe(200);
    });
  });

  it('has room again when a client goes with answers that wait behind another', async () => {
    const { desk, doors, underWay, answer } = await hanging({ operationsPerCaller: 3 });
    const { hostname, port } = new URL(desk.url);
    const socket = connect(Number(port), hostname);
    const path = `/graphql?query=${encodeURIComponent(QUERY)}`;
    const head = `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ann\r\n\r\n`;
    socket.write(head.repeat(3));
    await underWay(3);

    socket.destroy();

    await vi.waitFor(() => expect(doors.listening('ann')).toBe(0));
    const again = Promise.all([1, 2, 3].map(() => post(desk, QUERY)));
    await underWay(6);
    answer();
    expect((await again).map(({ response }) => response.status)).toEqual([200, 200, 200]);
  });

  it('counts who sends a body slowly, and not who listens', async () => {
    const { desk } = await started({ operationsPerCaller: 1 });
    await stream(desk);
    await stream(desk);
    const slow = request(`${desk.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': 100,
        authorization: 'Bearer ann',
      },
    });
    onTestFinished(() => void slow.destroy());
    slow.on('error', () => undefined);
    slow.write('{');

    await vi.waitFor(async () => {
      expect((await post(desk, '{ __typename }')).response.status).toBe(429);
    });
    slow.destroy();

    await vi.waitFor(async () => {
      expect((await post(desk, '{ __typename }')).response.status).toBe(200);
    });
  });
});

describe('the connections of a caller', () => {
  it('have room again when one is closed', async () => {
    const { desk } = await started({ socketsPerCaller: 1 });
    const first = await connected(desk);
    const second = await openSocket(desk.url);
    second.say({ type: 'connection_init', payload: { authorization: 'Bearer ann' } });
    expect(await second.closed).toEqual({
      code: 1013,
      reason: 'There are 1 connections of yours, which are the most. Close one first.',
    });

    first.socket.terminate();

    await vi.waitFor(async () => {
      const next = await openSocket(desk.url);
      next.say({ type: 'connection_init', payload: { authorization: 'Bearer ann' } });
      const end = next.closed.then(() => 'closed');
      expect(await Promise.race([next.hear(ofType('connection_ack')), end])).not.toBe('closed');
    });
  });
});

describe('where nobody signs in', () => {
  it('each address has a share of its own', async () => {
    const desk = await startDesk({
      shares: openShares({ subscriptionsPerCaller: 1 }),
      trustProxy: 1,
    });
    const from = (address: string) =>
      fetch(`${desk.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          'x-forwarded-for': address,
        },
        body: JSON.stringify({ query: LISTEN }),
      });

    const statuses = [];
    for (const address of [
      '192.0.2.1',
      '192.0.2.1',
      '192.0.2.2',
      '2001:db8::1',
      '2001:db8::2',
      '2001:db8:0:1::2',
    ]) {
      statuses.push((await from(address)).status);
    }

    expect(statuses).toEqual([200, 429, 200, 200, 429, 200]);
  });
});
