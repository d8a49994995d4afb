// Get or create at Botpress: one conversation for the same tags, and `created` true once, in every generation of the service.

import { describe, expect, it } from 'vitest';
import type { BotpressOptions } from '../../emulators/botpress/index.ts';
import {
  aCall,
  accountHearing,
  botpressAccount,
  failureOf,
  firstOf,
  MINUTE_MS,
  NOON_MS,
  SLACK,
  TALES,
  valueOf,
  wrongPaths,
} from './botpress-account.ts';

const ORDER = { channel: 'channel', tags: [{ key: 'email', value: 'a@example.com' }] };

const GENERATIONS: readonly BotpressOptions[] = [
  { generation: 'current', tales: TALES },
  { generation: 'seed', tales: TALES },
  { generation: 'current' },
  { generation: 'seed' },
];

describe.each(GENERATIONS)('get or create ($generation)', (options) => {
  it('makes one conversation and finds it ever after, saying which it was', async () => {
    const { getOrCreate, store } = await botpressAccount(options);
    const before = store.conversations.size;

    const first = valueOf(await getOrCreate.does(ORDER, aCall()));
    const second = valueOf(await getOrCreate.does(ORDER, aCall()));
    const third = valueOf(await getOrCreate.does(ORDER, aCall()));

    expect([first.created, second.created, third.created]).toEqual([true, false, false]);
    expect(store.conversations.size).toBe(before + 1);
    expect(second.conversation).toEqual(first.conversation);
    expect(first.conversation).toMatchObject({ channel: 'channel', tags: ORDER.tags });
  });

  it.each([0, 1, MINUTE_MS])('is true to this when others were made %i ms before', async (ms) => {
    const { getOrCreate, create, pass } = await botpressAccount(options);
    const made = valueOf(await create.does(ORDER, aCall()));
    pass(ms);
    for (let count = 0; count < 45; count += 1) {
      await create.does({ channel: 'channel', tags: [{ key: 'vip', value: `${count}` }] }, aCall());
    }

    const found = valueOf(await getOrCreate.does(ORDER, aCall()));
    const other = valueOf(await getOrCreate.does({ ...ORDER, channel: 'dm' }, aCall()));
    const again = valueOf(await getOrCreate.does({ ...ORDER, channel: 'dm' }, aCall()));

    expect([found.created, found.conversation.nativeId]).toEqual([false, made.nativeId]);
    expect([other.created, again.created]).toEqual([true, false]);
    expect(again.conversation.nativeId).toBe(other.conversation.nativeId);
  });

  it('says so as rightly where it is another process that asks', async () => {
    const { getOrCreate, as } = await botpressAccount(options);
    await getOrCreate.does(ORDER, aCall());

    const elsewhere = valueOf(await as({}).getOrCreate.does(ORDER, aCall()));

    expect(elsewhere.created).toBe(false);
  });

  it('compares all tags, or only those that are listed', async () => {
    const { getOrCreate } = await botpressAccount(options);
    const email = ORDER.tags[0] ?? { key: '', value: '' };
    const more = [email, { key: 'plan', value: 'pro' }];
    const listed = { channel: 'channel', tags: more, discriminateByTags: ['email'] };

    const first = valueOf(await getOrCreate.does(ORDER, aCall()));
    const exact = valueOf(await getOrCreate.does({ channel: 'channel', tags: more }, aCall()));
    const byEmail = valueOf(await getOrCreate.does(listed, aCall()));

    expect([first.created, exact.created, byEmail.created]).toEqual([true, true, false]);
    expect(exact.conversation.nativeId).not.toBe(first.conversation.nativeId);
  });

  it('called by many at once says once that it was created', async () => {
    const { getOrCreate, store } = await botpressAccount(options);
    const before = store.conversations.size;

    const all = await Promise.all(
      Array.from({ length: 8 }, () => getOrCreate.does(ORDER, aCall())),
    );

    expect(all.map(valueOf).filter(({ created }) => created)).toHaveLength(1);
    expect(store.conversations.size).toBe(before + 1);
  });

  it('as another integration shows the tags that the account sees', async () => {
    const { getOrCreate, store } = await botpressAccount(options);
    const named = { kind: 'botpress', integrationId: SLACK } as const;
    const asked = { channel: 'dm', tags: [{ key: 'id', value: 'C1' }], options: named };

    const made = valueOf(await getOrCreate.does(asked, aCall()));
    const found = valueOf(await getOrCreate.does(asked, aCall()));

    expect([made.created, found.created]).toEqual([true, false]);
    expect(found.conversation.tags).toEqual([{ key: 'slack:id', value: 'C1' }]);
    expect(store.conversations.get(found.conversation.nativeId)?.integration).toBe('slack');
  });
});

