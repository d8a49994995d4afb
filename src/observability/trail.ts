// What is going on right now, carried along with whatever it sets off: so that every line of the log tells which request it is
// of, and every span its parent, without anybody having to hand it on.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from './tracer.ts';

export interface Trail {
  /** Of a request, or of a WebSocket. */
  readonly requestId: string;
  /** As the client named it, of one of many on a socket. */
  readonly operationId?: string;
  readonly span: Span;
}

const trails = new AsyncLocalStorage<Trail>();

/** Undefined where nobody asked: what a gateway does by itself. */
export function trailNow(): Trail | undefined {
  return trails.getStore();
}

export function along<T>(trail: Trail, run: () => T): T {
  return trails.run(trail, run);
}

/** The same on this trail, under another span. */
export function under<T>(span: Span, run: () => T): T {
  const trail = trails.getStore();
  return trail ? trails.run({ ...trail, span }, run) : run();
}
