// Who is let in over HTTP, and what the others are told: by the letter of RFC 6750 and of GraphQL over HTTP.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Doorkeeper, Refusal } from '../../src/security/doorkeeper.ts';
import { openShares } from '../../src/server/bounds/shares.ts';
import { admitted } from '../../src/server/door/admission.ts';
import { startServer } from '../../src/server/server.ts';
import { gatewayOver, handMade, type Making } from '../gateway/hand-made.ts';
import { at } from '../support/answer.ts';
import { callerNamed } from '../support/callers.ts';
import { startDesk } from '../support/desk.ts';
import { openDoors } from '../support/doors.ts';

const QUERY = JSON.stringify({ query: '{ conversations { nodes { id } } }' });

async function started(doorkeeper: Doorkeeper, making: Partial<Making> = {}) {
  const one = handMade({ name: 'one', ...making });
  const { gateway, log } = gatewayOver([one.provider]);
  const server = await startServer({
    clock: Date.now,
    gateway,
    doorkeeper,
    log,
    host: '127.0.0.1',
    port: 0,
    examples: false,
  });
  onTestFinished(() => server.close());
  return { url: server.url, asked: one.asked };
}

function post(url: string, headers: Record<string, string> = {}) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: QUERY,
  });
}

function refusing(refusal: Refusal): Doorkeeper {
  return {
    open: false,
    admit: () => Promise.resolve({ ok: false, refusal }),
    close: () => Promise.resolve(),
  };
}

describe('a request', () => {
  it('that presents what is good is answered', async () => {
    const { url } = await started(openDoors({ good: callerNamed('ann') }));

    const response = await post(url, { authorization: 'bearer  good ' });

    expect(response.status).toBe(200);
    expect(response.headers.get('www-authenticate')).toBeNull();
  });

  it.each<[string, Record<string, string>, string]>([
    ['presents nothing', {}, 'Bearer realm="parlance"'],
    ['signs in otherwise', { authorization: 'Basic Z29vZDo=' }, 'Bearer realm="parlance"'],
    ['names no token', { authorization: 'Bearer' }, 'Bearer realm="parlance"'],
    [
      'presents what opens nothing',
      { authorization: 'Bearer bad' },
      'Bearer realm="parlance", error="invalid_token"',
    ],
  ])('that %s is not run, and is told how to sign in', async (_what, headers, challenge) => {
    const { url, asked } = await started(openDoors({ good: callerNamed('ann') }));

    const response = await post(url, headers);

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(challenge);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      errors: [
        { message: 'Present a credential of the test.', extensions: { code: 'UNAUTHENTICATED' } },
      ],
    });
    expect(asked).toEqual([]);
  });

  it.each(['POST', 'GET'])('by %s is not read before it is let in', async (method) => {
    const { url } = await started(openDoors());

    const response = await fetch(`${url}/graphql?query=gibberish`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' && { body: 'gibberish' }),
    });

    expect(response.status).toBe(401);
  });

  it.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['text/event-stream', 'application/json; charset=utf-8'],
    [
      'application/graphql-response+json, application/json;q=0.9',
      'application/graphql-response+json; charset=utf-8',
    ],
  ])('that accepts %s is refused in kind', async (accept, type) => {
    const { url } = await started(openDoors());

    const response = await post(url, { accept });

    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe(type);
  });

  it.each<[Refusal['code'], number, Record<string, string | null>]>([
    [
      'FORBIDDEN',
      403,
      { 'www-authenticate': 'Bearer realm="parlance", error="insufficient_scope"' },
    ],
    ['RATE_LIMITED', 429, { 'retry-after': '1', 'www-authenticate': null }],
    ['GATEWAY_UNAVAILABLE', 503, { 'retry-after': null, 'www-authenticate': null }],
  ])('refused as %s is answered with %i', async (code, status, headers) => {
    const { url } = await started(refusing({ code, message: 'Not now.', retryAt: null }));

    const response = await post(url);

    expect(response.status).toBe(status);
    for (const [name, value] of Object.entries(headers)) {
      expect(response.headers.get(name)).toBe(value);
    }
    expect(at(await response.json(), 'errors.0.extensions.code')).toBe(code);
  });

  it.each(['RATE_LIMITED', 'GATEWAY_UNAVAILABLE'] as const)(
    'refused as %s is told when to come again, where that is known',
    async (code) => {
      const retryAt = new Date(Date.now() + 30_000);
      const { url } = await started(refusing({ code, message: 'Later.', retryAt }));

      const response = await post(url);

      const seconds = Number(response.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(25);
      expect(seconds).toBeLessThanOrEqual(30);
    },
  );
});

