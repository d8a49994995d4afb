// The event log, and how much this gateway was the first to put into it.

import type { Meter } from '../../observability/meter.ts';
import type { EventLog } from '../../state/events/log.ts';

export function countedLog(log: EventLog, meter: Meter): EventLog {
  return {
    ...log,
    async append(asked) {
      const appended = await log.append(asked);
      if (!appended.ok) return appended;
      for (const entry of appended.value) {
        if (!entry) continue;
        const { conversation, fact } = entry.event;
        // What only gateways tell each other is no event.
        if (fact.kind === 'TOUCHED' || fact.kind === 'MISSED') continue;
        const { provider } = conversation;
        meter.count('parlance_events_appended_total', { provider, kind: fact.kind });
      }
      return appended;
    },
  };
}
