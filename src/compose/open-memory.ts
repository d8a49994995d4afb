// What outlives a request: in Redis where there is one, else in this process.

import type { Config } from '../config/config.ts';
import type { Log } from '../observability/log.ts';
import type { EventLog, Retention } from '../state/events/log.ts';
import { memoryLog } from '../state/events/memory.ts';
import { redisLog } from '../state/events/redis.ts';
import type { Ledger } from '../state/idempotency/ledger.ts';
import { memoryLedger } from '../state/idempotency/memory.ts';
import { redisLedger } from '../state/idempotency/redis.ts';
import type { Leases } from '../state/lease/lease.ts';
import { memoryLeases } from '../state/lease/memory.ts';
import { redisLeases } from '../state/lease/redis.ts';
import type { RedisDoor } from '../state/redis.ts';

export interface Memory {
  readonly events: EventLog;
  readonly retention: Retention;
  readonly ledger: Ledger;
  /** Who looks at which account. */
  readonly leases: Leases;
  /** Whose turn it is to create, or to write a whole list. */
  readonly turnLeases: Leases;
  /** Who writes which answer; absent where this gateway is alone. */
  readonly replyLeases?: Leases;
  close(): Promise<void>;
}

export interface MemoryParts {
  /** Undefined where this process remembers by itself. */
  readonly redis: RedisDoor | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly randomSecret: () => string;
  readonly log: Log;
}

/** Streams of the event log. Fixed: a conversation keeps its own for ever. */
const LANES = 8;
const RETENTION = { ageMs: 24 * 3_600_000, length: 10_000 };
/** How long nobody looks at an account after the gateway that did has died. */
const LEASE_MS = 10_000;
/** How long after a gateway died another one ends the answers it was at; and for how long it is known that one ended. */
const REPLY_LEASE = { leaseMs: 4000, notesMs: 600_000 };
/** How long a gateway that died stands in the way of others; and for how long is known what it was about to create. */
const TURN_LEASE = { leaseMs: 2000, notesMs: 24 * 3_600_000 };
/** How long after a gateway died its writes are taken for left; and for how long a key is good. */
const LEDGER = { leaseMs: 5000, keptMs: 24 * 3_600_000 };
/** Of one process: more than one a second for a day. */
const MOST_KEYS = 100_000;

export async function openMemory(
  said: Config['events'],
  { redis, clock, randomSecret, log }: MemoryParts,
): Promise<Memory> {
  const retention = { ...RETENTION, ...said?.retention };
  const leasesFor = (lasting: { readonly leaseMs: number; readonly notesMs: number }) =>
    redis
      ? redisLeases({ door: redis, ...lasting })
      : memoryLeases({ clock: () => performance.now(), ...lasting });
  const events = redis
    ? await redisLog({ door: redis, lanes: LANES, retention, log })
    : memoryLog({ lanes: LANES, retention, clock, epoch: randomSecret().slice(0, 12) });
  // Notes outlive the log: who comes back after it forgot all is told so.
  const leases = leasesFor({ leaseMs: LEASE_MS, notesMs: 7 * retention.ageMs });
  const turnLeases = leasesFor(TURN_LEASE);
  const ledger = redis
    ? redisLedger({ door: redis, ...LEDGER })
    : memoryLedger({ clock: () => performance.now(), now: clock, most: MOST_KEYS, ...LEDGER });

  return {
    events,
    retention,
    ledger,
    leases,
    turnLeases,
    ...(redis && { replyLeases: leasesFor(REPLY_LEASE) }),
    async close() {
      await Promise.all([ledger.close(), turnLeases.close(), leases.close()]);
      await events.close();
    },
  };
}
