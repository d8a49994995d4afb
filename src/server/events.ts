// Each event of a subscription is an execution of its own: nothing that was read for one is shown for another.

import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import { countdown } from '../gateway/deadline.ts';

export function executedEachByItself(): Plugin<Context> {
  return {
    onSubscribe({ args: { contextValue }, setSubscribeFn }) {
      setSubscribeFn((asked: ExecutionArgs) => subscribe(asked, contextValue));
    },
  };
}

async function subscribe(
  asked: ExecutionArgs,
  { caller, gateway, operation }: Context,
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const source = await createSourceEventStream(asked);
  if (!(Symbol.asyncIterator in source)) return source;
  const events: AsyncIterator<unknown, unknown> = source[Symbol.asyncIterator]();

  async function executed(event: unknown): Promise<ExecutionResult> {
    // A subscription lasts: what is derived from its own signal for every event would pile up there.
    const left = new AbortController();
    const leave = () => left.abort();
    operation.signal.addEventListener('abort', leave, { once: true });
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
      return await execute({ ...asked, rootValue: event, contextValue });
    } finally {
      operation.signal.removeEventListener('abort', leave);
    }
  }

  // No generator: one that waits for its next event hears of its end only with that event.
  const told: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => told,
    async next() {
      const { done, value } = await events.next();
      return done ? { done, value: undefined } : { done: false, value: await executed(value) };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
  return told;
}
