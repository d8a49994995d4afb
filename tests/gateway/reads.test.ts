// What is kept of answers, seen from the provider: what it is asked, and what is shown without asking it.

import { describe, expect, it, onTestFinished } from 'vitest';
import { type Failure, failed } from '../../src/domain/failure.ts';
import { accountScope, providerName } from '../../src/domain/ids.ts';
import { keyOf } from '../../src/gateway/reads/reads-questions.ts';
import type { Cache } from '../../src/state/cache/cache.ts';
import { type MemoryCache, memoryCache } from '../../src/state/cache/memory.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { anEventLog } from '../support/event-log.ts';
import {
  aName,
  changingAccount,
  gatewayAt,
  hearingLate,
  refOf,
  turns,
  type Watching,
} from './changing-account.ts';
import { operation } from './hand-made.ts';

const LONG_MS = 600_000;
const LONG = { freshMs: LONG_MS, staleMs: LONG_MS, graceMs: LONG_MS };
const SCOPE = accountScope(providerName('one'), '');

function aCache(): MemoryCache {
  return memoryCache({ mostBytes: 10_000_000, clock: () => performance.now() });
}

function scene({
  events = anEventLog(),
  cache = aCache(),
  times = LONG,
}: {
  events?: EventLog;
  cache?: Cache;
  times?: typeof LONG;
} = {}) {
  const account = changingAccount();
  const name = aName();
  account.begin([name]);
  const open = (at: { events: EventLog; cache: Cache }) => {
    const watching = gatewayAt(account, {
      events: at.events,
      keeping: { cache: at.cache, times: { conversation: times, conversations: times } },
    });
    onTestFinished(() => watching.gateway.close());
    return watching;
  };
  return { account, name, events, cache, open, ...open({ events, cache }) };
}

async function titleAt({ gateway }: Pick<Watching, 'gateway'>, name: string, own = operation()) {
  const read = await gateway.getConversation(refOf(name), own);
  return read.ok ? read.value.title : read.failure.kind;
}

describe('an operation that names an event', () => {
  async function told({ gateway, ingest }: Watching, row: Parameters<typeof newsOf>[0]) {
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const listening = await gateway.subscribe(
      { conversation: null, filter: {}, after: null },
      gone.signal,
    );
    if (!listening.ok) throw new Error('nobody may listen');
    const next = listening.value[Symbol.asyncIterator]().next();
    await ingest.take(newsOf(row));
    const { value } = await next;
    if (value?.type !== 'event') throw new Error('no event was told');
    return value.cursor();
  }

  it.each([
    ['soon', 30],
    ['later than it can wait', 100_000],
  ])('is answered no older, where the gateway hears of it %s', async (_when, late) => {
    const { account, name, events, open, ...one } = scene();
    const lateness = { turns: 0 };
    const other = open({ events: hearingLate(events, lateness), cache: aCache() });
    expect(await titleAt(other, name)).toBe('0');
    lateness.turns = late;

    const after = await told(one, account.change(name));

    expect(await titleAt(other, name)).toBe('0');
    expect(await titleAt(other, name, { ...operation(), after })).toBe('1');
  });
});

function newsOf(row: ReturnType<ReturnType<typeof changingAccount>['change']>) {
  return [{ type: 'conversation', row, known: true }] as const;
}

