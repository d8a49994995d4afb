import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { failed, type Outcome, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import {
  gatewayOver,
  handMade,
  idsOn,
  list,
  NEWEST_MS,
  rowsOf,
  walk,
  withoutList,
} from './hand-made.ts';

/** For the gateway's own work after a deadline, on a machine that is busy: a bound, not a measure. */
const MARGIN_MS = 2000;

describe('a page', () => {
  it('asks every provider once, for a few rows more than are wanted', async () => {
    const one = handMade({ name: 'one', rows: rowsOf('one', 50) });
    const other = handMade({ name: 'other', rows: rowsOf('other', 50) });
    const { gateway } = gatewayOver([one.provider, other.provider]);

    const page = await list(gateway, { first: 10 });

    expect(page.edges).toHaveLength(10);
    for (const { asked } of [one, other]) {
      expect(asked).toEqual([{ filter: {}, at: null, size: expect.any(Number) }]);
      expect(asked[0]?.size).toBeGreaterThan(10);
      expect(asked[0]?.size).toBeLessThanOrEqual(15);
    }
  });

  it('names every provider in the order of the config, and when it was had', async () => {
    const { gateway } = gatewayOver(
      ['zebra', 'aardvark', 'mole'].map((name) => handMade({ name }).provider),
      () => NEWEST_MS,
    );

    const page = await list(gateway, {});

    expect(page.sources).toEqual(
      ['zebra', 'aardvark', 'mole'].map((provider) => ({
        provider,
        status: 'FRESH',
        fetchedAt: new Date(NEWEST_MS),
        scanned: null,
        failure: null,
      })),
    );
  });

  it('says of a provider whose end an earlier page had reached that it was not asked', async () => {
    const short = handMade({ name: 'short', rows: rowsOf('short', 1) });
    const long = handMade({ name: 'long', rows: rowsOf('long', 50) });
    const { gateway } = gatewayOver([short.provider, long.provider], () => NEWEST_MS);
    const first = await list(gateway, { first: 5 });

    const second = await list(gateway, { first: 5, after: first.endCursor() });

    expect(short.asked).toHaveLength(1);
    expect(second.sources).toMatchObject([
      { provider: 'short', status: 'FRESH', fetchedAt: null },
      { provider: 'long', status: 'FRESH', fetchedAt: new Date(NEWEST_MS) },
    ]);
  });

  it('leaves out a provider that has no list', async () => {
    const { gateway } = gatewayOver([
      withoutList('mute'),
      handMade({ name: 'one', rows: rowsOf('one', 3) }).provider,
    ]);

    const page = await list(gateway, { first: 10 });

    expect(page.edges).toHaveLength(3);
    expect(page.hasNext).toBe(false);
    expect(page.sources).toMatchObject([
      { provider: 'mute', status: 'SKIPPED', fetchedAt: null, failure: null },
      { provider: 'one', status: 'FRESH' },
    ]);
  });

  it('takes rows of two providers in turn by their times', async () => {
    const { gateway } = gatewayOver([
      handMade({ name: 'one', rows: rowsOf('one', 4) }).provider,
      handMade({
        name: 'other',
        rows: rowsOf('other', 4, (index) => ({
          sortedAt: new Date(NEWEST_MS - 500 - index * 2000),
        })),
      }).provider,
    ]);

    const page = await list(gateway, { first: 8 });

    expect(idsOn(page)).toEqual([
      'one-0',
      'other-0',
      'one-1',
      'one-2',
      'other-1',
      'one-3',
      'other-2',
      'other-3',
    ]);
  });
});

describe('a deadline', () => {
  it('is all that a provider which never answers costs', async () => {
    const silent = handMade({ name: 'silent', deadlineMs: 150, answers: never });
    const one = handMade({ name: 'one', rows: rowsOf('one', 3) });
    const { gateway } = gatewayOver([silent.provider, one.provider]);
    const began = performance.now();

    const page = await list(gateway, { first: 10 });

    expect(performance.now() - began).toBeLessThan(150 + MARGIN_MS);
    expect(idsOn(page)).toEqual(['one-0', 'one-1', 'one-2']);
    expect(page.sources).toMatchObject([
      {
        provider: 'silent',
        status: 'FAILED',
        fetchedAt: null,
        failure: {
          kind: 'unavailable',
          provider: 'silent',
          because: 'it did not answer within the deadline',
        },
      },
      { provider: 'one', status: 'FRESH' },
    ]);
    expect(page.hasNext).toBe(true);
    expect(page.endCursor()).not.toBeNull();
  });

  it('is each provider’s own', async () => {
    const hasty = handMade({ name: 'hasty', deadlineMs: 50, answers: after(400) });
    const patient = handMade({ name: 'patient', deadlineMs: 10_000, answers: after(400) });
    const { gateway } = gatewayOver([hasty.provider, patient.provider]);

    const page = await list(gateway, { first: 10 });

    expect(page.sources.map(({ status }) => status)).toEqual(['FAILED', 'FRESH']);
  });

  it('is one for all the pages of a provider, however soon each of them came', async () => {
    const rows = rowsOf('slow', 100);
    const slow = handMade({
      name: 'slow',
      deadlineMs: 300,
      answers: async ({ at: from }) => {
        await pause(100);
        const place = Number(from ?? 0);
        return success({ items: rows.slice(place, place + 2), next: String(place + 2) });
      },
    });
    const { gateway } = gatewayOver([slow.provider]);
    const began = performance.now();

    const page = await list(gateway, { first: 90 });

    expect(performance.now() - began).toBeLessThan(300 + MARGIN_MS);
    expect(page.sources).toMatchObject([{ status: 'FAILED' }]);
    expect(page.edges.length).toBeLessThan(20);
    expect(page.hasNext).toBe(true);
  });

  it('reaches the provider as a signal', async () => {
    const silent = handMade({ name: 'silent', deadlineMs: 60, answers: never });
    const { gateway } = gatewayOver([silent.provider]);

    await list(gateway, {});

    expect(silent.signal()?.aborted).toBe(true);
  });

  it('is not waited for once the answer is there, so that nothing is kept until it passes', async () => {
    const one = handMade({ name: 'one', deadlineMs: 60_000, rows: rowsOf('one', 3) });
    const { gateway } = gatewayOver([one.provider]);

    await list(gateway, {});

    const signal = one.signal();
    expect(signal && getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not outlast the client', async () => {
    const gone = new AbortController();
    const silent = handMade({
      name: 'silent',
      deadlineMs: 60_000,
      answers: (asked, call) => {
        gone.abort();
        return never(asked, call);
      },
    });
    const { gateway } = gatewayOver([silent.provider]);
    const began = performance.now();

    await gateway.listConversations(
      { first: 5, after: null, filter: {} },
      { signal: gone.signal, reads: new Map() },
    );

    expect(performance.now() - began).toBeLessThan(MARGIN_MS);
    expect(silent.signal()?.aborted).toBe(true);
    // Who left says nothing about whoever did not answer yet.
    expect(gateway.health(silent.provider.name).state).toBe('UP');
  });
});

describe('a provider that fails', () => {
  const gone = {
    kind: 'unavailable',
    provider: providerName('bad'),
    because: 'it is away',
    retryAt: null,
  } as const;

  it('is named with its failure, and its health says so', async () => {
    const bad = handMade({ name: 'bad', answers: async () => failed(gone) });
    const { gateway } = gatewayOver([bad.provider, handMade({ name: 'one' }).provider]);

    const page = await list(gateway, {});

    expect(page.sources).toMatchObject([{ status: 'FAILED', failure: gone }, { status: 'FRESH' }]);
    expect(gateway.health(bad.provider.name)).toMatchObject({ state: 'DOWN', lastFailure: gone });
  });

  it('by throwing is silent to the client, logged whole, and takes nobody along', async () => {
    const bug = new Error('a bug of its own');
    const bad = handMade({
      name: 'bad',
      answers: async () => {
        throw bug;
      },
    });
    const one = handMade({ name: 'one', rows: rowsOf('one', 2) });
    const { gateway, logged } = gatewayOver([bad.provider, one.provider]);

    const page = await list(gateway, { first: 10 });

    expect(idsOn(page)).toEqual(['one-0', 'one-1']);
    expect(page.sources[0]).toMatchObject({ status: 'FAILED', failure: { kind: 'unavailable' } });
    expect(JSON.stringify(page.sources)).not.toContain('a bug of its own');
    expect(logged).toMatchObject([
      { level: 'error', fields: { provider: 'bad', verb: 'CONVERSATION_LIST', err: bug } },
    ]);
  });

  it('in the middle of a page keeps what it gave, and goes on from there', async () => {
    const rows = rowsOf('bad', 8);
    let failing = true;
    const bad = handMade({
      name: 'bad',
      answers: async ({ at: from }) => {
        const place = Number(from ?? 0);
        if (failing && place > 0) return failed(gone);
        const items = rows.slice(place, place + 3);
        const end = place + items.length;
        return success({ items, next: end < rows.length ? String(end) : null });
      },
    });
    const { gateway } = gatewayOver([bad.provider]);

    const first = await list(gateway, { first: 10 });
    failing = false;
    const pages = await walk(gateway, { first: 10, after: first.endCursor() });

    expect(idsOn(first)).toEqual(['bad-0', 'bad-1', 'bad-2']);
    expect(first.sources).toMatchObject([{ status: 'FAILED' }]);
    expect(pages.flatMap(idsOn)).toEqual(['bad-3', 'bad-4', 'bad-5', 'bad-6', 'bad-7']);
  });
});

/** Not even when its time is up. */
function never(..._asked: unknown[]): Promise<never> {
  return new Promise(() => undefined);
}

function after(ms: number) {
  return async (): Promise<Outcome<{ items: never[]; next: null }>> => {
    await pause(ms);
    return success({ items: [], next: null });
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
