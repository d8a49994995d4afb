// Answers whose gateway is gone: each is ended by one that is left, from the provider's history where that shows it.

import { providerName } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Log } from '../../observability/log.ts';
import type { EventLog } from '../../state/events/log.ts';
import type { Leases } from '../../state/lease/lease.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Ingest } from './ingest.ts';
import { repliesUnderWay } from './replies-under-way.ts';
import {
  ENDED,
  endOf,
  leaseOf,
  pieceOf,
  REPLIES,
  type ReplyAt,
  type ReplyEnd,
} from './reply-events.ts';
import { answerIn, newestIn } from './stream-reply.ts';
import { newsOfAdded } from './telling.ts';

export interface OrphanParts {
  readonly dispatch: Dispatch;
  readonly events: EventLog;
  readonly leases: Leases;
  readonly ingest: Ingest;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
  /** How long any answer may take, in milliseconds. */
  readonly longestMs: number;
}

/** Looks now and then for what was left, until it is called off. */
export function endOrphanedReplies(parts: OrphanParts): () => Promise<void> {
  const { leases, log } = parts;
  /** Those known to have ended, as long as they are listed. */
  let ended = new Set<string>();
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const listed = await leases.wanted(REPLIES);
    if (!listed.ok) return;
    ended = new Set(listed.value.filter((one) => ended.has(one)));
    for (const one of listed.value) {
      if (ended.has(one)) continue;
      const at = read(one);
      if (!at || (await isEnded(at))) ended.add(one);
    }
  }

  /** Whoever writes the answer holds its lease until it has ended. */
  async function isEnded(at: ReplyAt): Promise<boolean> {
    const taken = await leases.take(leaseOf(at));
    if (!taken.ok || !taken.value) return false;
    const hold = taken.value;
    const notes = await hold.recall();
    const isOver = notes.ok && (notes.value.has('ended') || (await endReply(parts, at)));
    if (isOver) await hold.note(ENDED);
    await hold.release();
    return isOver;
  }

  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) =>
        log.error({ err: error }, 'an answer could not be ended, which is a bug'),
      )
      .finally(() => {
        looking = undefined;
      });
  }, leases.leaseMs).unref();

  return async () => {
    clearInterval(timer);
    await looking;
  };
}

/** Whether it is told to its end now, by whomever. */
async function endReply(parts: OrphanParts, at: ReplyAt): Promise<boolean> {
  const { dispatch, events, ingest, clock, longestMs, log } = parts;
  const { conversation, storedId } = at;
  const lane = events.laneOf(conversation);
  const ends = await events.ends();
  const end = ends.ok ? ends.value[lane] : undefined;
  if (!end) return false;
  const underWay = await repliesUnderWay(events, {
    lane,
    end,
    longestMs: longestMs * 2 + leaseSlack(parts),
  });
  if (!underWay.ok) return false;
  let said = '';
  let index = 0;
  for (const { event } of underWay.value?.pieces ?? []) {
    const { fact } = event;
    if (fact.kind !== 'REPLY_DELTA' || fact.replyId !== at.replyId) continue;
    said += fact.text;
    index = fact.index + 1;
  }

  const newest = await newestIn(dispatch, conversation);
  const rows = newest.ok ? newest.value : [];
  const asked = rows.find(({ nativeId }) => nativeId === storedId);
  const answer = answerIn(candidates(rows, storedId), said);
  const now = new Date(clock());
  const rest = answer?.text?.slice(said.length) ?? '';
  const { provider } = conversation;
  const because = 'the gateway that received its answer went away before the end';
  const how: ReplyEnd = answer
    ? { type: 'completed', message: answer, usage: { tokens: null, endReason: null } }
    : { type: 'failed', failure: { kind: 'outcome-unknown', provider, because } };
  const appended = await events.append([
    ...(rest === '' ? [] : [pieceOf(at, { index, text: rest }, now)]),
    endOf(at, how, rest === '' ? index : index + 1, now),
  ]);
  if (!appended.ok) return false;
  log.warn({ ...at, end: how.type }, 'an answer was ended for a gateway that is gone');
  await ingest.take([...newsOfAdded(asked ?? null), ...newsOfAdded(answer)]);
  return true;
}

/** Rows that may be the answer: those since the words it answers; where there are none, the last that was said. */
function candidates(rows: readonly Message[], storedId: string | null): readonly Message[] {
  if (storedId === null) return rows.filter(({ kind }) => kind === 'MESSAGE').slice(0, 1);
  const at = rows.findIndex(({ nativeId }) => nativeId === storedId);
  return rows.slice(0, Math.max(0, at));
}

/** Its first piece is older than its last by the length of an answer, and then a lease ran out. */
function leaseSlack({ leases }: OrphanParts): number {
  return 3 * leases.leaseMs;
}

function read(listed: string): ReplyAt | undefined {
  const said: unknown = JSON.parse(listed);
  if (!Array.isArray(said)) return undefined;
  const [replyId, provider, nativeId, storedId]: unknown[] = said;
  if (typeof replyId !== 'string' || typeof provider !== 'string' || typeof nativeId !== 'string') {
    return undefined;
  }
  const conversation = { provider: providerName(provider), nativeId };
  return { replyId, conversation, storedId: typeof storedId === 'string' ? storedId : null };
}
