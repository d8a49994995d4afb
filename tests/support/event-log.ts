// An event log in memory, for a gateway that is not asked about its events.

import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { EventLog } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';

export function anEventLog(clock: () => number = Date.now): EventLog {
  const retention = { ageMs: 3_600_000, length: 1000 };
  const log = memoryLog({ lanes: 2, retention, clock, epoch: randomUUID() });
  onTestFinished(() => log.close());
  return log;
}
