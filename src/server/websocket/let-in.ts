// Lets in whoever connected by WebSocket, for as long as what they presented is good; or sends them away with the reason.

import type { Refusal, SessionEnd } from '../../security/doorkeeper.ts';
import { payerOf } from '../bounds/shares.ts';
import type { Door } from '../door/admission.ts';
import { bearerOf } from '../door/bearer.ts';
import { sendAway } from './carrier.ts';
import type { Connection } from './connection.ts';

/** The codes by which a client knows whether to come back. RFC 6455, 7.4.1: later. */
const TRY_AGAIN_LATER = 1013;
/** Of the protocol: with something else, or not at all; with a new token. */
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;

export async function letIn(
  { doorkeeper, shares }: Door,
  connection: Connection,
  presented: Readonly<Record<string, unknown>> | undefined,
): Promise<boolean> {
  const { socket, address, leaves } = connection;
  const { authorization = connection.authorization, Authorization = authorization } =
    presented ?? {};
  const admission = await doorkeeper.admit({ credential: bearerOf(Authorization), address });
  if (socket.readyState !== socket.OPEN) return false;
  const refused = (code: number, reason: string) => {
    connection.trail.refused(reason);
    sendAway(socket, { code, reason });
    return false;
  };
  if (!admission.ok) {
    return refused(codeFor(admission.refusal), admission.refusal.message);
  }
  const { session } = admission;
  const payer = payerOf(session.caller, { address, open: doorkeeper.open });
  const giveBack = shares.sockets.take(payer);
  if (!giveBack) {
    const reason = `There are ${shares.sockets.most} connections of yours, which are the most. Close one first.`;
    return refused(TRY_AGAIN_LATER, reason);
  }
  leaves.push(giveBack);
  connection.known();
  connection.session = session;
  connection.trail.is(session.caller.id);
  connection.payer = payer;
  leaves.push(
    session.onEnd((why) => {
      for (const { left } of connection.operations.values()) left.abort();
      sendAway(socket, FAREWELLS[why]);
    }),
  );
  return socket.readyState === socket.OPEN;
}

const FAREWELLS: Readonly<Record<SessionEnd, { readonly code: number; readonly reason: string }>> =
  {
    expired: {
      code: FORBIDDEN,
      reason: 'Your token has expired. Connect again with a new one.',
    },
    revoked: {
      code: UNAUTHORIZED,
      reason: 'What you presented is good no more. Sign in again.',
    },
  };

function codeFor({ code, expired }: Refusal): number {
  switch (code) {
    case 'UNAUTHENTICATED':
      return expired ? FORBIDDEN : UNAUTHORIZED;
    case 'FORBIDDEN':
      return FORBIDDEN;
    case 'RATE_LIMITED':
    case 'GATEWAY_UNAVAILABLE':
      return TRY_AGAIN_LATER;
  }
}
