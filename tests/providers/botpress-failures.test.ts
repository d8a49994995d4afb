// How Botpress can fail, and what a caller is told: by status, by error type in both of its shapes, and by no answer at all.

import { describe, expect, it, vi } from 'vitest';
import type { Failure, Outcome } from '../../src/domain/failure.ts';
import type { Call } from '../../src/providers/provider.ts';
import {
  aCall,
  accountHearing,
  botpressAccount,
  failureOf,
  NOON_MS,
  ref,
  saying,
  TALES,
  valueOf,
  WEBSITE,
} from './botpress-account.ts';

type Verbs = Pick<
  Awaited<ReturnType<typeof accountHearing>>,
  'list' | 'get' | 'create' | 'getOrCreate' | 'update' | 'remove' | 'messages' | 'message' | 'send'
>;

const C1 = ref('c1');
const TAGS = [{ key: 'a', value: 'b' }];

const READS: readonly [string, (verbs: Verbs, call: Call) => Promise<Outcome<unknown>>][] = [
  ['CONVERSATION_LIST', ({ list }, call) => list.does({ filter: {}, at: null, size: 5 }, call)],
  ['CONVERSATION_GET', ({ get }, call) => get.does(C1, call)],
  [
    'MESSAGE_LIST',
    ({ messages }, call) => messages.does({ conversation: C1, at: null, size: 5 }, call),
  ],
  ['MESSAGE_GET', ({ message }, call) => message.does({ conversation: C1, nativeId: 'm1' }, call)],
];

const WRITES: typeof READS = [
  ['CONVERSATION_CREATE', ({ create }, call) => create.does({ channel: 'dm', tags: TAGS }, call)],
  [
    'CONVERSATION_GET_OR_CREATE',
    ({ getOrCreate }, call) => getOrCreate.does({ channel: 'dm', tags: TAGS }, call),
  ],
  [
    'CONVERSATION_UPDATE',
    ({ update }, call) =>
      update.does({ conversation: C1, changes: { tags: { set: TAGS, remove: [] } } }, call),
  ],
  ['MESSAGE_SEND', ({ send }, call) => send.does(saying(C1, 'Hello'), call)],
];

const DELETE: (typeof READS)[number] = [
  'CONVERSATION_DELETE',
  ({ remove }, call) => remove.does(C1, call),
];

const refused = (code: string): Failure => ({
  kind: 'refused',
  provider: WEBSITE,
  code,
  said: 'So.',
});

/** Every error type that the vendor names, and what it is to a client. */
const TYPES: readonly [number, string, Failure][] = [
  [400, 'InvalidPayload', refused('InvalidPayload')],
  [400, 'InvalidJsonSchema', refused('InvalidJsonSchema')],
  [400, 'InvalidDataFormat', refused('InvalidDataFormat')],
  [400, 'InvalidIdentifier', refused('InvalidIdentifier')],
  [400, 'ReferenceNotFound', refused('ReferenceNotFound')],
  [400, 'InvalidQuery', refused('InvalidQuery')],
  [400, 'Runtime', refused('Runtime')],
  [400, 'BreakingChanges', refused('BreakingChanges')],
  [401, 'Unauthorized', { kind: 'credential-refused', provider: WEBSITE, said: 'So.' }],
  [402, 'PaymentRequired', refused('PaymentRequired')],
  [403, 'Forbidden', { kind: 'forbidden', provider: WEBSITE, said: 'So.' }],
  [403, 'QuotaExceeded', { kind: 'rate-limited', provider: WEBSITE, retryAt: null }],
  [404, 'ResourceNotFound', { kind: 'not-found', what: 'conversation c1 at website' }],
  [405, 'MethodNotFound', refused('MethodNotFound')],
  [409, 'RelationConflict', { kind: 'conflict', provider: WEBSITE, said: 'So.' }],
  [409, 'ReferenceConstraint', { kind: 'conflict', provider: WEBSITE, said: 'So.' }],
  [409, 'ResourceLockedConflict', { kind: 'conflict', provider: WEBSITE, said: 'So.' }],
  [409, 'AlreadyExists', { kind: 'conflict', provider: WEBSITE, said: 'So.' }],
  [410, 'ResourceGone', { kind: 'not-found', what: 'conversation c1 at website' }],
  [413, 'PayloadTooLarge', refused('PayloadTooLarge')],
  [413, 'LimitExceeded', refused('LimitExceeded')],
  [415, 'UnsupportedMediaType', refused('UnsupportedMediaType')],
  [429, 'RateLimited', { kind: 'rate-limited', provider: WEBSITE, retryAt: null }],
];

describe.each([
  ['client', (code: number, type: string) => ({ id: 'err_1', code, type, message: 'So.' })],
  ['docs', (status: number, type: string) => ({ type, description: 'So.', status })],
] as const)('an error body in the shape of the %s', (_, shape) => {
  it.each(TYPES)('with %i %s is understood', async (status, type, expected) => {
    const { get } = await accountHearing(() => ({ status, body: shape(status, type) }));

    expect(failureOf(await get.does(C1, aCall()))).toEqual(expected);
  });
});

