// The cursor of an event: how far each lane of the log has been told.

import type { Mark } from '../../state/events/log.ts';
import { openSeal } from '../seal.ts';

export interface EventCursors {
  seal(marks: ReadonlyMap<number, Mark>, question: string): string;
  /** `forged`: not written by this gateway. `other-question`: of another subscription. */
  open(cursor: string, question: string): ReadonlyMap<number, Mark> | 'forged' | 'other-question';
  /** Of whatever subscription. */
  openAny(cursor: string): ReadonlyMap<number, Mark> | 'forged';
}

export function eventCursors(secret: string): EventCursors {
  const seal = openSeal(secret, 'event cursor');
  return {
    seal(marks, question) {
      // Most lanes are of one epoch: said once, the cursor stays short.
      const epochs = [...new Set([...marks.values()].map(({ epoch }) => epoch))];
      const places = [...marks].map(([lane, { epoch, id }]) => [lane, epochs.indexOf(epoch), id]);
      return seal.seal([epochs, places], question);
    },
    open(cursor, question) {
      const opened = seal.open(cursor, question);
      return typeof opened === 'string' ? opened : (marksOf(opened.value) ?? 'forged');
    },
    openAny(cursor) {
      const opened = seal.openAny(cursor);
      return opened === 'forged' ? opened : (marksOf(opened.value) ?? 'forged');
    },
  };
}

function marksOf(value: unknown): ReadonlyMap<number, Mark> | undefined {
  if (!Array.isArray(value)) return undefined;
  const [epochs, places]: unknown[] = value;
  if (!Array.isArray(epochs) || !Array.isArray(places)) return undefined;
  const marks = new Map<number, Mark>();
  for (const one of places) {
    if (!Array.isArray(one)) return undefined;
    const [lane, at, id]: unknown[] = one;
    const epoch: unknown = typeof at === 'number' ? epochs[at] : undefined;
    if (typeof lane !== 'number' || typeof epoch !== 'string' || typeof id !== 'string') {
      return undefined;
    }
    marks.set(lane, { epoch, id });
  }
  return marks;
}
