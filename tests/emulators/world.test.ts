import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld } from '../../emulators/world.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 9, 30);

describe('the world', () => {
  it('holds one conversation for each tale, at every provider', async () => {
    const world = await startWorld({ clock: () => NOW_MS, count: 15 });
    onTestFinished(() => world.close());

    expect(world.botpress.store.conversations.size).toBe(15);
    expect(world.chatling.store.conversations.size).toBe(15);
    expect(world.chatbotkit.store.conversations.size).toBe(15);
    expect(world.stackAuth.store.conversations.size).toBe(15);
  });

  it('is alike when started again at the same moment', async () => {
    const [one, other] = await Promise.all([
      startWorld({ clock: () => NOW_MS }),
      startWorld({ clock: () => NOW_MS }),
    ]);
    onTestFinished(async () => {
      await Promise.all([one.close(), other.close()]);
    });

    expect(other.botpress.store).toEqual(one.botpress.store);
    expect(other.chatling.store).toEqual(one.chatling.store);
    expect(other.chatbotkit.store).toEqual(one.chatbotkit.store);
    expect(other.stackAuth.store).toEqual(one.stackAuth.store);
  });

  it('passes on what one emulator is told by itself', async () => {
    const world = await startWorld({
      clock: () => NOW_MS,
      count: 1,
      botpress: { token: 'bp_pat_of_this_test' },
      chatling: { chatbotId: '1234567890' },
    });
    onTestFinished(() => world.close());

    expect(world.credentials.botpress.token).toBe('bp_pat_of_this_test');
    expect(world.credentials.chatling.chatbotId).toBe('1234567890');
  });

  it('does not stand half: where one cannot start, the others give their ports back', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    await once(squatter, 'listening');
    const address = squatter.address();
    const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const spare = await freePort();

    const start = startWorld({ count: 1, ports: { botpress: spare, stackAuth: taken } });

    await expect(start).rejects.toThrow('EADDRINUSE');
    const again = createServer().listen(spare, '127.0.0.1');
    onTestFinished(() => void again.close());
    await once(again, 'listening');
    expect(again.listening).toBe(true);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
