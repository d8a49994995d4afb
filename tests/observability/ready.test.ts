// Whether a gateway is ready, and what of what is out it tells whom.

import { describe, expect, it, onTestFinished } from 'vitest';
import { ANYONE, type Caller, type Scope } from '../../src/domain/caller.ts';
import { openMetrics } from '../../src/observability/metrics.ts';
import { serveMetrics } from '../../src/server/pages/metrics-page.ts';
import { openDoors } from '../support/doors.ts';
import { post, send } from '../support/hostile.ts';
import { startParlance } from '../support/parlance.ts';
import { scrape } from '../support/scrape.ts';

const FEW = { count: 4 };
const INBOX = '{ conversations(first: 3) { nodes { id } } }';
const COUNTED = { status: 'ready', degraded: ['2 of 4 providers'] };

describe('/readyz', () => {
  it.each<[string, Record<string, string>]>([
    ['nobody it knows', {}],
    ['a caller who is no operator', { authorization: 'Bearer reader' }],
    ['one whose key is good no more', { authorization: 'Bearer gone' }],
    ['one who presents something else', { authorization: 'Basic b3BlcmF0b3I6' }],
  ])('counts what is out and names none of it for %s', async (_who, headers) => {
    const { url } = await degraded();

    const { status, body } = await send(`${url}/readyz`, { headers });

    expect([status, body]).toEqual([200, COUNTED]);
  });

  it('says what is out and why to an operator', async () => {
    const { url } = await degraded();

    const { status, body } = await send(`${url}/readyz`, {
      headers: { authorization: 'Bearer operator' },
    });

    expect([status, body]).toEqual([
      200,
      {
        ...COUNTED,
        out: [
          { name: 'help', because: expect.stringMatching(/^help cannot be had: .*HTTP 503/) },
          { name: 'support', because: expect.stringMatching(/^support cannot be had: /) },
        ],
      },
    ]);
  });

  it('says nothing more than that where all is well', async () => {
    const { url } = await startParlance({ ...FEW, doorkeeper: doors() });

    const asked = [{}, { authorization: 'Bearer operator' }].map((headers) =>
      send(`${url}/readyz`, { headers }),
    );

    expect((await Promise.all(asked)).map(({ body }) => body)).toEqual([
      { status: 'ready' },
      { status: 'ready' },
    ]);
  });
});

const quiet = () => undefined;
const QUIET = { debug: quiet, info: quiet, warn: quiet, error: quiet };

describe('metrics on a port of their own', () => {
  it('are for whoever comes there, and nothing else is', async () => {
    const served = await serveMetrics(openMetrics(), { host: '127.0.0.1', port: 0, log: QUIET });
    onTestFinished(() => served.close());

    const { contentType, text } = await scrape(served);
    const others = await Promise.all(
      ['/', '/graphql', '/readyz', '/metrics/x'].map((path) => send(`${served.url}${path}`)),
    );

    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('# TYPE parlance_upstream_calls_total counter');
    expect(others.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it('end no process where a bug keeps one of them from being read', async () => {
    const metrics = openMetrics();
    metrics.read('parlance_subscribers', () => {
      throw new Error('a bug of the test');
    });
    const noted: string[] = [];
    const error = (_fields: object, sentence: string) => void noted.push(sentence);
    const log = { ...QUIET, error };
    const served = await serveMetrics(metrics, { host: '127.0.0.1', port: 0, log });
    onTestFinished(() => served.close());

    const { status, text } = await send(`${served.url}/metrics`);

    expect(status).toBe(500);
    expect(text).not.toContain('a bug of the test');
    expect(noted).toEqual(['metrics could not be told, which is a bug']);
  });
});

async function degraded() {
  const parlance = await startParlance({ ...FEW, doorkeeper: doors() });
  parlance.world.chatling.inject({ kind: 'status', status: 503 });
  parlance.world.stackAuth.inject({ kind: 'cut' });
  await post(parlance.url, { query: INBOX }, { authorization: 'Bearer reader' });
  return parlance;
}

function doors() {
  return openDoors({ operator: caller('operator', 'admin'), reader: caller('reader', 'read') });
}

function caller(id: string, ...scopes: readonly Scope[]): Caller {
  return { ...ANYONE, id, scopes: new Set(scopes) };
}
