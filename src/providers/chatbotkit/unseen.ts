// A write that was done, and whose result could not be read back: to be told so that nobody does it again.

import { type Failure, failed } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';

/** `done` is a sentence without its end: `conversation conv_1 was created`. */
export function unseen(
  provider: ProviderName,
  done: string,
  failure: Failure,
): ReturnType<typeof failed> {
  const because = `${done} and could not be read back (${reasonOf(failure)}): look at it before trying again`;
  return failed({ kind: 'outcome-unknown', provider, because });
}

function reasonOf(failure: Failure): string {
  switch (failure.kind) {
    case 'unavailable':
    case 'outcome-unknown':
      return failure.because;
    case 'refused':
    case 'forbidden':
    case 'conflict':
    case 'credential-refused':
      return failure.said;
    case 'rate-limited':
      return 'it was asked too much at once';
    case 'not-found':
      return `there was no ${failure.what}`;
    case 'invalid-input':
    case 'unsupported':
      return 'it was not asked';
  }
}