describe('what it costs', () => {
  it('is one call where the service says `created`, once that is known', async () => {
    const { getOrCreate, asked } = await botpressAccount({ tales: TALES });
    await getOrCreate.does(ORDER, aCall());
    asked();

    await getOrCreate.does(ORDER, aCall());

    expect(asked()).toEqual(['POST conversations/get-or-create']);
  });

  it('is one read more where it does not', async () => {
    const { getOrCreate, asked } = await botpressAccount({ tales: TALES, generation: 'seed' });
    await getOrCreate.does(ORDER, aCall());
    asked();

    await getOrCreate.does(ORDER, aCall());

    expect(asked()).toEqual([
      'GET conversations?sortField=createdAt&sortDirection=desc',
      'POST conversations/get-or-create',
    ]);
  });
});

describe('what is written', () => {
  it('is what was asked, and an empty list of names is none', async () => {
    const { getOrCreate, written } = await botpressAccount();
    const options = { kind: 'botpress', integrationName: 'telegram' } as const;

    await getOrCreate.does({ ...ORDER, discriminateByTags: [] }, aCall());
    await getOrCreate.does({ ...ORDER, discriminateByTags: ['email'], options }, aCall());

    const tags = { email: 'a@example.com' };
    expect(written()).toEqual([
      { channel: 'channel', tags },
      { channel: 'channel', tags, integrationName: 'telegram', discriminateByTags: ['email'] },
    ]);
  });

  it.each([
    ['current', 'pro'],
    ['seed', 'free'],
  ] as const)(
    'goes onto what is found in newer generations only (%s)',
    async (generation, plan) => {
      const { getOrCreate, store } = await botpressAccount({ generation });
      const asked = (said: string) => ({
        channel: 'channel',
        tags: [...ORDER.tags, { key: 'plan', value: said }],
        discriminateByTags: ['email'],
      });
      await getOrCreate.does(asked('free'), aCall());

      const { conversation, created } = valueOf(await getOrCreate.does(asked('pro'), aCall()));

      expect(created).toBe(false);
      expect(conversation.tags).toContainEqual({ key: 'plan', value: plan });
      expect(firstOf(store.conversations.values()).tags['plan']).toBe(plan);
    },
  );

  it.each(['newest', 'oldest'] as const)(
    'changes nothing about a tie: the service takes the %s, and it is not created',
    async (getOrCreateTies) => {
      for (const generation of ['current', 'seed'] as const) {
        const { getOrCreate, create, pass } = await botpressAccount({
          getOrCreateTies,
          generation,
        });
        const old = valueOf(await create.does(ORDER, aCall()));
        pass(MINUTE_MS);
        const young = valueOf(await create.does(ORDER, aCall()));

        const found = valueOf(await getOrCreate.does(ORDER, aCall()));

        const expected = getOrCreateTies === 'newest' ? young : old;
        expect([found.created, found.conversation.nativeId]).toEqual([false, expected.nativeId]);
      }
    },
  );
});

describe('what cannot be asked', () => {
  it.each(['refuse', 'ignore'] as const)(
    'is a name without its tag, whatever the service would do (%s)',
    async (missingDiscriminator) => {
      const { getOrCreate, asked } = await botpressAccount({ missingDiscriminator });

      const outcome = await getOrCreate.does(
        { tags: [{ key: 'vip', value: null }], discriminateByTags: ['vip', 'plan'] },
        aCall(),
      );

      expect(wrongPaths(outcome)).toEqual(['channel', 'tags.0.value', 'discriminateByTags.1']);
      expect(asked()).toEqual([]);
    },
  );
});

describe('when it fails', () => {
  it('nothing was written if looking around failed', async () => {
    const { getOrCreate, emulator, store } = await botpressAccount();
    emulator.inject({ kind: 'status', status: 503, match: { method: 'GET' } });

    const failure = failureOf(await getOrCreate.does(ORDER, aCall()));

    expect(failure.kind).toBe('unavailable');
    expect(store.conversations.size).toBe(0);
  });

  it('after the service accepted it, the outcome is unknown', async () => {
    const { getOrCreate, emulator, store } = await botpressAccount();
    emulator.inject({ kind: 'cut-after-accept', match: { method: 'POST' }, times: 1 });

    const failure = failureOf(await getOrCreate.does(ORDER, aCall()));
    const again = valueOf(await getOrCreate.does(ORDER, aCall()));

    expect(failure.kind).toBe('outcome-unknown');
    expect(again.created).toBe(false);
    expect(store.conversations.size).toBe(1);
  });

  it('and tells of a conversation whose dates are missing only what can be known', async () => {
    const row = { id: 'conv_old', createdAt: new Date(NOON_MS).toISOString() };
    const { getOrCreate } = await accountHearing(({ method }) => ({
      status: 200,
      body: method === 'GET' ? { conversations: [row] } : { conversation: { id: 'conv_new' } },
    }));

    const made = valueOf(await getOrCreate.does(ORDER, aCall()));

    expect([made.created, made.conversation.createdAt]).toEqual([true, null]);
  });
});
