// The token that opens Pinkfish's tools: an application's secret is good for one of an hour.

import { z } from 'zod';
import { type Failure, failed, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { Answer } from '../ask.ts';
import { overload, unavailable } from '../http.ts';
import type { Call, ProviderParts } from '../provider.ts';
import { type HeldToken, type TokenFlight, tokenFlight } from '../token-flight.ts';
import { quoted, readBody } from '../wire-reading.ts';
import type { PinkfishAccount } from './pinkfish-account.ts';

/** Fails with `credential-refused` where the application is not known, or not in the organization. */
export function pinkfishTokens(
  account: PinkfishAccount,
  { http, clock }: ProviderParts,
): TokenFlight {
  const { name: provider, clientId, orgId } = account;
  return tokenFlight({ account, clock, fetch });

  async function fetch(call: Call): Promise<Outcome<HeldToken>> {
    // Counted from before it was asked for: by then it cannot have been made.
    const askedAtMs = clock();
    const answer = await http.ask(call, {
      method: 'POST',
      path: '/oauth/token',
      headers: {},
      form: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: account.clientSecret.reveal(),
        scope: `org:${orgId}`,
      },
      // Nothing is changed by asking twice.
      effect: 'read',
    });
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return failed(refusedToken(answer.value));
    const token = readBody(WireToken, answer.value.body, { provider, effect: 'read' });
    return mapOutcome(token, ({ access_token, expires_in }) => ({
      token: access_token,
      // Where nobody says how long it holds it is used until it is refused.
      expiresAtMs: askedAtMs + (expires_in ?? Number.POSITIVE_INFINITY) * 1000,
    }));
  }

  function refusedToken(answer: Answer): Failure {
    const overloaded = overload(provider, answer, { effect: 'read', now: clock() });
    if (overloaded) return overloaded;
    const { status, body } = answer;
    if (![400, 401, 403].includes(status)) {
      return unavailable(provider, `it answered HTTP ${status} to the question for a token`);
    }
    const code = WireTokenRefusal.safeParse(body).data?.error;
    const because = quoted(code ?? `HTTP ${status}`, [account.clientSecret.reveal()]);
    const fix = because === 'invalid_scope' ? CHECK_THE_ORGANIZATION : CHECK_THE_CLIENT;
    const said = `it gave no access token (${because}): ${fix}`;
    return { kind: 'credential-refused', provider, said };
  }
}

const CHECK_THE_CLIENT =
  'check clientId and clientSecret in the config; new ones may take a minute until they are known';

const CHECK_THE_ORGANIZATION = 'check that orgId in the config is an organization of this clientId';

const WireToken = z.object({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number().nullish().catch(null),
});

const WireTokenRefusal = z.object({ error: z.string().min(1) });
