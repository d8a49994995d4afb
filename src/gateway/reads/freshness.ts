// What of all that was kept may still be shown: nothing that was asked for before the last known change of what it tells
// about. The log is the clock: every change goes through it, and all gateways hear it in one order, lane by lane.

import type { Part } from '../../domain/event.ts';
import { compareIds, type Entry, type EventLog, type Mark } from '../../state/events/log.ts';
import { openBell, realTimer, type Timer } from '../pace.ts';
import { openDebts } from './debts.ts';
import { ofAccount, type Touch, touchOf } from './touches.ts';

export interface Freshness {
  /** How far the log was heard by now: what is asked of a provider from here on is kept under it. Null while it is not heard. */
  asOf(): string | null;
  /** Whether nothing is known to have touched it since. Never while the log is not heard, or a write of it is not told yet. */
  holds(about: Touch, asOf: string): boolean;
  /** A moment of this process, to be compared with what it has heard since. */
  moment(): number;
  /** Whether nothing was heard to touch it, nor done to it here, since that moment. */
  untouchedSince(about: Touch, moment: number): boolean;
  /** From now on nothing kept of it holds, until the touch is in the log. */
  touching(touch: Touch): Touching;
  /** An entry met on another road than the ear. */
  note(entry: Entry): void;
  /** Whether the log was heard that far, within so many milliseconds. */
  heardTo(marks: ReadonlyMap<number, Mark>, withinMs: number): Promise<boolean>;
  /** The log, by which all is to be appended: what comes of it is known here at once. */
  readonly log: EventLog;
  close(): void;
}

export interface Touching {
  /** Whether it is in the log. Where it is not it is owed, and appended once the log can be reached. */
  settle(told: boolean): void;
}

export interface FreshnessParts {
  readonly events: EventLog;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly timer?: Timer;
  /** Nothing that was kept lives longer, in milliseconds. */
  readonly longestMs: number;
  /** How many things that were touched are remembered; absent, `MOST_REMEMBERED`. */
  readonly most?: number;
}

/** What was touched before any of them is not believed any longer. */
const MOST_REMEMBERED = 50_000;

/** A heard log says so by its entries; what it heard without one is found by looking. */
const LOOK_EVERY_MS = 10;

interface Known {
  /** The last of each lane. */
  readonly marks: Map<number, Mark>;
  readonly moment: number;
  readonly noted: number;
}

