// Getting a conversation or creating it: one table of cases for whoever knows tags, natively or composed by the gateway.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { at, textAt } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { contactId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { rowsAdded, rowWhere, watchStores, writes } from '../support/stores.ts';

type Tagged = 'website' | 'assistant' | 'support';

interface Dialect {
  readonly account: Tagged;
  readonly options?: StartOptions;
}

const DIALECTS: readonly (readonly [title: string, dialect: Dialect])[] = [
  ['a Botpress that says what it created', { account: 'website' }],
  [
    'a Botpress of the oldest generation',
    { account: 'website', options: { botpress: { generation: 'seed' } } },
  ],
  ['ChatBotKit', { account: 'assistant' }],
  ['Stack Auth', { account: 'support' }],
];

const MORE_DIALECTS: typeof DIALECTS = [
  ...DIALECTS,
  [
    'a ChatBotKit that omits nulls',
    { account: 'assistant', options: { chatbotkit: { nulls: 'omit' } } },
  ],
  [
    'a Stack Auth from before it had pages',
    { account: 'support', options: { stackAuth: { era: 'feature-branch' } } },
  ],
];

async function desk({ account, options = {} }: Dialect) {
  const clock = testClock();
  const parlance = await startParlance({ count: 3, clock, ...options });
  const added = rowsAdded<unknown>(conversationsOf(parlance.world, account));
  return {
    ...parlance,
    clock,
    /** How many were begun since the start. */
    begun: () => added().length,
    begin: async (tags: object) => {
      const result = await mutate(parlance, 'createConversation', {
        ...needed(parlance.world, account),
        tags: tagsOf(tags),
      });
      clock.pass(1000);
      return textAt(result, 'conversation.nativeId');
    },
    getOrCreate: (tags: object, discriminateByTags?: readonly string[]) =>
      mutate(parlance, 'getOrCreateConversation', {
        ...needed(parlance.world, account),
        tags: tagsOf(tags),
        ...(discriminateByTags && { discriminateByTags }),
      }),
  };
}

const STANDING = { foo: 'a', bar: 'b', baz: 'c' };

type Case = readonly [
  title: string,
  given: { readonly tags: object; readonly by?: readonly string[] },
];

const THE_SAME: readonly Case[] = [
  ['the very tags', { tags: STANDING }],
  ['the very tags in another order', { tags: { baz: 'c', foo: 'a', bar: 'b' } }],
  ['two listed and given alone', { tags: { bar: 'b', baz: 'c' }, by: ['bar', 'baz'] }],
  ['two listed and a third another', { tags: { ...STANDING, foo: 'x' }, by: ['bar', 'baz'] }],
  ['two listed and one more given', { tags: { bar: 'b', baz: 'c', qux: 'd' }, by: ['bar', 'baz'] }],
  ['one listed', { tags: { bar: 'b' }, by: ['bar'] }],
  ['all listed', { tags: STANDING, by: ['foo', 'bar', 'baz'] }],
];

const ANOTHER: readonly Case[] = [
  ['one tag too few', { tags: { foo: 'a', bar: 'b' } }],
  ['one tag too many', { tags: { ...STANDING, qux: 'd' } }],
  ['one value another', { tags: { ...STANDING, baz: 'x' } }],
  ['one key another', { tags: { foo: 'a', bar: 'b', qux: 'c' } }],
  ['a value in another case', { tags: { ...STANDING, baz: 'C' } }],
  ['two listed of which one is another', { tags: { bar: 'b', baz: 'x' }, by: ['bar', 'baz'] }],
  ['one listed that it does not have', { tags: { ...STANDING, qux: 'd' }, by: ['qux'] }],
];

describe.each(DIALECTS)('getOrCreateConversation by tags, at %s,', (_, dialect) => {
  it.each(THE_SAME)('with %s gives the one that stands', async (_case, { tags, by }) => {
    const { begin, begun, getOrCreate } = await desk(dialect);
    const standing = await begin(STANDING);

    const result = await getOrCreate(tags, by);

    expect(result).toMatchObject({
      __typename: 'GetOrCreateConversationPayload',
      created: false,
      conversation: { nativeId: standing, provider: { name: dialect.account } },
    });
    expect(begun()).toBe(1);
  });

  it.each(ANOTHER)('with %s begins another', async (_case, { tags, by }) => {
    const { begin, begun, getOrCreate } = await desk(dialect);
    const standing = await begin(STANDING);

    const result = await getOrCreate(tags, by);

    expect(result).toMatchObject({ created: true });
    expect(at(result, 'conversation.nativeId')).not.toBe(standing);
    expect(at(result, 'conversation.tags')).toEqual(tagsOf(tags));
    expect(begun()).toBe(2);
  });
});

