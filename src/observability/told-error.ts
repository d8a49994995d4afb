// What a log tells of an error: its name, its words and where it came from. Not what hangs on it: a command to Redis with all
// it would have written, an operation with its document.

/** As deep as errors name their causes; beyond that they go round in circles. */
const MOST_CAUSES = 5;

export function toldError(error: unknown): object {
  return told(error, MOST_CAUSES);
}

function told(error: unknown, causes: number): object {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'what was thrown is no error' };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: name,
    message,
    ...(code === undefined ? {} : { code }),
    stack,
    ...(cause === undefined || causes === 0 ? {} : { cause: told(cause, causes - 1) }),
  };
}
