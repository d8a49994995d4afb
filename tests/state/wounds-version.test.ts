// Rows that another version of this gateway wrote are passed by: nobody stops at them, and nobody reads them for ever.

import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, inject, it, onTestFinished } from 'vitest';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { conversationIn, everythingAfter, hearingOf, saying, valueOf } from './event-log.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

it('what comes after rows that cannot be understood is read and heard, however many they are', async () => {
  const prefix = `test:${randomUUID()}:`;
  const operator = new Redis(inject('redisUrl'));
  onTestFinished(() => operator.disconnect());
  const door = openRedis({ url: inject('redisUrl'), prefix, log });
  const retention = { ageMs: 3_600_000, length: 10_000 };
  const events = await redisLog({ door, lanes: 1, retention, log });
  onTestFinished(() => events.close());
  const conversation = conversationIn(events, 0);
  const hearing = hearingOf(events);
  const [before] = valueOf(await events.append([saying(conversation, 'before')]));
  const mark = before?.mark ?? { epoch: '', id: '0-0' };

  for (let index = 0; index < 10; index += 1) {
    await operator.xadd(`${prefix}{events:0}:log`, '*', 'e', mark.epoch, 'b', '["of tomorrow"]');
  }
  await events.append([saying(conversation, 'after')]);

  expect(await hearing.count(2)).toEqual([`${conversation}/before`, `${conversation}/after`]);
  const read = await everythingAfter(events, 0, mark, 3);
  expect(read).toMatchObject({ texts: [`${conversation}/after`], lost: null });
});
