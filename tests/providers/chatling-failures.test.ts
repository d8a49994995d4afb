// What goes wrong between the Chatling adapter and its service, and which failure each becomes.

import { describe, expect, it } from 'vitest';
import {
  aCall,
  accountHearing,
  chatlingAccount,
  failureOf,
  HELP,
  NOW_MS,
  ref,
  saying,
  TALES,
  valueOf,
} from './chatling-account.ts';

const FIRST_PAGE = { filter: {}, at: null, size: 20 };

/** Every verb once, on a conversation that is there: reads first. */
async function tryAll(account: Awaited<ReturnType<typeof chatlingAccount>>) {
  const [id = ''] = account.store.conversations.keys();
  const conversation = ref(id);
  const changes = { archived: true };
  return {
    list: await account.list.does(FIRST_PAGE, aCall()),
    get: await account.get.does(conversation, aCall()),
    messages: await account.messages.does({ conversation, at: null, size: 20 }, aCall()),
    message: await account.message.does({ conversation, nativeId: 'x' }, aCall()),
    create: await account.create.does({ tags: [], message: 'Hello!' }, aCall()),
    update: await account.update.does({ conversation, changes }, aCall()),
    send: await account.send.does(saying(conversation, 'Hello!'), aCall()),
    remove: await account.remove.does(conversation, aCall()),
  };
}

const READS = ['list', 'get', 'messages', 'message'] as const;
const WRITES = ['create', 'update', 'send', 'remove'] as const;

function isWrite(verb: string): boolean {
  return WRITES.some((write) => write === verb);
}

describe('a status', () => {
  it.each([
    [400, { kind: 'refused', provider: HELP, code: null, said: 'Bad request.' }],
    [401, { kind: 'credential-refused', provider: HELP, said: 'Unauthenticated.' }],
    [402, { kind: 'refused', provider: HELP, code: null, said: 'Insufficient AI credits' }],
    [403, { kind: 'forbidden', provider: HELP, said: 'This action is unauthorized.' }],
    [
      404,
      { kind: 'not-found', what: expect.stringMatching(/^(conversation|chatbot) \d+ at help$/) },
    ],
    [405, { kind: 'refused', provider: HELP, code: null, said: 'Method not allowed.' }],
    [409, { kind: 'conflict', provider: HELP, said: 'Server error.' }],
    [422, { kind: 'refused', provider: HELP, code: null, said: 'The given data was invalid.' }],
    [429, { kind: 'rate-limited', provider: HELP, retryAt: new Date(NOW_MS + 60_000) }],
    [304, { kind: 'unavailable', provider: HELP, because: 'it answered HTTP 304', retryAt: null }],
    [500, { kind: 'unavailable', provider: HELP, because: 'it answered HTTP 500', retryAt: null }],
    [503, { kind: 'unavailable', provider: HELP, because: 'it answered HTTP 503', retryAt: null }],
  ])('%d is the same failure of every verb, in either wording', async (status, failure) => {
    for (const errors of ['plain', 'laravel'] as const) {
      const account = await chatlingAccount({ tales: TALES, errors });
      account.emulator.inject({ kind: 'status', status });

      for (const [verb, outcome] of Object.entries(await tryAll(account))) {
        const isDoubtful = (status === 429 || status >= 500) && isWrite(verb);
        const expected = isDoubtful ? { ...failure, doubtful: true } : failure;
        expect(failureOf(outcome)).toEqual(expected);
      }
    }
  });

  it.each([502, 504])('%d leaves the outcome of a write unknown', async (status) => {
    const account = await chatlingAccount({ tales: TALES });
    account.emulator.inject({ kind: 'status', status });

    const outcomes = await tryAll(account);

    for (const verb of READS) expect(failureOf(outcomes[verb]).kind).toBe('unavailable');
    for (const verb of WRITES) expect(failureOf(outcomes[verb]).kind).toBe('outcome-unknown');
  });

  it('429 waits as long as a header says, where one does', async () => {
    const { emulator, list } = await chatlingAccount();
    emulator.inject({ kind: 'status', status: 429, retryAfter: 7 });

    expect(failureOf(await list.does(FIRST_PAGE, aCall()))).toEqual({
      kind: 'rate-limited',
      provider: HELP,
      retryAt: new Date(NOW_MS + 7_000),
    });
  });

  it('503 waits as long as a header says', async () => {
    const { emulator, list } = await chatlingAccount();
    emulator.inject({ kind: 'status', status: 503, retryAfter: 9 });

    expect(failureOf(await list.does(FIRST_PAGE, aCall()))).toMatchObject({
      kind: 'unavailable',
      retryAt: new Date(NOW_MS + 9_000),
    });
  });
});