describe('a client that goes before it is let in', () => {
  it('takes nothing of what is theirs', async () => {
    const doors = openDoors({ good: callerNamed('ann') });
    const shares = openShares({ operationsPerCaller: 1 });
    const admitting: Promise<unknown>[] = [];
    const server = createServer((asked, response) => {
      const gone = once(response, 'close');
      const doorkeeper: Doorkeeper = {
        ...doors,
        admit: (presented) => gone.then(() => doors.admit(presented)),
      };
      const door = { doorkeeper, shares, hops: 0, clock: Date.now };
      admitting.push(admitted(door, asked, response, () => undefined));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const asking = request({ port, headers: { authorization: 'Bearer good' } }).end();
    asking.on('error', () => undefined);
    await vi.waitFor(() => expect(admitting).toHaveLength(1));

    asking.destroy();

    expect(await admitting[0]).toBeUndefined();
    expect(doors.listening('good')).toBe(0);
    expect(shares.operations.take('ann')).toBeDefined();
  });
});

describe('a session that ends', () => {
  it('before the body has arrived runs nothing', async () => {
    const doors = openDoors({ good: callerNamed('ann') });
    const { url, asked } = await started(doors);
    const asking = request(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': QUERY.length,
        authorization: 'Bearer good',
      },
    });
    asking.write(QUERY.slice(0, 5));
    await vi.waitFor(() => expect(doors.listening('good')).toBe(1));

    doors.end('good', 'revoked');
    asking.end(QUERY.slice(5));
    const [response] = await once(asking, 'response');
    response.resume();

    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toContain('invalid_token');
    expect(asked).toEqual([]);
  });

  it.each([
    ['a query', 'application/json', QUERY],
    [
      'a subscription',
      'text/event-stream',
      JSON.stringify({ query: 'subscription { messageAdded { __typename } }' }),
    ],
  ])('while %s is paid for runs nothing', async (_what, accept, body) => {
    const doors = openDoors({ good: callerNamed('ann') });
    const desk = await startDesk({
      doorkeeper: doors,
      shares: {
        ...openShares({}),
        spend() {
          doors.end('good', 'expired');
          return Promise.resolve({ ok: true });
        },
      },
    });

    const response = await fetch(`${desk.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer good', accept },
      body,
    });

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('invalid_token');
    expect(desk.gateway.listeners).toBe(0);
  });

  it('while a query runs calls it off, and nothing that was read is told', async () => {
    const doors = openDoors({ good: callerNamed('ann') });
    let signal: AbortSignal | undefined;
    const { url } = await started(doors, {
      deadlineMs: 60_000,
      answers: (_asked, call) => {
        signal = call.signal;
        return new Promise(() => undefined);
      },
    });
    const answer = post(url, { authorization: 'Bearer good' });
    await vi.waitFor(() => expect(signal?.aborted).toBe(false));

    doors.end('good', 'revoked');
    const response = await answer;

    expect(signal?.aborted).toBe(true);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('invalid_token');
    expect(await response.json()).not.toHaveProperty('data');
  });

  it('leaves nothing behind when its requests are over', async () => {
    const doors = openDoors({ good: callerNamed('ann') });
    const { url } = await started(doors);

    for (let times = 0; times < 5; times += 1) {
      await (await post(url, { authorization: 'Bearer good' })).text();
    }

    await vi.waitFor(() => expect(doors.listening('good')).toBe(0));
  });
});
