// Each field of the filter at each provider: looked for by the provider, compared by the gateway, or left out.

import { describe, expect, it } from 'vitest';
import { ACCOUNTS } from '../support/accounts.ts';
import { type Facts, factsOf } from '../support/facts.ts';
import { type Case, expectFound, treated } from '../support/found.ts';
import { inboxPage, keysOf, walkInbox } from '../support/inbox.ts';
import { startParlance } from '../support/parlance.ts';

const BY_CHANNEL = treated('pushed', 'scanned', 'skipped', 'scanned');
const BY_TAGS = treated('scanned', 'skipped', 'scanned', 'scanned');
const BY_STATUS = treated('skipped', 'skipped', 'skipped', 'scanned');
const BY_FLAG = treated('skipped', 'scanned', 'skipped', 'skipped');
const BY_CREATION = treated('pushed', 'scanned', 'scanned', 'scanned');
const BY_WORDS = treated('skipped', 'scanned', 'scanned', 'pushed');

const hasTag = (facts: Facts, key: string, value?: string) =>
  facts.tags.some((tag) => tag.key === key && (value === undefined || tag.value === value));
const mentions = ({ words }: Facts, text: string) =>
  words.some((word) => word.toLowerCase().includes(text));

const CASES: readonly Case[] = [
  {
    filter: { channel: 'channel' },
    treatments: BY_CHANNEL,
    meets: ({ channel }) => channel === 'channel',
  },
  { filter: { channel: 'dm' }, treatments: BY_CHANNEL, meets: ({ channel }) => channel === 'dm' },
  {
    filter: { channel: 'email' },
    treatments: BY_CHANNEL,
    meets: ({ channel }) => channel === 'email',
  },
  {
    filter: { channel: 'whatsapp' },
    treatments: BY_CHANNEL,
    meets: ({ channel }) => channel === 'whatsapp',
  },
  { filter: { channel: 'fax' }, treatments: BY_CHANNEL, meets: () => false },
  {
    filter: { tags: [{ key: 'plan', value: 'pro' }] },
    treatments: BY_TAGS,
    meets: (facts) => hasTag(facts, 'plan', 'pro'),
  },
  {
    filter: { tags: [{ key: 'vip' }] },
    treatments: BY_TAGS,
    meets: (facts) => hasTag(facts, 'vip'),
  },
  {
    // A text at Botpress, a boolean at ChatBotKit, a bare word at Stack Auth.
    filter: { tags: [{ key: 'vip', value: 'true' }] },
    treatments: BY_TAGS,
    meets: (facts) => hasTag(facts, 'vip', 'true'),
  },
  {
    // A number at ChatBotKit.
    filter: { tags: [{ key: 'turns', value: '4' }] },
    treatments: BY_TAGS,
    meets: (facts) => hasTag(facts, 'turns', '4'),
  },
  {
    filter: { tags: [{ key: 'plan', value: 'team' }, { key: 'vip' }] },
    treatments: BY_TAGS,
    meets: (facts) => hasTag(facts, 'plan', 'team') && hasTag(facts, 'vip'),
  },
  {
    filter: { tags: [{ key: 'crm.company' }] },
    treatments: BY_TAGS,
    meets: (facts) => hasTag(facts, 'crm.company'),
  },
  {
    filter: { tags: [{ key: 'slack:title', value: 'support' }] },
    treatments: BY_TAGS,
    meets: (facts) => hasTag(facts, 'slack:title', 'support'),
  },
  { filter: { status: ['OPEN'] }, treatments: BY_STATUS, meets: ({ status }) => status === 'open' },
  {
    filter: { status: ['PENDING', 'CLOSED'] },
    treatments: BY_STATUS,
    meets: ({ status }) => status === 'pending' || status === 'closed',
  },
  { filter: { status: ['UNKNOWN'] }, treatments: BY_STATUS, meets: () => false },
  { filter: { archived: true }, treatments: BY_FLAG, meets: ({ archived }) => archived === true },
  { filter: { archived: false }, treatments: BY_FLAG, meets: ({ archived }) => archived === false },
  {
    filter: { important: true },
    treatments: BY_FLAG,
    meets: ({ important }) => important === true,
  },
  {
    filter: { important: false, archived: true },
    treatments: BY_FLAG,
    meets: ({ important, archived }) => important === false && archived === true,
  },
  { filter: { search: 'ORDER' }, treatments: BY_WORDS, meets: (facts) => mentions(facts, 'order') },
  // Signs that a pattern language would read as "anything".
  { filter: { search: '%' }, treatments: BY_WORDS, meets: (facts) => mentions(facts, '%') },
  { filter: { search: '_' }, treatments: BY_WORDS, meets: (facts) => mentions(facts, '_') },
  {
    filter: { search: '  invoice ' },
    treatments: BY_WORDS,
    meets: (facts) => mentions(facts, 'invoice'),
  },
  {
    filter: { search: 'e', status: ['OPEN'], tags: [{ key: 'plan' }] },
    treatments: BY_STATUS,
    meets: (facts) => facts.status === 'open' && mentions(facts, 'e') && hasTag(facts, 'plan'),
  },
  // Blank is not asked for.
  {
    filter: { search: ' ' },
    treatments: treated('pushed', 'pushed', 'pushed', 'pushed'),
    meets: () => true,
  },
  {
    filter: { tags: [] },
    treatments: treated('pushed', 'pushed', 'pushed', 'pushed'),
    meets: () => true,
  },
];

