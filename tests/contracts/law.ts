// What a law is, and how a provider is made to break one: a healthy provider with exactly one fault.

import type { Failure, Outcome } from '../../src/domain/failure.ts';
import { failed, mapOutcome, success } from '../../src/domain/failure.ts';
import type { Page } from '../../src/domain/page.ts';
import type { ReplyEvent } from '../../src/domain/reply.ts';
import type { Verb } from '../../src/domain/verb.ts';
import { VERBS } from '../../src/domain/verb.ts';
import { ableTo } from '../../src/gateway/dispatch.ts';
import type { Able, Call, Provider, VerbTable } from '../../src/providers/provider.ts';
import type { Scene, Stage } from './stage.ts';

export interface Law {
  readonly verb: Verb;
  /** What is true of every provider that has the verb. */
  readonly sentence: string;
  /** Of which providers it says something; absent, of all that have the verb. */
  readonly concerns?: (provider: Provider, scene: Scene) => boolean;
  holds(stage: Stage): Promise<void>;
  readonly mutant: Mutant;
}

export interface Mutant {
  /** What is wrong with it, as the end of a sentence that begins with "a provider that". */
  readonly fault: string;
  of(provider: Provider, stage: Stage): Provider;
}

/** The provider with another entry for one verb. */
export function altering<V extends Verb>(
  provider: Provider,
  verb: V,
  change: (able: Able<V>) => Able<V>,
): Provider {
  const able = ableTo(provider, verb);
  if (!able.ok) throw new Error(`${verb} is not in the table of ${provider.kind}`);
  return { ...provider, can: { ...provider.can, [verb]: change(able.value) } };
}

/** The entry of a verb, where it is in the table. */
export function entryOf<V extends Verb>(provider: Provider, verb: V): Able<V> | undefined {
  const able = ableTo(provider, verb);
  return able.ok ? able.value : undefined;
}

/** Whatever any verb is asked and answers, as far as one can say without knowing which it is. */
type Does = (input: never, call: Call) => Promise<Outcome<unknown>> | AsyncIterable<ReplyEvent>;

/** The provider with every verb's doing wrapped. */
export function wrapping(provider: Provider, wrap: (does: Does) => Does): Provider {
  const entries: [string, unknown][] = Object.entries(provider.can).map(([verb, entry]) => [
    verb,
    'does' in entry ? { ...entry, does: wrap(entry.does) } : entry,
  ]);
  const can: unknown = Object.fromEntries(entries);
  if (!isTable(can)) throw new Error('unreachable: it has an entry for every verb');
  return { ...provider, can };
}

/** The provider with every failure told otherwise. */
export function failingAs(provider: Provider, tell: (failure: Failure) => Failure): Provider {
  return wrapping(provider, (does) => (input, call) => {
    const answer = does(input, call);
    return isStream(answer) ? retelling(answer, tell) : answer.then((had) => told(had, tell));
  });
}

function told(outcome: Outcome<unknown>, tell: (failure: Failure) => Failure): Outcome<unknown> {
  return outcome.ok ? outcome : failed(tell(outcome.failure));
}

async function* retelling(
  events: AsyncIterable<ReplyEvent>,
  tell: (failure: Failure) => Failure,
): AsyncIterable<ReplyEvent> {
  for await (const event of events) {
    yield event.type === 'failed' ? { type: 'failed', failure: tell(event.failure) } : event;
  }
}

export function isStream(
  answer: Promise<Outcome<unknown>> | AsyncIterable<ReplyEvent>,
): answer is AsyncIterable<ReplyEvent> {
  return Symbol.asyncIterator in answer;
}

function isTable(value: unknown): value is VerbTable {
  return typeof value === 'object' && value !== null && VERBS.every((verb) => verb in value);
}

/** The rows of a page, changed. */
export function withItems<T>(
  page: Promise<Outcome<Page<T>>>,
  change: (items: readonly T[]) => readonly T[],
): Promise<Outcome<Page<T>>> {
  return onValue(page, (value) => ({ ...value, items: change(value.items) }));
}

/** A good answer, changed. */
export async function onValue<T>(
  outcome: Promise<Outcome<T>>,
  change: (value: T) => T,
): Promise<Outcome<T>> {
  return mapOutcome(await outcome, change);
}

/** Says that it is done, whatever became of it. */
export async function asIfDone(outcome: Promise<Outcome<null>>): Promise<Outcome<null>> {
  await outcome;
  return success(null);
}