it('is over the limit after its calls of a minute, and within it again at the time it said', async () => {
  const { list, pass } = await chatlingAccount({ callsPerMinute: 2 });
  const ask = () => list.does(FIRST_PAGE, aCall());
  await ask();
  await ask();

  const failure = failureOf(await ask());
  pass(60_000);

  expect(failure).toMatchObject({ kind: 'rate-limited', retryAt: new Date(NOW_MS + 60_000) });
  expect(valueOf(await ask()).items).toEqual([]);
});

it.each(['plain', 'laravel'] as const)(
  'a wrong key is the credential refused, worded %s',
  async (errors) => {
    const account = await chatlingAccount({ tales: TALES, errors }, { token: 'wrong-key' });

    for (const outcome of Object.values(await tryAll(account))) {
      expect(failureOf(outcome)).toEqual({
        kind: 'credential-refused',
        provider: HELP,
        said: 'Unauthenticated.',
      });
    }
  },
);

describe('a connection', () => {
  it('that hangs is given up at the deadline', async () => {
    const { emulator, store, get, send } = await chatlingAccount({ tales: TALES });
    const conversation = ref([...store.conversations.keys()][0] ?? '');
    emulator.inject({ kind: 'hang' });

    const read = await get.does(conversation, aCall(AbortSignal.timeout(50)));
    const write = await send.does(saying(conversation, 'Hello!'), aCall(AbortSignal.timeout(50)));

    const because = 'it did not answer within the deadline';
    expect(failureOf(read)).toEqual({
      kind: 'unavailable',
      provider: HELP,
      because,
      retryAt: null,
    });
    expect(failureOf(write)).toEqual({ kind: 'outcome-unknown', provider: HELP, because });
  });

  it('that is cut loses a read and leaves a write unknown', async () => {
    const account = await chatlingAccount({ tales: TALES });
    account.emulator.inject({ kind: 'cut' });

    const outcomes = await tryAll(account);

    for (const verb of READS) expect(failureOf(outcomes[verb]).kind).toBe('unavailable');
    for (const verb of WRITES) expect(failureOf(outcomes[verb]).kind).toBe('outcome-unknown');
  });

  it('that is cut after the question was taken is an outcome unknown, and nothing is asked again', async () => {
    const { emulator, store, send, create } = await chatlingAccount({ tales: TALES });
    const [id = ''] = store.conversations.keys();
    const before = store.conversations.size;
    const turns = store.conversations.get(id)?.messages.length ?? 0;
    emulator.inject({ kind: 'cut-after-accept', match: { method: 'POST' } });

    const sent = await send.does(saying(ref(id), 'Once, please.'), aCall());
    const begun = await create.does({ tags: [], message: 'Once, please.' }, aCall());

    expect(failureOf(sent).kind).toBe('outcome-unknown');
    expect(failureOf(begun).kind).toBe('outcome-unknown');
    expect(store.conversations.get(id)?.messages).toHaveLength(turns + 2);
    expect(store.conversations.size).toBe(before + 1);
  });

  it('whose answer is broken loses a read and leaves a write unknown', async () => {
    const account = await chatlingAccount({ tales: TALES });
    account.emulator.inject({ kind: 'malformed' });

    const outcomes = await tryAll(account);

    for (const verb of READS) expect(failureOf(outcomes[verb]).kind).toBe('unavailable');
    for (const verb of WRITES) expect(failureOf(outcomes[verb]).kind).toBe('outcome-unknown');
  });
});

