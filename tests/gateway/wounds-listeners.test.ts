// The wounds of others, where somebody listens: neighbours that fall silent, queues that grow, absences that nobody speaks of.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { Missed } from '../../src/domain/event.ts';
import { providerName } from '../../src/domain/ids.ts';
import { openBroadcast } from '../../src/gateway/live/broadcast.ts';
import { eventCursors } from '../../src/gateway/live/event-cursor.ts';
import { type EventsAsked, subscribe, type Told } from '../../src/gateway/live/subscribe.ts';
import type { Append, Ear, EventLog } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { conversationIn, saying, valueOf } from '../state/event-log.ts';
import { testClock } from '../support/clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ACCOUNT = providerName('website');

function scene({ most = 1000, length = 100_000, ageMs = DAY } = {}) {
  const clock = testClock();
  const whole = memoryLog({ lanes: 3, retention: { ageMs, length }, clock, epoch: 'first' });
  const ears = new Set<Ear>();
  // The same, and what a log over Redis may say besides.
  const log: EventLog = {
    ...whole,
    listen(ear) {
      ears.add(ear);
      return whole.listen(ear);
    },
  };
  const broadcast = openBroadcast(log);
  const parts = { log, broadcast, cursors: eventCursors('a secret'), clock, most };
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  return {
    clock,
    log,
    broadcast,
    say: (conversation: string, text: string) => log.append([saying(conversation, text)]),
    lose(lane: number) {
      const place = { epoch: 'first', id: `${clock()}-0` };
      for (const ear of ears) ear.lost(lane, 'RESET', place);
    },
    async listen(asked: Partial<EventsAsked> = {}, from = parts) {
      const told = await subscribe(
        from,
        { conversation: null, filter: {}, after: null, confirm: true, ...asked },
        gone.signal,
      );
      return valueOf(told)[Symbol.asyncIterator]();
    },
    parts,
  };
}

const named = (nativeId: string) => ({ provider: ACCOUNT, nativeId });

describe('a listener that leaves', () => {
  it('takes nothing from its neighbours: of the same conversation, of another, of all', async () => {
    const { listen, say, broadcast } = scene();
    const one = { conversation: named('c'), confirm: false };
    const leaving = [await listen(one), await listen({ confirm: false })];
    const staying = [await listen(one), await listen(one), await listen({ confirm: false })];
    const other = await listen({ conversation: named('d'), confirm: false });

    for (const listener of leaving) await listener.return?.();
    await say('c', 'after');
    await say('d', 'after');

    for (const listener of staying) expect(inWords(await listener.next())).toBe('c/after');
    expect(inWords(await other.next())).toBe('d/after');
    for (const listener of [...staying, other]) await listener.return?.();
    expect(broadcast.listeners).toBe(0);
  });
});

describe('a listener that does not keep up', () => {
  it('is kept no more than a bounded number of events, and told from when on others are gone', async () => {
    const { listen, say, clock } = scene({ most: 50 });
    const listener = await listen({ conversation: named('c'), confirm: false });
    await say('c', 'first');
    const since = clock();
    for (let index = 0; index < 20_000; index += 1) {
      clock.pass(1);
      await say('c', String(index));
    }

    await say('c', 'end');
    const told = await toldBy(listener, 'end');

    expect(told.length).toBeLessThanOrEqual(52);
    const gaps = told.filter((one) => one.type === 'gap');
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.gap).toMatchObject({ reason: 'OVERFLOW', conversation: named('c') });
    expect(gaps[0]?.gap.from?.getTime()).toBeLessThanOrEqual(since + 1);
    expect(gaps[0]?.gap.to.getTime()).toBe(clock());
  });

  it('is told also what was lost before, where that waited too', async () => {
    const { listen, say, clock, lose, log } = scene({ most: 2 });
    const conversation = conversationIn(log, 1);
    const listener = await listen({ conversation: named(conversation), confirm: false });
    await say(conversation, 'told');
    const since = clock();
    expect(inWords(await listener.next())).toBe(`${conversation}/told`);

    clock.pass(HOUR);
    lose(1);
    clock.pass(HOUR);
    for (const text of ['a', 'b', 'c']) await say(conversation, text);

    const { value } = await listener.next();
    expect(value).toMatchObject({ gap: { reason: 'RESET', from: new Date(since) } });
  });

  it('is told also what the gateway missed, where word of that waited too', async () => {
    const { listen, say, clock, log } = scene({ most: 2 });
    const listener = await listen({ confirm: false });
    const since = new Date(clock());
    clock.pass(HOUR);
    await log.append([missed(since, new Date(clock()))]);
    for (const text of ['a', 'b', 'c']) await say('c', text);

    const { value } = await listener.next();

    expect(value).toMatchObject({ type: 'gap', gap: { from: since } });
  });
});

