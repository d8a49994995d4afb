// A token that runs out: fetched when one is needed, renewed before its end, by one flight for all who wait.

import { failed, type Outcome, success } from '../domain/failure.ts';
import type { Answer } from './ask.ts';
import { unavailable } from './http.ts';
import type { Account, Call } from './provider.ts';
import { unlessAborted } from './signals.ts';

export interface HeldToken {
  readonly token: string;
  /** Milliseconds since the epoch; infinity where nobody says. */
  readonly expiresAtMs: number;
}

export interface TokenFlight {
  /** A token that holds as far as can be told from here. */
  token(signal: AbortSignal): Promise<Outcome<string>>;
  /** One to take the place of a token that the service refused. */
  renewed(refused: string, signal: AbortSignal): Promise<Outcome<string>>;
  /** The last one there was, which must never be seen. */
  last(): string | undefined;
}

export interface TokenFlightParts {
  readonly account: Account;
  readonly clock: () => number;
  /** A token to begin with. */
  readonly first?: HeldToken | undefined;
  /** Asks for another. The call is of its own, under the account's deadline. */
  fetch(call: Call): Promise<Outcome<HeldToken>>;
}

/** Longer than any call should be under way, and a small part of the minutes that a token lives. */
const RENEW_BEFORE_EXPIRY_MS = 30_000;

/** Asks nothing until a token is needed. Fails as `fetch` does, and with `unavailable` where a caller's time is up first. */
export function tokenFlight({ account, clock, first, fetch }: TokenFlightParts): TokenFlight {
  let held = first && due(first);
  let flight: Promise<Outcome<string>> | undefined;

  function renewal(signal: AbortSignal): Promise<Outcome<string>> {
    const tooLate = failed(unavailable(account.name, TOO_LATE));
    if (signal.aborted) return Promise.resolve(tooLate);
    flight ??= renew().finally(() => {
      flight = undefined;
    });
    return unlessAborted(flight, signal).then((outcome) => outcome ?? tooLate);
  }

  async function renew(): Promise<Outcome<string>> {
    // Of its own: the caller who began the flight may go away while others still wait for it, and no
    // answer of an earlier renewal may stand in for this one.
    const signal = AbortSignal.timeout(account.deadlineMs);
    // Without it nothing else goes, whatever it is.
    const call: Call = { signal, reads: new Map(), forWrite: true };
    const outcome = await fetch(call);
    if (!outcome.ok) return outcome;
    const fresh = due(outcome.value);
    // Where the clocks disagree a new token looks old at once; without this every call would ask for another.
    held = { ...fresh, renewAtMs: Math.max(fresh.renewAtMs, clock() + RENEW_BEFORE_EXPIRY_MS) };
    return success(fresh.token);
  }

  return {
    async token(signal) {
      if (held && clock() < held.renewAtMs) return success(held.token);
      const outcome = await renewal(signal);
      // A renewal that fails within the margin costs nothing yet.
      if (!outcome.ok && held && clock() < held.expiresAtMs) return success(held.token);
      return outcome;
    },
    async renewed(refused, signal) {
      // Somebody else has renewed it since this one was sent.
      if (held && held.token !== refused) return success(held.token);
      return renewal(signal);
    },
    last: () => held?.token,
  };
}

export interface Asking {
  send(token: string): Promise<Outcome<Answer>>;
  /** Whether this answer says that the token is no good, and that nothing was done for that reason. */
  isRefused(answer: Answer): boolean;
}

/** Any answer, with one renewal of the token where that was what was wrong. */
export async function askWithToken(
  tokens: Pick<TokenFlight, 'token' | 'renewed'>,
  call: Call,
  { send, isRefused }: Asking,
): Promise<Outcome<Answer>> {
  const token = await tokens.token(call.signal);
  if (!token.ok) return token;
  const sending = send(token.value);
  const first = await sending;
  if (!first.ok || !isRefused(first.value)) return first;
  const renewed = await tokens.renewed(token.value, call.signal);
  if (!renewed.ok) return renewed;
  // The refusal must not be remembered as the answer to this question.
  for (const [question, answer] of call.reads) {
    if (answer === sending) call.reads.delete(question);
  }
  return send(renewed.value);
}

const TOO_LATE = 'the deadline passed before it gave a new access token';

function due(token: HeldToken) {
  return { ...token, renewAtMs: token.expiresAtMs - RENEW_BEFORE_EXPIRY_MS };
}
