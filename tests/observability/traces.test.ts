// Spans, as a collector receives them; and that nothing of it is loaded where nobody collects.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startCollector, type Told } from '../support/collector.ts';
import { post } from '../support/hostile.ts';
import { startParlance } from '../support/parlance.ts';
import { ofType, openAcknowledged } from '../support/socket.ts';

const FEW = { count: 4 };
const INBOX = 'query Inbox { conversations(first: 3) { nodes { id } } }';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CLIENT = 'b7ad6b7169203331';

describe('a request that is traced', () => {
  it('is a span below the client’s, with one for the operation and one for each call', async () => {
    const collector = await startCollector();
    const { url, parlance, world } = await startParlance({ ...FEW, telemetry: collector });

    await post(url, { query: INBOX }, { traceparent: `00-${TRACE}-${CLIENT}-01` });
    await parlance.close();

    const [request, ...others] = named(collector.spans, 'POST graphql');
    expect(others).toEqual([]);
    expect(request).toMatchObject({ trace: TRACE, parent: CLIENT, kind: 2 });
    const [operation] = named(collector.spans, 'query Inbox');
    expect(operation).toMatchObject({ trace: TRACE, parent: request?.id, kind: 1 });
    const calls = collector.spans.filter(({ kind }) => kind === 3);
    expect(calls.map(({ name }) => name).toSorted()).toEqual([
      'assistant CONVERSATION_LIST',
      'help CONVERSATION_LIST',
      'support CONVERSATION_LIST',
      'support NONE',
      'website CONVERSATION_LIST',
    ]);
    expect(calls.map(({ parent, trace }) => [parent, trace])).toEqual(
      calls.map(() => [operation?.id, TRACE]),
    );
    expect(calls[0]?.attributes).toMatchObject({
      'parlance.verb': 'CONVERSATION_LIST',
      'http.request.method': 'GET',
      'http.response.status_code': '200',
    });
    expect(collector.services).toEqual(new Set(['parlance']));
    // A service is told nothing of who asked.
    expect(JSON.stringify(world.chatling.journal)).not.toContain(TRACE);
  });

  it('says where it failed, in a word, and nothing that was said', async () => {
    const collector = await startCollector();
    const { url, parlance, world } = await startParlance({ ...FEW, telemetry: collector });
    world.chatling.inject({ kind: 'status', status: 500 });

    await post(url, { query: INBOX });
    await post(url, { query: '{ conversation(id: "SomethingPrivate") { id } }' });
    await parlance.close();

    const [call] = named(collector.spans, 'help CONVERSATION_LIST');
    expect(call?.failure).toBe('failed');
    expect(named(collector.spans, 'query').map(({ failure }) => failure)).toEqual([
      'INVALID_INPUT',
    ]);
    expect(collector.raw()).not.toMatch(/SomethingPrivate|conversations\?|http:\/\//);
  });

  it.each(['', 'nonsense', `00-${'0'.repeat(32)}-${CLIENT}-01`, `01-${TRACE}-${CLIENT}-01-more`])(
    'begins a trace of its own where the client says %j',
    async (traceparent) => {
      const collector = await startCollector();
      const { url, parlance } = await startParlance({ ...FEW, telemetry: collector });

      await post(url, { query: '{ __typename }' }, { traceparent });
      await parlance.close();

      const [request] = named(collector.spans, 'POST graphql');
      expect(request?.parent ?? '').toBe('');
      expect(request?.trace).toMatch(/^(?!0af7)[0-9a-f]{32}$/);
    },
  );

  it('is one over WebSocket too, below what the connection came with', async () => {
    const collector = await startCollector();
    const { url, parlance } = await startParlance({ ...FEW, telemetry: collector });
    const traceparent = `00-${TRACE}-${CLIENT}-01`;
    const socket = await openAcknowledged(url, { headers: { traceparent } });
    socket.say({ type: 'subscribe', id: '1', payload: { query: INBOX } });
    await socket.hear(ofType('complete', '1'));
    await parlance.close();

    const [connection] = named(collector.spans, 'websocket');
    const [operation] = named(collector.spans, 'query Inbox');
    expect(connection).toMatchObject({ trace: TRACE, parent: CLIENT });
    expect(operation).toMatchObject({ trace: TRACE, parent: connection?.id });
  });

  it('is answered all the same where the collector is away, and the gateway ends in time', async () => {
    const { url, parlance } = await startParlance({
      ...FEW,
      telemetry: { traces: 'http://127.0.0.1:1/v1/traces' },
    });

    expect((await post(url, { query: '{ __typename }' })).status).toBe(200);
    const beganMs = performance.now();
    await parlance.close();

    expect(performance.now() - beganMs).toBeLessThan(6000);
  });
});

describe('where nobody collects', () => {
  it('nothing of OpenTelemetry’s SDK is loaded', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', LOADED],
      { cwd: ROOT },
    );

    expect(JSON.parse(stdout)).toEqual({ gateway: 0, tracer: expect.any(Number), isThere: true });
  });
});

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const LOADED = `
  import { createRequire } from 'node:module';
  const { cache } = createRequire(import.meta.url);
  const loaded = () => Object.keys(cache).filter((path) => /opentelemetry.(sdk|exporter|otlp|core)/.test(path)).length;
  await import('./src/compose.ts');
  const gateway = loaded();
  await import('./src/observability/otlp.ts');
  console.log(JSON.stringify({ gateway, tracer: loaded(), isThere: loaded() > 10 }));
`;

function named(spans: readonly Told[], name: string): Told[] {
  return spans.filter((span) => span.name === name);
}
