// Who may call the emulated Stack Auth, and in which order it finds fault with a caller.

import { describe, expect, it } from 'vitest';
import {
  CUSTOMER_PATHS,
  callStackAuth,
  callWithOneConversation,
  claimsOf,
} from './stack-auth-caller.ts';

const LIST = '/api/v1/internal/conversations';

describe('the headers', () => {
  it('are read under the new brand as well, which wins where both are sent', async () => {
    const { send, asDashboard, projectId } = await callStackAuth();
    const renamed = Object.fromEntries(
      Object.entries(asDashboard).map(([name, value]) => [
        name.replace('stack', 'hexclave'),
        value,
      ]),
    );
    const path = `${LIST}?projectId=${projectId}`;

    const under = await send('GET', path, { headers: renamed });
    const both = await send('GET', path, {
      headers: { ...renamed, 'x-stack-publishable-client-key': 'pck_wrong' },
    });
    const reversed = await send('GET', path, {
      headers: { ...asDashboard, 'x-hexclave-publishable-client-key': 'pck_wrong' },
    });

    expect([under.status, both.status, reversed.status]).toEqual([200, 200, 401]);
  });

  it('are spoken back in both families', async () => {
    const { send } = await callStackAuth();

    const { headers } = await send('GET', LIST, {
      headers: { 'x-stack-override-error-status': 'true' },
    });

    expect(headers.get('x-stack-request-id')).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
    expect(headers.get('x-hexclave-request-id')).toBe(headers.get('x-stack-request-id'));
    expect(headers.get('x-stack-known-error')).toBe('ACCESS_TYPE_REQUIRED');
    expect(headers.get('x-hexclave-known-error')).toBe('ACCESS_TYPE_REQUIRED');
    expect(headers.get('x-stack-actual-status')).toBe('400');
    expect(headers.get('x-hexclave-actual-status')).toBe('400');
  });

  it('can be limited to one brand, which then is deaf and silent to the other', async () => {
    const old = await callStackAuth({ originNames: 'stack-auth' });
    const young = await callStackAuth({ originNames: 'hexclave' });

    const heard = await old.list();
    const unheard = await young.list();

    expect(heard.status).toBe(200);
    expect(heard.headers.has('x-stack-request-id')).toBe(true);
    expect(heard.headers.has('x-hexclave-request-id')).toBe(false);
    expect(unheard.body).toMatchObject({ code: 'ACCESS_TYPE_REQUIRED' });
    expect(unheard.headers.has('x-hexclave-known-error')).toBe(true);
    expect(unheard.headers.has('x-stack-known-error')).toBe(false);
    expect(claimsOf(old.credentials.accessToken)['iss']).toBe(
      'https://api.stack-auth.com/api/v1/projects/internal',
    );
    expect(claimsOf(young.credentials.accessToken)['iss']).toBe(
      'https://api.hexclave.com/api/v1/projects/internal',
    );
  });
});

