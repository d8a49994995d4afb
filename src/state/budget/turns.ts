// Who waits in this process for a turn at an account: the urgent first, then whoever came first. However many wait, the
// count is asked by one at a time, for all of them.

import type { Left, Patience, Permit, Said, Turn, Urgency } from './budget.ts';
import { type Asks, FIRST_REST_MS, type Known, PEEK_MS, type Settled, type Told } from './rules.ts';

/** Never fails. */
export interface Count {
  exchange(asks: Asks, settled: readonly Settled[]): Told | Promise<Told>;
}

/** Time that only ever goes on, whatever the clock on the wall is set to. */
export interface Timer {
  /** Milliseconds, from anywhere. */
  now(): number;
  /** What it returns calls it off. */
  after(ms: number, run: () => void): () => void;
}

export interface Turns {
  take(urgency: Urgency, within: Patience): Promise<Turn>;
  left(): Left;
  /** Whoever waits is sent away. */
  close(): void;
}

export interface TurnsParts {
  readonly count: Count;
  /** Of the service; null where that is not known. */
  readonly windowMs: number | null;
  readonly timer: Timer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

interface Waiter {
  /** Later a turn would be of no use. Milliseconds since the epoch. */
  readonly untilMs: number;
  /** How long it will be until its turn, as far as is known. */
  turnMs: number;
  readonly end: (turn: Turn) => void;
}

/** Permits that are out at once: so few that the first answers of a service that was not asked before are heard in time. */
const MOST_OUT = 16;

/** Whose patience ends so soon after its turn could not be answered any more. */
const LEAST_USE_MS = 400;

/** What came of a call may be told with that of the next ones, where nobody waits for it. */
const TELL_WITHIN_MS = 25;

const NOTHING: Known = {
  limit: null,
  remaining: null,
  resetsInMs: null,
  restsInMs: 0,
  isCareful: false,
};

const LINE: Readonly<Record<Urgency, 0 | 1 | 2>> = { write: 0, read: 1, watch: 2 };

export function openTurns({ count, windowMs, timer, clock }: TurnsParts): Turns {
  const lines: readonly [Set<Waiter>, Set<Waiter>, Set<Waiter>] = [new Set(), new Set(), new Set()];
  let settled: Settled[] = [];
  let out = 0;
  let isAsking = false;
  /** Whether somebody came, or something happened, that was not told to the count yet. */
  let isNews = false;
  let isClosed = false;
  let callOff: () => void = () => undefined;
  let known: Known = NOTHING;
  let knownAt = timer.now();

  const isAnybody = () => lines.some(({ size }) => size > 0);
  const restsForMs = () => Math.max(0, knownAt + known.restsInMs - timer.now());

  async function ask(): Promise<void> {
    if (isAsking || isClosed) return;
    isAsking = true;
    callOff();
    let waitMs: number;
    do {
      isNews = false;
      const room = MOST_OUT - out;
      waitMs = Number.POSITIVE_INFINITY;
      // The next that is answered makes room, and tells.
      if (room <= 0 && settled.length === 0) break;
      const said = settled;
      settled = [];
      const [writes, reads, looks] = lines;
      const told = await count.exchange(firstOf([writes.size, reads.size, looks.size], room), said);
      known = told.known;
      knownAt = timer.now();
      handOut(told);
      waitMs = sendAway(told);
    } while (isNews);
    isAsking = false;
    // What came meanwhile, and that nobody waited for.
    if (settled.length > 0) waitMs = Math.min(waitMs, TELL_WITHIN_MS);
    if (Number.isFinite(waitMs)) askAfter(waitMs);
  }

  function askAfter(ms: number): void {
    callOff();
    callOff = timer.after(ms, () => void ask());
  }

  function handOut({ granted, permits }: Told): void {
    let next = 0;
    for (const at of [0, 1, 2] as const) {
      for (let some = granted[at]; some > 0; some -= 1) {
        const permit = permits[next];
        next += 1;
        if (!permit) continue;
        const [waiter] = lines[at];
        if (waiter) {
          lines[at].delete(waiter);
          out += 1;
          waiter.end({ kind: 'granted', permit: permitOf(permit) });
        } else {
          // Who asked for it has gone meanwhile.
          tell({ ...permit, came: 'unused', said: {} }, 'at once');
        }
      }
    }
  }

  /** Those whose turn comes too late for them. How long it is until that of the first of the others. */
  function sendAway({ waitMs, short, frees }: Told): number {
    let ahead = 0;
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const at of [0, 1, 2] as const) {
      for (const waiter of lines[at]) {
        waiter.turnMs = Math.max(waitMs, short[at] > 0 ? freeAt(frees, short[at] + ahead - 1) : 0);
        const patienceMs = waiter.untilMs - clock();
        if (waiter.turnMs >= patienceMs) {
          lines[at].delete(waiter);
          waiter.end({ kind: 'spent', retryAtMs: clock() + waiter.turnMs });
        } else {
          ahead += 1;
          soonestMs = Math.min(soonestMs, waiter.turnMs || PEEK_MS, patienceMs);
        }
      }
    }
    return soonestMs;
  }

