// The gateway as one caller may use it: what they may not see is not there, what they may not do is refused. Docs:
// docs/decisions/0020-a-gateway-for-each-caller.md

import { type Caller, SCOPES } from '../domain/caller.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { bounded } from './guard-bounds.ts';
import { asEndUser } from './guard-end-user.ts';

/** Milliseconds since the epoch. */
type Clock = () => number;

/** Whoever may do everything is given the gateway itself. */
export function guarded(gateway: Gateway, caller: Caller, clock: Clock): Gateway {
  const { scopes, providers, contact } = caller;
  if (contact) return bounded(asEndUser(gateway, { contact, id: caller.id, clock }), caller);
  const mayAll = providers === 'all' && SCOPES.every((scope) => scopes.has(scope));
  return mayAll ? gateway : bounded(gateway, caller);
}
