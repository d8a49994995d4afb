// Getting or creating, composed: what is written down before a create, what becomes of it, and who waits for it. With leases
// in memory and in a real Redis alike.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { type Failure, failed, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { takeTurn } from '../../src/gateway/writes/held.ts';
import { unableTable } from '../../src/providers/provider.ts';
import type { Leases } from '../../src/state/lease/lease.ts';
import { memoryLeases } from '../../src/state/lease/memory.ts';
import { redisLeases } from '../../src/state/lease/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { testClock } from '../support/clock.ts';
import { anEventLog } from '../support/event-log.ts';
import { someLedger } from '../support/ledger.ts';
import { operation } from './hand-made.ts';
import { aService, rowOf, type ServiceOptions } from './hand-made-service.ts';

const PARTS = { leaseMs: 2000, notesMs: 60_000 };
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const KINDS: readonly (readonly [string, () => Promise<Leases>])[] = [
  ['memory', () => Promise.resolve(memoryLeases({ ...PARTS, clock: () => performance.now() }))],
  [
    'Redis',
    async () => {
      const prefix = `test:${randomUUID()}:`;
      const door = openRedis({ url: inject('redisUrl'), prefix, log });
      onTestFinished(() => door.close());
      await door.ready();
      return redisLeases({ door, ...PARTS });
    },
  ],
];

const ORDER = [{ key: 'order', value: '4711' }];
const WANTED = {
  provider: 'one',
  contactId: 'ada',
  title: 'A broken import',
  message: 'We saw your import fail.',
  tags: ORDER,
};

const PROVIDER = providerName('one');
const LOST: Failure = { kind: 'outcome-unknown', provider: PROVIDER, because: 'it was cut' };
const TOO_MUCH = {
  kind: 'rate-limited',
  provider: PROVIDER,
  retryAt: new Date(5),
  doubtful: true,
} as const;

