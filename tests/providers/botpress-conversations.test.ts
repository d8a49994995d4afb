// Conversations at Botpress: read, created, changed and deleted, as the emulated bot's own store shows them.

import { describe, expect, it } from 'vitest';
import {
  aCall,
  accountHearing,
  botpressAccount,
  failureOf,
  firstOf,
  MINUTE_MS,
  NOON_MS,
  ref,
  SLACK,
  TALES,
  valueOf,
  WEBSITE,
  wrongPaths,
} from './botpress-account.ts';

const ALL = { filter: {}, at: null, size: 100 };

describe('one conversation', () => {
  it('is the same by itself as in the list', async () => {
    const { list, get } = await botpressAccount({ tales: TALES });
    const { items } = valueOf(await list.does({ ...ALL, size: 5 }, aCall()));

    const read = await Promise.all(items.map(({ nativeId }) => get.does(ref(nativeId), aCall())));

    expect(read.map(valueOf)).toEqual(items);
  });

  it.each(['conv_01HXXXXXXXXXXXXXXXXXXXXXXX', 'conv/1?x=../..', '..', '.'])(
    'that is not there (%s) is not found',
    async (id) => {
      const { get, remove, update } = await botpressAccount({ tales: TALES });
      const changes = { tags: { set: [{ key: 'a', value: 'b' }], remove: [] } };

      const outcomes = [
        await get.does(ref(id), aCall()),
        await remove.does(ref(id), aCall()),
        await update.does({ conversation: ref(id), changes }, aCall()),
      ];

      const what = `conversation ${id} at website`;
      expect(outcomes.map(failureOf)).toEqual(outcomes.map(() => ({ kind: 'not-found', what })));
    },
  );

  it.each(['.', '..'])('whose id is %s is looked for nowhere else', async (id) => {
    const { get, remove, asked } = await botpressAccount();

    await get.does(ref(id), aCall());
    await remove.does(ref(id), aCall());

    expect(asked()).toEqual([]);
  });

  it('is deleted for good, with its messages', async () => {
    const { remove, get, store } = await botpressAccount({ tales: TALES });
    const { id } = firstOf(store.conversations.values());

    expect(valueOf(await remove.does(ref(id), aCall()))).toBeNull();

    expect(store.conversations.has(id)).toBe(false);
    expect([...store.messages.values()].some((row) => row.conversationId === id)).toBe(false);
    expect(failureOf(await get.does(ref(id), aCall())).kind).toBe('not-found');
    expect(failureOf(await remove.does(ref(id), aCall())).kind).toBe('not-found');
  });
});

describe('a create', () => {
  it.each(['current', 'seed'] as const)(
    'makes a conversation with its tags (%s)',
    async (generation) => {
      const { create, store } = await botpressAccount({ generation });
      const tags = [
        { key: 'plan', value: 'pro' },
        { key: 'crm.company', value: 'Quiet Harbor' },
      ];

      const made = valueOf(await create.does({ channel: 'channel', tags }, aCall()));

      const row = firstOf(store.conversations.values());
      expect(made).toMatchObject({
        nativeId: row.id,
        channel: 'channel',
        tags,
        messageCount: generation === 'current' ? 0 : null,
        createdAt: new Date(NOON_MS),
        sortedAt: new Date(NOON_MS),
      });
      expect(row.tags).toEqual({ plan: 'pro', 'crm.company': 'Quiet Harbor' });
    },
  );

  it('goes to the integration it names', async () => {
    const { create, store } = await botpressAccount();
    const options = { kind: 'botpress', integrationName: 'telegram' } as const;

    const made = valueOf(await create.does({ channel: 'dm', tags: [], options }, aCall()));

    expect(made.native).toMatchObject({ integration: 'telegram' });
    expect(firstOf(store.conversations.values()).integration).toBe('telegram');
  });

  it('without a channel, or with tags without a value, is a mistake named at once', async () => {
    const { create, asked } = await botpressAccount();
    const tags = [
      { key: 'plan', value: 'pro' },
      { key: 'vip', value: null },
    ];

    const outcome = await create.does({ tags }, aCall());

    expect(wrongPaths(outcome)).toEqual(['channel', 'tags.1.value']);
    expect(asked()).toEqual([]);
  });

  it.each(['accept', 'drop'] as const)(
    'with a tag that nobody declared shows whether it was kept (%s)',
    async (undeclaredTags) => {
      const { create } = await botpressAccount({ undeclaredTags });
      const tags = [{ key: 'mood', value: 'good' }];

      const made = valueOf(await create.does({ channel: 'channel', tags }, aCall()));

      expect(made.tags).toEqual(undeclaredTags === 'accept' ? tags : []);
    },
  );

  it('with a tag that may not be written makes nothing', async () => {
    const { create, store } = await botpressAccount({ undeclaredTags: 'refuse' });
    const tags = [{ key: 'mood', value: 'good' }];

    const failure = failureOf(await create.does({ channel: 'channel', tags }, aCall()));

    expect(failure).toMatchObject({ kind: 'refused', code: 'InvalidPayload' });
    expect(store.conversations.size).toBe(0);
  });
});