describe('a listener that was away', () => {
  it.each([
    ['ten minutes', 10 * MINUTE],
    ['an hour', HOUR],
    ['a day, less a minute', DAY - MINUTE],
  ])('for %s is told all of it', async (_long, awayMs) => {
    const { listen, say, clock } = scene();
    const { cursor, wrote } = await beAway({ listen, say, clock, awayMs });

    const back = await listen({ after: cursor, confirm: false });
    await say('c', 'now');

    const told = await toldBy(back, 'now');
    expect(told.map((value) => inWords({ value }))).toEqual([...wrote, 'c/now']);
  });

  it('for longer than events are kept is told a gap over what is gone, and the rest', async () => {
    const { listen, say, clock } = scene();
    const leftAt = clock();
    const { cursor, wrote } = await beAway({ listen, say, clock, awayMs: DAY + 2 * HOUR });

    const back = await listen({ after: cursor, confirm: false });
    await say('c', 'now');

    const [gap, ...rest] = await toldBy(back, 'now');
    expect(gap).toMatchObject({
      type: 'gap',
      gap: { reason: 'TRIMMED', conversation: null, from: new Date(leftAt), to: new Date(clock()) },
    });
    const told = rest.map((value) => inWords({ value }));
    expect(told.length).toBeLessThan(wrote.length);
    expect(told).toEqual([...wrote, 'c/now'].slice(-told.length));
  });

  it('and is told a gap goes on from there, and not from the beginning, when it goes again', async () => {
    const { listen, say, clock } = scene();
    const { cursor } = await beAway({ listen, say, clock, awayMs: DAY + 2 * HOUR });
    const back = await listen({ after: cursor, confirm: false });
    const { value: gap } = await back.next();

    const again = await listen({ after: cursorOf(gap), confirm: false });

    const { value: first } = await back.next();
    expect(inWords(await again.next())).toBe(inWords({ value: first }));
  });

  it.each([
    ['one conversation', named('c')],
    ['everything', null],
  ])('from %s, when the log began anew, is told so of just that', async (_what, conversation) => {
    const { listen, say, clock, parts } = scene();
    const first = await listen({ conversation });
    await say('c', 'before');
    await first.next();
    const { value } = await first.next();
    const leftAt = clock();
    clock.pass(MINUTE);
    const retention = { ageMs: DAY, length: 100 };
    const log = memoryLog({ lanes: 3, retention, clock, epoch: 'second' });
    const anew = { ...parts, log, broadcast: openBroadcast(log) };
    await log.append([saying('c', 'after')]);

    const back = await listen({ conversation, after: cursorOf(value), confirm: false }, anew);

    const told = await toldBy(back, 'after');
    const gaps = told.flatMap((one) => (one.type === 'gap' ? [one.gap] : []));
    expect(new Set(gaps.map(({ reason }) => reason))).toEqual(new Set(['RESET']));
    expect(gaps.map((one) => one.conversation)).toEqual(gaps.map(() => conversation));
    expect(gaps.map(({ from }) => from?.getTime() ?? leftAt)).toContain(leftAt);
    expect(inWords({ value: told.at(-1) })).toBe('c/after');
  });
});

/** Leaves, while something is said every ten minutes. */
async function beAway({
  listen,
  say,
  clock,
  awayMs,
}: Pick<ReturnType<typeof scene>, 'listen' | 'say' | 'clock'> & { readonly awayMs: number }) {
  await say('c', 'before');
  const first = await listen();
  const { value } = await first.next();
  await first.return?.();
  const wrote: string[] = [];
  for (let passed = 0; passed < awayMs; passed += 10 * MINUTE) {
    clock.pass(Math.min(10 * MINUTE, awayMs - passed));
    await say('c', String(passed));
    wrote.push(`c/${passed}`);
  }
  return { cursor: cursorOf(value), wrote };
}

function missed(since: Date, at: Date): Append {
  const event: Missed = {
    conversation: named(''),
    at,
    tags: null,
    fact: { kind: 'MISSED', id: 'm', since },
  };
  return { event, lane: 0, once: ['missed m'] };
}

async function toldBy(listener: AsyncIterator<Told>, last: string | number): Promise<Told[]> {
  const told: Told[] = [];
  for (;;) {
    const { done, value } = await listener.next();
    if (done) return told;
    told.push(value);
    if (inWords({ value }).endsWith(`/${last}`)) return told;
  }
}

function cursorOf(told: Told | undefined): string {
  if (!told || told.type === 'failed') throw new Error('nothing was told');
  return told.cursor();
}

function inWords({ value }: { readonly value?: Told | undefined }): string {
  if (value?.type === 'gap') return value.gap.reason;
  if (value?.type !== 'event') return value?.type ?? 'the end';
  const { conversation, fact } = value.event;
  return `${conversation.nativeId}/${fact.kind === 'REPLY_DELTA' ? fact.text : fact.kind}`;
}
