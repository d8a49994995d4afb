// What a listener is told: first what it missed, then what comes, without a hole between the two; or a gap, never silence.

import type {
  ConversationEvent,
  EventKind,
  GapReason,
  Logged,
  Missed,
} from '../../domain/event.ts';
import { type Failure, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef, ProviderName } from '../../domain/ids.ts';
import { isHidden } from '../../domain/message.ts';
import { meetsTag, type Tag } from '../../domain/tag.ts';
import { type Meter, NO_METER } from '../../observability/meter.ts';
import {
  compareIds,
  type Entry,
  type EventLog,
  type Mark,
  msOf,
  placeBefore,
} from '../../state/events/log.ts';
import type { Broadcast } from './broadcast.ts';
import type { EventCursors } from './event-cursor.ts';
import { repliesUnderWay } from './replies-under-way.ts';

export interface EventsAsked {
  /** Null for those of all. */
  readonly conversation: ConversationRef | null;
  readonly filter: EventFilterAsked;
  /** The cursor of the last event there was; null to begin now. */
  readonly after: string | null;
  /** Whether to be told first, with a cursor, from where on nothing is missed: who goes before the first event has one. */
  readonly confirm?: boolean;
}

export interface EventFilterAsked {
  readonly providers?: readonly ProviderName[];
  /** Of the conversation. One whose tags cannot be had meets them: better told too much than silence. */
  readonly tags?: readonly Tag[];
  readonly kinds?: readonly EventKind[];
  readonly includeHidden?: boolean;
}

export type Told =
  | { readonly type: 'listening'; cursor(): string }
  | { readonly type: 'event'; readonly event: ConversationEvent; cursor(): string }
  | { readonly type: 'gap'; readonly gap: Gap; cursor(): string }
  /** The last that is told: the log is out of reach. Whoever comes back with the last cursor misses nothing. */
  | { readonly type: 'failed'; readonly failure: Failure };

export interface Gap {
  readonly reason: GapReason;
  /** Null where it is about all that was asked for. */
  readonly conversation: ConversationRef | null;
  /** Nothing is missing up to this moment; null where that is not known. */
  readonly from: Date | null;
  /** And nothing after this one. */
  readonly to: Date;
}

export interface SubscribeParts {
  readonly log: EventLog;
  readonly broadcast: Broadcast;
  readonly cursors: EventCursors;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told who begins to listen; what it returns, that they left. */
  readonly joined?: (asked: EventsAsked) => () => void;
  /** How long an answer may be under way, in milliseconds: whoever begins meanwhile is told it from its first word. */
  readonly repliesMs?: number;
  /** Tags of a conversation of which something was told without them; absent, nobody knows. */
  readonly tagsOf?: (conversation: ConversationRef) => Promise<readonly Tag[] | null>;
  /** Told each entry of the past before the listener is, as this process may not have heard it yet. */
  readonly replayed?: (entry: Entry) => void;
  /** How much may wait for one listener; absent, `MOST_WAITING`. */
  readonly most?: number;
  readonly meter?: Meter;
}

/** What may wait for one listener; what is more than that is let go, and a gap says so. */
const MOST_WAITING = 1000;

const SLICE = 100;

/**
 * Fails with `invalid-input` for a cursor that is not of this subscription, and with `gateway-unavailable` where the log
 * is out of reach. What is told ends when the signal is aborted, or the iteration is.
 */
