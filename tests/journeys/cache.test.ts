// What was asked of a provider is shown again, asked for by one on behalf of all, and never shown once it is known to be old.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, vi } from 'vitest';
import type { Fault } from '../../emulators/emulator.ts';
import { secret } from '../../src/config/secret.ts';
import { operation } from '../gateway/hand-made.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { keysOf, standing, walkInbox } from '../support/inbox.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

/** Nothing ends while a test runs. */
const LONG = { freshMs: 600_000, staleMs: 600_000, graceMs: 1_200_000 };
const KEPT_LONG = {
  conversations: LONG,
  conversation: LONG,
  messages: LONG,
  message: LONG,
  participants: LONG,
};

const MANY = 1000;

const SOURCES = `{ conversations(first: 3) {
  nodes { id } sources { provider { name } status fetchedAt error { code } }
} }`;

/** As light as a question can be: a thousand of them are work for the server, too. */
async function newestId({ ask }: Pick<TestParlance, 'ask'>): Promise<unknown> {
  const { data } = await ask('{ conversations(first: 1) { nodes { id } } }');
  return at(data, 'conversations.nodes.0.id');
}

interface Seen {
  readonly ids: readonly string[];
  /** By account. */
  readonly status: Readonly<Record<string, string>>;
  readonly fetchedAt: Readonly<Record<string, unknown>>;
  readonly code: Readonly<Record<string, unknown>>;
}

async function inbox({ ask }: Pick<TestParlance, 'ask'>): Promise<Seen> {
  const { data, errors } = await ask(SOURCES);
  expect(errors).toEqual([]);
  const sources = listAt(data, 'conversations.sources');
  const byName = <T>(what: (source: unknown) => T) =>
    Object.fromEntries(sources.map((one) => [textAt(one, 'provider.name'), what(one)]));
  return {
    ids: listAt(data, 'conversations.nodes').map((node) => textAt(node, 'id')),
    status: byName((one) => textAt(one, 'status')),
    fetchedAt: byName((one) => at(one, 'fetchedAt')),
    code: byName((one) => (at(one, 'error') === null ? null : at(one, 'error.code'))),
  };
}

/** How often an account was asked for its list. */
function listings({ world }: Pick<TestParlance, 'world'>, account: AccountName): number {
  const list = {
    website: /^\/v1\/chat\/conversations$/,
    help: /\/conversations$/,
    assistant: /\/conversation\/list$/,
    support: /\/internal\/conversations$/,
  }[account];
  const { journal } = emulatorOf(world, account);
  return journal.filter(({ method, path }) => method === 'GET' && list.test(path)).length;
}

function listingsOf(parlance: TestParlance): number[] {
  return ACCOUNTS.map((account) => listings(parlance, account));
}

function sharedMemory() {
  return { url: secret(inject('redisUrl')), prefix: `test:${randomUUID()}:` };
}

describe('a cold inbox', () => {
  it('asked for by a thousand at once makes one call to each provider', async () => {
    const parlance = await startParlance({ count: 4, cache: KEPT_LONG, deadlineMs: 20_000 });

    const ids = await Promise.all(Array.from({ length: MANY }, () => newestId(parlance)));

    expect(listingsOf(parlance)).toEqual([1, 1, 1, 1]);
    expect([...new Set(ids)]).toEqual([expect.any(String)]);
  });

  it('asked for at two gateways of one Redis makes two at most', async () => {
    const redis = sharedMemory();
    const one = await startParlance({ count: 4, cache: KEPT_LONG, redis, deadlineMs: 20_000 });
    const other = await startParlance({
      beside: one.world,
      cache: KEPT_LONG,
      redis,
      deadlineMs: 20_000,
    });

    // Without a server between: a machine that is held up for a second loses its Redis, and all it kept with it.
    const ids = await Promise.all(
      Array.from({ length: MANY }, async (_, index) => {
        const { gateway } = (index % 2 === 0 ? one : other).parlance;
        const asked = { first: 1, after: null, filter: {} };
        const page = await gateway.listConversations(asked, operation());
        return page.ok ? page.value.edges[0]?.node.nativeId : page.failure.kind;
      }),
    );

    for (const calls of listingsOf(one)) expect(calls).toBeLessThanOrEqual(2);
    expect([...new Set(ids)]).toEqual([expect.any(String)]);
  });

  it('that one gateway has asked for is there at the other', async () => {
    const redis = sharedMemory();
    const one = await startParlance({ count: 4, cache: KEPT_LONG, redis });
    const other = await startParlance({ beside: one.world, cache: KEPT_LONG, redis });
    const first = await inbox(one);

    const second = await vi.waitFor(async () => {
      const seen = await inbox(other);
      expect(Object.values(seen.status)).toEqual(ACCOUNTS.map(() => 'CACHED'));
      return seen;
    });

    expect(second).toMatchObject({ ids: first.ids, fetchedAt: first.fetchedAt });
    expect(listingsOf(one)).toEqual([1, 1, 1, 1]);
  });
});

