// Getting a conversation or creating it, where the provider has no such call: among all gateways of one memory one at a
// time looks and creates, and writes down what it is about to create. docs/decisions/0014-an-intent-before-each-create.md

import { randomUUID } from 'node:crypto';
import { type Failure, failed, type Outcome, success } from '../../domain/failure.ts';
import type { Log } from '../../observability/log.ts';
import type { Provider } from '../../providers/provider.ts';
import type { GotOrCreated } from '../../providers/verbs.ts';
import type { Leases } from '../../state/lease/lease.ts';
import { deadlineAfter, leftUntil } from '../deadline.ts';
import type { Dispatch, Operation } from '../dispatch.ts';
import type { Telling } from '../live/telling.ts';
import { pause, unlessAborted } from '../waiting.ts';
import { findConversation } from './find-conversation.ts';
import { backoff, whileHeld } from './held.ts';
import { NO_INTENT, readNotes } from './intents.ts';
import { type Asking, createMsOf, type Mine, openTurn, type Patience } from './turn-to-create.ts';

export interface GetOrCreateParts {
  readonly dispatch: Dispatch;
  /** Of what another caller began and left behind. */
  readonly telling: Pick<Telling, 'created'>;
  readonly leases: Leases;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/** What callers of this process who ask the same have in common: one of them goes, and the others wait for it. */
interface Flight {
  readonly outcome: Promise<Outcome<GotOrCreated>>;
  readonly mine: Mine;
  readonly patience: Patience;
}

export interface GetOrCreate {
  run(asking: Asking, operation: Operation): Promise<Outcome<GotOrCreated>>;
  /** Leaves what could not be taken back to time. */
  close(): Promise<void>;
}

export function openGetOrCreate(parts: GetOrCreateParts): GetOrCreate {
  const { dispatch, leases, log } = parts;
  const takeTurnToCreate = openTurn(parts);
  const flights = new Map<string, Flight>();
  const closing = new AbortController();
  const leftovers = new Set<Promise<void>>();

  async function run(asking: Asking, operation: Operation): Promise<Outcome<GotOrCreated>> {
    const patience = patienceOf(asking.provider, operation, closing.signal);
    let doubt: string | null = null;
    let flight = flights.get(asking.lease);
    for (; flight; flight = flights.get(asking.lease)) {
      const led = await unlessAborted(flight.outcome, patience.until);
      if (led?.ok) return success({ created: false, conversation: led.value.conversation });
      doubt = flight.mine.doubt;
      if (patience.until.aborted) return overdue(asking, doubt);
      // Whatever else it failed with may be its own: its words, its client, its deadline.
      if (led && !isSpent(flight.patience) && concernsAll(led.failure)) return led;
    }
    const led = lead(asking, { operation, patience }, doubt);
    // What it has begun goes on without it.
    const outcome = await unlessAborted(led.outcome, patience.until);
    return outcome ?? overdue(asking, led.mine.doubt);
  }

  function lead(asking: Asking, by: Going, doubt: string | null): Flight {
    const mine: Mine = { id: randomUUID(), state: 'none', failure: null, doubt };
    const going = go(asking, by, mine).finally(() => flights.delete(asking.lease));
    const flight: Flight = { outcome: going, mine, patience: by.patience };
    flights.set(asking.lease, flight);
    leave(going.then(() => undefined));
    return flight;
  }

  async function go(
    asking: Asking,
    { operation, patience }: Going,
    mine: Mine,
  ): Promise<Outcome<GotOrCreated>> {
    const { lease } = asking;
    try {
      for (const nextMs = backoff(); ; await pause(nextMs(), patience.until)) {
        const taken = await leases.take(lease);
        if (!taken.ok) return await withoutMemory(asking, { operation, patience }, taken, mine);
        const hold = taken.value;
        const came = hold
          ? await whileHeld(hold, leases.leaseMs, () =>
              takeTurnToCreate(hold, asking, { operation, patience, mine }),
            )
          : undefined;
        if (came?.kind === 'no-memory') {
          return await withoutMemory(asking, { operation, patience }, came.outcome, mine);
        }
        if (came?.kind === 'done') return came.outcome;
        if (patience.until.aborted) return overdue(asking, mine.doubt);
      }
    } finally {
      if (mine.state === 'written') leave(takeBack(lease, mine.id));
    }
  }

  /** What is there can be had without it; creating another would be a guess. */
  async function withoutMemory(
    asking: Asking,
    { operation, patience: { within } }: Going,
    failure: Extract<Outcome<never>, { ok: false }>,
    { doubt }: Mine,
  ): Promise<Outcome<GotOrCreated>> {
    const { provider, question } = asking;
    const looked = await findConversation({ dispatch, provider, question, operation, within });
    const match = looked.ok ? looked.value.match : undefined;
    if (match) return success({ created: false, conversation: match });
    return doubt === null ? failure : overdue(asking, doubt);
  }

  /** An intent that led to nothing, so that nobody waits for what comes of it. */
  async function takeBack(lease: string, id: string): Promise<void> {
    for (const nextMs = backoff(); !closing.signal.aborted; ) {
      const taken = await leases.take(lease);
      if (taken.ok && taken.value) {
        const hold = taken.value;
        const notes = await hold.recall();
        const intent = notes.ok ? readNotes(notes.value).intent : undefined;
        const isOurs = intent && intent !== 'unreadable' && intent.id === id;
        const gone = isOurs ? await hold.note(NO_INTENT) : success(intent !== undefined);
        await hold.release();
        if (gone.ok && gone.value) return;
      }
      await pause(nextMs() * TAKING_BACK_IS_NO_HASTE, closing.signal);
    }
  }

  function leave(leaving: Promise<void>): void {
    const left = leaving
      .catch((error: unknown) =>
        log.error({ err: error }, 'getting or creating a conversation threw, which is a bug'),
      )
      .finally(() => leftovers.delete(left));
    leftovers.add(left);
  }

  return {
    run,
    async close() {
      closing.abort();
      await Promise.all(leftovers);
    },
  };
}

interface Going {
  readonly operation: Operation;
  readonly patience: Patience;
}

function isSpent({ until, begin }: Patience): boolean {
  return until.aborted || begin.aborted;
}

/** Whether everybody who asks the same at this moment is told the same. */
function concernsAll({ kind }: Failure): boolean {
  return SHARED.has(kind);
}

const SHARED: ReadonlySet<Failure['kind']> = new Set([
  'gateway-unavailable',
  'unavailable',
  'rate-limited',
  'unsupported',
  'credential-refused',
] satisfies Failure['kind'][]);

/** Nobody waits for it, except where the same is asked again. */
const TAKING_BACK_IS_NO_HASTE = 4;

/** As long as an answer of an AI, which a create may be and a search of many pages may take; and a call to look for what was lost. */
function patienceOf(provider: Provider, { signal }: Operation, closing: AbortSignal): Patience {
  const { deadlineMs, replyDeadlineMs } = provider;
  const wholeMs = deadlineMs + replyDeadlineMs;
  const end = deadlineAfter(wholeMs);
  return {
    until: AbortSignal.any([signal, closing, end]),
    closing,
    within: (ms) => deadlineAfter(Math.min(ms, leftUntil(end))),
    begin: deadlineAfter(wholeMs - Math.max(deadlineMs, createMsOf(provider) / 2)),
  };
}

function overdue({ provider: { name: provider } }: Asking, doubt: string | null) {
  if (doubt !== null) {
    const because = `a conversation for this was asked for and no more than that is known (${doubt}); no second one was created, and asked again you get it as soon as it shows`;
    return failed({ kind: 'outcome-unknown', provider, because });
  }
  const because =
    'another caller was getting or creating the same conversation for as long as this one could wait; nothing was created for this one';
  return failed({ kind: 'unavailable', provider, because, retryAt: null });
}
