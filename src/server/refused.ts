// An operation that is not run: why, and what to do instead, as an error of the schema.

import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../schema/failure.ts';

/** `status`: of the answer over HTTP, which is still a good one where the client asked for `application/json`. */
export function refused(
  message: string,
  { code = 'INVALID_INPUT', status = 400 }: { code?: ErrorCode; status?: number } = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { spec: true, status } } });
}
