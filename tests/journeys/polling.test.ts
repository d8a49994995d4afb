// News found by looking: what a customer writes at a service becomes one event, whoever listens and however they do.

import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type WorldOptions } from '../../emulators/world.ts';
import { providerName } from '../../src/domain/ids.ts';
import { operation } from '../gateway/hand-made.ts';
import { ACCOUNTS, emulatorOf } from '../support/accounts.ts';
import { conversationsAt, listen, say, startPolling, wordsAt } from '../support/polled.ts';

async function worldOf(options: WorldOptions = {}) {
  const world = await startWorld({ count: 8, ...options });
  onTestFinished(() => world.close());
  return world;
}

describe.each(ACCOUNTS)('what a customer writes at %s', (account) => {
  it('is told once to who listens to everything, and nothing of before is', async () => {
    const world = await worldOf();
    const emulator = emulatorOf(world, account);
    const [first = '', second = ''] = conversationsAt(world, account);
    const gateway = await startPolling(world);
    const listener = await listen(gateway, { account, filter: { kinds: ['MESSAGE_ADDED'] } });

    await say(emulator.url, first, 'one');
    await listener.until('ADDED one');
    await say(emulator.url, second, 'two');
    await listener.until('ADDED two');
    await say(emulator.url, first, 'three');

    expect(await listener.until('ADDED three')).toEqual(['ADDED one', 'ADDED two', 'ADDED three']);
  });

  it('is told once to who listens to that conversation', async () => {
    const world = await worldOf();
    const emulator = emulatorOf(world, account);
    const conversation = conversationsAt(world, account).at(-1) ?? '';
    const gateway = await startPolling(world, { events: { polling: { watchedMs: 20 } } });
    const listener = await listen(gateway, { account, conversation });

    await say(emulator.url, conversation, 'one');
    await listener.until('ADDED one');
    await say(emulator.url, conversation, 'two');

    expect(await listener.until('ADDED two')).toEqual(['ADDED one', 'ADDED two']);
  });

  it('beside what is written through the gateway is each told once, whoever was faster to tell it', async () => {
    const world = await worldOf();
    const { url } = emulatorOf(world, account);
    const [conversation = ''] = conversationsAt(world, account);
    const gateway = await startPolling(world);
    const everything = await listen(gateway, { account, filter: { kinds: ['MESSAGE_ADDED'] } });
    const one = await listen(gateway, {
      account,
      conversation,
      filter: { kinds: ['MESSAGE_ADDED', 'MESSAGE_UPDATED'] },
    });

    for (const text of ['hello', 'are you there']) {
      const sent = await gateway.gateway.sendMessage(
        {
          conversation: { provider: providerName(account), nativeId: conversation },
          text,
          tags: [],
        },
        operation(),
      );
      expect(sent).toMatchObject({ ok: true, value: { delivery: 'SENT' } });
      await say(url, conversation, `after ${text}`);
      await one.until(`ADDED after ${text}`);
    }
    await everything.until('ADDED after are you there');

    const stored = wordsAt(world, account, conversation).slice(-everything.told.length);
    expect(everything.told.toSorted()).toEqual(stored.map((text) => `ADDED ${text}`).toSorted());
    expect(one.told.toSorted()).toEqual(everything.told.toSorted());
  });
});