describe('an error', () => {
  it.each([
    ['<html>Bad gateway</html>', 418, 'HTTP 418'],
    [undefined, 418, 'HTTP 418'],
    [[], 418, 'HTTP 418'],
    [{ type: 7, message: {} }, 418, 'HTTP 418'],
  ])('without words is told by its status (%j)', async (body, status, said) => {
    const { get } = await accountHearing(() => ({ status, body }));

    expect(failureOf(await get.does(C1, aCall()))).toEqual({
      kind: 'refused',
      provider: WEBSITE,
      code: null,
      said,
    });
  });

  it('never repeats the credential, should the service do so', async () => {
    const { get } = await accountHearing(() => ({
      status: 401,
      body: { type: 'Unauthorized', message: 'The token bp_pat_heard is not known.' },
    }));

    const failure = failureOf(await get.does(C1, aCall()));

    expect(failure).toHaveProperty('said', 'The token «redacted» is not known.');
  });

  it.each(['client', 'docs'] as const)(
    'of the emulated bot is understood in its %s shape',
    async (errorShape) => {
      const { as, get } = await botpressAccount({ errorShape });

      const failures = [
        failureOf(await as({ token: 'bp_pat_of_another' }).get.does(C1, aCall())),
        failureOf(
          await as({ botId: '00000000-0000-0000-0000-000000000000' }).get.does(C1, aCall()),
        ),
        failureOf(await get.does(C1, aCall())),
      ];

      expect(failures.map(({ kind }) => kind)).toEqual([
        'credential-refused',
        'forbidden',
        'not-found',
      ]);
    },
  );
});

describe('too many requests', () => {
  it('say when to come back: by Retry-After, else by RateLimit-Reset', async () => {
    const { get, emulator } = await botpressAccount({
      rateLimit: { requests: 10, windowMs: 30_000, enforced: false },
    });
    emulator.inject({ kind: 'status', status: 429, retryAfter: 7, times: 1 });
    emulator.inject({ kind: 'status', status: 429, times: 1 });

    const failures = [
      failureOf(await get.does(C1, aCall())),
      failureOf(await get.does(C1, aCall())),
    ];

    expect(failures).toEqual([
      { kind: 'rate-limited', provider: WEBSITE, retryAt: new Date(NOON_MS + 7_000) },
      { kind: 'rate-limited', provider: WEBSITE, retryAt: new Date(NOON_MS + 30_000) },
    ]);
  });

  it('are told when the limit is the service’s own', async () => {
    const rateLimit = { requests: 2, windowMs: 1_000, enforced: true };
    const { list, pass } = await botpressAccount({ tales: TALES, rateLimit });
    const ask = () => list.does({ filter: {}, at: null, size: 5 }, aCall());

    const outcomes = [await ask(), await ask(), await ask()];
    pass(1_001);
    outcomes.push(await ask());

    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true]);
    expect(outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure.kind]))).toEqual([
      'rate-limited',
    ]);
  });
});

describe.each([...READS, ...WRITES, DELETE])('%s', (_, ask) => {
  it.each([500, 503])('is unavailable on a %i', async (status) => {
    const { emulator, ...verbs } = await botpressAccount();
    emulator.inject({ kind: 'status', status });

    expect(failureOf(await ask(verbs, aCall()))).toMatchObject({
      kind: 'unavailable',
      because: `it answered HTTP ${status}`,
    });
  });

  it('is refused or not found on a 404, 401, 403 and 409 as on any other verb', async () => {
    const { emulator, ...verbs } = await botpressAccount();
    const kinds: string[] = [];
    for (const status of [404, 401, 403, 409]) {
      emulator.inject({ kind: 'status', status });
      kinds.push(failureOf(await ask(verbs, aCall())).kind);
      emulator.heal();
    }

    expect(kinds).toEqual(['not-found', 'credential-refused', 'forbidden', 'conflict']);
  });
});

describe.each(READS)('%s', (_, ask) => {
  it.each(['cut', 'cut-after-accept'] as const)(
    'is unavailable when its answer is lost (%s)',
    async (kind) => {
      const { emulator, ...verbs } = await botpressAccount({ tales: TALES });
      emulator.inject({ kind });

      expect(failureOf(await ask(verbs, aCall())).kind).toBe('unavailable');
    },
  );

  it('is unavailable when the deadline passes first', async () => {
    const { emulator, ...verbs } = await botpressAccount({ tales: TALES });
    emulator.inject({ kind: 'hang' });

    const outcome = await ask(verbs, aCall(AbortSignal.timeout(50)));

    expect(failureOf(outcome)).toMatchObject({
      kind: 'unavailable',
      because: expect.stringContaining('deadline'),
    });
  });

  it('is unavailable when its answer is cut in half', async () => {
    const headers = { 'content-type': 'application/json' };
    const verbs = await accountHearing(() => ({ status: 200, headers, body: '{"conversation' }));

    expect(failureOf(await ask(verbs, aCall())).kind).toBe('unavailable');
  });

  it.each([null, [], 'text', { unheardOf: true }, { conversation: { id: 7 }, message: {} }])(
    'is unavailable when its answer is of another shape: %j',
    async (body) => {
      const verbs = await accountHearing(() => ({ status: 200, body }));

      expect(failureOf(await ask(verbs, aCall()))).toMatchObject({
        kind: 'unavailable',
        because: expect.stringMatching(/^its answer was not shaped as expected: ./),
      });
    },
  );

  it('is asked once in one operation, and again in the next', async () => {
    const { emulator, ...verbs } = await botpressAccount();
    const call = aCall();

    await ask(verbs, call);
    await ask(verbs, call);
    const once = emulator.journal.length;
    await ask(verbs, aCall());

    expect([once, emulator.journal.length]).toEqual([1, 2]);
  });
});