describe('the age of an answer', () => {
  it('is told, and decides what is asked again and who waits for it', async () => {
    const clock = testClock();
    const parlance = await startParlance({ count: 4, cache: {}, clock });
    const all = (status: string) => Object.fromEntries(ACCOUNTS.map((name) => [name, status]));
    const first = await inbox(parlance);
    expect(first.status).toEqual(all('FRESH'));
    expect(first.fetchedAt['help']).toBe(clock.iso());

    clock.pass(2000);
    expect(await inbox(parlance)).toEqual({ ...first, status: all('CACHED') });
    expect(listingsOf(parlance)).toEqual([1, 1, 1, 1]);

    clock.pass(5000);
    const stale = await inbox(parlance);
    expect(stale).toEqual({ ...first, status: all('STALE') });
    // Nobody waited for that, and it was asked again meanwhile.
    await vi.waitFor(async () => {
      const again = await inbox(parlance);
      expect(again.status).toEqual(all('CACHED'));
      expect(again.fetchedAt['help']).toBe(clock.iso());
    });
    expect(listingsOf(parlance)).toEqual([2, 2, 2, 2]);

    clock.pass(60_000);
    expect((await inbox(parlance)).status).toEqual(all('FRESH'));
    expect(listingsOf(parlance)).toEqual([3, 3, 3, 3]);
  });
});

describe.each([
  ['ahead', 300_000],
  ['behind', -300_000],
])('a gateway whose clock is minutes %s', (_where, skewMs) => {
  it('keeps what others know the age of', async () => {
    const redis = sharedMemory();
    let passedMs = 0;
    const options = { cache: { conversations: { freshMs: 100_000, staleMs: 0 } }, redis };
    const its = () => Date.now() + skewMs + passedMs;
    const one = await startParlance({ ...options, count: 4, clock: its });
    const theirs = () => Date.now() + passedMs;
    const other = await startParlance({ ...options, beside: one.world, clock: theirs });
    const first = await inbox(one);

    const second = await inbox(other);
    passedMs = 150_000;
    const third = await inbox(other);

    expect(second).toMatchObject({ ids: first.ids, fetchedAt: first.fetchedAt });
    expect(Object.values(second.status)).toEqual(ACCOUNTS.map(() => 'CACHED'));
    expect(Object.values(third.status)).toEqual(ACCOUNTS.map(() => 'FRESH'));
    expect(listingsOf(one)).toEqual([2, 2, 2, 2]);
  });
});

it('a clock that is set back makes nothing young again', async () => {
  const clock = testClock();
  const parlance = await startParlance({ count: 4, cache: {}, clock });
  await inbox(parlance);

  clock.pass(-3_600_000);

  expect(Object.values((await inbox(parlance)).status)).toEqual(ACCOUNTS.map(() => 'FRESH'));
  expect(listingsOf(parlance)).toEqual([2, 2, 2, 2]);
});

describe.each(ACCOUNTS)('while %s is out', (account) => {
  it('what it had is shown with its age, and it comes back by itself', async () => {
    const clock = testClock();
    const parlance = await startParlance({ count: 4, cache: {}, clock });
    const before = await inbox(parlance);
    const emulator = emulatorOf(parlance.world, account);
    emulator.inject({ kind: 'status', status: 503 });

    clock.pass(60_000);
    const during = await inbox(parlance);
    expect(during.ids).toEqual(before.ids);
    expect(during.status).toMatchObject({ [account]: 'STALE' });
    expect(during.fetchedAt[account]).toBe(before.fetchedAt[account]);
    expect(during.code).toMatchObject({ [account]: 'PROVIDER_UNAVAILABLE' });
    for (const other of ACCOUNTS.filter((name) => name !== account)) {
      expect(during.status).toMatchObject({ [other]: 'FRESH' });
    }

    clock.pass(3_600_000);
    expect((await inbox(parlance)).status).toMatchObject({ [account]: 'FAILED' });

    emulator.heal();
    clock.pass(60_000);
    const after = await inbox(parlance);
    expect(after.status).toMatchObject({ [account]: 'FRESH' });
    expect(after.ids).toEqual(before.ids);
  });

  it.each<Fault>([
    // The service's own error body under a good status.
    { kind: 'status', status: 200 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 403 },
    { kind: 'cut' },
    { kind: 'malformed' },
    { kind: 'hang' },
  ])('its failure is no answer, and is not kept: $kind $status', async (fault) => {
    const clock = testClock();
    const parlance = await startParlance({ count: 4, cache: {}, clock, deadlineMs: 1000 });
    const emulator = emulatorOf(parlance.world, account);
    emulator.inject(fault);

    const during = await inbox(parlance);
    expect(during.status).toMatchObject({ [account]: 'FAILED' });
    expect(during.fetchedAt[account]).toBeNull();

    emulator.heal();
    // A request that hangs takes others of its account with it until its deadline; the clock stands meanwhile.
    await vi.waitFor(async () => {
      const after = await inbox(parlance);
      expect(after.status).toMatchObject({ [account]: 'FRESH' });
    });
  });

  it('nothing false takes the place of what was had: a truncated answer changes nothing', async () => {
    const clock = testClock();
    const parlance = await startParlance({ count: 4, cache: {}, clock });
    const before = await inbox(parlance);
    emulatorOf(parlance.world, account).inject({ kind: 'malformed' });
    clock.pass(5000);

    // Asked again behind the scenes, in vain.
    expect((await inbox(parlance)).status).toMatchObject({ [account]: 'STALE' });
    await vi.waitFor(() => expect(listings(parlance, account)).toBeGreaterThan(1));
    clock.pass(60_000);

    const during = await inbox(parlance);
    expect(during.ids).toEqual(before.ids);
    expect(during.status).toMatchObject({ [account]: 'STALE' });
  });
});

