// The cursor of a page: what a walk remembers of each of its lanes.

import { openSeal } from '../seal.ts';
import type { LaneState } from './lane.ts';
import type { WalkState } from './merge.ts';

export interface CursorSeal {
  seal(walk: WalkState, question: string): string;
  /** `forged`: not written by this gateway. `other-question`: written for another filter or conversation. */
  open(cursor: string, question: string): WalkState | 'forged' | 'other-question';
}

export function cursorSeal(secret: string): CursorSeal {
  const seal = openSeal(secret, 'cursor');
  return {
    seal: (walk, question) => seal.seal(walkToWire(walk), question),
    open(cursor, question) {
      const opened = seal.open(cursor, question);
      return typeof opened === 'string' ? opened : (walkFromWire(opened.value) ?? 'forged');
    },
  };
}

function walkToWire(walk: WalkState): unknown {
  return Object.entries(walk).map(([key, { at, trail, timeMs, ids, passed, done, readMs }]) =>
    done ? [key] : [key, at, trail, timeMs, ids, passed, ...(readMs === undefined ? [] : [readMs])],
  );
}

function walkFromWire(wire: unknown): WalkState | undefined {
  if (!Array.isArray(wire)) return undefined;
  const lanes: [string, LaneState][] = [];
  for (const lane of wire) {
    if (!Array.isArray(lane)) return undefined;
    const [key, at, trail, timeMs, ids, passed, readMs]: unknown[] = lane;
    if (typeof key !== 'string') return undefined;
    lanes.push([
      key,
      {
        at: typeof at === 'string' ? at : null,
        trail: strings(trail),
        timeMs: typeof timeMs === 'number' ? timeMs : null,
        ids: strings(ids),
        passed: typeof passed === 'number' ? passed : 0,
        done: lane.length === 1,
        ...(typeof readMs === 'number' ? { readMs } : {}),
      },
    ]);
  }
  return Object.fromEntries(lanes);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
