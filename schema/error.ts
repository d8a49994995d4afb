// The interface every error of the schema implements, and the closed list of its codes.

import type { Failure } from '../src/domain/failure.ts';
import { builder } from './builder.ts';
import { type ErrorCode as Code, errorOf } from './failure.ts';

/** An error to show, which is no Error: execution throws one of those where a resolver hands it over. */
export interface ShownError {
  readonly failure: Failure;
  readonly message: string;
  readonly code: Code;
}

export function shownError(failure: Failure): ShownError {
  const { message, code } = errorOf(failure);
  return { failure, message, code };
}

const ErrorCode = builder.enumType('ErrorCode', {
  description:
    'The closed list of what may go wrong, also found in `extensions.code` of a read that failed.',
  values: {
    INVALID_INPUT: { description: 'The input cannot be meant; nobody was asked.' },
    UNAUTHENTICATED: {
      description: 'Nothing was presented that says who asks, or nothing that is good any more.',
    },
    NOT_FOUND: { description: 'There is no such thing, or no longer.' },
    FORBIDDEN: {
      description: 'You may not do that, or the provider does not let this account do it.',
    },
    UNSUPPORTED: { description: 'This provider cannot do that, and was not asked.' },
    CONFLICT: { description: 'Something stands there already, or has changed meanwhile.' },
    RATE_LIMITED: { description: 'Too much was asked for now; nothing was done.' },
    PROVIDER_UNAVAILABLE: { description: 'The provider did not answer; nothing was done.' },
    PROVIDER_REFUSED: { description: 'The provider understood, and said no.' },
    PROVIDER_AUTH: { description: 'The gateway’s own credential was refused: ask its operator.' },
    OUTCOME_UNKNOWN: { description: 'It may have been done: the answer was lost.' },
    GATEWAY_UNAVAILABLE: { description: 'The gateway’s own memory is out of reach; try again.' },
  } satisfies Record<Code, object>,
});

export const ErrorInterface = builder.interfaceRef<ShownError>('Error').implement({
  description: 'Something that went wrong, said in a way that a person can act on.',
  resolveType: ({ failure }) => TYPE_NAMES[failure.kind],
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What went wrong and what to do next.' }),
    code: t.expose('code', { type: ErrorCode, description: 'The same as the type, for a switch.' }),
  }),
});

const TYPE_NAMES = {
  'invalid-input': 'InvalidInputError',
  'not-found': 'NotFoundError',
  forbidden: 'ForbiddenError',
  'not-allowed': 'ForbiddenError',
  unsupported: 'UnsupportedError',
  conflict: 'ConflictError',
  'key-in-use': 'ConflictError',
  'rate-limited': 'RateLimitedError',
  'share-spent': 'RateLimitedError',
  unavailable: 'ProviderUnavailableError',
  refused: 'ProviderRefusedError',
  'credential-refused': 'ProviderAuthError',
  'outcome-unknown': 'OutcomeUnknownError',
  'gateway-unavailable': 'GatewayUnavailableError',
} as const satisfies Record<Failure['kind'], string>;