describe('a question', () => {
  it('is asked once for all who ask meanwhile, and whoever leaves takes nobody’s answer along', async () => {
    const { account, name, gateway } = scene();
    account.delays = { before: 5, after: 5 };
    const leaving = new AbortController();
    const asked = account.asked.length;

    const first = titleAt({ gateway }, name, { ...operation(), signal: leaving.signal });
    await turns(3);
    const others = [1, 2, 3].map(() => titleAt({ gateway }, name));
    await turns(1);
    leaving.abort();

    expect(await Promise.all(others)).toEqual(['0', '0', '0']);
    expect(await first).toBe('unavailable');
    expect(account.asked.length - asked).toBe(1);
  });

  it('that begins after a change does not wait for an answer of before it', async () => {
    const { account, name, gateway, ingest } = scene();
    account.delays = { before: 0, after: 40 };
    const before = titleAt({ gateway }, name);
    await turns(5);
    await ingest.take(newsOf(account.change(name)));

    const after = await titleAt({ gateway }, name);

    expect(after).toBe('1');
    expect(await before).toBe('0');
    // What came last came of what was asked first, and is not kept.
    expect(await titleAt({ gateway }, name)).toBe('1');
  });

  it('that another gateway asked, and died over, is asked after a while', async () => {
    const { name, cache, gateway, account } = scene();
    const claim = await cache.claim(SCOPE, keyOf('conversation', refOf(name)), LONG_MS);
    expect(claim).not.toBeNull();

    expect(await titleAt({ gateway }, name)).toBe('0');

    expect(account.asked).toEqual([`conversation ${name}`]);
  });

  it('is one lookup together with all of the same tick', async () => {
    const lookups: (readonly string[])[] = [];
    const kept = aCache();
    const { account, gateway, name } = scene({
      cache: {
        ...kept,
        get: (scope, keys, isEnough) => {
          lookups.push(keys);
          return kept.get(scope, keys, isEnough);
        },
      },
    });
    const names = [name, aName(), aName()];
    account.begin(names);

    await Promise.all(names.map((one) => titleAt({ gateway }, one)));

    expect(lookups[0]).toHaveLength(names.length);
  });
});

describe('an answer', () => {
  it('brings along what it carries whole', async () => {
    const { account, name, gateway } = scene();
    await gateway.listConversations({ first: 5, after: null, filter: {} }, operation());

    expect(await titleAt({ gateway }, name)).toBe('0');

    expect(account.asked).toEqual(['list']);
  });

  it('that there is no such thing is kept for a moment, and no longer than until it is told of', async () => {
    const { account, gateway, ingest } = scene();
    const nobody = aName();
    account.absent.add(nobody);

    expect([await titleAt({ gateway }, nobody), await titleAt({ gateway }, nobody)]).toEqual([
      'not-found',
      'not-found',
    ]);
    expect(account.asked).toEqual([`conversation ${nobody}`]);
    account.absent.delete(nobody);
    await ingest.take([{ type: 'conversation', row: account.change(nobody) }]);

    expect(await titleAt({ gateway }, nobody)).toBe('1');
  });

  const ONE = providerName('one');
  it.each<Failure>([
    { kind: 'not-found', what: 'such conversation' },
    { kind: 'forbidden', provider: ONE, said: 'no' },
    { kind: 'credential-refused', provider: ONE, said: 'no' },
    { kind: 'refused', provider: ONE, code: null, said: 'no' },
  ])('that says no is shown in the place of an older one: $kind', async (failure) => {
    const { account, name, gateway } = scene({ times: { ...LONG, freshMs: 0, staleMs: 0 } });
    expect(await titleAt({ gateway }, name)).toBe('0');

    account.fails = failed(failure);

    expect(await titleAt({ gateway }, name)).toBe(failure.kind);
  });

  it.each<Failure>([
    { kind: 'unavailable', provider: ONE, because: 'it is out', retryAt: null },
    { kind: 'rate-limited', provider: ONE, retryAt: null },
  ])('that does not come is made up for by an older one: $kind', async (failure) => {
    const { account, name, gateway } = scene({ times: { ...LONG, freshMs: 0, staleMs: 0 } });
    expect(await titleAt({ gateway }, name)).toBe('0');

    account.fails = failed(failure);

    expect(await titleAt({ gateway }, name)).toBe('0');
    const page = await gateway.listConversations(
      { first: 5, after: null, filter: {} },
      operation(),
    );
    // Of the list there is nothing older.
    expect(page.ok && page.value.sources[0]?.status).toBe('FAILED');
  });
});
