// What the proxy makes of a request on its way, seen by servers of the test's own in the place of gateways.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { at, textAt } from '../support/answer.ts';
import { startProxy } from './haproxy.ts';
import { asked } from './smoke.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Two that are ready, and answer each POST as they are told to. */
async function proxied(...answers: readonly Answer[]): Promise<string> {
  const urls = await Promise.all(
    answers.map(async (answer) => {
      const server = createServer((request, response) => {
        if (request.url === '/readyz') response.end('{}');
        else answer(request, response);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => {
        server.close();
        server.closeAllConnections();
      });
      const address = server.address();
      return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    }),
  );
  const proxy = await startProxy(urls);
  onTestFinished(() => proxy.close());
  return proxy.url;
}

it('says who asked, and hands on nothing of what they say of that themselves', async () => {
  const echo: Answer = ({ headers }, response) => {
    response.end(JSON.stringify({ data: headers }));
  };
  const url = await proxied(echo, echo);

  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'x-forwarded-for': '203.0.113.9, 203.0.113.10',
      authorization: 'Bearer of somebody',
    },
  });

  const headers = at(await answer.json(), 'data');
  expect(textAt(headers, 'x-forwarded-for')).toBe('127.0.0.1');
  expect(textAt(headers, 'authorization')).toBe('Bearer of somebody');
});

it('sends nothing a second time that a gateway may have seen', async () => {
  let well = true;
  const seen: string[] = [];
  const cut: Answer = (request, response) => {
    if (well) {
      response.end('{ "data": {} }');
      return;
    }
    seen.push(String(request.headers['x-number']));
    request.socket.destroy();
  };
  const url = await proxied(cut, cut);
  expect(at(await asked(url, '{ __typename }'), 'data')).toEqual({});
  well = false;

  const numbers = Array.from({ length: 20 }, (_, index) => `${index}`);
  // On a connection that was used before, it says nothing at all.
  const told = await Promise.all(
    numbers.map(async (number) => {
      const headers = { 'x-number': number };
      const answer = fetch(`${url}/graphql`, { method: 'POST', headers, body: '{}' });
      return answer.then(
        ({ status }) => status,
        () => 'nothing',
      );
    }),
  );

  expect(seen.toSorted()).toEqual(numbers.toSorted());
  expect(told.filter((one) => one !== 502 && one !== 'nothing')).toEqual([]);
});
