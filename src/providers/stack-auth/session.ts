// The dashboard user's session: an access token of some minutes, renewed before it runs out, by one flight for all who wait.

import { type Failure, failed, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { overload, unavailable } from '../http.ts';
import type { ProviderParts } from '../provider.ts';
import { readBody } from '../wire-reading.ts';
import type { StackAuthAccount } from './index.ts';
import { codeOf, isSuccess, unmasked } from './refusal.ts';
import { unlessAborted } from './waiting.ts';
import { WireClaims, WireTokens } from './wire.ts';

export interface Session {
  /** A token that holds as far as can be told from here. */
  token(signal: AbortSignal): Promise<Outcome<string>>;
  /** One to take the place of a token that the service refused. */
  renewed(refused: string, signal: AbortSignal): Promise<Outcome<string>>;
  /** What must never be seen. */
  secrets(): readonly string[];
}

/** Longer than any call should be under way, and a small part of the ten minutes a token usually lives. */
const RENEW_BEFORE_EXPIRY_MS = 30_000;

interface Held {
  readonly token: string;
  readonly renewAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Asks nothing until a token is needed. A renewal is its own flight under the account's deadline; it fails with
 * `credential-refused` where the refresh token is no good.
 */
export function openSession(account: StackAuthAccount, { http, clock }: ProviderParts): Session {
  const provider = account.name;
  let refreshToken = account.refreshToken.reveal();
  let held = account.accessToken && heldFrom(account.accessToken.reveal());
  let flight: Promise<Outcome<string>> | undefined;

  function renewal(signal: AbortSignal): Promise<Outcome<string>> {
    if (signal.aborted) return Promise.resolve(failed(tooLate(provider)));
    flight ??= renew().finally(() => {
      flight = undefined;
    });
    return unlessAborted(flight, signal).then((outcome) => outcome ?? failed(tooLate(provider)));
  }

  async function renew(): Promise<Outcome<string>> {
    const outcome = await http.ask(
      // Of its own: the caller who began the flight may go away while others still wait for it, and no
      // answer of an earlier renewal may stand in for this one.
      { signal: AbortSignal.timeout(account.deadlineMs), reads: new Map() },
      {
        method: 'POST',
        path: '/api/v1/auth/oauth/token',
        headers: {},
        form: {
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          client_id: 'internal',
          client_secret: account.publishableClientKey,
        },
        // Asking twice does no harm, and a lost answer is no message whose fate is unknown.
        effect: 'read',
      },
    );
    if (!outcome.ok) return outcome;
    const answer = unmasked(outcome.value);
    if (!isSuccess(answer)) {
      const overloaded = overload(provider, answer, { effect: 'read', now: clock() });
      return failed(overloaded ?? refreshRefused(provider, codeOf(answer) ?? answer.status));
    }
    const tokens = readBody(WireTokens, answer.body, { provider, effect: 'read' });
    if (!tokens.ok) return tokens;
    const { access_token: token, refresh_token: rotated } = tokens.value;
    refreshToken = rotated ?? refreshToken;
    const fresh = heldFrom(token);
    // Where the clocks disagree a new token looks old at once; without this every call would ask for another.
    held = { ...fresh, renewAtMs: Math.max(fresh.renewAtMs, clock() + RENEW_BEFORE_EXPIRY_MS) };
    return success(token);
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
    secrets() {
      const known = [account.refreshToken.reveal(), refreshToken, held?.token];
      return known.flatMap((secret) => (secret ? [secret] : []));
    },
  };
}

function heldFrom(token: string): Held {
  // A token that does not say when it ends is used until the service says so.
  const expiresAtMs = expiryMsOf(token) ?? Number.POSITIVE_INFINITY;
  return { token, expiresAtMs, renewAtMs: expiresAtMs - RENEW_BEFORE_EXPIRY_MS };
}

/** Milliseconds since the epoch; undefined where the token does not say. Nothing is verified: the service does that. */
function expiryMsOf(token: string): number | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const said: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const claims = WireClaims.safeParse(said);
    return claims.success ? claims.data.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

function refreshRefused(provider: ProviderName, code: string | number): Failure {
  const because = String(code);
  const fix =
    because.includes('PUBLISHABLE') || because.includes('OAUTH_CLIENT')
      ? 'check that publishableClientKey in the config is the one of the project "internal"'
      : 'sign in to its dashboard again and put the new refreshToken in the config';
  return {
    kind: 'credential-refused',
    provider,
    said: `it gave no new access token (${because}): ${fix}`,
  };
}

function tooLate(provider: ProviderName): Failure {
  return unavailable(provider, 'the deadline passed before it gave a new access token');
}
