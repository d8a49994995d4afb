// When an account that fails is left in peace, who tries first whether it is there again, and that it then is at once.

import type { ServerResponse } from 'node:http';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, success } from '../../src/domain/failure.ts';
import type { Ask } from '../../src/providers/ask.ts';
import { BREAKER_TIMES, openBreaker, type Pass } from '../../src/providers/breaker.ts';
import type { Turnstile } from '../../src/providers/turnstile.ts';
import { testClock } from '../support/clock.ts';
import { PROVIDER, READ, startUpstream, WRITE, within } from '../support/upstream.ts';

const { failures, firstMs, longestMs } = BREAKER_TIMES;

function started({ chance = 0 }: { readonly chance?: number } = {}) {
  const clock = testClock();
  const breaker = openBreaker({ times: BREAKER_TIMES, clock, chance: () => chance });
  const pass = (asker: 'client' | 'watch' = 'client'): Pass => {
    const had = breaker.pass(asker);
    if (had.kind === 'closed') throw new Error(`left in peace for ${had.retryAtMs - clock()} ms`);
    return had;
  };
  const fail = () => {
    for (let times = 0; times < failures; times += 1) pass().wentWrong();
  };
  return { clock, breaker, pass, fail };
}

describe('an account', () => {
  it('is asked by all until it has failed so often in a row', () => {
    const { breaker, pass } = started();

    for (let times = 1; times < failures; times += 1) pass().wentWrong();
    const before = breaker.nextTryMs;
    pass().wentWell();
    for (let times = 1; times < failures; times += 1) pass().wentWrong();
    const again = breaker.nextTryMs;
    pass().wentWrong();

    expect([before, again]).toEqual([null, null]);
    expect(breaker.nextTryMs).not.toBeNull();
  });

  it('is then asked by nobody until the moment that everybody is told', () => {
    const { clock, breaker, fail } = started();
    fail();

    const retryAtMs = clock() + firstMs;
    expect(breaker.pass('client')).toEqual({ kind: 'closed', retryAtMs });
    clock.pass(firstMs - 1);
    expect(breaker.pass('client')).toEqual({ kind: 'closed', retryAtMs });
    clock.pass(1);
    expect(breaker.pass('client')).toMatchObject({ kind: 'pass' });
  });

  it('is tried by one at a time, and by all once that went well', () => {
    const { clock, breaker, pass, fail } = started();
    fail();
    clock.pass(firstMs);

    const trying = pass();
    const meanwhile = [breaker.pass('client'), breaker.pass('watch')];
    const soon = { kind: 'closed', retryAtMs: clock() + firstMs };
    trying.wentWell();

    expect(meanwhile).toEqual([soon, soon]);
    expect(breaker.nextTryMs).toBeNull();
    pass();
    pass();
  });

  it('is left in peace for twice as long after each try that fails, up to a bound', () => {
    const { clock, breaker, pass, fail } = started();
    fail();
    const waits: number[] = [];

    for (let tries = 0; tries < 7; tries += 1) {
      const waitMs = (breaker.nextTryMs ?? 0) - clock();
      waits.push(waitMs);
      clock.pass(waitMs);
      pass().wentWrong();
    }

    expect(waits).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  it('is tried at another moment by each gateway, never later than the bound', () => {
    const waits = [0, 0.5, 1].map((chance) => {
      const { clock, breaker, fail } = started({ chance });
      fail();
      return (breaker.nextTryMs ?? 0) - clock();
    });

    expect(waits).toEqual([1000, 875, 750]);
  });

  it('is tried again at once where a try came to nothing, and after a while where it hangs', () => {
    const { clock, breaker, pass, fail } = started();
    fail();
    clock.pass(firstMs);

    pass().cameToNothing();
    const hanging = pass();
    expect(breaker.pass('client')).toMatchObject({ kind: 'closed' });
    clock.pass(longestMs);
    const next = pass();
    hanging.wentWrong();

    // What hung and what came after it were of one pause: whichever ends first ends it.
    next.wentWell();
    expect(breaker.nextTryMs).not.toBeNull();
  });

  it('is tried by whoever looks for news only where people had a while to do it', () => {
    const { clock, breaker, pass, fail } = started();
    fail();

    clock.pass(firstMs);
    const look = breaker.pass('watch');
    clock.pass(firstMs);

    expect(look).toEqual({ kind: 'closed', retryAtMs: clock() });
    pass('watch').wentWell();
    expect(breaker.nextTryMs).toBeNull();
  });

  it('is not judged by what was sent before it was left in peace', () => {
    const { clock, breaker, pass, fail } = started();
    const slow = pass();
    const slower = pass();
    fail();
    const retryAtMs = breaker.nextTryMs;

    slow.wentWell();
    slower.wentWrong();

    expect(breaker.nextTryMs).toBe(retryAtMs);
    clock.pass(firstMs);
    pass().wentWell();
    slower.wentWrong();
    expect(breaker.nextTryMs).toBeNull();
  });

  it('is not left in peace for longer because the clock was set back', () => {
    const { clock, breaker, fail } = started();
    fail();

    clock.pass(-3_600_000);

    expect(breaker.pass('client')).toMatchObject({ kind: 'pass' });
  });

  it('comes back within one try, whatever happened before', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
      fc.record({
        kind: fc.constantFrom(
          'begin' as const,
          'well' as const,
          'wrong' as const,
          'nothing' as const,
        ),
        asker: fc.constantFrom('client' as const, 'watch' as const),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, chance) => {
          const { clock, breaker, pass } = started({ chance });
          const under: Pass[] = [];
          for (const one of steps) {
            if (one.kind === 'pass') {
              clock.pass(one.ms);
              continue;
            }
            if (one.kind === 'begin') {
              const had = breaker.pass(one.asker);
              if (had.kind === 'pass') under.push(had);
              continue;
            }
            const ended = under.shift();
            if (one.kind === 'well') ended?.wentWell();
            else if (one.kind === 'wrong') ended?.wentWrong();
            else ended?.cameToNothing();
          }

          clock.pass(longestMs);
          pass().wentWell();

          expect(breaker.nextTryMs).toBeNull();
          for (let times = 0; times < 20; times += 1) pass();
        },
      ),
    );
  });
});

