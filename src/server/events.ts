// Each event of a subscription is an execution of its own: nothing that was read for one is shown for another, and what it
// costs is paid by whoever listens.

import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import { countdown } from '../gateway/deadline.ts';
import { pause } from '../gateway/waiting.ts';
import { inBounds } from './bounds/answers.ts';
import { priceOf } from './bounds/price.ts';
import type { Shares } from './bounds/shares.ts';
import type { Came } from './graphql.ts';

type Listening = Context & Pick<Came, 'payer'>;

/** `clock`: milliseconds since the epoch. */
export function executedEachByItself(shares: Shares, clock: () => number): Plugin<Listening> {
  return {
    onSubscribe({ args: { contextValue }, setSubscribeFn }) {
      setSubscribeFn((asked: ExecutionArgs) => subscribe(asked, contextValue, { shares, clock }));
    },
  };
}

async function subscribe(
  asked: ExecutionArgs,
  context: Listening,
  { shares, clock }: { readonly shares: Shares; readonly clock: () => number },
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const { caller, gateway, operation, payer } = context;
  const { signal } = operation;
  const giveBack = shares.subscriptions.take(payer);
  if (!giveBack) return { errors: [tooMany(shares.subscriptions.most)] };
  const source = await createSourceEventStream(asked).catch((error: unknown) => {
    giveBack();
    throw error;
  });
  if (!(Symbol.asyncIterator in source)) {
    giveBack();
    return source;
  }
  const events: AsyncIterator<unknown, unknown> = source[Symbol.asyncIterator]();
  // An event was not asked for, so the one point that is the least anything costs is not paid for it.
  const price = priceOf({ ...asked, contextValue: context }) - 1;

  /** Later events wait behind it, as many as may wait for a listener; beyond that it is told of a gap. */
  async function paid(): Promise<void> {
    if (price === 0) return;
    while (!signal.aborted) {
      const spent = await shares.spend(payer, price);
      if (spent.ok) return;
      await pause(Math.max(1, spent.retryAt.getTime() - clock()), signal);
    }
  }

  async function executed(event: unknown): Promise<ExecutionResult> {
    // A subscription lasts: what is derived from its own signal for every event would pile up there.
    const left = new AbortController();
    const leave = () => left.abort();
    signal.addEventListener('abort', leave, { once: true });
    const contextValue: Context = {
      caller,
      gateway,
      operation: {
        signal: left.signal,
        leftMs: countdown(gateway.operationMs),
        reads: new Map(),
        caller: caller.id,
      },
    };
    try {
      return inBounds(await execute({ ...asked, rootValue: event, contextValue }));
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  // No generator: one that waits for its next event hears of its end only with that event.
  const told: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => told,
    async next() {
      // Whoever is told of a bug does not say that they have enough.
      const { done, value } = await events.next().catch((error: unknown) => {
        giveBack();
        throw error;
      });
      if (!done) await paid();
      // Nothing is read for somebody who has gone, or may not be told any more.
      const result = done || signal.aborted ? undefined : await executed(value);
      if (result) return { done: false, value: result };
      giveBack();
      if (!done) await events.return?.();
      return { done: true, value: undefined };
    },
    async return() {
      giveBack();
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
  return told;
}

function tooMany(most: number): GraphQLError {
  const message = `There are ${most} subscriptions of yours, which are the most. End one first.`;
  const extensions = { code: 'RATE_LIMITED', retryAt: null, http: { status: 429 } };
  return new GraphQLError(message, { extensions });
}
