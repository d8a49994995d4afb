// A storm of reads and writes through two gateways of one Redis, at services that take less than is asked: hardly a call is
// turned away, every write arrives, and whoever waits too long is told when to come again.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startWorld, type World, type WorldOptions } from '../../emulators/world.ts';
import { secret } from '../../src/config/secret.ts';
import type { Limits } from '../../src/providers/limits.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, listAt } from '../support/answer.ts';
import { ownRedis } from '../support/cluster.ts';
import { idsAt } from '../support/inbox.ts';
import { mutate } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';
import { runningClock } from '../support/running-clock.ts';
import { threadsOf } from '../support/threads.ts';

/** Of a service that has a minute for a window, here in a world in which time runs faster. */
const WINDOW_MS = 600;
const FASTER = 60_000 / WINDOW_MS;
/** Of calls, or of those of the sort that the reads are. */
const LIMIT = 60;

/** Hundreds of clients, two gateways and a service are one process here, and it may not be alone on its machine. */
const BUSY_MS = 60_000;

interface Service extends WorldOptions {
  /** The windows of the ones that only have minutes. */
  readonly isFast?: boolean;
}

const SERVICES: Readonly<Record<AccountName, Service>> = {
  website: { botpress: { rateLimit: { requests: LIMIT, windowMs: WINDOW_MS, enforced: true } } },
  help: { chatling: { callsPerMinute: LIMIT }, isFast: true },
  assistant: {
    chatbotkit: { ratePerMinute: { poll: LIMIT, message: 40, conversation: 10 } },
    isFast: true,
  },
  support: { stackAuth: { rateLimit: { requests: LIMIT, windowMs: WINDOW_MS } } },
};

describe.each(ACCOUNTS)('a storm of reads and writes at %s', (account) => {
  it(
    'meets one refusal in a window once the limit is known, and no write is lost in it',
    async () => {
      const { world, one, other, write, windowMs } = await knownWorld(account);

      const reading = readings(account, [one, other], 60);
      await expect.poll(() => calls(world, account), PATIENT).toBeGreaterThan(20);
      const written = await Promise.all(
        Array.from({ length: 20 }, (_, index) => write(index % 2 ? one : other, `write ${index}`)),
      );
      const read = await Promise.all(reading);

      expect(written.filter((delivery) => delivery !== 'SENT')).toEqual([]);
      expect(stored(world, account)).toEqual(
        Array.from({ length: 20 }, (_, index) => `write ${index}`).toSorted(),
      );
      expectAllEnded(read);
      expect(read.filter((end) => end === 'read').length).toBeGreaterThan(LIMIT);
      expect(mostIn(refusalsOf(world, account), windowMs)).toBeLessThanOrEqual(1);
    },
    BUSY_MS,
  );
});

describe.each(['website', 'support'] as const)('a storm at %s whose Redis is killed', (account) => {
  it(
    'goes on, each gateway by itself, and with a Redis that has forgotten all',
    async () => {
      const redis = await ownRedis();
      const { world, one, other, windowMs } = await knownWorld(account, redis.url);

      const reading = readings(account, [one, other], 30);
      await expect.poll(() => calls(world, account), PATIENT).toBeGreaterThan(20);
      await redis.kill();
      const alone = readings(account, [one, other], 30);
      expectAllEnded(await Promise.all([...reading, ...alone]));
      await redis.restart();
      const again = readings(account, [one, other], 10);
      const ends = await Promise.all(again);

      expectAllEnded(ends);
      expect(ends).toContain('read');
      // Each knows nothing of the other meanwhile.
      expect(mostIn(refusalsOf(world, account), windowMs)).toBeLessThanOrEqual(2);
    },
    BUSY_MS,
  );
});

describe('what is documented', () => {
  it('is kept to from the start: nobody is turned away, and whoever waits in vain is told at once', async () => {
    const world = await startWorld({ count: 12 });
    onTestFinished(() => world.close());
    const redis = { url: secret(inject('redisUrl')), prefix: `test:${randomUUID()}:` };
    const one = await startParlance({ beside: world, redis, deadlineMs: 20_000 });
    const other = await startParlance({ beside: world, redis, deadlineMs: 20_000 });
    const [conversationId] = (await idsAt(one, 'help')).values();

    const ends = await Promise.all(readings('help', [one, other], 150));
    const written = await mutate(one, 'sendMessage', { conversationId, text: 'write on' });

    expect(new Set(ends)).toEqual(new Set(['read', 'told when']));
    expect(written).toMatchObject({ __typename: 'SendMessagePayload', delivery: 'SENT' });
    expect(refusalsOf(world, 'help')).toEqual([]);
  });
});

describe('the health of a provider', () => {
  it('says what its service still takes, once that was heard', async () => {
    const rateLimit = { requests: 40, windowMs: 60_000, enforced: true };
    const parlance = await startParlance({ botpress: { rateLimit } });
    const before = await healthOf(parlance, 'website');

    await Promise.all(readings('website', [parlance], 5));

    expect(before).toMatchObject({ rateLimit: null });
    await expect
      .poll(() => healthOf(parlance, 'website'))
      .toMatchObject({ rateLimit: { limit: 40, remaining: 35, restsUntil: null } });
    const { resetsAt } = Object(at(await healthOf(parlance, 'website'), 'rateLimit'));
    expect(Date.parse(resetsAt)).toBeGreaterThan(Date.now());
  });

  it('says until when it rests, and so does whoever is turned away meanwhile', async () => {
    const parlance = await startParlance();
    const { stackAuth } = parlance.world;
    await Promise.all(readings('support', [parlance], 1));
    stackAuth.inject({ kind: 'status', status: 429, retryAfter: 30, times: 1 });

    const ends = await Promise.all(readings('support', [parlance], 1));
    const asked = stackAuth.journal.length;
    const more = await Promise.all(readings('support', [parlance], 20));

    expect([...ends, ...more]).toEqual(Array.from({ length: 21 }, () => 'told when'));
    expect(stackAuth.journal.length).toBe(asked);
    const { restsUntil } = Object(at(await healthOf(parlance, 'support'), 'rateLimit'));
    expect(Math.abs(Date.parse(restsUntil) - Date.now() - 30_000)).toBeLessThan(8000);
  });
});

