// The HTTP surface as a stranger meets it: what is served, what is turned away and in which words, and who is not kept waiting for it.

import { once } from 'node:events';
import { type ClientRequest, request as openRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { at, listAt } from '../support/answer.ts';
import { expectUnharmed, FEW, post, refusalsIn, type Said, send } from '../support/hostile.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

const FIVE_MEGABYTES = 5 * 1024 * 1024;

describe('what the server says of itself', () => {
  it('is that the process runs, and that it may be asked', async () => {
    const { url } = await startParlance(FEW);

    const health = await send(`${url}/healthz`);
    const readiness = await send(`${url}/readyz/`);

    expect([health.status, health.body]).toEqual([200, { status: 'ok' }]);
    expect([readiness.status, readiness.body]).toEqual([200, { status: 'ready' }]);
    expect(health.headers.get('cache-control')).toBe('no-store');
  });

  it('names a provider that is out, and is ready all the same', async () => {
    const { url, world, ask } = await startParlance(FEW);
    world.chatling.inject({ kind: 'status', status: 503 });
    await ask(INBOX);

    const readiness = await send(`${url}/readyz`);

    expect(readiness.status).toBe(200);
    expect(readiness.body).toEqual({
      status: 'ready',
      degraded: ['1 of 4 providers'],
      out: [{ name: 'help', because: expect.stringContaining('it answered HTTP 503') }],
    });
    world.chatling.heal();
    await ask(INBOX);
    expect((await send(`${url}/readyz`)).body).toEqual({ status: 'ready' });
  });

  it('is where GraphQL is, to whoever comes to another address', async () => {
    const parlance = await startParlance(FEW);
    const addresses = [
      '/nothing',
      '/graphql/x',
      '/%zz',
      '//elsewhere',
      '/../../etc/passwd',
      '/healthz/x',
    ];

    for (const address of addresses) {
      const said = await send(`${parlance.url}${address}`);
      expect.soft([address, said.status]).toEqual([address, 404]);
      expect
        .soft(refusalsIn(said.body))
        .toMatchObject([{ message: expect.stringContaining('/graphql') }]);
      await expectUnharmed(parlance, said.text);
    }
    const home = await send(parlance.url);
    expect([home.status, home.headers.get('location')]).toEqual([302, '/graphql']);
  });

  it.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'QUERY'])(
    'stands when it is asked with %s',
    async (method) => {
      const parlance = await startParlance(FEW);

      for (const address of [
        '/',
        '/graphql',
        '/graphql?query={__typename}',
        '/healthz',
        '/readyz',
        '/nothing',
      ]) {
        const said = await send(`${parlance.url}${address}`, { method });
        expect.soft([address, said.status < 500]).toEqual([address, true]);
        await expectUnharmed(parlance, said.text);
      }
    },
  );
});

describe('a body', () => {
  const TOO_LARGE = [{ code: 'INVALID_INPUT', message: expect.stringContaining('1 MB at most') }];

  it('of five megabytes is refused in a sentence', async () => {
    const parlance = await startParlance(FEW);

    const said = await post(parlance.url, {
      query: INBOX,
      variables: { long: 'x'.repeat(FIVE_MEGABYTES) },
    });

    expect(said.status).toBe(413);
    expect(refusalsIn(said.body)).toMatchObject(TOO_LARGE);
    await expectUnharmed(parlance, said.text);
  });

  it('of five megabytes is refused also when its length was not said before', async () => {
    const parlance = await startParlance(FEW);
    const { sending, answered } = openPost(parlance, { 'transfer-encoding': 'chunked' });

    for (let left = FIVE_MEGABYTES; left > 0; left -= 65_536) sending.write('x'.repeat(65_536));
    sending.end();

    const said = await answered;
    expect(said.status).toBe(413);
    expect(refusalsIn(JSON.parse(said.text))).toMatchObject(TOO_LARGE);
    await expectUnharmed(parlance, said.text);
  });

  it('of just under a megabyte is read', async () => {
    const { url } = await startParlance(FEW);

    const said = await post(url, {
      query: `query Q($long: String) { conversations(first: 1, filter: { search: $long }) { nodes { id } } }`,
      variables: { long: 'x'.repeat(1_000_000) },
    });

    expect(said.status).toBe(200);
  });

  it('that never ends keeps nobody else waiting, and not the process either', async () => {
    const parlance = await startParlance(FEW);
    const unfinished = Array.from({ length: 20 }, () => {
      const { sending, answered } = openPost(parlance, { 'content-length': '1000' });
      sending.write('{ "query": "{ conv');
      return answered.then(({ text }) => text, String);
    });

    await expectUnharmed(parlance, '');
    const before = performance.now();
    await parlance.parlance.close();

    expect(performance.now() - before).toBeLessThan(3000);
    for (const outcome of await Promise.all(unfinished))
      expect(outcome).toMatch(/socket hang up|ECONNRESET/);
    expect(errorsLogged(parlance)).toEqual([]);
  });

  it('whose sender goes away is no bug of ours', async () => {
    const parlance = await startParlance(FEW);
    const { sending, answered } = openPost(parlance, { 'content-length': '1000' });
    sending.write('{ "query": "{ conv');
    await once(sending, 'socket');

    sending.destroy();
    await answered.catch(() => undefined);

    await expectUnharmed(parlance, '');
    expect(errorsLogged(parlance)).toEqual([]);
  });
});

