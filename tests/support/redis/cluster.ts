// A Redis cluster of three, or a server watched by a Sentinel, for the tests that need one: in some seconds, without a replica.

import { Redis } from 'ioredis';
import { onTestFinished, vi } from 'vitest';
import { freePort, type RedisServer, startRedis } from './server.ts';

const SLOTS = 16_384;

export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  close(): Promise<void>;
}

/** Three masters, each with a third of the slots; closed when the test ends. */
export async function startRedisCluster(): Promise<readonly RedisServer[]> {
  const cluster = await openRedisCluster();
  onTestFinished(() => cluster.close());
  return cluster.nodes;
}

/** The same, for whoever closes it. */
export async function openRedisCluster(): Promise<RedisCluster> {
  const started: RedisServer[] = [];
  const close = async () => void (await Promise.all(started.map((node) => node.close())));
  try {
    await joined(started);
  } catch (error) {
    await close();
    throw error;
  }
  return { nodes: started, close };
}

async function joined(started: RedisServer[]): Promise<void> {
  const nodes = await Promise.all(
    [0, 1, 2].map(async (index) => {
      let busPort = '';
      const node = await startRedis({
        async settings() {
          busPort = String(await freePort());
          const patience = ['--cluster-node-timeout', '2000'];
          return ['--cluster-enabled', 'yes', '--cluster-port', busPort, ...patience];
        },
      });
      started.push(node);
      const from = Math.floor((SLOTS * index) / 3);
      const to = Math.floor((SLOTS * (index + 1)) / 3) - 1;
      await asked(node, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      await asked(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      return { node, busPort };
    }),
  );
  const [first, ...others] = nodes;
  for (const { node, busPort } of others) {
    if (first) {
      await asked(first.node, 'CLUSTER', 'MEET', '127.0.0.1', String(node.port), busPort);
    }
  }
  for (const { node } of nodes) {
    await vi.waitFor(
      async () => {
        const said = String(await asked(node, 'CLUSTER', 'INFO'));
        if (!/cluster_state:ok[^]*cluster_known_nodes:3/.test(said)) throw new Error(said);
      },
      { timeout: 10_000, interval: 50 },
    );
  }
}

async function asked({ url }: RedisServer, command: string, ...words: string[]): Promise<unknown> {
  const client = new Redis(url, { retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await client.call(command, ...words);
  } finally {
    client.disconnect();
  }
}
