import { createServer, type RequestListener } from 'node:http';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Arrival, Ask, Pieces } from '../../src/providers/ask.ts';
import { openHttp, overload } from '../../src/providers/http.ts';

const provider = providerName('website');

const read: Ask = { method: 'GET', path: '/rows', headers: {}, effect: 'read' };
const write: Ask = { method: 'POST', path: '/rows', headers: {}, json: {}, effect: 'write' };

/** A server of one answer, and the door to it. */
async function door(listener: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const dispatcher = new Agent();
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(async () => {
    await dispatcher.destroy();
    await close();
  });
  return {
    http: openHttp({ provider, origin: `http://127.0.0.1:${port}`, dispatcher }),
    asked,
    close,
  };
}

function call(signal = new AbortController().signal) {
  return { signal, reads: new Map() };
}

describe('the outbound door', () => {
  it('takes any status for an answer, and parses what says it is JSON', async () => {
    const { http } = await door((_request, response) => {
      response
        .writeHead(418, { 'content-type': 'application/json', 'x-kept': 'yes' })
        .end('{"a":1}');
    });

    const outcome = await http.ask(call(), read);

    expect(outcome).toMatchObject({ ok: true, value: { status: 418, body: { a: 1 } } });
    expect(outcome.ok && outcome.value.header('X-Kept')).toBe('yes');
  });

  it('hands on a plain text as it is, and nothing as null', async () => {
    const { http } = await door((request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end(request.url === '/rows' ? 'Not here.' : '');
    });

    expect(await http.ask(call(), read)).toMatchObject({ value: { body: 'Not here.' } });
    expect(await http.ask(call(), { ...read, path: '/none' })).toMatchObject({
      value: { body: null },
    });
  });

  it('asks the same question once in one operation, and again after a write to the account', async () => {
    const { http, asked } = await door((_request, response) => response.end('{}'));
    const operation = call();

    await Promise.all([http.ask(operation, read), http.ask(operation, read)]);
    await http.ask(operation, { ...read, query: [['page', '2']] });
    await http.ask(operation, write);
    await http.ask(operation, read);

    expect(asked).toEqual(['GET /rows', 'GET /rows?page=2', 'POST /rows', 'GET /rows']);
  });

  it.each([
    [read, 'unavailable'],
    [write, 'outcome-unknown'],
  ] as const)('tells a lost %o by what it may have done', async (ask, kind) => {
    const { http } = await door((_request, response) => response.destroy());

    expect(await http.ask(call(), ask)).toMatchObject({ ok: false, failure: { kind, provider } });
  });

  it('knows that a write never arrived where nobody listens', async () => {
    const { http, close } = await door(() => {});
    await close();

    const outcome = await http.ask(call(), write);

    expect(outcome).toMatchObject({ failure: { kind: 'unavailable', because: /reached/ } });
  });

  it('sends nothing once the deadline has passed', async () => {
    const { http, asked } = await door((_request, response) => response.end());

    const outcome = await http.ask(call(AbortSignal.abort()), write);

    expect(outcome).toMatchObject({ failure: { kind: 'unavailable' } });
    expect(asked).toEqual([]);
  });

  it('waits no longer than its signal', async () => {
    const passing = new AbortController();
    const { http } = await door(() => passing.abort());

    const outcome = await http.ask(call(passing.signal), read);

    expect(outcome).toMatchObject({ failure: { kind: 'unavailable', because: /deadline/ } });
  });

  it.each([301, 302, 303, 307, 308])('never follows a redirect: %i', async (status) => {
    const { http, asked } = await door((_request, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });

    const outcome = await http.ask(call(), { ...read, headers: { authorization: 'Bearer x' } });

    expect(outcome).toMatchObject({ failure: { kind: 'unavailable', because: /redirect/ } });
    expect(asked).toEqual(['GET /rows']);
  });

  it('takes no answer larger than any page could be', async () => {
    const { http } = await door((_request, response) => {
      const piece = Buffer.alloc(1024 * 1024, 32);
      response.writeHead(200, { 'content-type': 'application/json' });
      for (let megabytes = 0; megabytes < 20; megabytes += 1) response.write(piece);
      response.end('{}');
    });

    expect(await http.ask(call(), read)).toMatchObject({
      failure: { kind: 'unavailable', because: /larger/ },
    });
  });

  it('takes broken JSON under a good status for no answer, and under a bad one for its text', async () => {
    const { http } = await door((request, response) => {
      response.writeHead(request.url === '/rows' ? 200 : 500, {
        'content-type': 'application/json',
      });
      response.end('{"rows": [');
    });

    expect(await http.ask(call(), read)).toMatchObject({ failure: { kind: 'unavailable' } });
    expect(await http.ask(call(), write)).toMatchObject({ failure: { kind: 'outcome-unknown' } });
    expect(await http.ask(call(), { ...read, path: '/bad' })).toMatchObject({
      value: { status: 500, body: '{"rows": [' },
    });
  });
});

