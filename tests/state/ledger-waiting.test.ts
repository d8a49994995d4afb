// Whoever waits for an attempt in this process hears of its end at once, and looks now and then for an end elsewhere.

import { expect, it, onTestFinished, vi } from 'vitest';
import { success } from '../../src/domain/failure.ts';
import type { Standing } from '../../src/state/idempotency/ledger.ts';
import { openWaiting } from '../../src/state/idempotency/waiting.ts';

function scene() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const waiting = openWaiting();
  const client = new AbortController();
  let standing: Standing = { state: 'running' };
  let looks = 0;
  const until = waiting.until('a', client.signal, () => {
    looks += 1;
    return Promise.resolve(success(standing));
  });
  return {
    waiting,
    client,
    until,
    looks: () => looks,
    end: () => {
      standing = { state: 'done', answer: 'yes' };
    },
  };
}

it('an end in this process is heard although no time has passed', async () => {
  const { until, end, waiting } = scene();
  await Promise.resolve();

  end();
  waiting.wake('a');

  expect(await until).toEqual(success({ state: 'done', answer: 'yes' }));
  expect(vi.getTimerCount()).toBe(0);
});

it('an end elsewhere is found within a quarter of a second, by a few looks', async () => {
  const { until, end, looks } = scene();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks()).toBeLessThan(50);

  end();
  await vi.advanceTimersByTimeAsync(250);

  expect(await until).toEqual(success({ state: 'done', answer: 'yes' }));
});

it('who goes away leaves nothing behind that waits', async () => {
  const { until, client } = scene();
  await vi.advanceTimersByTimeAsync(1000);

  client.abort();

  expect(await until).toEqual(success({ state: 'running' }));
  expect(vi.getTimerCount()).toBe(0);
});