  /** When that many more have left the window: what goes then leaves it a window later. */
  function freeAt(frees: readonly number[], index: number): number {
    const free = frees[index % Math.max(1, frees.length)] ?? 0;
    return free + Math.floor(index / Math.max(1, frees.length)) * (windowMs ?? 0);
  }

  function permitOf({ key, doneBefore }: Told['permits'][number]): Permit {
    let isOpen = true;
    return {
      answered(said: Said | undefined) {
        if (!isOpen) return;
        isOpen = false;
        out -= 1;
        const answer = said?.refused ? 'refused' : 'good';
        const came = said === undefined ? 'lost' : answer;
        if (said?.refused) restAtOnce(said.resetsInMs);
        const when = came === 'refused' || isAnybody() ? 'at once' : 'soon';
        tell({ key, doneBefore, came, said: said ?? {} }, when);
      },
    };
  }

  /** Before anybody else here asks, and until the count says how long it is in truth. */
  function restAtOnce(ms: number = windowMs ?? FIRST_REST_MS): void {
    known = { ...known, restsInMs: Math.max(ms, restsForMs()) };
    knownAt = timer.now();
  }

  function tell(one: Settled, when: 'at once' | 'soon'): void {
    settled.push(one);
    if (when === 'at once') {
      isNews = true;
      void ask();
    } else if (settled.length === 1 && !isAsking) {
      askAfter(TELL_WITHIN_MS);
    }
  }

  return {
    take(urgency, { signal, untilMs }) {
      const line = lines[LINE[urgency]];
      return new Promise((resolve) => {
        const leave = () => {
          line.delete(waiter);
          waiter.end({ kind: 'spent', retryAtMs: clock() + Math.max(waiter.turnMs, restsForMs()) });
        };
        const waiter: Waiter = {
          untilMs: (untilMs ?? Number.POSITIVE_INFINITY) - LEAST_USE_MS,
          turnMs: 0,
          end(turn) {
            signal.removeEventListener('abort', leave);
            resolve(turn);
          },
        };
        if (signal.aborted || isClosed) {
          leave();
          return;
        }
        const restMs = restsForMs();
        if (restMs > 0 && clock() + restMs > waiter.untilMs) {
          leave();
          return;
        }
        signal.addEventListener('abort', leave, { once: true });
        line.add(waiter);
        // While nobody asks there is nothing to ask the count.
        if (restMs > 0 && !isAsking) {
          askAfter(restMs);
          return;
        }
        isNews = true;
        void ask();
      });
    },

    left() {
      const passedMs = timer.now() - knownAt;
      const { limit, remaining, resetsInMs, restsInMs } = known;
      const dateIn = (ms: number | null) =>
        ms !== null && ms > passedMs ? new Date(clock() + ms - passedMs) : null;
      // There is more again by now, and nobody said how much.
      const isOver = resetsInMs !== null && resetsInMs <= passedMs;
      return {
        limit,
        remaining: isOver ? null : remaining,
        resetsAt: dateIn(resetsInMs),
        restsUntil: dateIn(restsInMs),
      };
    },

    close() {
      isClosed = true;
      callOff();
      for (const line of lines) {
        for (const waiter of line) waiter.end({ kind: 'spent', retryAtMs: clock() });
        line.clear();
      }
    },
  };
}

/** So many of all, the urgent before the others. */
function firstOf([writes, reads, looks]: Asks, most: number): Asks {
  const first = Math.min(writes, most);
  const second = Math.min(reads, most - first);
  return [first, second, Math.min(looks, most - first - second)];
}
