// Two gateways, each a process, over one Redis: whichever a client reaches, it is told the same and may go on at the other.

import { describe, expect, it, vi } from 'vitest';
import type { GatewayProcess } from '../../cluster/process.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { ownRedis, startCluster } from '../support/cluster.ts';
import { brief, listen, ask as subscribe, TRANSPORTS } from '../support/desk.ts';
import { ask } from '../support/parlance.ts';

const ADDED = `subscription ($conversation: ID, $after: String, $confirm: Boolean! = true) {
  messageAdded(conversationId: $conversation, after: $after, confirm: $confirm) {
    __typename
    ... on Event { cursor }
    ... on Listening { cursor }
    ... on MessageAdded { message { text } }
    ... on Gap { cursor reason }
  }
}`;

describe.each(TRANSPORTS)('over %s', (transport) => {
  it('what is written through one gateway is told by the other, once', async () => {
    const { gateways } = await startCluster();
    const [one, other] = pair(gateways);
    const conversation = await someConversation(one);
    const listening = await listen(transport, other.url, ADDED, { conversation });

    await write(one, conversation, 'through the one');
    await write(other, conversation, 'through the other');

    expect(brief(await listening.next())).toBe('added: through the one');
    expect(brief(await listening.next())).toBe('added: through the other');
  });

  it('who was with a gateway that was killed goes on at the other, and misses nothing', async () => {
    const { gateways } = await startCluster();
    const [one, other] = pair(gateways);
    const conversation = await someConversation(one);
    const before = await listen(transport, one.url, ADDED, { conversation });
    await write(other, conversation, 'before');
    const after = textAt(await before.next(), 'cursor');

    await one.end('SIGKILL');
    await write(other, conversation, 'meanwhile');
    const moved = subscribe(transport, other.url, ADDED, { conversation, after, confirm: false });
    const told = [brief(await moved.next())];
    await one.restart();
    await write(one, conversation, 'after');

    told.push(brief(await moved.next()));
    expect(told).toEqual(['added: meanwhile', 'added: after']);
  });

  it('a Redis that comes back empty is a gap, and then all goes on, without a gateway begun anew', async () => {
    const redis = await ownRedis();
    const { gateways } = await startCluster({ redis });
    const [one, other] = pair(gateways);
    const conversation = await someConversation(one);
    const listening = await listen(transport, other.url, ADDED, { conversation });
    await write(one, conversation, 'before');
    expect(brief(await listening.next())).toBe('added: before');

    await redis.restart();

    expect(brief(await listening.next())).toBe('gap: RESET');
    await vi.waitFor(async () => expect(await readiness(one)).toEqual({ status: 'ready' }), 5000);
    await write(one, conversation, 'after');
    // A log that forgot what it told may tell a part of it again.
    const told = [];
    while (told.at(-1) !== 'added: after') told.push(brief(await listening.next()));
    expect(['added: before', 'added: after']).toEqual(expect.arrayContaining(told));
  });
});

describe('two gateways over one Redis', () => {
  it('take each other’s page cursors', async () => {
    const { gateways } = await startCluster();
    const [one, other] = pair(gateways);
    const whole = await page(one, 8, null);

    const first = await page(one, 4, null);
    const second = await page(other, 4, first.endCursor);

    expect([...first.ids, ...second.ids]).toEqual(whole.ids);
  });

  it('answer queries while Redis is out, say so, refuse who wants to listen, and end well', async () => {
    const redis = await ownRedis();
    const { gateways } = await startCluster({ redis });
    const [one, other] = pair(gateways);
    const conversation = await someConversation(one);
    expect(await readiness(one)).toEqual({ status: 'ready' });

    await redis.kill();

    await vi.waitFor(
      async () =>
        expect(await readiness(one)).toMatchObject({ status: 'ready', degraded: ['redis'] }),
      5000,
    );
    expect((await page(one, 4, null)).sources).toEqual(['FRESH', 'FRESH', 'FRESH', 'FRESH']);
    const refused = await subscribe('WebSocket', one.url, ADDED, { conversation }).answer();
    expect(textAt(refused, 'errors.0.extensions.code')).toBe('GATEWAY_UNAVAILABLE');
    expect(JSON.stringify(refused)).not.toMatch(/127\.0\.0\.1|ECONN/);
    expect(await one.end('SIGTERM')).toBe(0);

    await redis.restart();
    await vi.waitFor(async () => expect(await readiness(other)).toEqual({ status: 'ready' }), 5000);
    const listening = await vi.waitFor(
      () => listen('WebSocket', other.url, ADDED, { conversation }),
      5000,
    );
    await write(other, conversation, 'back');
    expect(brief(await listening.next())).toBe('added: back');
  });

  it('start while Redis is out, and hear once it is there', async () => {
    const redis = await ownRedis();
    await redis.kill();
    const { gateways } = await startCluster({ redis, gateways: 1 });
    const [one] = gateways;
    if (!one) throw new Error('no gateway was started');
    expect(await readiness(one)).toMatchObject({ status: 'ready', degraded: ['redis'] });
    const conversation = await someConversation(one);

    await redis.restart();

    const listening = await vi.waitFor(
      () => listen('WebSocket', one.url, ADDED, { conversation }),
      5000,
    );
    await write(one, conversation, 'hello');
    expect(brief(await listening.next())).toBe('added: hello');
    expect(await readiness(one)).toEqual({ status: 'ready' });
  });
});

function pair([one, other]: readonly GatewayProcess[]): readonly [GatewayProcess, GatewayProcess] {
  if (one && other) return [one, other];
  throw new Error('fewer than two gateways were started');
}

async function readiness({ url }: GatewayProcess): Promise<unknown> {
  return (await fetch(`${url}/readyz`)).json();
}

async function page({ url }: GatewayProcess, first: number, after: string | null) {
  const query = `query ($first: Int, $after: String) {
    conversations(first: $first, after: $after) {
      nodes { id } pageInfo { endCursor } sources { status }
    }
  }`;
  const { data, errors } = await ask(url, query, { first, after });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return {
    ids: listAt(data, 'conversations.nodes').map((node) => textAt(node, 'id')),
    endCursor: textAt(data, 'conversations.pageInfo.endCursor'),
    sources: listAt(data, 'conversations.sources').map((source) => textAt(source, 'status')),
  };
}

/** One that takes a message without a bot that answers it. */
async function someConversation({ url }: GatewayProcess): Promise<string> {
  const query = '{ conversations(first: 1, filter: { providers: ["support"] }) { nodes { id } } }';
  return textAt((await ask(url, query)).data, 'conversations.nodes.0.id');
}

async function write({ url }: GatewayProcess, conversationId: string, text: string): Promise<void> {
  const query = `mutation ($input: SendMessageInput!) {
    sendMessage(input: $input) { ... on SendMessagePayload { delivery } ... on Error { message } }
  }`;
  const { data } = await ask(url, query, { input: { conversationId, text } });
  if (at(data, 'sendMessage.delivery') !== 'SENT') throw new Error(JSON.stringify(data));
}
