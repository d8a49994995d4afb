// One write for one key: the first who brings it makes the attempt, and everybody else is told how that one stands.

import { randomUUID } from 'node:crypto';
import { type Failure, failed, invalid, type Outcome, success } from '../../domain/failure.ts';
import { type AccountScope, providerName } from '../../domain/ids.ts';
import type { Log } from '../../observability/log.ts';
import { type Meter, NO_METER } from '../../observability/meter.ts';
import type { Asked, AttemptKey, Hold, Ledger } from '../../state/idempotency/ledger.ts';
import { deadlineAfter } from '../deadline.ts';
import type { Operation } from '../dispatch.ts';
import { pause } from '../waiting.ts';
import { type Answer, answerIn, FOREIGN, type Told, UNDER_WAY } from './first-attempt.ts';
import { callerOf, fingerprintOf, inUse, keyIssue, markOf } from './idempotency-key.ts';

export interface Once {
  /** Answers with the key it went by: the one that was given, or one that was made. */
  run<T extends object>(asked: OnceAsked<T>): Promise<Outcome<T & Keyed>>;
  /** Resolves once nothing is under way. What does not end soon is broken off, and in doubt. */
  close(): Promise<void>;
}

export interface Keyed {
  readonly idempotencyKey: string;
}

export interface OnceAsked<T extends object> {
  readonly mutation: Mutation;
  readonly key: string | undefined;
  /** Whom it is for, as far as that is known: a name that nobody has is refused by the attempt. */
  readonly provider: string;
  /** All that was asked, but the key. */
  readonly input: object;
  readonly operation: Operation;
  /** How long another one's attempt is waited for, in milliseconds. */
  readonly waitMs: number;
  /**
   * Whoever asked may have gone by then: the operation it is handed ends with this gateway only. What it fails with was
   * surely not done, but for `outcome-unknown` and what is `doubtful`.
   */
  readonly make: (attempt: Attempt, operation: Operation) => Promise<Outcome<T>>;
  /** Whether a good outcome leaves something to be settled. */
  readonly isDoubtful?: (value: T) => boolean;
  /** What is answered of an attempt that has said nothing, for a reason. */
  readonly unsaid: (because: string) => Outcome<T>;
  /** Of what was answered before: the key and the mutation say that it is ours. */
  readonly isAnswer: (value: object) => value is T;
}

export type Mutation =
  | 'sendMessage'
  | 'createConversation'
  | 'getOrCreateConversation'
  | 'requestReply'
  | 'completeConversation'
  | 'uploadAttachment';

export interface Attempt {
  readonly key: AttemptKey;
  /** The same for the same key, and says nothing of it: what may be left at a provider to know the write by. */
  readonly mark: string;
  /** To be said before anything is sent, with what is needed to settle it; where it fails nothing may be sent. */
  note(note: object): Promise<Outcome<null>>;
}

export interface OnceParts {
  readonly ledger: Ledger;
  /** Of an account by its name, or of none that there is. */
  readonly scopeOf: (name: string) => AccountScope;
  readonly log: Log;
  readonly meter?: Meter;
}

/** For those whose client is gone, once this gateway is closing. */
const CLOSING_MS = 1000;

