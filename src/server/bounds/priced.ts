// Each operation is priced before it runs: refused where it costs too much, and told its price where it runs.

import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../../schema/context.ts';
import type { Came } from '../graphql.ts';
import { refused } from '../refused.ts';
import type { Limits } from './limits.ts';
import { type Asked, priceOf } from './price.ts';

export function priced({ cost: limit }: Pick<Limits, 'cost'>): Plugin<Came & Context> {
  /** Of the operations of one request, which together may cost as much as one. */
  const spent = new WeakMap<object, number>();

  function judge(
    asked: Asked,
    { request, left }: Pick<Came, 'left'> & { readonly request: object },
  ) {
    const price = priceOf(asked);
    // Over a socket each comes by itself.
    const all = price + (left ? 0 : (spent.get(request) ?? 0));
    if (!left) spent.set(request, all);
    const beyond =
      all > limit
        ? refused(
            `This operation costs ${all}, and ${limit} is the most. Ask for smaller pages, or in parts.`,
          )
        : undefined;
    return { price, beyond };
  }

  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { price, beyond } = judge(args, args.contextValue);
      const told = { cost: { price, limit } };
      if (beyond) {
        setResultAndStopExecution({ errors: [beyond], extensions: told });
        return undefined;
      }
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          setResult({ ...result, extensions: { ...result.extensions, ...told } });
        },
      };
    },
    // What one event costs. It is not told with each: they are many, and it is the same of all.
    onSubscribe({ args, setResultAndStopExecution }) {
      const { price, beyond } = judge(args, args.contextValue);
      if (beyond) {
        setResultAndStopExecution({ errors: [beyond], extensions: { cost: { price, limit } } });
      }
    },
  };
}
