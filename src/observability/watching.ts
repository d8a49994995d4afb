// All that a part may tell an operator by: lines, numbers, spans.

import type { Log } from './log.ts';
import { type Meter, NO_METER } from './meter.ts';
import { NO_TRACER, type Tracer } from './tracer.ts';

export interface Watching {
  readonly log: Log;
  readonly meter: Meter;
  readonly tracer: Tracer;
}

/** Lines only: of what runs for a moment. */
export function onlyLines(log: Log): Watching {
  return { log, meter: NO_METER, tracer: NO_TRACER };
}
