// Channels: what is published is kept for a while and handed to whoever listens, each in their own time.

import type { Clock } from '../emulator.ts';

const HISTORY_LENGTH = 100;
const HISTORY_MS = 60 * 60_000;

export interface ChannelHub {
  publish(channel: string, message: unknown): void;
  /** Never ends by itself; the signal ends it. Listening has begun when this returns. */
  subscribe(channel: string, options: Subscription): AsyncIterable<unknown>;
  /** Whether anybody listens: what a test waits for before it publishes. */
  listeners(channel: string): number;
}

interface Subscription {
  readonly signal: AbortSignal;
  readonly historyLength?: number;
}

export function channelHub(clock: Clock): ChannelHub {
  const history = new Map<string, { at: number; message: unknown }[]>();
  const ears = new Map<string, Set<Pipe<unknown>>>();

  return {
    publish(channel, message) {
      const kept = history.get(channel) ?? [];
      history.set(channel, [...kept, { at: clock(), message }].slice(-HISTORY_LENGTH));
      for (const ear of ears.get(channel) ?? []) ear.push(message);
    },

    subscribe(channel, { signal, historyLength = 0 }) {
      const ear = pipe<unknown>();
      const kept = (history.get(channel) ?? []).filter(({ at }) => clock() - at <= HISTORY_MS);
      for (const { message } of historyLength > 0 ? kept.slice(-historyLength) : []) {
        ear.push(message);
      }
      const listening = ears.get(channel) ?? new Set();
      ears.set(channel, listening.add(ear));
      const leave = () => {
        listening.delete(ear);
        ear.end();
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      return untilLeft(ear, leave);
    },

    listeners: (channel) => ears.get(channel)?.size ?? 0,
  };
}

async function* untilLeft<T>(ear: AsyncIterable<T>, leave: () => void): AsyncIterable<T> {
  try {
    yield* ear;
  } finally {
    leave();
  }
}

/** A conversation's engine events are published here, named so within its account. */
export function monitorChannel(accountId: string, conversationId: string): string {
  return `${accountId}/conversation[${conversationId}]:monitor`;
}

export function accountChannel(accountId: string, channelId: string): string {
  return `${accountId}/channel[${channelId}]`;
}

export interface Pipe<T> extends AsyncIterable<T> {
  push(item: T): void;
  end(): void;
}

/** Pushed on one side, iterated once on the other; nothing is lost in between. */
export function pipe<T>(): Pipe<T> {
  const waiting: { item: T }[] = [];
  let ended = false;
  let wake: (() => void) | undefined;

  return {
    push(item) {
      waiting.push({ item });
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift();
        if (next) yield next.item;
        else if (ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
