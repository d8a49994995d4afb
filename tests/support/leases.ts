// Leases in memory, for a gateway that nobody shares a turn with.

import type { Leases } from '../../src/state/lease/lease.ts';
import { memoryLeases } from '../../src/state/lease/memory.ts';

export function someLeases(): Leases {
  return memoryLeases({ leaseMs: 2000, notesMs: 3_600_000, clock: () => performance.now() });
}
