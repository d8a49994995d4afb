// The session behind every call: tokens of ten minutes, renewed in time, renewed once where they were refused, by one flight.

import { describe, expect, it } from 'vitest';
import type { Http } from '../../src/providers/http.ts';
import {
  bad,
  changingBodies,
  credential,
  good,
  hurried,
  INBOX,
  NOW_MS,
  newCall,
  openAccount,
  TOKENS,
} from './stack-auth-account.ts';

const MINUTE_MS = 60_000;

describe('a token', () => {
  it('that was given saves the first renewal', async () => {
    const { list, asked } = await openAccount();

    good(await list());

    expect(asked()).toEqual([`GET ${INBOX}`]);
  });

  it('that was not given is fetched first, as the client of the project "internal"', async () => {
    const { list, journal, asked, credentials } = await openAccount({ accessToken: 'absent' });

    good(await list());

    expect(asked()).toEqual([`POST ${TOKENS}`, `GET ${INBOX}`]);
    expect(Object.fromEntries(new URLSearchParams(String(journal[0]?.body)))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: credentials.refreshToken,
      client_id: 'internal',
      client_secret: credentials.publishableClientKey,
    });
  });

  it('is used until half a minute before it expires, and renewed then', async () => {
    const { list, asked, pass } = await openAccount();

    pass(9.5 * MINUTE_MS - 1);
    good(await list());
    expect(asked()).toEqual([`GET ${INBOX}`]);
    pass(1);
    good(await list());
    good(await list());

    expect(asked().slice(1)).toEqual([`POST ${TOKENS}`, `GET ${INBOX}`, `GET ${INBOX}`]);
  });

  it('is renewed once for all who need it at the same time', async () => {
    const { list, get, find, asked } = await openAccount({ accessToken: 'absent' });
    const { id } = find(() => true);

    await Promise.all([list(), list({ size: 3 }), get(id), get(id)]);

    expect(asked().filter((line) => line === `POST ${TOKENS}`)).toHaveLength(1);
  });

  it('that does not say when it ends is used until the service refuses it', async () => {
    const { list, asked, pass } = await openAccount({
      account: { accessToken: credential('an.opaque.token') },
    });
    pass(MINUTE_MS);

    good(await list());

    expect(asked()).toEqual([`GET ${INBOX}`, `POST ${TOKENS}`, `GET ${INBOX}`]);
  });

  it('that is new is not taken for old where the clocks disagree', async () => {
    const { list, asked, pass } = await openAccount({
      accessTokenSeconds: 10,
      accessToken: 'absent',
    });

    good(await list());
    pass(5_000);
    good(await list());

    expect(asked()).toEqual([`POST ${TOKENS}`, `GET ${INBOX}`, `GET ${INBOX}`]);
  });

  it('still holds where its renewal fails before its time is up', async () => {
    const { list, inject, pass } = await openAccount();
    inject({ kind: 'status', status: 500, match: { path: TOKENS } });
    pass(9.6 * MINUTE_MS);

    good(await list());
    pass(MINUTE_MS);

    expect(bad(await list())).toMatchObject({ kind: 'unavailable' });
  });

  it('handed out with another refresh token is renewed with that one', async () => {
    let rotated = '';
    const { list, journal, pass, signIn, agent } = await openAccount({
      accessToken: 'absent',
      wrap: changingBodies((body, path) =>
        path === TOKENS ? { ...Object(body), refresh_token: rotated } : body,
      ),
    });
    rotated = signIn(agent?.id ?? '').refreshToken;

    good(await list());
    pass(11 * MINUTE_MS);
    good(await list());

    const renewals = journal.filter(({ path }) => path === TOKENS);
    expect(String(renewals[1]?.body)).toContain(rotated);
  });
});

