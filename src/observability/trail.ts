// What is going on right now, carried along with whatever it sets off: so that every line of the log tells which request it is
// of, and every span its parent, without anybody having to hand it on.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from './tracer.ts';

export interface Trail {
  /** Of a request, or of a WebSocket. */
  readonly requestId: string;
  /** As the client named it, of one of many on a socket. */
  readonly operationId?: string;
  /** Who asks, once that is known. */
  readonly callerId?: string;
  /** Why whoever asks was not let in: what they were told, in which nothing of theirs is. */
  readonly refused?: string;
  readonly span: Span;
}

const trails = new AsyncLocalStorage<{ trail: Trail }>();

/** Undefined where nobody asked: what a gateway does by itself. */
export function trailNow(): Trail | undefined {
  return trails.getStore()?.trail;
}

/** On a trail of its own, from here on and in all that comes of it. What is noted of it meanwhile is handed in. */
export function along<T>(trail: Trail, run: (now: () => Trail) => T): T {
  const store = { trail };
  return trails.run(store, run, () => store.trail);
}

/** On what branches off the one there is; without one, as it is. */
export function aside<T>(more: Partial<Trail>, run: () => T): T {
  const trail = trailNow();
  return trail ? along({ ...trail, ...more }, run) : run();
}

/** More is known of what is going on, also for those who began before. */
export function noted(more: Partial<Pick<Trail, 'callerId' | 'refused'>>): void {
  const store = trails.getStore();
  if (store) store.trail = { ...store.trail, ...more };
}
