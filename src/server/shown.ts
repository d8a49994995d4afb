// An answer as it is shown where no HTTP carries it.

import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';

export interface Result {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly extensions?: Record<string, unknown> | undefined;
}

export function shown({ errors, data, extensions }: Result): FormattedExecutionResult {
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors ? { errors: errors.map(shownError) } : {}),
    ...(extensions ? { extensions } : {}),
  };
}

/** Less what is meant for HTTP. */
export function shownError(error: GraphQLError): GraphQLFormattedError {
  const { extensions: { http: _http, ...extensions } = {}, ...rest } = error.toJSON();
  return Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
}
