// What is told by a fast road comes after what its conversation said before, and nothing more than that is asked or told.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { News } from '../../src/domain/event.ts';
import type { Message } from '../../src/domain/message.ts';
import { dispatcher } from '../../src/gateway/dispatch.ts';
import { healthBook } from '../../src/gateway/health.ts';
import { openInOrder } from '../../src/gateway/live/in-order.ts';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import type { Ear, EventLog } from '../../src/state/events/log.ts';
import { memoryLeases } from '../../src/state/lease/memory.ts';
import { valueOf } from '../state/event-log.ts';
import { anEventLog } from '../support/event-log.ts';
import { BEGIN_MS, NAME, openDesk, openTime, startWatch } from './watched.ts';

/** So seldom that no test sees it happen. */
const HARDLY_EVER = { watchedMs: 3_600_000, inboxMs: 3_600_000 };

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

interface SceneOptions {
  readonly events?: EventLog;
  readonly listens?: boolean;
  readonly pageSize?: number;
  readonly deadlineMs?: number;
}

/** A desk with two old messages, somebody who listens to its conversation `c`, and a road for news. */
async function scene({
  listens = true,
  pageSize = 100,
  deadlineMs = 5000,
  ...given
}: SceneOptions = {}) {
  const time = openTime();
  const events = given.events ?? anEventLog(time.clock);
  const made = openDesk({ pageSize });
  const desk = { ...made, provider: { ...made.provider, deadlineMs } };
  desk.begin('c', new Date(BEGIN_MS - 90_000));
  desk.say('c', 'long ago', new Date(BEGIN_MS - 60_000));
  desk.say('c', 'a while ago', new Date(BEGIN_MS - 30_000));
  const leases = memoryLeases({ clock: time.now, leaseMs: 10_000, notesMs: 600_000_000 });
  const watching = startWatch({ desk, log: events, leases, time, polling: HARDLY_EVER });
  if (listens) watching.listen('c');
  await time.pass(1000);
  desk.asked.length = 0;
  const providers = [desk.provider];
  const ingest = openIngest({ events, clock: time.clock });
  const inOrder = openInOrder({
    ingest,
    dispatch: dispatcher({ providers, health: healthBook([NAME], time.clock), log }),
    events,
    watch: watching.watch,
    clock: time.clock,
  });
  onTestFinished(() => inOrder.close());
  const at = (ms: number) => new Date(BEGIN_MS + ms);

  return {
    desk,
    ingest,
    inOrder,
    watching,
    /** The messages that were told, in order. */
    told: () =>
      watching.told.flatMap((one) =>
        one.startsWith('ADDED ') ? [one.slice('ADDED '.length)] : [],
      ),
    /** Somebody writes, and nothing tells of it. */
    say: (text: string, ms: number | null) => desk.say('c', text, ms === null ? null : at(ms)),
    row: async (nativeId: string): Promise<Message> => {
      const { MESSAGE_LIST: list } = desk.provider.can;
      if (list.support === 'NONE') throw new Error('it has no list');
      const conversation = { provider: NAME, nativeId: 'c' };
      const call = { signal: new AbortController().signal, reads: new Map() };
      const page = valueOf(await list.does({ conversation, at: null, size: 100 }, call));
      const row = page.items.find((one) => one.nativeId === nativeId);
      desk.asked.pop();
      if (!row) throw new Error(`there is no ${nativeId}`);
      return row;
    },
  };
}

function newsOf(...messages: readonly Message[]): News[] {
  return messages.map((message) => ({ type: 'message', message, tags: null }));
}

