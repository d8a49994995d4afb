// A ledger in memory, for a gateway that shares its keys with nobody.

import type { Ledger } from '../../src/state/idempotency/ledger.ts';
import { memoryLedger } from '../../src/state/idempotency/memory.ts';

export function someLedger(): Ledger {
  return memoryLedger({
    leaseMs: 2000,
    keptMs: 24 * 3_600_000,
    most: 100_000,
    clock: () => performance.now(),
    now: Date.now,
  });
}