describe.each(WRITES)('%s', (_, ask) => {
  it('has an unknown outcome when its answer is of another shape', async () => {
    const verbs = await accountHearing(({ method }) => ({
      status: 200,
      body: method === 'GET' ? { conversations: [] } : { conversation: { id: '' }, message: [] },
    }));

    expect(failureOf(await ask(verbs, aCall()))).toEqual({
      kind: 'outcome-unknown',
      provider: WEBSITE,
      because: expect.stringMatching(
        /^its answer was not shaped as expected: (conversation|message)/,
      ),
    });
  });
});

describe.each([...WRITES, DELETE])('%s', (_, ask) => {
  it.each(['cut', 'cut-after-accept'] as const)(
    'has an unknown outcome when its answer is lost (%s), and is not sent again',
    async (kind) => {
      const { emulator, ...verbs } = await botpressAccount();
      for (const method of ['POST', 'PUT', 'DELETE']) emulator.inject({ kind, match: { method } });

      const outcome = await ask(verbs, aCall());

      expect(failureOf(outcome).kind).toBe('outcome-unknown');
      expect(writesIn(emulator.journal)).toHaveLength(1);
    },
  );

  it('has an unknown outcome when the deadline passes after it was sent', async () => {
    const { emulator, ...verbs } = await botpressAccount();
    const deadline = new AbortController();
    for (const method of ['POST', 'PUT', 'DELETE']) {
      emulator.inject({ kind: 'hang', match: { method } });
    }

    const asking = ask(verbs, aCall(deadline.signal));
    await vi.waitFor(() => expect(writesIn(emulator.journal)).toHaveLength(1));
    deadline.abort();

    expect(failureOf(await asking).kind).toBe('outcome-unknown');
  });

  it.each([502, 504])(
    'has an unknown outcome on a %i, which a gateway in between may say',
    async (status) => {
      const { emulator, ...verbs } = await botpressAccount();
      for (const method of ['POST', 'PUT', 'DELETE']) {
        emulator.inject({ kind: 'status', status, match: { method } });
      }

      expect(failureOf(await ask(verbs, aCall())).kind).toBe('outcome-unknown');
    },
  );

  it('is not sent once the deadline has passed', async () => {
    const { emulator, ...verbs } = await botpressAccount();

    const outcome = await ask(verbs, aCall(AbortSignal.abort()));

    expect(failureOf(outcome).kind).toBe('unavailable');
    expect(emulator.journal).toEqual([]);
  });
});

describe('a write that the service did', () => {
  it('and whose answer was cut, is there', async () => {
    const { create, emulator, store } = await botpressAccount();
    emulator.inject({ kind: 'cut-after-accept' });

    const failure = failureOf(await create.does({ channel: 'dm', tags: TAGS }, aCall()));

    expect(failure.kind).toBe('outcome-unknown');
    expect(store.conversations.size).toBe(1);
  });

  it('and whose answer is malformed, has an unknown outcome', async () => {
    const { create, emulator } = await botpressAccount();
    emulator.inject({ kind: 'malformed' });

    const failure = failureOf(await create.does({ channel: 'dm', tags: TAGS }, aCall()));

    expect(failure.kind).toBe('outcome-unknown');
  });

  it('makes what was read before it in the same operation forgotten', async () => {
    const { create, update, get } = await botpressAccount();
    const call = aCall();
    const made = valueOf(await create.does({ channel: 'dm', tags: TAGS }, call));
    const conversation = ref(made.nativeId);
    await get.does(conversation, call);
    const tags = { set: [{ key: 'a', value: 'c' }], remove: [] };

    await update.does({ conversation, changes: { tags } }, call);

    expect(valueOf(await get.does(conversation, call)).tags).toEqual(tags.set);
  });
});

it('an answer that is neither good nor bad is no answer', async () => {
  const { get } = await accountHearing(() => ({ status: 304 }));

  expect(failureOf(await get.does(C1, aCall()))).toMatchObject({ kind: 'unavailable' });
});

function writesIn<Row extends { readonly method: string }>(journal: readonly Row[]): Row[] {
  return journal.filter(({ method }) => method !== 'GET');
}
