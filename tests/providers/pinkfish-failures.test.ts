// What goes wrong behind a tool, in every way in which it may be shown: the same failures as over REST, and none made milder.

import { describe, expect, it } from 'vitest';
import type { EmulatorAnswer } from '../../emulators/emulator.ts';
import type { Failure, Outcome } from '../../src/domain/failure.ts';
import type { Call } from '../../src/providers/provider.ts';
import {
  aCall,
  asking,
  changing,
  failureOf,
  messageRef,
  ref,
  saying,
  valueOf,
} from './chatbotkit-account.ts';
import { erring, pinkfishAccount, pinkfishHearing, resulting } from './pinkfish-account.ts';

type Account = Omit<Awaited<ReturnType<typeof pinkfishHearing>>, 'journal'>;
type Ask = (
  account: Omit<Account, 'provider'>,
  id: string,
  call: Call,
) => Promise<Outcome<unknown>>;

const SOMEBODY = { name: 'Ana', tags: [] };
const FILE = { kind: 'url', url: 'data:text/plain,hello' } as const;

const READS: readonly (readonly [string, Ask])[] = [
  ['list', ({ list }, _id, call) => list(asking(), call)],
  ['get', ({ get }, id, call) => get(ref(id), call)],
  [
    'messages',
    ({ messages }, id, call) => messages({ conversation: ref(id), at: null, size: 5 }, call),
  ],
  ['getMessage', ({ getMessage }, id, call) => getMessage(messageRef(id, 'm1'), call)],
];
const ENGINE: readonly (readonly [string, Ask])[] = [
  ['answered', ({ send }, id, call) => send(saying(id, 'hello', { expectReply: true }), call)],
  ['requestReply', ({ requestReply }, id, call) => requestReply({ conversation: ref(id) }, call)],
  [
    'complete',
    ({ complete }, _id, call) =>
      complete({ messages: [{ role: 'USER', kind: 'MESSAGE', text: 'hello' }] }, call),
  ],
];
const OTHER_WRITES: readonly (readonly [string, Ask])[] = [
  ['create', ({ create }, _id, call) => create({ title: 'New', tags: [] }, call)],
  ['update', ({ update }, id, call) => update(changing(id, { title: 'New' }), call)],
  ['remove', ({ remove }, id, call) => remove(ref(id), call)],
  ['send', ({ send }, id, call) => send(saying(id, 'hello'), call)],
  ['row', ({ send }, id, call) => send(saying(id, 'hello', { name: 'N' }), call)],
  [
    'updateMessage',
    ({ updateMessage }, id, call) =>
      updateMessage({ message: messageRef(id, 'm1'), changes: { name: 'N' } }, call),
  ],
  ['removeMessage', ({ removeMessage }, id, call) => removeMessage(messageRef(id, 'm1'), call)],
  [
    'upsertContact',
    ({ upsertContact }, id, call) => upsertContact({ conversation: ref(id), ...SOMEBODY }, call),
  ],
  ['upload', ({ upload }, id, call) => upload({ conversation: ref(id), source: FILE }, call)],
  [
    'createSession',
    ({ createSession }, id, call) => createSession({ conversation: ref(id) }, call),
  ],
];
const WRITES = [...OTHER_WRITES, ...ENGINE];
const ALL = [...READS, ...WRITES];

const SHOWN = (['rpc-error', 'isError', 'text'] as const).flatMap((upstreamRefusals) =>
  (['body', 'status'] as const).map((refusalWords) => ({ upstreamRefusals, refusalWords })),
);

const provider = 'assistant';

