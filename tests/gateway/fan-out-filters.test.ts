import { describe, expect, it } from 'vitest';
import type { Conversation, FilterField } from '../../src/domain/conversation.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import type { FilterAsked } from '../../src/gateway/lists/pages.ts';
import type { FilterTable } from '../../src/providers/provider.ts';
import {
  gatewayOver,
  handMade,
  idsOn,
  list,
  NEWEST_MS,
  operation,
  rowsOf,
  walk,
} from './hand-made.ts';

describe('a filter', () => {
  const FILTERS: readonly (readonly [FilterField, FilterAsked, Partial<Conversation>])[] = [
    ['channel', { channel: 'email' }, { channel: 'email' }],
    ['contactId', { contactId: 'somebody' }, { contact: contact('somebody') }],
    ['tags', { tags: [{ key: 'plan', value: 'pro' }] }, { tags: [{ key: 'plan', value: 'pro' }] }],
    ['status', { status: ['OPEN', 'PENDING'] }, { status: 'PENDING' }],
    ['archived', { archived: false }, { archived: false }],
    ['important', { important: true }, { important: true }],
    ['createdAfter', { createdAfter: at(0) }, { createdAt: at(0) }],
    ['createdBefore', { createdBefore: at(0) }, { createdAt: at(0) }],
    ['search', { search: 'Parcel' }, { title: 'Where is my parcel?' }],
  ];

  it.each(FILTERS)(
    'by %s is handed to a provider that takes it, and believed',
    async (_, filter) => {
      // Rows that say nothing: whether they match only their provider knows.
      const one = handMade({ name: 'one', rows: rowsOf('one', 3) });
      const { gateway } = gatewayOver([one.provider]);

      const page = await list(gateway, { filter });

      expect(one.asked).toMatchObject([{ filter }]);
      expect(idsOn(page)).toEqual(['one-0', 'one-1', 'one-2']);
      expect(page.sources).toMatchObject([{ status: 'FRESH', scanned: null }]);
    },
  );

  it.each(FILTERS)(
    'by %s is compared row by row for one that does not',
    async (field, filter, met) => {
      const one = handMade({
        name: 'one',
        rows: rowsOf('one', 9, (index) => (index % 4 === 1 ? met : {})),
        filters: { [field]: 'scanned' },
      });
      const { gateway } = gatewayOver([one.provider]);

      const page = await list(gateway, { filter });

      expect(idsOn(page)).toEqual(['one-1', 'one-5']);
      expect(page.hasNext).toBe(false);
      expect(page.sources).toMatchObject([{ status: 'FRESH', scanned: 9 }]);
    },
  );

  it.each(FILTERS)(
    'by %s leaves out, unasked, one that has no such thing',
    async (field, filter) => {
      const lacking = handMade({
        name: 'lacking',
        rows: rowsOf('lacking', 3),
        filters: { [field]: 'lacking' },
      });
      const taking = handMade({ name: 'taking', rows: rowsOf('taking', 2) });
      const { gateway } = gatewayOver([lacking.provider, taking.provider]);

      const page = await list(gateway, { filter });

      expect(lacking.asked).toEqual([]);
      expect(idsOn(page)).toEqual(['taking-0', 'taking-1']);
      expect(page.hasNext).toBe(false);
      expect(page.sources).toMatchObject([
        { provider: 'lacking', status: 'SKIPPED', fetchedAt: null, scanned: null },
        { provider: 'taking', status: 'FRESH' },
      ]);
    },
  );

  it('of several fields compares only those that the provider does not take', async () => {
    const one = handMade({
      name: 'one',
      // None of them says its channel: that one is the provider's to know.
      rows: rowsOf('one', 6, (index) => ({ archived: index < 2 })),
      filters: { archived: 'scanned' },
    });
    const { gateway } = gatewayOver([one.provider]);

    const page = await list(gateway, { filter: { channel: 'email', archived: true } });

    expect(idsOn(page)).toEqual(['one-0', 'one-1']);
    expect(one.asked).toMatchObject([{ filter: { channel: 'email', archived: true } }]);
  });

  it('of several fields leaves out a provider that lacks one of them', async () => {
    const filters: Partial<FilterTable> = { archived: 'scanned', status: 'lacking' };
    const one = handMade({ name: 'one', rows: rowsOf('one', 6), filters });
    const { gateway } = gatewayOver([one.provider]);

    const page = await list(gateway, { filter: { archived: true, status: ['OPEN'] } });

    expect(one.asked).toEqual([]);
    expect(page.sources).toMatchObject([{ status: 'SKIPPED' }]);
    expect(page).toMatchObject({ edges: [], hasNext: false });
    expect(page.endCursor()).toBeNull();
  });

  it('by names leaves the others unasked and unnamed', async () => {
    const made = ['one', 'two', 'three'].map((name) => handMade({ name, rows: rowsOf(name, 2) }));
    const { gateway } = gatewayOver(made.map(({ provider }) => provider));

    const page = await list(gateway, { filter: { providers: ['three', 'one'] } });

    expect(made.map(({ asked }) => asked.length)).toEqual([1, 0, 1]);
    expect(page.sources.map(({ provider }) => provider)).toEqual(['one', 'three']);
  });

  it('by the name of nobody is a mistake that names those there are', async () => {
    const { gateway } = gatewayOver([handMade({ name: 'one' }).provider]);

    const outcome = await gateway.listConversations(
      { first: 5, after: null, filter: { providers: ['one', 'tow'] } },
      operation(),
    );

    expect(outcome).toEqual({
      ok: false,
      failure: {
        kind: 'invalid-input',
        issues: [
          {
            path: 'filter.providers.1',
            message: expect.stringMatching(/'tow'.*one/),
          },
        ],
      },
    });
  });
});

