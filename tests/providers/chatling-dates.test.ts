// Chatling's dates: how they are read, and which of them a page turns out to be sorted by.

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Dated, sortedTimes, toDate } from '../../src/providers/chatling/dates.ts';

describe('a date', () => {
  it.each([
    ['2024-06-14T15:45:34+00:00', '2024-06-14T15:45:34.000Z'],
    ['2024-06-14T15:45:34', '2024-06-14T15:45:34.000Z'],
    ['2024-06-14 15:45:34', '2024-06-14T15:45:34.000Z'],
    ['2024-06-14T15:45:34Z', '2024-06-14T15:45:34.000Z'],
    ['2024-06-14T15:45:34.123456Z', '2024-06-14T15:45:34.123Z'],
    ['2024-06-14T17:45:34+02:00', '2024-06-14T15:45:34.000Z'],
    ['2024-06-14T17:45:34+0200', '2024-06-14T15:45:34.000Z'],
    [' 2024-06-14T15:45 ', '2024-06-14T15:45:00.000Z'],
  ])('%j is read as %s', (said, expected) => {
    expect(toDate(said)?.toISOString()).toBe(expected);
  });

  it.each([
    [null],
    [undefined],
    [''],
    ['yesterday'],
    ['2024-06-14'],
    ['2024-13-44T15:45:34+00:00'],
  ])('%j is none', (said) => {
    expect(toDate(said)).toBeNull();
  });
});

it('a date without an offset is the same instant wherever the gateway runs', () => {
  vi.stubEnv('TZ', 'Asia/Tokyo');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });

  expect(new Date(2024, 0).getTimezoneOffset()).toBe(-540);
  expect(toDate('2024-06-14T15:45:34')?.toISOString()).toBe('2024-06-14T15:45:34.000Z');
});

describe('what a page is sorted by', () => {
  it('is activity where the newest messages descend', () => {
    expect(sortedBy([row(1, 9), row(5, 8), row(3, 8)])).toEqual([9, 8, 8]);
  });

  it('is creation where only that descends', () => {
    expect(sortedBy([row(5, 7), row(3, 9), row(1, 8)])).toEqual([5, 3, 1]);
  });

  it('is activity where both descend', () => {
    expect(sortedBy([row(5, 9), row(3, 8)])).toEqual([9, 8]);
  });

  it('is activity, in no order, where neither descends', () => {
    expect(sortedBy([row(1, 7), row(3, 9), row(2, 8)])).toEqual([7, 9, 8]);
  });

  it('is the creation of a conversation in which nothing was said', () => {
    expect(sortedBy([row(1, 9), row(7, null), row(2, 6)])).toEqual([9, 7, 6]);
  });

  it('leaves a row without a date beside its neighbours', () => {
    expect(sortedBy([row(null, null), row(1, 9), row(null, null), row(2, 8)])).toEqual([
      9, 9, 9, 8,
    ]);
  });

  it('is the newest message of a row whose creation is not said, in a page sorted by creation', () => {
    expect(sortedBy([row(5, 6), row(null, 9), row(3, 8)])).toEqual([5, 9, 3]);
  });

  it('is the beginning of time where no row has a date', () => {
    expect(sortedBy([row(null, null)])).toEqual([0]);
  });

  it('is nothing for an empty page', () => {
    expect(sortedTimes([])).toEqual([]);
  });
});

/** Dates as small numbers: milliseconds since the epoch. */
function row(created: number | null, newest: number | null): Dated {
  return { createdAt: dateOf(created), newestMessageAt: dateOf(newest) };
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

function sortedBy(rows: readonly Dated[]): number[] {
  return sortedTimes(rows).map((time) => time.getTime());
}
