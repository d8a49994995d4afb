// An operation that is not run: why, and what to do instead, as an error of the schema.

import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../schema/failure.ts';

/** The request was read, the operation is refused: over HTTP that is a good answer to who asked for `application/json`. */
export function refused(message: string, code: ErrorCode = 'INVALID_INPUT'): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { spec: true, status: 400 } } });
}

/** It is no operation at all. */
export function malformed(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'INVALID_INPUT', http: { status: 400 } },
  });
}
