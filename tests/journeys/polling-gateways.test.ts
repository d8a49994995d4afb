// Several gateways over one Redis look at an account one at a time: each message is one event, whoever looks and whoever leaves.

import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startWorld } from '../../emulators/world.ts';
import { ACCOUNTS, emulatorOf } from '../support/accounts.ts';
import { conversationsAt, listen, say, startPolling } from '../support/polled.ts';
import { startRedis } from '../support/redis/server.ts';
import { asked } from '../support/stores.ts';

async function scene() {
  const world = await startWorld({ count: 6 });
  onTestFinished(() => world.close());
  const redis = { url: inject('redisUrl'), prefix: `test:${randomUUID()}:` };
  return { world, start: () => startPolling(world, { redis }) };
}

const ADDED = { kinds: ['MESSAGE_ADDED'] } as const;

describe('two gateways of one Redis', () => {
  it('tell each message once to everybody, in the order in which it was written in its conversation', async () => {
    const { world, start } = await scene();
    const [one, other] = [await start(), await start()];
    const listeners = [
      await listen(one, { filter: ADDED }),
      await listen(other, { filter: ADDED }),
    ];
    const wanted: string[] = [];

    for (let turn = 0; turn < 5; turn += 1) {
      for (const account of ACCOUNTS) {
        const [conversation = ''] = conversationsAt(world, account);
        const text = `${account} ${turn}`;
        await say(emulatorOf(world, account).url, conversation, text);
        wanted.push(`ADDED ${text}`);
      }
      for (const listener of listeners) {
        for (const account of ACCOUNTS) await listener.until(`ADDED ${account} ${turn}`);
      }
    }

    for (const { told } of listeners) {
      expect(told.toSorted()).toEqual(wanted.toSorted());
      for (const account of ACCOUNTS) {
        const of = (all: readonly string[]) => all.filter((words) => words.includes(account));
        expect(of(told)).toEqual(of(wanted));
      }
    }
  });

  it('look at an account no more often than one does', async () => {
    const { world, start } = await scene();
    const gateways = [await start(), await start(), await start()];
    const [conversation = ''] = conversationsAt(world, 'support');
    const listeners = await Promise.all(
      gateways.map((gateway) => listen(gateway, { account: 'support', filter: ADDED })),
    );

    for (const text of ['one', 'two', 'three']) {
      await say(world.stackAuth.url, conversation, text);
      for (const listener of listeners) await listener.until(`ADDED ${text}`);
    }

    const tokens = asked(world, 'support').filter(({ path }) => path.startsWith('/api/v1/auth/'));
    // Each gateway has a session of its own, and whoever never asks never needs one.
    expect(tokens).toHaveLength(1);
  });

  it('go on where one of them stopped, without a word twice and without one lost', async () => {
    const { world, start } = await scene();
    const [conversation = ''] = conversationsAt(world, 'help');
    const { url } = world.chatling;
    const first = await start();
    const before = await listen(first, { account: 'help', conversation });
    await say(url, conversation, 'one');
    await before.until('ADDED one');
    const after = before.cursor();

    await first.close();
    await say(url, conversation, 'two');
    const second = await start();
    const listener = await listen(second, { account: 'help', conversation, after });
    await say(url, conversation, 'three');

    expect(await listener.until('ADDED three')).toEqual(['ADDED two', 'ADDED three']);
  });

  it('go on where the one that looked died without a word, once its lease has run out', async () => {
    const { world, start } = await scene();
    const [conversation = ''] = conversationsAt(world, 'website');
    const { url } = world.botpress;
    const first = await start();
    const doomed = await listen(first, { account: 'website', filter: ADDED });
    await say(url, conversation, 'one');
    await doomed.until('ADDED one');
    const second = await start();
    const listener = await listen(second, { account: 'website', filter: ADDED });

    // Its way to Redis is gone: it can neither tell nor leave.
    await first.redis?.close();
    await say(url, conversation, 'two');
    await listener.until('ADDED two');
    await say(url, conversation, 'three');

    expect(await listener.until('ADDED three')).toEqual(['ADDED two', 'ADDED three']);
  });
});

describe('a gateway whose Redis was emptied', () => {
  it('says so, goes on looking, and tells nothing again that it told before', async () => {
    const world = await startWorld({ count: 6 });
    onTestFinished(() => world.close());
    const server = await startRedis();
    onTestFinished(() => server.close());
    const operator = new Redis(server.url);
    onTestFinished(() => operator.disconnect());
    const gateway = await startPolling(world, {
      redis: { url: server.url, prefix: 'test:' },
    });
    const [conversation = ''] = conversationsAt(world, 'support');
    const listener = await listen(gateway, { account: 'support', filter: ADDED });
    await say(world.stackAuth.url, conversation, 'one');
    await listener.until('ADDED one');

    await operator.flushall();
    await say(world.stackAuth.url, conversation, 'two');
    await listener.until('ADDED two');
    await say(world.stackAuth.url, conversation, 'three');
    const told = await listener.until('ADDED three');

    expect(told).toContain('GAP RESET');
    expect(told.filter((words) => words !== 'GAP RESET')).toEqual([
      'ADDED one',
      'ADDED two',
      'ADDED three',
    ]);
  });
});
