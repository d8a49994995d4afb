// Lets in a request by what its headers present, or answers it with why not.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Doorkeeper, Refusal, Session } from '../security/doorkeeper.ts';

/** Undefined where it has been answered already. */
export async function admitted(
  doorkeeper: Doorkeeper,
  { headers, socket }: IncomingMessage,
  response: ServerResponse,
): Promise<Session | undefined> {
  const admission = await doorkeeper.admit({
    credential: bearerOf(headers.authorization),
    address: socket.remoteAddress ?? '',
  });
  if (admission.ok) return admission.session;
  const { code, message, retryAt } = admission.refusal;
  const status = STATUSES[code];
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (retryAt) response.setHeader('retry-after', secondsUntil(retryAt));
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(`${JSON.stringify({ errors: [{ message, extensions: { code } }] })}\n`);
  return undefined;
}

/** What stands behind `Bearer`, in whatever case; null where nothing does. */
export function bearerOf(header: unknown): string | null {
  if (typeof header !== 'string') return null;
  return /^bearer +(\S+) *$/i.exec(header)?.[1] ?? null;
}

const STATUSES: Readonly<Record<Refusal['code'], number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  GATEWAY_UNAVAILABLE: 503,
};

function secondsUntil(moment: Date): string {
  return String(Math.max(1, Math.ceil((moment.getTime() - Date.now()) / 1000)));
}
