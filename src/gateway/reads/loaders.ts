// Looking up what is kept: all that is wanted in one tick of one account is one question to the cache.

import DataLoader from 'dataloader';
import type { AccountScope } from '../../domain/ids.ts';
import type { Cache, Kept } from '../../state/cache/cache.ts';

export interface Lookup {
  (wanted: Wanted): Promise<Kept | undefined>;
}

export interface Wanted {
  readonly key: string;
  /** Whether it will do, or other gateways may have a better one. */
  isEnough(kept: Kept): boolean;
}

/** Of every account. Nothing is remembered from one tick to the next: that is the cache's part. */
export function openLookups(cache: Cache): (scope: AccountScope) => Lookup {
  const lookups = new Map<AccountScope, Lookup>();
  return (scope) => {
    const known = lookups.get(scope) ?? openLookup(cache, scope);
    lookups.set(scope, known);
    return known;
  };
}

function openLookup(cache: Cache, scope: AccountScope): Lookup {
  const loader = new DataLoader<Wanted, Kept | undefined>(
    async (wanted) => {
      const byKey = new Map<string, Wanted[]>();
      for (const one of wanted) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one]);
      const keys = [...byKey.keys()];
      const found = await cache.get(scope, keys, (kept, key) =>
        (byKey.get(key) ?? []).every(({ isEnough }) => isEnough(kept)),
      );
      const kept = new Map(keys.map((key, at) => [key, found[at]]));
      return wanted.map(({ key }) => kept.get(key));
    },
    { cache: false },
  );
  return (wanted) => loader.load(wanted);
}
