// Who tries one credential after another is not listened to for a while.

import { createHash } from 'node:crypto';
import type { Log } from '../../observability/log.ts';
import type { Doorkeeper } from '../../security/doorkeeper.ts';
import { networkOf } from './address.ts';

/** Different ones from one address that open nothing: who was given one that is over presents it again and again. */
export const MOST_REFUSED = 20;
export const WITHIN_MS = 60_000;
/** The oldest make room. */
const MOST_ADDRESSES = 10_000;
const MOST_KNOWN = 10_000;

interface Attempts {
  readonly untilMs: number;
  readonly refused: Set<string>;
}

export interface AttemptParts {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export function boundedAttempts(doorkeeper: Doorkeeper, { log, clock }: AttemptParts): Doorkeeper {
  const attempts = new Map<string, Attempts>();
  /** What was good last time is looked at all the same: at a shared address others go on. */
  const known = new Set<string>();

  function attemptsFrom(address: string): Attempts {
    const those = attempts.get(address);
    if (those && those.untilMs > clock()) return those;
    attempts.delete(address);
    makeRoom(attempts, MOST_ADDRESSES);
    const none = { untilMs: clock() + WITHIN_MS, refused: new Set<string>() };
    attempts.set(address, none);
    return none;
  }

  function note(address: string, word: string): void {
    const { refused } = attemptsFrom(address);
    if (refused.size >= MOST_REFUSED) return;
    refused.add(word);
    if (refused.size < MOST_REFUSED) return;
    log.warn(
      { address },
      'too many wrong credentials from one address: it is not listened to for a while. If it is a proxy of yours, say so: server.trustProxy',
    );
  }

  return {
    open: doorkeeper.open,
    close: () => doorkeeper.close(),
    async admit(presented) {
      const { credential } = presented;
      if (credential === null) return doorkeeper.admit(presented);
      const address = networkOf(presented.address);
      const word = createHash('sha256').update(credential).digest('base64url');
      const those = attempts.get(address);
      const tooMany =
        those && those.untilMs > clock() && those.refused.size >= MOST_REFUSED && !known.has(word);
      if (tooMany) {
        const message = 'Too many credentials from this address open nothing. Come again later.';
        const retryAt = new Date(those.untilMs);
        return { ok: false, refusal: { code: 'RATE_LIMITED', message, retryAt } };
      }
      const admission = await doorkeeper.admit(presented);
      if (admission.ok) {
        known.delete(word);
        makeRoom(known, MOST_KNOWN);
        known.add(word);
      } else if (admission.refusal.code === 'UNAUTHENTICATED' && !admission.refusal.expired) {
        known.delete(word);
        note(address, word);
      }
      return admission;
    },
  };
}

function makeRoom(some: Map<string, unknown> | Set<string>, most: number): void {
  const [oldest] = some.keys();
  if (some.size >= most && oldest !== undefined) some.delete(oldest);
}
