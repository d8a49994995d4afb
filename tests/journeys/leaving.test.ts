// A process that is asked to end finishes what it began, takes nothing new, and is gone; asked twice, it is gone at once.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { configured, parlance, type Running, startedWorld } from '../support/command.ts';
import { post, send } from '../support/hostile.ts';
import { ask } from '../support/parlance.ts';
import { ofType, openAcknowledged } from '../support/socket.ts';

const SLOW = { kind: 'delay', ms: 1500 } as const;

describe.each(['SIGTERM', 'SIGINT'] as const)('a gateway that is sent %s', (signal) => {
  it('answers what it was asked before, is not ready for more, and ends well', async () => {
    const { started, world, url } = await startedOver();
    world.botpress.inject(SLOW);
    // Somebody who was answered before and has kept the connection.
    await ask(url, '{ providers { name } }');
    const client = talkTo(url);
    client.ask(posted(INBOX));
    // Somebody else, who would keep the connection after the answer.
    const other = ask(url, OTHER_INBOX);
    await vi.waitFor(() => expect(world.botpress.journal).toHaveLength(2));

    started.child.kill(signal);
    await started.line(/"msg":"leaving/);
    client.ask('GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n');
    const late = await send(`${url}/graphql?query={__typename}`).catch(() => 'refused');

    const said = await client.everything();
    const { errors } = await other;
    const answeredAt = performance.now();
    const { code } = await started.ended();
    expect(performance.now() - answeredAt).toBeLessThan(2000);
    expect(errors).toEqual([]);
    expect(said).toMatch(/^HTTP\/1\.1 200 [^]*"sources":\[(\{"status":"FRESH"\},?){4}\]/);
    expect(said).toMatch(/HTTP\/1\.1 503 [^]*\{"status":"leaving"\}/);
    expect(late).toBe('refused');
    expect(code).toBe(0);
  });
});

describe('a gateway that leaves', () => {
  it('serves everything for the configured while, sends whoever listens elsewhere, and leaves no lease behind', async () => {
    const prefix = `leaving:${randomUUID()}:`;
    const redis = new Redis(inject('redisUrl'));
    onTestFinished(() => redis.disconnect());
    const held = () => redis.keys(`${prefix}{lease:*}:holder`);
    const { started, url } = await startedOver({ server: 'leaveAfterMs: 4000', prefix });
    const early = await openAcknowledged(url);
    early.say({ id: 'e', type: 'subscribe', payload: { query: LISTEN } });
    await early.hear(ofType('next', 'e'));
    await vi.waitFor(async () => expect(await held()).toHaveLength(4), 5000);

    started.child.kill('SIGTERM');
    await started.line(/"msg":"leaving/);
    const ready = await send(`${url}/readyz`);
    const alive = await send(`${url}/healthz`);
    const asked = await post(url, { query: '{ providers { name } }' });
    const late = await openAcknowledged(url);
    late.say({ id: 'l', type: 'subscribe', payload: { query: LISTEN } });
    await late.hear(ofType('next', 'l'));
    const stream = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: LISTEN }),
    });
    const streamed = stream.text().catch((error: unknown) => String(error));

    expect([ready.status, ready.body]).toEqual([503, { status: 'leaving' }]);
    expect(alive.status).toBe(200);
    expect([asked.status, asked.headers.get('connection')]).toEqual([200, 'close']);
    expect(await early.closed).toEqual({ code: 1001, reason: 'This gateway is leaving' });
    expect(await late.closed).toEqual({ code: 1001, reason: 'This gateway is leaving' });
    // Cut, not ended: who reads it comes back.
    expect(await streamed).toMatch(/^TypeError/);
    expect((await started.ended()).code).toBe(0);
    // Another gateway need not wait until they run out.
    expect(await held()).toEqual([]);
  });

  it('waits for a service that hangs no longer than it is to', async () => {
    const { started, world, url } = await startedOver({ server: 'leaveAfterMs: 0, drainMs: 500' });
    world.botpress.inject({ kind: 'hang' });
    world.chatbotkit.inject({ kind: 'hang' });
    const answers = [
      ask(url, '{ conversations { nodes { id } } }').catch(() => 'lost'),
      ask(url, SEND, { input: { conversationId: someId(world), text: 'hello' } }).catch(
        () => 'lost',
      ),
    ];
    await vi.waitFor(() => {
      expect(world.botpress.journal.length).toBeGreaterThan(0);
      expect(world.chatbotkit.journal.length).toBeGreaterThan(1);
    });
    const before = performance.now();

    started.child.kill('SIGTERM');

    expect((await started.ended()).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(4000);
    expect(await Promise.all(answers)).toEqual(['lost', 'lost']);
  });

  it('ends at once while it is still on its way up', async () => {
    // A Redis that takes every connection and never says a word.
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const reached = once(silent, 'connection');
    const { environment, yaml } = configured(await startedWorld());
    const started = await parlance(['start'], {
      environment: {
        ...environment,
        PORT: '0',
        REDIS_URL: `redis://127.0.0.1:${portOf(silent)}`,
      },
      files: { 'parlance.config.yaml': yaml },
    });
    const [socket] = await reached;
    onTestFinished(() => socket.destroy());

    started.child.kill('SIGTERM');
    const { code, out } = await started.ended();

    expect(code).toBe(0);
    expect(out).not.toContain('listening');
  });

  it('is gone at once when nothing is running, whoever keeps a connection open', async () => {
    const { started, url } = await startedOver();
    await ask(url, '{ providers { name } }');
    const idle = talkTo(url);
    idle.ask(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    await vi.waitFor(async () => expect((await send(`${url}/healthz`)).status).toBe(200));
    const before = performance.now();

    started.child.kill('SIGTERM');

    expect((await started.ended()).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it('is gone at once when it is told a second time', async () => {
    const { started, world, url } = await startedOver();
    world.botpress.inject({ kind: 'hang' });
    const answer = ask(url, '{ conversations { nodes { id } } }').catch(() => 'lost');
    await vi.waitFor(() => expect(world.botpress.journal).toHaveLength(1));
    started.child.kill('SIGTERM');
    await started.line(/"msg":"leaving/);
    const before = performance.now();

    started.child.kill('SIGTERM');
    const { code } = await started.ended();

    expect(performance.now() - before).toBeLessThan(1500);
    expect(code).toBe(143);
    expect(await answer).toBe('lost');
  });
});

const LISTEN = 'subscription { messageAdded(confirm: true) { __typename } }';
const SEND = 'mutation S($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }';
const INBOX = '{ conversations(first: 3) { nodes { id } sources { status } } }';
/** The same question would be asked once for both. */
const OTHER_INBOX =
  '{ conversations(first: 3, filter: { tags: [{ key: "a", value: "b" }] }) { nodes { id } } }';

async function startedOver({
  prefix,
  ...options
}: {
  readonly server?: string;
  /** Of its keys in Redis; absent, it remembers by itself. */
  readonly prefix?: string;
} = {}): Promise<{ started: Running; world: World; url: string }> {
  const world = await startedWorld();
  const { environment, yaml } = configured(world, options);
  const redis =
    prefix === undefined ? '' : `redis: { url: "${inject('redisUrl')}", prefix: "${prefix}" }`;
  const started = await parlance(['start'], {
    environment: { ...environment, PORT: '0' },
    files: { 'parlance.config.yaml': `${yaml}\n${redis}` },
  });
  return { started, world, url: await started.url() };
}

function someId({ chatbotkit }: World): string {
  const [nativeId = ''] = chatbotkit.store.conversations.keys();
  return encodeId({
    type: 'Conversation',
    conversation: { provider: providerName('bot'), nativeId },
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** One connection, on which several things may be asked before the first is answered. */
function talkTo(url: string) {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let said = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  return {
    ask: (request: string) => void socket.write(request),
    async everything(): Promise<string> {
      await closed;
      return said;
    },
  };
}

function posted(query: string): string {
  const body = JSON.stringify({ query });
  return [
    'POST /graphql HTTP/1.1',
    'host: x',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
