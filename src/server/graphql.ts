// GraphQL, whichever way it comes: one operation, one context; what was not foreseen is masked for the client and logged whole.

import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { createGraphQLError, createYoga, type Plugin } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import { errorOf } from '../../schema/failure.ts';
import { schema } from '../../schema/index.ts';
import { countdown } from '../gateway/deadline.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Log } from '../observability/log.ts';
import type { Session } from '../security/doorkeeper.ts';
import { guarded } from '../security/guard.ts';
import { boundedDocuments, documentCache } from './documents.ts';
import { executedEachByItself } from './events.ts';

export const GRAPHQL_PATH = '/graphql';

export interface Came {
  /** Of who asks. */
  readonly session: Session;
  /** What did not come as a request of its own brings its own signal, aborted when whoever asked has gone. */
  readonly left?: AbortSignal;
  /** Told when a subscription begins that is to be answered here. */
  readonly listens?: () => void;
}

export type Graphql = ReturnType<typeof openGraphql>;

export function openGraphql({ gateway, log }: { readonly gateway: Gateway; readonly log: Log }) {
  return createYoga<Came, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    // The page is served by graphiql.ts, compressed and kept.
    graphiql: false,
    healthCheckEndpoint: `${GRAPHQL_PATH}/healthz`,
    context: ({ request, left, session: { caller } }) => ({
      caller,
      gateway: guarded(gateway, caller),
      operation: {
        // The request's own signal, once another is derived from it, no longer says that it was aborted.
        signal: left ?? AbortSignal.any([request.signal]),
        leftMs: countdown(gateway.operationMs),
        reads: new Map(),
        caller: caller.id,
        ...comesAfter(gateway, left ? null : request.headers.get(AFTER_HEADER)),
      },
    }),
    // No page of another origin has business here: the gateway acts with its operator's credentials.
    cors: false,
    multipart: false,
    plugins: [boundedDocuments(), listenedTo(), executedEachByItself()],
    parserAndValidationCache: { documentCache: documentCache(), errorCache: documentCache() },
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
  graphql: Graphql,
  { query, operationName, variables }: Asked,
  came: Required<Pick<Came, 'left' | 'session'>>,
): Promise<Prepared | readonly GraphQLError[]> {
  const enveloped = graphql.getEnveloped(came);
  try {
    const document = enveloped.parse(query);
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

interface Asked {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

function sentence(said: readonly unknown[]): string {
  return said.map(String).join(' ');
}
