// The interface every error of the schema implements, and the closed list of its codes.

import { builder } from './builder.ts';
import { ERROR_CODES, type FailureError } from './failure.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description:
    'The closed list of what may go wrong, also found in `extensions.code` of a read that failed.',
  values: ERROR_CODES,
});

export const ErrorInterface = builder.interfaceRef<FailureError>('Error').implement({
  description: 'Something that went wrong, said in a way that a person can act on.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What went wrong and what to do next.' }),
    code: t.expose('code', { type: ErrorCode, description: 'The same as the type, for a switch.' }),
  }),
});
