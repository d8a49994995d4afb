// What a browser would do for a page of somebody else's, and what it is told so that it does not.

import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { openDoors } from '../support/doors.ts';
import { FEW, refusalsIn } from '../support/hostile.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';
import { openSocket } from '../support/socket.ts';

const APP = 'https://app.example.com';
const QUERY = '/graphql?query=%7B__typename%7D';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0';

interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** With whatever headers there are: fetch would not send some of them. */
function ask(
  { url }: Pick<TestParlance, 'url'>,
  path: string,
  {
    method = 'GET',
    body,
    ...headers
  }: OutgoingHttpHeaders & { readonly method?: string; readonly body?: string } = {},
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${url}${path}`, { method, headers }, (response) => {
      const chunks: string[] = [];
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => chunks.push(chunk));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: chunks.join(''),
        }),
      );
    });
    asked.once('error', reject).end(body);
  });
}

describe('a page of another origin', () => {
  it.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded', body: 'query={__typename}' }],
    ['a form of parts', { 'content-type': 'multipart/form-data; boundary=x', body: '--x--' }],
    ['plain text', { 'content-type': 'text/plain', body: '{"query":"{__typename}"}' }],
    [
      'text that is said to be JSON too',
      { 'content-type': 'text/plain; a=application/json', body: '{}' },
    ],
    ['no word on what it is', { body: '{"query":"{__typename}"}' }],
    ['the text of an operation', { 'content-type': 'application/graphql', body: '{__typename}' }],
  ])('cannot post %s', async (_what, sent) => {
    const parlance = await startParlance(FEW);

    const { status, body } = await ask(parlance, '/graphql', { method: 'POST', ...sent });

    expect(status).toBe(415);
    expect(refusalsIn(JSON.parse(body))[0]?.message).toContain('application/json');
  });

  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of another host of this site', { 'sec-fetch-site': 'same-site' }],
    ['in an old browser', { 'user-agent': BROWSER }],
    ['that listens', { 'sec-fetch-site': 'cross-site', accept: 'text/event-stream' }],
    [
      'with an origin of its own',
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    ],
  ])('%s cannot get an answer, nor make anybody be asked', async (_who, headers) => {
    const parlance = await startParlance({ ...FEW, reached: { origins: [APP] } });
    const path = `/graphql?query=${encodeURIComponent('{ conversations { nodes { id } } }')}`;

    const { status, body } = await ask(parlance, path, { accept: '*/*', ...headers });

    expect(status).toBe(403);
    expect(refusalsIn(JSON.parse(body))[0]?.message).toContain('server.origins');
    expect(parlance.world.botpress.journal).toEqual([]);
  });

  it.each([
    ['this very page', { 'sec-fetch-site': 'same-origin', 'user-agent': BROWSER }],
    ['whoever types the address', { 'sec-fetch-site': 'none', 'user-agent': BROWSER }],
    ['an old browser that asked first', { 'user-agent': BROWSER, 'parlance-csrf': '1' }],
    ['no browser', {}],
  ])('is not %s', async (_who, headers) => {
    const parlance = await startParlance(FEW);

    const { status, body } = await ask(parlance, QUERY, { accept: 'application/json', ...headers });

    expect([status, body]).toEqual([200, expect.stringContaining('Query')]);
  });

  it('that is known is let in, and told what it may read', async () => {
    const parlance = await startParlance({ ...FEW, reached: { origins: [APP] } });
    const first = { origin: APP, 'access-control-request-method': 'POST' };

    const asked = await ask(parlance, '/graphql', { method: 'OPTIONS', ...first });
    const answered = await ask(parlance, '/graphql', {
      method: 'POST',
      origin: APP,
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/json',
      body: '{"query":"{__typename}"}',
    });
    const { socket } = await openSocket(parlance.url, { origin: APP });

    expect(asked).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': APP,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': expect.stringContaining('authorization'),
        vary: expect.stringContaining('origin'),
      },
    });
    expect(answered.status).toBe(200);
    expect(answered.headers).toMatchObject({ 'access-control-allow-origin': APP, vary: 'origin' });
    expect(answered.headers['access-control-allow-credentials']).toBeUndefined();
    expect(socket.readyState).toBe(socket.OPEN);
  });

  it.each([
    'https://app.example.com.evil.example',
    'http://app.example.com',
    `${APP}:8443`,
    'null',
  ])('that looks like one that is known is not: %s', async (origin) => {
    const parlance = await startParlance({ ...FEW, reached: { origins: [APP] } });
    const first = { origin, 'access-control-request-method': 'POST' };

    const asked = await ask(parlance, '/graphql', { method: 'OPTIONS', ...first });

    expect(asked.status).toBe(403);
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
    expect(asked.headers['vary']).toBe('origin');
    await expect(openSocket(parlance.url, { origin })).rejects.toThrow('403');
  });

  it('is told before it signs in what it may send', async () => {
    const doorkeeper = openDoors();
    const parlance = await startParlance({ ...FEW, doorkeeper, reached: { origins: [APP] } });

    const { status } = await ask(parlance, '/graphql', {
      method: 'OPTIONS',
      origin: APP,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    });

    expect(status).toBe(204);
  });
});

describe('a name that somebody made lead here', () => {
  it.each(['evil.example', 'evil.example:80', 'localhost.evil.example', '127.0.0.1.evil.example'])(
    'is not answered where nobody signs in: %s',
    async (host) => {
      const parlance = await startParlance(FEW);

      const asked = await ask(parlance, QUERY, { host, accept: 'application/json' });
      const page = await ask(parlance, '/graphql', { host, accept: 'text/html' });
      const numbers = await ask(parlance, '/metrics', { host });

      expect([asked.status, page.status, numbers.status]).toEqual([421, 421, 421]);
      expect(asked.body).toContain('server.hosts');
      expect(asked.body).not.toContain('Query');
      await expect(
        openSocket(parlance.url, { headers: { host }, origin: `http://${host}` }),
      ).rejects.toThrow('421');
    },
  );

  it.each([
    'localhost:4000',
    '127.0.0.1',
    '[::1]:4000',
    '192.168.1.7:4000',
    'gateway:4000',
    'a.localhost',
  ])('is not one that can be nobody else’s: %s', async (host) => {
    const parlance = await startParlance(FEW);

    const { status } = await ask(parlance, QUERY, { host, accept: 'application/json' });

    expect(status).toBe(200);
  });

  it('is one that is not listed, where some are', async () => {
    const parlance = await startParlance({ ...FEW, reached: { hosts: ['chat.example.com'] } });
    const asking = async (host: string) =>
      (await ask(parlance, QUERY, { host, accept: 'application/json' })).status;

    expect(await asking('chat.example.com')).toBe(200);
    expect(await asking('CHAT.example.com.:443')).toBe(200);
    expect(await asking('localhost')).toBe(200);
    expect(await asking('192.168.1.7')).toBe(421);
    expect((await ask(parlance, '/healthz', { host: '192.168.1.7' })).status).toBe(200);
  });

  it('leads nowhere without a key where callers sign in, and so is answered', async () => {
    const parlance = await startParlance({ ...FEW, doorkeeper: openDoors() });

    const { status } = await ask(parlance, QUERY, { host: 'api.example.com', accept: '*/*' });

    expect(status).toBe(401);
  });
});

describe('every answer', () => {
  it.each([
    '/healthz',
    '/readyz',
    '/metrics',
    '/',
    '/graphql',
    QUERY,
    '/nowhere',
    '/webhooks/website',
  ])('says what a browser must not do with it: %s', async (path) => {
    const parlance = await startParlance({ ...FEW, reached: { hsts: true } });

    const { headers } = await ask(parlance, path, { accept: '*/*' });

    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'strict-transport-security': 'max-age=31536000',
    });
  });

  it('says nothing of TLS where there may be none', async () => {
    const { headers } = await ask(await startParlance(FEW), '/healthz');

    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('that is the page runs what is in it, by its hash, and no other script', async () => {
    const { headers } = await ask(await startParlance(FEW), '/graphql', { accept: 'text/html' });
    const policy = String(headers['content-security-policy']);

    expect(policy).toMatch(/script-src 'sha256-[^']+'(?: 'sha256-[^']+')*;/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });
});