describe('a token that is refused', () => {
  it('is renewed, and a read asked again, once', async () => {
    const { list, asked, inject } = await openAccount();
    inject({ kind: 'status', status: 401, times: 1, match: { path: INBOX } });

    good(await list());

    expect(asked()).toEqual([`GET ${INBOX}`, `POST ${TOKENS}`, `GET ${INBOX}`]);
  });

  it('during a write is renewed, and the write done once', async () => {
    const { send, find, messages, asked, inject } = await openAccount();
    const { id } = find(() => true);
    const before = messages(id).length;
    inject({ kind: 'status', status: 401, times: 1, match: { path: INBOX } });

    good(await send(id, 'Once only.'));

    expect(messages(id)).toHaveLength(before + 1);
    expect(asked()).toEqual([`PATCH ${INBOX}/${id}`, `POST ${TOKENS}`, `PATCH ${INBOX}/${id}`]);
  });

  it('though it says that it holds is renewed', async () => {
    const { list, asked } = await openAccount({
      account: { accessToken: credential(tokenUntil(NOW_MS + 10 * MINUTE_MS)) },
    });

    good(await list());

    expect(asked()).toEqual([`GET ${INBOX}`, `POST ${TOKENS}`, `GET ${INBOX}`]);
  });

  it('is not remembered as the answer to what was asked', async () => {
    const { list, asked, inject } = await openAccount();
    inject({ kind: 'status', status: 401, times: 1, match: { path: INBOX } });
    const call = newCall();

    const [one, two] = await Promise.all([list({}, call), list({}, call)]);
    const three = await list({}, call);

    expect([one, two, three].every(({ ok }) => ok)).toBe(true);
    expect(asked()).toEqual([`GET ${INBOX}`, `POST ${TOKENS}`, `GET ${INBOX}`]);
  });

  it('by several at once is renewed by one flight', async () => {
    const { list, asked, inject } = await openAccount();
    inject({ kind: 'status', status: 401, times: 3, match: { path: INBOX } });

    const outcomes = await Promise.all([list({ size: 1 }), list({ size: 2 }), list({ size: 3 })]);

    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(asked().filter((line) => line === `POST ${TOKENS}`)).toHaveLength(1);
  });

  it('late, when another caller has had it renewed, is not renewed again', async () => {
    const { list, asked, inject } = await openAccount({
      account: { accessToken: credential('an.opaque.token') },
    });
    inject({ kind: 'delay', ms: 150, times: 1, match: { path: INBOX } });

    const late = list({ size: 1 });
    const outcomes = await Promise.all([late, list({ size: 2 })]);

    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(asked().filter((line) => line === `POST ${TOKENS}`)).toHaveLength(1);
  });

  it('again after its renewal is the operator’s to mend', async () => {
    const { list, asked, inject } = await openAccount();
    inject({ kind: 'status', status: 401, match: { path: INBOX } });

    expect(bad(await list())).toMatchObject({
      kind: 'credential-refused',
      said: expect.stringContaining('put the new refreshToken in the config'),
    });
    expect(asked()).toEqual([`GET ${INBOX}`, `POST ${TOKENS}`, `GET ${INBOX}`]);
  });
});