describe('a caller is refused', () => {
  const cases: [string, Record<string, string | null>, number, string, unknown?][] = [
    [
      'without an access type',
      { 'access-type': null, 'publishable-client-key': null },
      400,
      'ACCESS_TYPE_REQUIRED',
    ],
    [
      'with a key but no access type',
      { 'access-type': null },
      400,
      'PROJECT_KEY_WITHOUT_ACCESS_TYPE',
    ],
    ['with an access type nobody knows', { 'access-type': 'root' }, 400, 'INVALID_ACCESS_TYPE'],
    [
      'without a project',
      { 'project-id': null },
      400,
      'ACCESS_TYPE_WITHOUT_PROJECT_ID',
      { request_type: 'client' },
    ],
    [
      'with a token that is none',
      { 'access-token': 'eyJ.nonsense' },
      401,
      'UNPARSABLE_ACCESS_TOKEN',
    ],
    [
      'with a token of another project, before that project is looked for',
      { 'project-id': 'no-such-project' },
      401,
      'INVALID_PROJECT_FOR_ACCESS_TOKEN',
      { expected_project_id: 'no-such-project', actual_project_id: 'internal' },
    ],
    [
      'for a project that does not exist',
      { 'project-id': 'no-such-project', 'access-token': null },
      400,
      'CURRENT_PROJECT_NOT_FOUND',
      { project_id: 'no-such-project' },
    ],
    [
      'with a wrong client key',
      { 'publishable-client-key': 'pck_wrong' },
      401,
      'INVALID_PUBLISHABLE_CLIENT_KEY',
      { project_id: 'internal' },
    ],
    [
      'without a client key',
      { 'publishable-client-key': null },
      401,
      'PUBLISHABLE_CLIENT_KEY_REQUIRED_FOR_PROJECT',
      { project_id: 'internal' },
    ],
    [
      'with a wrong server key',
      { 'access-type': 'server', 'secret-server-key': 'ssk_wrong' },
      401,
      'INVALID_SECRET_SERVER_KEY',
      { project_id: 'internal' },
    ],
    [
      'as a server without a key',
      { 'access-type': 'server' },
      401,
      'SERVER_AUTHENTICATION_REQUIRED',
    ],
    ['as an admin without a key', { 'access-type': 'admin' }, 401, 'ADMIN_AUTHENTICATION_REQUIRED'],
    [
      'with a wrong admin key',
      { 'access-type': 'admin', 'super-secret-admin-key': 'sak_wrong' },
      401,
      'INVALID_SUPER_SECRET_ADMIN_KEY',
      { project_id: 'internal' },
    ],
    [
      'on another branch',
      { 'branch-id': 'next' },
      400,
      'BRANCH_DOES_NOT_EXIST',
      { branch_id: 'next' },
    ],
  ];

  it.each(cases)('%s', async (_when, changes, status, code, details) => {
    const { send, asDashboard, projectId } = await callStackAuth();
    const headers: Record<string, string> = { ...asDashboard };
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) Reflect.deleteProperty(headers, `x-stack-${name}`);
      else headers[`x-stack-${name}`] = value;
    }

    const reply = await send('GET', `${LIST}?projectId=${projectId}`, { headers });

    expect(reply.status).toBe(status);
    expect(reply.headers.get('x-stack-known-error')).toBe(code);
    expect(reply.body).toEqual({
      code,
      error: expect.any(String),
      ...(details === undefined ? {} : { details }),
    });
  });

  it('without a user, because the inbox is worked by people', async () => {
    const { send, asDashboard, projectId } = await callStackAuth();
    const { 'x-stack-access-token': _token, ...headers } = asDashboard;

    const { status, body } = await send('GET', `${LIST}?projectId=${projectId}`, { headers });

    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'SCHEMA_ERROR',
      details: { message: expect.stringContaining('auth.user must be defined') },
    });
  });

  it('with the keys of the customer project itself, whatever their rank', async () => {
    const { send, projectId, store } = await callStackAuth();

    const { status, body } = await send('GET', `${LIST}?projectId=${projectId}`, {
      headers: {
        'x-stack-project-id': projectId,
        'x-stack-access-type': 'server',
        'x-stack-secret-server-key': store.projects.get(projectId)?.secretServerKey ?? '',
      },
    });

    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'SCHEMA_ERROR',
      details: {
        message: expect.stringContaining(
          'auth.project.id must be one of the following values: internal',
        ),
      },
    });
  });

  it('first for an unreadable body, then for the caller, then for what was asked', async () => {
    const { send, asDashboard } = await callStackAuth();
    const wrongKey = { ...asDashboard, 'x-stack-publishable-client-key': 'pck_wrong' };
    const json = { 'content-type': 'application/json' };

    const unread = await send('POST', LIST, { headers: { ...wrongKey, ...json }, raw: '{"a"' });
    const caller = await send('POST', LIST, { headers: wrongKey, body: {} });
    const asked = await send('POST', LIST, { headers: asDashboard, body: {} });

    expect(unread).toMatchObject({ status: 400, body: { code: 'BODY_PARSING_ERROR' } });
    expect(caller).toMatchObject({ status: 401, body: { code: 'INVALID_PUBLISHABLE_CLIENT_KEY' } });
    expect(asked).toMatchObject({ status: 400, body: { code: 'SCHEMA_ERROR' } });
  });

  it('for a project their team does not own, "internal" included', async () => {
    const { list, store } = await callStackAuth();
    const elsewhere = [...store.projects.values()].find(
      ({ displayName }) => displayName === 'Somebody Else',
    );

    const foreign = await list({ projectId: String(elsewhere?.id) });
    const internal = await list({ projectId: 'internal' });

    expect(foreign).toMatchObject({
      status: 404,
      body: { code: 'PROJECT_NOT_FOUND', details: { project_id: elsewhere?.id } },
    });
    expect(internal).toMatchObject({ status: 404, body: { code: 'PROJECT_NOT_FOUND' } });
  });

  it('if anonymous or restricted, unless the request allows for it', async () => {
    const { customer, asCustomer, send } = await callWithOneConversation();
    customer.isAnonymous = true;
    const anonymous = asCustomer(customer.id);
    customer.isAnonymous = false;
    customer.isRestricted = true;
    const restricted = asCustomer(customer.id);
    const ask = (headers: Record<string, string>) => send('GET', CUSTOMER_PATHS[0], { headers });

    expect(await ask(anonymous)).toMatchObject({
      status: 401,
      body: { code: 'ANONYMOUS_AUTHENTICATION_NOT_ALLOWED' },
    });
    expect(await ask(restricted)).toMatchObject({
      status: 403,
      body: { code: 'RESTRICTED_USER_NOT_ALLOWED' },
    });
    expect((await ask({ ...anonymous, 'x-stack-allow-anonymous-user': 'true' })).status).toBe(200);
    expect((await ask({ ...restricted, 'x-stack-allow-restricted-user': 'true' })).status).toBe(
      200,
    );
  });
});

describe('the client key', () => {
  it('may be left out where the project was set so', async () => {
    const { send, asDashboard, projectId } = await callStackAuth({
      publishableClientKey: 'optional',
    });
    const { 'x-stack-publishable-client-key': _key, ...headers } = asDashboard;

    const without = await send('GET', `${LIST}?projectId=${projectId}`, { headers });
    const wrong = await send('GET', `${LIST}?projectId=${projectId}`, {
      headers: { ...headers, 'x-stack-publishable-client-key': 'pck_wrong' },
    });

    expect([without.status, wrong.status]).toEqual([200, 401]);
  });
});
