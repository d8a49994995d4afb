// The soak in short: it finds out a gateway that forgets nothing, and says nothing of one beside it that does.

import { describe, expect, it } from 'vitest';
import { runSoak } from './run-soak.ts';
import { judge, type Reading } from './verdict.ts';

const MB = 1024 * 1024;
/** Of a short run, in which most of what grows is what is read and compiled for the first time. */
const WARMING_UP = { heap: 60 * MB, rss: 150 * MB, handles: 100 };

it('a gateway that leaks is found out beside one that does not', async () => {
  const { gateways, breaches, written, asked } = await runSoak({
    seed: 'short',
    lastsMs: 6000,
    readEveryMs: 500,
    harmEveryMs: 60_000,
    allowed: WARMING_UP,
    leaky: true,
  });

  const [leaky, sound] = gateways;
  expect(leaky?.verdict.complaints.join()).toMatch(/^the heap grew by [^]*handles grew by/);
  expect(sound).toMatchObject({ errors: [], died: false });
  expect(sound?.verdict.complaints).toEqual([]);
  expect(breaches).toEqual([]);
  expect(written).toBeGreaterThan(0);
  expect(asked).toBeGreaterThan(0);
}, 120_000);

describe('what is read', () => {
  const ALLOWED = { heap: 10 * MB, rss: 30 * MB, handles: 10 };
  const readings = (heapAt: (minute: number) => number): Reading[] =>
    Array.from({ length: 180 }, (_, index) => ({
      at: index * 10_000,
      rss: 200 * MB,
      heapUsed: heapAt(index / 6),
      external: 0,
      handles: { Timeout: 20 + (index % 3) },
      delayMs: 12,
    }));
  const wave = (minute: number) => 4 * MB * Math.sin(minute * 7);

  it('goes up and down, and is flat', () => {
    const { complaints, heap } = judge(
      readings((minute) => 80 * MB + wave(minute)),
      ALLOWED,
    );

    expect(complaints).toEqual([]);
    expect(heap.from).toBeLessThan(0);
    expect(heap.to).toBeGreaterThan(0);
  });

  it('settles in the first third, which is not looked at', () => {
    const settling = (minute: number) => (60 + 5 * Math.min(minute, 9)) * MB + wave(minute);

    expect(judge(readings(settling), ALLOWED).complaints).toEqual([]);
  });

  it('rises a megabyte a minute among waves of eight, and is told as that', () => {
    const { complaints, heap } = judge(
      readings((minute) => (80 + minute) * MB + wave(minute)),
      ALLOWED,
    );

    expect(complaints).toEqual([expect.stringContaining('the heap grew by')]);
    expect(heap.perHour / MB).toBeGreaterThan(55);
    expect(heap.perHour / MB).toBeLessThan(65);
  });

  it('is too little to judge by', () => {
    expect(judge(readings(() => 80 * MB).slice(0, 4), ALLOWED).complaints).toEqual([
      'there are 3 readings to judge by, which are too few',
    ]);
  });
});