describe.each(SHOWN)(
  'a refusal of ChatBotKit shown as $upstreamRefusals, $refusalWords',
  (shown) => {
    it('of what is not there is the same as over REST, for every verb', async () => {
      const account = await pinkfishAccount(shown);
      const told: Record<string, Failure> = {};
      const overRest: Record<string, Failure> = {};

      for (const [verb, ask] of ALL) {
        if (['list', 'create', 'complete'].includes(verb)) continue;
        told[verb] = failureOf(await ask(account, 'c-none', aCall()));
        overRest[verb] = failureOf(await ask(account.rest, 'c-none', aCall()));
      }

      expect(told).toEqual(overRest);
      expect(new Set(Object.values(told).map(({ kind }) => kind))).toEqual(new Set(['not-found']));
    });

    it('of what belongs to somebody else is forbidden, and nothing is done', async () => {
      const account = await pinkfishAccount(shown);
      const { id } = account.rest.plant({ name: 'Mine' });
      const foreign = account.as({ pcid: account.emulator.credentials.foreignPcid });

      const kinds = [];
      for (const [verb, ask] of ALL) {
        if (['list', 'create', 'complete'].includes(verb)) continue;
        kinds.push(failureOf(await ask(foreign, id, aCall())).kind);
      }

      expect(new Set(kinds)).toEqual(new Set(['forbidden']));
      expect(account.rest.row(id).name).toBe('Mine');
      expect(account.rest.messagesOf(id)).toEqual([]);
    });

    it('of the key it is asked with names the connection', async () => {
      const account = await pinkfishAccount(shown);
      const broken = account.as({ pcid: account.emulator.credentials.brokenPcid });

      for (const [, ask] of ALL) {
        expect(failureOf(await ask(broken, 'c1', aCall()))).toMatchObject({
          kind: 'credential-refused',
          provider,
          said: expect.stringMatching(/pcid in the config/),
        });
      }
    });

    it('of too much at once is a limit of rate', async () => {
      const account = await pinkfishAccount(shown, {}, { ratePerMinute: { poll: 0 } });

      const failure = failureOf(await account.list(asking(), aCall()));

      expect(failure).toEqual({ kind: 'rate-limited', provider, retryAt: null });
    });

    it('of what was said wrong is told in its words where it has them', async () => {
      const account = await pinkfishAccount(shown, {}, { links: 'checked' });
      const input = { title: 'New', contactId: 'k-none', tags: [] };

      const failure = failureOf(await account.create(input, aCall()));

      const worded = { kind: 'refused', provider, code: 'BAD_REQUEST', said: 'Contact not found' };
      const bare = { kind: 'refused', provider, code: null, said: 'HTTP 400 without a sentence' };
      expect(failure).toEqual(shown.refusalWords === 'body' ? worded : bare);
    });

    it('in the middle of an answer leaves open what was done', async () => {
      const account = await pinkfishAccount(shown);
      const { id } = account.rest.plant();
      account.rest.emulator.stage({
        failure: { beforeToken: 1, code: 'BAD_GATEWAY', message: 'The model is gone' },
      });

      const failure = failureOf(
        await account.send(saying(id, 'hello', { expectReply: true }), aCall()),
      );

      expect(failure.kind).toBe('outcome-unknown');
      expect(account.rest.messagesOf(id)).toMatchObject([{ type: 'user', text: 'hello' }]);
    });

    it('that nothing was changed is none', async () => {
      const account = await pinkfishAccount({ ...shown, notModified: 'failure' });
      const { id } = account.rest.plant({ contactId: 'k1' });

      const outcome = await account.upsertContact({ conversation: ref(id), ...SOMEBODY }, aCall());

      expect(valueOf(outcome)).toMatchObject({ outcome: 'UNCHANGED', contact: { nativeId: 'k1' } });
    });
  },
);

describe('an error that is late under a good status', () => {
  it.each(['structured', 'text'] as const)('is read in a %s result', async (results) => {
    const account = await pinkfishAccount({ results }, {}, { lateErrors: true });
    const { id } = account.rest.plant();
    account.rest.emulator.stage({
      failure: { beforeToken: 1, code: 'LIMITS_REACHED', message: 'No tokens left' },
    });

    const failure = failureOf(await account.requestReply({ conversation: ref(id) }, aCall()));

    expect(failure).toMatchObject({
      kind: 'outcome-unknown',
      because: expect.stringContaining('No tokens left'),
    });
  });
});

