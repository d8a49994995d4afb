// The checker itself held to account: a good history passes, and each way of spoiling one is caught.

import { describe, expect, it } from 'vitest';
import { check, type Rule, type Terms } from './checker.ts';
import type {
  History,
  Moment,
  Said,
  Seen,
  Sent,
  Span,
  Subscriber,
  Told,
  Written,
} from './history.ts';

const TERMS: Terms = { latenessMs: 0, disorderMs: 0, gaps: new Set(['RESET']) };

function wrote(id: string, at: number, conversation = 'c'): Written {
  return { conversation, id, at };
}

function told(at: number, id: string, mark: string, said: Partial<Told> & Said): Told {
  return {
    at,
    cursor: id,
    marks: new Map([[0, { epoch: mark[0] ?? '', id: mark.slice(2) }]]),
    ...said,
  };
}

function message(at: number, id: string, mark: string): Told {
  return told(at, id, mark, { type: 'message', conversation: 'c', id, lane: 0 });
}

function listening(at: number, mark: string): Told {
  return told(at, `listening ${at}`, mark, { type: 'listening' });
}

function gap(at: number, from: number | null, to: number, mark: string): Told {
  return told(at, `gap ${at}`, mark, { type: 'gap', reason: 'RESET', conversation: 'c', from, to });
}

const came = (at: number, after: number | null): Moment => ({ type: 'came', at, to: 'one', after });
const left = (at: number): Moment => ({ type: 'left', at, why: 'chance' });

const WRITTEN = [1, 2, 3, 4, 5, 6].map((number) => wrote(`m${number}`, number * 10));

/** Listens, leaves, comes back; the log begins anew and m4 is lost with it. */
const GOOD: readonly Moment[] = [
  came(0, null),
  listening(1, 'A 0-0'),
  message(11, 'm1', 'A 11-0'),
  message(21, 'm2', 'A 21-0'),
  left(22),
  came(31, 3),
  message(32, 'm3', 'A 31-0'),
  gap(45, 32, 44, 'A 31-0'),
  message(51, 'm5', 'B 51-0'),
  message(61, 'm6', 'B 61-0'),
];

/** Comes back with the cursor of m1, though it had m2 too, and is told m2 again, which is right. */
const BRANCHED: readonly Moment[] = [
  ...GOOD.slice(0, 5),
  came(31, 2),
  message(31, 'm2', 'A 21-0'),
  ...GOOD.slice(6),
];

function historyOf(moments: readonly Moment[], written: readonly Written[] = WRITTEN): History {
  const one: Subscriber = { name: 'one', conversation: 'c', moments };
  return { ...NOTHING_ELSE, written, subscribers: [one] };
}

const NOTHING_ELSE = { reads: [], sends: [], losses: [] };

function rulesBrokenIn(history: History, terms: Terms = TERMS): readonly Rule[] {
  return [...new Set(check(history, terms).map(({ rule }) => rule))];
}

function without(index: number, from: readonly Moment[] = GOOD): readonly Moment[] {
  return from.filter((_, at) => at !== index);
}

describe('a history', () => {
  it.each([
    ['with all told or announced', GOOD],
    ['of whoever came back with an older cursor', BRANCHED],
    ['of nobody', []],
  ])('%s is good', (_what, moments) => {
    expect(check(historyOf(moments), TERMS)).toEqual([]);
  });

  it('is good where a message was told again after the log began anew', () => {
    const again = [...GOOD, message(62, 'm1', 'B 62-0')];

    expect(check(historyOf(again), TERMS)).toEqual([]);
  });

  it('is good where what was announced as lost is told late all the same', () => {
    const found = [...GOOD, message(62, 'm4', 'B 62-0')];

    expect(check(historyOf(found), TERMS)).toEqual([]);
  });

  it('is good where what was found late came late', () => {
    const moments = [
      ...GOOD.slice(0, 3),
      message(32, 'm3', 'A 31-0'),
      message(33, 'm2', 'A 33-0'),
      gap(45, 33, 44, 'A 33-0'),
      ...GOOD.slice(8),
    ];

    expect(rulesBrokenIn(historyOf(moments))).toEqual(['out-of-order']);
    expect(check(historyOf(moments), { ...TERMS, disorderMs: 15 })).toEqual([]);
  });
});

