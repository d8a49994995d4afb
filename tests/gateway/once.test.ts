// What becomes of an attempt whose ledger goes out of reach, forgets it, or is asked while it is under way for long.

import { describe, expect, it, onTestFinished } from 'vitest';
import { type Failure, failed, type Outcome, success } from '../../src/domain/failure.ts';
import { accountScope, providerName } from '../../src/domain/ids.ts';
import { fingerprintOf } from '../../src/gateway/writes/idempotency-key.ts';
import {
  type Attempt,
  type Once,
  type OnceAsked,
  openOnce,
} from '../../src/gateway/writes/once.ts';
import type { Asked, AttemptKey, Ledger } from '../../src/state/idempotency/ledger.ts';
import { memoryLedger } from '../../src/state/idempotency/memory.ts';
import { valueOf } from '../state/event-log.ts';
import { operation } from './hand-made.ts';

interface Done {
  readonly done: string;
}

const WEBSITE = providerName('website');
const KEY: AttemptKey = { caller: 'anyone', mutation: 'sendMessage', key: 'k' };
const INPUT = { text: 'hello' };
/** As `run` asks it. */
const ASKED: Asked = {
  scope: accountScope(WEBSITE, ''),
  fingerprint: fingerprintOf(INPUT),
};
const OUT: Failure = { kind: 'gateway-unavailable', because: 'it is out' };
const REFUSED: Failure = {
  kind: 'unavailable',
  provider: WEBSITE,
  because: 'the connection was refused',
  retryAt: null,
};
const LOST: Failure = { kind: 'outcome-unknown', provider: WEBSITE, because: 'it was lost' };

function opened({ leaseMs = 60_000, over = (ledger: Ledger) => ledger } = {}) {
  const clock = () => performance.now();
  const parts = { leaseMs, keptMs: 60_000, most: 100, clock, now: Date.now };
  const ledger = memoryLedger(parts);
  const warned: string[] = [];
  const quiet = () => undefined;
  const log = {
    debug: quiet,
    info: quiet,
    warn: (_: object, sentence: string) => void warned.push(sentence),
    error: quiet,
  };
  const once = openOnce({
    ledger: over(ledger),
    scopeOf: (name) => accountScope(providerName(name), ''),
    log,
  });
  onTestFinished(() => once.close());
  return { once, ledger, warned };
}

type Make = (attempt: Attempt) => Promise<Outcome<Done>>;

/** Noted, then made, as every mutation does. */
const noting =
  (make: () => Promise<Outcome<Done>> | Outcome<Done>): Make =>
  async (attempt) => {
    const noted = await attempt.note({ noted: true });
    return noted.ok ? make() : noted;
  };

function run(once: Once, make: Make, more: Partial<OnceAsked<Done>> = {}) {
  return once.run<Done>({
    mutation: 'sendMessage',
    key: 'k',
    provider: 'website',
    input: INPUT,
    operation: operation(),
    waitMs: 5000,
    make,
    unsaid: (because) => failed({ kind: 'outcome-unknown', provider: WEBSITE, because }),
    isAnswer: (value): value is Done => 'done' in value,
    ...more,
  });
}

/** Something to be ended from outside. */
function held() {
  let end: (outcome: Outcome<Done>) => void = () => undefined;
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const outcome = new Promise<Outcome<Done>>((resolve) => {
    end = resolve;
  });
  return {
    begun,
    end,
    make: noting(() => {
      begin();
      return outcome;
    }),
  };
}

const never: Make = () => Promise.reject(new Error('it was made a second time'));

/** What can be made to fail from now on, and to work again. */
function switched(names: readonly ('claim' | 'note' | 'done' | 'doubt' | 'release')[]) {
  const out = new Set<string>();
  const guard =
    <A extends unknown[], T>(name: string, call: (...args: A) => Promise<Outcome<T>>) =>
    (...args: A): Promise<Outcome<T>> =>
      out.has(name) ? Promise.resolve(failed(OUT)) : call(...args);
  return {
    out: () => {
      for (const name of names) out.add(name);
    },
    back: () => out.clear(),
    over: (ledger: Ledger): Ledger => ({
      ...ledger,
      claim: guard('claim', async (key, asked) => {
        const claim = await ledger.claim(key, asked);
        if (!claim.ok || claim.value.kind !== 'ours') return claim;
        const { hold } = claim.value;
        return success({
          kind: 'ours' as const,
          hold: {
            ...hold,
            note: guard('note', hold.note),
            done: guard('done', hold.done),
            doubt: guard('doubt', hold.doubt),
            release: guard('release', hold.release),
          },
        });
      }),
    }),
  };
}

