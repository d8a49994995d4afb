// GraphQL over HTTP: one operation, one context; what was not foreseen is masked for the client and logged whole.

import { createYoga } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Log } from '../observability/log.ts';
import { boundedDocuments, documentCache } from './documents.ts';

export const GRAPHQL_PATH = '/graphql';

export function openGraphql({ gateway, log }: { readonly gateway: Gateway; readonly log: Log }) {
  return createYoga<object, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    // The page is served by graphiql.ts, compressed and kept.
    graphiql: false,
    healthCheckEndpoint: `${GRAPHQL_PATH}/healthz`,
    context: ({ request }) => ({
      gateway,
      // The request's own signal, once another is derived from it, no longer says that it was aborted.
      operation: { signal: AbortSignal.any([request.signal]), reads: new Map() },
    }),
    // No page of another origin has business here: the gateway acts with its operator's credentials.
    cors: false,
    multipart: false,
    plugins: [boundedDocuments()],
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

function sentence(said: readonly unknown[]): string {
  return said.map(String).join(' ');
}
