// More comes at once than the log keeps: whoever listens is told what is left of it, and that the rest is gone.

import { randomUUID } from 'node:crypto';
import { expect, inject, it, onTestFinished } from 'vitest';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { conversationIn, hearingOf, saying, valueOf } from './event-log.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

it('a lane that was trimmed before it was heard says so, between what was heard and what is left', async () => {
  const prefix = `test:${randomUUID()}:`;
  const open = async () => {
    const door = openRedis({ url: inject('redisUrl'), prefix, log });
    const retention = { ageMs: 3_600_000, length: 100 };
    const opened = await redisLog({ door, lanes: 2, retention, log });
    onTestFinished(() => opened.close());
    return opened;
  };
  const [one, other] = [await open(), await open()];
  const conversation = conversationIn(one, 0);
  const hearing = hearingOf(one);
  await other.append([saying(conversation, 'before')]);
  await hearing.count(1);

  // One step of Redis: nobody can read in between.
  const burst = Array.from({ length: 1000 }, (_, index) => saying(conversation, String(index)));
  valueOf(await other.append(burst));

  const told = await hearing.until(`${conversation}/999`);
  const firstLeft = told.findIndex((what, at) => at > 0 && what.startsWith(conversation));
  expect(told[0]).toBe(`${conversation}/before`);
  expect(told.slice(1, firstLeft)).toEqual(['lost in 0: TRIMMED']);
  const first = Number(told[firstLeft]?.split('/')[1]);
  expect(first).toBeGreaterThan(0);
  const rest = Array.from(
    { length: 1000 - first },
    (_, index) => `${conversation}/${first + index}`,
  );
  expect(told.slice(firstLeft)).toEqual(rest);
});
