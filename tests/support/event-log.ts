// An event log in memory, for a gateway that is not asked about its events. It holds nothing that would have to be closed.
// And all that any log has to tell.

import { randomUUID } from 'node:crypto';
import type { ConversationEvent, Logged, Missed, Touched } from '../../src/domain/event.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';

export function anEventLog(clock: () => number = Date.now): EventLog {
  const retention = { ageMs: 3_600_000, length: 1000 };
  return memoryLog({ lanes: 2, retention, clock, epoch: randomUUID() });
}

/** Everything that a log has for listeners, lane by lane. */
export async function appendedTo(log: EventLog): Promise<(ConversationEvent | Missed)[]> {
  const ends = await log.ends();
  if (!ends.ok) throw new Error(`no log: ${JSON.stringify(ends.failure)}`);
  const slices = await Promise.all(
    ends.value.map(({ epoch }, lane) => log.read(lane, { epoch, id: '0-0' }, 10_000)),
  );
  return slices
    .flatMap((slice) => (slice.ok ? slice.value.entries : []))
    .flatMap(({ event }) => (isTouched(event) ? [] : [event]));
}

function isTouched(event: Logged): event is Touched {
  return event.fact.kind === 'TOUCHED';
}
