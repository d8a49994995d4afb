// A provider that is silent or talks nonsense costs its own rows, for as long as it does, and nothing else.

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../emulators/emulator.ts';
import { ACCOUNTS, emulatorOf } from '../support/accounts.ts';
import { at, textAt } from '../support/answer.ts';
import { inboxPage, keysOf, standing, walkInbox } from '../support/inbox.ts';
import { startParlance } from '../support/parlance.ts';

/** Long enough for the others on a machine that is busy. */
const DEADLINE_MS = 1200;
/** For the gateway's own work after the deadline: a bound, not a measure. */
const MARGIN_MS = 3000;

const FAULTS: readonly (Fault & { readonly because: RegExp })[] = [
  { kind: 'hang', because: /deadline/ },
  { kind: 'status', status: 500, because: /answered HTTP 500/ },
  { kind: 'cut', because: /the connection broke/ },
  { kind: 'malformed', because: /not the JSON it said it was/ },
];

describe.each(ACCOUNTS)('while %s is out', (account) => {
  it.each(FAULTS)('by $kind, the other three are listed in time', async (fault) => {
    const { because, ...injected } = fault;
    const parlance = await startParlance({ count: 4, deadlineMs: DEADLINE_MS });
    const there = [...standing(parlance.world).keys()].filter((key) => !isAt(key, account));
    emulatorOf(parlance.world, account).inject(injected);
    const began = performance.now();

    const page = await inboxPage(parlance, { first: 100 });

    expect(performance.now() - began).toBeLessThan(DEADLINE_MS + MARGIN_MS);
    expect(keysOf([page]).toSorted()).toEqual(there.toSorted());
    expect(page.hasNextPage).toBe(true);
    expect(page.endCursor).not.toBeNull();
    expect(page.sources.map(({ name, status }) => [name, status])).toEqual(
      ACCOUNTS.map((name) => [name, name === account ? 'FAILED' : 'FRESH']),
    );
    const error = page.sources.find(({ name }) => name === account)?.error;
    expect(error).toMatchObject({
      __typename: 'ProviderUnavailableError',
      code: 'PROVIDER_UNAVAILABLE',
      provider: { name: account },
      message: expect.stringMatching(because),
    });
    expect(textAt(error, 'message')).toMatch(new RegExp(`^${account} .*Try again in a moment\\.$`));
    expect(Date.parse(textAt(error, 'since'))).toBeLessThanOrEqual(Date.now());
  });

  it('others are walked to their end, and what it has comes after it returned', async () => {
    const parlance = await startParlance({ count: 9 });
    const all = [...standing(parlance.world).keys()];
    const emulator = emulatorOf(parlance.world, account);
    const first = await inboxPage(parlance, { first: 5 });
    emulator.inject({ kind: 'cut' });
    const shown = [first];

    // Silent for as long as the others have something to show.
    for (let page = first; page.rows.length > 0; ) {
      page = await inboxPage(parlance, { first: 5, after: page.endCursor });
      expect(page.hasNextPage).toBe(true);
      shown.push(page);
    }
    const missing = all.filter((key) => !keysOf(shown).includes(key));
    expect(missing.every((key) => isAt(key, account))).toBe(true);
    emulator.heal();
    const late = await walkInbox(parlance, { first: 5, after: shown.at(-1)?.endCursor ?? null });

    expect(keysOf(late).toSorted()).toEqual(missing.toSorted());
    expect(keysOf([...shown, ...late]).toSorted()).toEqual(all.toSorted());
  });

  it('its rows come at the top of the page after it returned', async () => {
    const parlance = await startParlance({ count: 9 });
    const all = await walkInbox(parlance, { first: 100 });
    const newest = keysOf(all).find((key) => isAt(key, account));
    const emulator = emulatorOf(parlance.world, account);
    emulator.inject({ kind: 'status', status: 503 });
    const without = await inboxPage(parlance, { first: 12 });
    emulator.heal();

    const after = await inboxPage(parlance, { first: 12, after: without.endCursor });

    expect(keysOf([without]).filter((key) => isAt(key, account))).toEqual([]);
    expect(after.rows[0]?.key).toBe(newest);
  });
});

