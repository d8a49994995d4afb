// A replica takes over that had not heard of all that was acknowledged: nobody is left to believe that they were told everything.

import { expect, it, onTestFinished, vi } from 'vitest';
import { providerName } from '../../src/domain/ids.ts';
import { openBroadcast } from '../../src/gateway/live/broadcast.ts';
import { eventCursors } from '../../src/gateway/live/event-cursor.ts';
import { subscribe, type Told } from '../../src/gateway/live/subscribe.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { startPair } from '../support/redis/failover.ts';
import { saying, valueOf } from './event-log.ts';

const quiet = () => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };

it.each([
  ['one conversation', { provider: providerName('website'), nativeId: 'c' }],
  ['everything', null],
])(
  'who listens to %s is told a gap over what was lost, and nothing of before twice',
  async (_what, conversation) => {
    const { caughtUp, deafen, door: openDoor, failOver } = await startPair();
    const { url } = await openDoor();
    const open = async () => {
      const door = openRedis({ url, log: silent });
      const retention = { ageMs: 3_600_000, length: 10_000 };
      const log = await redisLog({ door, lanes: 2, retention, log: silent });
      onTestFinished(() => log.close());
      return log;
    };
    const [log, writing] = [await open(), await open()];
    const parts = {
      log,
      broadcast: openBroadcast(log),
      cursors: eventCursors('a secret'),
      clock: Date.now,
    };
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const listen = async (after: string | null) => {
      const asked = { conversation, filter: {}, after, confirm: after === null };
      return valueOf(await subscribe(parts, asked, gone.signal))[Symbol.asyncIterator]();
    };
    const staying = await listen(null);
    const leaving = await listen(null);
    await appended(writing, 'before');
    const [told] = (await toldBy(leaving, 'before')).slice(-1);
    const cursor = told && told.type !== 'failed' ? told.cursor() : '';
    await leaving.return?.();
    await caughtUp();

    await deafen();
    const lostAt = Date.now();
    await appended(writing, 'lost with the master');
    await failOver();
    await appended(writing, 'after');

    const stayed = await toldBy(staying, 'after');
    const back = await toldBy(await listen(cursor), 'after');
    // Who was there when it was told has it; who was not is told that something is gone, and when.
    expect(textsOf(stayed)).toEqual(['listening', 'c/before', 'c/lost with the master', 'c/after']);
    expect(textsOf(back)).toEqual(['c/after']);
    for (const all of [stayed, back]) {
      const gaps = all.flatMap((one) => (one.type === 'gap' ? [one.gap] : []));
      expect(gaps.length).toBeGreaterThan(0);
      expect(gaps.map(({ reason }) => reason)).toEqual(gaps.map(() => 'RESET'));
      expect(gaps.map((gap) => gap.conversation)).toEqual(gaps.map(() => conversation));
    }
    const covering = back.some(
      (one) =>
        one.type === 'gap' &&
        (one.gap.from?.getTime() ?? 0) <= lostAt &&
        one.gap.to.getTime() >= lostAt,
    );
    expect(covering).toBe(true);
  },
  30_000,
);

async function appended(log: EventLog, text: string): Promise<void> {
  await vi.waitFor(
    async () => expect(await log.append([saying('c', text)])).toMatchObject({ ok: true }),
    5000,
  );
}

async function toldBy(listener: AsyncIterator<Told>, last: string): Promise<Told[]> {
  const told: Told[] = [];
  for (;;) {
    const { done, value } = await listener.next();
    if (done) return told;
    told.push(value);
    if (textsOf([value]).includes(`c/${last}`)) return told;
  }
}

function textsOf(told: readonly Told[]): readonly string[] {
  return told.flatMap((one) => {
    if (one.type === 'gap') return [];
    if (one.type !== 'event') return [one.type];
    const { conversation, fact } = one.event;
    return [`${conversation.nativeId}/${fact.kind === 'REPLY_DELTA' ? fact.text : fact.kind}`];
  });
}