describe('a message that comes by a fast road', () => {
  it('is told after those before it that nobody told of, and not after what was there before', async () => {
    const { say, row, inOrder, told } = await scene();
    say('the first', 1500);
    say('the second', 1600);
    const third = say('the third', 1700);

    valueOf(await inOrder.take(newsOf(await row(third))));

    expect(told()).toEqual(['the first', 'the second', 'the third']);
  });

  it('is told after what came since the last that was told, each once', async () => {
    const { desk, say, row, inOrder, told } = await scene();
    const first = await row(say('the first', 1500));
    valueOf(await inOrder.take(newsOf(first)));
    const second = await row(say('the second', 1600));
    const third = await row(say('the third', 1700));

    valueOf(await inOrder.take(newsOf(third)));
    valueOf(await inOrder.take(newsOf(second)));
    valueOf(await inOrder.take(newsOf(first, third)));

    expect(told()).toEqual(['the first', 'the second', 'the third']);
    expect(desk.asked).toEqual(['messages c', 'messages c']);
  });

  it('is told in the list’s order among messages of one time, and among those without any', async () => {
    const { say, row, inOrder, told } = await scene();
    valueOf(await inOrder.take(newsOf(await row(say('one', 2000)))));
    say('two', 2000);
    say('three', null);
    const four = await row(say('four', 2000));

    valueOf(await inOrder.take(newsOf(four)));

    expect(told()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('comes with what follows it, and with what lies between them', async () => {
    const { say, row, inOrder, told } = await scene();
    say('before', 1500);
    const asked = await row(say('a question', 1600));
    say('a thought', 1700);
    const answered = await row(say('an answer', 1800));

    valueOf(await inOrder.take(newsOf(asked, answered)));

    expect(told()).toEqual(['before', 'a question', 'a thought', 'an answer']);
  });

  it('is told after one that comes at the same time and is older', async () => {
    const { say, row, inOrder, told } = await scene();
    const second = await row(say('the second', 1600));
    const third = await row(say('the third', 1700));

    await Promise.all([inOrder.take(newsOf(third)), inOrder.take(newsOf(second))]);

    expect(told()).toEqual(['the second', 'the third']);
  });

  it('is told before what became of it a moment later', async () => {
    const { say, row, inOrder, watching } = await scene();
    const message = await row(say('the third', 1700));

    await Promise.all([
      inOrder.take(newsOf(message)),
      inOrder.take([{ type: 'message-deleted', message }]),
    ]);

    expect(watching.told).toEqual(['ADDED the third', `MESSAGE_DELETED ${message.nativeId}`]);
  });

  it('is told after what lies on the page below', async () => {
    const { say, row, inOrder, told } = await scene({ pageSize: 2 });
    const texts = ['one', 'two', 'three', 'four'];
    const ids = texts.map((text, index) => say(text, 1500 + index));

    valueOf(await inOrder.take(newsOf({ ...(await row(ids[3] ?? '')), tags: [] })));

    expect(told()).toEqual(texts);
  });
});

describe('a gateway that began anew over the same log', () => {
  it('tells what came while nobody was there before what it hears', async () => {
    const events = anEventLog(() => BEGIN_MS);
    const before = await scene({ events });
    valueOf(await before.inOrder.take(newsOf(await before.row(before.say('told', 1100)))));
    const after = await scene({ events });
    after.say('told', 1100);
    after.say('while nobody was there', 1200);
    const heard = await after.row(after.say('heard', 1300));

    valueOf(await after.inOrder.take(newsOf(heard)));

    expect(after.told()).toEqual(['while nobody was there', 'heard']);
  });
});

describe('where the log was emptied', () => {
  it.each([
    ['RESET', ['heard']],
    ['TRIMMED', ['said before', 'heard']],
  ] as const)(
    'what may have been told before that is not told again (%s)',
    async (reason, expected) => {
      const ears = new Set<Ear>();
      const made = anEventLog(() => BEGIN_MS);
      const events: EventLog = {
        ...made,
        listen(ear) {
          ears.add(ear);
          return made.listen(ear);
        },
      };
      const { say, row, inOrder, told } = await scene({ events });
      say('said before', 300);
      for (const ear of ears)
        for (const lane of [0, 1]) ear.lost(lane, reason, { epoch: 'e', id: '0-0' });
      const heard = await row(say('heard', 1700));

      valueOf(await inOrder.take(newsOf(heard)));

      expect(told()).toEqual(expected);
    },
  );
});

describe('nothing is asked', () => {
  it('where nobody listens', async () => {
    const { desk, say, row, inOrder, told } = await scene({ listens: false });
    say('the second', 1600);
    const third = await row(say('the third', 1700));

    valueOf(await inOrder.take(newsOf(third)));

    expect(desk.asked).toEqual([]);
    expect(told()).toEqual(['the third']);
  });

  it('for what was changed, or was written here', async () => {
    const { desk, say, row, inOrder } = await scene();
    const message = await row(say('the third', 1700));
    const changed: News = { type: 'message', message, tags: null, known: true, written: true };

    valueOf(await inOrder.take([changed]));

    expect(desk.asked).toEqual([]);
  });
});

describe('a message is told as it came', () => {
  it('where the service does not say what was before it', async () => {
    const { desk, say, row, inOrder, told } = await scene();
    say('the second', 1600);
    const third = await row(say('the third', 1700));
    desk.fail({ kind: 'unavailable', provider: NAME, because: 'it is out', retryAt: null });

    valueOf(await inOrder.take(newsOf(third)));

    expect(told()).toEqual(['the third']);
  });

  it('where the list does not have it yet', async () => {
    const { desk, say, row, inOrder, told } = await scene();
    say('the second', 1600);
    const third = await row(say('the third', 1700));
    desk.remove(third.nativeId);

    valueOf(await inOrder.take(newsOf(third)));

    expect(told()).toEqual(['the third']);
  });

  it('within the deadline, however many wait for a service that does not answer', async () => {
    const silent = await scene({ deadlineMs: 150 });
    const { say, row, desk, watching, ingest, told } = silent;
    const rows = [
      await row(say('one', 1500)),
      await row(say('two', 1600)),
      await row(say('three', 1700)),
    ];
    const { MESSAGE_LIST: list } = desk.provider.can;
    if (list.support === 'NONE') throw new Error('it has no list');
    const never = { ...list, does: () => new Promise<never>(() => undefined) };
    const providers = [{ ...desk.provider, can: { ...desk.provider.can, MESSAGE_LIST: never } }];
    const events = anEventLog();
    const inOrder = openInOrder({
      ingest,
      dispatch: dispatcher({ providers, health: healthBook([NAME], Date.now), log }),
      events,
      watch: watching.watch,
      clock: Date.now,
    });
    const began = performance.now();

    await Promise.all(rows.map((message) => inOrder.take(newsOf(message))));

    expect(performance.now() - began).toBeLessThan(2 * 150 + 150);
    expect(told()).toEqual(['one', 'two', 'three']);
  });
});
