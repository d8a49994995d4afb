// What is told of a bot's answer while it is written: numbered pieces of its text, and how it ended. All of it lives in the
// log, and a lease says that a gateway is at it: whoever finds one that ran out ends the answer in its place.

import type { Fact } from '../../domain/event.ts';
import type { Failure } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { ReplyUsage } from '../../domain/reply.ts';
import type { Log } from '../../observability/log.ts';
import type { Append, EventLog } from '../../state/events/log.ts';
import type { Hold, Leases } from '../../state/lease/lease.ts';

/** One answer, as everything told of it names it. */
export interface ReplyAt {
  readonly replyId: string;
  readonly conversation: ConversationRef;
  /** Of the words that are answered; null where it answers what was there, or nobody said. */
  readonly storedId: string | null;
}

export interface ReplyTelling {
  /** Its next piece. Told soon, together with what else comes meanwhile. */
  token(text: string): void;
  /** Something else that is to be told before whatever comes after it. */
  between(tell: () => Promise<void>): void;
  /** Resolves once all is told, or the log has turned out to be out of reach. Nothing may follow. */
  end(end: ReplyEnd): Promise<void>;
}

export type ReplyEnd =
  /** Null where the bot said nothing. */
  | { readonly type: 'completed'; readonly message: Message | null; readonly usage: ReplyUsage }
  | { readonly type: 'failed'; readonly failure: Failure };

export interface ReplyTellingParts {
  readonly events: EventLog;
  /** Absent where no other gateway could go on. */
  readonly leases?: Leases;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
  /** How long any answer may take, in milliseconds. */
  readonly longestMs: number;
}

/** What comes within this time is told as one: a log is not asked for every word. */
const PIECE_MS = 40;

export function tellReply(parts: ReplyTellingParts, at: ReplyAt): ReplyTelling {
  const { events, clock, log } = parts;
  const lease = heldLease(parts, at);
  /** What is not told yet, and what may have been told: that one is told again as it was, or not at all. */
  let waiting = '';
  let unsure: { readonly index: number; readonly text: string } | undefined;
  let said = '';
  let index = 0;
  let timer: NodeJS.Timeout | undefined;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  /** One after the other, so that the order is that of the answer. */
  let line: Promise<unknown> = lease.begin();

  function queue(step: () => Promise<void>): Promise<void> {
    const done = line.then(step).catch((error: unknown) => {
      log.error({ err: error }, 'an answer could not be told, which is a bug');
    });
    line = done;
    return done;
  }

  async function tellWaiting(): Promise<void> {
    if (lease.isLost()) return;
    if (unsure && !(await tellPiece(unsure, 'again'))) return;
    if (waiting === '') return;
    const piece = { index, text: waiting };
    waiting = '';
    await tellPiece(piece, 'first');
  }

  async function tellPiece(
    piece: { readonly index: number; readonly text: string },
    time: 'first' | 'again',
  ): Promise<boolean> {
    toldAtMs = performance.now();
    const appended = await events.append([pieceOf(at, piece, new Date(clock()))]);
    if (!appended.ok) {
      unsure = piece;
      return false;
    }
    unsure = undefined;
    // Known already, and not by us: another gateway has taken this one for dead, and ended the answer there.
    if (appended.value[0] === null && time === 'first') lease.lose();
    index = piece.index + 1;
    return true;
  }

  return {
    token(text) {
      waiting += text;
      said += text;
      timer ??= setTimeout(
        () => {
          timer = undefined;
          void queue(tellWaiting);
        },
        Math.max(0, toldAtMs + PIECE_MS - performance.now()),
      );
    },
    between: (tell) => void queue(tell),
    end(end) {
      clearTimeout(timer);
      return queue(async () => {
        // Where the row goes on after what was said the pieces make its text; where it is another text, it stands.
        const text = end.type === 'completed' ? (end.message?.text ?? '') : '';
        if (text.startsWith(said)) waiting += text.slice(said.length);
        await tellWaiting();
        if (unsure || lease.isLost()) {
          lease.leave();
          if (unsure)
            log.warn({ ...at }, 'an answer is not told to its end: the event log is lost');
          return;
        }
        const appended = await events.append([endOf(at, end, index, new Date(clock()))]);
        if (appended.ok) await lease.finish();
        else lease.leave();
      });
    },
  };
}

