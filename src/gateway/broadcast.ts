// One ear on the log for the whole process, and a bounded queue for each who listens through it.

import type { GapReason } from '../domain/event.ts';
import type { ConversationRef } from '../domain/ids.ts';
import type { Entry, EventLog, Mark } from '../state/events/log.ts';

export interface Broadcast {
  /** What is appended from now on, of one conversation or (null) of all; at most so many entries wait. */
  listen(conversation: ConversationRef | null, most: number): Queue;
  /** How many listen now. */
  readonly listeners: number;
  /** Ends all of them. */
  close(): void;
}

export interface Queue {
  /** The next in line, once there is one; undefined when it was stopped. */
  next(): Promise<Heard | undefined>;
  /** Whether something that waited was let go since the queue was last cleared. */
  readonly overflowed: boolean;
  clear(): void;
  /** Whoever waits is told that this was all. */
  stop(): void;
}

export type Heard =
  | { readonly type: 'entry'; readonly entry: Entry }
  | { readonly type: 'lost'; readonly lane: number; readonly reason: GapReason }
  /** So much has come that it was let go: from one mark on, up to these. */
  | {
      readonly type: 'overflow';
      readonly since: Mark;
      readonly upTo: ReadonlyMap<number, Mark>;
    };

interface Listener {
  readonly lane: number | null;
  hear(heard: Exclude<Heard, { readonly type: 'overflow' }>): void;
  stop(): void;
}

export function openBroadcast(log: EventLog): Broadcast {
  const ofOne = new Map<string, Set<Listener>>();
  const ofAll = new Set<Listener>();

  const stopHearing = log.listen({
    entry(entry) {
      const heard = { type: 'entry', entry } as const;
      for (const listener of ofOne.get(keyOf(entry.event.conversation)) ?? []) listener.hear(heard);
      for (const listener of ofAll) listener.hear(heard);
    },
    lost(lane, reason) {
      for (const listener of everybody()) {
        if (listener.lane === null || listener.lane === lane) {
          listener.hear({ type: 'lost', lane, reason });
        }
      }
    },
  });

  function* everybody(): Iterable<Listener> {
    for (const listeners of ofOne.values()) yield* listeners;
    yield* ofAll;
  }

  return {
    listen(conversation, most) {
      const key = conversation === null ? null : keyOf(conversation);
      const listeners = key === null ? ofAll : (ofOne.get(key) ?? new Set<Listener>());
      if (key !== null) ofOne.set(key, listeners);
      const queue = openQueue(most, () => {
        listeners.delete(listener);
        if (key !== null && listeners.size === 0 && ofOne.get(key) === listeners) ofOne.delete(key);
      });
      const lane = conversation === null ? null : log.laneOf(conversation);
      const listener: Listener = { lane, hear: queue.hear, stop: queue.queue.stop };
      listeners.add(listener);
      return queue.queue;
    },
    get listeners() {
      return [...everybody()].length;
    },
    close() {
      stopHearing();
      for (const listener of Array.from(everybody())) listener.stop();
    },
  };
}

function keyOf({ provider, nativeId }: ConversationRef): string {
  return `${provider}/${nativeId}`;
}

function openQueue(most: number, onStop: () => void): { queue: Queue; hear: Listener['hear'] } {
  let waiting: Heard[] = [];
  let awaited: ((heard: Heard | undefined) => void) | undefined;
  let overflowed = false;
  let stopped = false;

  function hear(heard: Heard): void {
    if (stopped) return;
    if (awaited) {
      const tell = awaited;
      awaited = undefined;
      tell(heard);
      return;
    }
    waiting.push(heard);
    if (waiting.length > most) {
      overflowed = true;
      const gone = lossOf(waiting);
      waiting = gone ? [gone] : [];
    }
  }

  return {
    hear,
    queue: {
      next() {
        const heard = waiting.shift();
        if (heard || stopped) return Promise.resolve(heard);
        return new Promise((resolve) => {
          awaited = resolve;
        });
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
function lossOf(waiting: readonly Heard[]): Heard | undefined {
  let since: Mark | undefined;
  const upTo = new Map<number, Mark>();
  for (const heard of waiting) {
    if (heard.type === 'entry') {
      since ??= heard.entry.mark;
      upTo.set(heard.entry.lane, heard.entry.mark);
    } else if (heard.type === 'overflow') {
      since ??= heard.since;
      for (const [lane, mark] of heard.upTo) upTo.set(lane, mark);
    }
  }
  return since && { type: 'overflow', since, upTo };
}