describe('the door to an account that is out', () => {
  it.each([READ, WRITE])('sends nothing, and says so and until when: $effect', async (ask) => {
    const { http, asked, clock } = await startOut();

    const answer = await http.ask(within(), ask);

    expect(answer).toEqual({
      ok: false,
      failure: {
        kind: 'unavailable',
        provider: 'website',
        because: expect.stringMatching(/failed too often in a row.*nothing was sent/),
        retryAt: new Date(clock() + 875),
      },
    });
    expect(asked).toHaveLength(failures);
  });

  it('lets one call try, and everybody once that was answered', async () => {
    const { http, asked, clock, mend } = await startOut();
    mend();
    clock.pass(firstMs);

    const first = http.ask(within(), READ);
    const refused = await http.ask(within(), WRITE);
    const tried = await first;

    expect(refused).toMatchObject({ failure: { kind: 'unavailable' } });
    expect(tried).toMatchObject({ ok: true });
    expect(asked).toHaveLength(failures + 1);
    expect(await http.ask(within(), WRITE)).toMatchObject({ ok: true });
  });

  it('sends no read a second time while it is left in peace', async () => {
    const { http, asked, clock } = await startOut();
    clock.pass(firstMs);

    const answer = await http.ask(within(), READ);

    expect(answer).toMatchObject({ ok: true, value: { status: 503 } });
    expect(asked).toHaveLength(failures + 1);
  });

  it('opens again when a try’s caller has gone, so that the next may try', async () => {
    const { http, clock, hang, mend } = await startOut();
    hang();
    clock.pass(firstMs);
    const leave = new AbortController();
    const left = http.ask({ ...within(), signal: leave.signal }, READ);
    await expect.poll(() => hang.count()).toBe(1);

    leave.abort();
    await left;
    mend();

    expect(await http.ask(within(), READ)).toMatchObject({ ok: true });
  });

  it.each([
    ['refuses', 404],
    ['is asked too much', 429],
  ])('stays open where the service %s', async (_, code) => {
    const { http, asked } = await startUpstream(
      (_request, response) => void response.writeHead(code).end(),
      { breaker: BREAKER_TIMES },
    );

    for (let times = 0; times < 3 * failures; times += 1) await http.ask(within(), READ);

    expect(asked).toHaveLength(3 * failures);
  });

  it.each<[string, Ask]>([
    ['no answer comes in time', READ],
    ['nobody listens there', WRITE],
  ])('closes where %s', async (what, ask) => {
    const upstream = await startUpstream(() => undefined, { breaker: BREAKER_TIMES });
    if (what.includes('listens')) await upstream.close();

    await Promise.all(Array.from({ length: failures }, () => upstream.http.ask(within(300), ask)));

    expect(upstream.manners.nextTry()).not.toBeNull();
  });

  it('is not closed by calls that had no time left when their turn came', async () => {
    const upstream = await startUpstream(() => undefined, { breaker: BREAKER_TIMES });

    for (let times = 0; times < 2 * failures; times += 1) await upstream.http.ask(within(20), READ);

    expect(upstream.asked).toHaveLength(2 * failures);
    expect(upstream.manners.nextTry()).toBeNull();
  });

  it.each([
    ['is not closed', 'while others were answered', true],
    ['is closed', 'while nobody was answered', false],
  ])('%s by calls that waited for most of their time %s', async (_, _when, isAlive) => {
    let under = 0;
    const turnstile: Turnstile = {
      async pass({ effect }) {
        if (effect === 'read') await pause(450);
        return success({ answered: () => undefined, unanswered: () => undefined });
      },
    };
    const upstream = await startUpstream(
      ({ method }, response) => {
        if (method === 'POST') response.end('{}');
        else under += 1;
      },
      { breaker: BREAKER_TIMES, turnstile },
    );

    const reading = readAtOnce(upstream, 2 * failures, 800);
    if (isAlive) await upstream.http.ask(within(), WRITE);
    await reading;

    expect(under).toBe(2 * failures);
    expect(upstream.manners.nextTry() === null).toBe(isAlive);
  });

  it('is not closed by calls that its own budget turned away', async () => {
    const retryAt = new Date('2026-03-02T10:00:30.000Z');
    const turnstile: Turnstile = {
      pass: async () => failed({ kind: 'rate-limited', provider: PROVIDER, retryAt }),
    };
    const upstream = await startUpstream(() => undefined, { breaker: BREAKER_TIMES, turnstile });

    await readAtOnce(upstream, 2 * failures);

    expect(upstream.asked).toEqual([]);
    expect(upstream.manners.nextTry()).toBeNull();
  });

  it('is not closed by calls that found no place until their time was up', async () => {
    const held: ServerResponse[] = [];
    const upstream = await startUpstream((_request, response) => void held.push(response), {
      breaker: BREAKER_TIMES,
    });
    const first = readAtOnce(upstream, 16, 20_000);
    await expect.poll(() => held.length).toBe(16);

    const starved = await readAtOnce(upstream, 2 * failures, 300);

    expect(starved).toEqual(
      starved.map(() => ({
        ok: false,
        failure: expect.objectContaining({ because: expect.stringContaining('nothing was sent') }),
      })),
    );
    expect(upstream.asked).toHaveLength(16);
    expect(upstream.manners.nextTry()).toBeNull();
    for (const response of held) response.end('{}');
    await first;
  });
});

type Upstream = Awaited<ReturnType<typeof startUpstream>>;

/** So many reads at once, each of an operation of its own. */
async function readAtOnce({ http }: Upstream, times: number, ms?: number) {
  return await Promise.all(Array.from({ length: times }, () => http.ask(within(ms), READ)));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** It answered 500 until it was left in peace. */
async function startOut() {
  const clock = testClock();
  let state: 'broken' | 'well' | 'hanging' = 'broken';
  let hanging = 0;
  const upstream = await startUpstream(
    (_request, response) => {
      if (state === 'hanging') hanging += 1;
      else {
        const status = state === 'well' ? 200 : 503;
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      }
    },
    { clock, breaker: BREAKER_TIMES },
  );
  for (let times = 0; times < failures; times += 1) await upstream.http.ask(within(), WRITE);
  return {
    ...upstream,
    clock,
    mend() {
      state = 'well';
    },
    hang: Object.assign(
      () => {
        state = 'hanging';
      },
      { count: () => hanging },
    ),
  };
}
