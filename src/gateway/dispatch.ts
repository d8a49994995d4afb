// The one way to a provider's verb: refused here if it is not in the table, under a deadline, its outcome noted.

import { type Failure, failed, type Outcome, success } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { ReplyEvent } from '../domain/reply.ts';
import type { Verb } from '../domain/verb.ts';
import type { Log } from '../observability/log.ts';
import { type Meter, NO_METER } from '../observability/meter.ts';
import type { Able, Call, Provider } from '../providers/provider.ts';
import { deadlineAfter, leftUntil } from './deadline.ts';
import type { Health, HealthBook } from './health.ts';

/** One GraphQL operation, as everything below the schema sees it. */
export interface Operation {
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Until the deadline of all of it, however much it asks one after the other; absent, each call has its own only. */
  readonly leftMs?: () => number;
  readonly reads: Call['reads'];
  /** The cursor of an event: what is read is to be no older. */
  readonly after?: string;
  readonly asker?: NonNullable<Call['asker']>;
  /** Set where a write waits for what is read. */
  readonly forWrite?: boolean;
  /** Whose keys are told from those of others; absent, nobody's are. */
  readonly caller?: string;
}

/** Verbs that are done with one answer; a stream of a bot's words is not. */
type Answered = Exclude<Verb, 'REPLY_STREAM'>;

export interface Dispatch {
  provider(name: ProviderName): Provider | undefined;
  readonly providers: readonly Provider[];
  /** Runs a verb of a provider; a verb it lacks, or a provider there is not, fails before any call. */
  run<V extends Answered, T>(asked: {
    readonly provider: ProviderName;
    readonly verb: V;
    readonly operation: Operation;
    /** Where several calls share one; absent, the provider's own. */
    readonly deadline?: AbortSignal;
    /** An AI's answer takes longer than a row. */
    readonly patience?: 'usual' | 'reply';
    readonly with: (able: Able<V>, call: Call) => Promise<Outcome<T>>;
  }): Promise<Outcome<T>>;
  /**
   * Runs a bot's answer under the provider's deadline for replies. It is bound to no operation: an engine stops when its
   * caller goes, so a client that leaves must not take the answer with it. Always ends with `completed` or `failed`.
   */
  stream(asked: {
    readonly provider: ProviderName;
    /** What was read in the same operation: a write makes it old. */
    readonly reads: Call['reads'];
    /** Aborted where this gateway cannot go on. */
    readonly signal: AbortSignal;
    readonly with: (able: Able<'REPLY_STREAM'>, call: Call) => AsyncIterable<ReplyEvent>;
  }): AsyncIterable<ReplyEvent>;
}

/** How long an adapter may take to notice that its time is up before it is no longer waited for. */
const GRACE_MS = 100;

