// What becomes of a call to Botpress whose answer is late, cut, garbled or a proxy's: every verb, under every fault.

import { describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../src/domain/failure.ts';
import type { Call } from '../../src/providers/provider.ts';
import {
  aCall,
  accountHearing,
  botpressAccount,
  failureOf,
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

function writesIn<Row extends { readonly method: string }>(journal: readonly Row[]): Row[] {
  return journal.filter(({ method }) => method !== 'GET');
}
