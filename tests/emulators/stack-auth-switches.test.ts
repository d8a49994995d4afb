// What is uncertain about Stack Auth, in both positions of its switches, and how the emulated one fails on demand.

import { describe, expect, it } from 'vitest';
import {
  CUSTOMER_PATHS,
  callStackAuth,
  callWithOneConversation,
  idsOf,
  NOW_MS,
  recordOf,
  TALES,
} from './stack-auth-caller.ts';

const MINUTE_MS = 60_000;

describe('the era before the merge', () => {
  it('lists without paging: no hasMore, and a limit is an unknown property', async () => {
    const { list } = await callStackAuth({ era: 'feature-branch', tales: TALES });

    const plain = await list();
    const limited = await list({ limit: '5' });

    expect(Object.keys(recordOf(plain.body))).toEqual(['conversations']);
    expect(idsOf(plain)).toHaveLength(40);
    expect(limited.body).toMatchObject({
      code: 'SCHEMA_ERROR',
      details: { message: expect.stringContaining('query contains unknown properties: limit') },
    });
  });

  it('takes % and _ in a search for what they mean to the database', async () => {
    const { create, addUser, list } = await callStackAuth({ era: 'feature-branch' });
    const { id: userId } = addUser('nora', { primaryEmail: 'nora@example.com' });
    await create({ userId, subject: 'Invoice (2026) 100 euro' });
    const hits = async (query: string) => idsOf(await list({ query })).length;

    expect(await hits('inv%euro')).toBe(1);
    expect(await hits('n_ra@')).toBe(1);
    expect(await hits('(2026)')).toBe(1);
    expect(await hits('100\\%')).toBe(0);
    expect(await hits('nora@example_com')).toBe(1);
  });

  it('lets customers write at any length, and lists theirs without has_more', async () => {
    const { send, asNora, id, messages } = await callWithOneConversation({ era: 'feature-branch' });

    const long = await send('PATCH', `${CUSTOMER_PATHS[1]}/${id}`, {
      headers: asNora,
      body: { message: 'x'.repeat(6000) },
    });
    const list = await send('GET', CUSTOMER_PATHS[1], { headers: asNora });

    expect(long.status).toBe(200);
    expect(messages().at(-1)?.body).toHaveLength(6000);
    expect(Object.keys(recordOf(list.body))).toEqual(['conversations']);
  });
});

describe('the promise to answer in time', () => {
  const sla = { enabled: true, firstResponseMinutes: 30, nextResponseMinutes: 60 };

  it('is off by default: nothing is ever due', async () => {
    const { patch, reply, id, conversation } = await callWithOneConversation();

    await patch(id, { type: 'reply', body: 'On its way.' });
    await reply('Still nothing.');

    expect(conversation).toMatchObject({ firstResponseDueAt: null, nextResponseDueAt: null });
  });

  it('switched on, is due from the first message, and again from each that reopens', async () => {
    const { patch, reply, id, conversation } = await callWithOneConversation({ sla });

    expect(conversation.firstResponseDueAt).toBe(new Date(NOW_MS + 30 * MINUTE_MS).toISOString());
    expect(conversation.nextResponseDueAt).toBeNull();
    await reply('Hello?');
    expect(conversation.nextResponseDueAt).toBeNull();
    await patch(id, { type: 'reply', body: 'On its way.' });
    await reply('Still nothing.');
    expect(conversation.nextResponseDueAt).toBe(
      new Date(NOW_MS + 2000 + 60 * MINUTE_MS).toISOString(),
    );
    await reply('Anyone?');
    expect(conversation.nextResponseDueAt).toBe(
      new Date(NOW_MS + 2000 + 60 * MINUTE_MS).toISOString(),
    );
    await patch(id, { type: 'reply', body: 'Here it is.' });
    expect(conversation.nextResponseDueAt).toBeNull();
    expect(conversation.firstResponseDueAt).not.toBeNull();
  });

  it('promises nothing where no minutes are set, or to those whom an agent wrote to', async () => {
    const none = await callWithOneConversation({
      sla: { enabled: true, firstResponseMinutes: null, nextResponseMinutes: null },
    });
    const byAgent = await callStackAuth({ sla });

    await byAgent.create({ userId: byAgent.addUser('nora', {}).id });

    expect(none.conversation.firstResponseDueAt).toBeNull();
    expect([...byAgent.store.conversations.values()]).toMatchObject([{ firstResponseDueAt: null }]);
  });
});

