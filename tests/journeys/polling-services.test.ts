// News found by looking at services that differ from each other, that fail, and that say it is too much.

import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type WorldOptions } from '../../emulators/world.ts';
import { BREAKER_TIMES } from '../../src/providers/breaker.ts';
import { ACCOUNTS, emulatorOf } from '../support/accounts.ts';
import { testClock } from '../support/clock.ts';
import { conversationsAt, listen, say, startPolling } from '../support/polled.ts';
import { asked, askedAtAll, rowWhere } from '../support/stores.ts';

async function worldOf(options: WorldOptions = {}) {
  const world = await startWorld({ count: 8, ...options });
  onTestFinished(() => world.close());
  return world;
}

const ADDED = { kinds: ['MESSAGE_ADDED'] } as const;

describe('a service that nobody listens to', () => {
  it('is asked nothing, while another is', async () => {
    const world = await worldOf();
    const gateway = await startPolling(world);
    expect(askedAtAll(world)).toEqual([]);
    const listener = await listen(gateway, { account: 'support', filter: ADDED });

    const [conversation = ''] = conversationsAt(world, 'support');
    await say(world.stackAuth.url, conversation, 'hello');
    await listener.until('ADDED hello');

    expect(asked(world, 'website')).toEqual([]);
    expect(asked(world, 'help')).toEqual([]);
    expect(asked(world, 'assistant')).toEqual([]);
  });
});

describe.each<[string, WorldOptions, (typeof ACCOUNTS)[number]]>([
  ['Chatling that sorts by activity', { chatling: { sortBy: 'activity' } }, 'help'],
  ['Chatling that sorts by nothing', { chatling: { sortBy: 'own' } }, 'help'],
  ['Chatling without ids of messages', { chatling: { messageIds: false } }, 'help'],
  ['Botpress that moves nothing', { botpress: { messageBumpsConversation: false } }, 'website'],
  [
    'Botpress as it was, that moves nothing',
    { botpress: { generation: 'seed', messageBumpsConversation: false } },
    'website',
  ],
])('a message in an old conversation of %s', (_name, options, account) => {
  it('is told once, also where the clock stands still', async () => {
    const clock = testClock();
    const world = await worldOf({ ...options, clock });
    const gateway = await startPolling(world, { clock });
    const [first = '', ...others] = conversationsAt(world, account);
    const last = others.at(-1) ?? '';
    const listener = await listen(gateway, { account, filter: ADDED });
    const { url } = emulatorOf(world, account);

    await say(url, first, 'one');
    await say(url, first, 'two');
    await listener.until('ADDED two');
    clock.pass(61_000);
    await say(url, last, 'three');
    await listener.until('ADDED three');
    clock.pass(61_000);
    await say(url, first, 'one');

    await say(url, last, 'four');
    await listener.until('ADDED four');
    await say(url, first, 'five');
    const told = await listener.until('ADDED five');
    expect(told.toSorted()).toEqual(
      ['one', 'two', 'three', 'one', 'four', 'five'].map((text) => `ADDED ${text}`).toSorted(),
    );
  });
});

describe.each(ACCOUNTS)('%s, when it was out for a while', (account) => {
  it('is asked seldom meanwhile, and has told everything once it is back', async () => {
    const world = await worldOf();
    const emulator = emulatorOf(world, account);
    const [conversation = ''] = conversationsAt(world, account);
    const gateway = await startPolling(world);
    const listener = await listen(gateway, { account, conversation });
    await say(emulator.url, conversation, 'before');
    await listener.until('ADDED before');

    emulator.inject({ kind: 'status', status: 503 });
    for (const text of ['one', 'two', 'three']) await say(emulator.url, conversation, text);
    // So often in a row, and it is left in peace for a while.
    const failed = () => emulator.journal.filter(({ status }) => status === 503).length;
    await expect.poll(failed, { timeout: 5000 }).toBeGreaterThanOrEqual(BREAKER_TIMES.failures);
    expect(listener.told.filter((words) => words.startsWith('ADDED'))).toEqual(['ADDED before']);
    emulator.heal();

    expect(await listener.until('ADDED three')).toEqual(
      ['before', 'one', 'two', 'three'].map((text) => `ADDED ${text}`),
    );
  });
});

describe('Chatling, when it was asked too much', () => {
  it('is not asked by us again before the moment it named', async () => {
    const clock = testClock();
    const world = await worldOf({ clock });
    const { chatling } = world;
    const [conversation = ''] = conversationsAt(world, 'help');
    const gateway = await startPolling(world, { clock });
    const listener = await listen(gateway, { account: 'help', filter: ADDED });
    await say(chatling.url, conversation, 'one');
    await listener.until('ADDED one');

    chatling.inject({ kind: 'status', status: 429, retryAfter: 1, times: 1 });
    await expect.poll(() => chatling.journal.some(({ status }) => status === 429)).toBe(true);
    const { length } = chatling.journal;
    const refusedAt = performance.now();
    await say(chatling.url, conversation, 'two');
    await listener.until('ADDED two');

    expect(performance.now() - refusedAt).toBeGreaterThan(800);
    expect(chatling.journal.length - length).toBeLessThan(10);
  });
});

describe('what people change', () => {
  it('in a conversation is told once, and not the first time it is seen', async () => {
    const world = await worldOf();
    const gateway = await startPolling(world);
    const listener = await listen(gateway, { account: 'support' });
    const row = rowWhere(world.stackAuth.store.conversations, ({ status }) => status !== 'closed');
    await say(world.stackAuth.url, row.id, 'hello');
    await listener.until('ADDED hello');

    row.priority = row.priority === 'urgent' ? 'low' : 'urgent';
    row.updatedAt = new Date().toISOString();
    await listener.until(`CONVERSATION_UPDATED ${row.id}`);
    await say(world.stackAuth.url, row.id, 'bye');

    expect(await listener.until('ADDED bye')).toEqual([
      'ADDED hello',
      `CONVERSATION_UPDATED ${row.id}`,
      'ADDED bye',
    ]);
  });

  it('in a message is told to who listens to its conversation, and so is that it or all of it is gone', async () => {
    const world = await worldOf();
    const { chatbotkit } = world;
    const gateway = await startPolling(world);
    const [conversation = ''] = conversationsAt(world, 'assistant');
    const listener = await listen(gateway, { account: 'assistant', conversation });
    for (const text of ['one', 'two']) await say(chatbotkit.url, conversation, text);
    await listener.until('ADDED two');

    const one = rowWhere(chatbotkit.store.messages, ({ text }) => text === 'one');
    chatbotkit.store.messages.set(one.id, { ...one, text: 'one, corrected' });
    await listener.until('UPDATED one, corrected');
    chatbotkit.store.messages.delete(one.id);
    await listener.until(`DELETED ${one.id}`);
    chatbotkit.store.conversations.delete(conversation);
    const told = await listener.until(`CONVERSATION_DELETED ${conversation}`);

    expect(told).toEqual([
      'ADDED one',
      'ADDED two',
      'UPDATED one, corrected',
      `DELETED ${one.id}`,
      `CONVERSATION_DELETED ${conversation}`,
    ]);
  });
});
