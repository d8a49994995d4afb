// How an account is asked: what is sent again and what is not, who waits for whom, and when nothing is sent at all.

import type { RequestListener, ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failed, success } from '../../src/domain/failure.ts';
import { openHttp } from '../../src/providers/http.ts';
import type { Turnstile } from '../../src/providers/turnstile.ts';
import {
  PROVIDER,
  READ,
  startUpstream,
  type UpstreamOptions,
  WRITE,
  within,
} from '../support/upstream.ts';

/** One answer after the other; the last of them for ever. */
function inTurn(...answers: readonly RequestListener[]): RequestListener {
  const left = [...answers];
  return (request, response) => {
    const [next] = left.length > 1 ? left.splice(0, 1) : left;
    next?.(request, response);
  };
}

const well: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"well":true}');
};
const cut: RequestListener = (_request, response) => void response.destroy();
const status =
  (code: number, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(code, headers).end();
  };

describe('a read', () => {
  it.each([
    ['whose connection broke', cut],
    ['answered 502', status(502)],
    ['answered 503', status(503)],
    ['answered 504', status(504)],
  ])('%s is asked twice more at most', async (_, once) => {
    const mended = await startUpstream(inTurn(once, once, well));
    const broken = await startUpstream(once);

    const answers = [await mended.http.ask(within(), READ), await broken.http.ask(within(), READ)];

    expect(answers[0]).toMatchObject({ ok: true, value: { status: 200, body: { well: true } } });
    expect(answers[1]).not.toMatchObject({ ok: true, value: { status: 200 } });
    expect([mended.asked.length, broken.asked.length]).toEqual([3, 3]);
  });

  it.each([400, 401, 404, 409, 500])('answered %i is not asked again', async (code) => {
    const { http, asked } = await startUpstream(inTurn(status(code), well));

    const answer = await http.ask(within(), READ);

    expect(answer).toMatchObject({ ok: true, value: { status: code } });
    expect(asked).toHaveLength(1);
  });

  it('that broke off in its answer is asked again, and half of it is never shown', async () => {
    const half: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '900' });
      response.write('{"rows":[', () => response.destroy());
    };
    const { http, asked } = await startUpstream(inTurn(half, well));

    expect(await http.ask(within(), READ)).toMatchObject({ value: { body: { well: true } } });
    expect(asked).toHaveLength(2);
  });

  it('waits as long as it is told to after a 429, where that is short', async () => {
    const { http, asked } = await startUpstream(inTurn(status(429, { 'retry-after': '1' }), well));
    const began = performance.now();

    const answer = await http.ask(within(), READ);

    expect(answer).toMatchObject({ value: { status: 200 } });
    expect(performance.now() - began).toBeGreaterThanOrEqual(1000);
    expect(asked).toHaveLength(2);
  });

  it('waits for the end of the window that a 429 names', async () => {
    const { http } = await startUpstream(inTurn(status(429, { 'ratelimit-reset': '1' }), well));
    const began = performance.now();

    expect(await http.ask(within(), READ)).toMatchObject({ value: { status: 200 } });
    expect(performance.now() - began).toBeGreaterThanOrEqual(1000);
  });

  it.each([
    ['says to wait for long', { 'retry-after': '30' }, 60_000],
    ['says to wait beyond the deadline', { 'retry-after': '1' }, 700],
    ['does not say for how long', {}, 60_000],
  ])('answered 429 by a service that %s is told so at once', async (_, headers, deadlineMs) => {
    const { http, asked } = await startUpstream(inTurn(status(429, headers), well));
    const began = performance.now();

    const answer = await http.ask(within(deadlineMs), READ);

    expect(answer).toMatchObject({ value: { status: 429 } });
    expect(performance.now() - began).toBeLessThan(500);
    expect(asked).toHaveLength(1);
  });

  it('answered 503 with a moment far away is told so at once', async () => {
    const { http, asked } = await startUpstream(inTurn(status(503, { 'retry-after': '60' }), well));

    expect(await http.ask(within(), READ)).toMatchObject({ value: { status: 503 } });
    expect(asked).toHaveLength(1);
  });

  it('is asked again only while its own time lasts', async () => {
    const { http, asked } = await startUpstream(cut);

    expect(await http.ask(within(60), READ)).toMatchObject({ failure: { kind: 'unavailable' } });
    expect(asked).toHaveLength(1);
  });
});

