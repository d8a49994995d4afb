// Two gateways on a Redis that a Sentinel names, whose master is killed: the replica takes over, and with it all that was promised.

import { expect, it, vi } from 'vitest';
import { at, textAt } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { startSentinel } from '../support/redis/failover.ts';
import {
  customerSays,
  getOrCreate,
  hearingAt,
  inboxSources,
  readiness,
  type Sharing,
  send,
  startSharing,
  textsShown,
  textsStored,
  unaskedBy,
} from '../support/sharing.ts';
import { rowsAdded } from '../support/stores.ts';
import { LONGEST_MS } from '../support/without-redis.ts';

async function started() {
  const watched = await startSentinel();
  const sharing = await startSharing({ sentinels: [watched.url], name: watched.name });
  return { ...sharing, watched };
}

it('what was sent under a key is not sent again after it, and who waited for an intent gets what it led to', async () => {
  const { world, one, other, watched } = await started();
  const conversation = standingAt(world, 'assistant');
  const added = rowsAdded(world.stackAuth.store.conversations);
  const first = await send(one, conversation, 'once', { idempotencyKey: 'a key' });
  const made = await getOrCreate(one, '4711');
  await watched.caughtUp();

  await watched.failOver();
  await untilReady({ one, other });
  const again = await send(other, conversation, 'once', { idempotencyKey: 'a key' });
  const got = await getOrCreate(other, '4711');
  const more = await Promise.all([getOrCreate(one, '4712'), getOrCreate(other, '4712')]);

  expect(textAt(again, 'sent.id')).toBe(textAt(first, 'sent.id'));
  expect(textsStored(world, conversation).filter((text) => text === 'once')).toHaveLength(1);
  expect(at(got, 'created')).toBe(false);
  expect(textAt(got, 'conversation.id')).toBe(textAt(made, 'conversation.id'));
  expect(more.filter((result) => at(result, 'created') === true)).toHaveLength(1);
  expect(added()).toHaveLength(2);
}, 60_000);

it('who listens is told a gap and then all that comes, and no answer is older than what was told', async () => {
  const { world, one, other, watched } = await started();
  const conversation = standingAt(world, 'support');
  const hearings = [await hearingAt(one, conversation), await hearingAt(other, conversation)];
  await send(one, conversation, 'before');
  for (const hearing of hearings) await hearing.until('before');
  expect(await textsShown(other, conversation)).toContain('before');
  await watched.caughtUp();

  await watched.failOver();
  const meanwhile = await send(one, conversation, 'meanwhile');
  await untilReady({ one, other });
  await send(other, conversation, 'after');

  expect(at(meanwhile, 'delivery')).toBe('SENT');
  for (const [index, hearing] of hearings.entries()) {
    const { told } = await hearing.until('after');
    expect(told).toContain('gap: RESET');
    expect(await textsShown(index === 0 ? one : other, conversation)).toContain('after');
  }
  // What is read from now on is shared again.
  expect(await unaskedBy(other, { world, firstAskedBy: one })).toBeGreaterThan(6);
}, 60_000);

it('who looks for news looks on, and who was turned away leaves a service in peace', async () => {
  const { world, one, other, watched } = await started();
  const conversation = standingAt(world, 'support');
  const hearings = [await hearingAt(one, conversation), await hearingAt(other, conversation)];
  world.botpress.inject({ kind: 'status', status: 429, retryAfter: 60, times: 1 });
  expect(await inboxSources(one)).toMatchObject({ website: 'FAILED' });
  await watched.caughtUp();

  await watched.failOver();
  await untilReady({ one, other });
  world.botpress.forget();
  await customerSays(world, conversation, 'by a customer');

  expect(await inboxSources(other)).toMatchObject({ website: 'FAILED' });
  expect(world.botpress.journal).toEqual([]);
  for (const hearing of hearings) {
    const { told } = await hearing.until('by a customer');
    expect(told.filter((text) => text === 'added: by a customer')).toHaveLength(1);
  }
}, 60_000);

it('a master that freezes is left for its replica, also by who waits for news there, and not gone back to', async () => {
  const { world, one, other, watched } = await started();
  const conversation = standingAt(world, 'support');
  const hearings = [await hearingAt(one, conversation), await hearingAt(other, conversation)];
  await send(one, conversation, 'before', { idempotencyKey: 'before' });
  for (const hearing of hearings) await hearing.until('before');
  await watched.caughtUp();

  await watched.failOver('frozen');
  const began = performance.now();
  await send(one, conversation, 'meanwhile');
  const tookMs = performance.now() - began;
  await untilReady({ one, other });
  await send(other, conversation, 'after');
  for (const hearing of hearings)
    expect((await hearing.until('after')).told).toContain('gap: RESET');
  await watched.thaw();
  const again = await send(other, conversation, 'before', { idempotencyKey: 'before' });
  await send(one, conversation, 'thawed');

  expect(tookMs).toBeLessThan(LONGEST_MS);
  expect(again).toMatchObject({ delivery: 'SENT' });
  expect(textsStored(world, conversation).filter((text) => text === 'before')).toHaveLength(1);
  for (const hearing of hearings) await hearing.until('thawed');
  for (const gateway of [one, other]) {
    expect(await textsShown(gateway, conversation)).toContain('thawed');
  }
}, 60_000);

async function untilReady({ one, other }: Pick<Sharing, 'one' | 'other'>): Promise<void> {
  for (const gateway of [one, other]) {
    await vi.waitFor(
      async () => {
        expect(await readiness(gateway)).toEqual({ status: 'ready' });
        // It says so of the last command; the log has a connection of its own.
        const listening = await hearingAt(gateway, standingAt(gateway.world, 'assistant'));
        await listening.stop();
      },
      { timeout: 15_000, interval: 100 },
    );
  }
}