describe('an answer of another shape', () => {
  it.each([
    ['null', null, 'data'],
    ['text', 'Hello', 'its body'],
    ['an empty envelope', { status: 'success' }, 'data'],
    ['a row without an id', { status: 'success', data: { text: 'Hello' } }, 'data.id'],
  ])('%s is no conversation', async (_, body, where) => {
    const { get, update } = await accountHearing(() => ({ status: 200, body }));
    const conversation = ref('1');
    const because = `its answer was not shaped as expected: ${where}`;

    expect(failureOf(await get.does(conversation, aCall()))).toEqual({
      kind: 'unavailable',
      provider: HELP,
      because,
      retryAt: null,
    });
    const written = await update.does({ conversation, changes: { important: true } }, aCall());
    expect(failureOf(written)).toEqual({ kind: 'outcome-unknown', provider: HELP, because });
  });

  it('that does not say which conversation began leaves it unknown', async () => {
    const { create } = await accountHearing(() => ({
      status: 200,
      body: { status: 'success', data: { response: 'Hi' } },
    }));

    expect(failureOf(await create.does({ tags: [], message: 'Hello!' }, aCall()))).toEqual({
      kind: 'outcome-unknown',
      provider: HELP,
      because: 'its answer was not shaped as expected: data.conversation_id',
    });
  });

  it('without anything is a deletion done', async () => {
    const { remove } = await accountHearing(() => ({ status: 204 }));

    expect(valueOf(await remove.does(ref('1'), aCall()))).toBeNull();
  });
});

describe('what the service says', () => {
  it('is an error though the status is 200', async () => {
    const { list, get, remove, send } = await accountHearing(() => ({
      status: 200,
      body: { status: 'error', message: 'The chatbot is paused' },
    }));

    for (const outcome of [
      await list.does(FIRST_PAGE, aCall()),
      await get.does(ref('1'), aCall()),
      await remove.does(ref('1'), aCall()),
      await send.does(saying(ref('1'), 'Hello!'), aCall()),
    ]) {
      expect(failureOf(outcome)).toEqual({
        kind: 'refused',
        provider: HELP,
        code: null,
        said: 'The chatbot is paused',
      });
    }
  });

  it.each([
    [
      'every field of a validation',
      { message: 'A (and 1 more)', errors: { a: ['A', 'AA'], b: 'B' } },
      'a: A AA; b: B',
    ],
    ['a sentence', { message: 'No.' }, 'No.'],
    ['nothing', {}, 'HTTP 422 without a sentence'],
    ['a page for people', '<html>No</html>', 'HTTP 422 without a sentence'],
    [
      'the key itself, which is never passed on',
      { message: 'Bad key key-1!' },
      'Bad key «redacted»!',
    ],
    ['far too much', { message: 'x'.repeat(9000) }, 'x'.repeat(1000)],
  ])('is passed on when it is %s', async (_, body, said) => {
    const { get } = await accountHearing(() => ({ status: 422, body }));

    expect(failureOf(await get.does(ref('1'), aCall()))).toMatchObject({ kind: 'refused', said });
  });

  it.each([
    ['Chatbot not found.', 'chatbot 4829173650 at help'],
    ['Contact not found.', 'contact c1 at help'],
    ['Conversation not found.', 'conversation 1 at help'],
    ['No such conversation of this chatbot', 'conversation 1 at help'],
    ['No query results for model [ChatbotThing]', 'conversation 1 at help'],
    ['Not found.', 'conversation 1 at help'],
  ])('about what is missing, %j, is what is not found', async (message, what) => {
    const { update } = await accountHearing(() => ({ status: 404, body: { message } }));
    const changes = { contactId: 'c1' };

    const outcome = await update.does({ conversation: ref('1'), changes }, aCall());

    expect(failureOf(outcome)).toEqual({ kind: 'not-found', what });
  });
});