describe('a write', () => {
  it.each([
    ['whose connection broke', cut],
    ['answered 500', status(500)],
    ['answered 502', status(502)],
    ['answered 503', status(503)],
    ['answered 429', status(429, { 'retry-after': '0' })],
  ])('%s is not sent again', async (_, once) => {
    const { http, asked } = await startUpstream(inTurn(once, well));

    await http.ask(within(), WRITE);

    expect(asked).toEqual(['POST /rows']);
  });

  it('that nobody took is sent once more, and arrives once', async () => {
    const upstream = await startUpstream(well);
    await upstream.close();
    upstream.dispatcher.once('connectionError', () => void upstream.open());

    const answer = await upstream.http.ask(within(), WRITE);

    expect(answer).toMatchObject({ ok: true, value: { status: 200 } });
    expect(upstream.asked).toEqual(['POST /rows']);
  });

  it('that nobody ever takes is known not to have been sent', async () => {
    const upstream = await startUpstream(well);
    await upstream.close();

    const answer = await upstream.http.ask(within(), WRITE);

    expect(answer).toMatchObject({
      failure: { kind: 'unavailable', because: /could not be reached \(ECONNREFUSED\)/ },
    });
  });

  it('whose time is up before there is a connection is known not to have been sent', async () => {
    const dispatcher = new Agent({ connect: () => undefined });
    onTestFinished(() => dispatcher.destroy());
    const door = openHttp({ provider: PROVIDER, origin: 'http://127.0.0.1:1', dispatcher });

    const answer = await door.ask(within(100), WRITE);

    expect(answer).toMatchObject({ failure: { kind: 'unavailable', because: /nothing was sent/ } });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    'by %s on a kept connection that is closed under it is sent once, and nobody knows',
    async (method) => {
      const sockets = new Set<unknown>();
      const upstream = await startUpstream((request, response) => {
        sockets.add(request.socket);
        if (request.url === '/first') well(request, response);
        else request.socket.destroy();
      });
      await upstream.http.ask(within(), { ...READ, path: '/first' });
      await expect
        .poll(() => upstream.dispatcher.stats[upstream.origin])
        .toMatchObject({ free: 1 });

      const lost = await upstream.http.ask(within(), { ...WRITE, method });

      expect(lost).toMatchObject({ failure: { kind: 'outcome-unknown' } });
      expect(upstream.asked).toEqual(['GET /first', `${method} /rows`]);
      expect(sockets.size).toBe(1);
    },
  );

  it('takes a new connection where the old one was closed while nothing was said', async () => {
    const { http, server, asked } = await startUpstream(well);
    const closed = new Promise<void>((resolve) => {
      server.once('connection', (socket) => socket.once('close', () => resolve()));
    });
    await http.ask(within(), READ);
    server.closeIdleConnections();
    await closed;

    const answer = await http.ask(within(), WRITE);

    expect(answer).toMatchObject({ ok: true });
    expect(asked).toEqual(['GET /rows', 'POST /rows']);
  });
});

describe('an account', () => {
  it('is asked by sixteen calls at once, and no more', async () => {
    const { http, held, most } = await startHolding();

    const asked = Array.from({ length: 40 }, () => http.ask(within(), READ));
    await expect.poll(() => held.length).toBe(16);
    await letGo(held, 40);

    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ ok: true });
    expect(most()).toBe(16);
  });

  it('takes writes before reads, and people before whoever looks for news', async () => {
    const { http, held, order } = await startHolding();
    const ask = (path: string, effect: 'read' | 'write', asker: 'client' | 'watch') =>
      http.ask(within(5000, asker), { ...(effect === 'write' ? WRITE : READ), path });
    const asked = Array.from({ length: 16 }, () => ask('/first', 'read', 'client'));
    await expect.poll(() => held.length).toBe(16);

    asked.push(ask('/look', 'read', 'watch'), ask('/read', 'read', 'client'));
    asked.push(ask('/write', 'write', 'client'), ask('/second-write', 'write', 'client'));
    await letGo(held, 20);

    await Promise.all(asked);
    expect(order.slice(16)).toEqual(['/write', '/second-write', '/read', '/look']);
  });

  it('lets so many wait, and turns the next away with nothing sent', async () => {
    const { http, held } = await startHolding();
    const reads = Array.from({ length: 16 + 500 }, () => http.ask(within(20_000), READ));
    await expect.poll(() => held.length).toBe(16);

    const refused = await http.ask(within(), READ);
    const written = http.ask(within(), WRITE);
    await letGo(held, 517);

    expect(refused).toMatchObject({
      failure: { kind: 'unavailable', because: /too many calls wait.*nothing was sent/ },
    });
    expect(await written).toMatchObject({ ok: true });
    for (const answer of await Promise.all(reads)) expect(answer).toMatchObject({ ok: true });
  });

  it('keeps nobody waiting beyond their time, which counts from when they came', async () => {
    const { http, held, order } = await startHolding();
    const first = Array.from({ length: 16 }, () => http.ask(within(), READ));
    await expect.poll(() => held.length).toBe(16);

    const late = await http.ask(within(150), { ...WRITE, path: '/late' });
    await letGo(held, 16);

    await Promise.all(first);
    expect(late).toMatchObject({ failure: { kind: 'unavailable', because: /nothing was sent/ } });
    expect(order).not.toContain('/late');
  });

  it('has places for its calls however many listen to it', async () => {
    const { http } = await startUpstream((request, response) => {
      if (request.url === '/rows') well(request, response);
      else response.writeHead(200, { 'content-type': 'application/jsonl' }).write('one');
    });
    const leave = new AbortController();
    const listen = () => {
      const call = { signal: AbortSignal.any([leave.signal]), reads: new Map() };
      return http.stream(call, { ...READ, path: '/channel' });
    };
    const channels = await Promise.all(Array.from({ length: 128 }, listen));

    const answer = await http.ask(within(), READ);
    const refused = await listen();
    leave.abort();

    expect(channels.every(({ ok }) => ok)).toBe(true);
    expect(answer).toMatchObject({ ok: true });
    expect(refused).toMatchObject({ failure: { kind: 'unavailable', because: /too many/ } });
    expect(await http.stream(within(), { ...READ, path: '/channel' })).toMatchObject({ ok: true });
  });
});