describe('a mutant', () => {
  it.each(GOOD.flatMap((moment, index) => (moment.type === 'message' ? [[moment.id, index]] : [])))(
    'without %s is caught',
    (_id, index) => {
      expect(rulesBrokenIn(historyOf(without(index)))).toEqual(['missing']);
    },
  );

  it('without its gap is caught', () => {
    expect(rulesBrokenIn(historyOf(without(7)))).toEqual(['missing']);
  });

  it.each([
    ['too late', gap(45, 41, 44, 'A 31-0')],
    ['too early', gap(45, 32, 39, 'A 31-0')],
    ['elsewhere', { ...gap(45, 32, 44, 'A 31-0'), conversation: 'd' }],
  ])('whose gap lies %s is caught', (_where, forged) => {
    const rules = rulesBrokenIn(historyOf(GOOD.with(7, forged)));

    expect(rules).toContain('missing');
  });

  it.each([
    ['has no cause', { ...gap(45, 32, 44, 'A 31-0'), reason: 'OVERFLOW' as const }],
    ['is of the future', gap(45, 32, 1000, 'A 31-0')],
    ['ends before it begins', gap(145, 132, 44, 'A 31-0')],
  ])('whose gap %s is caught', (_what, forged) => {
    expect(rulesBrokenIn(historyOf(GOOD.with(7, forged)))).toContain('false-gap');
  });

  it('in which a message is doubled is caught', () => {
    const doubled = [...GOOD.slice(0, 3), message(12, 'm1', 'A 11-0'), ...GOOD.slice(3, 5)];
    const moments = [...doubled, came(31, 4), ...GOOD.slice(6)];

    expect(rulesBrokenIn(historyOf(moments))).toEqual(['twice']);
  });

  it('in which the log has a message twice is caught', () => {
    const doubled = [...GOOD, message(70, 'm6', 'B 70-0')];

    expect(rulesBrokenIn(historyOf(doubled))).toEqual(['twice', 'two-events']);
  });

  it('in which two who listen are told of two events for one message is caught', () => {
    const [one] = historyOf(GOOD).subscribers;
    const other = GOOD.with(9, message(62, 'm6', 'B 62-0'));
    const subscribers = [...(one ? [one] : []), { name: 'two', conversation: 'c', moments: other }];

    expect(rulesBrokenIn({ ...NOTHING_ELSE, written: WRITTEN, subscribers })).toEqual([
      'two-events',
    ]);
  });

  it('in which two messages are swapped is caught', () => {
    const swapped = GOOD.with(8, message(51, 'm6', 'B 51-0')).with(9, message(61, 'm5', 'B 61-0'));

    expect(rulesBrokenIn(historyOf(swapped))).toEqual(['out-of-order']);
  });

  it('whose cursor leads back is caught', () => {
    expect(rulesBrokenIn(historyOf(GOOD.with(9, message(61, 'm6', 'B 50-0'))))).toEqual([
      'backwards',
    ]);
  });

  it('whose cursor leads back to a log that is no more is caught', () => {
    expect(rulesBrokenIn(historyOf(GOOD.with(9, message(61, 'm6', 'A 61-0'))))).toEqual([
      'backwards',
    ]);
  });

  it('that was told what nobody wrote is caught', () => {
    expect(rulesBrokenIn(historyOf([...GOOD, message(62, 'm7', 'B 62-0')]))).toEqual(['invented']);
  });

  it('that was told of another conversation is caught', () => {
    const written = [...WRITTEN, wrote('n1', 62, 'd')];
    const other = told(62, 'n1', 'B 62-0', {
      type: 'message',
      conversation: 'd',
      id: 'n1',
      lane: 0,
    });

    expect(rulesBrokenIn(historyOf([...GOOD, other], written))).toEqual(['invented']);
  });

  it('that was replayed less than it had before is caught', () => {
    const lost = BRANCHED.filter((moment, at) => !(at === 6 && moment.type === 'message'));

    expect(rulesBrokenIn(historyOf(lost))).toEqual(['missing']);
  });
});

describe('a look at a conversation', () => {
  const seen = (shown: readonly string[], by: Seen['by'] = 'its cursor'): Seen => ({
    at: 40,
    conversation: 'c',
    id: 'm3',
    by,
    shown,
  });
  const rulesAfter = (reads: readonly Seen[]) => rulesBrokenIn({ ...historyOf(GOOD), reads });

  it.each([
    ['that shows what was told', ['m3', 'm2', 'm1']],
    ['that shows more than was told', ['m5', 'm4', 'm3']],
    ['of which a page of later messages is shown', ['m6', 'm5', 'm4']],
  ])('%s is good', (_what, shown) => {
    expect(rulesAfter([seen(shown), seen(shown, 'the gateway that told')])).toEqual([]);
  });

  it.each([
    ['from before what was told', ['m2', 'm1']],
    ['that leaves out what was told', ['m4', 'm2']],
    ['that shows nothing', []],
    ['that shows only what others said', ['a word of a bot']],
  ])('%s is caught', (_what, shown) => {
    expect(rulesAfter([seen(shown)])).toEqual(['older']);
    expect(rulesAfter([seen(shown, 'the gateway that told')])).toEqual(['older']);
  });
});

describe('what was sent under a key', () => {
  const rulesOf = (copies: number, losses: readonly Span[] = []) => {
    const twice = Array.from({ length: copies }, (_, index) => wrote('k', 12 + index, 'd'));
    const sends: readonly Sent[] = [{ id: 'k', from: 10, to: 30 }];
    return rulesBrokenIn({ ...historyOf(GOOD, [...WRITTEN, ...twice]), sends, losses });
  };

  it('is good where it is there once, or not at all', () => {
    expect([rulesOf(0), rulesOf(1)]).toEqual([[], []]);
  });

  it('is caught where it is there twice', () => {
    expect(rulesOf(2)).toEqual(['doubled']);
  });

  it('may be there once more for each time that all was lost meanwhile, and no other', () => {
    const [before, meanwhile, across] = [
      { from: 5, to: 9 },
      { from: 15, to: 16 },
      { from: 29, to: 40 },
    ];

    expect(rulesOf(2, [meanwhile])).toEqual([]);
    expect(rulesOf(3, [meanwhile, across])).toEqual([]);
    expect(rulesOf(3, [before, meanwhile])).toEqual(['doubled']);
    expect(rulesOf(2, [before])).toEqual(['doubled']);
  });
});
