// A process that is asked to end finishes what it began, takes nothing new, and is gone; asked twice, it is gone at once.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { configured, parlance, type Running, startedWorld } from '../support/command.ts';
import { send } from '../support/hostile.ts';
import { ask } from '../support/parlance.ts';

const SLOW = { kind: 'delay', ms: 1500 } as const;

describe.each(['SIGTERM', 'SIGINT'] as const)('a gateway that is sent %s', (signal) => {
  it('answers what it was asked before, is not ready for more, and ends well', async () => {
    const { started, world, url } = await startedOver();
    world.botpress.inject(SLOW);
    // Somebody who was answered before and has kept the connection.
    await ask(url, '{ providers { name } }');
    const client = talkTo(url);
    client.ask(post(INBOX));
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
    await started.ended();

    expect(performance.now() - before).toBeLessThan(1500);
    expect(started.child.signalCode).toBe('SIGTERM');
    expect(await answer).toBe('lost');
  });
});

const INBOX = '{ conversations(first: 3) { nodes { id } sources { status } } }';
/** The same question would be asked once for both. */
const OTHER_INBOX =
  '{ conversations(first: 3, filter: { tags: [{ key: "a", value: "b" }] }) { nodes { id } } }';

async function startedOver(): Promise<{ started: Running; world: World; url: string }> {
  const world = await startedWorld();
  const { environment, yaml } = configured(world);
  const started = await parlance(['start'], {
    environment: { ...environment, PORT: '0' },
    files: { 'parlance.config.yaml': yaml },
  });
  return { started, world, url: await started.url() };
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

function post(query: string): string {
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