describe('the turn of an account’s budget', () => {
  it('is taken before each sending, and told of each answer once', async () => {
    const told: (number | 'none')[] = [];
    const turnstile: Turnstile = {
      pass: async () =>
        success({
          answered: (answer) => void told.push(answer.status),
          unanswered: () => void told.push('none'),
        }),
    };
    const { http } = await startUpstream(inTurn(cut, status(503), well, cut), { turnstile });

    await http.ask(within(), READ);
    await http.ask(within(), WRITE);

    expect(told).toEqual(['none', 503, 200, 'none']);
  });

  it('that does not come says until when, with nothing sent', async () => {
    const retryAt = new Date('2026-03-02T10:00:30.000Z');
    const turnstile: Turnstile = {
      pass: async () => failed({ kind: 'rate-limited', provider: PROVIDER, retryAt }),
    };
    const { http, asked } = await startUpstream(well, { turnstile });

    const answer = await http.ask(within(), WRITE);

    expect(answer).toEqual(failed({ kind: 'rate-limited', provider: PROVIDER, retryAt }));
    expect(asked).toEqual([]);
  });

  it('is given back by who then finds no place', async () => {
    let out = 0;
    const turnstile: Turnstile = {
      pass: async () => {
        out += 1;
        const back = () => {
          out -= 1;
        };
        return success({ answered: back, unanswered: back });
      },
    };
    const { http, held } = await startHolding({ turnstile });
    const first = Array.from({ length: 16 }, () => http.ask(within(), READ));
    await expect.poll(() => held.length).toBe(16);

    await http.ask(within(60), READ);

    expect(out).toBe(16);
    await letGo(held, 16);
    await Promise.all(first);
    expect(out).toBe(0);
  });
});

/** A service that answers when it is let go. */
async function startHolding(options: UpstreamOptions = {}) {
  const held: ServerResponse[] = [];
  const order: string[] = [];
  let under = 0;
  let most = 0;
  const upstream = await startUpstream((request, response) => {
    order.push(request.url ?? '');
    held.push(response);
    under += 1;
    most = Math.max(most, under);
    response.once('close', () => {
      under -= 1;
    });
  }, options);
  return { ...upstream, held, order, most: () => most };
}

/** Answers one after the other, so that the order in which the next come is known. */
async function letGo(held: ServerResponse[], times: number): Promise<void> {
  for (let answered = 0; answered < times; answered += 1) {
    await expect.poll(() => held.length, { interval: 1, timeout: 5000 }).toBeGreaterThan(0);
    const response = held.shift();
    const closed = new Promise((resolve) => response?.once('close', resolve));
    response?.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    await closed;
  }
}