describe('a reply', () => {
  interface Case {
    readonly said: EmulatorAnswer;
    readonly read: object;
    readonly write: object;
    readonly engine?: object;
  }
  const refused = (code: string | null, said: string) => ({
    kind: 'refused',
    provider,
    code,
    said,
  });
  const unavailable = { kind: 'unavailable', provider };
  const unknown = { kind: 'outcome-unknown', provider };
  const both = (failure: object) => ({ read: failure, write: failure });
  const upstream = (status: number, code: string) => ({ status, body: { message: 'No', code } });

  it.each<[string, Case]>([
    [
      'of bad arguments',
      {
        said: erring(-32_000, 'Invalid parameter take'),
        ...both(refused('-32000', 'Invalid parameter take')),
      },
    ],
    [
      'of other parameters',
      { said: erring(-32_602, 'Invalid params'), ...both(refused('-32602', 'Invalid params')) },
    ],
    [
      'of a tool that is gone',
      { said: erring(-32_601, 'Method not found'), ...both(refused('-32601', 'Method not found')) },
    ],
    [
      'of a connection nobody knows',
      {
        said: erring(-32_000, 'Connection not found for PCID'),
        ...both({
          kind: 'credential-refused',
          provider,
          said: expect.stringMatching(/^Connection not found for PCID\. Check at Pinkfish.*pcid/),
        }),
      },
    ],
    [
      'of time that ran out',
      { said: erring(-32_000, 'Request timed out'), read: unavailable, write: unknown },
    ],
    [
      'of trouble inside',
      { said: erring(-32_603, 'Internal error'), read: unavailable, write: unknown },
    ],
    ['of an unknown number', { said: erring(-1, 'Oops'), read: unavailable, write: unknown }],
    [
      'with the refusal as an object',
      {
        said: erring(-32_603, 'Upstream error', { message: 'No', code: 'NOT_AUTHORIZED' }),
        ...both({ kind: 'forbidden', provider, said: 'No' }),
      },
    ],
    [
      'with the refusal deep in an object',
      {
        said: erring(-32_603, 'Upstream error', upstream(409, 'CONFLICT')),
        ...both({ kind: 'conflict', provider, said: 'No' }),
      },
    ],
    [
      'with the code alone',
      {
        said: erring(-32_603, 'Error: LIMITS_REACHED'),
        ...both({ kind: 'rate-limited', provider }),
      },
    ],
    [
      'of upstream time that ran out',
      { said: erring(-32_000, 'Upstream: HTTP 408'), read: unavailable, write: unknown },
    ],
    [
      'of a gateway behind it',
      {
        said: erring(-32_603, 'Request failed with status code 502'),
        read: unavailable,
        write: unknown,
      },
    ],
    [
      'that repeats a status from the question',
      {
        said: erring(-32_000, 'Invalid parameter file: {"url":"http://a/HTTP 404"}'),
        ...both(refused('-32000', 'Invalid parameter file: {"url":"http://a/HTTP 404"}')),
      },
    ],
    [
      'that is marked as an error, without more',
      {
        said: resulting({ content: [{ type: 'text', text: 'Not today' }], isError: true }),
        ...both(refused(null, 'Not today')),
      },
    ],
    [
      'that is a text about a lost connection',
      {
        said: resulting({ content: [{ type: 'text', text: 'Error: socket hang up' }] }),
        read: unavailable,
        write: unknown,
      },
    ],
    [
      'that is unmarked and refuses at the door',
      {
        said: resulting({ structuredContent: { message: 'No', code: 'BAD_REQUEST' } }),
        ...both(refused('BAD_REQUEST', 'No')),
        engine: unknown,
      },
    ],
    [
      'that is unmarked and breaks down',
      {
        said: resulting({ structuredContent: { message: 'No', code: 'INTERNAL_SERVER_ERROR' } }),
        read: unavailable,
        write: unknown,
      },
    ],
    [
      'of another shape',
      {
        said: resulting({ content: [{ type: 'text', text: '[1]' }] }),
        read: unavailable,
        write: unknown,
      },
    ],
    ['without a result', { said: { status: 200, body: {} }, read: unavailable, write: unknown }],
    [
      'that is prose',
      {
        said: resulting({ content: [{ type: 'text', text: 'All is well.' }] }),
        read: unavailable,
        write: unknown,
      },
    ],
    ['without a word', { said: { status: 202 }, read: unavailable, write: unknown }],
    [
      'with an error under a bad status',
      {
        said: { ...erring(-32_000, 'Invalid parameter'), status: 400 },
        ...both(refused('-32000', 'Invalid parameter')),
      },
    ],
    [
      'that shuts the door',
      {
        said: { status: 403, body: { error: 'forbidden' } },
        ...both({ kind: 'forbidden', provider, said: expect.stringContaining('orgId') }),
      },
    ],
    [
      'that nobody is there',
      {
        said: { status: 404, body: {} },
        ...both({ kind: 'refused', code: 'HTTP 404', said: expect.stringContaining('url') }),
      },
    ],
    [
      'that too much was asked',
      {
        said: { status: 429, headers: { 'retry-after': '7' }, body: {} },
        ...both({ kind: 'rate-limited', provider, retryAt: expect.any(Date) }),
      },
    ],
    ['that it broke', { said: { status: 500, body: {} }, read: unavailable, write: unknown }],
    ['that it is down', { said: { status: 503, body: {} }, ...both(unavailable), engine: unknown }],
    [
      'that is lost behind it',
      { said: { status: 504, body: {} }, read: unavailable, write: unknown },
    ],
  ])('%s is told for what it is', async (_what, { said, read, write, engine }) => {
    const account = await pinkfishHearing(() => said);
    const told: Record<string, Failure> = {};

    for (const [verb, ask] of ALL) told[verb] = failureOf(await ask(account, 'c1', aCall()));

    const expected = (verbs: readonly (readonly [string, Ask])[], failure: object) =>
      verbs.map(([verb]) => [verb, failure] as const);
    expect(told).toMatchObject(
      Object.fromEntries([
        ...expected(READS, read),
        ...expected(OTHER_WRITES, write),
        ...expected(ENGINE, engine ?? write),
      ]),
    );
  });
});

