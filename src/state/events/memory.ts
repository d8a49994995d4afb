// The event log of one process: for the sandbox, and wherever one gateway is enough.

import type { GapReason } from '../../domain/event.ts';
import { success } from '../../domain/failure.ts';
import {
  compareIds,
  type Ear,
  type Entry,
  type EventLog,
  laneOf,
  type Mark,
  type Retention,
  type Slice,
} from './log.ts';

interface Lane {
  readonly entries: Entry[];
  /** The last that was let go; nothing after it is missing. */
  trimmedTo: string;
  last: string;
  /** The last that all ears were told. */
  told: string;
}

export interface MemoryLogParts {
  readonly lanes: number;
  readonly retention: Retention;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Another one in each process. */
  readonly epoch: string;
}

export function memoryLog({ lanes: count, retention, clock, epoch }: MemoryLogParts): EventLog {
  const lanes: readonly Lane[] = Array.from({ length: count }, () => ({
    entries: [],
    trimmedTo: NOWHERE,
    last: NOWHERE,
    told: NOWHERE,
  }));
  /** By key, until when: in the order in which they were last remembered. */
  const seen = new Map<string, number>();
  const ears = new Set<Ear>();
  const untold: Entry[] = [];
  let isTelling = false;

  function trim(lane: Lane): void {
    const oldest = clock() - retention.ageMs;
    let gone = Math.max(0, lane.entries.length - retention.length);
    while (msOf(lane.entries[gone]) < oldest) gone += 1;
    const last = lane.entries.splice(0, gone).at(-1);
    if (last) lane.trimmedTo = last.mark.id;
  }

  /** What an ear appends while it is told comes after what is being told, to every ear. */
  function tell(entries: readonly (Entry | null)[]): void {
    untold.push(...entries.filter((entry) => entry !== null));
    if (isTelling) return;
    isTelling = true;
    try {
      for (let entry = untold.shift(); entry; entry = untold.shift()) {
        for (const ear of ears) ear.entry(entry);
        const lane = lanes[entry.lane];
        if (lane) lane.told = entry.mark.id;
      }
    } finally {
      isTelling = false;
    }
  }

  function forget(): void {
    const now = clock();
    for (const [key, until] of seen) {
      if (until > now) return;
      seen.delete(key);
    }
  }

  return {
    lanes: count,
    laneOf: (conversation) => laneOf(conversation, count),

    append(asked) {
      forget();
      const until = clock() + retention.ageMs;
      const appended = asked.map(({ event, once, lane: to }): Entry | null => {
        const number = to ?? laneOf(event.conversation, count);
        const lane = lanes[number];
        if (!lane || seen.has(once[0])) return null;
        for (const key of once) {
          seen.delete(key);
          seen.set(key, until);
        }
        lane.last = idAfter(lane.last, clock());
        const entry = { lane: number, mark: { epoch, id: lane.last }, event };
        lane.entries.push(entry);
        trim(lane);
        return entry;
      });
      tell(appended);
      return Promise.resolve(success(appended));
    },

    read(number, after, most) {
      const lane = lanes[number];
      const nothing: Slice = { entries: [], next: after, atEnd: true, lost: null };
      if (!lane) return Promise.resolve(success(nothing));
      trim(lane);
      const lost: GapReason | null =
        after.epoch !== epoch
          ? 'RESET'
          : compareIds(after.id, lane.trimmedTo) < 0
            ? 'TRIMMED'
            : null;
      const from = lost === 'RESET' ? NOWHERE : after.id;
      const rest = lane.entries.filter(({ mark }) => compareIds(mark.id, from) > 0);
      const entries = rest.slice(0, most);
      const next = entries.at(-1)?.mark ?? { epoch, id: lost === null ? after.id : lane.last };
      return Promise.resolve(success({ entries, next, atEnd: rest.length <= most, lost }));
    },

    readBack(number, most) {
      const lane = lanes[number];
      if (lane) trim(lane);
      return Promise.resolve(success(lane?.entries.slice(-most).toReversed() ?? []));
    },

    ends: () => Promise.resolve(success(lanes.map(({ last }): Mark => ({ epoch, id: last })))),

    listen(ear) {
      // The same ear may listen twice, and each of its places is its own.
      const own: Ear = {
        entry: (entry) => ear.entry(entry),
        lost: (lane, why, place) => ear.lost(lane, why, place),
      };
      ears.add(own);
      return () => void ears.delete(own);
    },

    heard: () => lanes.map(({ told }): Mark => ({ epoch, id: told })),

    close() {
      ears.clear();
      return Promise.resolve();
    },
  };
}

const NOWHERE = '0-0';

function msOf(entry: Entry | undefined): number {
  return entry ? Number(entry.mark.id.split('-')[0]) : Number.POSITIVE_INFINITY;
}

/** Never behind the last, whatever the clock says. */
function idAfter(last: string, nowMs: number): string {
  const [ms = 0, number = 0] = last.split('-').map(Number);
  return nowMs > ms ? `${nowMs}-0` : `${ms}-${number + 1}`;
}
