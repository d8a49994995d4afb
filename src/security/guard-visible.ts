// The accounts there are for a caller. Any other is answered as one that nobody has: both go the same way from here on.

import type { Caller } from '../domain/caller.ts';
import { type Failure, failed, invalid, type Outcome } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { unknownProvider } from '../gateway/inputs.ts';
import type { Provider } from '../providers/provider.ts';

export interface Visible {
  readonly providers: readonly Provider[];
  readonly names: readonly ProviderName[];
  sees(name: string): boolean;
  /** Why an id of that account leads nowhere. */
  absent(name: string): Failure | undefined;
  /** The same of an input that names it. */
  unnamed(name: string): ReturnType<typeof failed> | undefined;
  /** What is asked of all, asked of these only. */
  narrowed<Filter extends { readonly providers?: readonly string[] }>(
    filter: Filter,
  ): Filter | (Filter & { readonly providers: readonly ProviderName[] });
}

export function visibleTo(gateway: Gateway, { providers: theirs, contact }: Caller): Visible {
  const mayHave = (name: ProviderName) =>
    (theirs === 'all' || theirs.has(name)) && (contact === null || contact.provider === name);
  const providers = gateway.providers.filter(({ name }) => mayHave(name));
  const names = providers.map(({ name }) => name);
  const seen = new Set<string>(names);
  const sees = (name: string) => seen.has(name);

  return {
    providers,
    names,
    sees,
    absent: (name) => (sees(name) ? undefined : noSuch(name)),
    unnamed(name) {
      if (sees(name)) return undefined;
      const { path, message } = unknownProvider(name, 'provider', names);
      return invalid(path, message);
    },
    // Where all are theirs the question stays as it is: its cursor is good also when there is one account more.
    narrowed: (filter) =>
      filter.providers || providers.length === gateway.providers.length
        ? filter
        : { ...filter, providers: names },
  };
}

export function noSuch(name: string): Failure {
  return { kind: 'not-found', what: `provider named ${name}` };
}

/** For whom there is no account at all, there is nothing to list. */
export function nothingToSee({ names }: Visible): Outcome<never> | undefined {
  if (names.length > 0) return undefined;
  const said = 'No account of this gateway is yours to see; ask whoever runs it.';
  return failed({ kind: 'not-allowed', said });
}
