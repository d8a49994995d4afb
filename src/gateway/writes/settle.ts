// Writes whose answer was lost, by this gateway or by one that is gone: looked after with longer and longer pauses, until
// it is known what became of them, or that nobody can know.

import { failed, type Outcome, success } from '../../domain/failure.ts';
import { type AccountScope, accountIn, type ProviderName } from '../../domain/ids.ts';
import type { Log } from '../../observability/log.ts';
import type { Meter } from '../../observability/meter.ts';
import type { EventLog } from '../../state/events/log.ts';
import type { Doubt, Ledger } from '../../state/idempotency/ledger.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Ingest } from '../live/ingest.ts';
import { newsOfAdded } from '../live/telling.ts';
import type { MessageSent } from './send-message.ts';
import { openTell, type Tell } from './settle-tell.ts';
import type { Traces } from './trace.ts';
import type { Look } from './trace-look.ts';
import { readSendNote, type SendNote } from './trace-note.ts';

export interface SettleParts {
  readonly dispatch: Dispatch;
  readonly ledger: Ledger;
  readonly events: EventLog;
  readonly ingest: Ingest;
  readonly traces: Traces;
  readonly scopeOf: (name: ProviderName) => AccountScope;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
  readonly meter: Meter;
}

/** Handed over at one time; the next come with the next round. */
const MOST_AT_ONCE = 20;

/** The first look comes soon, for somebody waits; from then on each pause is twice the last, up to ten minutes. */
const PAUSE_MS = { first: 500, longest: 600_000 };

/** Looks until it is called off. Asks no provider anything as long as nothing is in doubt. */
export function settleDoubts(parts: SettleParts): () => Promise<void> {
  const { ledger, log } = parts;
  const tell = openTell(parts);
  const roundMs = Math.min(ledger.leaseMs, PAUSE_MS.first);
  let looking: Promise<void> | undefined;

  async function round(): Promise<void> {
    await tell.owed();
    const adopted = await ledger.adopt(MOST_AT_ONCE);
    if (!adopted.ok) return;
    await Promise.all(adopted.value.map(whileOurs));
  }

  async function whileOurs(doubt: Doubt): Promise<void> {
    const beat = setInterval(() => void doubt.renew(), Math.ceil(ledger.leaseMs / 3)).unref();
    try {
      await settle({ ...parts, tell }, doubt);
    } finally {
      clearInterval(beat);
    }
  }

  const timer = setInterval(() => {
    looking ??= round()
      .catch((error: unknown) =>
        log.error({ err: error }, 'a doubt could not be looked into, which is a bug'),
      )
      .finally(() => {
        looking = undefined;
      });
  }, roundMs).unref();

  return async () => {
    clearInterval(timer);
    await looking;
  };
}

async function settle(parts: Settler, doubt: Doubt): Promise<void> {
  const { dispatch, scopeOf, traces, clock } = parts;
  const note = readSendNote(doubt.note);
  if (!note) return giveUp(parts, doubt);
  const { provider: name } = note.conversation;
  const provider = dispatch.provider(name);
  // Another account may have other messages, or another credential may not see them: nothing it shows is proof.
  if (!provider || scopeOf(name) !== doubt.scope) return giveUp(parts, doubt, note);
  const look = await traces.look(note);
  switch (look?.kind) {
    case 'there':
      return sent(parts, { doubt, note, look });
    case 'not-there': {
      const leftMs = note.atMs + AT_WORK * provider.replyDeadlineMs - clock();
      return leftMs <= 0 ? notSent(parts, { doubt, note }) : again(doubt, leftMs);
    }
    case 'ambiguous':
      return giveUp(parts, doubt, note);
    case 'unseen':
    case undefined:
      return again(doubt);
  }
}

/**
 * A request may still be under way, or a model still at its answer, when its connection is long gone. What the operator
 * lets an answer take at most is over once for the sending and once for what the service did by itself after it.
 */
const AT_WORK = 2;

interface Settler extends SettleParts {
  readonly tell: Tell;
}

interface Settling {
  readonly doubt: Doubt;
  readonly note: SendNote;
}

/** The ledger comes first: who hears that it is settled may ask with the same key at once. */
async function sent(
  { ingest, traces, tell, meter }: Settler,
  { doubt, note, look }: Settling & { readonly look: Extract<Look, { readonly kind: 'there' }> },
): Promise<void> {
  const { message, reply } = look;
  const taken = await ingest.take([...newsOfAdded(message), ...newsOfAdded(reply)]);
  if (!taken.ok) return again(doubt);
  await traces.settled(note, message.nativeId);
  const { conversation } = note;
  const known = { conversation, message, reply, usage: null, unfinished: null };
  const answer: Outcome<MessageSent> = success({ delivery: 'SENT', ...known });
  const written = await doubt.settle(answer);
  if (!written.ok || !written.value) return;
  meter.count('parlance_doubts_settled_total', { outcome: 'sent' });
  await tell.settled(doubt, conversation, message);
}

async function notSent({ traces, tell, meter }: Settler, { doubt, note }: Settling): Promise<void> {
  await traces.settled(note, null);
  const written = await doubt.release();
  if (!written.ok || !written.value) return;
  meter.count('parlance_doubts_settled_total', { outcome: 'not-sent' });
  await tell.settled(doubt, note.conversation, null);
}

/**
 * Nobody will ever know. It is answered as it was, and not looked after any more; others of the same words remember that it
 * may have arrived.
 */
async function giveUp({ log, meter }: Settler, doubt: Doubt, note?: SendNote): Promise<void> {
  const { mutation, key } = doubt.key;
  log.warn({ mutation, key }, 'what became of a write cannot be known');
  meter.count('parlance_doubts_settled_total', { outcome: 'given-up' });
  await doubt.settle(doubt.answer ?? unknownOf(doubt, note));
}

function unknownOf({ scope }: Doubt, note: SendNote | undefined): Outcome<MessageSent> {
  if (!note) {
    return failed({ kind: 'outcome-unknown', provider: accountIn(scope), because: LEFT });
  }
  const nothing = { message: null, reply: null, usage: null, unfinished: null };
  return success({ delivery: 'UNKNOWN', conversation: note.conversation, ...nothing });
}

const LEFT = 'the gateway that was at it went away, and what it did cannot be looked up';

/** At the latest when something else is believed by then. */
async function again(doubt: Doubt, leftMs = PAUSE_MS.longest): Promise<void> {
  const pauseMs = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** doubt.looks);
  await doubt.again(Math.ceil(Math.min(leftMs, pauseMs)));
}