describe('a request that cannot be meant', () => {
  it.each([
    ['no JSON', '{ "query": '],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '4'],
    ['a list of operations', '[{ "query": "{ __typename }" }]'],
    ['variables that are a list', { query: '{ __typename }', variables: [1] }],
    ['variables that are text', { query: '{ __typename }', variables: 'x' }],
    ['extensions that are a list', { query: '{ __typename }', extensions: [] }],
    ['a query that is a number', { query: 5 }],
    ['no query', {}],
    ['a query that is null', { query: null }],
    ['fields nobody knows', { query: '{ __typename }', nonsense: 1 }],
    ['a field named __proto__', '{ "query": "{ __typename }", "__proto__": { "query": "{ a }" } }'],
    ['a field named constructor', '{ "query": "{ __typename }", "constructor": 1 }'],
    ['the name of another operation', { query: '{ __typename }', operationName: 'Other' }],
  ])('is refused as %s', async (_what, body) => {
    const parlance = await startParlance(FEW);

    const said = await post(parlance.url, body);

    expect(said.status).toBe(400);
    expect(listAt(said.body, 'errors')).toHaveLength(1);
    expect(at(said.body, 'errors.0.message')).toMatch(/^[A-Z]\w+ .+/);
    expect(at(said.body, 'data')).toBeUndefined();
    await expectUnharmed(parlance, said.text);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'text/html',
    'nonsense',
  ])('is refused as %s, which any page could send', async (type) => {
    const parlance = await startParlance(FEW);
    const bodies = [
      JSON.stringify({ query: '{ __typename }' }),
      new URLSearchParams({ query: MUTATION }).toString(),
      MUTATION,
    ];

    for (const body of bodies) {
      const said = await post(parlance.url, body, { 'content-type': type });
      expect.soft(said.status).toBe(415);
      expect
        .soft(refusalsIn(said.body))
        .toMatchObject([{ message: expect.stringContaining('application/json') }]);
      await expectUnharmed(parlance, said.text);
    }
  });

  it('is refused without a type of its body', async () => {
    const parlance = await startParlance(FEW);
    const { sending, answered } = openPost(parlance, {}, null);

    sending.end('{ "query": "{ __typename }" }');

    const said = await answered;
    expect(said.status).toBe(415);
    expect(said.text).toContain('application/json');
  });

  it('is not done where its answer could not be read', async () => {
    const parlance = await startParlance(FEW);

    for (const accept of ['image/png', 'text/html', 'application/xml, text/html;q=0.9']) {
      const said = await post(parlance.url, { query: MUTATION }, { accept });
      expect.soft(said.status).toBe(406);
      expect
        .soft(refusalsIn(said.body))
        .toMatchObject([{ message: expect.stringContaining('application/json') }]);
      await expectUnharmed(parlance, said.text);
    }
  });

  it('is refused as a GET that would change something', async () => {
    const parlance = await startParlance(FEW);

    const said = await send(`${parlance.url}/graphql?query=${encodeURIComponent(MUTATION)}`);

    expect(said.status).toBe(405);
    expect(said.text).toContain('POST');
    await expectUnharmed(parlance, said.text);
  });

  it('is refused as an address of a megabyte', async () => {
    const parlance = await startParlance(FEW);

    const said = await raw(
      parlance,
      `GET /graphql?query=${'x'.repeat(1_000_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
    );

    expect(said).toMatch(/^HTTP\/1\.1 431 /);
    expect(said).toContain('in the body of a POST');
    await expectUnharmed(parlance, said);
  });

  it('is refused as no HTTP at all', async () => {
    const parlance = await startParlance(FEW);

    for (const bytes of [
      'nonsense\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001',
      'POST /graphql HTTP/1.1\r\ncontent-length: -1\r\n\r\n',
    ]) {
      const said = await raw(parlance, bytes);
      expect.soft(said).toMatch(/^HTTP\/1\.1 400 [^]*no request of HTTP/);
      await expectUnharmed(parlance, said);
    }
  });
});

describe('a page of another origin', () => {
  it('is given no leave to read or to write', async () => {
    const { url } = await startParlance(FEW);
    const origin = 'http://elsewhere.example';

    const asked = await send(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    const read = await post(url, { query: INBOX }, { origin });

    for (const { headers } of [asked, read]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

const INBOX = '{ conversations(first: 2) { nodes { id } } }';
const MUTATION =
  'mutation { createConversation(input: { provider: "website", channel: "channel" }) { __typename } }';

function openPost(
  { url }: TestParlance,
  headers: Record<string, string>,
  type: string | null = 'application/json',
): { sending: ClientRequest; answered: Promise<Pick<Said, 'status' | 'text'>> } {
  const sending = openRequest(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, ...(type === null ? {} : { 'content-type': type }) },
  });
  const answered = new Promise<Pick<Said, 'status' | 'text'>>((resolve, reject) => {
    sending.once('error', reject);
    sending.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
  onTestFinished(() => void sending.destroy());
  return { sending, answered };
}

/** Everything that came back for some bytes, until the server closed. */
async function raw({ url }: TestParlance, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  // A server that has said no and closed does not wait for the rest of a megabyte.
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

function errorsLogged({ logged }: TestParlance) {
  return logged.filter(({ level }) => level === 'error' || level === 'warn');
}
