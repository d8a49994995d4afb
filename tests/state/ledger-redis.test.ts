// The ledger and a Redis that goes away, stalls, forgets, or is changed by somebody else.

import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failed } from '../../src/domain/failure.ts';
import { accountScope, providerName } from '../../src/domain/ids.ts';
import type { Hold, Ledger } from '../../src/state/idempotency/ledger.ts';
import { redisLedger } from '../../src/state/idempotency/redis.ts';
import { openRedis, type RedisDoor } from '../../src/state/redis.ts';
import { ownRedis } from '../support/cluster.ts';
import { valueOf } from './event-log.ts';

const KEY = { caller: 'anyone', mutation: 'sendMessage', key: 'k' };
const ASKED = { scope: accountScope(providerName('website'), 'ours'), fingerprint: 'of it' };

async function scene({ leaseMs = 60_000, over = (door: RedisDoor) => door } = {}) {
  const redis = await ownRedis();
  const prefix = `test:${randomUUID()}:`;
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const door = openRedis({ url: redis.url, prefix, log });
  onTestFinished(() => door.close());
  await door.ready();
  const operator = new Redis(redis.url);
  operator.on('error', quiet);
  onTestFinished(() => operator.disconnect());
  return { redis, operator, ledger: redisLedger({ door: over(door), leaseMs, keptMs: 60_000 }) };
}

async function claimed(ledger: Ledger): Promise<Hold> {
  const claim = valueOf(await ledger.claim(KEY, ASKED));
  if (claim.kind !== 'ours') throw new Error(`the key is not ours: ${claim.kind}`);
  return claim.hold;
}

describe('a ledger whose Redis', () => {
  it.each(['kill', 'freeze'] as const)(
    'cannot be had says so for whatever is asked, in a moment: %s',
    async (how) => {
      const { redis, ledger } = await scene();
      const hold = await claimed(ledger);
      await hold.note({});
      onTestFinished(() => redis.thaw());

      await redis[how]();

      for (const call of [
        () => ledger.claim(KEY, ASKED),
        () => ledger.wait(KEY, new AbortController().signal),
        () => ledger.adopt(1),
        () => hold.note({}),
        () => hold.renew(),
        () => hold.done('answer'),
        () => hold.doubt('answer'),
        () => hold.release(),
      ]) {
        const beganAt = performance.now();
        expect(await call()).toMatchObject({ failure: { kind: 'gateway-unavailable' } });
        expect(performance.now() - beganAt).toBeLessThan(4000);
      }
    },
    30_000,
  );

  it('forgot everything promises anew, and who was at something is told that it is gone', async () => {
    const { operator, ledger } = await scene();
    const hold = await claimed(ledger);
    await hold.note({});

    await operator.flushall();

    expect(valueOf(await hold.renew())).toBe(false);
    expect(valueOf(await hold.done('answer'))).toBe(false);
    expect((await claimed(ledger)).key).toEqual(KEY);
  });

  it('forgot what is open alone is told of a doubt again', async () => {
    const { operator, ledger } = await scene();
    const hold = await claimed(ledger);
    await hold.note('noted');
    const [list = ''] = await operator.keys('*{ledger}*');
    expect(await operator.del(list)).toBe(1);

    await hold.doubt('perhaps');

    expect(valueOf(await ledger.adopt(1))).toMatchObject([{ note: 'noted', answer: 'perhaps' }]);
  });

  it('does not take the note is not left with something to settle', async () => {
    let runs = 0;
    const { ledger } = await scene({
      leaseMs: 100,
      over: (door) => ({
        ...door,
        run(script, keys, args) {
          // The claim, the list, and then the note, which is lost on its way.
          runs += 1;
          return runs === 3 ? door.run(script, ['nowhere'], args) : door.run(script, keys, args);
        },
      }),
    });
    const hold = await claimed(ledger);
    expect(valueOf(await hold.note({}))).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 150));

    expect(valueOf(await ledger.adopt(1))).toEqual([]);
    expect((await claimed(ledger)).key).toEqual(KEY);
  });

  it('does not list what is open does not take a note of it either', async () => {
    let isOut = false;
    const { ledger } = await scene({
      leaseMs: 100,
      over: (door) => ({
        ...door,
        run: (script, keys, args) =>
          isOut && keys.some((key) => key.includes('{ledger}'))
            ? Promise.resolve(failed({ kind: 'gateway-unavailable', because: 'it is out' }))
            : door.run(script, keys, args),
      }),
    });
    const hold = await claimed(ledger);
    isOut = true;

    expect(await hold.note({})).toMatchObject({ failure: { kind: 'gateway-unavailable' } });

    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await claimed(ledger)).key).toEqual(KEY);
  });

  it('keeps nothing that is over on the list of what is open', async () => {
    const { operator, ledger } = await scene();
    const done = await claimed(ledger);
    await done.note({});
    await done.done('answer');
    const freed = valueOf(await ledger.claim({ ...KEY, key: 'freed' }, ASKED));
    if (freed.kind === 'ours') {
      await freed.hold.note({});
      await freed.hold.release();
    }

    await expect.poll(() => operator.keys('*{ledger}*'), { timeout: 5000 }).toEqual([]);
    expect(await operator.keys('*{attempt:*')).toHaveLength(1);
  });

  it('lets go of every key when its time is over', async () => {
    const { operator, ledger } = await scene();
    const hold = await claimed(ledger);
    await hold.note({});
    await hold.doubt('perhaps');

    const [key = ''] = await operator.keys('*{attempt:*');

    expect(await operator.pttl(key)).toBeGreaterThan(50_000);
    expect(await operator.pttl(key)).toBeLessThanOrEqual(60_000);
  });

  it('has an answer of another version of this gateway is not taken for one of ours', async () => {
    const { operator, ledger } = await scene();
    await (await claimed(ledger)).done('answer');
    const [key = ''] = await operator.keys('*{attempt:*');

    await operator.hset(key, 'answer', '[999,{"ok":true}]');

    expect(valueOf(await ledger.claim(KEY, ASKED))).toEqual({
      kind: 'theirs',
      standing: { state: 'done', answer: undefined },
    });
  });
});
