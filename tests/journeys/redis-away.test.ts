// Redis freezes, is emptied, or is not there yet: what works without it works on, what cannot says so at once, and nobody restarts anything.

import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { textAt } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { ownRedis } from '../support/cluster.ts';
import {
  customerSays,
  getOrCreate,
  hearingAt,
  send,
  startSharing,
  textsShown,
  textsStored,
} from '../support/sharing.ts';
import { rowsAdded } from '../support/stores.ts';
import { asBefore, LONGEST_MS, liveThrough, withoutRedis } from '../support/without-redis.ts';

it.each([
  ['a moment', 1500],
  ['longer than a silent connection is believed', 7500],
])(
  'a Redis that is frozen for %s costs a moment, an honest word, and no restart',
  async (_long, forMs) => {
    const redis = await ownRedis();

    const told = await liveThrough(redis, {
      leave: () => redis.freeze(),
      comeBack: () => redis.thaw(),
      forMs,
    });

    // It has all that it had.
    expect(told.flat()).not.toContain('gap: RESET');
  },
  60_000,
);

it('a Redis that is not there at the start is done without, and used once it is', async () => {
  const redis = await ownRedis();
  await redis.kill();
  const began = performance.now();
  const sharing = await startSharing({ url: redis.url });
  const tookMs = performance.now() - began;
  const { world, one } = sharing;
  await withoutRedis(sharing, 'round 0');

  await redis.restart();

  expect(tookMs).toBeLessThan(2 * LONGEST_MS);
  await asBefore(sharing, 1);
  const hearing = await hearingAt(one, standingAt(world, 'support'));
  await send(sharing.other, standingAt(world, 'support'), 'news');
  await hearing.until('news');
}, 60_000);

it('a Redis that is emptied under way costs a gap, and keys that were promised before it; nothing else', async () => {
  const redis = await ownRedis();
  const { world, one, other } = await startSharing({ url: redis.url });
  const conversation = standingAt(world, 'support');
  const hearings = [await hearingAt(one, conversation), await hearingAt(other, conversation)];
  const operator = new Redis(redis.url);
  onTestFinished(() => operator.disconnect());
  const added = rowsAdded(world.stackAuth.store.conversations);
  await getOrCreate(one, 'standing');

  for (const round of [1, 2, 3]) {
    await send(one, conversation, `before ${round}`);
    for (const hearing of hearings) await hearing.until(`before ${round}`);

    await operator.flushall();
    const [sent, got] = await Promise.all([
      send(one, conversation, `after ${round}`, { idempotencyKey: `key ${round}` }),
      getOrCreate(other, 'standing'),
    ]);
    const again = await send(other, conversation, `after ${round}`, {
      idempotencyKey: `key ${round}`,
    });
    await customerSays(world, conversation, `found ${round}`);

    expect(got).toMatchObject({ created: false });
    expect(textAt(again, 'sent.id')).toBe(textAt(sent, 'sent.id'));
    for (const [index, hearing] of hearings.entries()) {
      const { told } = await hearing.until(`found ${round}`);
      expect(told).toContain('gap: RESET');
      expect(told).toContain(`added: after ${round}`);
      expect(await textsShown(index === 0 ? one : other, conversation)).toContain(`found ${round}`);
    }
  }
  expect(added()).toHaveLength(1);
  const stored = textsStored(world, conversation);
  expect(stored.filter((text) => text.startsWith('after'))).toHaveLength(3);
}, 60_000);
