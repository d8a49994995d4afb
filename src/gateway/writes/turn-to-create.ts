// One turn at getting or creating a conversation: what others left is settled, what is there is found, and only then is
// one created.

import { type Failure, failed, type Outcome, reasonOf, success } from '../../domain/failure.ts';
import type { Provider } from '../../providers/provider.ts';
import type { CreateConversation, GotOrCreated } from '../../providers/verbs.ts';
import type { Hold } from '../../state/lease/lease.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import type { Telling } from '../live/telling.ts';
import { findConversation, isMatch, type Looked, type Question } from './find-conversation.ts';
import {
  hashOf,
  type Intent,
  type IntentNotes,
  intentOf,
  isTooSoon,
  NO_INTENT,
  noteOf,
  noteOfLook,
  noteOfMade,
  readNotes,
  wordsOf,
} from './intents.ts';
import { settleIntent } from './settle-intent.ts';

export interface Asking {
  readonly provider: Provider;
  readonly question: Question;
  /** What it begins with where there is none. */
  readonly asked: CreateConversation;
  /** Whether a conversation is there before its tags are. */
  readonly tagsFollow: boolean;
  /** The name of the lease: equal where the same is asked of the same account. */
  readonly lease: string;
}

/** When a caller is no longer kept waiting. */
export interface Patience {
  readonly until: AbortSignal;
  /** When this gateway goes. */
  readonly closing: AbortSignal;
  /** A deadline for one call, after so long at most. */
  readonly within: (ms: number) => AbortSignal;
  /** Nothing is begun any more that there is no time left for. */
  readonly begin: AbortSignal;
}

/** What has become of the intent of one caller. */
export interface Mine {
  readonly id: string;
  /** `written`: it may stand there, and nothing comes of it. `sent`: the provider may have seen the create. */
  state: 'none' | 'written' | 'sent';
  /** What the create was answered with, where that is no proof that nothing was done. */
  failure: Failure | null;
  /** Why it is not known whether there is a conversation, of whomever; null where nothing stands in doubt. */
  doubt: string | null;
}

export type Came =
  | { readonly kind: 'done'; readonly outcome: Outcome<GotOrCreated> }
  /** The gateway's own memory is out of reach. */
  | { readonly kind: 'no-memory'; readonly outcome: ReturnType<typeof failed> }
  /** To come back: the turn was lost, or something is in doubt. */
  | { readonly kind: 'again' };

interface With {
  readonly operation: Operation;
  readonly patience: Patience;
  readonly mine: Mine;
}

/**
 * From when on a search that finds nothing is believed. A create that was sent and not answered may still be under way: well
 * beyond what anybody waits for an answer, and what proxies and queues in between hold on to.
 */
const LOST_MS = 15 * 60_000;
const LOST_ANSWERS = 4;
/** After a 429 or a 5xx it is not under way any more: what it did shows at once, or as soon as a list catches up. */
const REFUSED_MS = 1500;

