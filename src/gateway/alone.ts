// What a service takes only as a whole is read, changed and written back by one gateway at a time.

import { failed } from '../domain/failure.ts';
import type { AccountScope, ProviderName } from '../domain/ids.ts';
import type { Alone } from '../providers/provider.ts';
import type { Leases } from '../state/lease/lease.ts';
import { takeTurn, whileHeld } from './writes/held.ts';

/**
 * Where nobody can say whose turn it is nothing is written: somebody's tag lost without a word is worse than an error that
 * says to try again. docs/decisions/0014-an-intent-before-each-create.md
 */
export function aloneAt(
  { name: provider, scope }: { readonly name: ProviderName; readonly scope: AccountScope },
  leases: Leases,
): Alone {
  return async (what, signal, work) => {
    const name = `rewrite:${scope}:${encodeURIComponent(what)}`;
    const taken = await takeTurn(leases, name, signal);
    if (!taken.ok) return taken;
    const hold = taken.value;
    if (!hold) return failed({ kind: 'unavailable', provider, because: OVERDUE, retryAt: null });
    return whileHeld(hold, leases.leaseMs, () => work(() => hold.renew()));
  };
}

const OVERDUE =
  'the deadline passed while another write to the same conversation was under way, and nothing was changed';
