// An event log in memory, for a gateway that is not asked about its events. It holds nothing that would have to be closed.

import { randomUUID } from 'node:crypto';
import type { EventLog } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';

export function anEventLog(clock: () => number = Date.now): EventLog {
  const retention = { ageMs: 3_600_000, length: 1000 };
  return memoryLog({ lanes: 2, retention, clock, epoch: randomUUID() });
}
