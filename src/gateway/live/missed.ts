// That something of an account was missed, and since when.

import type { Missed } from '../../domain/event.ts';
import { mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { EventLog } from '../../state/events/log.ts';

/** Told in every lane, so that whoever listens hears of it, on whichever gateway. */
export async function tellMissed({
  provider,
  events,
  clock,
  sinceMs,
}: {
  readonly provider: ProviderName;
  readonly events: EventLog;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From when on; milliseconds since the epoch. */
  readonly sinceMs: number;
}): Promise<Outcome<null>> {
  const at = new Date(clock());
  const id = `${provider} ${sinceMs} ${at.getTime()}`;
  const event: Missed = {
    conversation: { provider, nativeId: '' },
    at,
    tags: null,
    fact: { kind: 'MISSED', id, since: new Date(sinceMs) },
  };
  const lanes = Array.from({ length: events.lanes }, (_, lane) => lane);
  const appended = await events.append(
    lanes.map((lane) => ({ event, lane, once: [`missed ${id} ${lane}`] })),
  );
  return mapOutcome(appended, () => null);
}
