// The laws of the event log, kept by memory and by a real Redis alike.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { providerName } from '../../src/domain/ids.ts';
import { compareIds, type EventLog, type Retention } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import {
  conversationIn,
  everythingAfter,
  hearingOf,
  saying,
  textOf,
  valueOf,
} from './event-log.ts';

const LANES = 4;
const USUAL: Retention = { ageMs: 3_600_000, length: 10_000 };
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

type Open = (retention?: Partial<Retention>) => Promise<readonly [EventLog, EventLog]>;

/** Two handles on one log: of one process, the same. */
const KINDS: readonly (readonly [string, Open])[] = [
  [
    'memory',
    (retention) => {
      const kept = { ...USUAL, ...retention };
      const one = memoryLog({ lanes: LANES, retention: kept, clock: Date.now, epoch: 'e' });
      return Promise.resolve([one, one]);
    },
  ],
  [
    'Redis',
    async (retention) => {
      const prefix = `test:${randomUUID()}:`;
      const handle = async () => {
        const door = openRedis({ url: inject('redisUrl'), prefix, log });
        const opened = await redisLog({
          door,
          lanes: LANES,
          retention: { ...USUAL, ...retention },
          log,
        });
        onTestFinished(() => opened.close());
        return opened;
      };
      return [await handle(), await handle()];
    },
  ],
];