describe('a search through rows that do not match', () => {
  const rare = (every: number) => (index: number) => ({ archived: index % every === every - 1 });

  it('stops after some 300 rows, says so, and the next page looks further', async () => {
    const rows = rowsOf('one', 1000, rare(450));
    const one = handMade({ name: 'one', rows, filters: { archived: 'scanned' } });
    const { gateway } = gatewayOver([one.provider]);
    const filter = { archived: true };

    const first = await list(gateway, { first: 5, filter });
    const second = await list(gateway, { first: 5, filter, after: first.endCursor() });

    expect(first).toMatchObject({ edges: [], hasNext: true });
    expect(first.sources).toMatchObject([{ status: 'FRESH' }]);
    // The bound is looked at between pages, so the last of them may go beyond it.
    expect(first.sources[0]?.scanned).toBeGreaterThanOrEqual(300);
    expect(first.sources[0]?.scanned).toBeLessThan(400);
    expect(idsOn(second)).toEqual(['one-449']);
    expect(second.hasNext).toBe(true);
  });

  it('stops after 10 calls where pages are small', async () => {
    const rows = rowsOf('one', 200, rare(70));
    const one = handMade({ name: 'one', rows, pageSize: 5, filters: { archived: 'scanned' } });
    const { gateway } = gatewayOver([one.provider]);

    const page = await list(gateway, { first: 5, filter: { archived: true } });

    expect(one.asked).toHaveLength(10);
    expect(page).toMatchObject({ edges: [], hasNext: true });
    expect(page.sources[0]?.scanned).toBeGreaterThan(30);
    expect(page.sources[0]?.scanned).toBeLessThanOrEqual(50);
  });

  it('finds every match once over all its pages', async () => {
    const rows = rowsOf('one', 1000, rare(90));
    const one = handMade({ name: 'one', rows, pageSize: 20, filters: { archived: 'scanned' } });
    const { gateway } = gatewayOver([one.provider]);

    const pages = await walk(gateway, { first: 2, filter: { archived: true } });

    expect(pages.flatMap(idsOn)).toEqual(
      rows.filter(({ archived }) => archived).map(({ nativeId }) => nativeId),
    );
  });

  it('holds back rows of others that may be older than what it has not looked at', async () => {
    const rows = rowsOf('one', 1000, rare(450));
    const scanned = handMade({ name: 'one', rows, filters: { archived: 'scanned' } });
    const old = rowsOf('old', 1, () => ({ sortedAt: new Date(NEWEST_MS - 900_000) }));
    const taking = handMade({ name: 'old', rows: old });
    const { gateway } = gatewayOver([scanned.provider, taking.provider]);

    const pages = await walk(gateway, { first: 5, filter: { archived: true } });

    expect(pages[0]?.edges).toEqual([]);
    expect(pages.flatMap(idsOn)).toEqual(['one-449', 'one-899', 'old-0']);
  });

  it('costs a provider that takes the filter nothing', async () => {
    const scanned = handMade({
      name: 'one',
      rows: rowsOf('one', 1000),
      filters: { archived: 'scanned' },
    });
    const taking = handMade({ name: 'two', rows: rowsOf('two', 40) });
    const { gateway } = gatewayOver([scanned.provider, taking.provider]);

    const page = await list(gateway, { first: 5, filter: { archived: true } });

    expect(taking.asked).toHaveLength(1);
    expect(page.sources).toMatchObject([{ scanned: expect.any(Number) }, { scanned: null }]);
  });
});

describe('a contact', () => {
  const somebody = encodeId({
    type: 'Contact',
    provider: providerName('two'),
    nativeId: 'somebody',
  });

  it('named by the provider’s own id is asked of all', async () => {
    const made = ['one', 'two'].map((name) => handMade({ name }));
    const { gateway } = gatewayOver(made.map(({ provider }) => provider));

    await list(gateway, { filter: { contactId: 'somebody' } });

    for (const { asked } of made) {
      expect(asked).toMatchObject([{ filter: { contactId: 'somebody' } }]);
    }
  });

  it('named by global id is asked of its provider alone, by its own id', async () => {
    const made = ['one', 'two'].map((name) => handMade({ name, rows: rowsOf(name, 1) }));
    const { gateway } = gatewayOver(made.map(({ provider }) => provider));

    const page = await list(gateway, { filter: { contactId: somebody } });

    expect(made.map(({ asked }) => asked.length)).toEqual([0, 1]);
    expect(made[1]?.asked).toMatchObject([{ filter: { contactId: 'somebody' } }]);
    expect(page.sources.map(({ provider }) => provider)).toEqual(['two']);
  });

  it('may be named as who took part', async () => {
    const made = ['one', 'two'].map((name) => handMade({ name }));
    const { gateway } = gatewayOver(made.map(({ provider }) => provider));
    const contactId = encodeId({
      type: 'Participant',
      provider: providerName('one'),
      nativeId: 'somebody',
    });

    await list(gateway, { filter: { contactId } });

    expect(made.map(({ asked }) => asked.length)).toEqual([1, 0]);
  });

  it('of a provider that was not asked for is nobody', async () => {
    const made = ['one', 'two'].map((name) => handMade({ name, rows: rowsOf(name, 1) }));
    const { gateway } = gatewayOver(made.map(({ provider }) => provider));

    const page = await list(gateway, { filter: { contactId: somebody, providers: ['one'] } });

    expect(made.map(({ asked }) => asked.length)).toEqual([0, 0]);
    expect(page).toMatchObject({ edges: [], sources: [], hasNext: false });
  });
});

function at(seconds: number): Date {
  return new Date(NEWEST_MS + seconds * 1000);
}

function contact(nativeId: string): Conversation['contact'] {
  return { nativeId, name: null, email: null, phone: null, imageUrl: null };
}