/** With an answer, or a time to come again; but for what was under way when its deadline came. */
function expectAllEnded(ends: readonly unknown[]): void {
  expect(ends.filter((end) => typeof end !== 'string')).toEqual([]);
  expect(ends.filter((end) => end === 'too late').length).toBeLessThanOrEqual(2 * PLACES);
}

/** How long a busy machine may take. */
const PATIENT = { timeout: 15_000 };

function calls(world: World, account: AccountName): number {
  return emulatorOf(world, account).journal.length;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Of each gateway at an account. */
const PLACES = 16;

function refusalsOf(world: World, account: AccountName): readonly number[] {
  return emulatorOf(world, account).journal.flatMap(({ status, time }) =>
    status === 429 ? [Date.parse(time)] : [],
  );
}

async function healthOf({ ask }: TestParlance, name: string): Promise<unknown> {
  const { data } = await ask(HEALTH, { name });
  return at(data, 'provider.health');
}

const HEALTH = `query ($name: String!) {
  provider(name: $name) { health { state rateLimit { limit remaining resetsAt restsUntil } } }
}`;

/** Two gateways that have heard what the service takes, in a window of which nothing was asked yet. */
async function knownWorld(account: AccountName, redisUrl = inject('redisUrl')) {
  const { isFast = false, ...options } = SERVICES[account];
  const { clock, stop, go } = runningClock(isFast ? FASTER : 1);
  const world = await startWorld({ count: 12, ...options, clock });
  onTestFinished(() => world.close());
  const gateway = {
    beside: world,
    redis: { url: secret(redisUrl), prefix: `test:${randomUUID()}:` },
    deadlineMs: 15_000,
    replyDeadlineMs: 15_000,
    limitsOf: (documented: Limits) =>
      documented.windowMs === null ? documented : { ...documented, windowMs: WINDOW_MS },
  };
  const one = await startParlance(gateway);
  const other = await startParlance(gateway);
  const ids = [...(await idsAt(one, account)).values()];
  // However slow the machine: in a window that does not end the limit is met.
  stop();
  const learning = readings(account, [one, other], LIMIT / 2 + 5);
  const isKnown = () => account === 'website' || refusalsOf(world, account).length > 0;
  await expect.poll(isKnown, PATIENT).toBe(true);
  // By the clock of the world, as everything of it.
  const windowMs = isFast ? 60_000 : WINDOW_MS;
  go(windowMs);
  await Promise.all(learning);
  emulatorOf(world, account).forget();
  let next = 0;
  return {
    world,
    one,
    other,
    windowMs,
    /** As a client does: whoever is told to come again does so, under the same key. */
    async write(through: TestParlance, text: string): Promise<unknown> {
      const conversationId = ids[next % ids.length];
      next += 1;
      for (;;) {
        const answer = await mutate(through, 'sendMessage', {
          conversationId,
          text,
          idempotencyKey: text,
        });
        const retryAt = at(answer, 'retryAt');
        const isTold = at(answer, '__typename') === 'RateLimitedError';
        if (at(answer, 'delivery') !== 'UNKNOWN' && !isTold)
          return at(answer, 'delivery') ?? answer;
        const waitMs = Date.parse(String(retryAt)) - Date.now();
        // What is a minute there is shorter in this world.
        await pause(isTold ? Math.min(waitMs, isFast ? WINDOW_MS : waitMs) : 100);
      }
    },
  };
}

/** What became of each: `read`, `told when`, `too late`, or what was said instead. */
function readings(
  account: AccountName,
  gateways: readonly TestParlance[],
  each: number,
): Promise<unknown>[] {
  return gateways.flatMap((gateway) =>
    Array.from({ length: each }, async () => {
      const { data } = await gateway.ask(READ, { account });
      const [source] = listAt(data, 'conversations.sources');
      if (at(source, 'status') === 'FRESH') return 'read';
      if (typeof at(source, 'error.retryAt') === 'string') return 'told when';
      return at(source, 'error.__typename') === 'ProviderUnavailableError' ? 'too late' : source;
    }),
  );
}

const READ = `query ($account: String!) {
  conversations(first: 3, filter: { providers: [$account] }) {
    nodes { nativeId }
    sources { status error { __typename message ... on RateLimitedError { retryAt } } }
  }
}`;

function stored(world: World, account: AccountName): readonly string[] {
  return [...threadsOf(world, account).values()]
    .flat()
    .flatMap(({ text }) => (text?.startsWith('write ') ? [text] : []))
    .toSorted();
}

function mostIn(times: readonly number[], windowMs: number): number {
  return Math.max(
    0,
    ...times.map((from) => times.filter((time) => time >= from && time < from + windowMs).length),
  );
}
