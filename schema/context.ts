// What every resolver is handed: the gateway, and the operation it is part of.

import type { Operation } from '../src/gateway/dispatch.ts';
import type { Gateway } from '../src/gateway/gateway.ts';

export interface Context {
  readonly gateway: Gateway;
  readonly operation: Operation;
}
