// Sending so that what became of it can be found out: what is needed for that is written down before, and where the
// answer does not tell, one look is taken at once.

import { type Failure, failed, type Outcome, success } from '../../domain/failure.ts';
import type { AccountScope, ProviderName } from '../../domain/ids.ts';
import type { Able, Provider, TraceWay } from '../../providers/provider.ts';
import type { SendMessage, SentMessage } from '../../providers/verbs.ts';
import type { Leases } from '../../state/lease/lease.ts';
import { deadlineAfter } from '../deadline.ts';
import { ableTo, type Dispatch } from '../dispatch.ts';
import { type Attempt, leavesDoubt } from './once.ts';
import { type OpenSends, openSendTurns, othersThan, type SendTurn } from './send-turns.ts';
import { type Look, lookFor, newestIds } from './trace-look.ts';
import { type SendNote, saidIn, wordsOf } from './trace-note.ts';

export interface Traces {
  /** UNKNOWN where one look did not tell. */
  send(sending: Sending): Promise<Outcome<Delivered>>;
  /** For an attempt that somebody left: null where another one is at its conversation, and it is to be tried again. */
  look(note: SendNote): Promise<Look | null>;
  /** What is known of it now is known to those that come after it in its conversation. */
  settled(note: SendNote, nativeId: string | null): Promise<void>;
}

export interface Delivered extends SentMessage {
  readonly delivery: 'SENT' | 'UNKNOWN';
}

export interface Sending {
  readonly provider: Provider;
  readonly able: Able<'MESSAGE_SEND'>;
  /** Without its mark. */
  readonly message: SendMessage;
  readonly attempt: Pick<Attempt, 'mark' | 'note'>;
  /** The one call that sends it. */
  readonly call: (message: SendMessage) => Promise<Outcome<SentMessage>>;
}

