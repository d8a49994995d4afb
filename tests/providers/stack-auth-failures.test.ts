// Every way in which the service says no, or says nothing, on the wire of either brand.

import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/providers/ask.ts';
import type { Http } from '../../src/providers/http.ts';
import {
  bad,
  credential,
  good,
  hurried,
  NOBODY,
  NOW_MS,
  openAccount,
} from './stack-auth-account.ts';

describe('a status', () => {
  it.each([
    [403, { kind: 'forbidden', said: 'Forbidden' }],
    [409, { kind: 'conflict', said: 'Conflict' }],
    [400, { kind: 'refused', code: 'SCHEMA_ERROR' }],
    [405, { kind: 'refused', code: null, said: 'Method not allowed' }],
    [413, { kind: 'refused', code: null, said: 'Payload Too Large' }],
    [429, { kind: 'rate-limited', retryAt: null }],
    [500, { kind: 'unavailable', because: 'it answered HTTP 500' }],
    [503, { kind: 'unavailable', because: 'it answered HTTP 503' }],
  ])('of %i is told as it is, for a read and a write', async (status, failure) => {
    const { list, send, find, messages, inject } = await openAccount();
    const { id } = find(() => true);
    const before = messages(id).length;
    inject({ kind: 'status', status });

    expect(bad(await list())).toMatchObject(failure);
    expect(bad(await send(id, 'Hello'))).toMatchObject(failure);
    expect(messages(id)).toHaveLength(before);
  });

  it.each([502, 504])('of %i leaves a write of an outcome unknown', async (status) => {
    const { list, send, find, inject } = await openAccount();
    inject({ kind: 'status', status });

    expect(bad(await list())).toMatchObject({ kind: 'unavailable' });
    expect(bad(await send(find(() => true).id, 'Hello'))).toMatchObject({
      kind: 'outcome-unknown',
    });
  });

  it('of 429 carries when to come back', async () => {
    const { list, inject } = await openAccount();
    inject({ kind: 'status', status: 429, retryAfter: 12 });

    expect(bad(await list())).toMatchObject({
      kind: 'rate-limited',
      retryAt: new Date(NOW_MS + 12_000),
    });
  });

  it.each(['stack', 'hexclave'])(
    'hidden behind a 200 is read from the x-%s header',
    async (brand) => {
      const { get, list, send, find, inject } = await openAccount({
        wrap: overriding(brand),
        originNames: brand === 'stack' ? 'stack-auth' : 'hexclave',
      });
      const { id } = find(() => true);

      good(await list());
      expect(bad(await get(NOBODY))).toMatchObject({ kind: 'not-found' });
      inject({ kind: 'status', status: 500, times: 1 });
      expect(bad(await send(id, 'Hello'))).toMatchObject({ kind: 'unavailable' });
    },
  );

  it('hidden behind a 200 renews a token that ran out', async () => {
    const { list, asked } = await openAccount({
      wrap: overriding('stack'),
      account: { accessToken: credential('not.a.token') },
    });

    good(await list());

    expect(asked()).toHaveLength(3);
  });

  it('without a sentence still says what it was', async () => {
    const { list } = await openAccount({
      wrap: answering((answer) => ({ ...answer, status: 418, body: null })),
    });

    expect(bad(await list())).toMatchObject({
      kind: 'refused',
      code: null,
      said: 'HTTP 418 without a sentence',
    });
  });

  it('with a sentence without end is cut', async () => {
    const { list } = await openAccount({
      wrap: answering((answer) => ({ ...answer, status: 400, body: 'x'.repeat(100_000) })),
    });

    const failure = bad(await list());

    expect(failure.kind === 'refused' ? failure.said.length : 0).toBe(1_000);
  });
});

