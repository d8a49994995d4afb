// Sessions that end while somebody listens: with a new token nothing is missed and nothing is told twice; without one nothing
// more is told at all.

import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { keepAfter, type SubscribingClient } from 'parlance/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openShares } from '../../src/server/bounds/shares.ts';
import { memoryRates } from '../../src/state/rates/memory.ts';
import { at } from '../support/answer.ts';
import { callerNamed } from '../support/callers.ts';
import { brief, type Desk, startDesk, TRANSPORTS, type Transport } from '../support/desk.ts';
import { type Doors, openDoors } from '../support/doors.ts';

const ADDED = `subscription ($after: String) {
  messageAdded(after: $after, confirm: true) {
    __typename
    ... on Event { cursor }
    ... on MessageAdded { message { text } }
    ... on Gap { scope reason }
  }
}`;

const ANN = callerNamed('ann');

interface Clients {
  readonly client: SubscribingClient;
  /** Every token that was presented. */
  readonly presented: readonly string[];
}

/** Comes back at once, with whatever token is good by then. */
function clientOf(transport: Transport, url: string, token: () => string): Clients {
  const presented: string[] = [];
  const authorization = () => {
    presented.push(token());
    return { authorization: `Bearer ${presented.at(-1)}` };
  };
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
  if (transport === 'SSE') {
    const client = createSseClient({
      url: `${url}/graphql`,
      headers: authorization,
      retryAttempts: 30,
      retry: pause,
    });
    onTestFinished(() => client.dispose());
    return { client, presented };
  }
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: authorization,
    retryAttempts: 30,
    retryWait: pause,
    shouldRetry: () => true,
  });
  onTestFinished(async () => {
    await client.dispose();
  });
  return { client, presented };
}

async function started(transport: Transport) {
  const doors = openDoors({ first: ANN });
  const desk = await startDesk({ doorkeeper: doors });
  let token = 'first';
  const { client, presented } = clientOf(transport, desk.url, () => token);
  return {
    doors,
    desk,
    presented,
    renew(next: string) {
      doors.give(next, ANN);
      token = next;
    },
    listen() {
      return keepAfter(client).iterate({ query: ADDED });
    },
  };
}

async function textsUntil(last: string, results: AsyncIterable<unknown>): Promise<string[]> {
  const texts: string[] = [];
  for await (const result of results) {
    const told = brief(at(result, 'data.messageAdded'));
    if (told !== 'Listening') texts.push(told);
    if (told === `added: ${last}`) break;
  }
  return texts;
}

describe.each(TRANSPORTS)('a token that expires, over %s,', (transport) => {
  it('is replaced by a new one as often as it is, and every message is told once, in order', async () => {
    const { doors, desk, presented, renew, listen } = await started(transport);
    const results = listen();
    await results.next();
    const heard = textsUntil('119', results);

    for (let index = 0; index < 120; index += 1) {
      await desk.say(`${index}`);
      if (index % 30 !== 11) continue;
      const [old = ''] = presented.slice(-1);
      renew(`token ${index}`.replace(' ', '-'));
      doors.end(old, 'expired');
      await vi.waitFor(() => expect(presented.at(-1)).toBe(`token-${index}`));
    }

    expect(await heard).toEqual(Array.from({ length: 120 }, (_, index) => `added: ${index}`));
    expect(new Set(presented)).toEqual(
      new Set(['first', 'token-11', 'token-41', 'token-71', 'token-101']),
    );
  });

  it('is asked for again until there is a new one: who presents one that has just expired may come back', async () => {
    const { doors, desk, presented, renew, listen } = await started(transport);
    const results = listen();
    await results.next();

    doors.end('first', 'expired');
    await desk.say('meanwhile');
    await vi.waitFor(() => expect(presented.length).toBeGreaterThan(3));
    renew('second');

    expect(await textsUntil('meanwhile', results)).toEqual(['added: meanwhile']);
  });

  it('lets nobody hear what comes after it', async () => {
    const { doors, desk, renew, listen } = await started(transport);
    const results = listen();
    await results.next();
    await desk.say('before');
    expect(brief(at(await results.next(), 'value.data.messageAdded'))).toBe('added: before');
    const next = results.next();
    let told: unknown;
    void next.then((result) => {
      told = result;
    });

    doors.end('first', 'expired');
    await desk.say('after');
    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0));

    expect(told).toBeUndefined();
    renew('second');
    expect(brief(at(await next, 'value.data.messageAdded'))).toBe('Listening');
    expect(brief(at(await results.next(), 'value.data.messageAdded'))).toBe('added: after');
  });

  it('as it is presented is neither let in for good nor turned away for good', async () => {
    const { doors, desk, renew, listen } = await started(transport);
    const admit = doors.admit.bind(doors);
    // Let in, and over before anybody could listen for its end.
    const late: Doors['admit'] = async (presented) => {
      const admission = await admit(presented);
      doors.end('first', 'expired');
      renew('second');
      doors.admit = admit;
      return admission;
    };
    Object.assign(doors, { admit: late });
    const results = listen();
    await results.next();
    await desk.say('hello');

    expect(await textsUntil('hello', results)).toEqual(['added: hello']);
  });
});