describe('an upload', () => {
  it('over the limit is a file too large, and no limit of rate', async () => {
    const account = await pinkfishAccount({}, {}, { uploadLimitBytes: 3 });
    const { id } = account.rest.plant();

    const failure = failureOf(
      await account.upload({ conversation: ref(id), source: FILE }, aCall()),
    );

    expect(failure).toMatchObject({
      kind: 'refused',
      code: 'LIMITS_REACHED',
      said: 'Limits reached. For an upload this says that the file is too large: send a smaller one',
    });
  });

  it('is not advised to do what only REST does', async () => {
    const account = await pinkfishAccount();
    const { id } = account.rest.plant();
    const large = `data:text/plain,${'a'.repeat(5 * 1024 * 1024)}`;

    const issues = [];
    for (const url of [large, 'ftp://example.org/plan.pdf']) {
      const source = { kind: 'url', url } as const;
      issues.push(failureOf(await account.upload({ conversation: ref(id), source }, aCall())));
    }

    expect(issues).toMatchObject([
      {
        issues: [
          { path: 'url', message: expect.stringMatching(/4\.5 MB at most; send a smaller/) },
        ],
      },
      { issues: [{ path: 'url', message: expect.stringMatching(/can fetch it\.$/) }] },
    ]);
    expect(account.asked()).toEqual([]);
  });
});

describe.each(ALL)('%s', (verb, ask) => {
  const isWrite = WRITES.some(([name]) => name === verb);

  it.each(['cut', 'malformed', 'hang'] as const)('survives a reply that is %s', async (kind) => {
    const account = await pinkfishAccount();
    const { id } = account.rest.plant();
    account.rest.plantMessage(id, { id: 'm1' });
    valueOf(await account.list(asking(), aCall()));
    account.emulator.inject({ kind, match: { path: '/chatbotkit' } });

    const failure = failureOf(await ask(account, id, aCall(AbortSignal.timeout(100))));

    expect(failure.kind).toBe(isWrite ? 'outcome-unknown' : 'unavailable');
  });
});

describe.each(WRITES)('%s', (_verb, ask) => {
  it('whose answer is lost is asked for once', async () => {
    const account = await pinkfishAccount();
    const { id } = account.rest.plant({ contactId: null });
    account.rest.plantMessage(id, { id: 'm1' });
    valueOf(await account.list(asking(), aCall()));
    account.asked();
    account.emulator.inject({ kind: 'cut-after-accept', match: { path: '/chatbotkit' } });

    const failure = failureOf(await ask(account, id, aCall()));

    expect(failure.kind).toBe('outcome-unknown');
    expect(account.asked()).toHaveLength(1);
  });
});
