// How the emulated Stack Auth's tokens run out, and the two ways to fresh ones.

import { describe, expect, it } from 'vitest';
import { callStackAuth, claimsOf, recordOf } from './stack-auth-caller.ts';

const LIST = '/api/v1/internal/conversations';

describe('an access token', () => {
  it('carries the payload the vendor client insists on', async () => {
    const { credentials } = await callStackAuth();

    const claims = claimsOf(credentials.accessToken);

    expect(claims).toEqual({
      sub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      exp: Number(claims['iat']) + 600,
      iat: expect.any(Number),
      iss: 'https://api.hexclave.com/api/v1/projects/internal',
      aud: 'internal',
      project_id: 'internal',
      branch_id: 'main',
      refresh_token_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      role: 'authenticated',
      name: 'Ines Almeida',
      email: 'ines@larkfield.example',
      email_verified: true,
      selected_team_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      signed_up_at: expect.any(Number),
      is_anonymous: false,
      is_restricted: false,
      restricted_reason: null,
      requires_totp_mfa: false,
    });
  });

  it('runs out at its second, and says when and whose it was', async () => {
    const { list, pass, credentials } = await callStackAuth({ accessTokenSeconds: 60 });
    const claims = claimsOf(credentials.accessToken);

    pass(59_999);
    const before = await list();
    pass(1);
    const after = await list();

    expect(before.status).toBe(200);
    expect(after).toMatchObject({
      status: 401,
      body: {
        code: 'ACCESS_TOKEN_EXPIRED',
        details: {
          expired_at_millis: Number(claims['exp']) * 1000,
          project_id: 'internal',
          user_id: claims['sub'],
          refresh_token_id: claims['refresh_token_id'],
        },
      },
    });
  });

  it('that was tampered with is unparsable, not expired', async () => {
    const { send, asDashboard, credentials, projectId } = await callStackAuth();
    const [head, , signature] = credentials.accessToken.split('.');
    const claims = { ...claimsOf(credentials.accessToken), exp: 1 };
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');

    const { body } = await send('GET', `${LIST}?projectId=${projectId}`, {
      headers: { ...asDashboard, 'x-stack-access-token': `${head}.${forged}.${signature}` },
    });

    expect(body).toMatchObject({ code: 'UNPARSABLE_ACCESS_TOKEN' });
  });

  it('of a user who was deleted since is the same as no user', async () => {
    const { list, store, credentials } = await callStackAuth();
    store.users.delete(String(claimsOf(credentials.accessToken)['sub']));

    const { status, body } = await list();

    expect(status).toBe(400);
    expect(body).toMatchObject({
      details: { message: expect.stringContaining('auth.user must be defined') },
    });
  });
});

describe('refreshing', () => {
  const OAUTH = '/api/v1/auth/oauth/token';
  const SESSION = '/api/v1/auth/sessions/current/refresh';
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

  it('through the oauth endpoint buys a fresh access token, and the refresh token stays', async () => {
    const { send, pass, credentials, asDashboard, projectId } = await callStackAuth();
    const { publishableClientKey, refreshToken } = credentials;
    pass(3_600_000);

    const { status, body } = await send('POST', OAUTH, {
      headers: FORM,
      raw: String(
        new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          client_id: 'internal',
          client_secret: publishableClientKey,
        }),
      ),
    });
    const fresh = recordOf(body);
    const list = await send('GET', `${LIST}?projectId=${projectId}`, {
      headers: { ...asDashboard, 'x-stack-access-token': String(fresh['access_token']) },
    });

    expect(status).toBe(200);
    expect(fresh).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      refresh_token: refreshToken,
      scope: 'legacy',
    });
    expect(list.status).toBe(200);
  });

  it('through the session endpoint answers with the access token alone', async () => {
    const { send, credentials, asDashboard } = await callStackAuth();

    const { status, body } = await send('POST', SESSION, {
      headers: { ...asDashboard, 'x-stack-refresh-token': credentials.refreshToken },
    });

    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  });

  it('through the session endpoint fails while the expired token is still sent along', async () => {
    const { send, pass, credentials, asDashboard } = await callStackAuth();
    const { 'x-stack-access-token': _expired, ...without } = asDashboard;
    const refresh = { 'x-stack-refresh-token': credentials.refreshToken };
    pass(3_600_000);

    const along = await send('POST', SESSION, { headers: { ...asDashboard, ...refresh } });
    const alone = await send('POST', SESSION, { headers: { ...without, ...refresh } });

    expect(along.body).toMatchObject({ code: 'ACCESS_TOKEN_EXPIRED' });
    expect(alone.status).toBe(200);
  });

  it('is refused for tokens that are unknown, over, signed out, or whose user is gone', async () => {
    const caller = await callStackAuth({ refreshTokenSeconds: 3600 });
    const { send, credentials, store, pass, asDashboard } = caller;
    const { 'x-stack-access-token': _token, ...headers } = asDashboard;
    const refresh = async (token: string) => {
      const { status, body } = await send('POST', SESSION, {
        headers: { ...headers, 'x-stack-refresh-token': token },
      });
      return [status, recordOf(body)['code']];
    };
    const refused = [401, 'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED'];
    const userId = String(claimsOf(credentials.accessToken)['sub']);
    const signedOut = caller.signIn(userId).refreshToken;
    store.sessions.delete(signedOut);

    expect(await refresh('unknown')).toEqual(refused);
    expect(await refresh(signedOut)).toEqual(refused);
    pass(3_600_001);
    expect(await refresh(credentials.refreshToken)).toEqual(refused);
    const late = caller.signIn(userId).refreshToken;
    store.users.delete(userId);
    expect(await refresh(late)).toEqual(refused);
  });

  it('is refused with a foreign client id, a wrong secret, or no secret', async () => {
    const { send, credentials, projectId } = await callStackAuth();
    const ask = async (form: Record<string, string>) => {
      const grant = { grant_type: 'refresh_token', refresh_token: credentials.refreshToken };
      const { status, body } = await send('POST', OAUTH, { body: { ...grant, ...form } });
      return [status, recordOf(body)['code']];
    };

    expect(await ask({ client_id: 'nobody', client_secret: 'x' })).toEqual([
      400,
      'INVALID_OAUTH_CLIENT_ID_OR_SECRET',
    ]);
    expect(await ask({ client_id: 'internal', client_secret: 'pck_wrong' })).toEqual([
      400,
      'INVALID_OAUTH_CLIENT_ID_OR_SECRET',
    ]);
    expect(await ask({ client_id: projectId })).toEqual([
      401,
      'PUBLISHABLE_CLIENT_KEY_REQUIRED_FOR_PROJECT',
    ]);
    expect(await ask({ grant_type: 'password' })).toEqual([400, 'SCHEMA_ERROR']);
  });
});