describe('while all four are out', () => {
  it.each(FAULTS)('by $kind, the inbox answers with four failed sources', async (fault) => {
    const { because, ...injected } = fault;
    const parlance = await startParlance({ count: 6, deadlineMs: DEADLINE_MS });
    const all = [...standing(parlance.world).keys()];
    for (const account of ACCOUNTS) emulatorOf(parlance.world, account).inject(injected);

    const page = await inboxPage(parlance, { first: 10 });

    expect(page).toMatchObject({ rows: [], hasNextPage: true });
    expect(page.endCursor).not.toBeNull();
    expect(
      page.sources.map(({ name, status, error }) => [name, status, at(error, 'code')]),
    ).toEqual(ACCOUNTS.map((name) => [name, 'FAILED', 'PROVIDER_UNAVAILABLE']));
    for (const { error } of page.sources) expect(textAt(error, 'message')).toMatch(because);

    for (const account of ACCOUNTS) emulatorOf(parlance.world, account).heal();
    const following = await walkInbox(parlance, { first: 10, after: page.endCursor });
    expect(keysOf(following).toSorted()).toEqual(all.toSorted());
  });

  it('between two pages, the walk goes on from where it was', async () => {
    const parlance = await startParlance({ count: 8, chatling: { sortBy: 'own' } });
    const all = [...standing(parlance.world).keys()];
    const first = await inboxPage(parlance, { first: 9 });
    for (const account of ACCOUNTS) emulatorOf(parlance.world, account).inject({ kind: 'cut' });
    const silent = await inboxPage(parlance, { first: 9, after: first.endCursor });
    const stillSilent = await inboxPage(parlance, { first: 3, after: silent.endCursor });
    for (const account of ACCOUNTS) emulatorOf(parlance.world, account).heal();

    const rest = await walkInbox(parlance, { first: 9, after: stillSilent.endCursor });

    expect(keysOf([silent, stillSilent])).toEqual([]);
    expect(keysOf([first, ...rest]).toSorted()).toEqual(all.toSorted());
  });
});

describe('a provider that fails in the middle of a page', () => {
  it('keeps on the page what it gave before, and the rest comes later, once', async () => {
    const parlance = await startParlance({ count: 12 });
    const { chatling, ...world } = parlance.world;
    const all = [...standing(parlance.world).keys()];
    // Chatling takes several calls for a long page: the first is answered, the others are not.
    const path = `/v2/chatbots/${world.credentials.chatling.chatbotId}/conversations`;
    chatling.inject({ kind: 'delay', ms: 1, times: 1, match: { path } });
    chatling.inject({ kind: 'cut', match: { path } });

    const page = await inboxPage(parlance, { first: 100 });

    expect(keysOf([page]).filter((key) => isAt(key, 'help'))).toHaveLength(5);
    expect(page.sources.find(({ name }) => name === 'help')).toMatchObject({ status: 'FAILED' });
    chatling.heal();
    const following = await walkInbox(parlance, { first: 100, after: page.endCursor });
    expect(keysOf([page, ...following]).toSorted()).toEqual(all.toSorted());
  });
});

describe('a provider that was asked too often', () => {
  it.each(ACCOUNTS)('says until when, where %s does', async (account) => {
    const parlance = await startParlance({ count: 3, clock: () => NOW_MS });
    emulatorOf(parlance.world, account).inject({ kind: 'status', status: 429, retryAfter: 17 });

    const page = await inboxPage(parlance, { first: 100 });

    expect(page.sources.find(({ name }) => name === account)).toMatchObject({
      status: 'FAILED',
      error: {
        __typename: 'RateLimitedError',
        code: 'RATE_LIMITED',
        retryAt: new Date(NOW_MS + 17_000).toISOString(),
        message: expect.stringContaining(new Date(NOW_MS + 17_000).toISOString()),
      },
    });
    expect(page.rows).toHaveLength(9);
    expect(page.hasNextPage).toBe(true);
  });

  it.each(['assistant', 'support'] as const)(
    'says until when it is left in peace where %s says no time',
    async (account) => {
      const parlance = await startParlance({ count: 3, clock: () => NOW_MS });
      emulatorOf(parlance.world, account).inject({ kind: 'status', status: 429 });

      const page = await inboxPage(parlance, { first: 100 });

      const error = page.sources.find(({ name }) => name === account)?.error;
      const retryAt = new Date(textAt(error, 'retryAt'));
      expect(error).toMatchObject({ __typename: 'RateLimitedError' });
      expect(retryAt.getTime()).toBeGreaterThan(NOW_MS);
      expect(retryAt.getTime()).toBeLessThanOrEqual(NOW_MS + 60_000);
      expect(textAt(error, 'message')).toContain(retryAt.toISOString());
    },
  );

  it('says when Botpress’ window ends, which it announces in a header of its own', async () => {
    const parlance = await startParlance({
      count: 3,
      clock: () => NOW_MS,
      botpress: { rateLimit: { requests: 5, windowMs: 9000, enforced: true } },
    });
    parlance.world.botpress.inject({ kind: 'status', status: 429 });

    const page = await inboxPage(parlance, { first: 100 });

    const error = page.sources.find(({ name }) => name === 'website')?.error;
    expect(error).toMatchObject({ __typename: 'RateLimitedError' });
    const waitMs = Date.parse(textAt(error, 'retryAt')) - NOW_MS;
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(9000);
  });

  it('says the minute that Chatling’s window is known to last', async () => {
    const parlance = await startParlance({ count: 3, clock: () => NOW_MS });
    parlance.world.chatling.inject({ kind: 'status', status: 429 });

    const page = await inboxPage(parlance, { first: 100 });

    expect(page.sources.find(({ name }) => name === 'help')?.error).toMatchObject({
      __typename: 'RateLimitedError',
      retryAt: new Date(NOW_MS + 60_000).toISOString(),
    });
  });
});

const NOW_MS = Date.UTC(2026, 4, 4, 9, 30);

function isAt(key: string, account: string): boolean {
  return key.startsWith(`${account}/`);
}