describe('an answer in pieces', () => {
  const asked: Ask = { ...write, headers: { accept: 'application/jsonl' } };
  const lines = { 'content-type': 'application/jsonl' };

  it('is had as it comes, with the question asked as any other is', async () => {
    const seen: unknown[] = [];
    let goOn = () => {};
    const { http } = await door((request, response) => {
      seen.push(request.headers.accept, request.headers['content-type']);
      response.writeHead(200, lines).write('one');
      goOn = () => response.end('two');
    });

    const pieces: string[] = [];
    for await (const piece of piecesOf(await http.stream(call(), asked))) {
      pieces.push(piece.ok ? Buffer.from(piece.value).toString() : 'lost');
      goOn();
    }

    expect(pieces).toEqual(['one', 'two']);
    expect(seen).toEqual(['application/jsonl', 'application/json']);
  });

  it.each([
    [400, 'application/json', '{"code":"NO"}', { code: 'NO' }],
    [502, 'text/html', '<h1>Bad</h1>', '<h1>Bad</h1>'],
    [500, 'application/jsonl', '{"code":"NO"}', { code: 'NO' }],
    [200, 'application/json; charset=utf-8', '{"id":"1"}', { id: '1' }],
    [204, 'application/json', '', null],
  ])('is none where the service answers %i with %s', async (status, type, said, body) => {
    const { http } = await door((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(said);
    });

    const outcome = await http.stream(call(), asked);

    expect(outcome).toMatchObject({ ok: true, value: { kind: 'whole', answer: { status, body } } });
  });

  it('that breaks off ends with that, after all that came', async () => {
    const { http } = await door((_request, response) => {
      response.writeHead(200, lines).write('one', () => response.destroy());
    });

    const came = await everyPiece(await http.stream(call(), asked));
    const cameOfRead = await everyPiece(await http.stream(call(), { ...asked, effect: 'read' }));

    expect(came).toMatchObject([
      { ok: true },
      { failure: { kind: 'outcome-unknown', because: /^the connection broke/ } },
    ]);
    expect(cameOfRead).toMatchObject([{ ok: true }, { failure: { kind: 'unavailable' } }]);
  });

  it('ends at the deadline', async () => {
    const deadline = new AbortController();
    const { http } = await door((_request, response) => {
      response.writeHead(200, lines).write('one');
    });

    const came = [];
    for await (const piece of piecesOf(await http.stream(call(deadline.signal), asked))) {
      came.push(piece);
      deadline.abort();
    }

    expect(came).toMatchObject([
      { ok: true },
      { failure: { kind: 'outcome-unknown', because: /deadline/ } },
    ]);
  });

  it('that is left unread closes the connection', async () => {
    let isClosed = false;
    const { http } = await door((_request, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.writeHead(200, lines).write('one');
    });

    for await (const piece of piecesOf(await http.stream(call(), asked))) {
      if (piece.ok) break;
    }

    await expect.poll(() => isClosed).toBe(true);
  });

  it('is no longer than any answer may be', async () => {
    const { http } = await door((_request, response) => {
      const piece = Buffer.alloc(1024 * 1024, 32);
      response.writeHead(200, lines);
      for (let megabytes = 0; megabytes < 20; megabytes += 1) response.write(piece);
      response.end();
    });

    const came = await everyPiece(await http.stream(call(), asked));

    expect(came.at(-1)).toMatchObject({ failure: { kind: 'outcome-unknown', because: /longer/ } });
    expect(came.filter(({ ok }) => !ok)).toHaveLength(1);
  });

  it.each([301, 307])('is not looked for elsewhere: %i', async (status) => {
    const { http, asked: questions } = await door((_request, response) => {
      response.writeHead(status, { ...lines, location: '/elsewhere' }).end();
    });

    const outcome = await http.stream(call(), asked);

    expect(outcome).toMatchObject({ failure: { kind: 'unavailable', because: /redirect/ } });
    expect(questions).toEqual(['POST /rows']);
  });

  it('that never began is told from one that was lost', async () => {
    const { http: dead, close } = await door(() => {});
    await close();
    const { http: torn } = await door((_request, response) => response.destroy());
    const { http: unasked, asked: questions } = await door(() => {});

    const outcomes = [
      await dead.stream(call(), asked),
      await torn.stream(call(), asked),
      await unasked.stream(call(AbortSignal.abort()), asked),
    ];

    expect(outcomes).toMatchObject([
      { failure: { kind: 'unavailable', because: /reached/ } },
      { failure: { kind: 'outcome-unknown' } },
      { failure: { kind: 'unavailable', because: /deadline had passed/ } },
    ]);
    expect(questions).toEqual([]);
  });

  it('of a write makes what was read before it be asked again', async () => {
    const { http, asked: questions } = await door((_request, response) => response.end('{}'));
    const operation = call();

    await http.ask(operation, read);
    await everyPiece(await http.stream(operation, asked));
    await http.ask(operation, read);

    expect(questions).toEqual(['GET /rows', 'POST /rows', 'GET /rows']);
  });

  function piecesOf(outcome: Outcome<Arrival>): Pieces {
    if (outcome.ok && outcome.value.kind === 'pieces') return outcome.value.pieces;
    throw new Error(`Had no pieces: ${JSON.stringify(outcome)}`);
  }

  async function everyPiece(outcome: Outcome<Arrival>) {
    const pieces: Outcome<Uint8Array>[] = [];
    for await (const piece of piecesOf(outcome)) pieces.push(piece);
    return pieces;
  }
});

