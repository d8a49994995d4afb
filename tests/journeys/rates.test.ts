// What a caller may ask for in a while, by the price of what they ask: refused before anything is done for it, over every
// transport, and counted over all gateways of a Redis.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { secret } from '../../src/config/secret.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { callerNamed } from '../support/callers.ts';
import { openDoors } from '../support/doors.ts';
import { conversationId } from '../support/mutations.ts';
import { type StartOptions, startParlance, type TestParlance } from '../support/parlance.ts';
import { ofType, openSocket } from '../support/socket.ts';
import { askedAtAll, rowWhere, watchStores } from '../support/stores.ts';

/** One for each of the four. */
const LIST = '{ conversations(first: 1) { nodes { id } } }';
const FREE = '{ __typename }';
const HOUR = 3600;

function started(rate: { points: number; perSeconds: number }, options: StartOptions = {}) {
  const doorkeeper = openDoors({ ann: callerNamed('ann'), bob: callerNamed('bob') });
  return startParlance({ count: 2, doorkeeper, limits: { rate }, ...options });
}

function post(
  { url }: TestParlance,
  query: string,
  {
    token = 'ann',
    variables = {},
    ...headers
  }: { token?: string; variables?: object; accept?: string } = {},
) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
}

async function priceOf(parlance: TestParlance, query: string): Promise<number> {
  return Number(
    at(await (await post(parlance, query, { token: 'bob' })).json(), 'extensions.cost.price'),
  );
}

const SPENT = {
  message: expect.stringMatching(/^You have asked this gateway too often\. Try again after 2/),
  extensions: { code: 'RATE_LIMITED', retryAt: expect.stringMatching(/^\d{4}-.*Z$/) },
};

/** What it would have cost is told all the same. */
const COST = { cost: { price: expect.any(Number), limit: expect.any(Number) } };

/** Of somebody who has nothing left. */
async function spent(options?: StartOptions) {
  const parlance = await started({ points: 10, perSeconds: HOUR }, options);
  for (let points = 0; points < 10; points += 1) await post(parlance, FREE);
  return parlance;
}

describe('a share', () => {
  it('is spent by the price of each operation, and what is too much takes nothing of it', async () => {
    const parlance = await started({ points: 10, perSeconds: HOUR });
    const price = await priceOf(parlance, LIST);
    const fits = Math.floor(10 / price);
    const statuses: number[] = [];

    for (let times = 0; times <= fits; times += 1) {
      statuses.push((await post(parlance, LIST)).status);
    }
    const rest: number[] = [];
    for (let times = fits * price; times <= 10; times += 1) {
      rest.push((await post(parlance, FREE)).status);
    }

    expect(price).toBeGreaterThanOrEqual(4);
    expect(statuses).toEqual([...Array.from({ length: fits }, () => 200), 429]);
    expect(rest).toEqual([...Array.from({ length: 10 - fits * price }, () => 200), 429]);
  });

  it('is each caller’s own', async () => {
    const parlance = await spent();

    expect((await post(parlance, FREE)).status).toBe(429);
    expect((await post(parlance, FREE, { token: 'bob' })).status).toBe(200);
  });

  it('is whole again when its time is over', async () => {
    const parlance = await started({ points: 2, perSeconds: 1 });
    await post(parlance, FREE);
    await post(parlance, FREE);
    const response = await post(parlance, FREE);
    const retryAt = Date.parse(textAt(await response.json(), 'errors.0.extensions.retryAt'));

    await new Promise((resolve) => setTimeout(resolve, Math.max(0, retryAt - Date.now()) + 5));

    expect((await post(parlance, FREE)).status).toBe(200);
  });

  it('is not spent by what does not run', async () => {
    const parlance = await started({ points: 1, perSeconds: HOUR });

    for (const query of ['{', '{ nothing }', 'query A { __typename } query B { __typename }']) {
      expect((await post(parlance, query)).status).not.toBe(429);
    }

    expect((await post(parlance, FREE)).status).toBe(200);
  });

  it('is one over all gateways of a Redis', async () => {
    const redis = { url: secret(inject('redisUrl')), prefix: `test:${randomUUID()}:` };
    const one = await started({ points: 10, perSeconds: HOUR }, { redis });
    const other = await started({ points: 10, perSeconds: HOUR }, { redis, beside: one.world });
    const statuses: number[] = [];

    for (let times = 0; times < 12; times += 1) {
      statuses.push((await post(times % 2 ? one : other, FREE)).status);
    }

    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.slice(-2)).toEqual([429, 429]);
  });

  it('is nobody’s concern where the config names none and nobody is told apart', async () => {
    const parlance = await startParlance({ count: 2 });

    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await post(parlance, FREE)).status),
    );

    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('one who has nothing left', () => {
  it.each(['application/json', 'application/graphql-response+json'])(
    'is told so over HTTP, as %s, with when to come again, and nothing is asked',
    async (accept) => {
      const parlance = await spent();
      const before = askedAtAll(parlance.world).length;

      const response = await post(parlance, LIST, { accept });

      expect(response.status).toBe(429);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(HOUR - 60);
      expect(response.headers.get('content-type')).toContain(accept);
      expect(await response.json()).toEqual({ errors: [SPENT], extensions: COST });
      expect(askedAtAll(parlance.world)).toHaveLength(before);
    },
  );

  it('is told so by GET', async () => {
    const { url } = await spent();

    const response = await fetch(`${url}/graphql?query=${encodeURIComponent(FREE)}`, {
      headers: {
        authorization: 'Bearer ann',
        accept: 'application/json',
        'x-graphql-yoga-csrf': '1',
      },
    });

    expect(response.status).toBe(429);
  });

  it('is told so of a write, of which nothing was done', async () => {
    const parlance = await spent();
    const { id } = rowWhere(parlance.world.botpress.store.conversations);
    const changes = watchStores(parlance.world);

    const response = await post(
      parlance,
      'mutation ($id: ID!) { sendMessage(input: { conversationId: $id, text: "no" }) { __typename } }',
      { variables: { id: conversationId('website', id) } },
    );

    expect(response.status).toBe(429);
    expect(await response.json()).toEqual({ errors: [SPENT], extensions: COST });
    expect(changes()).toEqual({});
  });

  it('is told so over WebSocket, whose connection stays', async () => {
    const { url } = await spent();
    const { say, hear } = await openSocket(url);
    say({ type: 'connection_init', payload: { authorization: 'Bearer ann' } });
    await hear(ofType('connection_ack'));

    for (const [id, query] of [
      ['a', FREE],
      ['b', 'subscription { messageAdded { __typename } }'],
    ]) {
      say({ type: 'subscribe', id, payload: { query } });
      const told = await hear(ofType('next', id));
      expect(at(told, 'payload.errors')).toEqual([SPENT]);
      expect(at(told, 'payload.data')).toBeUndefined();
      await hear(ofType('complete', id));
    }
  });

  it('is told so before a stream begins', async () => {
    const parlance = await spent();

    const response = await post(parlance, 'subscription { messageAdded { __typename } }', {
      accept: 'text/event-stream',
    });

    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(parlance.parlance.gateway.listeners).toBe(0);
  });
});

it('the errors of a read name the code once, at the top', async () => {
  const parlance = await spent();

  const body: unknown = await (await post(parlance, LIST)).json();

  expect(listAt(body, 'errors')).toHaveLength(1);
  expect(at(body, 'errors.0.extensions.http')).toBeUndefined();
});
