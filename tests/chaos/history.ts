// What a run of chaos leaves behind: what was written, and what each who listened was told, moment by moment.

import type { GapReason } from '../../src/domain/event.ts';
import type { Mark } from '../../src/state/events/log.ts';

export interface History {
  /** All messages there are at the end, each conversation's in the order in which its provider keeps them. */
  readonly written: readonly Written[];
  readonly subscribers: readonly Subscriber[];
  /** What was asked for after something was told. */
  readonly reads: readonly Seen[];
  /** What was sent under a key, as often as it took. */
  readonly sends: readonly Sent[];
  /** When all that the gateways share was lost. */
  readonly losses: readonly Span[];
}

/** A look at a conversation by whoever was told of a message in it. */
export interface Seen {
  readonly at: number;
  readonly conversation: string;
  /** Of which it was told. */
  readonly id: string;
  /** Where it looked: at the gateway that told it, or anywhere with the cursor that came with it. */
  readonly by: 'the gateway that told' | 'its cursor';
  /** The newest messages that it was shown, its own left out. */
  readonly shown: readonly string[];
}

/** Milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** From the first attempt to the end of the last. */
export type Sent = Span & { readonly id: string };

export interface Written {
  readonly conversation: string;
  readonly id: string;
  /** When its provider took it in. All times are milliseconds since the epoch, by one clock. */
  readonly at: number;
}

export interface Subscriber {
  readonly name: string;
  /** Null for all of them. */
  readonly conversation: string | null;
  readonly moments: readonly Moment[];
}

/** How far each lane of the log was told, as a cursor says it. */
export type Marks = ReadonlyMap<number, Mark>;

export type Moment =
  /** Began to listen, here; with the cursor of that moment, or with none. */
  | {
      readonly type: 'came';
      readonly at: number;
      readonly to: string;
      readonly after: number | null;
    }
  | { readonly type: 'left'; readonly at: number; readonly why: string }
  | Told;

/** What came with a cursor. */
export type Told = { readonly at: number; readonly cursor: string; readonly marks: Marks } & Said;

export type Said =
  | { readonly type: 'listening' }
  | {
      readonly type: 'message';
      readonly conversation: string;
      readonly id: string;
      /** The lane of the log that its conversation lies in. */
      readonly lane: number;
    }
  | {
      readonly type: 'gap';
      readonly reason: GapReason;
      readonly conversation: string | null;
      readonly from: number | null;
      readonly to: number;
    };

export function isTold(moment: Moment | undefined): moment is Told {
  return moment !== undefined && moment.type !== 'came' && moment.type !== 'left';
}

/** All that led to a moment, this one included: whoever comes back with an older cursor leaves a branch behind. */
export function pathTo(moments: readonly Moment[], end: number): Moment[] {
  const path: Moment[] = [];
  for (let index: number | null = end; index !== null && index >= 0; ) {
    const moment: Moment | undefined = moments[index];
    if (!moment) break;
    path.push(moment);
    index = moment.type === 'came' ? moment.after : index - 1;
  }
  return path.toReversed();
}

/** Where each branch ended from which nobody went on: the path to there holds those to all before it. */
export function endsOf(moments: readonly Moment[]): readonly number[] {
  const last = moments.length - 1;
  const goneOnFrom = new Set(moments.map((one) => (one.type === 'came' ? one.after : null)));
  return moments.flatMap((_, index) => {
    const ends = index === last || moments[index + 1]?.type === 'came';
    return ends && !goneOnFrom.has(index) ? [index] : [];
  });
}

/** One line a moment, for whoever looks for what went wrong. */
export function storyOf({ name, moments }: Subscriber): readonly string[] {
  const [first] = moments;
  return [
    name,
    ...moments.map((moment, index) => {
      const since = String(moment.at - (first?.at ?? 0)).padStart(7);
      return `${String(index).padStart(5)} ${since} ms  ${inWords(moment)}`;
    }),
  ];
}

function inWords(moment: Moment): string {
  switch (moment.type) {
    case 'came':
      return `came to ${moment.to} ${moment.after === null ? 'anew' : `after ${moment.after}`}`;
    case 'left':
      return `left: ${moment.why}`;
    case 'listening':
      return `listens          ${placesIn(moment.marks)}`;
    case 'message':
      return `${moment.id.padEnd(16)} ${placesIn(moment.marks)}`;
    case 'gap': {
      const from = moment.from === null ? 'unknown' : moment.from - moment.at;
      return `gap ${moment.reason} ${from}..${moment.to - moment.at} ${placesIn(moment.marks)}`;
    }
  }
}

function placesIn(marks: Marks): string {
  return [...marks].map(([lane, { epoch, id }]) => `${lane}:${epoch.slice(0, 4)}/${id}`).join(' ');
}