export async function subscribe(
  parts: SubscribeParts,
  asked: EventsAsked,
  signal: AbortSignal,
): Promise<Outcome<AsyncIterable<Told>>> {
  const { log, broadcast, cursors, clock, joined, repliesMs = 0, most = MOST_WAITING } = parts;
  const { meter = NO_METER } = parts;
  const { conversation, filter } = asked;
  const question = questionOf(asked);
  const opened = asked.after === null ? undefined : cursors.open(asked.after, question);
  if (opened === 'forged') {
    return invalid('after', 'is not a cursor of an event of this gateway; begin again without it.');
  }
  if (opened === 'other-question') {
    return invalid('after', 'belongs to another subscription; ask as before, or begin without it.');
  }
  const lanes =
    conversation === null
      ? Array.from({ length: log.lanes }, (_, lane) => lane)
      : [log.laneOf(conversation)];

  // From here on nothing is missed: what comes while the past is told waits.
  const queue = broadcast.listen(conversation, most);
  const left = joined?.(asked);
  const stop = () => {
    queue.stop();
    left?.();
  };
  const ends = await log.ends();
  if (!ends.ok) {
    stop();
    return ends;
  }
  const marks = new Map<number, Mark>();
  for (const lane of lanes) {
    const mark = opened?.get(lane) ?? ends.value[lane];
    if (mark) marks.set(lane, mark);
  }
  /** Of each lane, the epochs that are over, as far as this listener was in them. */
  const over = new Set<string>();
  /** How much was heard by the time that a lane was read to its end. */
  const heardBy = new Map<number, number>();
  const isWanted = wantedBy(filter, conversation);
  const begun: { readonly lane: number; readonly end: Mark; readonly pieces: readonly Entry[] }[] =
    [];
  if (!opened && repliesMs > 0 && (filter.kinds ?? ['REPLY_DELTA']).includes('REPLY_DELTA')) {
    const looked = await Promise.all(
      [...marks].map(async ([lane, end]) => ({
        lane,
        end,
        found: await repliesUnderWay(log, { lane, end, longestMs: repliesMs }),
      })),
    );
    for (const { lane, end, found } of looked) {
      if (!found.ok) {
        stop();
        return found;
      }
      const pieces =
        found.value?.pieces.filter(({ event }) => isEvent(event) && isWanted(event)) ?? [];
      if (!found.value || pieces.length === 0) continue;
      begun.push({ lane, end, pieces });
      // Whoever goes while they are told, and comes back with the cursor, has the rest of them.
      marks.set(lane, found.value.before);
    }
  }
  /** Of the losses told: each stands in every lane. */
  let lastMissed: string | undefined;

  /** As it is now: the marks go on. */
  function cursor(): () => string {
    const now = new Map(marks);
    return () => cursors.seal(now, question);
  }

  /** Of a log that is no more: it was lost with it, and a gap says so. */
  function isOver(lane: number, { epoch }: Mark): boolean {
    const isOfBefore = queue.taken <= (heardBy.get(lane) ?? 0);
    return over.has(`${lane} ${epoch}`) || (isOfBefore && marks.get(lane)?.epoch !== epoch);
  }

  function goOn(lane: number, to: Mark): void {
    const known = marks.get(lane);
    if (known && known.epoch !== to.epoch) over.add(`${lane} ${known.epoch}`);
    marks.set(lane, to);
  }

  async function meetsTags({ tags, conversation: where }: ConversationEvent): Promise<boolean> {
    const { tags: wanted = [] } = filter;
    if (wanted.length === 0) return true;
    const said = tags ?? (await parts.tagsOf?.(where)) ?? null;
    return said === null || wanted.every((tag) => meetsTag(said, tag));
  }

  async function* tell(entry: Entry, when: 'live' | 'replayed'): AsyncIterable<Told> {
    goOn(entry.lane, entry.mark);
    const { event } = entry;
    if (isMissed(event)) {
      const { provider } = event.conversation;
      const { id, since } = event.fact;
      const concerns =
        (conversation === null || conversation.provider === provider) &&
        (filter.providers === undefined || filter.providers.includes(provider));
      if (!concerns || id === lastMissed) return;
      lastMissed = id;
      meter.count('parlance_gaps_total', { reason: 'MISSED' });
      const missed: Gap = { reason: 'MISSED', conversation, from: since, to: event.at };
      yield { type: 'gap', gap: missed, cursor: cursor() };
    } else if (isEvent(event) && isWanted(event) && (await meetsTags(event))) {
      const labels = { provider: event.conversation.provider, kind: event.fact.kind };
      meter.count('parlance_events_told_total', labels);
      if (when === 'live') {
        const delayMs = Math.max(0, clock() - msOf(entry.mark));
        meter.observe('parlance_event_delay_seconds', {}, delayMs / 1000);
      }
      yield { type: 'event', event, cursor: cursor() };
    }
  }

  function gap(reason: GapReason, sinceMs: number | null): Told {
    const from = sinceMs ? new Date(sinceMs) : null;
    const to = new Date(clock());
    meter.count('parlance_gaps_total', { reason });
    return { type: 'gap', gap: { reason, conversation, from, to }, cursor: cursor() };
  }

  /** All that the log has of a lane after its mark. */
  async function* past(lane: number): AsyncIterable<Told> {
    for (;;) {
      const from = marks.get(lane);
      if (!from) return;
      const slice = await log.read(lane, from, SLICE);
      if (!slice.ok) {
        failure = slice.failure;
        return;
      }
      const { entries, next, atEnd, lost } = slice.value;
      heardBy.set(lane, queue.heard);
      if (lost) {
        const [first] = entries;
        goOn(lane, first ? placeBefore(first.mark) : next);
        yield gap(lost, msOf(from));
      }
      for (const entry of entries) {
        // Read out of turn: what it made old is old before anybody is told.
        parts.replayed?.(entry);
        yield* tell(entry, 'replayed');
      }
      marks.set(lane, next);
      if (atEnd) return;
    }
  }

  let failure: Failure | undefined;

  async function* told(): AsyncGenerator<Told, void> {
    if (asked.confirm) yield { type: 'listening', cursor: cursor() };
    for (const { lane, end, pieces } of begun) {
      for (const piece of pieces) yield* tell(piece, 'replayed');
      marks.set(lane, end);
    }
    // What waits when a round begins is in the log, and the round tells it. More may come than can wait meanwhile.
    for (let round = opened !== undefined; round; round = queue.overflowed) {
      queue.clear();
      for (const lane of lanes) yield* past(lane);
      if (failure) {
        yield { type: 'failed', failure };
        return;
      }
    }
    for (;;) {
      const heard = await queue.next();
      if (heard === undefined) return;
      if (heard.type === 'entry') {
        const { lane, mark } = heard.entry;
        if (isPast(mark, marks.get(lane)) || isOver(lane, mark)) continue;
        yield* tell(heard.entry, 'live');
      } else if (heard.type === 'overflow') {
        // Before a lane was lost it may have had more than was heard of it.
        const losses = [...heard.lost].flatMap(([lane]) => marks.get(lane) ?? []).map(msOf);
        const sinceMs = heard.sinceMs && Math.min(heard.sinceMs, ...losses);
        for (const [lane, mark] of heard.upTo) {
          const isNext = marks.has(lane) && !isPast(mark, marks.get(lane)) && !isOver(lane, mark);
          if (isNext) goOn(lane, mark);
        }
        const [why] = [...heard.lost].flatMap(([lane, reason]) => (marks.has(lane) ? reason : []));
        yield gap(why ?? 'OVERFLOW', sinceMs);
      } else {
        const { lane, reason, place } = heard;
        const since = marks.get(lane);
        // Where the past was told since, so was this.
        if (!since || isPast(place, since)) continue;
        if (!isOver(lane, place)) goOn(lane, place);
        yield gap(reason, msOf(since));
      }
    }
  }
  return success(closing(told(), stop, signal));
}

