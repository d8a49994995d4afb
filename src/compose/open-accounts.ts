// The accounts of a config, each with its own sockets and manners, and what each service takes.

import { Agent } from 'undici';
import type { ProviderConfig } from '../config/config.ts';
import { scopeOf } from '../config/scope.ts';
import type { ProviderName } from '../domain/ids.ts';
import { aloneAt } from '../gateway/alone.ts';
import type { BreakerTimes } from '../providers/breaker.ts';
import { type AccountParts, openProvider } from '../providers/catalogue.ts';
import { openHttp } from '../providers/http.ts';
import { type Limits, USUAL_LIMITS } from '../providers/limits.ts';
import { type AccountManners, type CallWatch, openManners } from '../providers/manners.ts';
import type { Provider } from '../providers/provider.ts';
import { openTurnstile } from '../providers/turnstile.ts';
import type { Budget, Left } from '../state/budget/budget.ts';
import { memoryBudgets } from '../state/budget/memory.ts';
import { redisBudgets } from '../state/budget/redis.ts';
import type { Leases } from '../state/lease/lease.ts';
import type { RedisDoor } from '../state/redis.ts';
import { openOwnProvider } from './open-own-provider.ts';

export interface Accounts {
  readonly providers: readonly Provider[];
  readonly mannersOf: ReadonlyMap<ProviderName, AccountManners>;
  /** Null where nothing is known. */
  rateLeft(name: ProviderName): Left | null;
  /** No more is taken from what the services take. */
  closeBudgets(): Promise<void>;
  closeSockets(): Promise<void>;
}

export interface AccountsParts {
  readonly redis: RedisDoor | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly breaker: BreakerTimes;
  readonly watch: CallWatch;
  /** What a service takes, made of what is documented of it. */
  readonly limitsOf: ((documented: Limits) => Limits) | undefined;
  /** Asked only once all is open. */
  readonly turnLeases: () => Leases;
}

const CONNECT_TIMEOUT_MS = 2000;

/** Throws, with a sentence for the operator, where a kind from outside this tree cannot be opened. */
export function openAccounts(
  accounts: readonly ProviderConfig[],
  { redis, clock, breaker, watch, limitsOf, turnLeases }: AccountsParts,
): Accounts {
  const budgets = redis ? redisBudgets({ door: redis, clock }) : memoryBudgets({ clock });
  const budgetOf = new Map<ProviderName, Budget>();
  const opened = accounts.map((account) => {
    const { name } = account;
    // As many sockets as calls are let through: who waits does so before, where it is known who comes first.
    const dispatcher = new Agent({ pipelining: 1, connect: { timeout: CONNECT_TIMEOUT_MS } });
    const manners = openManners({ provider: name, clock, chance: Math.random, breaker, watch });
    const provider = openAccount(account, {
      dispatcher,
      clock,
      manners,
      turnstileOf(documented) {
        const limits = limitsOf?.(documented) ?? documented;
        const budget = budgets.of(scopeOf(account), limits);
        budgetOf.set(name, budget);
        return openTurnstile({ provider: name, limits, budget, clock });
      },
      alone: (what, signal, work) =>
        aloneAt({ name, scope: scopeOf(account) }, turnLeases())(what, signal, work),
    });
    return { name, dispatcher, manners, provider };
  });

  return {
    providers: opened.map(({ provider }) => provider),
    mannersOf: new Map(opened.map(({ name, manners }) => [name, manners])),
    rateLeft: (name) => budgetOf.get(name)?.left() ?? null,
    closeBudgets: () => budgets.close(),
    async closeSockets() {
      await Promise.all(opened.map(({ dispatcher }) => dispatcher.destroy()));
    },
  };
}

function openAccount(
  account: ProviderConfig,
  parts: AccountParts & { readonly manners: AccountManners },
): Provider {
  if (account.kind !== 'generic') return openProvider(account, parts);
  const { dispatcher, clock, manners, turnstileOf } = parts;
  const { name, url, definition } = account;
  const http = openHttp({
    provider: name,
    origin: url ?? definition.origin,
    dispatcher,
    manners: manners.towards({ turnstile: turnstileOf?.(USUAL_LIMITS) }),
  });
  return openOwnProvider(account, { http, clock });
}
