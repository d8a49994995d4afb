// Two gateways behind the proxy that docker-compose.yml puts before them, with its settings: nobody notices that they are rolled.

import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { environmentOf, type GatewayProcess, startGateway } from '../../cluster/process.ts';
import { startWorld } from '../../emulators/world.ts';
import { keepAfter } from '../../src/client/keep-after.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { type Proxy, startProxy } from './haproxy.ts';
import { asked } from './smoke.ts';

let gateways: readonly GatewayProcess[];
let proxy: Proxy;
/** The last that was started ends first. */
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const world = await startWorld({ count: 5 });
  ends.push(() => world.close());
  const environment = environmentOf(world.credentials, {
    redisUrl: inject('redisUrl'),
    prefix: `proxied-${process.pid}:`,
    secret: 'the same for both',
  });
  gateways = await Promise.all([0, 1].map(() => startGateway({ environment })));
  for (const gateway of gateways) ends.push(() => gateway.end('SIGKILL'));
  proxy = await startProxy(gateways.map(({ url }) => url));
  ends.push(() => proxy.close());
});

afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

describe('the proxy', () => {
  it('shows nobody what is for those who look after the gateways', async () => {
    const statuses = await Promise.all(
      ['/metrics', '/readyz', '/healthz', '/nowhere'].map(
        async (path) => (await fetch(`${proxy.url}${path}`)).status,
      ),
    );

    expect(statuses).toEqual([404, 404, 404, 404]);
  });

  it('tells an event of SSE when it comes, not when the stream ends', async () => {
    const conversationId = await supportId();
    const leaving = new AbortController();
    onTestFinished(() => leaving.abort());
    const answer = await fetch(`${proxy.url}/graphql`, {
      method: 'POST',
      signal: leaving.signal,
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: LISTEN, variables: { conversationId } }),
    });
    const pieces = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const until = async (word: string) => {
      let said = '';
      while (!said.includes(word)) said += (await pieces?.read())?.value ?? '';
      return said;
    };

    expect(await until('Listening')).not.toContain('complete');
    await write(conversationId, 'over a stream');
    expect(await until('over a stream')).not.toContain('complete');
  });

  it('goes on with the other one when a gateway dies, at once', async () => {
    const [first] = gateways;
    await first?.end('SIGKILL');

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => asked(proxy.url, PROVIDERS)),
    );

    await first?.restart();
    expect(answers.map((answer) => listAt(answer, 'data.providers').length)).toEqual(
      answers.map(() => 4),
    );
  });

  it('rolls both gateways under queries, writes and listeners: none fails, nothing is missed, nothing is doubled', async () => {
    const conversationId = await supportId();
    const client = createClient({
      url: `${proxy.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 50,
      retryWait: () => new Promise((wake) => setTimeout(wake, 100)),
      shouldRetry: () => true,
    });
    onTestFinished(() => client.dispose());
    const heard: unknown[] = [];
    keepAfter(client).subscribe(
      { query: LISTEN, variables: { conversationId } },
      {
        next: (event) => heard.push(at(event, 'data.messageAdded')),
        error: (error) => heard.push(error),
        complete: () => heard.push('complete'),
      },
    );
    await vi.waitFor(() => expect(heard).toMatchObject([{ __typename: 'Listening' }]), 10_000);

    const rolling = roll();
    const written: string[] = [];
    const failures: unknown[] = [];
    for (let isRolled = false; !isRolled; ) {
      const text = `while rolling ${written.length}`;
      written.push(text);
      const [query, mutation] = await Promise.all([
        asked(proxy.url, PROVIDERS),
        write(conversationId, text),
      ]);
      if (at(query, 'errors')) failures.push(query);
      if (at(mutation, 'data.sendMessage.delivery') !== 'SENT') failures.push(mutation);
      isRolled = await Promise.race([rolling.then(() => true), passed(100).then(() => false)]);
    }

    const texts = () =>
      heard.flatMap((event) => {
        const text = at(event, 'message.text');
        return written.some((one) => one === text) ? [text] : [];
      });
    await vi.waitFor(() => expect(texts().at(-1)).toBe(written.at(-1)), 20_000);
    expect(failures).toEqual([]);
    expect(texts()).toEqual(written);
    expect(new Set(heard.map((event) => at(event, '__typename')))).toEqual(
      new Set(['Listening', 'MessageAdded']),
    );
    expect(written.length).toBeGreaterThan(20);
  });
});

/** One after the other: each leaves as it is told to, and is back before the next one goes. */
async function roll(): Promise<void> {
  for (const gateway of gateways) {
    expect(await gateway.end('SIGTERM')).toBe(0);
    await gateway.restart();
    // The proxy has to find out that it is back.
    await passed(3000);
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

async function supportId(): Promise<string> {
  const answer = await asked(
    proxy.url,
    '{ conversations(first: 1, filter: { providers: ["support"] }) { nodes { id } } }',
  );
  return textAt(answer, 'data.conversations.nodes.0.id');
}

function write(conversationId: string, text: string): Promise<unknown> {
  return asked(
    proxy.url,
    `mutation { sendMessage(input: { conversationId: ${JSON.stringify(conversationId)}, text: ${JSON.stringify(text)} }) {
      ... on SendMessagePayload { delivery } ... on Error { code message } } }`,
  );
}

const PROVIDERS = '{ providers { name } }';
const LISTEN = `subscription ($conversationId: ID!, $after: String) {
  messageAdded(conversationId: $conversationId, after: $after, confirm: true) {
    __typename ... on Event { cursor } ... on MessageAdded { message { text } }
  }
}`;
