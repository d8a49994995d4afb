// Holds a history to what a subscription promises, and says where it was broken. It knows nothing of how it came about.

import type { GapReason } from '../../src/domain/event.ts';
import { compareIds, type Mark } from '../../src/state/events/log.ts';
import {
  endsOf,
  type History,
  isTold,
  type Moment,
  pathTo,
  type Seen,
  type Subscriber,
  type Told,
  type Written,
} from './history.ts';

export type Rule =
  /** Written while somebody listened, neither told nor inside a gap. */
  | 'missing'
  /** Told again, with no word between that the log began anew. */
  | 'twice'
  /** One message, two places in one log. */
  | 'two-events'
  | 'out-of-order'
  /** A cursor that leads back before another. */
  | 'backwards'
  /** Told, and nobody wrote it, or not there. */
  | 'invented'
  /** A gap that nothing explains, or one that speaks of the future. */
  | 'false-gap'
  /** Shown a conversation as it was before a message of which one was told, there or by the cursor that came along. */
  | 'older'
  /** Sent under one key, and there more than once. */
  | 'doubled';

export interface Breach {
  readonly rule: Rule;
  readonly subscriber: string;
  readonly sentence: string;
}

export interface Terms {
  /** How long after it was written a message may reach the log, by whose time a gap is told. Milliseconds. */
  readonly latenessMs: number;
  /** Of two messages written closer together than this the later may be told first. Milliseconds. */
  readonly disorderMs: number;
  /** What there was cause for. */
  readonly gaps: ReadonlySet<GapReason>;
}

export function check(history: History, terms: Terms): readonly Breach[] {
  const written = new Map(history.written.map((one, place) => [one.id, { ...one, place }]));
  return [
    ...history.subscribers.flatMap((subscriber) => [
      ...missingOf(subscriber, history.written, terms),
      ...inventedBy(subscriber, written),
      ...falseGapsOf(subscriber, terms),
      ...endsOf(subscriber.moments).flatMap((end) => {
        const path = pathTo(subscriber.moments, end).filter(isTold);
        return [
          ...twiceIn(path, subscriber),
          ...unorderedIn(path, subscriber, { written, terms }),
          ...backwardsIn(path, subscriber),
        ];
      }),
    ]),
    ...placesOf(history),
    ...history.reads.flatMap((seen) => olderIn(seen, written)),
    ...doubledIn(history),
  ];
}

/** Whether something was neither told nor announced yet: asked again and again of a long history. */
export function isWhole(
  { subscribers, written }: Pick<History, 'subscribers' | 'written'>,
  terms: Terms,
): boolean {
  return subscribers.every((subscriber) => missingOf(subscriber, written, terms).length === 0);
}

type Known = ReadonlyMap<string, Written & { readonly place: number }>;

function missingOf(
  { name, conversation, moments }: Subscriber,
  written: readonly Written[],
  { latenessMs }: Terms,
): readonly Breach[] {
  const path = pathTo(moments, moments.length - 1).filter(isTold);
  const [first] = path;
  if (!first) return [];
  const told = new Set(path.flatMap((one) => (one.type === 'message' ? [one.id] : [])));
  const gaps = path.filter((one) => one.type === 'gap');
  return written
    .filter((one) => conversation === null || one.conversation === conversation)
    .filter(({ at }) => at > first.at)
    .filter(({ id }) => !told.has(id))
    .filter((one) => !gaps.some((gap) => covers(gap, one, latenessMs)))
    .map(({ id, at }) => ({
      rule: 'missing',
      subscriber: name,
      sentence: `${id}, written ${at - first.at} ms after it began to listen, was neither told nor announced`,
    }));
}

function covers(
  gap: Told & { readonly type: 'gap' },
  { conversation, at }: Written,
  latenessMs: number,
): boolean {
  const concerns = gap.conversation === null || gap.conversation === conversation;
  return concerns && at <= gap.to && at + latenessMs >= (gap.from ?? Number.NEGATIVE_INFINITY);
}

function inventedBy({ name, conversation, moments }: Subscriber, written: Known): Breach[] {
  return moments.flatMap((moment): Breach[] => {
    if (!isTold(moment) || moment.type === 'listening') return [];
    const said = moment.type === 'message' ? moment.id : `a gap (${moment.reason})`;
    const isOurs = conversation === null || moment.conversation === conversation;
    const isWritten =
      moment.type === 'gap' || written.get(moment.id)?.conversation === moment.conversation;
    if (isOurs && isWritten) return [];
    const sentence = `${said} was told of ${moment.conversation}, where it is not`;
    return [{ rule: 'invented', subscriber: name, sentence }];
  });
}

/** Clocks of two processes on one machine may differ by this. */
const CLOCKS_MS = 50;

function falseGapsOf({ name, moments }: Subscriber, { gaps }: Terms): readonly Breach[] {
  return moments.flatMap((moment): Breach[] => {
    if (moment.type !== 'gap') return [];
    const { reason, from, to, at } = moment;
    const wrong = !gaps.has(reason)
      ? 'for which there was no cause'
      : to > at + CLOCKS_MS
        ? `up to ${to - at} ms after it was told`
        : from !== null && from > to + CLOCKS_MS
          ? 'that ends before it begins'
          : undefined;
    if (wrong === undefined) return [];
    return [{ rule: 'false-gap', subscriber: name, sentence: `a gap (${reason}) ${wrong}` }];
  });
}