/** Its ear is to be the first of all: who hears of a change after it reads nothing of before. */
export function openFreshness(parts: FreshnessParts): Freshness {
  const { events, clock, timer = realTimer, longestMs, most = MOST_REMEMBERED } = parts;
  /** By what was touched, those of long ago first. */
  const known = new Map<string, Known>();
  /** What was touched here and is not in the log yet, and how often. */
  const pending = new Map<string, number>();
  /** Nothing asked for before this place of a lane is believed: what touched it before that was not heard. */
  const floors = new Map<number, Mark>();
  /** Of each lane, epochs that are over. */
  const over = new Set<string>();
  const bell = openBell(timer);
  let now = 0;
  let lastLoss = 0;
  const read = asOfReader();
  const debts = openDebts({ events, clock, timer, note });

  const stopHearing = events.listen({
    entry(entry) {
      note(entry);
      bell.ring();
    },
    lost(lane, _reason, place) {
      lastLoss = ++now;
      setFloor(lane, place);
      bell.ring();
    },
    foreign(lane, mark) {
      lastLoss = ++now;
      setFloor(lane, mark);
      bell.ring();
    },
  });

  function setFloor(lane: number, place: Mark): void {
    const before = floors.get(lane);
    if (before && before.epoch !== place.epoch) over.add(`${lane} ${before.epoch}`);
    over.delete(`${lane} ${place.epoch}`);
    floors.set(lane, place);
  }

  function isOver(lane: number, { epoch }: Mark): boolean {
    return over.has(`${lane} ${epoch}`);
  }

  /** Null while the log is not heard. */
  function heard(): readonly Mark[] | null {
    const marks = events.heard();
    for (const [lane, mark] of marks?.entries() ?? []) {
      // What came before this gateway listened, nobody has told it.
      if (floors.get(lane)?.epoch !== mark.epoch) setFloor(lane, mark);
    }
    return marks;
  }

  function note({ lane, mark, event }: Entry): void {
    const touch = touchOf(event);
    if (touch) for (const key of keysOf(touch)) noteKey(key, lane, mark);
  }

  function noteKey(key: string, lane: number, mark: Mark): void {
    const before = known.get(key)?.marks ?? new Map<number, Mark>();
    const last = before.get(lane);
    // Met again on another road.
    if (last?.epoch === mark.epoch && compareIds(last.id, mark.id) >= 0) return;
    // Nor does what comes late of before a loss take the place of what came after it.
    if (last && last.epoch !== mark.epoch && isOver(lane, mark)) return;
    remember(key, before.set(lane, mark));
  }

  function remember(key: string, marks: Map<number, Mark>): void {
    known.delete(key);
    known.set(key, { marks, moment: ++now, noted: clock() });
    const oldest = clock() - longestMs;
    for (const [one, { marks: let_go, noted }] of known) {
      if (known.size <= most && noted > oldest) return;
      known.delete(one);
      if (noted <= oldest) continue;
      lastLoss = now;
      for (const [lane, mark] of let_go) raiseFloor(lane, mark);
    }
  }

  function raiseFloor(lane: number, mark: Mark): void {
    const floor = floors.get(lane);
    if (floor?.epoch === mark.epoch && compareIds(floor.id, mark.id) < 0) floors.set(lane, mark);
  }

  function isAfter(mark: Mark | undefined, place: Mark | undefined): boolean {
    return (
      mark !== undefined &&
      place !== undefined &&
      mark.epoch === place.epoch &&
      compareIds(mark.id, place.id) >= 0
    );
  }

  /** The lanes in which all that touches it is told, its whole account included. */
  function lanesOf({ conversation, parts: about }: Touch): readonly number[] {
    const isOfOne = about.every((part) => part !== 'lists' && part !== 'account');
    const account = ofAccount(conversation.provider, []);
    return isOfOne
      ? [events.laneOf(conversation), events.laneOf(account.conversation)]
      : Array.from({ length: events.lanes }, (_, lane) => lane);
  }

  function owe(touch: Touch, keys: readonly string[]): void {
    debts.owe(touch, () => release(keys));
  }

  function release(keys: readonly string[]): void {
    for (const key of keys) {
      const left = (pending.get(key) ?? 0) - 1;
      if (left > 0) pending.set(key, left);
      else pending.delete(key);
    }
  }

  return {
    asOf() {
      const marks = heard();
      return marks && asOfText(marks);
    },

    holds(about, asOf) {
      const marks = heard() && read(asOf);
      if (!marks) return false;
      const keys = keysAbout(about);
      if (keys.some((key) => pending.has(key))) return false;
      if (!lanesOf(about).every((lane) => isAfter(marks[lane], floors.get(lane)))) return false;
      return keys.every((key) =>
        [...(known.get(key)?.marks ?? [])].every(
          ([lane, mark]) =>
            isAfter(marks[lane], mark) ||
            // Whatever was asked for after a loss was asked for after all that came before it.
            (isOver(lane, mark) && isAfter(marks[lane], floors.get(lane))),
        ),
      );
    },

    moment: () => now,

    untouchedSince: (about, moment) =>
      lastLoss <= moment &&
      keysAbout(about).every((key) => (known.get(key)?.moment ?? 0) <= moment),

    touching(touch) {
      const keys = keysOf(touch);
      for (const key of keys) {
        pending.set(key, (pending.get(key) ?? 0) + 1);
        remember(key, known.get(key)?.marks ?? new Map<number, Mark>());
      }
      return {
        settle(told) {
          if (told) release(keys);
          else owe(touch, keys);
        },
      };
    },

    note,

    async heardTo(marks, withinMs) {
      const gone = new AbortController().signal;
      const until = timer.now() + withinMs;
      for (;;) {
        const { rings } = bell;
        const told = heard();
        const isHeard = [...marks].every(
          ([lane, mark]) => isAfter(told?.[lane], mark) || (told !== null && isOver(lane, mark)),
        );
        if (isHeard) return true;
        const leftMs = until - timer.now();
        if (leftMs <= 0) return false;
        await bell.wait(Math.min(LOOK_EVERY_MS, leftMs), gone, rings);
      }
    },

    log: {
      ...events,
      async append(asked) {
        const appended = await events.append(asked);
        for (const entry of appended.ok ? appended.value : []) if (entry) note(entry);
        return appended;
      },
    },

    close() {
      stopHearing();
      debts.close();
      bell.ring();
    },
  };
}

function keysOf({ conversation, parts }: Touch): string[] {
  return parts.map((part) => keyOf(part, conversation));
}

/** And of what would touch it with all the rest of its account. */
function keysAbout(about: Touch): string[] {
  return [...keysOf(about), keyOf('account', about.conversation)];
}

function keyOf(part: Part, { provider, nativeId }: Touch['conversation']): string {
  return part === 'lists' || part === 'account'
    ? `${part} ${provider}`
    : `${part} ${provider}/${nativeId}`;
}

/** Most lanes are of one epoch: said once, it stays short. */
function asOfText(marks: readonly Mark[]): string {
  const epochs = [...new Set(marks.map(({ epoch }) => epoch))];
  return JSON.stringify([epochs, marks.map(({ epoch, id }) => [epochs.indexOf(epoch), id])]);
}

const MOST_READ = 1000;

/** What was kept at one time is kept under one text, which is read once. */
function asOfReader(): (text: string) => readonly Mark[] | undefined {
  const had = new Map<string, readonly Mark[] | undefined>();
  return (text) => {
    if (had.has(text)) return had.get(text);
    if (had.size >= MOST_READ) had.clear();
    const marks = marksIn(text);
    had.set(text, marks);
    return marks;
  };
}

function marksIn(text: string): readonly Mark[] | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(said)) return undefined;
  const [epochs, places]: unknown[] = said;
  if (!Array.isArray(epochs) || !Array.isArray(places)) return undefined;
  return places.flatMap((place): Mark[] => {
    if (!Array.isArray(place)) return [];
    const [at, id]: unknown[] = place;
    const epoch: unknown = typeof at === 'number' ? epochs[at] : undefined;
    return typeof epoch === 'string' && typeof id === 'string' ? [{ epoch, id }] : [];
  });
}
