// Who is asking: secret keys, access tokens, the tokens of one conversation, and running as a child account.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from '../emulator.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { AccountRow } from './rows.ts';
import type { World } from './store.ts';

export interface Session {
  readonly account: AccountRow;
  /** Only keys of the account itself may extend the bot; end users' wishes are ignored. */
  readonly trusted: boolean;
}

export interface Keyring {
  /** Secret keys and access tokens, and whose they are. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly signingKey: string;
}

const AUDIENCE = 'enduser:conversation';

export function authenticate(
  { store, clock, switches }: World,
  keys: Keyring,
  request: { readonly headers: IncomingHttpHeaders; readonly path: string },
): Session | Refusal {
  // The scheme's word is never looked at: only that a second word is there.
  const token = request.headers.authorization?.split(' ')[1]?.trim();
  if (!token) return refuse('NOT_AUTHENTICATED');

  if (token.startsWith('sk-') || token.startsWith('oaac-')) {
    const owner = store.accounts.get(keys.tokens.get(token) ?? '');
    if (!owner) return refuse('NOT_AUTHENTICATED');
    const account = runAs(request.headers, owner);
    return account ? { account, trusted: true } : refuse('NOT_AUTHENTICATED');
  }

  const claims = readToken(token, keys.signingKey);
  const account = store.accounts.get(claims?.userId ?? '');
  if (!claims || !account || claims.exp * 1000 <= clock()) return refuse('NOT_AUTHENTICATED');
  if (!allowedRoute(request.path, claims.conversationId)) {
    return switches.sessionRefusal === 403
      ? refuse('NOT_AUTHORIZED', 'Request is not matching allowed routes')
      : refuse('NOT_AUTHENTICATED');
  }
  return { account, trusted: false };

  function runAs(headers: IncomingHttpHeaders, owner: AccountRow): AccountRow | undefined {
    const id = headers['x-runas-user-id'] ?? headers['x-runas-userid'];
    const email = headers['x-runas-child-user-email'];
    if (!id && !email) return owner;
    for (const row of store.accounts.values()) {
      const meant = id ? row.id === id : row.email === email;
      if (meant && row.parentId === owner.id) return row;
    }
    return undefined;
  }
}

interface Claims {
  readonly sub: string;
  readonly conversationId: string;
  readonly userId: string;
  /** Seconds, as everywhere in tokens. */
  readonly exp: number;
}

export function signToken(claims: Claims & { readonly iat: number }, signingKey: string): string {
  const head = encode({ alg: 'HS256', typ: 'JWT' });
  const body = encode({ ...claims, options: {}, aud: AUDIENCE });
  return `${head}.${body}.${signature(`${head}.${body}`, signingKey)}`;
}

function readToken(token: string, signingKey: string): Claims | undefined {
  const [head, body, sign, ...more] = token.split('.');
  if (!head || !body || !sign || more.length > 0) return undefined;
  const given = Buffer.from(sign);
  const due = Buffer.from(signature(`${head}.${body}`, signingKey));
  if (given.length !== due.length || !timingSafeEqual(given, due)) return undefined;
  const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  if (!isRecord(claims) || claims['aud'] !== AUDIENCE) return undefined;
  const { sub, conversationId, userId, exp } = claims;
  if (typeof sub !== 'string' || typeof conversationId !== 'string') return undefined;
  if (typeof userId !== 'string' || typeof exp !== 'number') return undefined;
  return { sub, conversationId, userId, exp };
}

/** Reading and adding messages is not among them, though its documentation says so. */
function allowedRoute(path: string, conversationId: string): boolean {
  const route = path.replace(/^\/api(?=\/v1\/)/, '');
  const own = `/v1/conversation/${conversationId}/`;
  if (route === '/v1/url/unfurl' || /^\/v1\/channel\/[^/]+\/publish$/.test(route)) return true;
  if (!route.startsWith(own)) return false;
  const rest = route.slice(own.length);
  return (
    ['complete', 'send', 'receive', 'contact/upsert', 'attachment/upload'].includes(rest) ||
    (rest === 'initiate' && path.startsWith('/api/')) ||
    /^message\/.+?\/(?:upvote|downvote|synthesize)$/.test(rest)
  );
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signature(text: string, signingKey: string): string {
  return createHmac('sha256', signingKey).update(text).digest('base64url');
}
