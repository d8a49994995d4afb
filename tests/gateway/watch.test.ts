// What is found by looking, how often is looked, and who looks: over a service in memory and time that passes on demand.

import { describe, expect, it, onTestFinished } from 'vitest';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import type { Leases } from '../../src/state/lease/lease.ts';
import { memoryLeases } from '../../src/state/lease/memory.ts';
import {
  anotherMessage,
  BEGIN_MS,
  type Desk,
  type DeskOptions,
  NAME,
  openDesk,
  openTime,
  startWatch,
  type Time,
  type Watching,
} from './watched.ts';

const DAY_MS = 24 * 3_600_000;
const LEASE_MS = 9000;

interface Scene extends Watching {
  readonly desk: Desk;
  readonly time: Time;
  readonly log: EventLog;
  readonly leases: Leases;
  /** What is heard from now on. */
  since(): () => readonly string[];
  /** A customer writes now. */
  say(conversation: string, text: string): string;
}

function scene({
  retentionMs = DAY_MS,
  ...options
}: DeskOptions & { retentionMs?: number } = {}): Scene {
  const time = openTime();
  const desk = openDesk(options);
  for (const id of ['c1', 'c2', 'c3']) {
    desk.begin(id, new Date(BEGIN_MS - DAY_MS));
    desk.say(id, `old in ${id}`, new Date(BEGIN_MS - 60_000));
  }
  const log = memoryLog({
    lanes: 2,
    retention: { ageMs: retentionMs, length: 100_000 },
    clock: time.clock,
    epoch: 'e',
  });
  onTestFinished(() => log.close());
  const leases = memoryLeases({ leaseMs: LEASE_MS, notesMs: 7 * retentionMs, clock: time.now });
  const watching = startWatch({ desk, log, leases, time, retentionMs });
  return {
    ...watching,
    desk,
    time,
    log,
    leases,
    since() {
      const from = watching.told.length;
      return () => watching.told.slice(from);
    },
    say: (conversation, text) => desk.say(conversation, text, new Date(time.clock())),
  };
}

describe('an account', () => {
  it('is asked nothing as long as nobody listens', async () => {
    const { desk, time } = scene();

    await time.pass(DAY_MS);

    expect(desk.asked).toEqual([]);
  });

  it('is looked at as soon as somebody does, and what is there already is no event', async () => {
    const { desk, time, told, listen } = scene();

    listen();
    await time.pass(60_000);

    expect(desk.asked.length).toBeGreaterThan(0);
    expect(told).toEqual([]);
  });

  it('is looked at for as long as the log remembers after the last has left, and then no more', async () => {
    const { desk, time, told, listen, say } = scene({ retentionMs: 3_600_000 });
    const leave = listen();
    await time.pass(1000);
    leave();
    say('c1', 'for who comes back');
    await time.pass(1_800_000);
    expect(told).toEqual(['ADDED for who comes back']);

    await time.pass(3_600_000);
    const asked = desk.asked.length;
    say('c1', 'to nobody');
    await time.pass(DAY_MS);

    expect(desk.asked).toHaveLength(asked);
    expect(told).toEqual(['ADDED for who comes back']);
  });

  it('that nobody wanted for longer than the log remembers begins anew, and says that something is missing', async () => {
    const { time, told, listen, say } = scene({ retentionMs: 3_600_000 });
    const leave = listen();
    await time.pass(1000);
    leave();
    await time.pass(3_600_000 * 3);
    say('c1', 'to nobody');
    await time.pass(1000);

    listen();
    await time.pass(1000);
    say('c1', 'to somebody');
    await time.pass(60_000);

    expect(told).toEqual(['GAP', 'ADDED to somebody']);
  });
});