describe('what a busy or broken service means', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const judge = (
    status: number,
    headers: Readonly<Record<string, string>> = {},
    effect: Ask['effect'] = 'read',
  ) => overload(provider, { status, header: (name) => headers[name], body: null }, { effect, now });

  it.each([
    [{ 'retry-after': '30' }, '2026-03-01T12:00:30.000Z'],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:05:00 GMT' }, '2026-03-01T12:05:00.000Z'],
    [{ 'ratelimit-reset': '7' }, '2026-03-01T12:00:07.000Z'],
  ])('says when to come back after a 429 with %o', (headers, at) => {
    expect(judge(429, headers)).toEqual({
      kind: 'rate-limited',
      provider,
      retryAt: new Date(at),
    });
  });

  it('does not say when where the service does not, or talks nonsense', () => {
    expect(judge(429)).toMatchObject({ kind: 'rate-limited', retryAt: null });
    expect(judge(429, { 'retry-after': '' })).toMatchObject({ retryAt: null });
    expect(judge(429, { 'retry-after': 'soon' })).toMatchObject({ retryAt: null });
  });

  it.each([
    // The moment itself, as some say it.
    [{ 'ratelimit-reset': '1772366407' }, '2026-03-01T12:00:07.000Z'],
    [{ 'retry-after': '1e300' }, '2026-03-02T12:00:00.000Z'],
    [{ 'retry-after': '-30' }, '2026-03-01T12:00:00.000Z'],
  ])('never says a moment that is past, none or beyond a day after %o', (headers, at) => {
    expect(judge(429, headers)).toMatchObject({ retryAt: new Date(at) });
  });

  it('does not take the end of a rate window for the end of a fault', () => {
    expect(judge(503, { 'ratelimit-reset': '7' })).toMatchObject({ retryAt: null });
    expect(judge(503, { 'retry-after': '7' })).toMatchObject({
      retryAt: new Date('2026-03-01T12:00:07Z'),
    });
  });

  it.each([
    [500, 'unavailable'],
    [502, 'outcome-unknown'],
    [503, 'unavailable'],
    [504, 'outcome-unknown'],
    [524, 'outcome-unknown'],
  ] as const)('tells of a write answered %i that it is %s', (status, kind) => {
    expect(judge(status, {}, 'write')).toMatchObject({ kind });
    expect(judge(status, {}, 'read')).toMatchObject({ kind: 'unavailable' });
  });

  it.each([200, 304, 400, 401, 404])('leaves %i to the provider', (status) => {
    expect(judge(status)).toBeUndefined();
  });
});