/** A piece is told once, however often it is tried. */
export function pieceOf(
  at: ReplyAt,
  { index, text }: { readonly index: number; readonly text: string },
  now: Date,
): Append {
  const { replyId } = at;
  return append(at, now, { kind: 'REPLY_DELTA', replyId, index, text }, [pieceKey(at, index)]);
}

/**
 * The first end is the only one. It takes the place of the next piece too, so that a gateway that was taken for dead and
 * is not finds it taken, and adds nothing after the end.
 */
export function endOf(at: ReplyAt, end: ReplyEnd, index: number, now: Date): Append {
  const { replyId } = at;
  const fact: Fact =
    end.type === 'completed'
      ? { kind: 'REPLY_COMPLETED', replyId, message: end.message, usage: end.usage }
      : { kind: 'REPLY_FAILED', replyId, failure: end.failure };
  return append(at, now, fact, [`reply ${replyId} end`, pieceKey(at, index)]);
}

function append({ conversation }: ReplyAt, at: Date, fact: Fact, once: Append['once']): Append {
  return { event: { conversation, at, tags: null, fact }, once };
}

function pieceKey({ replyId }: ReplyAt, index: number): string {
  return `reply ${replyId} ${index}`;
}

/** Under this name the leases keep a list of the answers there are. */
export const REPLIES = 'replies';

/** How long an answer stays in that list after the last moment it could end at. */
const LISTED_AFTER_MS = 60_000;

export function leaseOf({ replyId }: Pick<ReplyAt, 'replyId'>): string {
  return `reply ${replyId}`;
}

/** Written beside the lease of an answer that was told to its end. */
export const ENDED: ReadonlyMap<string, string> = new Map([['ended', 'yes']]);

interface HeldLease {
  begin(): Promise<void>;
  /** Whether another gateway may have ended the answer. */
  isLost(): boolean;
  lose(): void;
  /** The answer is told to its end. */
  finish(): Promise<void>;
  /** It is not: whoever comes is to end it. */
  leave(): void;
}

function heldLease({ leases, longestMs }: ReplyTellingParts, at: ReplyAt): HeldLease {
  let hold: Hold | undefined;
  let renewing: NodeJS.Timeout | undefined;
  let lost = false;

  async function take(): Promise<Hold | null> {
    const taken = await leases?.take(leaseOf(at));
    if (!taken?.ok || !taken.value) return null;
    await leases?.want(REPLIES, [listed(at)], longestMs + LISTED_AFTER_MS);
    return taken.value;
  }

  /** What is no longer ours may have been forgotten with all there was, and then nobody has ended the answer. */
  async function renew(): Promise<void> {
    const renewed = await hold?.renew();
    if (!renewed?.ok || renewed.value) return;
    hold = (await take()) ?? undefined;
    const notes = await hold?.recall();
    lost ||= !notes?.ok || notes.value.has('ended');
  }

  return {
    async begin() {
      // Without one the log is out of reach as well, and what cannot be told need not be ended by others.
      hold = (await take()) ?? undefined;
      if (!leases || !hold) return;
      renewing = setInterval(() => void renew(), leases.leaseMs / 3).unref();
    },
    isLost: () => lost,
    lose() {
      lost = true;
    },
    async finish() {
      clearInterval(renewing);
      await hold?.note(ENDED);
      await hold?.release();
    },
    leave: () => clearInterval(renewing),
  };
}

function listed({ replyId, conversation, storedId }: ReplyAt): string {
  return JSON.stringify([replyId, conversation.provider, conversation.nativeId, storedId]);
}