describe('an attempt', () => {
  it('that takes longer than a lease is not taken for one that was left', async () => {
    const { once, ledger } = opened({ leaseMs: 300 });
    const attempt = held();
    const first = run(once, attempt.make);
    await attempt.begun;

    for (let times = 0; times < 6; times += 1) {
      await new Promise((resolve) => setTimeout(resolve, 90));
      expect(valueOf(await ledger.adopt(1))).toEqual([]);
    }

    attempt.end(success({ done: 'late' }));
    expect(valueOf(await first)).toEqual({ done: 'late', idempotencyKey: 'k' });
    expect(valueOf(await run(once, never))).toEqual({ done: 'late', idempotencyKey: 'k' });
  });

  it('is told to all who come while it is under way, also where it fails, and then is free', async () => {
    const { once } = opened();
    const attempt = held();
    const all = [run(once, attempt.make), run(once, never), run(once, never)];
    await attempt.begun;

    attempt.end(failed(REFUSED));

    expect(await Promise.all(all)).toEqual(all.map(() => failed(REFUSED)));
    const again = await run(
      once,
      noting(() => success({ done: 'now' })),
    );
    expect(valueOf(again).done).toBe('now');
  });

  it('is waited for no longer than the patience of who waits, who is told to ask again', async () => {
    const { once } = opened();
    const attempt = held();
    const first = run(once, attempt.make);
    await attempt.begun;

    const waited = await run(once, never, { waitMs: 20 });

    expect(waited).toMatchObject({
      failure: { because: expect.stringMatching(/still under way; ask again with the same key/) },
    });
    attempt.end(success({ done: 'late' }));
    await first;
  });

  it('of another gateway is waited for, and the key taken where that one did nothing', async () => {
    const { ledger, once } = opened();
    const theirs = valueOf(await ledger.claim(KEY, ASKED));

    const mine = run(
      once,
      noting(() => success({ done: 'here' })),
    );
    if (theirs.kind === 'ours') await theirs.hold.release();

    expect(valueOf(await mine).done).toBe('here');
  });

  it('whose gateway went away is not made again, and it is said that nobody knows', async () => {
    const { once, ledger } = opened({ leaseMs: 30 });
    const left = valueOf(await ledger.claim(KEY, ASKED));
    if (left.kind === 'ours') await left.hold.note({});

    const told = await run(once, never);

    expect(told).toMatchObject({
      failure: { kind: 'outcome-unknown', because: expect.stringMatching(/went away/) },
    });
  });

  it('that throws is a bug, and in doubt', async () => {
    const { once } = opened();
    const thrown = noting(() => {
      throw new Error('a bug');
    });
    await expect(run(once, thrown)).rejects.toThrow('a bug');

    expect(await run(once, never)).toMatchObject({
      failure: { because: 'this gateway failed in the middle of it' },
    });
  });

  it('is broken off where the gateway closes, and in doubt', async () => {
    const { once, ledger } = opened();
    const begun: AbortSignal[] = [];
    const first = run(once, never, {
      make: async (attempt, { signal }) => {
        await attempt.note({});
        begun.push(signal);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return failed(LOST);
      },
    });
    await expect.poll(() => begun, { timeout: 5000 }).toHaveLength(1);

    await once.close();

    expect(await first).toEqual(failed(LOST));
    expect(valueOf(await ledger.adopt(1))).toMatchObject([{ answer: failed(LOST) }]);
  });

  it('is not ended by who asked for it and went', async () => {
    const { once } = opened();
    const client = new AbortController();
    const attempt = held();
    const signals: AbortSignal[] = [];
    const first = run(once, never, {
      operation: { ...operation(), signal: client.signal },
      make: (made, own) => {
        signals.push(own.signal);
        return attempt.make(made);
      },
    });
    await attempt.begun;

    client.abort();

    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    attempt.end(success({ done: 'all the same' }));
    await first;
    expect(valueOf(await run(once, never)).done).toBe('all the same');
  });
});

describe('a ledger out of reach', () => {
  it('before the attempt refuses who brought a key, and serves who did not', async () => {
    const ledger = switched(['claim']);
    const { once } = opened(ledger);
    ledger.out();

    expect(await run(once, never)).toEqual(failed(OUT));

    const served = await run(
      once,
      noting(() => success({ done: 'yes' })),
      { key: undefined },
    );
    expect(valueOf(served)).toMatchObject({ done: 'yes', idempotencyKey: expect.any(String) });
  });

  it('between the claim and the note lets nothing be sent that was promised to be known', async () => {
    const ledger = switched(['note']);
    const { once } = opened(ledger);
    ledger.out();

    expect(
      await run(
        once,
        noting(() => {
          throw new Error('it was sent');
        }),
      ),
    ).toEqual(failed(OUT));

    ledger.back();
    const again = await run(
      once,
      noting(() => success({ done: 'now' })),
    );
    expect(valueOf(again).done).toBe('now');
  });

  it.each([
    ['done', success({ done: 'yes' })],
    ['doubt', failed(LOST)],
  ] as const)('at the end is told of it once it is back: %s', async (step, outcome) => {
    const ledger = switched([step]);
    const { once, warned } = opened({ leaseMs: 30, ...ledger });
    ledger.out();

    const first = await run(
      once,
      noting(() => outcome),
    );
    expect(first.ok).toBe(outcome.ok);
    expect(warned).toHaveLength(1);
    ledger.back();

    await expect
      .poll(() => run(once, never, { waitMs: 5 }), { timeout: 5000 })
      .toMatchObject(outcome.ok ? { value: { done: 'yes' } } : outcome);
  });

  it('that lost what it knew in the middle lets nothing be sent', async () => {
    const { once } = opened({
      over: (ledger) => ({
        ...ledger,
        async claim(key, asked) {
          const claim = await ledger.claim(key, asked);
          await ledger.close();
          return claim;
        },
      }),
    });

    const told = await run(
      once,
      noting(() => {
        throw new Error('it was sent');
      }),
    );

    expect(told).toMatchObject({ failure: { kind: 'gateway-unavailable' } });
  });
});