export function openTurn({
  dispatch,
  telling,
  clock,
}: {
  readonly dispatch: Dispatch;
  readonly telling: Pick<Telling, 'created'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}) {
  return async (hold: Hold, asking: Asking, by: With): Promise<Came> => {
    const { provider, question, tagsFollow } = asking;
    const { operation, patience, mine } = by;
    const looking = { dispatch, provider, question, operation, within: patience.within };

    const recalled = await hold.recall();
    if (!recalled.ok) return { kind: 'no-memory', outcome: recalled };
    const { intent, made, looked: last } = readNotes(recalled.value);
    let looked: Looked | undefined;
    if (!intent || isNothing(intent, mine)) mine.doubt = null;
    else {
      mine.doubt ??= 'it was not looked for yet';
      const isOwn = intent !== 'unreadable' && intent.id === mine.id;
      const nowMs = clock();
      const patienceMs = provider.deadlineMs + provider.replyDeadlineMs;
      if (last && isTooSoon(intent, { lookedMs: last.atMs, nowMs, patienceMs })) {
        mine.doubt = last.because;
        return { kind: 'again' };
      }
      const settled = await settleIntent({ ...looking, intent, tagsFollow, nowMs });
      switch (settled.kind) {
        case 'made': {
          const { conversation } = settled;
          if (intent !== 'unreadable') {
            await hold.note(noteOfMade({ nativeId: conversation.nativeId, by: intent.id }));
          }
          // Whoever began it may be gone, without a word to anybody.
          if (!isOwn) await telling.created(provider.name, success(conversation));
          return done(success({ created: isOwn, conversation }));
        }
        case 'open':
          mine.doubt = settled.because;
          // One that had no time left is none.
          if (settled.unseen || !patience.begin.aborted) {
            await hold.note(noteOfLook({ atMs: clock(), because: settled.because }));
          }
          return { kind: 'again' };
        case 'failed':
          return done(settled.outcome);
        case 'never':
          looked = settled.looked;
          if (isOwn && mine.failure) {
            await clear(hold, mine);
            return done(failed(mine.failure));
          }
          break;
        case 'gone':
          await hold.note(NO_INTENT);
      }
      mine.doubt = null;
    }
    if (!looked) {
      const found = await findConversation(looking);
      if (!found.ok) return done(found);
      looked = found.value;
    }
    const { match } = looked;
    if (match) {
      // Another caller may have settled what this one began.
      const created = made?.by === mine.id && made.nativeId === match.nativeId;
      return done(success({ created, conversation: match }));
    }
    const late = made && (await readMade(asking, made, by));
    if (late) return done(late);
    if (patience.begin.aborted) return done(failed(tooLate(asking)));
    return create(hold, asking, { ...by, looked });
  };

  /** A list may show a conversation later than it is there. */
  async function readMade(
    { provider, question }: Asking,
    { nativeId, by }: NonNullable<IntentNotes['made']>,
    { operation, patience, mine }: With,
  ): Promise<Outcome<GotOrCreated> | undefined> {
    if (!ableTo(provider, 'CONVERSATION_GET').ok) return undefined;
    const found = await dispatch.run({
      provider: provider.name,
      verb: 'CONVERSATION_GET',
      operation: { ...operation, reads: new Map() },
      deadline: patience.within(provider.deadlineMs),
      with: ({ does }, call) => does({ provider: provider.name, nativeId }, call),
    });
    if (!found.ok) return found.failure.kind === 'not-found' ? undefined : found;
    return isMatch(found.value, question)
      ? success({ created: by === mine.id, conversation: found.value })
      : undefined;
  }

  async function create(
    hold: Hold,
    asking: Asking,
    { operation, patience, mine, looked }: With & { readonly looked: Looked },
  ): Promise<Came> {
    const { provider, question, asked } = asking;
    const writtenMs = clock();
    const lostMs = Math.max(LOST_MS, provider.replyDeadlineMs * LOST_ANSWERS);
    const title = wordsOf(asked.title);
    let intent = intentOf(asked, {
      id: mine.id,
      question: hashOf(question),
      writtenMs,
      believedFromMs: writtenMs + lostMs,
      before: looked.bare.filter((row) => wordsOf(row.title) === title).map((row) => row.nativeId),
    });
    mine.state = 'written';
    const written = await hold.note(noteOf(intent));
    if (!written.ok) return { kind: 'no-memory', outcome: written };
    // Whoever slept since must not send what another one may be sending: the intent alone would hold, and cost a wait.
    const ours = written.value ? await hold.renew() : written;
    if (!ours.ok) return { kind: 'no-memory', outcome: ours };
    if (!ours.value) return { kind: 'again' };
    mine.state = 'sent';
    mine.doubt = 'it has not answered yet';
    const created = await dispatch.run({
      provider: provider.name,
      verb: 'CONVERSATION_CREATE',
      // A client that leaves would leave a doubt behind for all the others.
      operation: { ...operation, signal: patience.closing },
      deadline: patience.within(createMsOf(provider)),
      patience: 'reply',
      with: ({ does }, call) => {
        const begun = async (nativeId: string) => {
          intent = { ...intent, nativeId };
          await hold.note(noteOf(intent));
        };
        return does({ ...asked, begun }, call);
      },
    });
    if (created.ok) {
      const { nativeId } = created.value;
      await hold.note(noteOfMade({ nativeId, by: mine.id }));
      return done(success({ created: true, conversation: created.value }));
    }
    const { failure } = created;
    if (
      intent.nativeId === null &&
      failure.kind !== 'outcome-unknown' &&
      !('doubtful' in failure)
    ) {
      await clear(hold, mine);
      return done(created);
    }
    if (intent.nativeId === null && 'doubtful' in failure) {
      // What it was answered with, once it is sure that nothing came of it.
      const { doubtful: _doubtful, ...sure } = failure;
      mine.failure = sure;
      await hold.note(noteOf({ ...intent, believedFromMs: clock() + REFUSED_MS }));
    }
    mine.doubt = reasonOf(failure);
    return { kind: 'again' };
  }
}

/** How long a create may take: where a conversation begins with a message to an AI, its answer is waited for. */
export function createMsOf({ can, deadlineMs, replyDeadlineMs }: Provider): number {
  const { MESSAGE_SEND: send } = can;
  return send.support !== 'NONE' && send.replies === 'always' ? replyDeadlineMs : deadlineMs;
}

function done(outcome: Outcome<GotOrCreated>): Came {
  return { kind: 'done', outcome };
}

/** Our own, of which nothing came: the turn was lost before anything was sent. */
function isNothing(intent: Intent | 'unreadable', mine: Mine): boolean {
  return intent !== 'unreadable' && intent.id === mine.id && mine.state !== 'sent';
}

async function clear(hold: Hold, mine: Mine): Promise<void> {
  const cleared = await hold.note(NO_INTENT);
  mine.state = cleared.ok && cleared.value ? 'none' : 'written';
  mine.doubt = null;
}

function tooLate({ provider: { name: provider } }: Asking): Failure {
  const because = 'too little time was left to create one, and nothing was created';
  return { kind: 'unavailable', provider, because, retryAt: null };
}