describe.each(KINDS)('with leases in %s', (_kind, open) => {
  async function stage(options?: ServiceOptions) {
    const service = aService(options);
    const leases = await open();
    const clock = testClock();
    const gateway = gatewayOver({ service, leases, clock });
    return { service, leases, clock, gateway, get: getter(gateway) };
  }

  it('what was done and answered with a 429 is found, and is the one that was created', async () => {
    const { service, get } = await stage();
    service.creates((store) => {
      store();
      return Promise.resolve(failed(TOO_MUCH));
    });

    const outcome = await get();

    expect(outcome).toMatchObject({ ok: true, value: { created: true } });
    expect(service.rows).toHaveLength(1);
    expect(service.seen()).toBe(1);
  });

  it('what was not done and answered with a 429 is told so once it is sure, and stands in nobody’s way', async () => {
    const { service, leases } = await stage({ deadlineMs: 1000, replyDeadlineMs: 1000 });
    service.creates(() => Promise.resolve(failed(TOO_MUCH)));
    const get = getter(gatewayOver({ service, leases, clock: fast() }));

    const refused = await get();
    service.creates((store) => Promise.resolve(success(store())));
    const again = await get();

    const { doubtful: _doubtful, ...sure } = TOO_MUCH;
    expect(refused).toEqual({ ok: false, failure: sure });
    expect(again).toMatchObject({ ok: true, value: { created: true } });
    expect(service.rows).toHaveLength(1);
  });

  it('a create whose answer was lost is waited for, by its caller and by others, and none is made beside it', async () => {
    const { service, clock, get } = await stage();
    let store = (): unknown => undefined;
    service.creates((later) => {
      store = later;
      return Promise.resolve(failed(LOST));
    });

    const its = await get();
    const others = await get();
    store();
    clock.pass(1000);
    const last = await get();

    expect([its, others]).toMatchObject([
      { ok: false, failure: { kind: 'outcome-unknown' } },
      { ok: false, failure: { kind: 'outcome-unknown' } },
    ]);
    expect(last).toMatchObject({ ok: true, value: { created: false } });
    expect(service.seen()).toBe(1);
  });

  it('a create whose answer was lost is looked for a few times, however many wait for it', async () => {
    const { service, leases } = await stage({ deadlineMs: 1000, replyDeadlineMs: 1000 });
    service.creates(() => Promise.resolve(failed(LOST)));
    let pages = 0;
    service.beforePage(() => {
      pages += 1;
    });
    const gateways = [1, 2].map(() => getter(gatewayOver({ service, leases, clock: Date.now })));

    await Promise.all(gateways.flatMap((get) => Array.from({ length: 10 }, () => get())));

    // Without a limit it is some fifteen in these two seconds, for each gateway.
    expect(pages).toBeGreaterThan(3);
    expect(pages).toBeLessThan(20);
  });

  it('a create that never shows counts as never made after a quarter of an hour, and not before', async () => {
    const { service, clock, get } = await stage();
    service.creates(() => Promise.resolve(failed(LOST)));
    await get();
    service.creates((store) => Promise.resolve(success(store())));

    clock.pass(14 * 60_000);
    const early = await get();
    clock.pass(2 * 60_000);
    const late = await get();

    expect(early).toMatchObject({ ok: false, failure: { kind: 'outcome-unknown' } });
    expect(late).toMatchObject({ ok: true, value: { created: true } });
    expect(service.rows).toHaveLength(1);
  });

  it('a refusal leaves nothing to wait for', async () => {
    const { service, leases, get } = await stage();
    const refusal: Failure = { kind: 'refused', provider: PROVIDER, code: null, said: 'no' };
    service.creates(() => Promise.resolve(failed(refusal)));

    expect(await get()).toEqual({ ok: false, failure: refusal });
    service.creates((store) => Promise.resolve(success(store())));
    expect(await get()).toMatchObject({ ok: true, value: { created: true } });
    expect(await notesOf(leases)).toEqual({ made: expect.stringContaining('made-0') });
  });

  it('one that was left without its tags is finished by whoever comes next', async () => {
    const { service, get } = await stage({ tagsFollow: true });
    service.creates((store) => {
      store();
      return Promise.resolve(failed(LOST));
    });

    const outcome = await get();

    expect(outcome).toMatchObject({
      ok: true,
      value: { created: true, conversation: { nativeId: 'made-0', tags: ORDER } },
    });
    expect(service.rows).toHaveLength(1);
  });

  it('of two that look alike none is taken for the one that was left without its tags', async () => {
    const { service, get } = await stage({ tagsFollow: true });
    service.creates((store) => {
      store();
      store();
      return Promise.resolve(failed(LOST));
    });

    const outcome = await get();

    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'outcome-unknown' } });
    expect(service.rows.map(({ tags }) => tags)).toEqual([[], []]);
    expect(service.seen()).toBe(1);
  });

  it('one that looked alike before is not touched', async () => {
    const { service, get } = await stage({ tagsFollow: true });
    service.rows.push(rowOf({ ...WANTED, tags: [] }, 0));
    service.creates(() => Promise.resolve(failed(LOST)));

    const outcome = await get();

    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'outcome-unknown' } });
    expect(service.rows.map(({ tags }) => tags)).toEqual([[]]);
  });

  it('one that begins otherwise is not touched', async () => {
    const { service, get } = await stage({ tagsFollow: true });
    service.creates(() => {
      service.rows.unshift(rowOf({ ...WANTED, message: 'Something else.', tags: [] }, 0));
      return Promise.resolve(failed(LOST));
    });

    const outcome = await get();

    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'outcome-unknown' } });
    expect(service.rows.map(({ tags }) => tags)).toEqual([[]]);
  });

  it('one that the list does not show yet is known to the next caller all the same', async () => {
    const { service, get } = await stage();
    service.unlisted.add('made-0');

    const [first, second] = [await get(), await get()];

    expect(first).toMatchObject({ ok: true, value: { created: true } });
    expect(second).toMatchObject({
      ok: true,
      value: { created: false, conversation: { nativeId: 'made-0' } },
    });
    expect(service.seen()).toBe(1);
  });

  it('one that was deleted since is created again', async () => {
    const { service, get } = await stage();
    await get();
    service.rows.length = 0;

    expect(await get()).toMatchObject({ ok: true, value: { created: true } });
  });

  it('an intent that cannot be read stands in the way: another version may be at it', async () => {
    const { service, leases, get } = await stage();
    const hold = await holdOf(leases);
    await hold.note(new Map([['intent', '{"version":"of tomorrow"}']]));
    await hold.release();

    expect(await get()).toMatchObject({ ok: false, failure: { kind: 'outcome-unknown' } });
    expect(service.seen()).toBe(0);
  });

  it('what is written down says nothing of the words', async () => {
    const { service, leases, get } = await stage();
    service.creates(() => Promise.resolve(failed(LOST)));
    await get();

    const notes = JSON.stringify(await notesOf(leases));

    expect(notes).toContain('4711');
    expect(notes).not.toMatch(/import/);
  });

  it('whoever asks for another one does not wait', async () => {
    const { service, gateway, get } = await stage({ deadlineMs: 2000, replyDeadlineMs: 2000 });
    let isFirst = true;
    const never = new Promise<never>(() => undefined);
    service.creates((store) => {
      const isHung = isFirst;
      isFirst = false;
      return isHung ? never : Promise.resolve(success(store()));
    });
    void get();
    await expect.poll(() => service.seen()).toBe(1);

    const other = await getter(gateway)({ tags: [{ key: 'order', value: '4712' }] });

    expect(other).toMatchObject({ ok: true, value: { created: true } });
  });

  it('without its memory what is there is found, and nothing is created', async () => {
    const { service, leases, clock } = await stage();
    const get = getter(gatewayOver({ service, leases: outOfReach(leases), clock }));

    const none = await get();
    service.rows.push(rowOf(WANTED, 0));
    const one = await get();

    expect(none).toMatchObject({ ok: false, failure: { kind: 'gateway-unavailable' } });
    expect(one).toMatchObject({ ok: true, value: { created: false } });
    expect(service.seen()).toBe(0);
  });
});

