// GraphQL, whichever way it comes: one operation, one context; what was not foreseen is masked for the client and logged whole.

import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { createGraphQLError, createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import { errorOf } from '../../schema/failure.ts';
import { schema } from '../../schema/index.ts';
import { countdown } from '../gateway/deadline.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Log } from '../observability/log.ts';
import { onlyLines, type Watching } from '../observability/watching.ts';
import type { Session } from '../security/doorkeeper.ts';
import { guarded } from '../security/guard.ts';
import { boundedAnswers } from './bounds/answers.ts';
import { bounded } from './bounds/bounds.ts';
import { boundedDocuments, documentCache, textOf } from './bounds/documents.ts';
import { disclosed } from './bounds/introspection.ts';
import { LIMITS, type Limits } from './bounds/limits.ts';
import {
  type Operations,
  type OperationsParts,
  openOperations,
  type Sent,
} from './bounds/operations.ts';
import { priced } from './bounds/priced.ts';
import { openShares, type Shares } from './bounds/shares.ts';
import { paidBefore } from './bounds/spending.ts';
import { executedEachByItself } from './events.ts';
import { observedOperations } from './observed-operations.ts';

export const GRAPHQL_PATH = '/graphql';

export interface Came {
  /** Of who asks. */
  readonly session: Session;
  /** Whose share pays for it. */
  readonly payer: string;
  /** What did not come as a request of its own brings its own signal, aborted when whoever asked has gone. */
  readonly left?: AbortSignal;
  /** What did brings one that is aborted when the session is over. */
  readonly ended?: AbortSignal;
  /** Told when a subscription begins that is to be answered here. */
  readonly listens?: () => void;
}

export interface Graphql {
  readonly yoga: YogaServerInstance<Came, Context>;
  readonly operations: Operations;
}

export interface GraphqlParts {
  readonly gateway: Gateway;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
  /** Absent, lines only. */
  readonly watching?: Watching;
  /** Whether anybody is let in without a word. */
  readonly open: boolean;
  /** Absent, everybody may have any number of everything. */
  readonly shares?: Shares;
  /** Absent, as is usual. */
  readonly limits?: Limits;
  readonly listed?: Omit<OperationsParts, 'open'>;
}

export function openGraphql(parts: GraphqlParts): Graphql {
  const { gateway, clock, log, open, shares = openShares({}), limits = LIMITS } = parts;
  const operations = openOperations({ ...parts.listed, open });
  const observed = observedOperations(parts.watching ?? onlyLines(log));
  const yoga = createYoga<Came, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    // The page is served by graphiql.ts, compressed and kept.
    graphiql: false,
    healthCheckEndpoint: `${GRAPHQL_PATH}/healthz`,
    context: ({ request, left, ended, session: { caller } }) => ({
      caller,
      gateway: guarded(gateway, caller, clock),
      operation: {
        // The request's own signal, once another is derived from it, no longer says that it was aborted.
        signal: left ?? AbortSignal.any([request.signal, ...(ended ? [ended] : [])]),
        leftMs: countdown(gateway.operationMs),
        reads: new Map(),
        caller: caller.id,
        ...comesAfter(gateway, left ? null : request.headers.get(AFTER_HEADER)),
      },
    }),
    // No page of another origin has business here: the gateway acts with its operator's credentials.
    cors: false,
    multipart: false,
    plugins: [
      observed.first,
      boundedDocuments({ limits, operations }),
      bounded(limits),
      disclosed({ ...limits, open }),
      priced(limits),
      paidBefore(shares, clock),
      boundedAnswers(),
      listenedTo(),
      executedEachByItself(shares, clock),
      observed.last,
    ],
    batching: limits.batch > 0 && { limit: limits.batch },
    parserAndValidationCache: {
      documentCache: documentCache(),
      errorCache: documentCache(),
      // What is told of a document differs by caller: bounds.ts keeps it, and introspection.ts takes from it.
      validationCache: false,
    },
    maskedErrors: {
      // Not even where NODE_ENV says "development".
      isDev: false,
      errorMessage: 'Something went wrong in the gateway itself. It has been noted; try again.',
    },
    logging: {
      debug: (...said) => log.debug({}, sentence(said)),
      info: (...said) => log.info({}, sentence(said)),
      warn: (...said) => log.warn({}, sentence(said)),
      error: (...said) => log.error({ err: said[0] }, 'a resolver threw, which is a bug'),
    },
  });
  return { yoga, operations };
}

/** Of a request of its own: many operations come over one socket, long after its headers. */
const AFTER_HEADER = 'parlance-after';

function comesAfter(gateway: Gateway, after: string | null): Pick<Context['operation'], 'after'> {
  if (after === null) return {};
  const good = gateway.checkAfter(after);
  if (good.ok) return { after };
  throw createGraphQLError(errorOf(good.failure).message, {
    extensions: { code: 'INVALID_INPUT', http: { status: 400 } },
  });
}

function listenedTo(): Plugin<Came> {
  return {
    onSubscribe({ args: { contextValue } }) {
      const { request, left, listens } = contextValue;
      if (
        !left &&
        !/text\/event-stream|text\/\*|\*\/\*/.test(request.headers.get('accept') ?? '*/*')
      ) {
        throw createGraphQLError(
          'A subscription is told over text/event-stream or over WebSocket. Accept the one, or connect by the other.',
          { extensions: { code: 'INVALID_INPUT', http: { status: 406 } } },
        );
      }
      listens?.();
    },
  };
}

/** An operation ready to run, by the same bounds, context and masking as any. */
export interface Prepared {
  readonly args: ExecutionArgs;
  execute(): Promise<ExecutionResult>;
  subscribe(): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>;
}

/** The operation, or why it cannot be run. */
export async function prepare(
  { yoga, operations }: Graphql,
  { operationName, variables, ...sent }: Asked,
  came: Required<Pick<Came, 'left' | 'session' | 'payer'>>,
): Promise<Prepared | readonly GraphQLError[]> {
  const enveloped = yoga.getEnveloped(came);
  try {
    const document = enveloped.parse(textOf(operations, sent, came.session.caller));
    const errors = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return errors;
    const args: ExecutionArgs = {
      schema: enveloped.schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? {},
      contextValue: await enveloped.contextFactory(),
    };
    return {
      args,
      execute: async () => enveloped.execute(args),
      subscribe: async () => enveloped.subscribe(args),
    };
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

interface Asked extends Sent {
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

function sentence(said: readonly unknown[]): string {
  return said.map(String).join(' ');
}
