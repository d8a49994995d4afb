// A log that begins anew while somebody comes back, twice even: they are not led back into one that is no more.

import { expect, it, onTestFinished } from 'vitest';
import { success } from '../../src/domain/failure.ts';
import { openBroadcast } from '../../src/gateway/live/broadcast.ts';
import { eventCursors } from '../../src/gateway/live/event-cursor.ts';
import { subscribe, type Told } from '../../src/gateway/live/subscribe.ts';
import type { Ear, Entry, EventLog, Mark, Slice } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { saying, valueOf } from '../state/event-log.ts';

const ASKED = { conversation: null, filter: {} };
const QUESTION = `events ${JSON.stringify([undefined, undefined, {}])}`;
const cursors = eventCursors('a secret');
const mark = (epoch: string, id: string): Mark => ({ epoch, id });
const entry = (at: Mark, text: string): Entry => ({
  lane: 0,
  mark: at,
  event: saying('c', text).event,
});

/** A log of one lane whose every word is put into its mouth. */
function scene(read: (ear: Ear, after: Mark) => Slice) {
  const ears: Ear[] = [];
  const whole = memoryLog({
    lanes: 1,
    retention: { ageMs: 1e9, length: 100 },
    clock: Date.now,
    epoch: 'none',
  });
  const ear: Ear = {
    entry: (one) => ears.forEach((each) => each.entry(one)),
    lost: (lane, reason, place) => ears.forEach((each) => each.lost(lane, reason, place)),
  };
  const log: EventLog = {
    ...whole,
    listen(one) {
      ears.push(one);
      return () => undefined;
    },
    ends: () => Promise.resolve(success([mark('A', '3-0')])),
    read: (_lane, after) => Promise.resolve(success(read(ear, after))),
  };
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const parts = { log, broadcast: openBroadcast(log), cursors, clock: () => 20 };
  return {
    ear,
    listen: async (after: string | null) =>
      valueOf(await subscribe(parts, { ...ASKED, after }, gone.signal))[Symbol.asyncIterator](),
  };
}

it('what waited of a log that is over, when the one after it was read, is in the gap and not told', async () => {
  const { ear, listen } = scene((heard) => {
    // While this is read, word of the log in between still comes.
    heard.lost(0, 'RESET', mark('B', '4-0'));
    heard.entry(entry(mark('B', '5-0'), 'in between'));
    const entries = [entry(mark('C', '10-0'), 'kept')];
    return { entries, next: mark('C', '10-0'), atEnd: true, lost: 'RESET' };
  });
  const listener = await listen(cursors.seal(new Map([[0, mark('A', '3-0')]]), QUESTION));
  const first = [await listener.next(), await listener.next()];
  ear.lost(0, 'RESET', mark('C', '9-0'));
  ear.entry(entry(mark('C', '10-0'), 'kept'));
  ear.entry(entry(mark('C', '11-0'), 'new'));

  const told = first.map(({ value }) => value);
  while (inWords(told.at(-1)) !== 'new') told.push((await listener.next()).value);

  expect(told.map(inWords).filter((words) => words !== 'RESET')).toEqual(['kept', 'new']);
  expect(inWords(told[0])).toBe('RESET');
  expect(told.map((one) => placeIn(one)?.epoch)).toEqual(told.map(() => 'C'));
});

it('whoever was told that the log began anew comes back to the new one, and hears no more of that', async () => {
  const { ear, listen } = scene((_ear, after) => {
    const lost = after.epoch === 'B' ? null : 'RESET';
    return { entries: [], next: mark('B', '7-0'), atEnd: true, lost };
  });
  const listener = await listen(null);
  ear.lost(0, 'RESET', mark('B', '7-0'));
  const { value: gap } = await listener.next();

  const back = await listen(gap && gap.type !== 'failed' ? gap.cursor() : null);
  const next = back.next();
  await new Promise((resolve) => setImmediate(resolve));
  ear.entry(entry(mark('B', '8-0'), 'new'));

  expect(gap).toMatchObject({ type: 'gap', gap: { reason: 'RESET', from: new Date(3) } });
  expect(inWords((await next).value)).toBe('new');
});

function inWords(told: Told | undefined): string {
  if (told?.type === 'gap') return told.gap.reason;
  if (told?.type !== 'event') return told?.type ?? 'the end';
  return told.event.fact.kind === 'REPLY_DELTA' ? told.event.fact.text : told.event.fact.kind;
}

function placeIn(told: Told | undefined): Mark | undefined {
  const cursor = told && told.type !== 'failed' ? told.cursor() : '';
  const marks = cursors.open(cursor, QUESTION);
  return typeof marks === 'string' ? undefined : marks.get(0);
}
