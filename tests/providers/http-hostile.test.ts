// A service that does what it must not: nothing it sends costs more than a deadline and some memory, or leads anywhere else.

import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHttp } from '../../src/providers/http.ts';
import { PROVIDER, READ, startUpstream, WRITE, within } from '../support/upstream.ts';

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

/** Goes on for as long as somebody takes it. */
function pour(response: ServerResponse): void {
  response.on('error', () => undefined);
  const more = () => {
    while (response.writable && response.write(MEGABYTE));
  };
  response.on('drain', more);
  more();
}

describe.each([READ, WRITE])('to a $effect', (ask) => {
  const kind = ask.effect === 'write' ? 'outcome-unknown' : 'unavailable';

  it.each(['application/json', 'text/html'])(
    'an answer of %s without an end is dropped, and its connection closed',
    async (type) => {
      let taken = 0;
      const { http } = await startUpstream((request, response) => {
        response.writeHead(200, { 'content-type': type });
        request.socket.on('close', () => {
          taken = request.socket.bytesWritten;
        });
        pour(response);
      });

      const answer = await http.ask(within(20_000), ask);

      expect(answer).toMatchObject({ failure: { kind, because: /larger than any page/ } });
      await expect.poll(() => taken).toBeGreaterThan(0);
      expect(taken).toBeLessThan(64 * 1024 * 1024);
    },
  );

  it('headers without an end are no answer', async () => {
    const { http } = await startRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = () => {
        while (socket.writable && socket.write(`x-more: ${'y'.repeat(8000)}\r\n`));
      };
      socket.on('drain', more);
      more();
    });

    const answer = await http.ask(within(5000), ask);

    expect(answer).toMatchObject({ failure: { kind, because: /HEADERS_OVERFLOW|broke/ } });
  });

  it.each([
    ['headers', 'HTTP/1.1 200 OK\r\ncontent-type: app'],
    [
      'body',
      'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\ncontent-type: application/json\r\n\r\n{',
    ],
  ])('a slow drip of its %s takes until the deadline and no longer', async (_, begin) => {
    const { http } = await startRaw((socket) => {
      socket.write(begin);
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const began = performance.now();

    const answer = await http.ask(within(300), ask);

    expect(performance.now() - began).toBeLessThan(1500);
    expect(answer).toMatchObject({ failure: { kind, because: /within the deadline/ } });
  });

  it.each([301, 302, 303, 307, 308])(
    'a redirect (%i) to another host leads nowhere: no credential arrives there',
    async (code) => {
      const elsewhere: unknown[] = [];
      const thief = await listening((request, response) => {
        elsewhere.push(request.headers);
        response.end('{}');
      });
      const { http, asked } = await startUpstream((_request, response) => {
        response.writeHead(code, { location: `${thief}/rows` }).end();
      });

      const answer = await http.ask(within(), {
        ...ask,
        headers: { authorization: 'Bearer of the operator' },
      });

      expect(answer).toMatchObject({
        failure: {
          // "Found" and "see other" are also what is said after something was done.
          kind: code === 302 || code === 303 ? kind : 'unavailable',
          because: /redirect, which is never followed/,
        },
      });
      expect(asked).toHaveLength(1);
      expect(elsewhere).toEqual([]);
    },
  );

  it.each([
    ['broken JSON', '{"rows": [', 'application/json'],
    [
      'JSON cut in the middle of a letter',
      Buffer.from('{"rows":"\xe2\x82', 'latin1'),
      'application/json',
    ],
    ['a page that says it is JSON', '<h1>Hello</h1>', 'application/json; charset=utf-8'],
  ])('%s is no answer', async (_, said, type) => {
    const { http, asked } = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(said);
    });

    const answer = await http.ask(within(), ask);

    expect(answer).toMatchObject({ failure: { kind, because: /not the JSON/ } });
    expect(asked).toHaveLength(1);
  });

  it('what is no HTTP at all is no answer', async () => {
    const { http } = await startRaw((socket) => void socket.end('SSH-2.0-OpenSSH_9.7\r\n'));

    expect(await http.ask(within(), ask)).toMatchObject({ failure: { kind } });
  });
});

/** An address where nobody knows HTTP but as told. */
async function startRaw(talk: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => talk(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const dispatcher = new Agent();
  onTestFinished(async () => {
    await dispatcher.destroy();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { http: openHttp({ provider: PROVIDER, origin: `http://127.0.0.1:${port}`, dispatcher }) };
}

/** An origin where everything is answered so. */
async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
