// What is told to an operator of each operation: a line, numbers, a span. Never its variables, nor what people wrote.

import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import type { Span } from '../observability/tracer.ts';
import { along, aside, trailNow } from '../observability/trail.ts';
import type { Watching } from '../observability/watching.ts';
import type { Came } from './graphql.ts';

/** The first and the last of all plugins: what is refused between them has come and never runs. */
export function observedOperations(watching: Watching): {
  first: Plugin<Seen>;
  last: Plugin<Seen>;
} {
  const { meter } = watching;
  const refused = (reason: string) => meter.count('parlance_refusals_total', { reason });
  const all = new WeakMap<object, Begun>();

  /** What ends without having run was refused. Over HTTP its status is counted as that of any request. */
  function ended({ left }: Seen, begun: Begun, result: Ended): void {
    const refusal = begun.runs ? undefined : begun.end(result);
    if (refusal === undefined) return;
    if (refusal === 'RATE_LIMITED' && left) refused('share');
    if (!SAID_BY_STATUS.has(refusal)) refused('document');
  }

  return {
    first: {
      onParse:
        () =>
        ({ result }) => {
          if (result instanceof Error) refused('document');
        },
      onValidate:
        () =>
        ({ valid }) => {
          if (!valid) refused('document');
        },
      onExecute({ args }) {
        const begun = begin(watching, args);
        all.set(args.contextValue, begun);
        return {
          onExecuteDone({ result }) {
            if (isResult(result)) ended(args.contextValue, begun, result);
          },
        };
      },
      onSubscribe({ args }) {
        const begun = begin(watching, args);
        all.set(args.contextValue, begun);
        return {
          onSubscribeResult({ result }) {
            if (isResult(result)) ended(args.contextValue, begun, result);
          },
        };
      },
    },
    last: {
      onExecute({ args, executeFn, setExecuteFn }) {
        const begun = all.get(args.contextValue);
        if (!begun) return undefined;
        begun.runs = true;
        setExecuteFn((asked: ExecutionArgs) => aside({ span: begun.span }, () => executeFn(asked)));
        return {
          onExecuteDone({ result }) {
            if (isResult(result)) begun.end(result);
          },
        };
      },
      onSubscribe({ args, subscribeFn, setSubscribeFn }) {
        const begun = all.get(args.contextValue);
        if (!begun) return;
        begun.runs = true;
        setSubscribeFn(async (asked: ExecutionArgs) => {
          const source: unknown = await aside({ span: begun.span }, () => subscribeFn(asked));
          if (isStream(source)) return followed(source, begun);
          if (isResult(source)) begun.end(source);
          return source;
        });
      },
    },
  };
}

/** Whatever came over a socket has `left`. */
type Seen = Context & Pick<Came, 'left'>;

const SAID_BY_STATUS: ReadonlySet<string> = new Set(['RATE_LIMITED', 'UNAUTHENTICATED']);

/** The same stream. No generator: one that waits for its next event hears of its end only with that event. */
function followed(
  stream: AsyncIterable<ExecutionResult>,
  begun: Begun,
): AsyncIterableIterator<ExecutionResult> {
  const events: AsyncIterator<ExecutionResult, unknown> = stream[Symbol.asyncIterator]();
  const trail = trailNow();
  // Whoever asks for the next one may be on no trail: a stream of Node's is on that of its socket.
  const ask = () => events.next();
  const same: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => same,
    async next() {
      const { done, value } = await (trail ? along({ ...trail, span: begun.span }, ask) : ask());
      if (!done) {
        begun.told();
        return { done: false, value };
      }
      begun.end({});
      return { done: true, value: undefined };
    },
    async return() {
      begun.end({});
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
  return same;
}

type Ended = Pick<ExecutionResult, 'errors' | 'extensions'>;

interface Begun {
  readonly span: Span;
  /** Whether it got as far as being run. */
  runs: boolean;
  told(): void;
  /** The code of its first error. */
  end(result: Ended): string | undefined;
}

function begin({ log, meter, tracer }: Watching, { document, operationName }: Named): Begun {
  const beganMs = performance.now();
  const trail = trailNow();
  const node = getOperationAST(document, operationName);
  const type: string = node?.operation ?? 'query';
  const operation = node?.name?.value.slice(0, LONGEST_NAME);
  const span = tracer.begin(operation ? `${type} ${operation}` : type, 'internal', trail?.span);
  span.set({
    'graphql.operation.type': type,
    ...(operation && { 'graphql.operation.name': operation }),
  });
  let events = 0;
  let isOver = false;
  return {
    span,
    runs: false,
    told() {
      events += 1;
    },
    end({ errors = [], extensions }) {
      if (isOver) return undefined;
      isOver = true;
      const ms = performance.now() - beganMs;
      const codes = [...new Set(errors.map(codeOf))];
      const [outcome = 'ok'] = codes;
      const price = priceIn(extensions);
      meter.count('parlance_operations_total', { type, outcome });
      // How long somebody listens says nothing of how fast they were answered.
      if (type !== 'subscription') {
        meter.observe('parlance_operation_seconds', { type }, ms / 1000);
      }
      if (price !== undefined) meter.observe('parlance_operation_price', { type }, price);
      span.end(outcome === 'ok' ? undefined : outcome);
      const fields = { operation, type, ms: Math.round(ms), price, outcome, codes };
      const counted = type === 'subscription' ? { ...fields, events } : fields;
      // Whoever ends a stream may be on no trail, or on that of its socket alone.
      const tell = () => log.info(counted, 'an operation ended');
      if (trail) along(trail, tell);
      else tell();
      return codes[0];
    },
  };
}

interface Named {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

/** A client's own; a line of a log is not to be filled with one. */
const LONGEST_NAME = 64;

function codeOf({ extensions }: GraphQLError): string {
  const { code } = extensions;
  return typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : 'UNFORESEEN';
}

function priceIn(extensions: unknown): number | undefined {
  if (typeof extensions !== 'object' || extensions === null || !('cost' in extensions)) {
    return undefined;
  }
  const { cost } = extensions;
  if (typeof cost !== 'object' || cost === null || !('price' in cost)) return undefined;
  return typeof cost.price === 'number' ? cost.price : undefined;
}

function isResult(value: unknown): value is ExecutionResult {
  return typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
}

function isStream(value: unknown): value is AsyncIterable<ExecutionResult> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