describe('an account', () => {
  it('whose user does not manage the project is told to check projectId', async () => {
    const { list, get, create, send, find } = await openAccount({ account: { projectId: NOBODY } });
    const { id, userId } = find((row) => row.userId !== null);

    const begin = { title: 'Hi', contactId: userId ?? NOBODY, message: 'Hello' };
    for (const outcome of [
      await list(),
      await get(id),
      await create(begin),
      await send(id, 'Hi'),
    ]) {
      expect(bad(outcome)).toMatchObject({
        kind: 'credential-refused',
        said: expect.stringMatching(new RegExp(`${NOBODY}: check projectId in the config`)),
      });
    }
  });

  it('with another publishable key is told to check that', async () => {
    const { list } = await openAccount({ account: { publishableClientKey: 'pck_wrong' } });

    const failure = bad(await list());

    expect(failure).toMatchObject({
      kind: 'credential-refused',
      said: expect.stringContaining('publishableClientKey in the config'),
    });
    expect(JSON.stringify(failure)).not.toContain('pck_wrong');
  });

  it('works without its key being needed', async () => {
    const { list } = await openAccount({ publishableClientKey: 'optional', accessToken: 'absent' });

    expect(good(await list()).items.length).toBeGreaterThan(0);
  });

  it('whose user was deleted is told to sign in as another', async () => {
    const { list, store, agent } = await openAccount();
    store.users.delete(agent?.id ?? '');

    expect(bad(await list())).toMatchObject({
      kind: 'credential-refused',
      said: expect.stringContaining('refreshToken in the config'),
    });
  });

  it('with the token of a customer is told to check the session', async () => {
    const opened = await openAccount();
    const customer = opened.addUser('mallory', {});
    const { accessToken } = opened.signIn(customer.id);
    const { list } = await openAccount({ account: { accessToken: credential(accessToken) } });

    expect(bad(await list())).toMatchObject({
      kind: 'credential-refused',
      said: expect.stringContaining('INVALID_PROJECT_FOR_ACCESS_TOKEN'),
    });
  });

  it.each(['both', 'stack-auth', 'hexclave'] as const)(
    'speaks to a service that knows the names of %s',
    async (originNames) => {
      const { list, send, find, messages } = await openAccount({
        originNames,
        accessToken: 'absent',
      });
      const { id } = find(() => true);

      good(await list());
      good(await send(id, 'Hello'));

      expect(messages(id).at(-1)?.body).toBe('Hello');
    },
  );
});

describe('routes that were closed', () => {
  it('are told as such, and not as a conversation that has gone', async () => {
    const { list, get, send, find } = await openAccount({ internalRoutes: 'closed' });
    const { id } = find(() => true);

    for (const outcome of [await list(), await get(id), await send(id, 'Hi')]) {
      expect(bad(outcome)).toMatchObject({
        kind: 'refused',
        code: null,
        said: expect.stringContaining('does not exist'),
      });
    }
  });
});

describe('a read', () => {
  it.each(['cut', 'cut-after-accept', 'malformed'] as const)(
    'that was %s is unavailable',
    async (kind) => {
      const { list, get, messageList, find, inject } = await openAccount();
      const { id } = find(() => true);
      inject({ kind });

      for (const outcome of [await list(), await get(id), await messageList(id)]) {
        expect(bad(outcome)).toMatchObject({ kind: 'unavailable' });
      }
    },
  );

  it('that hangs is unavailable at the deadline', async () => {
    const { list, inject } = await openAccount();
    inject({ kind: 'hang' });

    expect(bad(await list({}, hurried()))).toMatchObject({
      kind: 'unavailable',
      because: 'it did not answer within the deadline',
    });
  });

  it('that is only slow is answered', async () => {
    const { list, inject } = await openAccount();
    inject({ kind: 'delay', ms: 30, times: 1 });

    expect(good(await list()).items.length).toBeGreaterThan(0);
  });
});

describe('the table', () => {
  it('names what cannot be done, and what to do instead', async () => {
    const { provider } = await openAccount();

    expect(provider.can.CONVERSATION_DELETE).toEqual({
      support: 'NONE',
      note: 'Stack Auth keeps every conversation: set its status to CLOSED instead.',
    });
  });

  it('says how what is emulated is composed', async () => {
    const { provider } = await openAccount();

    expect(provider.can).toMatchObject({
      CONVERSATION_GET_OR_CREATE: { support: 'EMULATED', matches: 'contact-and-tags' },
      MESSAGE_GET: { support: 'EMULATED' },
      MESSAGE_SEND: { roles: ['AGENT'], replies: 'never', contentKinds: ['text', 'markdown'] },
      CONVERSATION_LIST: { paging: 'offset', order: 'by-time' },
      MESSAGE_LIST: { paging: 'last-id', order: 'by-time' },
    });
  });

  it('gives every verb that can be done a note of one sentence or none', async () => {
    const { provider } = await openAccount();

    for (const { note } of Object.values(provider.can)) {
      expect(note === null || /^[A-Z].*\.$/.test(note)).toBe(true);
    }
  });
});

/** Asks that refusals be hidden behind a 200, as the vendor’s own client does. */
function overriding(brand: string) {
  return (http: Http): Http => ({
    ...http,
    ask: (call, ask) =>
      http.ask(call, {
        ...ask,
        headers: { ...ask.headers, [`x-${brand}-override-error-status`]: 'true' },
      }),
  });
}

function answering(change: (answer: Answer) => Answer) {
  return (http: Http): Http => ({
    ...http,
    ask: async (call, ask) => {
      const outcome = await http.ask(call, ask);
      return outcome.ok ? { ok: true, value: change(outcome.value) } : outcome;
    },
  });
}
