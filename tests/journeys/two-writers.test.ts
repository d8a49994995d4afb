// Two clients at two gateways write tags of one conversation at the same time, each under a key of its own: both stay.

import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../emulators/world.ts';
import { type ConversationRef, providerName } from '../../src/domain/ids.ts';
import type { ConversationChanges } from '../../src/providers/verbs.ts';
import { operation } from '../gateway/hand-made.ts';
import { openHalt } from '../support/halting.ts';
import { startRedis } from '../support/redis/server.ts';
import { rowsAdded, rowWhere } from '../support/stores.ts';
import { type AGateway, aGateway, valueIn } from '../support/three-gateways.ts';

const ROUNDS = 25;

const TAGGED = ['website', 'assistant', 'partner', 'support'] as const;
type Tagged = (typeof TAGGED)[number];

describe('two writers of different tags', () => {
  it.each(TAGGED)('both find theirs in the end, at %s', async (account) => {
    const world = await aWorld();
    const conversation = conversationAt(world, account);
    const [one, other] = await two(world);

    await Promise.all([writeAll(one, conversation, 'one'), writeAll(other, conversation, 'other')]);

    const tags = await tagsOf(one, conversation);
    for (let round = 0; round < ROUNDS; round += 1) {
      expect(tags.get(`one-${round}`)).toBe(`${round}`);
      expect(tags.get(`other-${round}`)).toBe(`${round}`);
    }
  });

  it('take nothing away from each other while they give and take', async () => {
    const world = await aWorld();
    const conversation = conversationAt(world, 'support');
    const [one, other] = await two(world);
    const was = await tagsOf(one, conversation);

    await Promise.all([
      giveAndTake(one, conversation, 'one'),
      giveAndTake(other, conversation, 'other'),
    ]);

    const tags = await tagsOf(one, conversation);
    expect(new Map([...tags].filter(([key]) => was.has(key)))).toEqual(was);
    expect([...tags.keys()].filter((key) => !was.has(key)).toSorted()).toEqual([
      `one-${ROUNDS - 1}`,
      `other-${ROUNDS - 1}`,
    ]);
  });
});

describe('a service that replaces whole lists', () => {
  it('is not overwritten by a gateway that slept between its look and its write', async () => {
    const world = await aWorld();
    const conversation = conversationAt(world, 'support');
    const halt = openHalt('before the write');
    const [sleeper, other] = await two(world, { halt });

    const late = update(sleeper, conversation, { tags: { set: [tag('sleeper')], remove: [] } });
    await halt.struck;
    valueIn(await update(other, conversation, { tags: { set: [tag('other')], remove: [] } }));
    halt.wake();

    expect(await late).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
    const tags = await tagsOf(other, conversation);
    expect([tags.has('other'), tags.has('sleeper')]).toEqual([true, false]);
  });

  it('keeps the tag that somebody put on a conversation before its creator put its own', async () => {
    const world = await aWorld();
    const halt = openHalt('before the tags');
    const [creator, watcher] = await two(world, { halt });
    const { projectId } = world.credentials.stackAuth;
    const { conversations, users } = world.stackAuth.store;
    const user = rowWhere(users, (one) => one.projectId === projectId);
    const added = rowsAdded(conversations);

    const created = creator.gateway.createConversation(
      {
        provider: 'support',
        title: 'A broken import',
        contactId: user.id,
        message: 'We saw your import fail.',
        tags: [tag('creator')],
      },
      operation(),
    );
    await halt.struck;
    const conversation = { provider: providerName('support'), nativeId: added()[0]?.id ?? '' };
    valueIn(await update(watcher, conversation, { tags: { set: [tag('watcher')], remove: [] } }));
    halt.wake();

    expect(valueIn(await created).conversation.tags.map(({ key }) => key)).toEqual([
      'watcher',
      'creator',
    ]);
  });

  it('is left alone while nobody can say whose turn it is, but for what is no list', async () => {
    const world = await aWorld();
    const conversation = conversationAt(world, 'support');
    const redis = await startRedis();
    onTestFinished(() => redis.close());
    const gateway = await aGateway(world, { redisUrl: redis.url });
    const before = await tagsOf(gateway, conversation);
    await redis.kill();

    const tagged = await update(gateway, conversation, { tags: { set: [tag('new')], remove: [] } });
    const closed = await update(gateway, conversation, { status: 'CLOSED' });

    expect(tagged).toMatchObject({ ok: false, failure: { kind: 'gateway-unavailable' } });
    expect(valueIn(closed).conversation.status).toBe('CLOSED');
    expect(await tagsOf(gateway, conversation)).toEqual(before);
  });
});

async function writeAll(gateway: AGateway, conversation: ConversationRef, name: string) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const set = [{ key: `${name}-${round}`, value: `${round}` }];
    valueIn(await update(gateway, conversation, { tags: { set, remove: [] } }));
  }
}

/** One tag at a time: each takes the place of the one before it. */
async function giveAndTake(gateway: AGateway, conversation: ConversationRef, name: string) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const set = [tag(`${name}-${round}`)];
    const remove = round === 0 ? [] : [`${name}-${round - 1}`];
    valueIn(await update(gateway, conversation, { tags: { set, remove } }));
  }
}

function tag(key: string) {
  return { key, value: null };
}

function update(
  { gateway }: AGateway,
  conversation: ConversationRef,
  changes: ConversationChanges,
) {
  return gateway.updateConversation({ conversation, changes }, operation());
}

async function tagsOf({ gateway }: AGateway, conversation: ConversationRef) {
  const { tags } = valueIn(await gateway.getConversation(conversation, operation()));
  return new Map(tags.map(({ key, value }) => [key, value]));
}

function conversationAt(world: World, account: Tagged): ConversationRef {
  const stores = {
    website: world.botpress.store.conversations,
    assistant: world.chatbotkit.store.conversations,
    partner: world.chatbotkit.store.conversations,
    support: world.stackAuth.store.conversations,
  };
  const [nativeId = ''] = [...stores[account].keys()];
  return { provider: providerName(account), nativeId };
}

async function aWorld(): Promise<World> {
  const world = await startWorld({ count: 3 });
  onTestFinished(() => world.close());
  return world;
}

async function two(
  world: World,
  first: Parameters<typeof aGateway>[1] = {},
): Promise<[AGateway, AGateway]> {
  const shared = { prefix: `test:${randomUUID()}:`, deadlineMs: 5000, replyDeadlineMs: 5000 };
  return [await aGateway(world, { ...shared, ...first }), await aGateway(world, shared)];
}
