// Waiting for somebody else's work, never longer than one's own deadline.

import { failed, type Outcome } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { unavailable } from '../http.ts';
import { unlessAborted } from '../signals.ts';

/** Work on one conversation is done one after the other, in the order it was asked for. */
export type InTurn = <T>(
  conversationId: string,
  signal: AbortSignal,
  work: () => Promise<Outcome<T>>,
) => Promise<Outcome<T>>;

/** Within this process only: another gateway, or the service's own dashboard, can still write in between. */
export function takeTurns(provider: ProviderName): InTurn {
  const queues = new Map<string, Promise<void>>();

  return async (conversationId, signal, work) => {
    // One uuid is the same conversation in either case.
    const key = conversationId.toLowerCase();
    const before = queues.get(key) ?? Promise.resolve();
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    // Whoever gives up waiting leaves at once, and still must not let those behind overtake the one in front.
    const queue = before.then(() => left);
    queues.set(key, queue);
    void queue.then(() => {
      if (queues.get(key) === queue) queues.delete(key);
    });
    try {
      const mine = await unlessAborted(
        before.then(() => true),
        signal,
      );
      return mine ? await work() : failed(unavailable(provider, OVERDUE));
    } finally {
      leave();
    }
  };
}

const OVERDUE = 'the deadline passed while another write to the same conversation was under way';