export function dispatcher(parts: {
  readonly providers: readonly Provider[];
  readonly health: HealthBook;
  /** Until when nobody asks it, because it said that it was asked too much. */
  readonly restsUntil?: (provider: ProviderName) => Date | null;
  readonly log: Log;
  readonly meter?: Meter;
}): Dispatch {
  const { providers, health, restsUntil = () => null, log, meter = NO_METER } = parts;
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const count = (provider: ProviderName, verb: Verb, outcome: 'ok' | Failure['kind']) =>
    meter.count('parlance_verb_outcomes_total', { provider, verb, outcome });

  return {
    providers,
    provider: (name) => byName.get(name),
    async run({ provider: name, verb, operation, deadline, patience = 'usual', with: run }) {
      const provider = byName.get(name);
      if (!provider) return failed({ kind: 'not-found', what: `provider named ${name}` });
      const able = ableTo(provider, verb);
      if (!able.ok) return able;
      const deadlineMs = patience === 'reply' ? provider.replyDeadlineMs : provider.deadlineMs;
      const end = soonest(deadline ?? deadlineAfter(deadlineMs), operation);
      const signal = AbortSignal.any([operation.signal, end]);
      const { reads, asker = 'client' } = operation;
      const leftMs = () => leftUntil(end);
      const forWrite = operation.forWrite ?? !READS.has(verb);
      const call: Call = { signal, reads, asker, forWrite, leftMs, verb };
      const late = pastGrace(signal);
      const outcome = await Promise.race([
        // Begun inside a promise: what an adapter throws before its first await must not reach the other lanes either.
        Promise.resolve()
          .then(() => run(able.value, call))
          .catch((error: unknown) => {
            log.error({ provider: name, verb, err: error }, 'an adapter threw, which is a bug');
            return failed(silent(name, verb, 'this gateway failed to read its answer'));
          }),
        late.passed.then(() => failed(silent(name, verb, 'it did not answer within the deadline'))),
      ]);
      late.dismiss();
      count(name, verb, outcome.ok ? 'ok' : outcome.failure.kind);
      // A client that went away, or asked for too much in one operation, says nothing about the provider.
      if (!operation.signal.aborted && operation.leftMs?.() !== 0) health.record(name, outcome);
      return withRetryAt(outcome, { health: health.of(name), restsUntil: restsUntil(name) });
    },

    async *stream({ provider: name, reads, signal: closing, with: run }) {
      const verb = 'REPLY_STREAM';
      const provider = byName.get(name);
      const able = provider && ableTo(provider, verb);
      if (!able?.ok) {
        const absent: Failure = { kind: 'not-found', what: `provider named ${name}` };
        yield { type: 'failed', failure: able?.failure ?? absent };
        return;
      }
      const signal = AbortSignal.any([closing, deadlineAfter(provider?.replyDeadlineMs ?? 0)]);
      const late = pastGrace(signal);
      const tooLate = late.passed.then(() => undefined);
      let hasBegun = false;
      let end: ReplyEnd | undefined;
      try {
        const events = run(able.value, { signal, reads, forWrite: true, verb })[
          Symbol.asyncIterator
        ]();
        while (!end) {
          const next = await Promise.race([events.next(), tooLate]);
          if (next === undefined) {
            const because = closing.aborted
              ? 'this gateway was closed before it was complete'
              : 'it did not end within the deadline';
            end = { type: 'failed', failure: silent(name, verb, because) };
          } else if (next.done) {
            const because = 'its answer came to no end';
            log.error({ provider: name, verb }, 'an adapter ended a reply without a word');
            end = { type: 'failed', failure: silent(name, verb, because) };
          } else if (next.value.type === 'completed' || next.value.type === 'failed') {
            end = next.value;
            // Left to its end: to go before would cost the connection.
            void events.next().catch(() => undefined);
          } else {
            hasBegun = true;
            yield next.value;
          }
        }
      } catch (error) {
        log.error({ provider: name, verb, err: error }, 'an adapter threw, which is a bug');
        const because = 'this gateway failed to read its answer';
        end = { type: 'failed', failure: silent(name, verb, because) };
      } finally {
        late.dismiss();
      }
      // Whatever became of an answer that had begun: it was there to give one.
      const failure = end.type === 'failed' && !hasBegun ? end.failure : undefined;
      count(name, verb, end.type === 'failed' ? end.failure.kind : 'ok');
      health.record(name, failure ? failed(failure) : success(null));
      yield end;
    },
  };
}

type ReplyEnd = Extract<ReplyEvent, { readonly type: 'completed' | 'failed' }>;

/** The verb's entry in the provider's table, or why it has none. */
export function ableTo<V extends Verb>(provider: Provider, verb: V): Outcome<Able<V>> {
  const entry: Able<V> | { readonly support: 'NONE'; readonly note: string } = provider.can[verb];
  if (entry.support === 'NONE') {
    const { name } = provider;
    return failed({ kind: 'unsupported', provider: name, verb, note: entry.note });
  }
  return success(entry);
}

/** The deadline of a call, or that of the operation where that is sooner. */
function soonest(deadline: AbortSignal, { leftMs }: Operation): AbortSignal {
  const left = leftMs?.() ?? Number.POSITIVE_INFINITY;
  return left < leftUntil(deadline) ? deadlineAfter(left) : deadline;
}

/** The service seldom says when it will be there again; when it is tried again is known. */
function withRetryAt<T>(
  outcome: Outcome<T>,
  { health, restsUntil }: { readonly health: Health; readonly restsUntil: Date | null },
): Outcome<T> {
  if (outcome.ok) return outcome;
  const { failure } = outcome;
  if (failure.kind !== 'unavailable' && failure.kind !== 'rate-limited') return outcome;
  const retryAt = failure.kind === 'unavailable' ? health.retryAt : restsUntil;
  return failure.retryAt === null && retryAt ? failed({ ...failure, retryAt }) : outcome;
}

const READS: ReadonlySet<Verb> = new Set([
  'CONVERSATION_LIST',
  'CONVERSATION_GET',
  'MESSAGE_LIST',
  'MESSAGE_GET',
  'PARTICIPANT_LIST',
] satisfies Verb[]);

function silent(provider: ProviderName, verb: Verb, because: string): Failure {
  return READS.has(verb)
    ? { kind: 'unavailable', provider, because, retryAt: null }
    : { kind: 'outcome-unknown', provider, because };
}

/** To be dismissed with the answer: a race that still runs keeps whatever it was won with, here until the deadline. */
function pastGrace(signal: AbortSignal): {
  readonly passed: Promise<void>;
  dismiss(): void;
} {
  const grace = new AbortController();
  const passed = new Promise<void>((resolve) => {
    const wait = () => {
      const timer = setTimeout(resolve, GRACE_MS).unref();
      grace.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    };
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true, signal: grace.signal });
  });
  return { passed, dismiss: () => grace.abort() };
}
