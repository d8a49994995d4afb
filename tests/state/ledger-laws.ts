// The laws of the ledger, each written from a way to do a thing twice, or to say what is not so.

import { expect } from 'vitest';
import { accountScope, providerName } from '../../src/domain/ids.ts';
import type {
  Asked,
  AttemptKey,
  Claim,
  Doubt,
  Hold,
  Ledger,
  LedgerParts,
} from '../../src/state/idempotency/ledger.ts';
import { valueOf } from './event-log.ts';

export interface LedgerScene {
  /** Two handles on the same keys: of one process, the same. */
  readonly one: Ledger;
  readonly other: Ledger;
  /** Moves a clock in memory, and waits on Redis. */
  pass(ms: number): Promise<void>;
}

export type OpenLedger = (parts?: Partial<LedgerParts>) => Promise<LedgerScene>;

/** Longer than a busy machine takes for what a law does meanwhile. */
const SHORT = { leaseMs: 600 };

export const LEDGER_LAWS: Readonly<Record<string, (open: OpenLedger) => Promise<void>>> = {
  'gives a key to one of many who claim it at once': async (open) => {
    const { one, other } = await open();

    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).claim(KEY, ASKED)),
    );

    const kinds = claims.map((told) => valueOf(told).kind).toSorted();
    expect(kinds).toEqual(['ours', ...Array.from({ length: 19 }, () => 'theirs')]);
  },

  'says to who comes later that it is under way, and then the answer, with its dates': async (
    open,
  ) => {
    const { one, other } = await open();
    const hold = await claimed(one);
    await hold.note({});
    expect(valueOf(await other.claim(KEY, ASKED))).toEqual(theirs({ state: 'running' }));

    expect(valueOf(await hold.done(ANSWER))).toBe(true);

    for (const ledger of [one, other]) {
      const standing = { state: 'done', answer: ANSWER } as const;
      expect(valueOf(await ledger.claim(KEY, ASKED))).toEqual(theirs(standing));
      expect(valueOf(await ledger.wait(KEY, soon()))).toEqual(standing);
    }
  },

  'keeps what it was given, whatever becomes of that': async (open) => {
    const { one, other } = await open();
    const hold = await claimed(one);
    const answer = { said: ['first'] };
    await hold.done(answer);

    answer.said.push('second');

    expect(answerIn(await claimOf(other))).toEqual({ said: ['first'] });
  },

  'is waited for until it ends, whoever ends it where': async (open) => {
    const { one, other } = await open();
    const hold = await claimed(one);
    const waits = [one, other].map((ledger) => ledger.wait(KEY, never()));

    await hold.done(ANSWER);

    for (const wait of waits) {
      expect(valueOf(await wait)).toEqual({ state: 'done', answer: ANSWER });
    }
  },

  'is not waited for any longer than one wants': async (open) => {
    const { one, other } = await open();
    await claimed(one);
    const patience = new AbortController();
    const wait = other.wait(KEY, patience.signal);

    patience.abort();

    expect(valueOf(await wait)).toEqual({ state: 'running' });
  },

  'says that a key is in use for another input, also when it is done': async (open) => {
    const { one, other } = await open();
    const asked = { ...ASKED, fingerprint: 'another' };
    const hold = await claimed(one);
    expect(await claimOf(other, KEY, asked)).toEqual({ kind: 'other-input' });

    await hold.done(ANSWER);

    expect(await claimOf(other, KEY, asked)).toEqual({ kind: 'other-input' });
  },

  'shows nothing of an account to another of its name': async (open) => {
    const { one, other } = await open();
    await (await claimed(one)).done(ANSWER);

    const scope = accountScope(providerName('website'), 'theirs');

    expect(await claimOf(other, KEY, { ...ASKED, scope })).toEqual({ kind: 'other-account' });
  },

  'keeps the keys of callers and of mutations apart': async (open) => {
    const { one, other } = await open();
    await (await claimed(one)).done(ANSWER);

    for (const key of [
      { ...KEY, caller: 'b' },
      { ...KEY, mutation: 'createConversation' },
      { ...KEY, key: 'k-2' },
      // The same letters in the same order.
      { caller: `${KEY.caller}${KEY.mutation}`, mutation: '', key: KEY.key },
    ]) {
      expect((await claimOf(other, key)).kind).toBe('ours');
    }
  },

  'frees a key that was released, and tells who waits': async (open) => {
    const { one, other } = await open();
    const hold = await claimed(one);
    await hold.note({});
    const wait = other.wait(KEY, never());

    expect(valueOf(await hold.release())).toBe(true);

    expect(valueOf(await wait)).toBeNull();
    expect((await claimOf(other, KEY, { ...ASKED, fingerprint: 'another' })).kind).toBe('ours');
    expect(valueOf(await hold.done(ANSWER))).toBe(false);
  },

  'takes an attempt that was left without a note for none': async (open) => {
    const { one, other, pass } = await open(SHORT);
    const sleeper = await claimed(one);
    await pass(SHORT.leaseMs + 20);
    expect(valueOf(await other.adopt(10))).toEqual([]);

    const next = await claimOf(other, KEY, { ...ASKED, fingerprint: 'another' });

    expect(next.kind).toBe('ours');
    expect(valueOf(await sleeper.note({}))).toBe(false);
    expect(valueOf(await sleeper.release())).toBe(false);
  },

  'takes an attempt that was left after its note for a doubt, and gives it to nobody': async (
    open,
  ) => {
    const { one, other, pass } = await open(SHORT);
    await (await claimed(one)).note(NOTE);
    await pass(SHORT.leaseMs + 20);

    const doubt = { state: 'doubt', answer: undefined } as const;
    expect(await claimOf(other)).toEqual(theirs(doubt));
    expect(valueOf(await other.wait(KEY, never()))).toEqual(doubt);
    expect(await adopted(other)).toMatchObject({
      ...ASKED,
      key: KEY,
      note: NOTE,
      answer: undefined,
      looks: 0,
    });
  },

  'takes an attempt for one that is under way as long as it is renewed': async (open) => {
    const { one, other, pass } = await open({ leaseMs: 1500 });
    const hold = await claimed(one);
    await hold.note(NOTE);

    for (let times = 0; times < 5; times += 1) {
      await pass(400);
      expect(valueOf(await hold.renew())).toBe(true);
    }

    expect(valueOf(await other.adopt(10))).toEqual([]);
    expect(await claimOf(other)).toEqual(theirs({ state: 'running' }));
  },

  'hears whoever was late, where nobody took over meanwhile': async (open) => {
    const { one, other, pass } = await open(SHORT);
    const sleeper = await claimed(one);
    await sleeper.note(NOTE);
    await pass(SHORT.leaseMs + 20);

    expect(valueOf(await sleeper.done(ANSWER))).toBe(true);

    expect(answerIn(await claimOf(other))).toEqual(ANSWER);
    expect(valueOf(await other.adopt(10))).toEqual([]);
  },

  'hears nothing of who lost it': async (open) => {
    const { one, other, pass } = await open(SHORT);
    const sleeper = await claimed(one);
    await sleeper.note(NOTE);
    await pass(SHORT.leaseMs + 20);
    const doubt = await adopted(other);

    for (const late of [
      sleeper.renew(),
      sleeper.note({ of: 'the sleeper' }),
      sleeper.done('of the sleeper'),
      sleeper.doubt('of the sleeper'),
      sleeper.release(),
    ]) {
      expect(valueOf(await late)).toBe(false);
    }

    expect(await claimOf(one)).toEqual(theirs({ state: 'doubt', answer: undefined }));
    expect(valueOf(await doubt.settle(ANSWER))).toBe(true);
    expect(answerIn(await claimOf(one))).toEqual(ANSWER);
  },

  'says of a doubt what is known, and once it is settled the answer': async (open) => {
    const { one, other } = await open();
    const hold = await claimed(one);
    await hold.note(NOTE);

    expect(valueOf(await hold.doubt('perhaps'))).toBe(true);

    expect(await claimOf(other)).toEqual(theirs({ state: 'doubt', answer: 'perhaps' }));
    const doubt = await adopted(other);
    expect(doubt).toMatchObject({ note: NOTE, answer: 'perhaps' });
    expect(valueOf(await doubt.settle(ANSWER))).toBe(true);
    expect(answerIn(await claimOf(one))).toEqual(ANSWER);
    expect(valueOf(await one.adopt(10))).toEqual([]);
  },

  'hands each doubt to one of many who look at once, and no more than are asked for': async (
    open,
  ) => {
    const { one, other } = await open();
    const keys = Array.from({ length: 9 }, (_, index) => ({ ...KEY, key: `k-${index}` }));
    for (const key of keys) {
      const hold = await claimed(one, key);
      await hold.note(NOTE);
      await hold.doubt(null);
    }

    const some = [...valueOf(await other.adopt(2)), ...valueOf(await one.adopt(2))];
    const rest = await Promise.all([one.adopt(10), other.adopt(10), one.adopt(10)]);

    expect(some).toHaveLength(4);
    const names = [...some, ...rest.flatMap(valueOf)].map(({ key }) => key.key);
    expect(names.toSorted()).toEqual(keys.map(({ key }) => key));
  },

  'hands a doubt to another where whoever had it went away, and hears nothing of that one': async (
    open,
  ) => {
    const { one, other, pass } = await open(SHORT);
    const hold = await claimed(one);
    await hold.note(NOTE);
    await hold.doubt(null);
    const sleeper = await adopted(one);
    expect(valueOf(await other.adopt(10))).toEqual([]);
    await pass(SHORT.leaseMs + 20);

    const next = await adopted(other);

    expect(next.looks).toBe(1);
    for (const late of [
      sleeper.renew(),
      sleeper.settle('of the sleeper'),
      sleeper.again(0),
      sleeper.release(),
    ]) {
      expect(valueOf(await late)).toBe(false);
    }
    expect(valueOf(await next.settle(ANSWER))).toBe(true);
  },

  'keeps a doubt for who renews it': async (open) => {
    const { one, other, pass } = await open({ leaseMs: 1500 });
    const hold = await claimed(one);
    await hold.note(NOTE);
    await hold.doubt(null);
    const doubt = await adopted(one);

    for (let times = 0; times < 5; times += 1) {
      await pass(400);
      expect(valueOf(await doubt.renew())).toBe(true);
      expect(valueOf(await other.adopt(10))).toEqual([]);
    }
  },

  'hands a doubt out again when its time has come, with what was noted last': async (open) => {
    const { one, other, pass } = await open();
    const hold = await claimed(one);
    await hold.note(NOTE);
    await hold.doubt('perhaps');

    const first = await adopted(one);
    expect(valueOf(await first.again(800, { looked: 'once' }))).toBe(true);

    expect(valueOf(await first.settle('of who gave it back'))).toBe(false);
    expect(valueOf(await other.adopt(10))).toEqual([]);
    await pass(850);
    expect(await adopted(other)).toMatchObject({
      note: { looked: 'once' },
      answer: 'perhaps',
      looks: 1,
    });
  },

  'frees the key of a doubt that was found to be nothing': async (open) => {
    const { one, other } = await open();
    const hold = await claimed(one);
    await hold.note(NOTE);
    await hold.doubt('perhaps');

    expect(valueOf(await (await adopted(one)).release())).toBe(true);

    expect((await claimOf(other)).kind).toBe('ours');
  },

  'finds an attempt that was left under a key that was used before': async (open) => {
    const { one, other, pass } = await open(SHORT);
    const first = await claimed(one);
    await first.note({ of: 'the first' });
    await first.release();
    await (await claimed(other)).note({ of: 'the second' });

    await pass(SHORT.leaseMs + 20);

    expect(await adopted(one)).toMatchObject({ note: { of: 'the second' } });
    expect(valueOf(await other.adopt(10))).toEqual([]);
  },

  'forgets a key when its time is over, and all that was known of it': async (open) => {
    const { one, other, pass } = await open({ keptMs: 1000 });
    const done = { ...KEY, key: 'done' };
    await (await claimed(one, done)).done(ANSWER);
    const left = await claimed(one, { ...KEY, key: 'left' });
    await left.note(NOTE);
    const doubtful = await claimed(one);
    await doubtful.note(NOTE);
    await doubtful.doubt('perhaps');
    expect(answerIn(await claimOf(other, done))).toEqual(ANSWER);

    await pass(1050);

    expect(valueOf(await other.adopt(10))).toEqual([]);
    expect(valueOf(await left.done(ANSWER))).toBe(false);
    for (const key of [KEY, done, left.key]) expect((await claimOf(other, key)).kind).toBe('ours');
  },
};

