// Waiting for somebody else's work, never longer than one's own deadline.

import { failed, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { unavailable } from '../http.ts';
import type { Alone } from '../provider.ts';
import { unlessAborted } from '../signals.ts';

/**
 * Work on one conversation is done one after the other: in this process in the order it was asked for, and then alone among
 * all gateways. The service's own dashboard can still write in between.
 */
export function takeTurns(provider: ProviderName, alone: Alone = byItself): Alone {
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
      return mine ? await alone(key, signal, work) : failed(unavailable(provider, OVERDUE));
    } finally {
      leave();
    }
  };
}

const byItself: Alone = (_what, _signal, work) => work(() => Promise.resolve(success(true)));

const OVERDUE = 'the deadline passed while another write to the same conversation was under way';
