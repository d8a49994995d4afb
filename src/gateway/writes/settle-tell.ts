// Tells what became of a write that was in doubt, once, however many gateways come to know of it.

import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Log } from '../../observability/log.ts';
import type { Append, EventLog } from '../../state/events/log.ts';
import type { Doubt } from '../../state/idempotency/ledger.ts';

export interface Tell {
  /** The message it became; null where it was not sent. */
  settled(doubt: Doubt, conversation: ConversationRef, message: Message | null): Promise<void>;
  /** What could not be told, because the log was out of reach. */
  owed(): Promise<void>;
}

export function openTell({
  events,
  clock,
  log,
}: {
  readonly events: EventLog;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}): Tell {
  let untold: Append[] = [];

  async function tell(appends: readonly Append[]): Promise<void> {
    if (appends.length === 0) return;
    const appended = await events.append(appends);
    if (!appended.ok) untold.push(...appends);
  }

  return {
    async settled({ key: { caller, mutation, key }, claimedAtMs }, conversation, message) {
      const delivery = message ? 'SENT' : 'NOT_SENT';
      log.info({ conversation, delivery }, 'it is known what became of a message');
      await tell([
        {
          event: {
            conversation,
            at: new Date(clock()),
            tags: null,
            fact: { kind: 'DELIVERY_SETTLED', idempotencyKey: key, caller, delivery, message },
          },
          once: [JSON.stringify(['settled', caller, mutation, key, claimedAtMs])],
        },
      ]);
    },
    async owed() {
      const owed = untold;
      untold = [];
      await tell(owed);
    },
  };
}
