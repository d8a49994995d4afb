// How a provider is doing, as a client and whoever watches over the process are told.

import { describe, expect, it } from 'vitest';
import { BREAKER_TIMES } from '../../src/providers/breaker.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, textAt } from '../support/answer.ts';
import { inboxPage } from '../support/inbox.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

const STARTED_MS = Date.UTC(2026, 4, 4, 9, 30);
const MINUTE_MS = 60_000;

describe.each(ACCOUNTS)('the health of %s', (account) => {
  it('is UP from the start and after every answer', async () => {
    const { parlance } = await startWatched();
    const before = await healthOf(parlance, account);
    await inboxPage(parlance, { first: 20 });

    const after = await healthOf(parlance, account);

    const well = { state: 'UP', since: iso(STARTED_MS), lastError: null, retryAt: null };
    expect(before).toEqual(well);
    expect(after).toEqual(well);
  });

  it.each(['status', 'cut', 'malformed'] as const)(
    'turns DOWN by %s, says since when and why, and comes back UP',
    async (kind) => {
      const { parlance, pass } = await startWatched();
      const emulator = emulatorOf(parlance.world, account);
      await inboxPage(parlance, { first: 5 });
      emulator.inject({ kind, ...(kind === 'status' ? { status: 500 } : {}) });

      pass(MINUTE_MS);
      await inboxPage(parlance, { first: 5 });
      const down = await healthOf(parlance, account);
      pass(MINUTE_MS);
      await inboxPage(parlance, { first: 5 });
      const stillDown = await healthOf(parlance, account);
      emulator.heal();
      pass(MINUTE_MS);
      const unasked = await healthOf(parlance, account);
      await inboxPage(parlance, { first: 5 });
      const up = await healthOf(parlance, account);

      expect(down).toMatchObject({
        state: 'DOWN',
        since: iso(STARTED_MS + MINUTE_MS),
        lastError: { __typename: 'ProviderUnavailableError', code: 'PROVIDER_UNAVAILABLE' },
      });
      expect(textAt(down, 'lastError.message')).toMatch(new RegExp(`^${account} cannot be had: `));
      expect(stillDown).toMatchObject({ state: 'DOWN', since: iso(STARTED_MS + MINUTE_MS) });
      // Nobody asked it anything since: what is not known is not said.
      expect(unasked).toMatchObject({ state: 'DOWN' });
      expect(up).toMatchObject({
        state: 'UP',
        since: iso(STARTED_MS + 3 * MINUTE_MS),
        lastError: { code: 'PROVIDER_UNAVAILABLE' },
        retryAt: null,
      });
    },
  );

  it('turns DOWN when it does not answer in time', async () => {
    const { parlance } = await startWatched({ deadlineMs: 300 });
    emulatorOf(parlance.world, account).inject({ kind: 'hang' });

    await inboxPage(parlance, { first: 5 });

    expect(await healthOf(parlance, account)).toMatchObject({ state: 'DOWN' });
  });

  it('says when it is tried again, once it has failed so often that it is left in peace', async () => {
    const { parlance } = await startWatched();
    emulatorOf(parlance.world, account).inject({ kind: 'status', status: 500 });
    const failing = () => inboxPage(parlance, { first: 5, filter: { providers: [account] } });
    for (let times = 1; times < BREAKER_TIMES.failures; times += 1) await failing();
    const before = await healthOf(parlance, account);

    const [source] = (await failing()).sources;

    const health = await healthOf(parlance, account);
    const waitMs = Date.parse(textAt(health, 'retryAt')) - STARTED_MS;
    expect(before).toMatchObject({ state: 'DOWN', retryAt: null });
    expect(health).toMatchObject({ state: 'DOWN' });
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(BREAKER_TIMES.firstMs);
    expect(source?.error).toMatchObject({
      message: expect.stringMatching(/HTTP 500.*Try again after/),
    });
  });

  it('is DEGRADED while it answers and turns the gateway away, and says until when', async () => {
    const { parlance } = await startWatched();
    emulatorOf(parlance.world, account).inject({ kind: 'status', status: 429, retryAfter: 30 });

    await inboxPage(parlance, { first: 5 });

    expect(await healthOf(parlance, account)).toMatchObject({
      state: 'DEGRADED',
      lastError: { __typename: 'RateLimitedError', code: 'RATE_LIMITED' },
      retryAt: iso(STARTED_MS + 30_000),
    });
    expect(await readiness(parlance)).toEqual({ status: 200, body: { status: 'ready' } });
  });

  it('stays UP where it says that there is no such thing', async () => {
    const { parlance } = await startWatched();
    const page = await inboxPage(parlance, { first: 100 });
    const id = page.rows.find(({ key }) => key.startsWith(`${account}/`))?.id ?? '';
    const [type = '', name = '', nativeId = ''] = Buffer.from(id, 'base64url')
      .toString()
      .split(':');
    const gone = [type, name, `${nativeId.slice(0, -1)}${nativeId.endsWith('0') ? '1' : '0'}`];

    const { errors } = await parlance.ask('query ($id: ID!) { conversation(id: $id) { id } }', {
      id: Buffer.from(gone.join(':')).toString('base64url'),
    });

    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(await healthOf(parlance, account)).toMatchObject({ state: 'UP', lastError: null });
  });

  it('costs no call to ask for', async () => {
    const { parlance } = await startWatched();

    await healthOf(parlance, account);

    expect(emulatorOf(parlance.world, account).journal).toEqual([]);
  });

  it('shows in /readyz, which stays 200', async () => {
    const { parlance } = await startWatched();
    const emulator = emulatorOf(parlance.world, account);
    await inboxPage(parlance, { first: 5 });
    const before = await readiness(parlance);
    emulator.inject({ kind: 'cut' });
    await inboxPage(parlance, { first: 5 });

    const during = await readiness(parlance);

    emulator.heal();
    await inboxPage(parlance, { first: 5 });
    const after = await readiness(parlance);
    expect(before).toEqual({ status: 200, body: { status: 'ready' } });
    expect(during).toMatchObject({
      status: 200,
      body: { status: 'ready', degraded: ['1 of 4 providers'], out: [{ name: account }] },
    });
    expect(after).toEqual(before);
  });

  it('is DEGRADED where the gateway’s own credential is refused, and says whose work it is', async () => {
    const { parlance } = await startWatched();
    // What the service says of a token it does not know, whatever it is asked.
    emulatorOf(parlance.world, account).inject({ kind: 'status', status: 401 });

    const page = await inboxPage(parlance, { first: 5 });

    const error = page.sources.find(({ name }) => name === account)?.error;
    expect(error).toMatchObject({ __typename: 'ProviderAuthError', code: 'PROVIDER_AUTH' });
    expect(textAt(error, 'message')).toMatch(/Its operator must renew it in the config\.$/);
    expect(await healthOf(parlance, account)).toMatchObject({ state: 'DEGRADED' });
  });
});

describe('/readyz', () => {
  it('names every provider that is out', async () => {
    const { parlance } = await startWatched();
    for (const account of ACCOUNTS) emulatorOf(parlance.world, account).inject({ kind: 'cut' });

    await inboxPage(parlance, { first: 5 });

    expect(await readiness(parlance)).toMatchObject({
      status: 200,
      body: {
        status: 'ready',
        degraded: ['4 of 4 providers'],
        out: ACCOUNTS.map((name) => ({ name })),
      },
    });
  });
});

/** Under a clock that only passes when told. */
async function startWatched({ deadlineMs }: { readonly deadlineMs?: number } = {}) {
  let nowMs = STARTED_MS;
  const parlance = await startParlance({
    count: 2,
    clock: () => nowMs,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  return {
    parlance,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

async function healthOf({ ask }: TestParlance, name: AccountName): Promise<unknown> {
  const { data } = await ask(
    `query ($name: String!) {
      provider(name: $name) {
        health { state since lastError { __typename message code } retryAt }
      }
    }`,
    { name },
  );
  return at(data, 'provider.health');
}

async function readiness({ url }: TestParlance) {
  const answer = await fetch(`${url}/readyz`);
  const body: unknown = await answer.json();
  return { status: answer.status, body };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
