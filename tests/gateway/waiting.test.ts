// One operation that waits for many answers at once.

import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { type Flight, waited } from '../../src/gateway/reads/flights.ts';
import { handMade } from './hand-made.ts';

it('costs its signal no ear for each, and all of it ends when its client leaves', async () => {
  const leaving = new AbortController();
  const operation = { signal: leaving.signal, reads: new Map() };
  const { provider } = handMade({ name: 'one' });
  const flight: Flight<string> = {
    isAwaited: true,
    moment: 0,
    beganMs: 0,
    answer: new Promise(() => undefined),
  };

  const waits = Array.from({ length: 50 }, () => waited(flight, { operation }, provider));
  const ears = getEventListeners(leaving.signal, 'abort').length;
  leaving.abort();

  expect(ears).toBe(0);
  for (const { outcome } of await Promise.all(waits)) expect(outcome.ok).toBe(false);
});
