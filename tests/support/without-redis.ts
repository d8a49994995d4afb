// What clients do at two gateways while Redis is away, and once it is back: what is answered, how soon, and what is stored of it.

import { expect, vi } from 'vitest';
import { at } from './answer.ts';
import { standingAt } from './attempts.ts';
import { ask as subscribe } from './desk.ts';
import { mutate } from './mutations.ts';
import type { RedisServer } from './redis/server.ts';
import {
  getOrCreate,
  hearingAt,
  inboxSources,
  nameOf,
  readiness,
  type Sharing,
  send,
  startSharing,
  textsShown,
  textsStored,
} from './sharing.ts';
import { rowsAdded } from './stores.ts';

/** The deadline of the accounts, and a little: what a Redis costs that takes commands and answers none. */
export const LONGEST_MS = 2500 + 1500;

export interface Absence {
  leave(redis: RedisServer): Promise<void>;
  comeBack(redis: RedisServer): Promise<void>;
  /** Milliseconds. */
  readonly forMs: number;
}

/** From before it goes until all is as before; what the two who listened at both gateways were told. */
export async function liveThrough(
  redis: RedisServer,
  absence: Absence,
): Promise<readonly (readonly string[])[]> {
  const sharing = await startSharing({ url: redis.url });
  const { world, one, other } = sharing;
  const conversation = standingAt(world, 'support');
  const hearings = [await hearingAt(one, conversation), await hearingAt(other, conversation)];
  await send(one, conversation, 'before');
  for (const hearing of hearings) await hearing.until('before');
  await getOrCreate(one, 'standing');

  await absence.leave(redis);
  const until = performance.now() + absence.forMs;
  let rounds = 0;
  do {
    await withoutRedis(sharing, `round ${rounds}`);
    rounds += 1;
    await pause(Math.min(BETWEEN_ROUNDS_MS, until - performance.now()));
  } while (performance.now() < until);
  await absence.comeBack(redis);

  await asBefore(sharing, rounds);
  await send(other, conversation, 'after');
  const told = [];
  for (const hearing of hearings) told.push((await hearing.until('after')).told);
  return told;
}

const BETWEEN_ROUNDS_MS = 3000;

/** All at once, as clients come, at both gateways: whatever comes first meets a Redis of which nobody knows yet. */
export async function withoutRedis({ world, one, other }: Sharing, round: string): Promise<void> {
  const conversation = standingAt(world, 'support');
  const elsewhere = standingAt(world, 'assistant');
  const added = rowsAdded(world.stackAuth.store.conversations);
  const isThere = (text: string) => textsStored(world, conversation).includes(text);
  const standing = round === 'round 0' ? [] : ['before'];

  await Promise.all([
    ...[one, other].map(async (gateway) => {
      expect(Object.values(await timely(() => inboxSources(gateway)))).not.toContain('FAILED');
    }),
    timely(() => textsShown(other, elsewhere)),
    ...[one, other].map(async (gateway, index) => {
      const text = `${round}, sent at ${index}`;
      const sent = await timely(() => send(gateway, conversation, text));
      expect(sent).toMatchObject({ delivery: 'SENT' });
      // Whoever wrote sees it, whatever is kept.
      expect(await timely(() => textsShown(gateway, conversation))).toContain(text);
    }),
    ...[one, other].map(async (gateway, index) => {
      const idempotencyKey = `${round}, keyed at ${index}`;
      const keyed = await timely(() =>
        send(gateway, conversation, idempotencyKey, { idempotencyKey }),
      );
      expect(nameOf(keyed)).toBe('GatewayUnavailableError');
      expect(isThere(idempotencyKey)).toBe(false);
    }),
    ...[one, other].map(async (gateway) => {
      expect(nameOf(await timely(() => getOrCreate(gateway, round)))).toBe(
        'GatewayUnavailableError',
      );
    }),
    ...standing.map(async () => {
      const got = await timely(() => getOrCreate(other, 'standing'));
      expect(got).toMatchObject({ created: false });
    }),
    timely(async () => {
      // Stack Auth takes tags as a whole: who has them written is known by the lease.
      const tags = { set: [{ key: 'round', value: round }] };
      const updated = await mutate(one, 'updateConversation', { id: conversation, tags });
      expect(nameOf(updated)).toBe('GatewayUnavailableError');
    }),
    timely(async () => {
      const refused = await subscribe('WebSocket', other.url, LISTENING).answer();
      expect(at(refused, 'errors.0.extensions.code')).toBe('GATEWAY_UNAVAILABLE');
    }),
  ]);
  expect(added()).toEqual([]);
  expect(await readiness(one)).toMatchObject({ status: 'ready', degraded: ['redis'] });
}

/** Nobody was begun anew: what was refused meanwhile is done now, once; what was done stays done. */
export async function asBefore({ world, one, other }: Sharing, rounds: number): Promise<void> {
  const conversation = standingAt(world, 'support');
  const names = Array.from({ length: rounds }, (_, index) => `round ${index}`);
  const added = rowsAdded(world.stackAuth.store.conversations);
  for (const gateway of [one, other]) {
    await vi.waitFor(
      async () => {
        await (await hearingAt(gateway, conversation)).stop();
        expect(await readiness(gateway)).toEqual({ status: 'ready' });
      },
      { timeout: 10_000, interval: 50 },
    );
  }

  for (const [index, gateway] of [other, one].entries()) {
    for (const name of names) {
      const idempotencyKey = `${name}, keyed at ${index}`;
      const keyed = await send(gateway, conversation, idempotencyKey, { idempotencyKey });
      expect({ name, keyed }).toMatchObject({ keyed: { delivery: 'SENT' } });
    }
  }
  for (const name of names) {
    const got = await Promise.all([getOrCreate(one, name), getOrCreate(other, name)]);
    expect(got.filter((result) => at(result, 'created') === true)).toHaveLength(1);
  }

  const stored = textsStored(world, conversation);
  const all = names.flatMap((name) =>
    ['sent', 'keyed'].flatMap((how) => [0, 1].map((index) => `${name}, ${how} at ${index}`)),
  );
  expect(stored.filter((text) => all.includes(text)).toSorted()).toEqual(all.toSorted());
  expect(added()).toHaveLength(rounds);
  const sources = await Promise.all([one, other].map((gateway) => inboxSources(gateway)));
  expect(sources.flatMap(Object.values)).not.toContain('FAILED');
}

const LISTENING = 'subscription { messageAdded(confirm: true) { __typename } }';

async function timely<T>(act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const came = await act();
  expect(performance.now() - began).toBeLessThan(LONGEST_MS);
  return came;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
