// Leases of one process: where one gateway is enough, it holds them all.

import { type Outcome, success } from '../../domain/failure.ts';
import type { Hold, LeaseParts, Leases } from './lease.ts';

interface Place {
  token: number;
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

  function placeOf(name: string): Place {
    const place = places.get(name) ?? {
      token: 0,
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

  return {
    leaseMs,
    take(name) {
      const place = placeOf(name);
      if (place.held && place.held.until > clock()) return answer(null);
      place.token += 1;
      place.held = { token: place.token, until: clock() + leaseMs };
      return answer(holdOf(place, place.token));
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
