// Ledgers with one fault each: what the laws are there to catch.

import { success } from '../../src/domain/failure.ts';
import { accountScope, providerName } from '../../src/domain/ids.ts';
import type {
  Asked,
  AttemptKey,
  Doubt,
  Hold,
  Ledger,
  LedgerParts,
} from '../../src/state/idempotency/ledger.ts';
import { valueOf } from './event-log.ts';
import type { OpenLedger } from './ledger-laws.ts';

/** What is done otherwise than by the ledger it is put around. */
interface Fault {
  readonly parts?: Partial<LedgerParts>;
  readonly keyOf?: (key: AttemptKey) => AttemptKey;
  readonly asked?: (asked: Asked) => Asked;
  readonly signal?: (signal: AbortSignal) => AbortSignal;
  readonly hold?: (hold: Hold, ledger: Ledger) => Partial<Hold>;
  readonly answer?: (key: AttemptKey) => unknown;
  readonly doubt?: (doubt: Doubt) => Partial<Doubt>;
  readonly most?: number;
  readonly hands?: (doubts: readonly Doubt[]) => readonly Doubt[];
}

interface Broken {
  readonly breaking: (open: OpenLedger) => OpenLedger;
  /** Words of the law that says so; whatever else it breaks follows from that. */
  readonly caughtBy: string;
}

let count = 0;
const yes = () => Promise.resolve(success(true));

/** By what they do. */
export const brokenLedgers: readonly (readonly [string, Broken])[] = [
  broken(
    'gives a key to everybody',
    () => ({
      keyOf(key) {
        count += 1;
        return { ...key, key: `${key.key} ${count}` };
      },
    }),
    'one of many who claim',
  ),
  broken(
    'makes text of dates',
    () => ({
      hold: ({ done }) => ({ done: (answer) => done(JSON.parse(JSON.stringify(answer))) }),
    }),
    'with its dates',
  ),
  broken('hands out what it was given itself', handsOutItsOwn, 'whatever becomes of that'),
  broken(
    'waits for nobody',
    () => ({ signal: () => AbortSignal.abort() }),
    'waited for until it ends',
  ),
  broken(
    'waits for ever',
    () => ({ signal: () => new AbortController().signal }),
    'any longer than one wants',
  ),
  broken(
    'does not look at the input',
    () => ({ asked: (asked) => ({ ...asked, fingerprint: '' }) }),
    'in use for another input',
  ),
  broken(
    'does not look at the account',
    () => ({ asked: (asked) => ({ ...asked, scope: accountScope(providerName(''), '') }) }),
    'nothing of an account',
  ),
  broken(
    'does not look at the caller',
    () => ({ keyOf: (key) => ({ ...key, caller: '' }) }),
    'callers and of mutations apart',
  ),
  broken(
    'does not look at the mutation',
    () => ({ keyOf: (key) => ({ ...key, mutation: '' }) }),
    'callers and of mutations apart',
  ),
  broken(
    'makes one word of a key',
    () => ({
      keyOf: ({ caller, mutation, key }) => ({
        caller: '',
        mutation: '',
        key: caller + mutation + key,
      }),
    }),
    'callers and of mutations apart',
  ),
  broken(
    'keeps what was released',
    () => ({ hold: () => ({ release: yes }) }),
    'frees a key that was released',
  ),
  broken('takes every attempt for one that began', takesAllForBegun, 'without a note for none'),
  broken('notes nothing', () => ({ hold: () => ({ note: yes }) }), 'after its note for a doubt'),
  broken(
    'does not hear that somebody is at it',
    () => ({ hold: () => ({ renew: yes }) }),
    'as long as it is renewed',
  ),
  broken('takes from who is late', takesFromWhoIsLate, 'hears whoever was late'),
  broken(
    'lets those that lost it believe that they have it',
    () => ({
      hold: ({ done, renew }) => ({
        done: async (answer) => (await done(answer), success(true)),
        renew: async () => (await renew(), success(true)),
      }),
    }),
    'hears nothing of who lost it',
  ),
  broken(
    'says nothing of a doubt',
    () => ({ hold: ({ doubt }) => ({ doubt: () => doubt(undefined) }) }),
    'says of a doubt',
  ),
  broken('never shows a doubt', () => ({ hold: () => ({ doubt: yes }) }), 'says of a doubt'),
  broken('hands out all doubts at once', () => ({ most: 1000 }), 'no more than are asked for'),
  broken('hands a doubt to everybody', handsToEverybody, 'each doubt to one'),
  broken(
    'hands out a doubt once',
    () => ({ hands: (doubts) => doubts.filter(({ looks }) => looks === 0) }),
    'where whoever had it went away',
  ),
  broken(
    'takes the word of who settles late',
    () => ({
      doubt: ({ settle }) => ({ settle: async (answer) => (await settle(answer), success(true)) }),
    }),
    'where whoever had it went away',
  ),
  broken('settles nothing', () => ({ doubt: () => ({ settle: yes }) }), 'once it is settled'),
  broken(
    'does not hear that somebody looks',
    () => ({ doubt: () => ({ renew: yes }) }),
    'for who renews it',
  ),
  broken(
    'hands out again at once',
    () => ({ doubt: ({ again }) => ({ again: (_ms, note) => again(0, note) }) }),
    'when its time has come',
  ),
  broken(
    'forgets what was noted while looking',
    () => ({ doubt: ({ again }) => ({ again: (ms) => again(ms) }) }),
    'what was noted last',
  ),
  broken(
    'keeps the key of a doubt',
    () => ({ doubt: () => ({ release: yes }) }),
    'found to be nothing',
  ),
  broken('does not find a key that was used before', missesUsedKeys, 'used before'),
  broken(
    'keeps for ever',
    () => ({ parts: { keptMs: Number.POSITIVE_INFINITY } }),
    'when its time is over',
  ),
];