export interface TraceParts {
  readonly dispatch: Dispatch;
  readonly leases: Leases;
  readonly scopeOf: (name: ProviderName) => AccountScope;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Of the look before a message and of the one after it: whoever sends it waits for both. */
const LOOK_MS = 2000;

export function openTraces({ dispatch, leases, scopeOf, clock }: TraceParts): Traces {
  const turns = openSendTurns({ leases, scopeOf, clock });

  async function send(sending: Sending) {
    const { provider, able, attempt } = sending;
    const message: SendMessage = { ...sending.message, mark: attempt.mark };
    const way = able.tracing?.wayOf(message) ?? 'history';
    if (way !== 'history') return attempted({ ...sending, message }, noteOf(sending, way, null));
    const isSlow = message.expectReply;
    const patience = deadlineAfter(isSlow ? provider.replyDeadlineMs : provider.deadlineMs);
    return turns.take(message.conversation, patience, async (turn) => {
      const before = await idsBefore(sending, patience);
      const note = noteOf(sending, way, before);
      if (!(await turn.begin(note.mark, wordsOf(note.said)))) return failed(overtaken(provider));
      const outcome = await attempted({ ...sending, message }, note, turn);
      const isKnown = outcome.ok ? outcome.value.delivery === 'SENT' : true;
      const sent = outcome.ok ? (outcome.value.message?.nativeId ?? null) : null;
      if (isKnown) await turn.end(note.mark, sent);
      return outcome;
    });
  }

  /** Where the account rests the message waits for it too: the look waits first, or nobody could tell afterwards. */
  async function idsBefore(
    { provider, message: { conversation } }: Sending,
    patience: AbortSignal,
  ): Promise<readonly string[] | null> {
    const asked = { dispatch, conversation };
    const soon = await newestIds({ ...asked, deadline: lookDeadline(provider) });
    const isResting = !soon.ok && soon.failure.kind === 'rate-limited';
    const ids = isResting ? await newestIds({ ...asked, deadline: patience }) : soon;
    return ids.ok ? ids.value : null;
  }

  function noteOf(
    { message, attempt }: Sending,
    way: TraceWay,
    before: readonly string[] | null,
  ): SendNote {
    const { conversation, expectReply } = message;
    const said = saidIn(message);
    const mark = attempt.mark;
    return { kind: 'send', conversation, way, mark, said, expectReply, before, atMs: clock() };
  }

  async function attempted(sending: Sending, note: SendNote, turn?: SendTurn) {
    const { message, attempt, call } = sending;
    const noted = await attempt.note(note);
    if (!noted.ok) return noted;
    const sent = await call(message);
    if (sent.ok) return success({ delivery: 'SENT' as const, ...sent.value });
    if (!leavesDoubt(sent.failure)) return sent;
    const look = await lookAtOnce(sending, note, turn);
    return read(sent.failure, look, note);
  }

  async function lookAtOnce(sending: Sending, note: SendNote, turn: SendTurn | undefined) {
    const { provider, message, call } = sending;
    const deadline = lookDeadline(provider);
    if (note.way === 'repeat') {
      // Answered with the one there is, where there is one: asking is as good as looking, and also ends it.
      const again = await call(message);
      if (again.ok) return { ...again.value, kind: 'sent' as const };
    }
    const open = turn?.open ?? NOTHING_OPEN;
    return lookFor({ dispatch, provider, note, open: othersThan(note.mark, open), deadline });
  }

  return {
    send,
    async look(note) {
      const provider = dispatch.provider(note.conversation.provider);
      if (!provider || !ableTo(provider, 'MESSAGE_SEND').ok) return { kind: 'ambiguous' };
      const deadline = deadlineAfter(provider.deadlineMs);
      if (note.way !== 'history') {
        return lookFor({ dispatch, provider, note, open: NOTHING_OPEN, deadline });
      }
      const looked = await turns.take(note.conversation, deadline, async ({ open }) =>
        success(
          await lookFor({ dispatch, provider, note, open: othersThan(note.mark, open), deadline }),
        ),
      );
      return looked.ok ? looked.value : null;
    },
    async settled(note, nativeId) {
      if (note.way !== 'history') return;
      const { conversation, mark } = note;
      await turns.take(conversation, deadlineAfter(LOOK_MS), async (turn) => {
        await turn.end(mark, nativeId);
        return success(null);
      });
    },
  };
}

type Seen = Look | ({ readonly kind: 'sent' } & SentMessage);

function read(failure: Failure, look: Seen, { expectReply }: SendNote): Outcome<Delivered> {
  switch (look.kind) {
    case 'sent': {
      const { kind: _kind, ...sent } = look;
      return success({ delivery: 'SENT', ...sent });
    }
    case 'there': {
      const { message, reply } = look;
      const unfinished = expectReply && !reply ? failure : null;
      return success({ delivery: 'SENT', message, reply, usage: null, unfinished });
    }
    case 'not-there':
      // It answered, so it is not at it any more: what is not there now will not come.
      return 'doubtful' in failure ? failed(withoutDoubt(failure)) : success(UNKNOWN);
    case 'unseen':
    case 'ambiguous':
      return success(UNKNOWN);
  }
}

const UNKNOWN: Delivered = {
  delivery: 'UNKNOWN',
  message: null,
  reply: null,
  usage: null,
  unfinished: null,
};

function withoutDoubt(failure: Extract<Failure, { readonly doubtful?: true }>): Failure {
  const { doubtful: _doubtful, ...sure } = failure;
  return sure;
}

function overtaken({ name }: Provider): Failure {
  const because =
    'this gateway was held up, another message to the conversation went first, and this one was not sent';
  return { kind: 'unavailable', provider: name, because, retryAt: null };
}

function lookDeadline({ deadlineMs }: Provider): AbortSignal {
  return deadlineAfter(Math.min(deadlineMs, LOOK_MS));
}

const NOTHING_OPEN: OpenSends = { others: new Map(), known: new Set() };
