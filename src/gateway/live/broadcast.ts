// One ear on the log for the whole process, and a bounded queue for each who listens through it.

import type { GapReason } from '../../domain/event.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import { type Entry, type EventLog, type Mark, msOf } from '../../state/events/log.ts';

export interface Broadcast {
  /** What is appended from now on, of one conversation or (null) of all; at most so many entries wait. */
  listen(conversation: ConversationRef | null, most: number): Queue;
  /** Tells of each conversation when the first listens to it by itself, and when the last has left; of those of now at once. */
  watch(watcher: Watcher): () => void;
  /** How many listen now. */
  readonly listeners: number;
  /** How much waits for each of them. */
  waiting(): number[];
  /** Ends all of them. */
  close(): void;
}

export interface Watcher {
  begun(conversation: ConversationRef): void;
  ended(conversation: ConversationRef): void;
}

export interface Queue {
  /** The next in line, once there is one; undefined when it was stopped. */
  next(): Promise<Heard | undefined>;
  /** How much was heard so far, and how much of that by the time of what was taken last. */
  readonly heard: number;
  readonly taken: number;
  /** Whether something that waited was let go since the queue was last cleared. */
  readonly overflowed: boolean;
  clear(): void;
  /** Whoever waits is told that this was all. */
  stop(): void;
}

export type Heard =
  | { readonly type: 'entry'; readonly entry: Entry }
  | {
      readonly type: 'lost';
      readonly lane: number;
      readonly reason: GapReason;
      /** Where it goes on. */
      readonly place: Mark;
    }
  /** So much has come that it was let go, up to these marks. */
  | {
      readonly type: 'overflow';
      /** Nothing of it is of before, but for what was lost; null where that is not known. Milliseconds since the epoch. */
      readonly sinceMs: number | null;
      readonly upTo: ReadonlyMap<number, Mark>;
      /** What was to be said of lanes in between. */
      readonly lost: ReadonlyMap<number, GapReason>;
    };

interface Watched {
  readonly conversation: ConversationRef;
  readonly listeners: Set<Listener>;
}

interface Listener {
  readonly lane: number | null;
  hear(heard: Exclude<Heard, { readonly type: 'overflow' }>): void;
  waiting(): number;
  stop(): void;
}

export function openBroadcast(log: EventLog): Broadcast {
  const ofOne = new Map<string, Watched>();
  const ofAll = new Set<Listener>();
  const watchers = new Set<Watcher>();

  const stopHearing = log.listen({
    entry(entry) {
      const heard = { type: 'entry', entry } as const;
      if (entry.event.fact.kind === 'TOUCHED') return;
      if (entry.event.fact.kind === 'MISSED') {
        for (const listener of listenersTo(entry.lane)) listener.hear(heard);
        return;
      }
      const one = ofOne.get(keyOf(entry.event.conversation));
      for (const listener of one?.listeners ?? []) listener.hear(heard);
      for (const listener of ofAll) listener.hear(heard);
    },
    lost(lane, reason, place) {
      for (const listener of listenersTo(lane))
        listener.hear({ type: 'lost', lane, reason, place });
    },
  });

  function* everybody(): Iterable<Listener> {
    for (const { listeners } of ofOne.values()) yield* listeners;
    yield* ofAll;
  }

  function listenersTo(lane: number): Listener[] {
    return [...everybody()].filter((one) => one.lane === null || one.lane === lane);
  }

  function enter(listener: Listener, conversation: ConversationRef): void {
    const key = keyOf(conversation);
    const known = ofOne.get(key);
    if (known) {
      known.listeners.add(listener);
      return;
    }
    ofOne.set(key, { conversation, listeners: new Set([listener]) });
    for (const watcher of watchers) watcher.begun(conversation);
  }

  function leave(listener: Listener, conversation: ConversationRef): void {
    const key = keyOf(conversation);
    const known = ofOne.get(key);
    if (!known?.listeners.delete(listener) || known.listeners.size > 0) return;
    ofOne.delete(key);
    for (const watcher of watchers) watcher.ended(conversation);
  }

  return {
    listen(conversation, most) {
      const queue = openQueue(most, () => {
        if (conversation === null) ofAll.delete(listener);
        else leave(listener, conversation);
      });
      const lane = conversation === null ? null : log.laneOf(conversation);
      const { hear, waiting } = queue;
      const listener: Listener = { lane, hear, waiting, stop: queue.queue.stop };
      if (conversation === null) ofAll.add(listener);
      else enter(listener, conversation);
      return queue.queue;
    },
    watch(watcher) {
      watchers.add(watcher);
      for (const { conversation } of ofOne.values()) watcher.begun(conversation);
      return () => void watchers.delete(watcher);
    },
    get listeners() {
      return [...everybody()].length;
    },
    waiting: () => [...everybody()].map((listener) => listener.waiting()),
    close() {
      stopHearing();
      for (const listener of Array.from(everybody())) listener.stop();
    },
  };
}

function keyOf({ provider, nativeId }: ConversationRef): string {
  return `${provider}/${nativeId}`;
}

function openQueue(
  most: number,
  onStop: () => void,
): { readonly queue: Queue } & Pick<Listener, 'hear' | 'waiting'> {
  let waiting: Heard[] = [];
  let awaited: ((heard: Heard | undefined) => void) | undefined;
  let overflowed = false;
  let stopped = false;
  let count = 0;
  let taken = 0;

  function hear(heard: Heard): void {
    if (stopped) return;
    count += 1;
    if (awaited) {
      const tell = awaited;
      awaited = undefined;
      taken = count;
      tell(heard);
      return;
    }
    waiting.push(heard);
    if (waiting.length > most) {
      overflowed = true;
      waiting = [lossOf(waiting)];
    }
  }

  return {
    hear,
    waiting: () => waiting.length,
    queue: {
      next() {
        const heard = waiting.shift();
        if (heard) taken = count - waiting.length;
        if (heard || stopped) return Promise.resolve(heard);
        return new Promise((resolve) => {
          awaited = resolve;
        });
      },
      get heard() {
        return count;
      },
      get taken() {
        return taken;
      },
      get overflowed() {
        return overflowed;
      },
      clear() {
        waiting = [];
        overflowed = false;
      },
      stop() {
        if (stopped) return;
        stopped = true;
        waiting = [];
        onStop();
        awaited?.(undefined);
        awaited = undefined;
      },
    },
  };
}

/** All that waited, as one word about it. */
function lossOf(waiting: readonly Heard[]): Heard {
  let sinceMs: number | null = Number.POSITIVE_INFINITY;
  const upTo = new Map<number, Mark>();
  const lost = new Map<number, GapReason>();
  const reaches = (ms: number | null) => {
    sinceMs = sinceMs === null || ms === null ? null : Math.min(sinceMs, ms);
  };
  for (const heard of waiting) {
    switch (heard.type) {
      case 'entry': {
        const { lane, mark, event } = heard.entry;
        reaches(msOf(mark));
        // It speaks of what came before it, and would be let go unsaid.
        if (event.fact.kind === 'MISSED') reaches(event.fact.since?.getTime() ?? null);
        upTo.set(lane, mark);
        break;
      }
      case 'lost':
        lost.set(heard.lane, lost.get(heard.lane) ?? heard.reason);
        upTo.set(heard.lane, heard.place);
        break;
      case 'overflow':
        reaches(heard.sinceMs);
        for (const [lane, mark] of heard.upTo) upTo.set(lane, mark);
        for (const [lane, reason] of heard.lost) lost.set(lane, lost.get(lane) ?? reason);
        break;
    }
  }
  return { type: 'overflow', sinceMs, upTo, lost };
}
