// A request that no GraphQL server can make sense of is refused in a sentence, and tells nothing of what it met inside.

import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startDesk } from '../support/desk.ts';

const QUERY = '/graphql?query={__typename}';

async function got(path: string, host: string) {
  const { url } = await startDesk();
  const { port } = new URL(url);
  const asked = request({ port, path, headers: { host } }).end();
  const [response] = await once(asked, 'response');
  return { status: response.statusCode, said: await text(response) };
}

it.each([
  'a b',
  '[',
  '[::',
  'a:99999',
  'a:x',
  '%',
  '<',
  '\x80',
  'a/b',
  'a?b',
  'a#b',
  'a@b',
  'a\\b',
])('a host called %j is none', async (host) => {
  const { status, said } = await got(QUERY, host);

  expect({ status, said }).toEqual({
    status: 400,
    said: expect.stringContaining('The header `host` is no name of a server'),
  });
});

it.each(['127.0.0.1', '127.0.0.1:4000', '[::1]:4000', 'localhost', 'gateway'])(
  'a host called %s is one',
  async (host) => {
    expect(await got(QUERY, host)).toMatchObject({ status: 200 });
  },
);

it.each(['variables', 'extensions'])('%s that are no JSON are refused', async (name) => {
  const { status, said } = await got(`${QUERY}&${name}={`, 'localhost');

  expect({ status, said }).toEqual({
    status: 400,
    said: expect.stringContaining('must be JSON'),
  });
});
