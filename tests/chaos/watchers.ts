// Those who listen: they come, drop off and come back with the last cursor they had, or now and then an older one, and
// write down all they are told.

import { between, type Chance, pick } from '../../emulators/story/chance.ts';
import { isTold, type Marks, type Moment, pathTo, type Said, type Subscriber } from './history.ts';
import type { Time } from './time.ts';

/** Where one can listen. */
export interface Desk {
  readonly name: string;
  /** Until the signal, or until it is over by itself: why. Whatever goes wrong ends a visit, and nothing else. */
  listen(asked: Asked, hear: (heard: Heard) => void, signal: AbortSignal): Promise<string>;
}

export interface Asked {
  /** Null for all of them. */
  readonly conversation: string | null;
  readonly after: string | null;
}

export type Heard = Said & { readonly cursor: string };

export interface Watcher {
  readonly subscriber: Subscriber;
  /** From now on it stays where it is, and comes back at once and to the end where it could not. */
  settle(): void;
  close(): Promise<void>;
}

export interface WatcherParts {
  readonly name: string;
  readonly conversation: string | null;
  readonly desks: readonly Desk[];
  readonly chance: Chance;
  readonly time: Time;
  /** What a cursor says. */
  readonly marksIn: (cursor: string, asked: Asked) => Marks;
  /** How long a visit lasts at most, in milliseconds. */
  readonly longestVisitMs: number;
  readonly longestPauseMs: number;
}

/** One in so many comes back as somebody who lost what it had last. */
const OLDER_CURSOR = 6;

export function openWatcher(parts: WatcherParts): Watcher {
  const { name, conversation, desks, chance, time, marksIn } = parts;
  const moments: Moment[] = [];
  const over = new AbortController();
  let settled = false;
  let dropping = new AbortController();
  const running = run();

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      const desk = pick(chance, desks);
      if (!desk) return;
      await visit(desk, cursorToComeWith());
      const pauseMs = between(chance, 0, parts.longestPauseMs);
      await time.pause(settled ? Math.min(pauseMs, 50) : pauseMs, over.signal);
    }
  }

  async function visit(desk: Desk, after: number | null): Promise<void> {
    const last = after === null ? undefined : moments[after];
    const asked: Asked = { conversation, after: isTold(last) ? last.cursor : null };
    const dropped = new AbortController();
    dropping = dropped;
    const lastsMs = between(chance, 0, parts.longestVisitMs);
    if (!settled) void time.pause(lastsMs, dropped.signal).then(() => settled || dropped.abort());
    const signal = AbortSignal.any([over.signal, dropped.signal]);
    moments.push({ type: 'came', at: time.now(), to: desk.name, after });
    const hear = (heard: Heard) => {
      // What arrives after it has gone it does not have.
      if (signal.aborted) return;
      moments.push({ ...heard, at: time.now(), marks: marksIn(heard.cursor, asked) });
    };
    const why = await desk.listen(asked, hear, signal);
    dropped.abort();
    moments.push({ type: 'left', at: time.now(), why });
  }

  /** Of the last that was told, as a rule; null where nothing was. */
  function cursorToComeWith(): number | null {
    const path = new Set(pathTo(moments, moments.length - 1));
    const told = [...moments.keys()].filter((index) => {
      const moment = moments[index];
      return isTold(moment) && path.has(moment);
    });
    const older = !settled && between(chance, 1, OLDER_CURSOR) === 1;
    return (older ? pick(chance, told.slice(-20)) : told.at(-1)) ?? null;
  }

  return {
    subscriber: { name, conversation, moments },
    settle() {
      settled = true;
    },
    async close() {
      over.abort();
      dropping.abort();
      await running;
    },
  };
}