function twiceIn(path: readonly Told[], { name }: Subscriber): readonly Breach[] {
  const told = new Set<string>();
  const breaches: Breach[] = [];
  for (const moment of path) {
    if (moment.type === 'gap' && moment.reason === 'RESET') told.clear();
    if (moment.type !== 'message') continue;
    if (told.has(moment.id)) {
      breaches.push({ rule: 'twice', subscriber: name, sentence: `${moment.id} was told twice` });
    }
    told.add(moment.id);
  }
  return breaches;
}

/** What lies in a gap may be told all the same, as late as it is found: by a log that forgot, or somebody who took over. */
function unorderedIn(
  path: readonly Told[],
  { name }: Subscriber,
  { written, terms }: { readonly written: Known; readonly terms: Terms },
): readonly Breach[] {
  const told = new Set<string>();
  const latest = new Map<string, Written & { readonly place: number }>();
  const gaps: (Told & { readonly type: 'gap' })[] = [];
  const breaches: Breach[] = [];
  for (const moment of path) {
    if (moment.type === 'gap') gaps.push(moment);
    const one = moment.type === 'message' ? written.get(moment.id) : undefined;
    if (!one || told.has(one.id)) continue;
    told.add(one.id);
    if (gaps.some((gap) => covers(gap, one, terms.latenessMs))) continue;
    const before = latest.get(one.conversation);
    if (!before || one.place > before.place) {
      latest.set(one.conversation, one);
    } else if (before.at - one.at >= terms.disorderMs) {
      const sentence = `${one.id} was told after ${before.id}, which was written ${before.at - one.at} ms later`;
      breaches.push({ rule: 'out-of-order', subscriber: name, sentence });
    }
  }
  return breaches;
}

function backwardsIn(path: readonly Told[], { name }: Subscriber): readonly Breach[] {
  const breaches: Breach[] = [];
  const now = new Map<number, Mark>();
  const left = new Set<string>();
  for (const { marks, type } of path) {
    for (const [lane, mark] of marks) {
      const before = now.get(lane);
      const isSame = before?.epoch === mark.epoch;
      const isBack = isSame
        ? compareIds(mark.id, before.id) < 0
        : left.has(`${lane} ${mark.epoch}`);
      if (before && !isSame) left.add(`${lane} ${before.epoch}`);
      now.set(lane, mark);
      if (!isBack) continue;
      const sentence = `the cursor of a ${type} leads lane ${lane} from ${before?.id} back to ${mark.id}`;
      breaches.push({ rule: 'backwards', subscriber: name, sentence });
    }
  }
  return breaches;
}

/** Between all who listened: in one log a message lies in one place. */
function placesOf({ subscribers }: History): readonly Breach[] {
  const places = new Map<string, string>();
  return subscribers.flatMap(({ name, moments }) =>
    moments.flatMap((moment: Moment): Breach[] => {
      if (moment.type !== 'message') return [];
      const mark = moment.marks.get(moment.lane);
      if (!mark) return [];
      const key = `${mark.epoch} ${moment.id}`;
      const known = places.get(key);
      places.set(key, known ?? mark.id);
      if (known === undefined || known === mark.id) return [];
      const sentence = `${moment.id} lies in the log at ${known} and at ${mark.id}`;
      return [{ rule: 'two-events', subscriber: name, sentence }];
    }),
  );
}

/** A page ends somewhere: one of nothing but later messages says nothing of the one before them. */
function olderIn({ id, conversation, by, shown, at }: Seen, written: Known): readonly Breach[] {
  const wanted = written.get(id);
  if (!wanted || shown.includes(id)) return [];
  const places = shown.flatMap((one) => written.get(one)?.place ?? []);
  if (places.length > 0 && places.every((place) => place > wanted.place)) return [];
  const last = shown.find((one) => written.has(one)) ?? 'nothing of the run';
  const sentence = `${id} was told, and ${at - wanted.at} ms after it was written ${by} led to ${last}`;
  return [{ rule: 'older', subscriber: `who looked at ${conversation}`, sentence }];
}

/** What was lost with the memory of all gateways may be sent once more for each time. */
function doubledIn({ written, sends, losses }: History): readonly Breach[] {
  const counts = new Map<string, number>();
  for (const { id } of written) counts.set(id, (counts.get(id) ?? 0) + 1);
  return sends.flatMap(({ id, from, to }): Breach[] => {
    const count = counts.get(id) ?? 0;
    const forgiven = losses.filter((loss) => loss.from <= to && loss.to >= from).length;
    if (count <= 1 + forgiven) return [];
    const sentence = `${id} is there ${count} times, and all was lost ${forgiven} times meanwhile`;
    return [{ rule: 'doubled', subscriber: 'who sent it', sentence }];
  });
}
