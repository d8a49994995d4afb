// Leases of one process: where one gateway is enough, it holds them all.

import { type Outcome, success } from '../../domain/failure.ts';
import type { Hold, LeaseParts, Leases } from './lease.ts';

/** Names are made of questions and conversations, of which there is no end. */
const FEWEST_SWEPT = 1000;

interface Place {
  /** Of the holder; null where nobody is. */
  held: { readonly token: number; until: number } | null;
  readonly wanted: Map<string, number>;
  notes: Map<string, string>;
  notesUntil: number;
}

export function memoryLeases({
  leaseMs,
  notesMs,
  clock,
}: LeaseParts & {
  /** Milliseconds, from anywhere, and never going back. */
  readonly clock: () => number;
}): Leases {
  const places = new Map<string, Place>();
  // One count for all: a place that nothing is known of is dropped, and its next holder is still a later one.
  let tokens = 0;
  let sweepAt = FEWEST_SWEPT;

  function placeOf(name: string): Place {
    const place = places.get(name) ?? {
      held: null,
      wanted: new Map<string, number>(),
      notes: new Map<string, string>(),
      notesUntil: 0,
    };
    places.set(name, place);
    if (place.notesUntil <= clock()) place.notes = new Map();
    return place;
  }

  function holdOf(place: Place, token: number): Hold {
    const isOurs = () => place.held?.token === token && place.held.until > clock();
    return {
      token,
      renew() {
        if (!isOurs()) return answer(false);
        place.held = { token, until: clock() + leaseMs };
        return answer(true);
      },
      recall: () => answer(new Map(place.notes)),
      note(notes) {
        if (!isOurs()) return answer(false);
        for (const [key, value] of notes) {
          if (value === null) place.notes.delete(key);
          else place.notes.set(key, value);
        }
        place.notesUntil = clock() + notesMs;
        return answer(true);
      },
      release() {
        if (place.held?.token === token) place.held = null;
        return Promise.resolve();
      },
    };
  }

  function sweep(): void {
    const now = clock();
    for (const [name, { held, wanted, notesUntil }] of places) {
      const isWanted = [...wanted.values()].some((until) => until > now);
      if (!isWanted && notesUntil <= now && (!held || held.until <= now)) places.delete(name);
    }
    sweepAt = Math.max(FEWEST_SWEPT, places.size * 2);
  }

  return {
    leaseMs,
    take(name) {
      if (places.size >= sweepAt) sweep();
      const place = placeOf(name);
      if (place.held && place.held.until > clock()) return answer(null);
      tokens += 1;
      place.held = { token: tokens, until: clock() + leaseMs };
      return answer(holdOf(place, tokens));
    },
    want(name, subjects, forMs) {
      const { wanted } = placeOf(name);
      const until = clock() + forMs;
      for (const subject of subjects) {
        wanted.set(subject, Math.max(until, wanted.get(subject) ?? 0));
      }
      return answer(null);
    },
    wanted(name) {
      const { wanted } = placeOf(name);
      for (const [subject, until] of wanted) if (until <= clock()) wanted.delete(subject);
      return answer([...wanted.keys()]);
    },
    close() {
      places.clear();
      return Promise.resolve();
    },
  };
}

function answer<T>(value: T): Promise<Outcome<T>> {
  return Promise.resolve(success(value));
}
