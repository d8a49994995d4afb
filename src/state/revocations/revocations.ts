// The port of revocations: who is let in no more, told to every gateway, whatever its own files say.

import type { Outcome } from '../../domain/failure.ts';

export interface Revocations {
  /** Whatever this subject was given until then, in milliseconds since the epoch, is good no more. It is never taken back. */
  revoke(subject: string, untilMs: number): Promise<Outcome<null>>;
  /** As it was known last, by subject: out of reach, nobody is forgiven. */
  known(): ReadonlyMap<string, number>;
  /** Asks anew; a question that is under way is joined. */
  look(): Promise<void>;
}