describe.each<[string, DeskOptions]>([
  ['a list that moves with messages', {}],
  ['a list by creation, which tells nothing of them', { tells: false }],
  ['a list of its own order', { order: 'own' }],
  [
    'a list of its own order and short pages, which tells nothing',
    { order: 'own', tells: false, pageSize: 2 },
  ],
])('behind %s', (_name, options) => {
  it('every message is told once, in order, and each within a few looks', async () => {
    const { time, told, listen, say } = scene(options);
    listen();
    await time.pass(1000);
    const wanted: string[] = [];

    for (let turn = 0; turn < 12; turn += 1) {
      const conversation = `c${(turn % 3) + 1}`;
      say(conversation, `${turn}a`);
      say(conversation, `${turn}b`);
      wanted.push(`ADDED ${turn}a`, `ADDED ${turn}b`);
      await time.pass(120_000);
      expect(told).toEqual(wanted);
    }
  });

  it('a conversation that begins, changes and goes is told as that, once each', async () => {
    const { desk, time, told, listen, say } = scene(options);
    listen();
    await time.pass(1000);

    desk.begin('c4', new Date(time.clock()));
    say('c4', 'hello');
    await time.pass(120_000);
    desk.title('c2', 'Urgent');
    await time.pass(120_000);
    desk.remove('c4');
    await time.pass(300_000);

    expect(told).toEqual([
      'CONVERSATION_CREATED c4',
      'ADDED hello',
      'CONVERSATION_UPDATED c2',
      'CONVERSATION_DELETED c4',
    ]);
  });

  it('what came while the service was out is told once it is back', async () => {
    const { desk, time, told, listen, say } = scene(options);
    listen();
    await time.pass(1000);
    desk.fail({ kind: 'unavailable', provider: NAME, because: 'it is out', retryAt: null });
    await time.pass(20_000);

    for (let index = 0; index < 30; index += 1) say('c3', String(index));
    await time.pass(3_600_000);
    expect(told).toEqual([]);
    desk.fail(null);
    await time.pass(180_000);

    expect(told).toEqual(Array.from({ length: 30 }, (_, index) => `ADDED ${index}`));
  });
});

describe('a conversation that somebody listens to', () => {
  it('is told of within two looks, whatever its list tells', async () => {
    const { time, told, listen, say } = scene({ tells: false });
    listen('c2');
    await time.pass(100);

    say('c2', 'now');
    await time.pass(2200);

    expect(told).toEqual(['ADDED now']);
  });

  it('shows an edit, and a message that is gone, each once', async () => {
    const { desk, time, told, listen, say } = scene();
    listen('c2');
    await time.pass(100);
    const [one, two] = [say('c2', 'one'), say('c2', 'two')];
    await time.pass(5000);

    desk.edit(two, 'two, corrected', null);
    await time.pass(20_000);
    desk.remove(two);
    say('c2', 'three');
    await time.pass(60_000);

    expect(told).toEqual([
      'ADDED one',
      'ADDED two',
      'UPDATED two, corrected',
      'ADDED three',
      `MESSAGE_DELETED ${two}`,
    ]);
    expect(one).not.toBe(two);
  });

  it('that is gone is said to be, once, and asked for only now and then', async () => {
    const { desk, time, told, listen } = scene();
    listen('c2');
    await time.pass(5000);

    desk.remove('c2');
    await time.pass(600_000);

    expect(told).toEqual(['CONVERSATION_DELETED c2']);
  });

  it('and never was is not said to be gone', async () => {
    const { time, told, listen } = scene();

    listen('nowhere');
    await time.pass(60_000);

    expect(told).toEqual([]);
  });

  it('costs ever fewer questions while it is quiet, and is as fast as before once something came', async () => {
    const { desk, time, told, listen, say } = scene();
    const questions = async (ms: number) => {
      const before = desk.asked.filter((what) => what.endsWith(' c2')).length;
      await time.pass(ms);
      return desk.asked.filter((what) => what.endsWith(' c2')).length - before;
    };
    listen('c2');
    await time.pass(100);
    const busy = await questions(60_000);
    await time.pass(600_000);
    const quiet = await questions(60_000);

    say('c2', 'news');
    await time.pass(10_500);
    const again = await questions(60_000);

    expect(told).toEqual(['ADDED news']);
    // One every ten seconds, and one in five asks for the conversation too.
    expect(quiet).toBeLessThanOrEqual(8);
    expect(busy).toBeGreaterThan(quiet * 2);
    expect(again).toBeGreaterThan(quiet * 2);
  });
});

