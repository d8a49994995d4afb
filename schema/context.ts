// What every resolver is handed: who asks, the gateway as it is for them, and the operation it is part of.

import type { Caller } from '../src/domain/caller.ts';
import type { Operation } from '../src/gateway/dispatch.ts';
import type { Gateway } from '../src/gateway/gateway.ts';

export interface Context {
  readonly caller: Caller;
  readonly gateway: Gateway;
  readonly operation: Operation;
}
