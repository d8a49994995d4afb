// The dress of the emulated Stack Auth's answers and refusals, and how it reads a body.

import { describe, expect, it } from 'vitest';
import { callStackAuth, callWithOneConversation, NOBODY, recordOf } from './stack-auth-caller.ts';

describe('an answer', () => {
  it('is never cached, open to every origin, and has an id of its own', async () => {
    const { list } = await callStackAuth();

    const [first, second] = [await list(), await list()];

    expect(first.headers.get('cache-control')).toBe('no-store, max-age=0');
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    expect(first.headers.get('x-stack-request-id')).not.toBe(
      second.headers.get('x-stack-request-id'),
    );
  });

  it('is indented for a browser’s eyes only', async () => {
    const { list, asAgent, projectId } = await callStackAuth();

    const { text: plain } = await list();
    const { text: read } = await asAgent(
      'GET',
      `/api/v1/internal/conversations?projectId=${projectId}`,
      {
        headers: { accept: 'text/html,*/*' },
      },
    );

    expect(plain).toBe('{"conversations":[],"hasMore":false}');
    expect(read).toBe('{\n  "conversations": [],\n  "hasMore": false\n}');
  });

  it('to a preflight allows the headers of both families', async () => {
    const { send } = await callStackAuth();

    const { status, headers } = await send('OPTIONS', '/api/v1/internal/conversations');

    expect(status).toBe(200);
    for (const name of ['x-stack-access-token', 'x-hexclave-access-token']) {
      expect(headers.get('access-control-allow-headers')).toContain(name);
    }
  });
});

describe('a refusal', () => {
  it('is indented JSON with the code in the headers where it is a known error', async () => {
    const { list } = await callStackAuth();

    const { status, text, headers, body } = await list({ projectId: NOBODY });

    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-stack-known-error')).toBe('PROJECT_NOT_FOUND');
    expect(text).toBe(JSON.stringify(body, null, 2));
    expect(Object.keys(recordOf(body))).toEqual(['code', 'details', 'error']);
  });

  it('hides below 200 where the request asks for it, in JSON and in text, and says the real status', async () => {
    const { send, asDashboard, projectId } = await callStackAuth();
    const path = '/api/v1/internal/conversations';
    const headers = { ...asDashboard, 'x-hexclave-override-error-status': 'true' };

    const known = await send('GET', path, { headers });
    const bare = await send('GET', `${path}/${NOBODY}?projectId=${projectId}`, { headers });
    const fine = await send('GET', `${path}?projectId=${projectId}`, { headers });

    expect([known.status, known.headers.get('x-stack-actual-status')]).toEqual([200, '400']);
    expect(known.body).toMatchObject({ code: 'SCHEMA_ERROR' });
    expect([bare.status, bare.headers.get('x-hexclave-actual-status')]).toEqual([200, '404']);
    expect(bare.text).toBe('Conversation not found.');
    expect([fine.status, fine.headers.get('x-stack-actual-status')]).toEqual([200, null]);
  });

  it('of a crash does not hide', async () => {
    const { asAgent, projectId } = await callStackAuth();

    const { status, headers } = await asAgent('POST', '/api/v1/internal/conversations', {
      headers: { 'x-stack-override-error-status': 'true' },
      body: { projectId, subject: {} },
    });

    expect([status, headers.get('x-stack-actual-status')]).toEqual([500, null]);
  });

  it('meets other methods with 405 and other paths with 404, both in plain text', async () => {
    const { send, asDashboard } = await callStackAuth();

    const method = await send('DELETE', '/api/v1/internal/conversations', { headers: asDashboard });
    const path = await send('GET', '/api/v1/internal/messages', { headers: asDashboard });
    const version = await send('GET', '/api/v9/internal/conversations', { headers: asDashboard });

    expect([method.status, path.status, version.status]).toEqual([405, 404, 404]);
    for (const { headers } of [method, path, version]) {
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    }
  });
});

describe('a body', () => {
  it('is read by its content type: a form does as well, other types are refused', async () => {
    const { send, asDashboard, projectId, id, messages } = await callWithOneConversation();
    const path = `/api/v1/internal/conversations/${id}`;
    const said = { projectId, type: 'reply', body: 'From a form' };
    const as = (type: string, raw: string) =>
      send('PATCH', path, { headers: { ...asDashboard, 'content-type': type }, raw });

    const form = await as('application/x-www-form-urlencoded', String(new URLSearchParams(said)));
    const plain = await as('text/plain', JSON.stringify(said));
    const xml = await as('application/xml', '<a/>');

    expect(form.status).toBe(200);
    expect(messages().at(-1)?.body).toBe('From a form');
    expect(plain.body).toMatchObject({
      code: 'SCHEMA_ERROR',
      error: expect.stringContaining('body must be a `object` type, but the final value was: `"{'),
    });
    expect(xml).toMatchObject({ status: 400, body: { code: 'BODY_PARSING_ERROR' } });
  });
});
