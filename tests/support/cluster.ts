// Gateways as processes over one Redis and one set of emulators, any of which a test may kill and start again.

import { randomUUID } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import { environmentOf, type GatewayProcess, startGateway } from '../../cluster/process.ts';
import { startWorld, type World } from '../../emulators/world.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { builtCommand } from './built.ts';
import { expectClean, secretsOf } from './leaks.ts';
import { type RedisServer, startRedis } from './redis/server.ts';

export interface TestCluster {
  readonly world: World;
  readonly gateways: readonly GatewayProcess[];
  /** The log they share, seen as one more gateway sees it. */
  readonly events: EventLog;
}

export interface ClusterOptions {
  /** Two where absent. */
  readonly gateways?: number;
  /** Of the test's own, where it is to be killed; the shared one where absent. */
  readonly redis?: RedisServer;
}

export async function startCluster({
  gateways: count = 2,
  redis,
}: ClusterOptions = {}): Promise<TestCluster> {
  const world = await startWorld({ count: 10 });
  onTestFinished(() => world.close());
  const redisUrl = redis?.url ?? inject('redisUrl');
  const prefix = `test:${randomUUID()}:`;
  const environment = environmentOf(world.credentials, {
    redisUrl,
    prefix,
    secret: 'a secret of the tests',
  });
  const gateways = await Promise.all(
    Array.from({ length: count }, async () => {
      const gateway = await startGateway({ environment, command: builtCommand() });
      onTestFinished(async () => {
        await gateway.end('SIGKILL');
        expectClean('what a gateway printed', gateway.printed(), secretsOf(world.credentials));
      });
      return gateway;
    }),
  );
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const events = await redisLog({
    door: openRedis({ url: redisUrl, prefix, log }),
    lanes: 8,
    retention: { ageMs: 3_600_000, length: 10_000 },
    log,
  });
  onTestFinished(() => events.close());
  return { world, gateways, events };
}

/** A Redis that the test may kill. */
export async function ownRedis(): Promise<RedisServer> {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  return redis;
}
