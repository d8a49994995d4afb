// Before an operation runs its price is paid from the share of whoever asks; and a session that ended in the meantime is
// told nothing that was read for it.

import { GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../../schema/context.ts';
import { errorOf } from '../../../schema/failure.ts';
import { OVER, secondsUntil } from '../door/refusal.ts';
import type { Came } from '../graphql.ts';
import { priceOf } from './price.ts';
import type { Shares } from './shares.ts';

type Asked = Parameters<typeof priceOf>[0] & {
  readonly contextValue: Pick<Came, 'payer' | 'ended'>;
};

/** `clock`: milliseconds since the epoch. */
export function paidBefore(shares: Shares, clock: () => number): Plugin<Context & Came> {
  async function refusalOf(asked: Asked): Promise<GraphQLError | undefined> {
    const { payer, ended } = asked.contextValue;
    const spent = await shares.spend(payer, priceOf(asked));
    if (ended?.aborted) return isOver();
    return spent.ok ? undefined : shareSpent(spent.retryAt, clock());
  }

  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const refusal = await refusalOf(args);
      if (refusal) {
        setResultAndStopExecution({ errors: [refusal] });
        return undefined;
      }
      return {
        onExecuteDone({ args: { contextValue, document, operationName }, setResult }) {
          const { operation } = getOperationAST(document, operationName) ?? {};
          // What a write did was done when it was theirs to do, and whoever is not told of it would do it again.
          const isRead = operation === OperationTypeNode.QUERY;
          if (isRead && contextValue.ended?.aborted) setResult({ errors: [isOver()] });
        },
      };
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = await refusalOf(args);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}

function shareSpent(retryAt: Date, nowMs: number): GraphQLError {
  const { message, extensions } = errorOf({ kind: 'share-spent', retryAt });
  const headers = { 'retry-after': secondsUntil(retryAt, nowMs) };
  return new GraphQLError(message, {
    extensions: { ...extensions, http: { status: 429, headers } },
  });
}

function isOver(): GraphQLError {
  const headers = { 'www-authenticate': 'Bearer realm="parlance", error="invalid_token"' };
  const { code, message } = OVER;
  return new GraphQLError(message, { extensions: { code, http: { status: 401, headers } } });
}
