// Lets in a request by what its headers present, or answers it with why not; and knows when that is good no more.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { noted } from '../../observability/trail.ts';
import type { Doorkeeper } from '../../security/doorkeeper.ts';
import { payerOf, type Shares } from '../bounds/shares.ts';
import type { Came } from '../graphql.ts';
import { addressOf } from './address.ts';
import { bearerOf } from './bearer.ts';
import { sayRefusal, tooManyAtOnce } from './refusal.ts';

export interface Door {
  readonly doorkeeper: Doorkeeper;
  readonly shares: Shares;
  /** How many proxies that say who asked them stand before this gateway. */
  readonly hops: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

type CameByRequest = Came & Required<Pick<Came, 'ended' | 'listens'>>;

/** Undefined where it has been answered already. `listened` is told of an answer that lasts. */
export async function admitted(
  { doorkeeper, shares, hops, clock }: Door,
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
    sayRefusal({ request, response, nowMs: clock() }, admission.refusal);
    return undefined;
  }
  const { session } = admission;
  noted({ callerId: session.caller.id });
  const payer = payerOf(session.caller, { address, open: doorkeeper.open });
  const giveBack = shares.operations.take(payer);
  if (!giveBack) {
    sayRefusal({ request, response, nowMs: clock() }, tooManyAtOnce(shares.operations.most));
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
