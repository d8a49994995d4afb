// Every promise has a number: it is driven, and read where Prometheus reads it.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, vi } from 'vitest';
import { secret } from '../../src/config/secret.ts';
import { ANYONE, type Caller, type Scope } from '../../src/domain/caller.ts';
import type { News } from '../../src/domain/event.ts';
import { METRICS } from '../../src/observability/metric-table.ts';
import { openMetrics } from '../../src/observability/metrics.ts';
import { at, textAt } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { aMessage, listen } from '../support/desk.ts';
import { openDoors } from '../support/doors.ts';
import { post, send } from '../support/hostile.ts';
import { mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { read, scrape } from '../support/scrape.ts';
import { ofType, openAcknowledged, openSocket } from '../support/socket.ts';

const FEW = { count: 4 };
const INBOX = '{ conversations(first: 3) { nodes { id } } }';
const ADDED = `subscription ($conversation: ID, $after: String, $confirm: Boolean! = true) {
  messageAdded(conversationId: $conversation, after: $after, confirm: $confirm) {
    __typename ... on Event { cursor }
  }
}`;

describe('/metrics', () => {
  it('is the text format, with what the table names and nothing besides', async () => {
    const parlance = await startParlance(FEW);

    const { contentType, text } = await scrape(parlance);

    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const typed = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [
      name,
      type,
    ]);
    const ofOthers = new Set(['parlance_redis_up']);
    expect(Object.fromEntries(typed)).toEqual(
      Object.fromEntries(
        Object.entries(METRICS)
          .filter(([name]) => !ofOthers.has(name))
          .map(([name, { type }]) => [name, type]),
      ),
    );
  });

  it('has names by which Prometheus knows units and sums', () => {
    for (const [name, { type }] of Object.entries(METRICS)) {
      expect(name).toMatch(type === 'counter' ? /_total$/ : /^(?!.*_total$)/);
      expect(name).not.toMatch(/_(ms|millis|milliseconds)(_|$)/);
    }
  });

  it('tells of the process too, where it is that of one gateway', async () => {
    const text = await openMetrics({ ofProcess: true }).print();

    expect(read(text).value('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  });

  it('is for callers with the scope admin, where callers sign in', async () => {
    const doors = openDoors({
      operator: caller('operator', 'admin'),
      reader: caller('reader', 'read', 'write', 'raw'),
    });
    const { url } = await startParlance({ ...FEW, doorkeeper: doors });
    const asked = (headers: Record<string, string>) => send(`${url}/metrics`, { headers });

    const answers = await Promise.all([
      asked({}),
      asked({ authorization: 'Bearer nobody' }),
      asked({ authorization: 'Bearer reader' }),
      asked({ authorization: 'Bearer operator' }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403, 200]);
    expect(answers.map(({ text }) => text.includes('parlance_'))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});

describe('the numbers of a service', () => {
  it('tell of calls, failures, what was sent again, what was held, and that it is left in peace', async () => {
    const parlance = await startParlance(FEW);
    await parlance.ask(INBOX);
    parlance.world.chatling.inject({ kind: 'status', status: 503 });
    for (let round = 0; round < 3; round += 1) await parlance.ask(INBOX);

    const { value } = await scrape(parlance);

    const help = { provider: 'help', verb: 'CONVERSATION_LIST' };
    expect(value('parlance_upstream_calls_total', { ...help, outcome: 'ok' })).toBe(1);
    expect(value('parlance_upstream_calls_total', { ...help, outcome: 'failed' })).toBe(5);
    expect(value('parlance_upstream_call_seconds_count', help)).toBe(6);
    expect(value('parlance_upstream_retries_total', help)).toBe(3);
    const held = { provider: 'help', reason: 'breaker' };
    expect(value('parlance_upstream_held_total', held)).toBeGreaterThan(0);
    expect(value('parlance_verb_outcomes_total', { ...help, outcome: 'ok' })).toBe(1);
    expect(value('parlance_verb_outcomes_total', { ...help, outcome: 'unavailable' })).toBe(3);
    expect(value('parlance_breaker_open', { provider: 'help' })).toBe(1);
    expect(value('parlance_provider_up', { provider: 'help' })).toBe(0);
    expect(value('parlance_breaker_open', { provider: 'website' })).toBe(0);
    expect(value('parlance_provider_up', { provider: 'website' })).toBe(1);
  });

  it('tell what it still takes, and how many calls are under way', async () => {
    const parlance = await startParlance(FEW);
    await parlance.ask(INBOX);
    parlance.world.chatling.inject({ kind: 'hang', times: 1 });
    const asking = parlance.ask(INBOX);
    await vi.waitFor(async () => {
      const { value } = await scrape(parlance);
      expect(value('parlance_places_taken', { provider: 'help' })).toBe(1);
    });

    const { value } = await scrape(parlance);

    const help = { provider: 'help' };
    expect(value('parlance_budget_limit', help)).toBe(300);
    expect(value('parlance_budget_remaining', help)).toBe(298);
    expect(value('parlance_places_waiting', help)).toBe(0);
    await asking;
    expect((await scrape(parlance)).value('parlance_places_taken', help)).toBe(0);
  });
});

describe('the numbers of the cache', () => {
  it('tell what was asked, and what was had without asking', async () => {
    const parlance = await startParlance({ ...FEW, cache: {} });
    await parlance.ask(INBOX);
    await parlance.ask(INBOX);

    const { value } = await scrape(parlance);

    const answers = { kind: 'conversations' };
    expect(value('parlance_cache_answers_total', { ...answers, how: 'fresh' })).toBe(4);
    expect(value('parlance_cache_answers_total', { ...answers, how: 'cached' })).toBe(4);
    expect(value('parlance_cache_lookups_total', { layer: 'memory', found: 'hit' })).toBe(4);
    expect(value('parlance_cache_lookups_total', { layer: 'memory', found: 'miss' })).toBe(4);
  });

  it('tell the layers apart', async () => {
    const redis = { url: secret(inject('redisUrl')), prefix: `test:${randomUUID()}:` };
    const parlance = await startParlance({ ...FEW, cache: {}, redis });
    await parlance.ask(INBOX);

    const { value } = await scrape(parlance);

    expect(value('parlance_cache_lookups_total', { layer: 'redis', found: 'miss' })).toBe(4);
    expect(value('parlance_redis_up')).toBe(1);
  });
});

describe('the numbers of events', () => {
  it.each(['WebSocket', 'SSE'] as const)(
    'tell who listens over %s, and what they are told',
    async (transport) => {
      const parlance = await startParlance(FEW);
      const conversationId = standingAt(parlance.world, 'assistant');
      const listening = await listen(transport, parlance.url, ADDED, {
        conversation: conversationId,
      });
      await mutate(parlance, 'sendMessage', { conversationId, text: 'Hello?' });
      await listening.next();

      const { value } = await scrape(parlance);

      const added = { provider: 'assistant', kind: 'MESSAGE_ADDED' };
      expect(value('parlance_events_appended_total', added)).toBe(1);
      expect(value('parlance_events_told_total', added)).toBe(1);
      expect(value('parlance_event_delay_seconds_count')).toBe(1);
      expect(value('parlance_subscribers')).toBe(1);
      expect(value('parlance_websockets')).toBe(transport === 'WebSocket' ? 1 : 0);
      expect(value('parlance_event_streams')).toBe(transport === 'SSE' ? 1 : 0);
    },
  );

  it('tell how much waits for who does not ask', async () => {
    const { parlance, url } = await startParlance(FEW);
    const asked = { conversation: null, filter: {}, after: null };
    const left = new AbortController();
    await parlance.gateway.subscribe(asked, left.signal);
    await parlance.gateway.subscribe(asked, left.signal);
    await parlance.ingest.take(newsOf('a', 'b', 'c'));

    const during = await scrape({ url });
    left.abort();
    const after = await scrape({ url });

    expect(during.value('parlance_event_queue_entries')).toBe(6);
    expect(during.value('parlance_event_queue_longest')).toBe(3);
    expect(after.value('parlance_event_queue_entries')).toBe(0);
    expect(after.value('parlance_subscribers')).toBe(0);
  });

  it('tell of gaps by their reason', async () => {
    const parlance = await startParlance({ ...FEW, events: { retention: { length: 2 } } });
    const listening = await listen('SSE', parlance.url, ADDED);
    await parlance.parlance.ingest.take(newsOf('a', 'b', 'c', 'd'));
    const first = await listening.next();

    await listen('SSE', parlance.url, ADDED, { after: textAt(first, 'cursor') });

    await vi.waitFor(async () => {
      const { value } = await scrape(parlance);
      expect(value('parlance_gaps_total', { reason: 'TRIMMED' })).toBe(1);
    });
  });

  it('tell how sockets ended', async () => {
    const parlance = await startParlance(FEW);
    const one = await openAcknowledged(parlance.url);
    one.socket.close(1000);
    const other = await openAcknowledged(parlance.url);
    other.socket.close(4999);
    const rude = await openAcknowledged(parlance.url);
    rude.say('this is no message');
    await Promise.all([one.closed, other.closed, rude.closed]);

    await vi.waitFor(async () => {
      const { value } = await scrape(parlance);
      expect(value('parlance_websocket_closes_total', { code: '1000' })).toBe(1);
      expect(value('parlance_websocket_closes_total', { code: 'other' })).toBe(1);
      expect(value('parlance_websocket_closes_total', { code: '4400' })).toBe(1);
      expect(value('parlance_websockets')).toBe(0);
    });
  });
});

describe('the numbers of writes', () => {
  it('tell first attempts from those that were told the same, and keys in use', async () => {
    const parlance = await startParlance(FEW);
    const conversationId = standingAt(parlance.world, 'website');
    const input = { conversationId, text: 'Hello?', idempotencyKey: 'once' };
    await mutate(parlance, 'sendMessage', input);
    await mutate(parlance, 'sendMessage', input);
    await mutate(parlance, 'sendMessage', { ...input, text: 'Something else' });

    const { value } = await scrape(parlance);

    const mutation = 'sendMessage';
    expect(value('parlance_keyed_writes_total', { mutation, outcome: 'first' })).toBe(1);
    expect(value('parlance_keyed_writes_total', { mutation, outcome: 'same' })).toBe(1);
    expect(value('parlance_keyed_writes_total', { mutation, outcome: 'in-use' })).toBe(1);
    expect(value('parlance_doubts_opened_total')).toBeNull();
  });

  it('tell that a claim could not be made, and that Redis is out', async () => {
    // Nobody listens at this port of any machine.
    const redis = { url: secret('redis://127.0.0.1:1'), prefix: 'test:' };
    const parlance = await startParlance({ ...FEW, redis });
    const conversationId = standingAt(parlance.world, 'website');
    await mutate(parlance, 'sendMessage', { conversationId, text: 'Hi', idempotencyKey: 'once' });

    const { value } = await scrape(parlance);

    const claimed = { mutation: 'sendMessage', outcome: 'unclaimed' };
    expect(value('parlance_keyed_writes_total', claimed)).toBe(1);
    expect(value('parlance_redis_up')).toBe(0);
    expect(value('parlance_log_lines_total', { level: 'warn' })).toBeGreaterThan(0);
  });

  it('tell of doubts, and how each was settled', async () => {
    const parlance = await startParlance(FEW);
    const conversationId = standingAt(parlance.world, 'assistant');
    parlance.world.chatbotkit.inject({
      kind: 'cut-after-accept',
      times: 1,
      match: { method: 'POST', body: 'Are you there?' },
    });
    parlance.world.chatbotkit.inject({
      kind: 'status',
      status: 500,
      times: 1,
      match: { method: 'GET' },
    });
    await mutate(parlance, 'sendMessage', { conversationId, text: 'Are you there?', name: 'Ada' });

    await vi.waitFor(
      async () => {
        const { value } = await scrape(parlance);
        expect(value('parlance_doubts_opened_total', { mutation: 'sendMessage' })).toBe(1);
        expect(value('parlance_doubts_settled_total', { outcome: 'sent' })).toBe(1);
      },
      { timeout: 5000, interval: 100 },
    );
  });

  it('tell conversations that were created from those that were found', async () => {
    const parlance = await startParlance(FEW);
    const input = {
      provider: 'website',
      channel: 'channel',
      tags: [{ key: 'email', value: 'ada@example.com' }],
      discriminateByTags: ['email'],
    };
    await mutate(parlance, 'getOrCreateConversation', input);
    await mutate(parlance, 'getOrCreateConversation', input);
    await mutate(parlance, 'getOrCreateConversation', { ...input, provider: 'nobody' });

    const { value } = await scrape(parlance);

    const website = { provider: 'website' };
    expect(value('parlance_get_or_create_total', { ...website, outcome: 'created' })).toBe(1);
    expect(value('parlance_get_or_create_total', { ...website, outcome: 'found' })).toBe(1);
    const unknown = { provider: 'unknown', outcome: 'invalid-input' };
    expect(value('parlance_get_or_create_total', unknown)).toBe(1);
  });
});

describe('the numbers of operations', () => {
  it('tell what ran, how it ended, how long it took and what it may cost', async () => {
    const parlance = await startParlance(FEW);
    const { url } = parlance;
    const { body } = await post(url, { query: INBOX });
    await parlance.ask('{ conversation(id: "nothing") { id } }');
    await parlance.ask('mutation { deleteConversation(input: { id: "x" }) { __typename } }');
    const socket = await openAcknowledged(url);
    socket.say({ type: 'subscribe', id: '1', payload: { query: INBOX } });
    await socket.hear(ofType('complete', '1'));

    const { value } = await scrape(parlance);

    const query = { type: 'query' };
    expect(value('parlance_operations_total', { ...query, outcome: 'ok' })).toBe(2);
    expect(value('parlance_operations_total', { ...query, outcome: 'INVALID_INPUT' })).toBe(1);
    expect(value('parlance_operations_total', { type: 'mutation', outcome: 'ok' })).toBe(1);
    expect(value('parlance_operation_seconds_count', query)).toBe(3);
    expect(value('parlance_operation_price_count', query)).toBe(3);
    const price = Number(at(body, 'extensions.cost.price'));
    expect(value('parlance_operation_price_sum', query)).toBeGreaterThan(2 * price);
    expect(value('parlance_http_requests_total', { route: 'graphql', status: '200' })).toBe(3);
    expect(value('parlance_http_request_seconds_count', { route: 'graphql' })).toBe(3);
  });

  it('tell what was refused, and why, over HTTP as over WebSocket', async () => {
    const doors = openDoors({ reader: caller('reader', 'read') });
    const metrics = openMetrics();
    const { url } = await startParlance({ ...FEW, doorkeeper: doors, metrics });
    const authorization = 'Bearer reader';
    await post(url, { query: INBOX });
    await post(url, { query: '{ nothing }' }, { authorization });
    await post(url, { query: '{' }, { authorization });
    await post(url, { query: INBOX }, { authorization, 'content-type': 'text/plain' });
    await post(url, { query: INBOX }, { authorization, 'sec-fetch-site': 'cross-site' });
    const socket = await openSocket(url);
    socket.say({ type: 'connection_init', payload: { authorization } });
    await socket.hear(ofType('connection_ack'));
    socket.say({ type: 'subscribe', id: '1', payload: { query: '{ nothing }' } });
    await socket.hear(ofType('error', '1'));
    const stranger = await openSocket(url);
    stranger.say({ type: 'connection_init', payload: { authorization: 'Bearer nobody' } });
    expect((await stranger.closed).code).toBe(4401);

    await vi.waitFor(async () => {
      const { value } = read(await metrics.print());
      const refused = (reason: string) => value('parlance_refusals_total', { reason });
      expect({
        signIn: refused('sign-in'),
        document: refused('document'),
        request: refused('request'),
        rights: refused('rights'),
      }).toEqual({ signIn: 2, document: 3, request: 1, rights: 1 });
    });
  });

  it('tell of shares that are spent, over HTTP as over WebSocket', async () => {
    const rate = { points: 12, perSeconds: 3600 };
    const parlance = await startParlance({ ...FEW, limits: { rate } });
    const { url } = parlance;
    const socket = await openAcknowledged(url);
    for (let round = 0; round < 3; round += 1) await post(url, { query: INBOX });
    socket.say({ type: 'subscribe', id: '1', payload: { query: INBOX } });
    await socket.hear((message) => at(message, 'id') === '1');

    await vi.waitFor(async () => {
      const { value } = await scrape(parlance);
      expect(value('parlance_refusals_total', { reason: 'share' })).toBe(2);
      const spent = { type: 'query', outcome: 'RATE_LIMITED' };
      expect(value('parlance_operations_total', spent)).toBe(2);
    });
  });

  it('tell that it is leaving', async () => {
    const metrics = openMetrics();
    const { parlance } = await startParlance({ ...FEW, metrics });
    const before = read(await metrics.print()).value('parlance_leaving');
    await parlance.close();

    expect([before, read(await metrics.print()).value('parlance_leaving')]).toEqual([0, 1]);
  });
});

function newsOf(...texts: readonly string[]): News[] {
  return texts.map((text) => ({ type: 'message', message: aMessage(text), tags: null }));
}

function caller(id: string, ...scopes: readonly Scope[]): Caller {
  return { ...ANYONE, id, scopes: new Set(scopes) };
}
