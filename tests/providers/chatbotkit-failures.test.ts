import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/domain/failure.ts';
import type { Call } from '../../src/providers/provider.ts';
import {
  aCall,
  accountHearing,
  asking,
  changing,
  chatbotkitAccount,
  failureOf,
  messageRef,
  NOW_MS,
  ref,
  saying,
  valueOf,
} from './chatbotkit-account.ts';

type Account = Pick<
  Awaited<ReturnType<typeof chatbotkitAccount>>,
  | 'list'
  | 'get'
  | 'create'
  | 'update'
  | 'remove'
  | 'messages'
  | 'getMessage'
  | 'send'
  | 'updateMessage'
  | 'removeMessage'
  | 'upsertContact'
  | 'upload'
  | 'createSession'
>;
type Ask = (account: Account, id: string, call: Call) => Promise<Outcome<unknown>>;

const READS: readonly (readonly [string, Ask])[] = [
  ['list', ({ list }, _id, call) => list(asking(), call)],
  ['get', ({ get }, id, call) => get(ref(id), call)],
  [
    'messages',
    ({ messages }, id, call) => messages({ conversation: ref(id), at: null, size: 5 }, call),
  ],
  ['getMessage', ({ getMessage }, id, call) => getMessage(messageRef(id, 'm1'), call)],
];
const COMPLETE: readonly [string, Ask] = [
  'complete',
  ({ send }, id, call) => send(saying(id, 'hello', { expectReply: true }), call),
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
      updateMessage({ message: messageRef(id, 'm1'), changes: { name: 'New' } }, call),
  ],
  ['removeMessage', ({ removeMessage }, id, call) => removeMessage(messageRef(id, 'm1'), call)],
  [
    'upsertContact',
    ({ upsertContact }, id, call) =>
      upsertContact({ conversation: ref(id), name: 'Ada', tags: [] }, call),
  ],
  [
    'upload',
    ({ upload }, id, call) =>
      upload({ conversation: ref(id), source: { kind: 'url', url: 'data:,hello' } }, call),
  ],
  [
    'createSession',
    ({ createSession }, id, call) => createSession({ conversation: ref(id) }, call),
  ],
];
const WRITES = [...OTHER_WRITES, COMPLETE];
const ALL = [...READS, ...WRITES];

const provider = 'assistant';

describe.each(ALL)('%s', (verb, ask) => {
  const isWrite = WRITES.some(([name]) => name === verb);

  it('is told by its status what went wrong', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ contactId: null });
    const failures: Record<number, unknown> = {};

    for (const status of [400, 401, 402, 403, 404, 405, 408, 409, 422, 429, 501, 503, 504]) {
      account.emulator.inject({ kind: 'status', status, times: 1 });
      failures[status] = failureOf(await ask(account, id, aCall()));
    }

    const isLost = (status: number) => isWrite && [408, 504].includes(status);
    const down = (status: number) => ({
      kind: verb === 'complete' || isLost(status) ? 'outcome-unknown' : 'unavailable',
      provider,
      because: expect.stringMatching(/^it answered (HTTP \d+|[A-Z_]+ \()/),
    });
    const refused = (code: string, said: string) => ({ kind: 'refused', provider, code, said });
    expect(failures).toMatchObject({
      400: refused('BAD_REQUEST', 'Bad request'),
      401: {
        kind: 'credential-refused',
        provider,
        said: expect.stringMatching(/^Not authenticated\. Check secret in the config/),
      },
      402: refused('NO_SUBSCRIPTION', 'No subscription'),
      403: { kind: 'forbidden', provider, said: 'Not authorized' },
      404: { kind: 'not-found', what: expect.stringMatching(/ at assistant$/) },
      405: refused('METHOD_NOT_ALLOWED', 'Method not allowed'),
      408: down(408),
      409: { kind: 'conflict', provider, said: 'Conflict' },
      422: refused('UNPROCESSABLE_ENTITY', 'Unprocessable entity'),
      // Uploads have no rate: a limit that one of them reaches is that of a size.
      429:
        verb === 'upload'
          ? { kind: 'refused', provider, code: 'LIMITS_REACHED' }
          : { kind: 'rate-limited', provider, retryAt: null },
      501: down(501),
      503: down(503),
      504: down(504),
    });
  });

  it('is told by the body where the status came too early', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      body: { message: 'Internal server error', code: 'INTERNAL_SERVER_ERROR' },
    }));

    const failure = failureOf(await ask(account, 'c1', aCall()));

    expect(failure.kind).toBe(isWrite ? 'outcome-unknown' : 'unavailable');
  });

  it.each([
    ['NOT_AUTHENTICATED', 'credential-refused'],
    ['NOT_AUTHORIZED', 'forbidden'],
    ['NOT_FOUND', 'not-found'],
  ])('is told early and late alike that the door is shut: %s', async (code, kind) => {
    const account = await accountHearing(() => ({ status: 200, body: { message: 'No', code } }));

    const failure = failureOf(await ask(account, 'c1', aCall()));

    expect(failure.kind).toBe(kind);
  });

  it('does not wait past its deadline', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ contactId: null });
    account.emulator.inject({ kind: 'hang' });

    const failure = failureOf(await ask(account, id, aCall(AbortSignal.timeout(60))));

    expect(failure).toMatchObject({
      kind: isWrite ? 'outcome-unknown' : 'unavailable',
      because: 'it did not answer within the deadline',
    });
  });

  it.each(['cut', 'malformed'] as const)('survives an answer that is %s', async (kind) => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ contactId: null });
    account.plantMessage(id, { id: 'm1' });
    account.emulator.inject({ kind });

    const failure = failureOf(await ask(account, id, aCall()));

    expect(failure.kind).toBe(isWrite ? 'outcome-unknown' : 'unavailable');
  });

  it('says what it could not read of an answer of another shape', async () => {
    const account = await accountHearing(() => ({ status: 200, body: { surprise: true } }));

    const failure = failureOf(await ask(account, 'c1', aCall()));

    expect(failure).toMatchObject({
      kind: isWrite ? 'outcome-unknown' : 'unavailable',
      because: expect.stringMatching(/not shaped as expected: (items|id|token)$/),
    });
  });

  it('never shows the secret that a service repeats', async () => {
    const account = await accountHearing(() => ({
      status: 400,
      body: { message: 'Bad token sk-1 given', code: 'BAD_REQUEST' },
    }));

    const failure = failureOf(await ask(account, 'c1', aCall()));

    expect(failure).toMatchObject({ said: 'Bad token «redacted» given' });
  });

  it('never shows it either where it is repeated in the code', async () => {
    const account = await accountHearing(() => ({
      status: 400,
      body: { message: 'Bad request', code: 'NO sk-1' },
    }));

    const failure = failureOf(await ask(account, 'c1', aCall()));

    expect(failure).toMatchObject({ kind: 'refused', code: 'NO «redacted»' });
  });

  it('tells a page of a proxy from an answer', async () => {
    const account = await accountHearing(() => ({
      status: 403,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Forbidden</h1>',
    }));

    const failure = failureOf(await ask(account, 'c1', aCall()));

    expect(failure).toEqual({ kind: 'forbidden', provider, said: 'HTTP 403 without a sentence' });
  });
});