describe.each(MORE_DIALECTS)('getOrCreateConversation, at %s,', (_, dialect) => {
  it('asked twice gives one conversation, created the first time only', async () => {
    const { begun, getOrCreate } = await desk(dialect);

    const first = await getOrCreate({ order: '4711' });
    const second = await getOrCreate({ order: '4711' });

    expect([at(first, 'created'), at(second, 'created')]).toEqual([true, false]);
    expect(at(second, 'conversation.id')).toBe(at(first, 'conversation.id'));
    expect(begun()).toBe(1);
    expect(at(second, 'conversation.tags')).toEqual([{ key: 'order', value: '4711' }]);
  });

  it('asked by ten at once gives one conversation to all, and says of one that it was created', async () => {
    const { begun, getOrCreate } = await desk(dialect);

    const results = await Promise.all(
      Array.from({ length: 10 }, () => getOrCreate({ order: '4711' })),
    );

    expect(begun()).toBe(1);
    expect(new Set(results.map((result) => at(result, 'conversation.id'))).size).toBe(1);
    expect(results.filter((result) => at(result, 'created') === true)).toHaveLength(1);
    expect(results.filter((result) => at(result, 'created') === false)).toHaveLength(9);
  });

  it('gives the most recent of several that match', async () => {
    const { begin, getOrCreate } = await desk(dialect);
    await begin({ order: '4711', foo: 'a' });
    const newest = await begin({ order: '4711', foo: 'b' });
    await begin({ order: '4712' });

    const result = await getOrCreate({ order: '4711' }, ['order']);

    expect(result).toMatchObject({ created: false, conversation: { nativeId: newest } });
  });

  it('asks nobody where a listed tag is not among the tags', async () => {
    const { world, getOrCreate } = await desk(dialect);

    const result = await getOrCreate({ foo: 'a' }, ['foo', 'bar']);

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'discriminateByTags.1', message: expect.stringContaining("'bar'") }],
    });
    expect(writes(world, dialect.account)).toEqual([]);
  });

  it('asks nobody where the list of tags to compare is empty', async () => {
    const { world, getOrCreate } = await desk(dialect);

    const result = await getOrCreate({ foo: 'a' }, []);

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'discriminateByTags', message: expect.stringContaining('at least one') }],
    });
    expect(writes(world, dialect.account)).toEqual([]);
  });
});

describe('getOrCreateConversation at ChatBotKit', () => {
  it('finds by what is no text: numbers and booleans read as they are written', async () => {
    const { world, getOrCreate, begun } = await desk({ account: 'assistant' });
    const row = rowWhere(world.chatbotkit.store.conversations, ({ meta }) => meta['vip'] === false);

    const result = await getOrCreate(
      { vip: 'false', turns: String(row.meta['turns']), email: String(row.meta['email']) },
      ['vip', 'turns', 'email'],
    );

    expect(result).toMatchObject({ created: false, conversation: { nativeId: row.id } });
    expect(begun()).toBe(0);
  });

  it('leaves what it finds as it was, whatever else was asked for', async () => {
    const parlance = await startParlance({ count: 3 });
    const row = rowWhere(parlance.world.chatbotkit.store.conversations);
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'getOrCreateConversation', {
      provider: 'assistant',
      tags: tagsOf({ email: row.meta['email'], extra: 'x' }),
      discriminateByTags: ['email'],
      title: 'Another title',
    });

    expect(result).toMatchObject({ created: false, conversation: { title: row.name } });
    expect(changes()).toEqual({});
  });

  it('begins with all it takes where there is none', async () => {
    const parlance = await startParlance({ count: 3 });
    const { conversations, contacts } = parlance.world.chatbotkit.store;
    const contact = rowWhere(contacts);
    const added = rowsAdded(conversations);

    const result = await mutate(parlance, 'getOrCreateConversation', {
      provider: 'assistant',
      title: 'A title',
      description: 'More of it.',
      contactId: contactId('assistant', contact.id),
      tags: tagsOf({ order: '4711', channel: 'fax' }),
      discriminateByTags: ['order'],
      message: 'Hello?',
      chatBotKit: { meta: { seats: 3 } },
    });

    expect(added()).toMatchObject([
      {
        name: 'A title',
        description: 'More of it.',
        contactId: contact.id,
        meta: { order: '4711', channel: 'fax', seats: 3 },
      },
    ]);
    expect(result).toMatchObject({ created: true, conversation: { title: 'A title' } });
  });

  it('finds by contact and tags together: the same tags of somebody else are another’s', async () => {
    const parlance = await startParlance({ count: 5 });
    const { conversations, contacts } = parlance.world.chatbotkit.store;
    const [one, other] = [...contacts.values()];
    const added = rowsAdded(conversations);
    const of = (id = '') =>
      mutate(parlance, 'getOrCreateConversation', {
        provider: 'assistant',
        contactId: id,
        tags: tagsOf({ order: '4711' }),
      });

    const results = [await of(one?.id), await of(other?.id), await of(one?.id)];

    expect(results.map((result) => at(result, 'created'))).toEqual([true, true, false]);
    expect(added().map((row) => row.contactId)).toEqual([one?.id, other?.id]);
  });

  it('wants a contact or a tag to look by', async () => {
    const parlance = await startParlance({ count: 1 });

    const result = await mutate(parlance, 'getOrCreateConversation', { provider: 'assistant' });

    expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: 'tags' }] });
    expect(parlance.world.chatbotkit.journal).toEqual([]);
  });
});

function conversationsOf(
  { botpress, chatbotkit, stackAuth }: World,
  account: Tagged,
): ReadonlyMap<string, unknown> {
  const emulators = { website: botpress, assistant: chatbotkit, support: stackAuth };
  return emulators[account].store.conversations;
}

/** What there is no conversation without, besides its tags. */
function needed({ stackAuth, credentials }: World, account: Tagged): object {
  switch (account) {
    case 'website':
      return { provider: account, channel: 'channel' };
    case 'assistant':
      return { provider: account };
    case 'support': {
      const { projectId } = credentials.stackAuth;
      const user = rowWhere(stackAuth.store.users, (one) => one.projectId === projectId);
      return {
        provider: account,
        title: 'A broken import',
        contactId: user.id,
        message: 'We saw your import fail.',
      };
    }
  }
}

function tagsOf(tags: object): object[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
