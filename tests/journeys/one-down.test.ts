// One account out for a minute while it is asked all the time: its callers are told at once, it is hardly asked, nobody else
// notices, and it is back with the first try after it is.

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../emulators/emulator.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, textAt } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { testClock } from '../support/clock.ts';
import { type InboxPage, inboxPage } from '../support/inbox.ts';
import { mutate } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';
import { watchStores, writes } from '../support/stores.ts';

/** Long enough for the others on a machine that is busy. */
const DEADLINE_MS = 3000;
/** And where each try takes all of it. */
const HANG_MS = 1000;
/** For the gateway's own work after the deadline: a bound, not a measure. */
const MARGIN_MS = 2000;
const AT_ONCE = 3;
/** Between two times that many ask. */
const STEP_S = 2;
/** Three at once may each be sent three times before it is known; then one after 1, 2, 4, 8 and each 15 seconds, or a little before. */
const MOST_TRIES = 9 + 9;
const LONGEST_PAUSE_MS = 15_000;

const FAULTS: readonly Fault[] = [{ kind: 'cut' }, { kind: 'status', status: 503 }];

const CASES = [
  ...ACCOUNTS.flatMap((account) =>
    FAULTS.map((fault) => [account, fault.status ?? fault.kind, fault] as const),
  ),
  // Each of its tries takes a whole deadline.
  ['website', 'hang', { kind: 'hang' }] as const,
  ['support', 'hang', { kind: 'hang' }] as const,
];

describe('a minute under load', () => {
  it.each(CASES)('with %s out (%s)', async (account, _, fault) => {
    const { parlance, pass } = await startLoaded(fault.kind === 'hang' ? HANG_MS : DEADLINE_MS);
    const emulator = emulatorOf(parlance.world, account);
    emulator.inject(fault);
    emulator.forget();
    const slowest: number[] = [];
    const statuses = new Set<string>();

    let halfway = 0;
    for (let second = 0; second < 60; second += STEP_S) {
      if (second === 30) halfway = emulator.journal.length;
      const asked = await Promise.all(Array.from({ length: AT_ONCE }, () => timed(parlance)));
      slowest.push(...asked.map(({ ms }) => ms));
      for (const { page } of asked) for (const told of toldIn(page)) statuses.add(told);
      pass(STEP_S * 1000);
    }

    expect(Math.max(...slowest)).toBeLessThan(DEADLINE_MS + MARGIN_MS);
    expect([...statuses].toSorted()).toEqual(
      ACCOUNTS.map((name) => `${name} ${name === account ? 'FAILED' : 'FRESH'}`).toSorted(),
    );
    expect(emulator.journal.length).toBeLessThanOrEqual(MOST_TRIES);
    expect(emulator.journal.length - halfway).toBeLessThanOrEqual(4);
    for (const other of ACCOUNTS.filter((name) => name !== account)) {
      expect(emulatorOf(parlance.world, other).journal.length).toBeGreaterThanOrEqual(
        (60 / STEP_S) * AT_ONCE,
      );
    }

    emulator.heal();
    emulator.forget();
    pass(LONGEST_PAUSE_MS);
    const [first] = toldIn(await inboxPage(parlance, { first: 20 }), account);
    const tries = emulator.journal.length;
    const after = await Promise.all(
      Array.from({ length: AT_ONCE }, () => inboxPage(parlance, { first: 20 })),
    );

    expect([first, tries]).toEqual([`${account} FRESH`, 1]);
    const missing = after.flatMap(({ sources }) => sources.flatMap(({ error }) => error ?? []));
    expect(missing).toEqual([]);
    expect(await healthOf(parlance, account)).toMatchObject({ state: 'UP', retryAt: null });
  });
});

describe('while an account is left in peace', () => {
  it.each(ACCOUNTS)(
    'whoever asks %s is told so and until when, and nothing is sent',
    async (account) => {
      const { parlance, pass } = await startLoaded();
      const conversationId = standingAt(parlance.world, account);
      const emulator = emulatorOf(parlance.world, account);
      const changes = watchStores(parlance.world);
      emulator.inject({ kind: 'cut' });
      await Promise.all(Array.from({ length: 4 }, () => inboxPage(parlance, { first: 20 })));
      emulator.forget();

      const written = await mutate(parlance, 'sendMessage', { conversationId, text: 'Any news?' });
      const page = await inboxPage(parlance, { first: 20 });
      const health = await healthOf(parlance, account);

      const retryAt = textAt(health, 'retryAt');
      const message = expect.stringMatching(
        new RegExp(
          `^${account} cannot be had: it failed too often .* nothing was sent.*${retryAt}`,
        ),
      );
      expect(health).toMatchObject({ state: 'DOWN' });
      expect(written).toMatchObject({ __typename: 'ProviderUnavailableError', message });
      expect(page.sources.find(({ name }) => name === account)?.error).toMatchObject({
        __typename: 'ProviderUnavailableError',
        retryAt,
        message,
      });
      expect(emulator.journal).toEqual([]);
      expect(changes()).toEqual({});

      emulator.heal();
      pass(Date.parse(retryAt) - parlance.now());
      const sent = await mutate(parlance, 'sendMessage', { conversationId, text: 'Any news?' });
      expect(sent).toMatchObject({ delivery: 'SENT' });
      expect(writes(parlance.world, account)).toHaveLength(1);
    },
  );
});

/** Under a clock that only passes when told; whoever needs a token has one. */
async function startLoaded(deadlineMs = DEADLINE_MS) {
  const clock = testClock();
  const parlance = await startParlance({ count: 2, clock, deadlineMs });
  await inboxPage(parlance, { first: 20 });
  return { parlance: { ...parlance, now: () => clock() }, pass: clock.pass };
}

async function timed(parlance: TestParlance) {
  const began = performance.now();
  const page = await inboxPage(parlance, { first: 20 });
  return { page, ms: performance.now() - began };
}

function toldIn({ sources }: InboxPage, account?: AccountName): string[] {
  return sources
    .filter(({ name }) => account === undefined || name === account)
    .map(({ name, status }) => `${name} ${status}`);
}

async function healthOf({ ask }: TestParlance, name: AccountName): Promise<unknown> {
  const { data } = await ask(
    'query ($name: String!) { provider(name: $name) { health { state retryAt } } }',
    { name },
  );
  return at(data, 'provider.health');
}