describe('an update', () => {
  it.each(['current', 'seed'] as const)(
    'sets and removes the tags it names, and leaves everything else as it was (%s)',
    async (generation) => {
      const { update, store, pass, written } = await botpressAccount({ tales: TALES, generation });
      const before = firstOf(
        [...store.conversations.values()].filter(
          ({ tags, currentTaskId }) => tags['vip'] && currentTaskId,
        ),
      );
      const tags = { set: [{ key: 'plan', value: 'team' }], remove: ['vip', 'never:there'] };
      pass(MINUTE_MS);

      const updated = valueOf(
        await update.does({ conversation: ref(before.id), changes: { tags } }, aCall()),
      );

      const { vip: _, ...kept } = before.tags;
      expect(store.conversations.get(before.id)).toEqual({
        ...before,
        tags: { ...kept, plan: 'team' },
        updatedAt: new Date(NOON_MS + MINUTE_MS).toISOString(),
      });
      expect(updated.ignored).toEqual([]);
      expect(updated.unfinished).toBeNull();
      expect(updated.conversation.tags).toContainEqual({ key: 'plan', value: 'team' });
      expect(updated.conversation.sortedAt).toEqual(new Date(NOON_MS + MINUTE_MS));
      expect(written()).toEqual([{ tags: { plan: 'team', vip: '', 'never:there': '' } }]);
    },
  );

  it('of the task alone sends nothing else, and says so where it was ignored', async () => {
    const current = await botpressAccount({ tales: TALES });
    const seed = await botpressAccount({ tales: TALES, generation: 'seed' });
    const options = { kind: 'botpress', currentTaskId: 'task_1' } as const;

    const outcomes = [current, seed].map(({ store, update }) =>
      update.does(
        { conversation: ref(firstOf(store.conversations.keys())), changes: { options } },
        aCall(),
      ),
    );

    const [ignoring, heeding] = (await Promise.all(outcomes)).map(valueOf);
    expect(ignoring?.ignored).toEqual(['botpress.currentTaskId']);
    expect(ignoring?.conversation.native).toMatchObject({ currentTaskId: null });
    expect(heeding?.ignored).toEqual([]);
    expect(heeding?.conversation.native).toMatchObject({ currentTaskId: 'task_1' });
    expect([current.written(), seed.written()]).toEqual([
      [{ currentTaskId: 'task_1' }],
      [{ currentTaskId: 'task_1' }],
    ]);
  });

  it.each(['current', 'seed'] as const)(
    'of the task to null clears it (%s)',
    async (generation) => {
      const { update, store, written } = await botpressAccount({ tales: TALES, generation });
      const row = firstOf(
        [...store.conversations.values()].filter(({ currentTaskId }) => currentTaskId),
      );
      const options = { kind: 'botpress', currentTaskId: null } as const;

      const updated = valueOf(
        await update.does({ conversation: ref(row.id), changes: { options } }, aCall()),
      );

      expect(updated.conversation.native).toMatchObject({ currentTaskId: null });
      expect(updated.ignored).toEqual([]);
      expect(written()).toEqual([{ currentTaskId: '' }]);
    },
  );

  it.each([
    ['accept', []],
    ['drop', ['tags.mood']],
  ] as const)(
    'names the tags that the service would not keep (%s)',
    async (undeclaredTags, ignored) => {
      const { update, store } = await botpressAccount({ tales: TALES, undeclaredTags });
      const set = [
        { key: 'mood', value: 'good' },
        { key: 'plan', value: 'team' },
      ];
      const conversation = ref(firstOf(store.conversations.keys()));

      const updated = valueOf(
        await update.does({ conversation, changes: { tags: { set, remove: [] } } }, aCall()),
      );

      expect(updated.ignored).toEqual(ignored);
      expect(store.conversations.get(conversation.nativeId)?.tags['plan']).toBe('team');
    },
  );

  it('names the tags that the service would not remove', async () => {
    const conversation = { id: 'conv_1', tags: { kept: 'yes' } };
    const { update } = await accountHearing(() => ({ status: 200, body: { conversation } }));
    const tags = { set: [], remove: ['kept', 'gone'] };

    const updated = valueOf(
      await update.does({ conversation: ref('conv_1'), changes: { tags } }, aCall()),
    );

    expect(updated.ignored).toEqual(['tags.kept']);
  });

  it('by a tag that may not be written is refused in the words of the service', async () => {
    const { update, store } = await botpressAccount({ tales: TALES, undeclaredTags: 'refuse' });
    const conversation = ref(firstOf(store.conversations.keys()));
    const tags = { set: [{ key: 'mood', value: 'good' }], remove: [] };

    const failure = failureOf(await update.does({ conversation, changes: { tags } }, aCall()));

    expect(failure).toMatchObject({ kind: 'refused', provider: WEBSITE, code: 'InvalidPayload' });
    expect(failure).toHaveProperty('said', expect.stringContaining('mood'));
  });

  it('with a tag without a value, or with nothing to change, is a mistake', async () => {
    const { update, asked } = await botpressAccount();
    const conversation = ref('conv_1');
    const set = [{ key: 'vip', value: null }];
    const options = { kind: 'botpress', integrationId: SLACK } as const;

    const outcomes = [
      await update.does({ conversation, changes: { tags: { set, remove: [] } } }, aCall()),
      await update.does({ conversation, changes: { options } }, aCall()),
      await update.does(
        {
          conversation,
          changes: { options: { ...options, currentTaskId: 'x', integrationId: 'a\nb' } },
        },
        aCall(),
      ),
    ];

    expect(outcomes.map(wrongPaths)).toEqual([
      ['tags.set.0.value'],
      [''],
      ['botpress.integrationId'],
    ]);
    expect(asked()).toEqual([]);
  });
});