const THREAD = `query ($id: ID!) { node(id: $id) { ... on Conversation {
  tags { key } messages(first: 50) { nodes { text } }
} } }`;

async function textsIn({ ask }: Pick<TestParlance, 'ask'>, id: string, after?: string) {
  const headers: Record<string, string> = after === undefined ? {} : { 'parlance-after': after };
  const { data, errors } = await ask(THREAD, { id }, headers);
  expect(errors).toEqual([]);
  return listAt(data, 'node.messages.nodes').map((node) => at(node, 'text'));
}

describe.each(ACCOUNTS)('at %s', (account) => {
  function someId({ world }: TestParlance): string {
    const [key = ''] = [...standing(world).keys()].filter((one) => one.startsWith(`${account}/`));
    return conversationId(account, key.slice(account.length + 1));
  }

  it('whoever wrote reads what they wrote, though all was kept', async () => {
    const parlance = await startParlance({ count: 4, cache: KEPT_LONG });
    const id = someId(parlance);
    const before = await textsIn(parlance, id);
    expect(await textsIn(parlance, id)).toEqual(before);

    const sent = await mutate(parlance, 'sendMessage', { conversationId: id, text: 'Hello there' });

    expect(at(sent, 'delivery')).toBe('SENT');
    expect(await textsIn(parlance, id)).toContain('Hello there');
  });

  it('whoever listens at another gateway reads what they were told of', async () => {
    const redis = sharedMemory();
    const one = await startParlance({ count: 4, cache: KEPT_LONG, redis });
    const other = await startParlance({ beside: one.world, cache: KEPT_LONG, redis });
    const id = someId(one);
    await textsIn(one, id);
    await textsIn(other, id);
    const listening = await other.parlance.gateway.subscribe(
      { conversation: null, filter: { kinds: ['MESSAGE_ADDED'] }, after: null },
      new AbortController().signal,
    );
    if (!listening.ok) throw new Error('nobody may listen');
    const told = listening.value[Symbol.asyncIterator]();

    await mutate(one, 'sendMessage', { conversationId: id, text: 'Hello there' });
    const first = await told.next();
    const event: unknown = first.value;

    expect(await textsIn(other, id)).toContain('Hello there');
    expect(at(event, 'event.fact.message.text')).toBe('Hello there');
    await told.return?.();
  });

  it('a walk shows all there is once, whatever was kept before it', async () => {
    const parlance = await startParlance({ count: 12, cache: {} });
    const all = [...standing(parlance.world).keys()];
    await Promise.all([3, 5, 20].map((first) => walkInbox(parlance, { first })));

    const pages = await walkInbox(parlance, { first: 5 });

    expect(keysOf(pages).toSorted()).toEqual(all.toSorted());
  });
});

describe('the header Parlance-After', () => {
  it('has a query answered no older than the event, at any gateway', async () => {
    const redis = sharedMemory();
    const one = await startParlance({ count: 4, cache: KEPT_LONG, redis });
    const other = await startParlance({ beside: one.world, cache: KEPT_LONG, redis });
    const [key = ''] = [...standing(one.world).keys()].filter((name) => name.startsWith('website'));
    const id = conversationId('website', key.slice('website/'.length));
    const listening = await one.parlance.gateway.subscribe(
      { conversation: null, filter: {}, after: null },
      new AbortController().signal,
    );
    if (!listening.ok) throw new Error('nobody may listen');
    const told = listening.value[Symbol.asyncIterator]();
    await textsIn(other, id);

    for (let round = 0; round < 20; round += 1) {
      const text = `round ${round}`;
      await mutate(one, 'sendMessage', { conversationId: id, text });
      const next = await told.next();
      if (next.done || next.value.type !== 'event') throw new Error('no event was told');
      expect(await textsIn(other, id, next.value.cursor())).toContain(text);
    }
    await told.return?.();
  });

  it('that is no cursor is refused by its name', async () => {
    const parlance = await startParlance({ count: 1, cache: {} });

    const answer = await parlance.ask('{ providers { name } }', {}, { 'parlance-after': 'soon' });

    expect(answer.data ?? null).toBeNull();
    expect(answer.errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/Parlance-After.*leave the header out/),
        extensions: expect.objectContaining({ code: 'INVALID_INPUT' }),
      }),
    ]);
    expect(answer.status).toBe(400);
  });
});
