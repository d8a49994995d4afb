// A Redis cluster of three, or a server watched by a Sentinel, for the tests that need one: in some seconds, without a replica.

import { Redis } from 'ioredis';
import { onTestFinished, vi } from 'vitest';
import { freePort, type RedisServer, startRedis } from './server.ts';

const SLOTS = 16_384;

/** Three masters, each with a third of the slots. */
export async function startRedisCluster(): Promise<readonly RedisServer[]> {
  const nodes = await Promise.all(
    [0, 1, 2].map(async (index) => {
      const settings = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())];
      const node = await startRedis({ settings: [...settings, '--cluster-node-timeout', '2000'] });
      onTestFinished(() => node.close());
      const from = Math.floor((SLOTS * index) / 3);
      const to = Math.floor((SLOTS * (index + 1)) / 3) - 1;
      await asked(node, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      await asked(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      return { node, busPort: settings[3] ?? '' };
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
  return nodes.map(({ node }) => node);
}

async function asked({ url }: RedisServer, command: string, ...words: string[]): Promise<unknown> {
  const client = new Redis(url);
  try {
    return await client.call(command, ...words);
  } finally {
    client.disconnect();
  }
}