function handsOutItsOwn(): Fault {
  const given = new Map<string, unknown>();
  return {
    hold: ({ key, done }) => ({
      done(answer) {
        given.set(JSON.stringify(key), answer);
        return done(answer);
      },
    }),
    answer: (key) => given.get(JSON.stringify(key)),
  };
}

function takesAllForBegun(): Fault {
  return {
    hold: (hold) => {
      void hold.note(null);
      return {};
    },
  };
}

function takesFromWhoIsLate(): Fault {
  return {
    hold: ({ done }, ledger) => ({
      async done(answer) {
        await ledger.adopt(1000);
        return done(answer);
      },
    }),
  };
}

function handsToEverybody(): Fault {
  const known = new Map<string, Doubt>();
  return {
    hands(doubts) {
      for (const doubt of doubts) known.set(JSON.stringify(doubt.key), doubt);
      return [...known.values()];
    },
  };
}

function missesUsedKeys(): Fault {
  const used = new Set<string>();
  return {
    hold: ({ key, release }) => ({
      release() {
        used.add(JSON.stringify(key));
        return release();
      },
    }),
    hands: (doubts) => doubts.filter(({ key }) => !used.has(JSON.stringify(key))),
  };
}

function broken(does: string, fault: () => Fault, caughtBy: string): readonly [string, Broken] {
  const breaking = (open: OpenLedger): OpenLedger => {
    return async (parts) => {
      const at = fault();
      const { one, pass } = await open({ ...parts, ...at.parts });
      const ledger = around(one, at);
      return { one: ledger, other: ledger, pass };
    };
  };
  return [does, { breaking, caughtBy }];
}

function around(ledger: Ledger, fault: Fault): Ledger {
  const {
    keyOf = (key) => key,
    asked: askedOf = (asked) => asked,
    signal: signalOf = (signal) => signal,
    hold: holdOf = () => ({}),
    doubt: doubtOf = () => ({}),
    hands = (doubts) => doubts,
  } = fault;
  return {
    ...ledger,
    async claim(key, asked) {
      const claim = valueOf(await ledger.claim(keyOf(key), askedOf(asked)));
      if (claim.kind === 'theirs' && claim.standing.state === 'done' && fault.answer) {
        return success({
          ...claim,
          standing: { ...claim.standing, answer: fault.answer(key) },
        });
      }
      if (claim.kind !== 'ours') return success(claim);
      const { hold } = claim;
      return success({ ...claim, hold: { ...hold, key, ...holdOf(hold, ledger) } });
    },
    wait: (key, signal) => ledger.wait(keyOf(key), signalOf(signal)),
    async adopt(most) {
      const doubts = valueOf(await ledger.adopt(fault.most ?? most));
      return success(hands(doubts.map((doubt) => ({ ...doubt, ...doubtOf(doubt) }))));
    },
  };
}
