// What a page of another origin may send without asking runs nothing here, however it is labelled.

import { describe, expect, it, onTestFinished } from 'vitest';
import { openHouse } from '../../src/security/doorkeeper.ts';
import { startServer } from '../../src/server/server.ts';
import { gatewayOver, handMade } from '../gateway/hand-made.ts';

const QUERY = '{ conversations { nodes { id } } }';

async function post(contentType: string, body: string) {
  const one = handMade({ name: 'one' });
  const { gateway, log } = gatewayOver([one.provider]);
  const server = await startServer({
    clock: Date.now,
    gateway,
    doorkeeper: openHouse(),
    log,
    host: '127.0.0.1',
    port: 0,
    examples: false,
  });
  onTestFinished(() => server.close());
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  });
  await response.text();
  return { status: response.status, asked: one.asked.length };
}

describe('a POST', () => {
  it.each([
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded;a=,application/json',
    'application/x-www-form-urlencoded,application/json',
    'text/plain;a=,application/json',
    'text/plain',
  ])('of %s asks no provider', async (contentType) => {
    const form = new URLSearchParams({ query: QUERY }).toString();

    expect(await post(contentType, form)).toEqual({ status: 415, asked: 0 });
  });

  it.each(['application/json', 'application/json; charset=utf-8'])(
    'of %s is answered',
    async (contentType) => {
      const json = JSON.stringify({ query: QUERY });

      expect(await post(contentType, json)).toEqual({ status: 200, asked: 1 });
    },
  );
});
