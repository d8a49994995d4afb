// That news of an account were missed is told to all whom it concerns, once, in memory and over Redis.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Missed } from '../../src/domain/event.ts';
import { providerName } from '../../src/domain/ids.ts';
import { openBroadcast } from '../../src/gateway/live/broadcast.ts';
import { eventCursors } from '../../src/gateway/live/event-cursor.ts';
import { type EventsAsked, subscribe, type Told } from '../../src/gateway/live/subscribe.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { conversationIn, saying, valueOf } from '../state/event-log.ts';

const LANES = 3;
const retention = { ageMs: 3_600_000, length: 1000 };
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const KINDS: readonly (readonly [string, () => Promise<EventLog>])[] = [
  [
    'memory',
    () => Promise.resolve(memoryLog({ lanes: LANES, retention, clock: Date.now, epoch: 'e' })),
  ],
  [
    'Redis',
    () => {
      const prefix = `test:${randomUUID()}:`;
      const door = openRedis({ url: inject('redisUrl'), prefix, log });
      return redisLog({ door, lanes: LANES, retention, log });
    },
  ],
];

const WEBSITE = providerName('website');
const SINCE = new Date('2026-05-04T08:00:00.000Z');
const UNTIL = new Date('2026-05-04T09:00:00.000Z');

describe.each(KINDS)('what was missed of an account, with a log in %s', (_name, open) => {
  it.each<[string, (log: EventLog) => Partial<EventsAsked>]>([
    ['everything', () => ({})],
    ['that account', () => ({ filter: { providers: [WEBSITE] } })],
    ['messages alone', () => ({ filter: { kinds: ['MESSAGE_ADDED', 'REPLY_DELTA'] } })],
    [
      'a conversation of it',
      (events) => ({
        conversation: { provider: WEBSITE, nativeId: conversationIn(events, 2) },
      }),
    ],
  ])('is told once to who listens to %s, now and when they come back', async (_to, asking) => {
    const events = await open();
    onTestFinished(() => events.close());
    const asked = asking(events);
    const words = asked.conversation?.nativeId ?? conversationIn(events, 2);
    const listening = await listenTo(events, asked);
    await events.append([saying(words, 'before')]);
    const before = await next(listening);

    await miss(events);
    await events.append([saying(words, 'after')]);

    const gap = {
      reason: 'MISSED',
      conversation: asked.conversation ?? null,
      from: SINCE,
      to: UNTIL,
    };
    expect(await next(listening)).toMatchObject({ type: 'gap', gap });
    expect(await next(listening)).toMatchObject({ type: 'event' });
    const back = await listenTo(events, { ...asked, after: cursorOf(before) });
    const told = [await next(back), await next(back)];
    expect(told.map(({ type }) => type).toSorted()).toEqual(['event', 'gap']);
  });

  it.each<[string, Partial<EventsAsked>]>([
    ['another account', { filter: { providers: [providerName('help')] } }],
    [
      'a conversation of another account',
      { conversation: { provider: providerName('help'), nativeId: 'c' } },
    ],
  ])('is not told to who listens to %s', async (_to, asked) => {
    const events = await open();
    onTestFinished(() => events.close());
    const listening = await listenTo(events, asked);
    const { event, once } = saying('c', 'something else');
    const conversation = { provider: providerName('help'), nativeId: 'c' };

    await miss(events);
    await events.append([{ event: { ...event, conversation }, once }]);

    expect(await next(listening)).toMatchObject({ type: 'event' });
  });
});

async function miss(events: EventLog): Promise<void> {
  const event: Missed = {
    conversation: { provider: WEBSITE, nativeId: '' },
    at: UNTIL,
    tags: null,
    fact: { kind: 'MISSED', id: 'this time', since: SINCE },
  };
  const lanes = Array.from({ length: LANES }, (_, lane) => lane);
  valueOf(await events.append(lanes.map((lane) => ({ event, lane, once: [`missed ${lane}`] }))));
}

async function listenTo(
  events: EventLog,
  asked: Partial<EventsAsked>,
): Promise<AsyncIterator<Told>> {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const subscribed = await subscribe(
    {
      log: events,
      broadcast: openBroadcast(events),
      cursors: eventCursors('a secret'),
      clock: Date.now,
    },
    { conversation: null, filter: {}, after: null, ...asked },
    gone.signal,
  );
  return valueOf(subscribed)[Symbol.asyncIterator]();
}

async function next(listening: AsyncIterator<Told>): Promise<Told> {
  const result = await listening.next();
  if (result.done) throw new Error('there is no more');
  return result.value;
}

function cursorOf(told: Told): string {
  if (told.type === 'failed') throw new Error('it failed');
  return told.cursor();
}