describe.each(OTHER_WRITES)('%s', (_verb, ask) => {
  it('is mostly not done by a service that fails at once, and nobody can be sure', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ contactId: null });
    account.emulator.inject({ kind: 'status', status: 500, retryAfter: 5 });

    const failure = failureOf(await ask(account, id, aCall()));

    expect(failure).toEqual({
      kind: 'unavailable',
      provider,
      because: 'it answered HTTP 500',
      retryAt: new Date(NOW_MS + 5000),
      doubtful: true,
    });
  });
});

describe.each(WRITES)('%s', (_verb, ask) => {
  it('may be done where its answer was lost, and is never sent twice', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ contactId: null });
    account.emulator.inject({ kind: 'cut-after-accept' });

    const failure = failureOf(await ask(account, id, aCall()));

    expect(failure.kind).toBe('outcome-unknown');
    expect(account.asked()).toHaveLength(1);
  });

  it('is not sent after the deadline', async () => {
    const account = await chatbotkitAccount();

    const failure = failureOf(await ask(account, 'c1', aCall(AbortSignal.abort())));

    expect(failure.kind).toBe('unavailable');
    expect(account.asked()).toEqual([]);
  });
});

describe('too many requests', () => {
  it.each(['LIMITS_REACHED', 'TOO_MANY_REQUESTS'] as const)('are %s', async (tooMany) => {
    const account = await chatbotkitAccount({ tooMany });
    account.emulator.inject({ kind: 'status', status: 429, times: 1 });
    account.emulator.inject({ kind: 'status', status: 429, retryAfter: 12, times: 1 });

    const bare = failureOf(await account.list(asking(), aCall()));
    const timed = failureOf(await account.list(asking(), aCall()));

    expect(bare).toEqual({ kind: 'rate-limited', provider, retryAt: null });
    expect(timed).toEqual({
      kind: 'rate-limited',
      provider,
      retryAt: new Date(NOW_MS + 12_000),
    });
  });

  it('are counted by the service', async () => {
    const account = await chatbotkitAccount({ ratePerMinute: { poll: 1 } });
    valueOf(await account.list(asking(), aCall()));

    const failure = failureOf(await account.list(asking(), aCall()));
    account.pass(60_000);
    const later = await account.list(asking(), aCall());

    expect(failure.kind).toBe('rate-limited');
    expect(later.ok).toBe(true);
  });
});

describe('somebody else', () => {
  it('may neither see nor change what is not theirs', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ contactId: null });
    const foreign = account.foreign();

    const kinds = [];
    for (const [verb, ask] of ALL) {
      if (verb === 'list' || verb === 'create') continue;
      kinds.push(failureOf(await ask(foreign, id, aCall())).kind);
    }

    expect(new Set(kinds)).toEqual(new Set(['forbidden']));
    expect(account.row(id).name).not.toBe('New');
    expect(account.messagesOf(id)).toEqual([]);
    expect(valueOf(await foreign.list(asking(), aCall())).items).toEqual([]);
  });
});

describe('an id that is a part of a path', () => {
  it.each(['.', '..'])('names nothing: %s', async (id) => {
    const account = await chatbotkitAccount();

    for (const [verb, ask] of ALL) {
      if (verb === 'list' || verb === 'create') continue;
      expect(failureOf(await ask(account, id, aCall())).kind).toBe('not-found');
    }
    const message = await account.getMessage(messageRef('c1', '..'), aCall());

    expect(failureOf(message).kind).toBe('not-found');
    expect(account.asked()).toEqual([]);
  });

  it('stays one part of it', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant({ id: 'odd/../list?a=b#c%2e' });

    const conversation = valueOf(await account.get(ref(id), aCall()));

    expect(conversation.nativeId).toBe(id);
  });
});
