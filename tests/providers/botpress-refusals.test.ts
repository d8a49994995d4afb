// How Botpress refuses, and what a caller is told: by status, and by error type in both of the shapes it is documented in.

import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/domain/failure.ts';
import {
  aCall,
  accountHearing,
  botpressAccount,
  failureOf,
  NOON_MS,
  ref,
  TALES,
  WEBSITE,
} from './botpress-account.ts';

const C1 = ref('c1');

const refused = (code: string): Failure => ({
  kind: 'refused',
  provider: WEBSITE,
  code,
  said: 'So.',
});

/** Every error type that the vendor names, and what it is to a client. */
const TYPES: readonly [number, string, Failure][] = [
  [400, 'InvalidPayload', refused('InvalidPayload')],
  [400, 'InvalidJsonSchema', refused('InvalidJsonSchema')],
  [400, 'InvalidDataFormat', refused('InvalidDataFormat')],
  [400, 'InvalidIdentifier', refused('InvalidIdentifier')],
  [400, 'ReferenceNotFound', refused('ReferenceNotFound')],
  [400, 'InvalidQuery', refused('InvalidQuery')],
  [400, 'Runtime', refused('Runtime')],
  [400, 'BreakingChanges', refused('BreakingChanges')],
  [401, 'Unauthorized', { kind: 'credential-refused', provider: WEBSITE, said: 'So.' }],
  [402, 'PaymentRequired', refused('PaymentRequired')],
  [403, 'Forbidden', { kind: 'forbidden', provider: WEBSITE, said: 'So.' }],
  [403, 'QuotaExceeded', { kind: 'rate-limited', provider: WEBSITE, retryAt: null }],
  [404, 'ResourceNotFound', { kind: 'not-found', what: 'conversation c1 at website' }],
  [405, 'MethodNotFound', refused('MethodNotFound')],
  [409, 'RelationConflict', { kind: 'conflict', provider: WEBSITE, said: 'So.' }],
  [409, 'ReferenceConstraint', { kind: 'conflict', provider: WEBSITE, said: 'So.' }],
  [409, 'ResourceLockedConflict', { kind: 'conflict', provider: WEBSITE, said: 'So.' }],
  [409, 'AlreadyExists', { kind: 'conflict', provider: WEBSITE, said: 'So.' }],
  [410, 'ResourceGone', { kind: 'not-found', what: 'conversation c1 at website' }],
  [413, 'PayloadTooLarge', refused('PayloadTooLarge')],
  [413, 'LimitExceeded', refused('LimitExceeded')],
  [415, 'UnsupportedMediaType', refused('UnsupportedMediaType')],
  [429, 'RateLimited', { kind: 'rate-limited', provider: WEBSITE, retryAt: null }],
];

describe.each([
  ['client', (code: number, type: string) => ({ id: 'err_1', code, type, message: 'So.' })],
  ['docs', (status: number, type: string) => ({ type, description: 'So.', status })],
] as const)('an error body in the shape of the %s', (_, shape) => {
  it.each(TYPES)('with %i %s is understood', async (status, type, expected) => {
    const { get } = await accountHearing(() => ({ status, body: shape(status, type) }));

    expect(failureOf(await get.does(C1, aCall()))).toEqual(expected);
  });
});

describe('an error', () => {
  it.each([
    ['<html>Bad gateway</html>', 418, 'HTTP 418'],
    [undefined, 418, 'HTTP 418'],
    [[], 418, 'HTTP 418'],
    [{ type: 7, message: {} }, 418, 'HTTP 418'],
  ])('without words is told by its status (%j)', async (body, status, said) => {
    const { get } = await accountHearing(() => ({ status, body }));

    expect(failureOf(await get.does(C1, aCall()))).toEqual({
      kind: 'refused',
      provider: WEBSITE,
      code: null,
      said,
    });
  });

  it('never repeats the credential, should the service do so', async () => {
    const { get } = await accountHearing(() => ({
      status: 401,
      body: { type: 'Unauthorized', message: 'The token bp_pat_heard is not known.' },
    }));

    const failure = failureOf(await get.does(C1, aCall()));

    expect(failure).toHaveProperty('said', 'The token «redacted» is not known.');
  });

  it('never repeats the credential in its type', async () => {
    const { get } = await accountHearing(() => ({
      status: 400,
      body: { type: 'No bp_pat_heard', message: 'What is it?' },
    }));

    const failure = failureOf(await get.does(C1, aCall()));

    expect(failure).toHaveProperty('code', 'No «redacted»');
  });

  it.each(['client', 'docs'] as const)(
    'of the emulated bot is understood in its %s shape',
    async (errorShape) => {
      const { as, get } = await botpressAccount({ errorShape });

      const failures = [
        failureOf(await as({ token: 'bp_pat_of_another' }).get.does(C1, aCall())),
        failureOf(
          await as({ botId: '00000000-0000-0000-0000-000000000000' }).get.does(C1, aCall()),
        ),
        failureOf(await get.does(C1, aCall())),
      ];

      expect(failures.map(({ kind }) => kind)).toEqual([
        'credential-refused',
        'forbidden',
        'not-found',
      ]);
    },
  );
});

describe('too many requests', () => {
  it('say when to come back: by Retry-After, else by RateLimit-Reset', async () => {
    const { get, emulator } = await botpressAccount({
      rateLimit: { requests: 10, windowMs: 30_000, enforced: false },
    });
    emulator.inject({ kind: 'status', status: 429, retryAfter: 7, times: 1 });
    emulator.inject({ kind: 'status', status: 429, times: 1 });

    const failures = [
      failureOf(await get.does(C1, aCall())),
      failureOf(await get.does(C1, aCall())),
    ];

    expect(failures).toEqual([
      { kind: 'rate-limited', provider: WEBSITE, retryAt: new Date(NOON_MS + 7_000) },
      { kind: 'rate-limited', provider: WEBSITE, retryAt: new Date(NOON_MS + 30_000) },
    ]);
  });

  it('are told when the limit is the service’s own', async () => {
    const rateLimit = { requests: 2, windowMs: 1_000, enforced: true };
    const { list, pass } = await botpressAccount({ tales: TALES, rateLimit });
    const ask = () => list.does({ filter: {}, at: null, size: 5 }, aCall());

    const outcomes = [await ask(), await ask(), await ask()];
    pass(1_001);
    outcomes.push(await ask());

    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true]);
    expect(outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure.kind]))).toEqual([
      'rate-limited',
    ]);
  });
});

it('an answer that is neither good nor bad is no answer', async () => {
  const { get } = await accountHearing(() => ({ status: 304 }));

  expect(failureOf(await get.does(C1, aCall()))).toMatchObject({ kind: 'unavailable' });
});