const KEY: AttemptKey = { caller: 'a', mutation: 'sendMessage', key: 'k-1 “é” \u{1f511}' };
const ASKED: Asked = {
  scope: accountScope(providerName('web:site'), 'ours'),
  fingerprint: 'of the input',
};
const NOTE = { at: new Date(1_700_000_000_123), words: ['a', null] };
const ANSWER = { ok: true, value: { sentAt: new Date(0), text: 'ä', reply: null, $date: 5 } };

async function claimOf(ledger: Ledger, key = KEY, asked = ASKED): Promise<Claim> {
  return valueOf(await ledger.claim(key, asked));
}

async function claimed(ledger: Ledger, key = KEY): Promise<Hold> {
  const claim = valueOf(await ledger.claim(key, ASKED));
  if (claim.kind !== 'ours') throw new Error(`the key is not ours: ${JSON.stringify(claim)}`);
  return claim.hold;
}

async function adopted(ledger: Ledger): Promise<Doubt> {
  const [doubt, ...others] = valueOf(await ledger.adopt(10));
  if (!doubt || others.length > 0) throw new Error(`there is not one doubt: ${others.length}`);
  return doubt;
}

function theirs(standing: Extract<Claim, { kind: 'theirs' }>['standing']): Claim {
  return { kind: 'theirs', standing };
}

function answerIn(claim: Claim): unknown {
  return claim.kind === 'theirs' && claim.standing.state === 'done' ? claim.standing.answer : claim;
}

function never(): AbortSignal {
  return new AbortController().signal;
}

function soon(): AbortSignal {
  return AbortSignal.timeout(5000);
}