describe('the internal routes', () => {
  it('may be closed: then they are not there, and tokens are still to be had', async () => {
    const { list, send, asDashboard, credentials } = await callStackAuth({
      internalRoutes: 'closed',
    });

    const closed = await list();
    const refreshed = await send('POST', '/api/v1/auth/sessions/current/refresh', {
      headers: { ...asDashboard, 'x-stack-refresh-token': credentials.refreshToken },
    });

    expect(closed.status).toBe(404);
    expect(closed.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(refreshed.status).toBe(200);
  });
});

describe('an injected fault', () => {
  it('of 401 is an expired token, which a client mends by refreshing', async () => {
    const { list, inject } = await callStackAuth();
    inject({ kind: 'status', status: 401, times: 1 });

    const struck = await list();
    const healed = await list();

    expect(struck).toMatchObject({ status: 401, body: { code: 'ACCESS_TOKEN_EXPIRED' } });
    expect(struck.headers.get('x-hexclave-known-error')).toBe('ACCESS_TOKEN_EXPIRED');
    expect(healed.status).toBe(200);
  });

  it('of 500 is text with a request id, of 429 text with the seconds to wait', async () => {
    const { list, inject } = await callStackAuth();
    inject({ kind: 'status', status: 500, times: 1 });
    inject({ kind: 'status', status: 429, retryAfter: 7, times: 1 });

    const crash = await list();
    const limited = await list();

    expect(crash.status).toBe(500);
    expect(crash.text).toContain(`Request ID: ${crash.headers.get('x-stack-request-id')}`);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect(limited.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it.each([400, 403, 404, 405, 502, 503])('of %i has that status and a body', async (status) => {
    const { list, inject } = await callStackAuth();
    inject({ kind: 'status', status });

    const struck = await list();

    expect(struck.status).toBe(status);
    expect(struck.text).not.toBe('');
  });

  it('that cuts after accepting has still done what was asked', async () => {
    const { patch, inject, id, messages } = await callWithOneConversation();
    inject({ kind: 'cut-after-accept', times: 1, match: { method: 'PATCH' } });

    await expect(patch(id, { type: 'reply', body: 'On its way.' })).rejects.toThrow('fetch failed');

    expect(messages().map(({ body }) => body)).toEqual(['Where is it?', 'On its way.']);
  });

  it('that garbles leaves JSON that does not parse', async () => {
    const { list, inject } = await callStackAuth({ tales: TALES });
    inject({ kind: 'malformed', times: 1 });

    const { status, text } = await list();

    expect(status).toBe(200);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });
});

describe('the journal', () => {
  it('has a row for each request, with its body and the status that was sent', async () => {
    const { list, create, journal, projectId, credentials } = await callStackAuth();

    await list();
    await create({ userId: 'nobody' });

    const rows: unknown = await (await fetch(`${credentials.url}/__emulator/journal`)).json();
    expect(rows).toEqual(journal);
    expect(rows).toMatchObject([
      {
        method: 'GET',
        path: '/api/v1/internal/conversations',
        query: `projectId=${projectId}`,
        status: 200,
        time: new Date(NOW_MS).toISOString(),
        body: null,
      },
      { method: 'POST', status: 400, body: { userId: 'nobody', priority: 'normal' } },
    ]);
  });
});

describe('the limit on developers’ machines', () => {
  it('refuses what is beyond it with a time to wait, and takes calls again once the window has gone by', async () => {
    const { list, pass } = await callStackAuth({ rateLimit: { requests: 2, windowMs: 10_000 } });
    await list();
    await list();

    const refused = await list();
    pass(10_000);
    const again = await list();

    expect(refused).toMatchObject({ status: 429, text: 'Too Many Requests' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(again.status).toBe(200);
  });

  it('is not there unless it is switched on', async () => {
    const { list } = await callStackAuth();

    const answers = await Promise.all(Array.from({ length: 150 }, () => list()));

    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});
