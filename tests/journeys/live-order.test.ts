// Words that nobody told of yet are told before those that are told at once: a customer's before the agent's answer to them.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../emulators/world.ts';
import { providerName } from '../../src/domain/ids.ts';
import { redisLeases } from '../../src/state/lease/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { type AccountName, emulatorOf } from '../support/accounts.ts';
import { FEW, send } from '../support/hostile.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';
import { conversationsAt, listen, say, startPolling } from '../support/polled.ts';

/** So seldom that no test sees it happen: what is told was not found by looking. */
const HARDLY_EVER = { watchedMs: 3_600_000, inboxMs: 3_600_000 };

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const SECRET = 'a-word-that-nobody-else-knows';

/** What was said before it is no news. */
function firstLook({ world }: Pick<TestParlance, 'world'>, account: AccountName): Promise<void> {
  const { journal } = emulatorOf(world, account);
  return expect
    .poll(() => journal.filter(({ status }) => status === 200).length)
    .toBeGreaterThan(1);
}

describe.each(['help', 'assistant', 'support', 'website'] as const)('at %s', (account) => {
  it('who listens is told a customer’s words before the agent’s answer to them', async () => {
    const parlance = await startParlance({ ...FEW, events: { polling: HARDLY_EVER } });
    const [conversation = ''] = conversationsAt(parlance.world, account);
    const listener = await listen(parlance.parlance, { account, conversation });
    await firstLook(parlance, account);
    await say(emulatorOf(parlance.world, account).url, conversation, 'Are you open?');

    await mutate(parlance, 'sendMessage', {
      conversationId: conversationId(account, conversation),
      text: 'Until six.',
      expectReply: account === 'help',
    });

    const told = await listener.until('ADDED Until six.');
    expect(told.slice(0, 2)).toEqual(['ADDED Are you open?', 'ADDED Until six.']);
  });
});

describe('where a webhook was lost', () => {
  it('what it would have told is told before what the next one tells', async () => {
    const parlance = await startParlance({
      ...FEW,
      webhookSecret: SECRET,
      events: { polling: HARDLY_EVER },
    });
    const { botpress } = parlance.world;
    const [conversation = ''] = [...botpress.store.conversations.values()].flatMap(
      ({ id, integration }) => (integration === 'webchat' ? [id] : []),
    );
    const listener = await listen(parlance.parlance, { account: 'website', conversation });
    await firstLook(parlance, 'website');
    botpress.say(conversation, 'the first');
    await listener.until('ADDED the first');

    botpress.webhooks.fate(() => 'dropped');
    botpress.say(conversation, 'the second');
    botpress.webhooks.fate(() => 'sent');
    botpress.say(conversation, 'the third');

    const told = await listener.until('ADDED the third');
    expect(told).toEqual(['ADDED the first', 'ADDED the second', 'ADDED the third']);
  });
});

describe('a gateway that comes back', () => {
  it('tells what was said meanwhile before what it hears by the channel, once', async () => {
    const world = await startWorld(FEW);
    onTestFinished(() => world.close());
    const { chatbotkit } = world;
    const [conversation = ''] = conversationsAt(world, 'assistant');
    const redis = { url: inject('redisUrl'), prefix: `test:${randomUUID()}:` };
    const options = { redis, accounts: ['assistant'], events: { polling: HARDLY_EVER } } as const;
    const before = await startPolling(world, options);
    const left = await listen(before, { account: 'assistant', conversation });
    await firstLook({ world }, 'assistant');
    await expect.poll(() => chatbotkit.followers(conversation)).toBe(1);
    await converse(world, conversation, 'before');
    await left.until('ADDED Yes: before');
    const after = left.cursor();
    await before.close();
    await say(chatbotkit.url, conversation, 'meanwhile');
    await holdElsewhere(redis);

    const back = await startPolling(world, options);
    const listener = await listen(back, { account: 'assistant', conversation, after });
    await expect.poll(() => chatbotkit.followers(conversation)).toBe(1);
    await converse(world, conversation, 'heard');

    const told = await listener.until('ADDED Yes: heard');
    expect(told).toEqual(['ADDED meanwhile', 'ADDED heard', 'ADDED Yes: heard']);
  });
});

/** Another gateway is to look at the account, and does not: the channel alone is heard. */
async function holdElsewhere({ url, prefix }: { readonly url: string; readonly prefix: string }) {
  const door = openRedis({ url, prefix, log });
  onTestFinished(() => door.close());
  await door.ready();
  const leases = redisLeases({ door, leaseMs: 60_000, notesMs: 60_000 });
  onTestFinished(() => leases.close());
  expect(await leases.take(providerName('assistant'))).toMatchObject({ ok: true });
}

/** As another client of the account does it, past the gateway. */
async function converse({ chatbotkit }: World, id: string, text: string): Promise<void> {
  const { url, secret } = chatbotkit.credentials;
  chatbotkit.stage({ reply: `Yes: ${text}` });
  const said = await send(`${url}/v1/conversation/${id}/complete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (said.status !== 200) throw new Error(`nobody answered: ${said.text}`);
}

describe('an answer that is written while somebody listens', () => {
  it('comes after the question, and the question after what was said before it', async () => {
    const parlance = await startParlance({ ...FEW, events: { polling: HARDLY_EVER } });
    const { chatbotkit } = parlance.world;
    const [conversation = ''] = conversationsAt(parlance.world, 'assistant');
    const listener = await listen(parlance.parlance, { account: 'assistant', conversation });
    await firstLook(parlance, 'assistant');
    await say(chatbotkit.url, conversation, 'Hello?');
    chatbotkit.stage({ reply: 'Until six.' });

    await mutate(parlance, 'sendMessage', {
      conversationId: conversationId('assistant', conversation),
      text: 'Are you open?',
      expectReply: true,
    });

    const told = await listener.until('ADDED Until six.');
    const kinds = told.filter((one, index) => one !== told[index - 1]);
    expect(kinds.slice(0, 3)).toEqual(['ADDED Hello?', 'ADDED Are you open?', 'REPLY_DELTA']);
    expect(kinds).toHaveLength(5);
  });
});
