// What gateways tell each other of who is let in no more: heard by all, never taken back, and told again to a Redis that lost it.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { openRedis, type RedisDoor, script } from '../../src/state/redis.ts';
import { redisRevocations } from '../../src/state/revocations/redis.ts';
import { valueOf } from './event-log.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function doorTo(url: string, prefix: string): Promise<RedisDoor> {
  const door = openRedis({ url, prefix, log });
  onTestFinished(() => door.close());
  await door.ready();
  return door;
}

async function gateways() {
  const prefix = `test:${randomUUID()}:`;
  const doors = await Promise.all([1, 2].map(() => doorTo(inject('redisUrl'), prefix)));
  const [one, other] = doors.map((door) => redisRevocations({ door }));
  const [door] = doors;
  if (!one || !other || !door) throw new Error('there are no two');
  const lose = () =>
    door.run(LOSE, [`${prefix}{revocations}:until`, `${prefix}{revocations}:word`], []);
  return { one, other, door, prefix, lose };
}

const LOSE = script(`return redis.call('DEL', KEYS[1], KEYS[2])`);
const WHOLE = script(`return redis.call('HGETALL', KEYS[1])`);

describe('revocations', () => {
  it('are heard of by every gateway that looks, also by one that comes later', async () => {
    const { one, other, prefix } = await gateways();
    await other.look();

    await one.revoke('key:a', 5);
    await one.revoke('jwt:https://x|me: all', 7);
    await other.look();
    const late = redisRevocations({ door: await doorTo(inject('redisUrl'), prefix) });
    await late.look();

    const both = new Map([
      ['key:a', 5],
      ['jwt:https://x|me: all', 7],
    ]);
    expect(one.known()).toEqual(both);
    expect(other.known()).toEqual(both);
    expect(late.known()).toEqual(both);
  });

  it('hold until the later moment, whoever says which first', async () => {
    const { one, other } = await gateways();

    await one.revoke('key:a', 9);
    await other.revoke('key:a', 4);
    await Promise.all([one.look(), other.look()]);

    expect([one.known().get('key:a'), other.known().get('key:a')]).toEqual([9, 9]);
  });

  it('are all there, of many who revoke at once', async () => {
    const { one, other } = await gateways();

    await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? one : other).revoke(`key:${index}`, 1)),
    );
    await Promise.all([one.look(), other.look()]);

    expect([one.known().size, other.known().size]).toEqual([50, 50]);
  });

  it('are read whole only where they are others than were read', async () => {
    const { one, other, door } = await gateways();
    await one.revoke('key:a', 5);
    await other.look();
    const told: unknown[] = [];
    const listening: RedisDoor = {
      ...door,
      async run(...words) {
        const outcome = await door.run(...words);
        told.push(outcome.ok ? outcome.value : 'failed');
        return outcome;
      },
    };
    const reader = redisRevocations({ door: listening });

    await reader.look();
    await reader.look();
    await one.revoke('key:b', 5);
    await reader.look();

    expect(told).toEqual([
      [expect.any(String), ['key:a', '5']],
      null,
      [expect.any(String), expect.arrayContaining(['key:a', 'key:b'])],
    ]);
  });

  it('are told again to a Redis that lost them, by whoever knows', async () => {
    const { one, other, door, prefix, lose } = await gateways();
    await one.revoke('key:a', 5);
    await other.look();

    await lose();
    await other.look();

    expect(other.known()).toEqual(new Map([['key:a', 5]]));
    expect(valueOf(await door.run(WHOLE, [`${prefix}{revocations}:until`], []))).toEqual([
      'key:a',
      '5',
    ]);
  });

  it('are told again once Redis is there, where the first time came to nothing', async () => {
    const away = await doorTo('redis://127.0.0.1:1', 'test:');
    const { one, door, prefix, lose } = await gateways();
    let answers = Number.POSITIVE_INFINITY;
    const breaking = redisRevocations({
      door: {
        ...door,
        run(...words) {
          answers -= 1;
          return (answers < 0 ? away : door).run(...words);
        },
      },
    });
    await one.revoke('key:a', 5);
    await breaking.look();

    await lose();
    answers = 1;
    await breaking.look();
    answers = Number.POSITIVE_INFINITY;
    await breaking.look();

    expect(valueOf(await door.run(WHOLE, [`${prefix}{revocations}:until`], []))).toEqual([
      'key:a',
      '5',
    ]);
  });

  it('stay as they were known while Redis is out of reach, and whoever revokes then is told', async () => {
    const away = await doorTo('redis://127.0.0.1:1', 'test:');
    const alone = redisRevocations({ door: away });
    const { one, door } = await gateways();
    let isAway = false;
    const breaking = redisRevocations({
      door: { ...door, run: (...words) => (isAway ? away : door).run(...words) },
    });
    await one.revoke('key:a', 5);
    await breaking.look();

    isAway = true;
    await breaking.look();

    expect(breaking.known()).toEqual(new Map([['key:a', 5]]));
    expect((await alone.revoke('key:a', 5)).ok).toBe(false);
    expect(alone.known().size).toBe(0);
  });
});
