// How things stand with each account and with what gateways share, read whenever somebody looks.

import type { ProviderName } from '../domain/ids.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Meter } from '../observability/meter.ts';
import type { AccountManners } from '../providers/manners.ts';
import type { RedisDoor } from '../state/redis.ts';

export interface ObservedParts {
  readonly gateway: Pick<Gateway, 'providers' | 'health'>;
  readonly mannersOf: ReadonlyMap<ProviderName, AccountManners>;
  readonly redis: RedisDoor | undefined;
}

export function observeAccounts(
  meter: Meter,
  { gateway: { providers, health }, mannersOf, redis }: ObservedParts,
): void {
  const each = (value: (name: ProviderName) => number | null) => () =>
    providers.map(({ name }) => [{ provider: name }, value(name)] as const);
  const manners = (value: (of: AccountManners) => number) =>
    each((name) => {
      const found = mannersOf.get(name);
      return found ? value(found) : null;
    });
  meter.read(
    'parlance_provider_up',
    each((name) => (health(name).state === 'DOWN' ? 0 : 1)),
  );
  meter.read(
    'parlance_breaker_open',
    manners((of) => (of.nextTry() === null ? 0 : 1)),
  );
  meter.read(
    'parlance_places_taken',
    manners((of) => of.under().way),
  );
  meter.read(
    'parlance_places_waiting',
    manners((of) => of.under().waiting),
  );
  meter.read(
    'parlance_budget_limit',
    each((name) => health(name).rateLimit?.limit ?? null),
  );
  meter.read(
    'parlance_budget_remaining',
    each((name) => health(name).rateLimit?.remaining ?? null),
  );
  if (redis) meter.read('parlance_redis_up', () => [[{}, redis.complaint() === null ? 1 : 0]]);
}
