// Away for longer than a real Redis keeps events: a gap over what is gone, and then the rest without a hole.

import { randomUUID } from 'node:crypto';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { providerName } from '../../src/domain/ids.ts';
import { openBroadcast } from '../../src/gateway/live/broadcast.ts';
import { eventCursors } from '../../src/gateway/live/event-cursor.ts';
import { subscribe, type Told } from '../../src/gateway/live/subscribe.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { saying, valueOf } from './event-log.ts';

const quiet = () => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const AGE_MS = 400;

it('whoever was away for longer than events are kept is told a gap, and all that is left', async () => {
  const door = openRedis({ url: inject('redisUrl'), prefix: `test:${randomUUID()}:`, log: silent });
  const retention = { ageMs: AGE_MS, length: 10_000 };
  const log = await redisLog({ door, lanes: 2, retention, log: silent });
  onTestFinished(() => log.close());
  const cursors = eventCursors('a secret');
  const parts = { log, broadcast: openBroadcast(log), cursors, clock: Date.now };
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const conversation = { provider: providerName('website'), nativeId: 'c' };
  const listen = async (after: string | null) => {
    const asked = { conversation, filter: {}, after, confirm: after === null };
    return valueOf(await subscribe(parts, asked, gone.signal))[Symbol.asyncIterator]();
  };
  const first = await listen(null);
  await log.append([saying('c', 'had')]);
  await first.next();
  const cursor = cursorOf((await first.next()).value);
  await first.return?.();
  const leftAt = Date.now();

  // Redis lets a hundred go at a time, never fewer.
  const missed = Array.from({ length: 300 }, (_, index) => saying('c', `missed ${index}`));
  valueOf(await log.append(missed));
  const missedBy = Date.now();
  let more = 0;
  const lane = log.laneOf(conversation);
  const start = { epoch: '', id: '0-0' };
  await vi.waitFor(
    async () => {
      more += 1;
      await log.append([saying('c', `later ${more}`)]);
      const [oldest] = valueOf(await log.read(lane, start, 1)).entries;
      expect(Number(oldest?.mark.id.split('-')[0])).toBeGreaterThan(missedBy);
    },
    { timeout: 10_000, interval: 10 },
  );
  const back = await listen(cursor);
  await log.append([saying('c', 'end')]);

  const told: Told[] = [];
  while (textOf(told.at(-1)) !== 'end') {
    const { done, value } = await back.next();
    if (done) break;
    told.push(value);
  }
  const [gap, ...rest] = told;
  if (gap?.type !== 'gap') throw new Error(`told first: ${gap?.type}`);
  expect(gap.gap).toMatchObject({ reason: 'TRIMMED', conversation });
  expect(gap.gap.from?.getTime()).toBeLessThanOrEqual(leftAt);
  expect(gap.gap.to.getTime()).toBeGreaterThanOrEqual(missedBy);
  const left = rest.length - 1;
  const wanted = Array.from({ length: left }, (_, index) => `later ${more - left + index + 1}`);
  expect(rest.map(textOf)).toEqual([...wanted, 'end']);
});

function cursorOf(told: Told | undefined): string {
  if (!told || told.type === 'failed') throw new Error('nothing was told');
  return told.cursor();
}

function textOf(told: Told | undefined): string {
  return told?.type === 'event' && told.event.fact.kind === 'REPLY_DELTA'
    ? told.event.fact.text
    : '';
}
