// Sessions and the short-lived tokens they buy: JSON web tokens with the payload the vendor's client insists on.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clock, isRecord, splitOnce } from '../emulator.ts';
import { refusal } from './errors.ts';
import { type Mint, secretFrom } from './ids.ts';
import { isoAt } from './lifecycle.ts';
import type { SessionRow, StackAuthStore, UserRow } from './store.ts';

export interface TokenDesk {
  readonly store: StackAuthStore;
  readonly clock: Clock;
  readonly mint: Mint;
  /** Where tokens say they were issued: an origin. */
  readonly issuer: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
}

export interface Bearer {
  readonly userId: string;
  readonly projectId: string;
  readonly isAnonymous: boolean;
  readonly isRestricted: boolean;
}

/** Refresh tokens are not rotated: the same one serves for a year. */
export function signIn(desk: TokenDesk, user: UserRow): SessionRow {
  const id = desk.mint();
  const session: SessionRow = {
    id,
    refreshToken: secretFrom(`refresh/${id}`),
    projectId: user.projectId,
    userId: user.id,
    expiresAt: isoAt(desk.clock() + desk.refreshTokenSeconds * 1000),
  };
  desk.store.sessions.set(session.refreshToken, session);
  return session;
}

/** Refused where the session is another project's, over, or its user is gone. */
export function accessTokenFor(
  desk: TokenDesk,
  { refreshToken, projectId }: { readonly refreshToken: string; readonly projectId: string },
): string {
  const session = desk.store.sessions.get(refreshToken);
  const user = session && desk.store.users.get(session.userId);
  if (
    !session ||
    !user ||
    session.projectId !== projectId ||
    Date.parse(session.expiresAt) < desk.clock()
  ) {
    throw refusal.refreshTokenNotFoundOrExpired();
  }
  return accessToken(desk, session, user);
}

/** Refused as unparsable before it is looked at for age, as a library would. */
export function readAccessToken(token: string, clock: Clock): Bearer {
  const [head = '', rest = ''] = splitOnce(token, '.');
  const [body = '', signature = ''] = splitOnce(rest, '.');
  const claims = parsedPart(body);
  if (!claims || !sameText(signature, sign(`${head}.${body}`))) {
    throw refusal.unparsableAccessToken();
  }
  const {
    sub,
    exp,
    project_id: projectId,
    refresh_token_id: refreshTokenId,
    is_anonymous: isAnonymous,
    is_restricted: isRestricted,
  } = claims;
  if (typeof sub !== 'string' || typeof exp !== 'number' || typeof projectId !== 'string') {
    throw refusal.unparsableAccessToken();
  }
  // In whole seconds, and without leeway.
  if (exp <= Math.floor(clock() / 1000)) {
    throw refusal.accessTokenExpired({
      expiredAtMillis: exp * 1000,
      projectId,
      userId: sub,
      refreshTokenId: typeof refreshTokenId === 'string' ? refreshTokenId : null,
    });
  }
  return {
    userId: sub,
    projectId,
    isAnonymous: isAnonymous === true,
    isRestricted: isRestricted === true,
  };
}

function accessToken(desk: TokenDesk, session: SessionRow, user: UserRow): string {
  const issuedAt = Math.floor(desk.clock() / 1000);
  const kind = user.isAnonymous ? 'anonymous' : user.isRestricted ? 'restricted' : null;
  const audience = { anonymous: ':anon', restricted: ':restricted' };
  const payload = {
    sub: user.id,
    project_id: session.projectId,
    branch_id: 'main',
    refresh_token_id: session.id,
    role: 'authenticated',
    name: user.displayName,
    email: user.primaryEmail,
    email_verified: !user.isRestricted && user.primaryEmail !== null,
    selected_team_id: user.teamIds[0] ?? null,
    signed_up_at: Math.floor(Date.parse(user.signedUpAt) / 1000),
    is_anonymous: user.isAnonymous,
    is_restricted: kind !== null,
    restricted_reason: kind && { type: kind === 'anonymous' ? 'anonymous' : 'email_not_verified' },
    requires_totp_mfa: false,
    // Kinds of users are told apart by issuer and audience, so that a careless check of either keeps guests out.
    iss: `${desk.issuer}/api/v1/projects${kind ? `-${kind}-users` : ''}/${session.projectId}`,
    iat: issuedAt,
    aud: `${session.projectId}${kind ? audience[kind] : ''}`,
    exp: issuedAt + desk.accessTokenSeconds,
  };
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT', kid: 'emulator' })}.${encoded(payload)}`;
  return `${signed}.${sign(signed)}`;
}

function encoded(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function parsedPart(part: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The service signs with ES256 and publishes the key; nobody who is handed a token here checks it. */
function sign(signed: string): string {
  return createHmac('sha256', 'the emulator signs, nobody is fooled')
    .update(signed)
    .digest('base64url');
}

function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
