// How each provider has been doing, judged by the calls that were made anyway. Nothing is asked for its sake.

import type { Failure, Outcome } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';

export interface Health {
  /** UP: the last call was answered. DEGRADED: it answers, and refuses us. DOWN: it does not answer. */
  readonly state: 'UP' | 'DEGRADED' | 'DOWN';
  readonly since: Date;
  readonly lastFailure: Failure | null;
  readonly retryAt: Date | null;
}

export interface HealthBook {
  of(provider: ProviderName): Health;
  record(provider: ProviderName, outcome: Outcome<unknown>): void;
}

export function healthBook(
  providers: readonly ProviderName[],
  clock: () => number,
  /** When one that is left in peace is tried again; null where nothing keeps it from being asked. */
  nextTry: (provider: ProviderName) => Date | null = () => null,
): HealthBook {
  const start: Health = { state: 'UP', since: new Date(clock()), lastFailure: null, retryAt: null };
  const book = new Map<ProviderName, Health>(providers.map((name) => [name, start]));

  const recorded = (provider: ProviderName) => book.get(provider) ?? start;

  return {
    of(provider) {
      const known = recorded(provider);
      const retryAt = nextTry(provider);
      return retryAt ? { ...known, state: 'DOWN', retryAt } : known;
    },
    record(provider, outcome) {
      const before = recorded(provider);
      const state = stateAfter(outcome);
      const failure = state === 'UP' || outcome.ok ? null : outcome.failure;
      book.set(provider, {
        state,
        since: state === before.state ? before.since : new Date(clock()),
        lastFailure: failure ?? before.lastFailure,
        retryAt: failure && 'retryAt' in failure ? failure.retryAt : null,
      });
    },
  };
}

/** A provider that says no to a question has answered it. */
function stateAfter(outcome: Outcome<unknown>): Health['state'] {
  if (outcome.ok) return 'UP';
  switch (outcome.failure.kind) {
    case 'unavailable':
    case 'outcome-unknown':
      return 'DOWN';
    case 'rate-limited':
    case 'credential-refused':
      return 'DEGRADED';
    case 'invalid-input':
    case 'not-found':
    case 'forbidden':
    case 'unsupported':
    case 'conflict':
    case 'key-in-use':
    case 'not-allowed':
    case 'share-spent':
    case 'refused':
    case 'gateway-unavailable':
      return 'UP';
  }
}