describe('a filter', () => {
  it.each(CASES.map((one) => [JSON.stringify(one.filter), one] as const))(
    '%s finds what the stores have of it',
    async (_, { filter, treatments, meets }) => {
      const parlance = await startParlance();

      await expectFound(parlance, { filter, treatments, meets });
    },
  );

  it.each(['createdAfter', 'createdBefore'] as const)(
    '%s takes in the very moment it names, at each provider',
    async (field) => {
      const parlance = await startParlance();
      const all = factsOf(parlance.world);
      for (const account of ACCOUNTS) {
        const ofAccount = all.filter((facts) => facts.account === account);
        const middle = ofAccount.toSorted((a, b) => a.createdAtMs - b.createdAtMs)[20];
        const momentMs = middle?.createdAtMs ?? Number.NaN;

        await expectFound(parlance, {
          filter: { [field]: new Date(momentMs).toISOString() },
          treatments: BY_CREATION,
          meets: ({ createdAtMs }) =>
            field === 'createdAfter' ? createdAtMs >= momentMs : createdAtMs <= momentMs,
        });
      }
    },
  );

  it.each(['%', '_', 'order'])(
    'by %s is as literal at a Stack Auth that took it for a pattern',
    async (search) => {
      const parlance = await startParlance({ stackAuth: { era: 'feature-branch' } });

      await expectFound(parlance, {
        filter: { search },
        treatments: BY_WORDS,
        meets: (facts) => mentions(facts, search),
      });
    },
  );

  it('by two dates finds what lies between them', async () => {
    const parlance = await startParlance();
    const times = factsOf(parlance.world)
      .map(({ createdAtMs }) => createdAtMs)
      .toSorted((a, b) => a - b);
    const [afterMs = 0, beforeMs = 0] = [times[50], times[120]];

    await expectFound(parlance, {
      filter: {
        createdAfter: new Date(afterMs).toISOString(),
        createdBefore: new Date(beforeMs).toISOString(),
      },
      treatments: BY_CREATION,
      meets: ({ createdAtMs }) => createdAtMs >= afterMs && createdAtMs <= beforeMs,
    });
  });

  it('by names of providers asks no others and names no others', async () => {
    const parlance = await startParlance({ count: 5 });

    const page = await inboxPage(parlance, {
      first: 100,
      filter: { providers: ['support', 'website'] },
    });

    expect(page.sources.map(({ name }) => name)).toEqual(['website', 'support']);
    expect(new Set(keysOf([page]).map((key) => key.split('/')[0]))).toEqual(
      new Set(['website', 'support']),
    );
    expect(page.rows).toHaveLength(10);
    expect(parlance.world.chatling.journal).toEqual([]);
  });

  it('is looked through to its end page by page, every match once', async () => {
    const parlance = await startParlance();
    const filter = { tags: [{ key: 'plan', value: 'pro' }] };
    const expected = factsOf(parlance.world).filter((facts) => hasTag(facts, 'plan', 'pro'));

    for (const first of [1, 4]) {
      const pages = await walkInbox(parlance, { first, filter });

      expect(keysOf(pages).toSorted()).toEqual(expected.map(({ key }) => key).toSorted());
    }
  });

  it('ends with its last match, not with an empty page after it', async () => {
    const parlance = await startParlance();
    const filter = { archived: true };
    const matches = factsOf(parlance.world).filter(({ archived }) => archived === true);

    const page = await inboxPage(parlance, { first: matches.length, filter });

    expect(page.rows).toHaveLength(matches.length);
    expect(page.hasNextPage).toBe(false);
  });

  it('that finds little is given back at its bound, and the next page looks further', async () => {
    const parlance = await startParlance({ count: 120, chatling: { callsPerMinute: 1000 } });
    const all = factsOf(parlance.world).filter(({ account }) => account === 'help');
    const oldest = all.toSorted((a, b) => a.createdAtMs - b.createdAtMs).slice(0, 3);
    const createdBefore = new Date(oldest[2]?.createdAtMs ?? 0).toISOString();

    const pages = await walkInbox(parlance, {
      first: 10,
      filter: { providers: ['help'], createdBefore },
    });

    const [first] = pages;
    expect(first).toMatchObject({ rows: [], hasNextPage: true });
    // Ten calls of five rows.
    expect(first?.sources).toMatchObject([{ name: 'help', status: 'FRESH', scanned: 50 }]);
    expect(pages.length).toBeGreaterThan(2);
    expect(keysOf(pages).toSorted()).toEqual(oldest.map(({ key }) => key).toSorted());
  });
});

describe('a filter that cannot be meant', () => {
  it.each([
    [{ providers: ['nowhere'] }, 'filter.providers.0'],
    [{ providers: [] }, 'filter.providers'],
    [{ status: [] }, 'filter.status'],
    [{ channel: ' ' }, 'filter.channel'],
    [{ contactId: '' }, 'filter.contactId'],
    [{ tags: [{ key: '' }] }, 'filter.tags.0.key'],
    [
      { createdAfter: '2026-02-02T00:00:00Z', createdBefore: '2026-02-01T00:00:00Z' },
      'filter.createdAfter',
    ],
  ])('as %j is refused by its path, and nobody is asked', async (filter, path) => {
    const { ask, world } = await startParlance({ count: 1 });

    const { data, errors } = await ask(
      'query ($filter: ConversationFilter) { conversations(filter: $filter) { nodes { id } } }',
      { filter },
    );

    expect(data).toBeNull();
    expect(errors).toMatchObject([
      {
        path: ['conversations'],
        extensions: { code: 'INVALID_INPUT', issues: [{ path, message: expect.any(String) }] },
      },
    ]);
    expect(world.botpress.journal).toEqual([]);
    expect(world.stackAuth.journal).toEqual([]);
  });
});