describe('a renewal', () => {
  it('that is refused is the operator’s to mend, and names no secret', async () => {
    const { list, store, credentials } = await openAccount({ accessToken: 'absent' });
    store.sessions.clear();

    const failure = bad(await list());

    expect(failure).toEqual({
      kind: 'credential-refused',
      provider: 'support',
      said: 'it gave no new access token (REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED): sign in to its dashboard again and put the new refreshToken in the config',
    });
    expect(JSON.stringify(failure)).not.toContain(credentials.refreshToken);
  });

  it.each([
    [{ publishableClientKey: 'pck_wrong' }, 'publishableClientKey'],
    [{ refreshToken: credential('rt_wrong') }, 'refreshToken'],
  ])(
    'with %j names the setting that is wrong, and not what it is set to',
    async (account, setting) => {
      const { list } = await openAccount({ accessToken: 'absent', account });

      const failure = bad(await list());

      expect(failure).toMatchObject({
        kind: 'credential-refused',
        said: expect.stringContaining(setting),
      });
      expect(JSON.stringify(failure)).not.toContain('_wrong');
    },
  );

  it.each([
    [
      { kind: 'status', status: 500 },
      { kind: 'unavailable', because: 'it answered HTTP 500' },
    ],
    [
      { kind: 'status', status: 429, retryAfter: 7 },
      { kind: 'rate-limited', retryAt: new Date(NOW_MS + 7_000) },
    ],
    [{ kind: 'cut' }, { kind: 'unavailable' }],
    [{ kind: 'cut-after-accept' }, { kind: 'unavailable' }],
    [{ kind: 'malformed' }, { kind: 'unavailable' }],
  ] as const)('after %j leaves a write surely unsent', async (fault, failure) => {
    const { send, find, messages, inject } = await openAccount({ accessToken: 'absent' });
    const { id } = find(() => true);
    const before = messages(id).length;
    inject({ ...fault, match: { path: TOKENS } });

    expect(bad(await send(id, 'Hello'))).toMatchObject(failure);
    expect(messages(id)).toHaveLength(before);
  });

  it('that holds no token is unavailable', async () => {
    const { list } = await openAccount({
      accessToken: 'absent',
      wrap: changingBodies(() => ({ access_token: null })),
    });

    expect(bad(await list())).toMatchObject({
      kind: 'unavailable',
      because: 'its answer was not shaped as expected: access_token',
    });
  });

  it('that hangs costs each caller their own deadline, and the next one begins anew', async () => {
    const { list, inject } = await openAccount({
      accessToken: 'absent',
      account: { deadlineMs: 300 },
    });
    inject({ kind: 'hang', times: 1, match: { path: TOKENS } });

    const patient = list();
    const failure = bad(await list({}, hurried(50)));

    expect(failure).toMatchObject({
      kind: 'unavailable',
      because: 'the deadline passed before it gave a new access token',
    });
    expect(bad(await patient)).toMatchObject({
      kind: 'unavailable',
      because: 'it did not answer within the deadline',
    });
    good(await list());
  });

  it('outlives the caller who began it', async () => {
    const { list, asked, inject } = await openAccount({ accessToken: 'absent' });
    inject({ kind: 'delay', ms: 150, times: 1, match: { path: TOKENS } });

    const first = list({}, hurried(30));
    const second = list();

    expect(bad(await first)).toMatchObject({ kind: 'unavailable' });
    good(await second);
    expect(asked()).toEqual([`POST ${TOKENS}`, `GET ${INBOX}`]);
  });

  it('is not begun for a caller who has gone', async () => {
    const { list, asked } = await openAccount({ accessToken: 'absent' });

    expect(bad(await list({}, newCall(AbortSignal.abort())))).toMatchObject({
      kind: 'unavailable',
    });
    expect(asked()).toEqual([]);
  });
});

describe('a secret', () => {
  it('that the service repeats in a sentence or a code is taken out of it', async () => {
    const { list, credentials } = await openAccount({
      wrap: (http: Http): Http => ({
        ...http,
        ask: async (call, ask) => {
          const outcome = await http.ask(call, ask);
          if (!outcome.ok) return outcome;
          const token = ask.headers['x-stack-access-token'];
          const body = { code: `ODD ${token}`, error: `What is ${token} for?` };
          return { ok: true, value: { ...outcome.value, status: 400, body } };
        },
      }),
    });

    const failure = bad(await list());

    expect(failure).toMatchObject({
      kind: 'refused',
      code: 'ODD «redacted»',
      said: 'What is «redacted» for?',
    });
    expect(JSON.stringify(failure)).not.toContain(credentials.accessToken);
  });
});

/** A token that no service would take, and says until when it would hold. */
function tokenUntil(ms: number): string {
  const claims = Buffer.from(JSON.stringify({ exp: Math.floor(ms / 1000) })).toString('base64url');
  return `eyJhbGciOiJub25lIn0.${claims}.signature`;
}