function isMissed(event: Logged): event is Missed {
  return event.fact.kind === 'MISSED';
}

function isEvent(event: Logged): event is ConversationEvent {
  return event.fact.kind !== 'MISSED' && event.fact.kind !== 'TOUCHED';
}

function isPast(mark: Mark, known: Mark | undefined): boolean {
  return known?.epoch === mark.epoch && compareIds(mark.id, known.id) <= 0;
}

/** A generator that waits hears of its end only after it was told something more: the queue is what ends it. */
function closing(
  told: AsyncGenerator<Told, void>,
  stop: () => void,
  signal: AbortSignal,
): AsyncIterableIterator<Told> {
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const end = () => {
    signal.removeEventListener('abort', stop);
    stop();
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const result = await told.next();
      if (result.done) end();
      return result;
    },
    async return() {
      end();
      await told.return();
      return { done: true, value: undefined };
    },
  };
}

/** All but the tags, which may have to be asked for. */
function wantedBy(
  { providers, kinds, includeHidden = false }: EventFilterAsked,
  conversation: ConversationRef | null,
): (event: ConversationEvent) => boolean {
  return (event) =>
    (conversation === null || isSame(event.conversation, conversation)) &&
    (providers === undefined || providers.includes(event.conversation.provider)) &&
    (kinds === undefined || kinds.includes(event.fact.kind)) &&
    (includeHidden ||
      !('message' in event.fact) ||
      !event.fact.message ||
      !isHidden(event.fact.message.kind));
}

function isSame(one: ConversationRef, other: ConversationRef): boolean {
  return one.provider === other.provider && one.nativeId === other.nativeId;
}

export function questionOf({ conversation, filter }: EventsAsked): string {
  return `events ${JSON.stringify([conversation?.provider, conversation?.nativeId, filter])}`;
}
