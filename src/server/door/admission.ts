// Lets in a request by what its headers present, or answers it with why not; and knows when that is good no more.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { noted } from '../../observability/trail.ts';
import type { Doorkeeper, Refusal } from '../../security/doorkeeper.ts';
import { payerOf, type Shares } from '../bounds/shares.ts';
import type { Came } from '../graphql.ts';
import { addressOf } from './address.ts';

export interface Door {
  readonly doorkeeper: Doorkeeper;
  readonly shares: Shares;
  /** How many proxies that say who asked them stand before this gateway. */
  readonly hops: number;
}

type CameByRequest = Came & Required<Pick<Came, 'ended' | 'listens'>>;

/** Undefined where it has been answered already. `listened` is told of an answer that lasts. */
export async function admitted(
  { doorkeeper, shares, hops }: Door,
  request: IncomingMessage,
  response: ServerResponse,
  listened: () => void,
): Promise<CameByRequest | undefined> {
  const credential = bearerOf(request.headers.authorization);
  const address = addressOf(request, hops);
  const admission = await doorkeeper.admit({ credential, address });
  // Whoever has gone meanwhile would never give back what is taken for them below.
  if (response.destroyed) return undefined;
  if (!admission.ok) {
    sayRefusal(request, response, admission.refusal);
    return undefined;
  }
  const { session } = admission;
  noted({ callerId: session.caller.id });
  const payer = payerOf(session.caller, { address, open: doorkeeper.open });
  const giveBack = shares.operations.take(payer);
  if (!giveBack) {
    sayRefusal(request, response, tooManyAtOnce(shares.operations.most));
    return undefined;
  }
  const ended = new AbortController();
  let lasts = false;
  const stopHearing = session.onEnd(() => {
    ended.abort();
    // As when this gateway leaves: who would be told that it was all would not come back.
    if (lasts) response.destroy();
  });
  response.once('close', () => {
    stopHearing();
    giveBack();
  });
  return {
    session,
    payer,
    ended: ended.signal,
    listens() {
      lasts = true;
      // From here on it is one of their subscriptions.
      giveBack();
      listened();
    },
  };
}

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
  { headers }: IncomingMessage,
  response: ServerResponse,
  { code, message, retryAt }: Refusal,
): void {
  const status = STATUSES[code];
  const authenticate = challengeFor(code, headers.authorization);
  if (authenticate) response.setHeader('www-authenticate', authenticate);
  if (status === 429 || retryAt) response.setHeader('retry-after', secondsUntil(retryAt));
  response
    .writeHead(status, { 'content-type': jsonFor(headers.accept), 'cache-control': 'no-store' })
    .end(`${JSON.stringify({ errors: [{ message, extensions: extensionsOf(code, retryAt) }] })}\n`);
}

function extensionsOf(code: Refusal['code'], retryAt: Date | null): object {
  return code === 'RATE_LIMITED' ? { code, retryAt: retryAt?.toISOString() ?? null } : { code };
}

/** What stands behind `Bearer`, in whatever case; null where nothing does. */
export function bearerOf(header: unknown): string | null {
  if (typeof header !== 'string') return null;
  return /^bearer +(\S+) *$/i.exec(header)?.[1] ?? null;
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

/** Whole ones; where it is not known when, soon. */
export function secondsUntil(moment: Date | null): string {
  return String(Math.max(1, Math.ceil(((moment?.getTime() ?? 0) - Date.now()) / 1000)));
}
