// What is needed to hold the event log to its laws: events to append, an ear that can be waited for, and logs to try.

import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { ConversationEvent } from '../../src/domain/event.ts';
import type { Outcome } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Append, Entry, EventLog, Mark } from '../../src/state/events/log.ts';

export interface Hearing {
  /** What was heard, as `conversation/text`, and losses as `lost in <lane>: <reason>`. */
  readonly heard: readonly string[];
  /** Resolves when so many things have been heard. */
  count(atLeast: number): Promise<readonly string[]>;
  /** Resolves once this was heard: all that was heard by then. */
  until(what: string): Promise<readonly string[]>;
  stop(): void;
}

/** An event that says nothing but its text. */
export function saying(conversation: string, text: string, ...more: string[]): Append {
  const event: ConversationEvent = {
    conversation: { provider: providerName('website'), nativeId: conversation },
    at: new Date(0),
    tags: null,
    fact: { kind: 'REPLY_DELTA', replyId: 'r', index: 0, text },
  };
  return { event, once: [`${conversation}/${text}`, ...more] };
}

export function textOf({ event: { conversation, fact } }: Entry): string {
  return `${conversation.nativeId}/${fact.kind === 'REPLY_DELTA' ? fact.text : fact.kind}`;
}

export function hearingOf(log: EventLog): Hearing {
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  const note = (what: string) => {
    heard.push(what);
    for (const wake of waiting) wake();
  };
  const stop = log.listen({
    entry: (entry) => note(textOf(entry)),
    lost: (lane, reason) => note(`lost in ${lane}: ${reason}`),
  });
  onTestFinished(stop);

  function once(isEnough: () => boolean): Promise<readonly string[]> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isEnough()) return;
        waiting.delete(look);
        resolve([...heard]);
      };
      waiting.add(look);
      look();
    });
  }

  return {
    heard,
    stop,
    count: (atLeast) => once(() => heard.length >= atLeast),
    until: (what) => once(() => heard.includes(what)),
  };
}

/** Everything from a mark on, in as many reads as it takes. */
export async function everythingAfter(log: EventLog, lane: number, from: Mark, most = 100) {
  const texts: string[] = [];
  let lost: string | null = null;
  let mark = from;
  for (;;) {
    const slice = valueOf(await log.read(lane, mark, most));
    texts.push(...slice.entries.map(textOf));
    lost ??= slice.lost;
    mark = slice.next;
    if (slice.atEnd) return { texts, lost, mark };
  }
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`Expected a value, had ${JSON.stringify(outcome.failure)}`);
}

/** A conversation in this very lane. */
export function conversationIn(log: EventLog, lane: number): string {
  for (;;) {
    const nativeId = randomUUID();
    if (log.laneOf({ provider: providerName('website'), nativeId }) === lane) return nativeId;
  }
}
