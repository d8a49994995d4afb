// What is told of the first attempt under a key to whoever brings the key after it.

import type { Outcome } from '../../domain/failure.ts';
import type { Standing } from '../../state/idempotency/ledger.ts';

/** What the ledger keeps as an answer, whoever gave it: what came of an attempt, as its mutation answers it. */
export type Answer = Outcome<object>;

/** An answer, or why there is none. */
export type Told = Answer | { readonly ok: null; readonly because: string };

export const UNDER_WAY: Told = {
  ok: null,
  because: 'the first attempt under this key is still under way; ask again with the same key',
};

/** Its gateway went away, and nobody has found out yet. */
const LEFT: Told = {
  ok: null,
  because:
    'the gateway that made the first attempt under this key went away; ask again with the same key',
};

export const FOREIGN: Told = {
  ok: null,
  because: 'what is kept of the first attempt under this key is of another version of this gateway',
};

export function answerIn(standing: Standing): Told {
  if (standing.state === 'running') return UNDER_WAY;
  const { answer } = standing;
  if (standing.state === 'doubt' && answer === undefined) return LEFT;
  if (!isAnswer(answer)) return FOREIGN;
  // It was told once, to whoever may try again: with this key nothing is tried again while it is not known, also where
  // nobody looks any more.
  const isDenial = !answer.ok && answer.failure.kind !== 'outcome-unknown';
  return isDenial ? { ok: null, because: DENIED } : answer;
}

const DENIED =
  'the first attempt under this key was turned away, which is no proof that it was not made; if there is nothing of it, ask with a new key';

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null || !('ok' in value)) return false;
  const said = value.ok === true && 'value' in value ? value.value : undefined;
  const failure = value.ok === false && 'failure' in value ? value.failure : undefined;
  const one = said ?? failure;
  return typeof one === 'object' && one !== null;
}
