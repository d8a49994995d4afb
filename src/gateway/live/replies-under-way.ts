// The answers that have begun in the log and not ended there: what was told of them so far.

import { type Outcome, success } from '../../domain/failure.ts';
import { compareIds, type Entry, type EventLog, type Mark } from '../../state/events/log.ts';

export interface UnderWay {
  /** Of answers without an end, every piece since the first, in order. */
  readonly pieces: readonly Entry[];
  /** A place before all of them. */
  readonly before: Mark;
}

/**
 * Looks back from a place in a lane as far as an answer can have begun and still be written. Undefined where none is. An
 * answer whose first piece is no longer there is left out: its text cannot be had any more, and its end brings it.
 */
export async function repliesUnderWay(
  log: EventLog,
  {
    lane,
    end,
    longestMs,
  }: { readonly lane: number; readonly end: Mark; readonly longestMs: number },
): Promise<Outcome<UnderWay | undefined>> {
  // By the log's own time: the last entry is not younger than now.
  const fromMs = Number(end.id.split('-')[0]) - longestMs;
  let at: Mark = { epoch: end.epoch, id: `${Math.max(0, fromMs)}-0` };
  let last = at;
  /** By answer, each piece and the place before it. */
  const open = new Map<string, { readonly entry: Entry; readonly before: Mark }[]>();
  for (;;) {
    const slice = await log.read(lane, at, SLICE);
    if (!slice.ok) return slice;
    for (const entry of slice.value.entries) {
      if (compareIds(entry.mark.id, end.id) > 0) break;
      const { fact } = entry.event;
      if (fact.kind === 'REPLY_DELTA') {
        const { replyId, index } = fact;
        if (index === 0) open.set(replyId, []);
        open.get(replyId)?.push({ entry, before: last });
      } else if (fact.kind === 'REPLY_COMPLETED' || fact.kind === 'REPLY_FAILED') {
        open.delete(fact.replyId);
      }
      last = entry.mark;
    }
    at = slice.value.next;
    last = at;
    const isThrough = at.epoch !== end.epoch || compareIds(at.id, end.id) >= 0;
    if (slice.value.atEnd || isThrough) break;
  }
  const pieces = [...open.values()]
    .flat()
    .toSorted((one, other) => compareIds(one.entry.mark.id, other.entry.mark.id));
  const [first] = pieces;
  return success(first && { pieces: pieces.map(({ entry }) => entry), before: first.before });
}

const SLICE = 200;