describe('a quiet conversation', () => {
  it('is looked at soon where something was told of it by another road', async () => {
    const { time, told, log, listen, say } = scene();
    listen('c2');
    await time.pass(600_000);
    const ingest = openIngest({ events: log, clock: time.clock });
    const message = anotherMessage('c2', new Date(time.clock()));

    await ingest.take([{ type: 'message', message, tags: null }]);
    say('c2', 'an answer to it');
    await time.pass(2200);

    expect(told).toEqual(['ADDED by another road', 'ADDED an answer to it']);
  });
});

describe('a quiet inbox', () => {
  it('costs one question a minute where the whole list is on a page that tells', async () => {
    const { desk, time, listen } = scene();
    listen();
    await time.pass(600_000);
    const before = desk.asked.length;

    await time.pass(600_000);

    expect(desk.asked.length - before).toBe(10);
  });
});

describe('a message', () => {
  it('of the very millisecond in which somebody began to listen is told', async () => {
    const { time, told, listen, say } = scene();
    listen();
    say('c1', 'at once');

    await time.pass(60_000);

    expect(told).toEqual(['ADDED at once']);
  });

  it('whose time is cut to the second in which somebody began to listen is told', async () => {
    const { desk, time, told, listen } = scene();
    listen();
    desk.say('c1', 'at once', new Date(Math.floor(BEGIN_MS / 1000) * 1000));

    await time.pass(60_000);

    expect(told).toEqual(['ADDED at once']);
  });

  it('without a time is told where it came after what was known', async () => {
    const { desk, time, told, listen } = scene();
    listen('c1');
    await time.pass(5000);

    desk.say('c1', 'timeless', null);
    await time.pass(60_000);

    expect(told).toEqual(['ADDED timeless']);
  });

  it('is not told again when the log has forgotten that it was', async () => {
    const { desk, time, told, listen, say } = scene({ tells: false, retentionMs: 600_000 });
    listen();
    await time.pass(1000);
    say('c1', 'once');
    await time.pass(120_000);
    expect(told).toEqual(['ADDED once']);

    await time.pass(3_600_000);

    expect(desk.asked.length).toBeGreaterThan(100);
    expect(told).toEqual(['ADDED once']);
  });

  it('that lies deeper than is read at once is not passed over in silence', async () => {
    const { time, told, listen, say } = scene({ pageSize: 5 });
    listen();
    await time.pass(1000);

    for (let index = 0; index < 150; index += 1) say('c3', String(index));
    await time.pass(30_000);

    expect(told).toContain('GAP');
    expect(told).toContain('ADDED 149');
    expect(told).not.toContain('ADDED 0');
  });
});

describe('a service that was out for longer than the log remembers', () => {
  it('has what it said first given up for lost, which is said', async () => {
    const { desk, time, told, listen, say } = scene({ retentionMs: 3_600_000 });
    listen();
    await time.pass(1000);
    desk.fail({ kind: 'unavailable', provider: NAME, because: 'it is out', retryAt: null });
    say('c1', 'early');
    await time.pass(3_600_000 * 2);
    say('c1', 'late');

    desk.fail(null);
    await time.pass(180_000);

    expect(told).toEqual(['GAP', 'ADDED late']);
  });
});