export function openOnce({ ledger, scopeOf, log, meter = NO_METER }: OnceParts): Once {
  const closing = new AbortController();
  /** What is under way here: whoever brings the same meanwhile is told the same, and asks no ledger. */
  const flights = new Map<string, Promise<Told>>();
  const unended = new Set<Promise<unknown>>();
  /** One for each attempt: a signal that outlived them all would remember every one that was derived from it. */
  const breaks = new Set<AbortController>();

  async function run<T extends object>(asked: OnceAsked<T>): Promise<Outcome<T & Keyed>> {
    const issue = keyIssue(asked.key);
    if (issue) return invalid('idempotencyKey', issue);
    const { operation, mutation, waitMs } = asked;
    if (operation.signal.aborted) return failed(goneBefore(asked.provider));
    const caller = callerOf(operation);
    const key: AttemptKey = { caller, mutation, key: asked.key ?? randomUUID() };
    const about = { fingerprint: fingerprintOf(asked.input), scope: scopeOf(asked.provider) };
    const id = JSON.stringify([caller, mutation, key.key, about.scope, about.fingerprint]);
    const under = flights.get(id);
    if (under) counted(mutation, 'same');
    const told = under
      ? await Promise.race([under, gone(operation.signal, waitMs)])
      : await begun(id, () => fly(asked, key, about));
    const outcome = read(asked, told);
    return outcome.ok ? success({ ...outcome.value, idempotencyKey: key.key }) : outcome;
  }

  function counted(mutation: Mutation, outcome: 'first' | 'same' | 'in-use' | 'unclaimed'): void {
    meter.count('parlance_keyed_writes_total', { mutation, outcome });
  }

  async function begun(id: string, begin: () => Promise<Told>): Promise<Told> {
    const flight = begin();
    flights.set(id, flight);
    try {
      return await flight;
    } finally {
      flights.delete(id);
    }
  }

  async function fly<T extends object>(
    asked: OnceAsked<T>,
    key: AttemptKey,
    about: Asked,
  ): Promise<Told> {
    const patience = deadlineAfter(asked.waitMs);
    for (;;) {
      const claim = await ledger.claim(key, about);
      if (!claim.ok) {
        counted(asked.mutation, 'unclaimed');
        // Nothing was promised to who brought no key: such a write does without.
        return asked.key === undefined ? tracked(attempt(asked, key, undefined)) : claim;
      }
      if (claim.value.kind === 'ours') {
        counted(asked.mutation, 'first');
        return tracked(attempt(asked, key, claim.value.hold));
      }
      if (claim.value.kind !== 'theirs') {
        counted(asked.mutation, 'in-use');
        return failed(inUse(claim.value.kind, key));
      }
      const { standing } = claim.value;
      const last =
        standing.state === 'running' ? await ledger.wait(key, patience) : success(standing);
      if (!last.ok) return last;
      if (last.value) {
        counted(asked.mutation, 'same');
        return answerIn(last.value);
      }
      // Free again, as that attempt surely did nothing: ours to make, while it is waited for.
      if (patience.aborted) return UNDER_WAY;
    }
  }

  async function attempt<T extends object>(
    asked: OnceAsked<T>,
    key: AttemptKey,
    hold: Hold | undefined,
  ): Promise<Answer> {
    const beat =
      hold && setInterval(() => void hold.renew(), Math.ceil(ledger.leaseMs / 3)).unref();
    const own = new AbortController();
    breaks.add(own);
    const made: Attempt = { key, mark: markOf(key), note: (note) => noted(asked, hold, note) };
    try {
      const outcome = await asked.make(made, { ...asked.operation, signal: own.signal });
      const inDoubt = isDoubtful(asked, outcome);
      if (inDoubt) meter.count('parlance_doubts_opened_total', { mutation: asked.mutation });
      if (hold) await ended(hold, outcome, inDoubt);
      return outcome;
    } catch (error) {
      if (hold) await ended(hold, asked.unsaid('this gateway failed in the middle of it'), true);
      throw error;
    } finally {
      clearInterval(beat);
      breaks.delete(own);
    }
  }

  /** Written down before it is answered; where the ledger is out of reach, once it is there again. */
  async function ended(hold: Hold, outcome: Answer, inDoubt: boolean): Promise<void> {
    const write = () => {
      if (inDoubt) return hold.doubt(outcome);
      return outcome.ok ? hold.done(outcome) : hold.release();
    };
    const written = await write();
    if (written.ok) return;
    log.warn({ failure: written.failure }, 'what became of a write is not written down yet');
    void tracked(
      (async () => {
        while (!closing.signal.aborted) {
          await pause(ledger.leaseMs, closing.signal);
          if ((await write()).ok) return;
        }
      })(),
    );
  }

  function tracked<T>(step: Promise<T>): Promise<T> {
    const over = step.then(
      () => undefined,
      () => undefined,
    );
    unended.add(over);
    void over.then(() => unended.delete(over));
    return step;
  }

  return {
    run,
    async close() {
      const timeIsUp = new AbortController();
      const all = Promise.all(unended).then(() => timeIsUp.abort());
      await pause(CLOSING_MS, timeIsUp.signal);
      for (const one of [closing, ...breaks]) one.abort();
      await all;
      await Promise.all(unended);
    },
  };
}

function read<T extends object>(asked: OnceAsked<T>, told: Told): Outcome<T> {
  if (told.ok === null) return asked.unsaid(told.because);
  if (!told.ok) return told;
  return asked.isAnswer(told.value) ? success(told.value) : read(asked, FOREIGN);
}

async function noted(
  { key }: Pick<OnceAsked<object>, 'key'>,
  hold: Hold | undefined,
  note: object,
): Promise<Outcome<null>> {
  const written = hold ? await hold.note(note) : success(true);
  if ((written.ok && written.value) || key === undefined) return success(null);
  if (!written.ok) return written;
  return failed({ kind: 'gateway-unavailable', because: 'what it knew of this key is gone' });
}

function isDoubtful<T extends object>(
  asked: Pick<OnceAsked<T>, 'isDoubtful'>,
  outcome: Outcome<T>,
): boolean {
  return outcome.ok ? (asked.isDoubtful?.(outcome.value) ?? false) : leavesDoubt(outcome.failure);
}

/** Whether the provider may have done it all the same. */
export function leavesDoubt(failure: Failure): boolean {
  return failure.kind === 'outcome-unknown' || ('doubtful' in failure && failure.doubtful);
}

async function gone(signal: AbortSignal, ms: number): Promise<Told> {
  await pause(ms, signal);
  return UNDER_WAY;
}

/** The attempt would go on without its client, and nobody would be told. */
function goneBefore(provider: string): Failure {
  const because = 'its client had gone before anything was asked';
  return { kind: 'unavailable', provider: providerName(provider), because, retryAt: null };
}
