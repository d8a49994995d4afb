// Who tries one credential after another: not listened to for a while, and nobody else pays for it.

import { expect, it } from 'vitest';
import type { Admission, Presented } from '../../src/security/doorkeeper.ts';
import { boundedAttempts } from '../../src/server/door/attempts.ts';
import { callerNamed } from '../support/callers.ts';
import { testClock } from '../support/clock.ts';
import { openDoors } from '../support/doors.ts';

const HERE = '192.0.2.1';
const ELSEWHERE = '192.0.2.2';

function opened() {
  const doors = openDoors({ good: callerNamed('ann') });
  const looked: Presented[] = [];
  const warned: object[] = [];
  const clock = testClock();
  const quiet = () => undefined;
  const door = boundedAttempts(
    {
      ...doors,
      admit(presented) {
        looked.push(presented);
        return doors.admit(presented);
      },
    },
    {
      log: { debug: quiet, info: quiet, error: quiet, warn: (fields) => void warned.push(fields) },
      clock,
    },
  );
  const present = (credential: string | null, address = HERE) =>
    door.admit({ credential, address });
  async function guess(times: number, address = HERE): Promise<void> {
    for (let time = 0; time < times; time += 1) await present(`guess ${time}`, address);
  }
  return { doors, present, guess, looked, warned, clock };
}

function codeOf(admission: Admission): string {
  return admission.ok ? 'let in' : admission.refusal.code;
}

it('twenty that open nothing are looked at in a minute, and the next is not', async () => {
  const { present, guess, looked, warned, clock } = opened();
  await guess(20);

  const admission = await present('another');

  expect(looked).toHaveLength(20);
  expect(admission).toMatchObject({
    ok: false,
    refusal: { code: 'RATE_LIMITED', retryAt: new Date(clock() + 60_000) },
  });
  expect(warned).toEqual([{ address: HERE }]);
});

it('the minute ends, however often was tried in it', async () => {
  const { present, guess, clock } = opened();
  await guess(20);
  clock.pass(59_999);
  await guess(5);
  expect(codeOf(await present('good'))).toBe('RATE_LIMITED');

  clock.pass(1);

  expect(codeOf(await present('good'))).toBe('let in');
});

it('other addresses are listened to', async () => {
  const { present, guess } = opened();
  await guess(50);

  expect(codeOf(await present('bad', ELSEWHERE))).toBe('UNAUTHENTICATED');
  expect(codeOf(await present('good', ELSEWHERE))).toBe('let in');
});

it('a network of IPv6 addresses is one', async () => {
  const { present } = opened();
  for (let one = 0; one < 20; one += 1) await present(`${one}`, `2001:db8::${one}`);

  expect(codeOf(await present('good', '2001:db8::ffff'))).toBe('RATE_LIMITED');
});

it('one that was good goes on opening where others guess, until it is good no more', async () => {
  const { doors, present, guess } = opened();
  await present('good');
  await guess(50);

  expect(codeOf(await present('good'))).toBe('let in');
  doors.end('good', 'revoked');
  expect(codeOf(await present('good'))).toBe('UNAUTHENTICATED');
  expect(codeOf(await present('good'))).toBe('RATE_LIMITED');
});

it('the same one again and again is one: a client that was not told yet keeps nobody out', async () => {
  const { present } = opened();
  for (let time = 0; time < 100; time += 1) await present('of before');

  expect(codeOf(await present('good'))).toBe('let in');
});

it('neither one that expired nor none at all is a guess', async () => {
  const { doors, present } = opened();
  for (let one = 0; one < 50; one += 1) {
    doors.give(`expired ${one}`, callerNamed('ann'));
    doors.end(`expired ${one}`, 'expired');
    await present(`expired ${one}`);
    await present(null);
  }

  expect(codeOf(await present('good'))).toBe('let in');
});
