// What is believed of what was kept where something of the log was lost, or cannot be understood.

import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { providerName } from '../../src/domain/ids.ts';
import { openFreshness } from '../../src/gateway/reads/freshness.ts';
import { ofAccount, type Touch, touched } from '../../src/gateway/reads/touches.ts';
import type { Entry } from '../../src/state/events/log.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { conversationIn, hearingOf, saying, valueOf } from '../state/event-log.ts';
import { startRedis } from '../support/redis/server.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const LANES = 3;
const ACCOUNT = providerName('website');

/** A log of one's own server, who listens to it first, and who hears it after that. */
async function scene() {
  const server = await startRedis();
  onTestFinished(() => server.close());
  const operator = new Redis(server.url);
  onTestFinished(() => operator.disconnect());
  const prefix = `test:${randomUUID()}:`;
  const door = openRedis({ url: server.url, prefix, log });
  const retention = { ageMs: 3_600_000, length: 10_000 };
  const events = await redisLog({ door, lanes: LANES, retention, log });
  onTestFinished(() => events.close());
  const freshness = openFreshness({ events, clock: Date.now, longestMs: 3_600_000 });
  onTestFinished(() => freshness.close());
  const hearing = hearingOf(events);
  const accountLane = events.laneOf(ofAccount(ACCOUNT, []).conversation);
  const [ownLane = 0, otherLane = 1] = [0, 1, 2].filter((lane) => lane !== accountLane);

  function inLane(lane: number): Touch {
    const nativeId = conversationIn(events, lane);
    return { conversation: { provider: ACCOUNT, nativeId }, parts: ['conversation'] };
  }

  /** Of another version, and then something that all understand, so that it can be waited for. */
  async function foreignRow(lane: number, { cut = false } = {}): Promise<void> {
    const ends = valueOf(await events.ends());
    const at = `${prefix}{events:${lane}}:log`;
    const both = operator.pipeline();
    if (cut) both.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await both.xadd(at, '*', 'e', ends[lane]?.epoch ?? '', 'b', '[2,"of tomorrow"]').exec();
    const conversation = conversationIn(events, lane);
    await vi.waitFor(async () => valueOf(await events.append([saying(conversation, 'after')])));
    await hearing.until(`${conversation}/after`);
    await vi.waitFor(() => expect(events.heard()).not.toBeNull());
  }

  async function touch(what: Touch): Promise<Entry> {
    const [entry] = valueOf(await freshness.log.append([touched(what, new Date())]));
    if (!entry) throw new Error('it was not appended');
    return entry;
  }

  /** The log is gone, and another one begun in each lane. */
  async function begunAnew(): Promise<void> {
    const gone = await operator.keys(`${prefix}{events:*`);
    await operator.del(gone);
    for (let lane = 0; lane < LANES; lane += 1) {
      const conversation = conversationIn(events, lane);
      await events.append([saying(conversation, 'anew')]);
      await hearing.until(`${conversation}/anew`);
    }
  }

  const parts = {
    operator,
    freshness,
    accountLane,
    own: inLane(ownLane),
    other: inLane(otherLane),
  };
  return { ...parts, ownLane, foreignRow, touch, begunAnew };
}

function asOfIn({ freshness }: Pick<Awaited<ReturnType<typeof scene>>, 'freshness'>): string {
  const asOf = freshness.asOf();
  if (asOf === null) throw new Error('the log is not heard');
  return asOf;
}

describe('a row of another version', () => {
  it('makes old all that may be told in its lane, and nothing else', async () => {
    const all = await scene();
    const { freshness, own, other, ownLane } = all;
    const asOf = asOfIn(all);
    const moment = freshness.moment();

    await all.foreignRow(ownLane);

    expect(freshness.holds(own, asOf)).toBe(false);
    expect(freshness.holds(ofAccount(ACCOUNT, ['lists']), asOf)).toBe(false);
    expect(freshness.untouchedSince(own, moment)).toBe(false);
    expect(freshness.holds(other, asOf)).toBe(true);
    expect(freshness.holds(own, asOfIn(all))).toBe(true);
  });

  it('may be about a whole account, where such is told', async () => {
    const all = await scene();
    const asOf = asOfIn(all);

    await all.foreignRow(all.accountLane);

    expect(all.freshness.holds(all.own, asOf)).toBe(false);
  });

  it('found after a silence counts the same', async () => {
    const all = await scene();
    const asOf = asOfIn(all);
    expect(all.freshness.holds(all.own, asOf)).toBe(true);

    await all.foreignRow(all.ownLane, { cut: true });

    expect(all.freshness.holds(all.own, asOf)).toBe(false);
  });
});

describe('a log that began anew', () => {
  it('leaves what was touched before it to be kept again', async () => {
    const all = await scene();
    await all.touch(all.own);
    const before = asOfIn(all);

    await all.begunAnew();

    expect(all.freshness.holds(all.own, before)).toBe(false);
    expect(all.freshness.holds(all.own, asOfIn(all))).toBe(true);
  });

  it('is not forgotten for what comes late of before it', async () => {
    const all = await scene();
    const late = await all.touch(all.own);
    const before = asOfIn(all);
    await all.begunAnew();
    const between = asOfIn(all);
    await all.touch(all.own);

    all.freshness.note(late);

    expect(all.freshness.holds(all.own, before)).toBe(false);
    expect(all.freshness.holds(all.own, between)).toBe(false);
  });
});
