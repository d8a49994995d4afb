// Rates: so many requests of a class in any sixty seconds, counted for the account that pays.

import type { Clock } from '../emulator.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { AccountRow } from './rows.ts';
import type { RateClass, Switches } from './switches.ts';

const WINDOW_MS = 60_000;

export type Charge = (account: AccountRow, classes: readonly RateClass[]) => Refusal | undefined;

export function rateLimits({ ratePerMinute }: Switches, clock: Clock): Charge {
  const charged = new Map<string, number[]>();

  return (account, classes) => {
    const now = clock();
    const keys = classes.map((name) => ({
      name,
      key: `${account.parentId ?? account.id}/${name}`,
    }));
    for (const { name, key } of keys) {
      const limit = ratePerMinute[name] ?? Number.POSITIVE_INFINITY;
      const recent = (charged.get(key) ?? []).filter((at) => now - at < WINDOW_MS);
      charged.set(key, recent);
      if (recent.length >= limit) return refuse('LIMITS_REACHED');
    }
    for (const { key } of keys) charged.get(key)?.push(now);
    return undefined;
  };
}