describe.each(KINDS)('an event log in %s', (_name, open) => {
  it('appends in order, and gives every event back in that order from any mark', async () => {
    const [one] = await open();
    const texts = Array.from({ length: 25 }, (_, index) => String(index));
    const entries = valueOf(await one.append(texts.map((text) => saying('c', text))));
    const [first] = entries;
    if (!first) throw new Error('nothing was appended');

    expect(entries.map((entry) => entry && textOf(entry))).toEqual(
      texts.map((text) => `c/${text}`),
    );
    const { texts: after } = await everythingAfter(one, first.lane, first.mark, 7);
    expect(after).toEqual(texts.slice(1).map((text) => `c/${text}`));
  });

  it('gives the end of a lane back newest first, as many as were asked for', async () => {
    const [one, other] = await open();
    const lane = one.laneOf({ provider: providerName('website'), nativeId: 'c' });
    const empty = valueOf(await one.readBack(lane, 5));
    const texts = Array.from({ length: 9 }, (_, index) => String(index));
    const entries = valueOf(await one.append(texts.map((text) => saying('c', text))));

    const back = valueOf(await other.readBack(lane, 3));
    const whole = valueOf(await other.readBack(lane, 100));

    expect(empty).toEqual([]);
    expect(back.map(textOf)).toEqual(['c/8', 'c/7', 'c/6']);
    expect(back.map((entry) => entry.mark)).toEqual(
      entries
        .slice(-3)
        .toReversed()
        .map((entry) => entry?.mark),
    );
    expect(whole).toHaveLength(9);
  });

  it('appends what was seen before no second time, by whichever of its keys', async () => {
    const [one, other] = await open();
    await one.append([saying('c', 'a', 'version 1')]);

    const again = valueOf(
      await other.append([saying('c', 'a'), { ...saying('c', 'b'), once: ['version 1'] }]),
    );

    expect(again).toEqual([null, null]);
    const [begin] = valueOf(await one.append([saying('c', 'z')]));
    const all = await everythingAfter(one, begin?.lane ?? 0, { ...mark(begin), id: '0-0' });
    expect(all.texts).toEqual(['c/a', 'c/z']);
  });

  it('appends one of many who append the same at once', async () => {
    const [one, other] = await open();

    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? one : other).append([saying('c', 'same')]),
      ),
    );

    const appended = outcomes
      .flatMap((outcome) => valueOf(outcome))
      .filter((entry) => entry !== null);
    expect(appended).toHaveLength(1);
  });

  it('tells everybody who listens, once and in order, and none who has stopped', async () => {
    const [one, other] = await open();
    const [near, far, gone] = [hearingOf(one), hearingOf(other), hearingOf(one)];
    gone.stop();
    const texts = Array.from({ length: 60 }, (_, index) => String(index));

    for (const text of texts) await (Number(text) % 2 ? one : other).append([saying('c', text)]);

    const wanted = texts.map((text) => `c/${text}`);
    expect(await near.count(60)).toEqual(wanted);
    expect(await far.count(60)).toEqual(wanted);
    expect(gone.heard).toEqual([]);
  });

  it('keeps a conversation in one lane, and all of them in all lanes', async () => {
    const [one] = await open();
    const conversations = Array.from({ length: LANES }, (_, lane) => conversationIn(one, lane));

    const entries = valueOf(
      await one.append(conversations.flatMap((id) => [saying(id, 'a'), saying(id, 'b')])),
    );

    expect(entries.map((entry) => entry?.lane)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it('says where each lane ends: what comes after that is all that is new', async () => {
    const [one] = await open();
    await one.append([saying('c', 'old')]);
    const ends = valueOf(await one.ends());

    const [entry] = valueOf(await one.append([saying('c', 'new')]));

    const lane = entry?.lane ?? 0;
    const end = ends[lane];
    if (!end) throw new Error('a lane has no end');
    expect(await everythingAfter(one, lane, end)).toMatchObject({ texts: ['c/new'], lost: null });
  });

  it('says how far all have heard: never an event that one of them was not yet told, and soon all', async () => {
    const [one, other] = await open();
    const tooSoon: string[] = [];
    const listen = (events: EventLog) =>
      events.listen({
        entry: ({ lane, mark: { id } }) => {
          const told = events.heard()?.[lane];
          if (!told || compareIds(told.id, id) >= 0) tooSoon.push(id);
        },
        lost: () => undefined,
      });
    for (const events of [one, other, one, other]) onTestFinished(listen(events));
    const hearings = [hearingOf(one), hearingOf(other)];

    for (const text of ['a', 'b']) {
      for (const name of ['c', 'd', 'e']) valueOf(await one.append([saying(name, text)]));
    }
    for (const hearing of hearings) await hearing.count(6);

    expect(tooSoon).toEqual([]);
    const ends = valueOf(await one.ends());
    for (const events of [one, other]) expect(events.heard()).toEqual(ends);
  });

  it('tells what an ear appends after what that ear was being told, and to all in one order', async () => {
    const [one] = await open();
    const answering = one.listen({
      entry: (entry) => {
        if (textOf(entry) === 'c/asked') void one.append([saying('c', 'answered')]);
      },
      lost: () => undefined,
    });
    onTestFinished(answering);
    const second = hearingOf(one);

    await one.append([saying('c', 'asked'), saying('c', 'at once')]);

    expect(await second.count(3)).toEqual(['c/asked', 'c/at once', 'c/answered']);
    expect(one.heard()).toEqual(valueOf(await one.ends()));
  });

  it('says that something is lost where its length no longer reaches back, and gives the rest', async () => {
    const [one] = await open({ length: 10 });
    const [first] = valueOf(await one.append([saying('c', 'first')]));
    if (!first) throw new Error('nothing was appended');
    // Redis lets whole nodes of a hundred go.
    const many = Array.from({ length: 400 }, (_, index) => saying('c', String(index)));
    await one.append(many);

    const { texts, lost } = await everythingAfter(one, first.lane, first.mark);

    expect(lost).toBe('TRIMMED');
    expect(texts.length).toBeGreaterThanOrEqual(10);
    expect(texts.length).toBeLessThan(400);
    expect(texts).toEqual(many.slice(-texts.length).map(({ event }) => `c/${deltaOf(event)}`));
  });

  it('loses nothing to one who has read up to what was let go', async () => {
    const [one] = await open({ length: 10 });
    await one.append(Array.from({ length: 400 }, (_, index) => saying('c', String(index))));
    const [last] = valueOf(await one.append([saying('c', 'last')]));
    if (!last) throw new Error('nothing was appended');

    expect(await everythingAfter(one, last.lane, last.mark)).toMatchObject({
      texts: [],
      lost: null,
    });
  });

  it('says that it began anew to a mark of another epoch, and gives all it has', async () => {
    const [one] = await open();
    const [entry] = valueOf(await one.append([saying('c', 'a')]));

    const read = await everythingAfter(one, entry?.lane ?? 0, {
      epoch: 'of another time',
      id: '9-9',
    });

    expect(read).toMatchObject({ texts: ['c/a'], lost: 'RESET' });
  });

  it('gives dates, texts of all tongues and objects that look like its own marks back as they were', async () => {
    const [one] = await open();
    const odd = saying('c', '𝒳 "quoted"\n\u0000 Grüße');
    const event = {
      ...odd.event,
      at: new Date(1_700_000_000_123),
      tags: [{ key: '$date', value: '1' }],
      fact: {
        kind: 'REPLY_FAILED' as const,
        replyId: 'r',
        failure: {
          kind: 'rate-limited' as const,
          provider: odd.event.conversation.provider,
          retryAt: new Date(5),
        },
      },
    };
    const [entry] = valueOf(await one.append([{ event, once: ['odd'] }]));

    const slice = valueOf(await one.read(entry?.lane ?? 0, { ...mark(entry), id: '0-0' }, 5));

    expect(slice.entries.map((row) => row.event)).toEqual([event]);
  });
});

function mark(entry: { mark: { epoch: string; id: string } } | null | undefined) {
  if (!entry) throw new Error('nothing was appended');
  return entry.mark;
}

function deltaOf(event: {
  fact: { kind: string } | { kind: 'REPLY_DELTA'; text: string };
}): string {
  return 'text' in event.fact ? event.fact.text : event.fact.kind;
}
