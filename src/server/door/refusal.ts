// How one who is not let in is told so: by the letter of RFC 6750 and of GraphQL over HTTP.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { noted } from '../../observability/trail.ts';
import type { Refusal } from '../../security/doorkeeper.ts';
import { bearerOf } from './bearer.ts';

/** What is said to one whose session ended between their headers and their answer. */
export const OVER: Refusal = {
  code: 'UNAUTHENTICATED',
  message: 'What you presented is good no more. Sign in again, and ask again.',
  retryAt: null,
  expired: true,
};

export function tooManyAtOnce(most: number): Refusal {
  const message = `There are ${most} operations of yours under way, which are the most. Wait for one.`;
  return { code: 'RATE_LIMITED', message, retryAt: null };
}

export function sayRefusal(
  { request: { headers }, response, nowMs }: Answering,
  { code, message, retryAt }: Refusal,
): void {
  noted({ refused: message });
  const status = STATUSES[code];
  const authenticate = challengeFor(code, headers.authorization);
  if (authenticate) response.setHeader('www-authenticate', authenticate);
  if (status === 429 || retryAt) response.setHeader('retry-after', secondsUntil(retryAt, nowMs));
  response
    .writeHead(status, { 'content-type': jsonFor(headers.accept), 'cache-control': 'no-store' })
    .end(`${JSON.stringify({ errors: [{ message, extensions: extensionsOf(code, retryAt) }] })}\n`);
}

/** Whole ones; where it is not known when, soon. */
export function secondsUntil(moment: Date | null, nowMs: number): string {
  return String(Math.max(1, Math.ceil(((moment?.getTime() ?? 0) - nowMs) / 1000)));
}

interface Answering {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

function extensionsOf(code: Refusal['code'], retryAt: Date | null): object {
  return code === 'RATE_LIMITED' ? { code, retryAt: retryAt?.toISOString() ?? null } : { code };
}

/** RFC 6750, 3: nothing is said of an error to whoever presented nothing. */
function challengeFor(code: Refusal['code'], authorization: string | undefined) {
  if (code === 'FORBIDDEN') return 'Bearer realm="parlance", error="insufficient_scope"';
  if (code !== 'UNAUTHENTICATED') return undefined;
  const presented = bearerOf(authorization) !== null;
  return `Bearer realm="parlance"${presented ? ', error="invalid_token"' : ''}`;
}

function jsonFor(accept = '*/*'): string {
  return /application\/graphql-response\+json/i.test(accept)
    ? 'application/graphql-response+json; charset=utf-8'
    : 'application/json; charset=utf-8';
}

const STATUSES: Readonly<Record<Refusal['code'], number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  GATEWAY_UNAVAILABLE: 503,
};
