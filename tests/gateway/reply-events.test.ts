// The pieces of an answer: in order and once, whatever becomes of the log or of the gateway that has it.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fact } from '../../src/domain/event.ts';
import { failed, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import { dispatcher } from '../../src/gateway/dispatch.ts';
import { healthBook } from '../../src/gateway/health.ts';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import { endOrphanedReplies } from '../../src/gateway/live/orphaned-replies.ts';
import { endOf, type ReplyEnd, tellReply } from '../../src/gateway/live/reply-events.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import type { Leases } from '../../src/state/lease/lease.ts';
import { memoryLeases } from '../../src/state/lease/memory.ts';
import { assembled } from '../support/answering.ts';
import { aMessage } from '../support/desk.ts';
import { anEventLog, appendedTo } from '../support/event-log.ts';

const AT = {
  replyId: 'one',
  conversation: { provider: providerName('one'), nativeId: 'c' },
  storedId: null,
};
const USAGE = { tokens: 3, endReason: 'stop' };

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

function parts(events: EventLog, leases?: Leases) {
  return { events, clock: Date.now, log, longestMs: 1000, ...(leases && { leases }) };
}

function completed(text: string): ReplyEnd {
  return { type: 'completed', message: aMessage(text), usage: USAGE };
}

async function factsIn(events: EventLog): Promise<Fact[]> {
  return (await appendedTo(events)).flatMap(({ fact }) => (fact.kind === 'MISSED' ? [] : [fact]));
}

/** Resolves once the next thing is appended. */
function nextIn(events: EventLog): Promise<void> {
  return new Promise((resolve) => {
    const stop = events.listen({
      entry: () => {
        stop();
        resolve();
      },
      lost: quiet,
    });
  });
}

describe('an answer', () => {
  it('whose row says more than was heard of it is told to the end of its row', async () => {
    const events = anEventLog();
    const telling = tellReply(parts(events), AT);

    telling.token('In the ');
    await telling.end(completed('In the menu.'));

    const facts = await factsIn(events);
    expect(assembled(facts)).toBe('In the menu.');
    expect(facts.at(-1)).toMatchObject({ kind: 'REPLY_COMPLETED', usage: USAGE });
  });

  it('that was moderated after it was said ends with the text that stands', async () => {
    const events = anEventLog();
    const telling = tellReply(parts(events), AT);

    telling.token('Something rude');
    await telling.end(completed('I cannot say that.'));

    const facts = await factsIn(events);
    expect(assembled(facts)).toBe('Something rude');
    expect(facts.at(-1)).toMatchObject({
      kind: 'REPLY_COMPLETED',
      message: { text: 'I cannot say that.' },
    });
  });

  it('tells what comes at once as one piece', async () => {
    const events = anEventLog();
    const telling = tellReply(parts(events), AT);

    for (let word = 0; word < 500; word += 1) telling.token(`${word} `);
    await telling.end({ type: 'completed', message: null, usage: USAGE });

    expect((await factsIn(events)).map(({ kind }) => kind)).toEqual([
      'REPLY_DELTA',
      'REPLY_COMPLETED',
    ]);
  });

  it.each([
    ['had not heard it', false],
    ['had heard it', true],
  ])('loses and doubles nothing where the log did not answer and %s', async (_, heard) => {
    const events = anEventLog();
    let lost = 2;
    let tries = 0;
    const shaky: EventLog = {
      ...events,
      async append(asked) {
        tries += 1;
        if (lost === 0) return events.append(asked);
        lost -= 1;
        if (heard) await events.append(asked);
        return failed({ kind: 'gateway-unavailable', because: 'it did not answer' });
      },
    };
    const telling = tellReply(parts(shaky), AT);

    for (const [before, piece] of ['In ', 'the ', 'menu', '.'].entries()) {
      telling.token(piece);
      await expect.poll(() => tries).toBeGreaterThan(before);
    }
    await telling.end(completed('In the menu.'));

    const facts = await factsIn(events);
    expect(assembled(facts)).toBe('In the menu.');
    expect(facts.at(-1)).toMatchObject({ kind: 'REPLY_COMPLETED' });
    expect(lost).toBe(0);
  });

  it('of a gateway that was taken for dead has nothing after its end', async () => {
    const events = anEventLog();
    const leases = memoryLeases({ leaseMs: 60_000, notesMs: 60_000, clock: Date.now });
    const telling = tellReply(parts(events, leases), AT);
    const first = nextIn(events);
    telling.token('In ');
    await first;
    const failure = {
      kind: 'outcome-unknown',
      provider: AT.conversation.provider,
      because: '',
    } as const;
    await events.append([endOf(AT, { type: 'failed', failure }, 1, new Date())]);

    telling.token('the ');
    telling.token('menu.');
    await telling.end(completed('In the menu.'));

    expect((await factsIn(events)).map(({ kind }) => kind)).toEqual([
      'REPLY_DELTA',
      'REPLY_FAILED',
    ]);
  });
});

describe('an answer that others could end', () => {
  const LEASE_MS = 60;

  function scene() {
    const events = anEventLog();
    const leases = memoryLeases({
      leaseMs: LEASE_MS,
      notesMs: 60_000,
      clock: () => performance.now(),
    });
    let looks = 0;
    const watched: Leases = {
      ...leases,
      wanted(name) {
        looks += 1;
        return leases.wanted(name);
      },
    };
    const dispatch = dispatcher({ providers: [], health: healthBook([], Date.now), log });
    const ingest = openIngest({ events, clock: Date.now });
    const stop = endOrphanedReplies({ ...parts(events), leases: watched, dispatch, ingest });
    onTestFinished(stop);
    return {
      events,
      leases,
      async looked(times: number) {
        await expect.poll(() => looks).toBeGreaterThan(times);
      },
    };
  }

  /** As of a process that is gone: nobody renews them. */
  function ofTheDead(leases: Leases): Leases {
    return {
      ...leases,
      async take(name) {
        const taken = await leases.take(name);
        if (!taken.ok || !taken.value) return taken;
        return success({ ...taken.value, renew: () => Promise.resolve(success(true)) });
      },
    };
  }

  it('is left alone while its gateway is at it, and when it has ended', async () => {
    const { events, leases, looked } = scene();
    const telling = tellReply(parts(events, leases), AT);
    telling.token('In the ');
    await looked(5);
    const before = await factsIn(events);

    await telling.end(completed('In the menu.'));
    await looked(10);

    expect(before.map(({ kind }) => kind)).toEqual(['REPLY_DELTA']);
    expect((await factsIn(events)).map(({ kind }) => kind)).toEqual([
      'REPLY_DELTA',
      'REPLY_DELTA',
      'REPLY_COMPLETED',
    ]);
  });

  it('is told on where its lease was forgotten and nobody has ended it', async () => {
    const { events, leases, looked } = scene();
    let forgotten = 0;
    const forgetful: Leases = {
      ...leases,
      async take(name) {
        const taken = await leases.take(name);
        if (!taken.ok || !taken.value) return taken;
        const hold = taken.value;
        const renew = async () => {
          if (forgotten > 0) return hold.renew();
          forgotten += 1;
          await hold.release();
          return success(false);
        };
        return success({ ...hold, renew });
      },
    };
    const telling = tellReply(parts(events, forgetful), AT);
    telling.token('In the ');
    await expect.poll(() => forgotten).toBe(1);
    await looked(5);

    await telling.end(completed('In the menu.'));

    const facts = await factsIn(events);
    expect(assembled(facts)).toBe('In the menu.');
    expect(facts.at(-1)).toMatchObject({ kind: 'REPLY_COMPLETED' });
  });

  it('is ended once when its gateway is gone', async () => {
    const { events, leases, looked } = scene();
    const telling = tellReply(parts(events, ofTheDead(leases)), AT);
    telling.token('In the ');

    await looked(10);

    const facts = await factsIn(events);
    expect(facts.map(({ kind }) => kind)).toEqual(['REPLY_DELTA', 'REPLY_FAILED']);
    expect(facts.at(-1)).toMatchObject({
      replyId: 'one',
      failure: { kind: 'outcome-unknown', because: expect.stringContaining('went away') },
    });
  });
});
