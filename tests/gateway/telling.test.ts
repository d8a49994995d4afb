// What is told of a write, and that a write is done whether or not it can be told.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.ts';
import { failed, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import { openTelling } from '../../src/gateway/live/telling.ts';
import { openFreshness } from '../../src/gateway/reads/freshness.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { aMessage } from '../support/desk.ts';
import { anEventLog, appendedTo } from '../support/event-log.ts';
import { rowsOf } from './hand-made.ts';

function scene(events: EventLog = anEventLog()) {
  const warned: string[] = [];
  const quiet = () => undefined;
  const log = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (_fields: object, sentence: string) => void warned.push(sentence),
  };
  const freshness = openFreshness({ events, clock: () => 5, longestMs: 1000 });
  onTestFinished(freshness.close);
  const ingest = openIngest({ events, clock: () => 5 });
  return { events, warned, telling: openTelling({ ingest, freshness, log }) };
}

const ONE = providerName('one');
const WHERE = { provider: ONE, nativeId: 'c' };
const SENT = success({ message: aMessage('Hello'), reply: null });

function aRow(): Conversation {
  const [row] = rowsOf('one', 1, () => ({ createdAt: new Date(0) }));
  if (!row) throw new Error('no row was made');
  return row;
}

describe('a conversation', () => {
  it('that nobody told of before is told as changed where it was changed', async () => {
    const { telling, events } = scene();
    const row = aRow();
    const updated = { conversation: row, ignored: [], unfinished: null };

    await telling.updated(row, success(updated));

    expect((await appendedTo(events)).map(({ fact }) => fact.kind)).toEqual([
      'CONVERSATION_UPDATED',
    ]);
  });

  it('that was there when it was asked for is no news', async () => {
    const { telling, events } = scene();

    await telling.gotOrCreated(ONE, success({ created: false, conversation: aRow() }));

    expect(await appendedTo(events)).toEqual([]);
  });
});

describe('a write', () => {
  it('is done where the event log is out of reach, and the operator hears of it', async () => {
    const because = 'it did not answer';
    const append = () => Promise.resolve(failed({ kind: 'gateway-unavailable', because }));
    const { telling, warned } = scene({ ...anEventLog(), append });

    const outcome = await telling.said(WHERE, SENT);

    expect(outcome).toBe(SENT);
    expect(warned).toEqual([expect.stringContaining('the event log is out of reach')]);
  });

  it('that failed tells nothing', async () => {
    const { telling, events, warned } = scene();
    const outcome = failed({ kind: 'not-found', what: 'message' });

    expect(await telling.said(WHERE, outcome)).toBe(outcome);
    expect(await appendedTo(events)).toEqual([]);
    expect(warned).toEqual([]);
  });

  it('is told in the order of what was said', async () => {
    const { telling, events } = scene();

    await telling.said(WHERE, success({ message: aMessage('Where?'), reply: aMessage('There') }));

    const texts = (await appendedTo(events)).map(({ fact }) =>
      fact.kind === 'MESSAGE_ADDED' ? fact.message.text : fact.kind,
    );
    expect(texts).toEqual(['Where?', 'There']);
  });

  it('of which no row was seen is left to whoever finds it', async () => {
    const { telling, events } = scene();
    const guessed = { ...aMessage('Hello'), createdAt: null, raw: null };

    await telling.said(
      WHERE,
      success({ message: guessed, reply: { ...guessed, derivedId: true } }),
    );

    expect(await appendedTo(events)).toEqual([]);
  });
});
