// The token behind every tool: asked for when one is needed, renewed in time and once for all, and never shown.

import { MockAgent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { providerName } from '../../src/domain/ids.ts';
import { openProvider } from '../../src/providers/catalogue.ts';
import {
  aCall,
  asking,
  failureOf,
  NOW_MS,
  present,
  ref,
  saying,
  valueOf,
} from './chatbotkit-account.ts';
import {
  credential,
  pinkfishAccount,
  pinkfishHearing,
  resulting,
  TOKENS,
} from './pinkfish-account.ts';

const HOUR_MS = 3_600_000;
const LIST = 'list_conversations';

describe('a token', () => {
  it('is asked for at the first call, as the application of the organization', async () => {
    const { list, emulator, asked } = await pinkfishAccount();
    const { clientId, clientSecret, orgId } = emulator.credentials;
    expect(emulator.journal).toEqual([]);

    valueOf(await list(asking(), aCall()));

    const [row] = emulator.journal;
    expect(Object.fromEntries(new URLSearchParams(String(row?.body)))).toEqual({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `org:${orgId}`,
    });
    expect(asked()).toEqual([TOKENS, LIST]);
  });

  it('is used until half a minute before it runs out, and renewed then', async () => {
    const { list, asked, pass } = await pinkfishAccount();
    valueOf(await list(asking(), aCall()));
    asked();

    pass(HOUR_MS - 30_001);
    valueOf(await list(asking(), aCall()));
    const before = asked();
    pass(1);
    valueOf(await list(asking(), aCall()));
    valueOf(await list(asking(), aCall()));

    expect([before, asked()]).toEqual([[LIST], [TOKENS, LIST, LIST]]);
  });

  it('is asked for once for all who need it at the same time, at first and when it ran out', async () => {
    const { list, get, rest, asked, pass } = await pinkfishAccount();
    const id = present(rest.newestFirst()[0]).id;
    const together = () =>
      Promise.all([
        list(asking(), aCall()),
        list(asking({}, 3), aCall()),
        ...Array.from({ length: 10 }, () => get(ref(id), aCall())),
      ]);

    const first = await together();
    const askedFirst = asked();
    pass(HOUR_MS);
    const second = await together();

    expect([...first, ...second].every(({ ok }) => ok)).toBe(true);
    expect(askedFirst.filter((line) => line === TOKENS)).toHaveLength(1);
    expect(asked().filter((line) => line === TOKENS)).toHaveLength(1);
  });

  it('that does not say how long it holds is used until it is refused', async () => {
    let nowMs = NOW_MS;
    let isRefused = false;
    const { list, journal } = await pinkfishHearing(
      () => {
        if (!isRefused) return resulting({ structuredContent: { items: [] } });
        isRefused = false;
        return { status: 401, body: { error: 'invalid_token' } };
      },
      { token: { access_token: 'pfrt_1' }, clock: () => nowMs },
    );

    valueOf(await list(asking(), aCall()));
    nowMs += 1_000 * HOUR_MS;
    valueOf(await list(asking(), aCall()));
    isRefused = true;
    valueOf(await list(asking(), aCall()));

    const paths = journal.map(({ path }) => path);
    const [token, tools] = ['/oauth/token', '/chatbotkit-conversations'];
    expect(paths).toEqual([token, tools, tools, tools, token, tools]);
  });

  it('of a minute is renewed within it, and one of less is not asked for at each call', async () => {
    const ofAMinute = await pinkfishAccount({ tokenSeconds: 60 });
    const ofMoments = await pinkfishAccount({ tokenSeconds: 10 });

    for (const { list, pass } of [ofAMinute, ofMoments]) {
      valueOf(await list(asking(), aCall()));
      pass(5_000);
      valueOf(await list(asking(), aCall()));
    }
    const [minute, moments] = [ofAMinute.asked(), ofMoments.asked()];
    ofAMinute.pass(25_000);
    valueOf(await ofAMinute.list(asking(), aCall()));

    expect([minute, moments]).toEqual([
      [TOKENS, LIST, LIST],
      [TOKENS, LIST, LIST],
    ]);
    expect(ofAMinute.asked()).toEqual([TOKENS, LIST]);
  });

  it('that could not be renewed still holds until its time is up', async () => {
    const { list, emulator, pass } = await pinkfishAccount();
    valueOf(await list(asking(), aCall()));
    emulator.inject({ kind: 'status', status: 503, match: { path: '/oauth' } });

    pass(HOUR_MS - 10_000);
    const within = await list(asking(), aCall());
    pass(10_000);
    const after = await list(asking(), aCall());

    expect(within.ok).toBe(true);
    expect(failureOf(after)).toMatchObject({
      kind: 'unavailable',
      because: 'it answered HTTP 503',
    });
  });
});

describe('a token that is refused', () => {
  it('is renewed, and a write done once', async () => {
    const { send, rest, emulator, asked } = await pinkfishAccount();
    const { id } = rest.plant();
    valueOf(await send(saying(id, 'One'), aCall()));
    asked();
    emulator.revokeTokens();

    valueOf(await send(saying(id, 'Two'), aCall()));

    expect(rest.messagesOf(id).map(({ text }) => text)).toEqual(['One', 'Two']);
    expect(asked()).toEqual([
      'send_conversation_message',
      TOKENS,
      'send_conversation_message',
      'fetch_conversation_message',
    ]);
  });

  it('is renewed once for all whose calls were refused with it', async () => {
    const { list, emulator, asked } = await pinkfishAccount();
    valueOf(await list(asking(), aCall()));
    asked();
    emulator.revokeTokens();

    const all = await Promise.all(Array.from({ length: 8 }, () => list(asking(), aCall())));

    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(asked().filter((line) => line === TOKENS)).toHaveLength(1);
  });

  it('a second time is the matter of the operator, and asked no third time', async () => {
    const { list, emulator, asked } = await pinkfishAccount();
    emulator.inject({ kind: 'status', status: 401, match: { path: '/chatbotkit' } });

    const failure = failureOf(await list(asking(), aCall()));

    expect(failure).toMatchObject({
      kind: 'credential-refused',
      provider: 'assistant',
      said: expect.stringContaining('clientId and orgId'),
    });
    expect(asked()).toEqual([TOKENS, LIST, TOKENS, LIST]);
  });
});

describe('an application', () => {
  it.each([
    [
      'with another secret',
      { clientSecret: credential('pf_wrong_secret') },
      'invalid_client',
      'clientSecret',
    ],
    ['that nobody knows', { clientId: 'nobody' }, 'invalid_client', 'clientId'],
    ['of another organization', { orgId: 'elsewhere' }, 'invalid_scope', 'orgId'],
  ])(
    '%s is told so, under the name of its account and without a secret',
    async (_who, changes, code, field) => {
      const { list, send, rest, asked, emulator } = await pinkfishAccount({}, changes);
      const { id } = rest.plant();

      const failures = [
        failureOf(await list(asking(), aCall())),
        failureOf(await send(saying(id, 'Hello'), aCall())),
      ];

      for (const failure of failures) {
        expect(failure).toMatchObject({ kind: 'credential-refused', provider: 'assistant' });
        expect(failure).toMatchObject({ said: expect.stringContaining(`(${code})`) });
        expect(failure).toMatchObject({ said: expect.stringContaining(field) });
        expect(JSON.stringify(failure)).not.toMatch(/pf_wrong_secret|pfrt_/);
        expect(JSON.stringify(failure)).not.toContain(emulator.credentials.clientSecret);
      }
      expect(asked()).toEqual([TOKENS, TOKENS]);
      expect(rest.messagesOf(id)).toEqual([]);
    },
  );

  it.each([
    ['too much was asked', 429, 'rate-limited'],
    ['it is down', 503, 'unavailable'],
    ['nobody is there', 404, 'unavailable'],
  ])('is not blamed where %s', async (_what, status, kind) => {
    const { send, rest, emulator } = await pinkfishAccount();
    const { id } = rest.plant();
    emulator.inject({ kind: 'status', status, match: { path: '/oauth' } });

    const failure = failureOf(await send(saying(id, 'Hello'), aCall()));

    expect(failure).toMatchObject({ kind, provider: 'assistant' });
  });

  it.each(['cut', 'malformed', 'hang'] as const)(
    'waits no longer than its call for a token that is %s',
    async (kind) => {
      const { send, rest, emulator } = await pinkfishAccount();
      const { id } = rest.plant();
      emulator.inject({ kind, match: { path: '/oauth' } });

      const failure = failureOf(await send(saying(id, 'Hello'), aCall(AbortSignal.timeout(80))));

      expect(failure.kind).toBe('unavailable');
      expect(rest.messagesOf(id)).toEqual([]);
    },
  );
});

describe('what a server repeats', () => {
  it.each([
    ['an error', { error: { code: -32_000, message: 'Bad pf_secret_1 and pfrt_1' } }],
    [
      'an object in an error',
      {
        error: {
          code: -32_603,
          message: 'No',
          data: { message: 'Bad pf_secret_1 and pfrt_1', code: 'BAD_REQUEST' },
        },
      },
    ],
    [
      'a marked result',
      { result: { content: [{ text: 'Bad pf_secret_1 and pfrt_1' }], isError: true } },
    ],
    [
      'a result',
      {
        result: { structuredContent: { message: 'Bad pf_secret_1 and pfrt_1', code: 'CONFLICT' } },
      },
    ],
    ['a text', { result: { content: [{ text: 'Error: Bad pf_secret_1 and pfrt_1' }] } }],
  ])('of the secret and the token in %s is not shown', async (_where, reply) => {
    const { get } = await pinkfishHearing(() => ({ status: 200, body: reply }));

    const failure = failureOf(await get(ref('c1'), aCall()));

    expect(JSON.stringify(failure)).toContain('Bad «redacted» and «redacted»');
  });
});

describe('without a url in the config', () => {
  it('tokens are asked for at one host, and tools called at the other', async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    onTestFinished(() => dispatcher.close());
    const json = { headers: { 'content-type': 'application/json' } };
    dispatcher
      .get('https://app-api.app.pinkfish.ai')
      .intercept({ method: 'POST', path: '/oauth/token' })
      .reply(200, { access_token: 'pfrt_1', expires_in: 3600 }, json);
    dispatcher
      .get('https://mcp.app.pinkfish.ai')
      .intercept({
        method: 'POST',
        path: '/chatbotkit-conversations',
        headers: { authorization: 'Bearer pfrt_1', 'x-selected-org': 'org_1' },
      })
      .reply(200, { jsonrpc: '2.0', id: 1, result: { structuredContent: { items: [] } } }, json);
    const { can } = openProvider(
      {
        kind: 'chatbotkit',
        via: 'pinkfish',
        name: providerName('partner'),
        deadlineMs: 2500,
        replyDeadlineMs: 30_000,
        clientId: 'pf_client',
        clientSecret: credential('pf_secret_1'),
        orgId: 'org_1',
        pcid: 'pcid_1',
      },
      { dispatcher, clock: () => NOW_MS },
    );

    const page =
      can.CONVERSATION_LIST.support === 'NONE'
        ? undefined
        : await can.CONVERSATION_LIST.does(asking(), aCall());

    expect(page).toEqual({ ok: true, value: { items: [], next: null } });
    dispatcher.assertNoPendingInterceptors();
  });
});
