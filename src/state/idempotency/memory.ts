// The ledger of one process: where one gateway is enough, or nothing is to outlive it.

import { type Outcome, success } from '../../domain/failure.ts';
import type { Asked, AttemptKey, Doubt, Hold, Ledger, LedgerParts, Standing } from './ledger.ts';
import { openWaiting } from './waiting.ts';

interface Attempt extends Asked {
  readonly id: string;
  readonly key: AttemptKey;
  readonly claimedAtMs: number;
  readonly forgottenAt: number;
  state: Standing['state'];
  /** Of whoever is at it; another one for each. */
  word: number;
  /** Until when it is theirs, or from when on it may be looked into. */
  until: number;
  note: { readonly of: unknown } | null;
  answer: unknown;
  looks: number;
}

export function memoryLedger({
  leaseMs,
  keptMs,
  most,
  clock,
  now,
}: LedgerParts & {
  /** So many keys at most: beyond it the oldest is forgotten before its time. */
  readonly most: number;
  /** Milliseconds, from anywhere, and never going back. */
  readonly clock: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Ledger {
  /** In the order they were claimed, and so of being forgotten. */
  const attempts = new Map<string, Attempt>();
  /** Those without an answer that stands. */
  const open = new Set<Attempt>();
  const waiting = openWaiting();
  let words = 0;

  function forget(attempt: Attempt): void {
    attempts.delete(attempt.id);
    open.delete(attempt);
    waiting.wake(attempt.id);
  }

  function forgetOld(): void {
    for (const attempt of attempts.values()) {
      if (attempt.forgottenAt > clock() && attempts.size <= most) return;
      forget(attempt);
    }
  }

  /** Undefined also for one that its maker left before it could have begun. */
  function known(key: AttemptKey): Attempt | undefined {
    forgetOld();
    const attempt = attempts.get(idOf(key));
    return attempt && isLeft(attempt) && attempt.note === null ? undefined : attempt;
  }

  function isLeft({ state, until }: Attempt): boolean {
    return state === 'running' && until <= clock();
  }

  function standingOf(attempt: Attempt): Standing {
    if (isLeft(attempt)) return { state: 'doubt', answer: undefined };
    const { state } = attempt;
    return state === 'running' ? { state } : { state, answer: structuredClone(attempt.answer) };
  }

  function handOf(attempt: Attempt): Hand {
    words += 1;
    const word = words;
    attempt.word = word;
    attempt.until = clock() + leaseMs;

    function ours(change: () => void): Promise<Outcome<boolean>> {
      forgetOld();
      if (attempt.word !== word || attempts.get(attempt.id) !== attempt) return answered(false);
      change();
      return answered(true);
    }

    function end(state: 'done' | 'doubt', answer: unknown): Promise<Outcome<boolean>> {
      return ours(() => {
        Object.assign(attempt, { state, word: 0, until: 0, answer: structuredClone(answer) });
        if (state === 'done') open.delete(attempt);
        waiting.wake(attempt.id);
      });
    }

    return {
      note: (note) =>
        ours(() => {
          attempt.note = { of: structuredClone(note) };
          attempt.until = clock() + leaseMs;
        }),
      renew: () =>
        ours(() => {
          attempt.until = clock() + leaseMs;
        }),
      end,
      release: () => ours(() => forget(attempt)),
      again: (afterMs, note) =>
        ours(() => {
          if (note !== undefined) attempt.note = { of: structuredClone(note) };
          attempt.word = 0;
          attempt.until = clock() + afterMs;
        }),
    };
  }

  function adopted(attempt: Attempt): Doubt {
    const { key, scope, fingerprint, claimedAtMs, looks } = attempt;
    attempt.state = 'doubt';
    attempt.looks += 1;
    const { renew, end, release, again } = handOf(attempt);
    return {
      key,
      scope,
      fingerprint,
      claimedAtMs,
      looks,
      note: structuredClone(attempt.note?.of),
      answer: structuredClone(attempt.answer),
      renew,
      settle: (answer) => end('done', answer),
      release,
      again,
    };
  }

  function holdOf(attempt: Attempt): Hold {
    const { note, renew, end, release } = handOf(attempt);
    return {
      key: attempt.key,
      note,
      renew,
      done: (answer) => end('done', answer),
      doubt: (answer) => end('doubt', answer),
      release,
    };
  }

  return {
    leaseMs,
    claim(key, { scope, fingerprint }) {
      const there = known(key);
      if (there) {
        if (there.fingerprint !== fingerprint) return answered({ kind: 'other-input' });
        if (there.scope !== scope) return answered({ kind: 'other-account' });
        return answered({ kind: 'theirs', standing: standingOf(there) });
      }
      const id = idOf(key);
      const left = attempts.get(id);
      if (left) forget(left);
      const attempt: Attempt = {
        id,
        key,
        scope,
        fingerprint,
        claimedAtMs: now(),
        forgottenAt: clock() + keptMs,
        state: 'running',
        word: 0,
        until: 0,
        note: null,
        answer: undefined,
        looks: 0,
      };
      attempts.set(id, attempt);
      open.add(attempt);
      return answered({ kind: 'ours', hold: holdOf(attempt) });
    },
    wait: (key, signal) =>
      waiting.until(idOf(key), signal, () => {
        const there = known(key);
        return answered(there ? standingOf(there) : null);
      }),
    adopt(count) {
      forgetOld();
      const due = [...open].filter(({ until }) => until <= clock());
      for (const attempt of due) if (attempt.note === null) forget(attempt);
      const taken = due.filter((attempt) => open.has(attempt)).slice(0, count);
      return answered(taken.map(adopted));
    },
    close() {
      attempts.clear();
      open.clear();
      return Promise.resolve();
    },
  };
}

type Hand = Pick<Hold, 'note' | 'renew' | 'release'> &
  Pick<Doubt, 'again'> & {
    end(state: 'done' | 'doubt', answer: unknown): Promise<Outcome<boolean>>;
  };

function idOf({ caller, mutation, key }: AttemptKey): string {
  return JSON.stringify([caller, mutation, key]);
}

function answered<T>(value: T): Promise<Outcome<T>> {
  return Promise.resolve(success(value));
}
