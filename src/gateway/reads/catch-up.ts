// An operation that names an event is answered no older than that: once this gateway has heard of it, or past what was kept.

import { invalid, type Outcome, success } from '../../domain/failure.ts';
import type { Operation } from '../dispatch.ts';
import type { EventCursors } from '../live/event-cursor.ts';
import type { Freshness } from './freshness.ts';

export interface CatchUp {
  /** Fails with `invalid-input` where it is the cursor of no event. */
  check(after: string): Outcome<null>;
  /** Whether the event was heard of, soon; true where none is named. */
  heard(operation: Operation): Promise<boolean>;
}

/** Gateways hear of each other within milliseconds; asking the provider takes longer than this only where it is slow. */
const WAIT_MS = 250;

export function openCatchUp({
  cursors,
  freshness,
}: {
  readonly cursors: EventCursors;
  readonly freshness: Pick<Freshness, 'heardTo'>;
}): CatchUp {
  /** Waited for once an operation, however many it reads. */
  const waiting = new WeakMap<Operation['reads'], Promise<boolean>>();

  function heardOnce(after: string): Promise<boolean> {
    const marks = cursors.openAny(after);
    return marks === 'forged' ? Promise.resolve(false) : freshness.heardTo(marks, WAIT_MS);
  }

  return {
    check(after) {
      const message =
        'is not the cursor of an event of this gateway: give one as it was told, or leave the header out.';
      return cursors.openAny(after) === 'forged'
        ? invalid('Parlance-After', message)
        : success(null);
    },
    heard({ after, reads }) {
      if (after === undefined) return Promise.resolve(true);
      const known = waiting.get(reads) ?? heardOnce(after);
      waiting.set(reads, known);
      return known;
    },
  };
}
