// Who may call: applications exchange their secret for tokens of an hour, each for one organization.

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, type EmulatorAnswer, type EmulatorRequest, splitOnce } from '../emulator.ts';

export interface Application {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly orgId: string;
}

export interface TokenOffice {
  /** POST /oauth/token, by the rules of OAuth's client credentials. */
  issue(request: EmulatorRequest): EmulatorAnswer;
  /** Whether these headers carry a token that holds. */
  admits(headers: IncomingHttpHeaders): boolean;
  /** Every token that was given so far holds no longer. */
  revoke(): void;
}

export function tokenOffice(
  application: Application,
  { clock, tokenSeconds }: { readonly clock: Clock; readonly tokenSeconds: number },
): TokenOffice {
  const expiryMs = new Map<string, number>();
  let issued = 0;

  return {
    issue({ method, headers, body }) {
      if (method !== 'POST') return refused(405, 'invalid_request', 'Send a POST.');
      const form = new URLSearchParams(body.toString('utf8'));
      const { clientId, clientSecret } = clientIn(headers, form);
      if (clientId !== application.clientId || clientSecret !== application.clientSecret) {
        return refused(401, 'invalid_client', 'Client authentication failed');
      }
      if (form.get('grant_type') !== 'client_credentials') {
        return refused(400, 'unsupported_grant_type', 'Only client_credentials is supported');
      }
      if (form.get('scope') !== `org:${application.orgId}`) {
        return refused(400, 'invalid_scope', 'The client is not a member of this organization');
      }
      issued += 1;
      const token = tokenLike(application.clientId, issued);
      expiryMs.set(token, clock() + tokenSeconds * 1000);
      return {
        status: 200,
        body: { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds },
      };
    },

    admits(headers) {
      // Its documents name the one header, its own program the other.
      const said = headers.authorization ?? String(headers['auth-token'] ?? '');
      const [scheme = '', token = ''] = splitOnce(said, ' ');
      if (scheme.toLowerCase() !== 'bearer') return false;
      return (expiryMs.get(token) ?? Number.NEGATIVE_INFINITY) > clock();
    },

    revoke: () => expiryMs.clear(),
  };
}

/** In a header of its own, or among the words of the form. */
function clientIn(headers: IncomingHttpHeaders, form: URLSearchParams) {
  const [scheme = '', encoded = ''] = splitOnce(headers.authorization ?? '', ' ');
  if (scheme.toLowerCase() !== 'basic') {
    return { clientId: form.get('client_id'), clientSecret: form.get('client_secret') };
  }
  const words = Buffer.from(encoded, 'base64').toString('utf8');
  const [clientId, clientSecret] = splitOnce(words, ':');
  return { clientId, clientSecret };
}

function refused(status: number, error: string, sentence: string): EmulatorAnswer {
  return { status, body: { error, error_description: sentence } };
}

function tokenLike(clientId: string, sequence: number): string {
  const digest = createHash('sha256').update(`${clientId}/${sequence}`).digest('base64url');
  return `pfrt_${digest}`;
}