describe('a service that says it is asked too much', () => {
  it('is left alone until the moment it named', async () => {
    const { desk, time, told, listen, say } = scene();
    listen('c1');
    listen();
    await time.pass(1000);
    const retryAt = new Date(time.clock() + 600_000);
    desk.fail({ kind: 'rate-limited', provider: NAME, retryAt });
    await time.pass(5000);
    const asked = desk.asked.length;
    say('c1', 'meanwhile');
    await time.pass(590_000);
    expect(desk.asked).toHaveLength(asked);

    desk.fail(null);
    await time.pass(20_000);

    expect(told).toEqual(['ADDED meanwhile']);
  });

  it.each<[string, (nowMs: number) => Date | null, number]>([
    ['no moment at all', () => null, 60_000],
    ['a moment that has passed', (nowMs) => new Date(nowMs - 5000), 3000],
  ])('and names %s is left alone for a while', async (_name, retryAt, restMs) => {
    const { desk, time, told, listen, say } = scene();
    listen('c1');
    await time.pass(1000);
    desk.fail({ kind: 'rate-limited', provider: NAME, retryAt: retryAt(time.clock()) });
    const before = desk.asked.length;
    await time.pass(2100);
    expect(desk.asked.length).toBeGreaterThan(before);
    desk.fail(null);
    say('c1', 'meanwhile');
    const asked = desk.asked.length;

    await time.pass(restMs - 2200);
    expect(desk.asked).toHaveLength(asked);
    await time.pass(4000);

    expect(told).toEqual(['ADDED meanwhile']);
  });

  it('is not asked more than a third of what it takes, however many are listened to', async () => {
    const { desk, time, listen } = scene({ budgetPerMinute: 300 });
    for (let index = 0; index < 200; index += 1) {
      desk.begin(`many ${index}`, new Date(BEGIN_MS - DAY_MS));
      listen(`many ${index}`);
    }
    await time.pass(60_000);
    const before = desk.asked.length;

    await time.pass(600_000);

    const perMinute = (desk.asked.length - before) / 10;
    expect(perMinute).toBeGreaterThan(80);
    expect(perMinute).toBeLessThanOrEqual(101);
  });
});

describe('two gateways', () => {
  it('look at an account one at a time, and the other goes on at once where the first closes', async () => {
    const one = scene();
    const { desk, time, told, leases, log, say } = one;
    const other = startWatch({ desk, log, leases, time });
    one.listen();
    other.listen();
    await time.pass(1000);
    expect(desk.asked).toEqual(['list']);
    say('c1', 'to one');
    await time.pass(20_000);

    await one.watch.close();
    say('c1', 'to the other');
    desk.title('c3', 'Changed between them');
    // Sooner than the lease would have run out.
    await time.pass(LEASE_MS / 3 + 100);

    expect(told.toSorted()).toEqual([
      'ADDED to one',
      'ADDED to the other',
      'CONVERSATION_UPDATED c3',
    ]);
  });

  it('lose nothing and tell nothing twice where the one that looks falls asleep past its lease, and wakes', async () => {
    const asleep = openTime();
    const { desk, time, told, leases, log, say, listen } = scene();
    const sleeper = startWatch({ desk, log, leases, time: { ...asleep, clock: time.clock } });
    const leave = sleeper.listen();
    await asleep.pass(1000);
    listen();
    say('c1', 'before it slept');
    await asleep.pass(30_000);
    expect(told).toEqual(['ADDED before it slept']);

    say('c2', 'while it slept');
    desk.title('c3', 'Changed while it slept');
    await time.pass(LEASE_MS + 4000);
    expect(told).toEqual([
      'ADDED before it slept',
      'ADDED while it slept',
      'CONVERSATION_UPDATED c3',
    ]);
    await asleep.pass(LEASE_MS * 2);
    say('c1', 'after it woke');
    await time.pass(60_000);
    leave();

    expect(told.slice(3)).toEqual(['ADDED after it woke']);
  });

  it('look at what is listened to at either of them', async () => {
    const one = scene({ tells: false });
    const { desk, time, told, leases, log, say } = one;
    const other = startWatch({ desk, log, leases, time });
    one.listen();
    await time.pass(1000);
    other.listen('c2');
    await time.pass(LEASE_MS);

    say('c2', 'over there');
    await time.pass(2200);

    expect(told).toEqual(['ADDED over there']);
    expect(one.watch.listening(NAME)).toEqual(['c2']);
  });
});
