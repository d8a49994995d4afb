// What one caller may have at a time, and ask for in a while: so that nobody leaves nothing for the others.

import type { Caller } from '../../domain/caller.ts';
import type { Rates, Spent } from '../../state/rates/rates.ts';
import { networkOf } from '../door/address.ts';

export interface Shares {
  readonly sockets: Count;
  readonly subscriptions: Count;
  /** Queries and mutations that run at once. */
  readonly operations: Count;
  spend(payer: string, points: number): Promise<Spent>;
}

export interface Count {
  readonly most: number;
  /** One more of theirs: what gives it back, which may be called again; undefined where they have as many as there may be. */
  take(payer: string): (() => void) | undefined;
}

/** Of each caller, at this gateway. What is left out is not bounded. */
export interface ShareLimits {
  readonly socketsPerCaller?: number;
  readonly subscriptionsPerCaller?: number;
  readonly operationsPerCaller?: number;
}

/** Where callers are told apart, and the config says nothing else. */
export const USUAL_SHARES: Required<ShareLimits> = {
  socketsPerCaller: 50,
  subscriptionsPerCaller: 200,
  operationsPerCaller: 100,
};

/** `rates`: absent, anything may be asked for. */
export function openShares(limits: ShareLimits, rates?: Rates): Shares {
  return {
    sockets: countOf(limits.socketsPerCaller),
    subscriptions: countOf(limits.subscriptionsPerCaller),
    operations: countOf(limits.operationsPerCaller),
    spend: (payer, points) => rates?.spend(payer, points) ?? Promise.resolve({ ok: true }),
  };
}

export function countOf(most = Number.POSITIVE_INFINITY): Count {
  const counts = new Map<string, number>();
  return {
    most,
    take(payer) {
      const count = counts.get(payer) ?? 0;
      if (count >= most) return undefined;
      counts.set(payer, count + 1);
      let isOurs = true;
      return () => {
        if (!isOurs) return;
        isOurs = false;
        const left = (counts.get(payer) ?? 1) - 1;
        if (left === 0) counts.delete(payer);
        else counts.set(payer, left);
      };
    },
  };
}

/** Whose share it is: the caller's; where nobody signs in all are one caller, so their address stands for them. */
export function payerOf(
  { id }: Caller,
  { address, open }: { readonly address: string; readonly open: boolean },
): string {
  return open ? `at ${networkOf(address)}` : id;
}