describe.each(TRANSPORTS)('what was revoked, over %s,', (transport) => {
  it('is told nothing more, and its client is told not to come back with it', async () => {
    const { doors, desk, presented, listen } = await started(transport);
    const results = listen();
    await results.next();

    doors.end('first', 'revoked');
    await desk.say('after');

    await expect(textsUntil('after', results)).rejects.toMatchObject(
      transport === 'SSE'
        ? { response: { status: 401 } }
        : { code: 4401, reason: 'What you presented is good no more. Sign in again.' },
    );
    expect(presented.length).toBe(transport === 'SSE' ? 31 : 1);
    expect(desk.gateway.listeners).toBe(0);
  });
});

describe('the end of a session', () => {
  it('ends what one caller listens to, and nobody else', async () => {
    const doors = openDoors({ ann: ANN, bob: callerNamed('bob') });
    const desk = await startDesk({ doorkeeper: doors });
    const both = (['ann', 'bob'] as const).flatMap((token) =>
      TRANSPORTS.map((transport) =>
        keepAfter(clientOf(transport, desk.url, () => token).client).iterate({ query: ADDED }),
      ),
    );
    await Promise.all(both.map((results) => results.next()));
    expect(desk.gateway.listeners).toBe(4);
    const ends = both.slice(0, 2).map((results) => results.next());

    doors.end('ann', 'revoked');

    await Promise.allSettled(ends);
    expect(desk.gateway.listeners).toBe(2);
    await desk.say('hello');
    for (const results of both.slice(2)) {
      expect(brief(at(await results.next(), 'value.data.messageAdded'))).toBe('added: hello');
    }
  });

  it('comes within a second to a client that reads nothing', async () => {
    const doors = openDoors({ ann: ANN });
    const desk = await startDesk({ doorkeeper: doors });
    await stalled(desk);

    const before = performance.now();
    doors.end('ann', 'revoked');
    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0));

    expect(performance.now() - before).toBeLessThan(1000);
  });
});

it('a client that comes back while its share is spent waits for the next, and has missed nothing', async () => {
  const rates = memoryRates({ points: 2, perSeconds: 1, clock: Date.now });
  const doors = openDoors({ first: ANN });
  const desk = await startDesk({ doorkeeper: doors, shares: openShares({}, rates) });
  const { client, presented } = clientOf('WebSocket', desk.url, () => 'first');
  const results = keepAfter(client, { againAfterMs: 5 }).iterate({ query: ADDED });
  await results.next();
  while ((await rates.spend('ann', 1)).ok) {
    // Until there is nothing left.
  }

  doors.end('first', 'expired');
  doors.give('first', ANN);
  await vi.waitFor(() => expect(presented.length).toBeGreaterThan(1));
  await desk.say('meanwhile');

  expect(await textsUntil('meanwhile', results)).toEqual(['added: meanwhile']);
});

/** Listens, and lets what is told pile up. */
async function stalled(desk: Desk): Promise<void> {
  const socket = new WebSocket(
    `${desk.url.replace(/^http/, 'ws')}/graphql`,
    'graphql-transport-ws',
    { headers: { authorization: 'Bearer ann' } },
  );
  onTestFinished(() => socket.terminate());
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  socket.on('message', () => {
    if (desk.gateway.listeners > 0) return;
    socket.send(JSON.stringify({ type: 'subscribe', id: 'a', payload: { query: ADDED } }));
  });
  await vi.waitFor(() => expect(desk.gateway.listeners).toBe(1));
  socket.pause();
  for (let index = 0; index < 200; index += 1) await desk.say(`${index} ${'x'.repeat(20_000)}`);
}