describe('a service that shows no single conversation', () => {
  it('is asked for its list in the place of that', async () => {
    const service = aService();
    const { CONVERSATION_GET } = unableTable('It has a list and no more.');
    const provider = { ...service.provider, can: { ...service.provider.can, CONVERSATION_GET } };
    const get = getter(gatewayOver({ service: { ...service, provider } }));

    const [first, second] = [await get(), await get()];
    service.rows.length = 0;
    const third = await get();

    expect([first, second, third].map((outcome) => outcome.ok && outcome.value.created)).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('a service that shows none by its id, and whose create broke off after it said the id', () => {
  it('is asked for its list too', async () => {
    const service = aService();
    const { CONVERSATION_GET } = unableTable('It has a list and no more.');
    const { can } = service.provider;
    const create = can.CONVERSATION_CREATE;
    if (create.support === 'NONE') throw new Error('it creates none');
    const CONVERSATION_CREATE: typeof create = {
      ...create,
      async does(input) {
        service.rows.push(rowOf(input, 0));
        await input.begun?.('made-0');
        return failed(LOST);
      },
    };
    const provider = {
      ...service.provider,
      can: { ...can, CONVERSATION_GET, CONVERSATION_CREATE },
    };

    const outcome = await getter(gatewayOver({ service: { ...service, provider } }))();

    expect(outcome).toMatchObject({ ok: true, value: { created: true } });
    expect(service.rows).toHaveLength(1);
  });
});

describe('a client that has gone', () => {
  it('has nothing asked for it', async () => {
    const service = aService();
    let pages = 0;
    service.beforePage(() => {
      pages += 1;
    });
    const gone = { ...operation(), signal: AbortSignal.abort() };

    const outcome = await gatewayOver({ service }).getOrCreateConversation(WANTED, gone);

    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
    expect([pages, service.seen()]).toEqual([0, 0]);
  });
});

describe('the search for one that is there', () => {
  it('finds one that moved to the top while the rest was read', async () => {
    const service = aService({ pageSize: 10 });
    for (let index = 0; index < 25; index += 1) service.rows.unshift(plain(index));
    service.rows.push(rowOf(WANTED, -1));
    service.beforePage((at) => {
      const moved = at !== null && Number(at) > 10 ? service.rows.pop() : undefined;
      if (moved) service.rows.unshift({ ...moved, sortedAt: new Date(Date.UTC(2027, 0, 1)) });
      if (moved) service.beforePage(() => undefined);
    });

    const outcome = await getter(gatewayOver({ service }))();

    expect(outcome).toMatchObject({ ok: true, value: { created: false } });
    expect(service.seen()).toBe(0);
  });

  it('misses none though others are deleted while it reads', async () => {
    const service = aService({ pageSize: 10 });
    for (let index = 0; index < 40; index += 1) service.rows.unshift(plain(index));
    service.rows.splice(22, 0, { ...rowOf(WANTED, 0), sortedAt: plain(17.5).sortedAt });
    service.beforePage((at) => {
      // It slips to where was read already, and not to the top.
      if (Number(at) < 18) return;
      service.rows.splice(0, 5);
      service.beforePage(() => undefined);
    });

    const outcome = await getter(gatewayOver({ service }))();

    expect(outcome).toMatchObject({ ok: true, value: { created: false } });
  });

  it('that ends at its bound creates nothing', async () => {
    const service = aService({ pageSize: 10 });
    for (let index = 0; index < 500; index += 1) service.rows.unshift(plain(index));

    const outcome = await getter(gatewayOver({ service }))();

    expect(outcome).toMatchObject({
      ok: false,
      failure: { kind: 'unsupported', verb: 'CONVERSATION_GET_OR_CREATE' },
    });
    expect(service.seen()).toBe(0);
  });
});

function plain(index: number) {
  return rowOf({ contactId: 'grace', tags: [] }, index);
}

function gatewayOver({
  service,
  leases = memoryLeases({ ...PARTS, clock: () => performance.now() }),
  clock = testClock(),
}: {
  readonly service: ReturnType<typeof aService>;
  readonly leases?: Leases;
  readonly clock?: () => number;
}): Gateway {
  const gateway = openGateway({
    providers: [service.provider],
    turnLeases: leases,
    ledger: someLedger(),
    events: anEventLog(),
    cursorSecret: 'a secret of the tests',
    clock,
    log,
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** A clock that goes ten times as fast. */
function fast(): () => number {
  const startMs = performance.now();
  return () => Date.now() + 10 * (performance.now() - startMs);
}

function getter(gateway: Gateway) {
  return async (other: Partial<typeof WANTED> = {}) => {
    const asked = await gateway.getOrCreateConversation({ ...WANTED, ...other }, operation());
    return asked;
  };
}

/** The only lease that these tests take; whoever was told that it takes too long may be at it still. */
async function holdOf(leases: Leases) {
  const taken = await takeTurn(leases, await nameOfLease(), AbortSignal.timeout(5000));
  if (!taken.ok || !taken.value) throw new Error('it is not to be had');
  return taken.value;
}

async function notesOf(leases: Leases): Promise<unknown> {
  const hold = await holdOf(leases);
  const notes = await hold.recall();
  await hold.release();
  return notes.ok ? Object.fromEntries(notes.value) : notes;
}

/** As a gateway asks for it. */
async function nameOfLease(): Promise<string> {
  const names: string[] = [];
  const leases = memoryLeases({ ...PARTS, clock: () => performance.now() });
  const heard: Leases = {
    ...leases,
    take(name) {
      names.push(name);
      return leases.take(name);
    },
  };
  await getter(gatewayOver({ service: aService(), leases: heard }))();
  return names[0] ?? '';
}

function outOfReach(leases: Leases): Leases {
  const gone = failed({ kind: 'gateway-unavailable', because: 'Redis does not answer' });
  return { ...leases, take: () => Promise.resolve(gone) };
}
