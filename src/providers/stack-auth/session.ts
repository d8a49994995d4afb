// The dashboard user's session: an access token of some minutes, and the refresh token that gives the next.

import { type Failure, failed, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { overload } from '../http.ts';
import type { Call, ProviderParts } from '../provider.ts';
import { type HeldToken, type TokenFlight, tokenFlight } from '../token-flight.ts';
import { readBody } from '../wire-reading.ts';
import type { StackAuthAccount } from './account.ts';
import { codeOf, isSuccess, unmasked } from './refusal.ts';
import { WireClaims, WireTokens } from './wire.ts';

export interface Session extends Pick<TokenFlight, 'token' | 'renewed'> {
  /** What must never be seen. */
  secrets(): readonly string[];
}

/**
 * Asks nothing until a token is needed. A renewal is its own flight under the account's deadline; it fails with
 * `credential-refused` where the refresh token is no good.
 */
export function openSession(account: StackAuthAccount, { http, clock }: ProviderParts): Session {
  const provider = account.name;
  let refreshToken = account.refreshToken.reveal();
  const first = account.accessToken && heldFrom(account.accessToken.reveal());
  const { token, renewed, last } = tokenFlight({ account, clock, first, fetch: renew });

  async function renew(call: Call): Promise<Outcome<HeldToken>> {
    const outcome = await http.ask(call, {
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
    });
    if (!outcome.ok) return outcome;
    const answer = unmasked(outcome.value);
    if (!isSuccess(answer)) {
      const overloaded = overload(provider, answer, { effect: 'read', now: clock() });
      return failed(
        overloaded ?? refreshRefused(provider, codeOf(answer, secrets()) ?? answer.status),
      );
    }
    const tokens = readBody(WireTokens, answer.body, { provider, effect: 'read' });
    return mapOutcome(tokens, ({ access_token, refresh_token: rotated }) => {
      refreshToken = rotated ?? refreshToken;
      return heldFrom(access_token);
    });
  }

  function secrets(): string[] {
    const known = [account.refreshToken.reveal(), refreshToken, last()];
    return known.flatMap((secret) => (secret ? [secret] : []));
  }

  return { token, renewed, secrets };
}

function heldFrom(token: string): HeldToken {
  // A token that does not say when it ends is used until the service says so.
  return { token, expiresAtMs: expiryMsOf(token) ?? Number.POSITIVE_INFINITY };
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
