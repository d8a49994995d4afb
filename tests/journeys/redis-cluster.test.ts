// Two gateways over a Redis cluster of three: what they share they share there too, and nothing asks one server for what another has.

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeId, providerName } from '../../src/domain/ids.ts';
import { at, textAt } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import type { TestParlance } from '../support/parlance.ts';
import { openRedisCluster, type RedisCluster } from '../support/redis/cluster.ts';
import type { RedisServer } from '../support/redis/server.ts';
import {
  conversationsAt,
  customerSays,
  getOrCreate,
  hearingAt,
  inboxSources,
  nameOf,
  readiness,
  send,
  startSharing,
  textsShown,
  textsStored,
  unaskedBy,
} from '../support/sharing.ts';
import { rowsAdded } from '../support/stores.ts';

describe('two gateways over a cluster of three', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await openRedisCluster();
  });
  afterAll(async () => {
    await cluster.close();
  });

  const started = () => startSharing({ cluster: [cluster.nodes[0]?.url ?? ''] });

  it('answer with what the other has asked, and no more once it was written to', async () => {
    const { world, one, other } = await started();
    const conversation = standingAt(world, 'support');

    // A cache that takes its time is done without: of so many questions most are answered by it.
    const unasked = await unaskedBy(other, { world, firstAskedBy: one });

    expect(unasked).toBeGreaterThan(6);
    const listening = await hearingAt(other, conversation);
    await send(one, conversation, 'news');
    const { cursor } = await listening.until('news');
    expect(await textsShown(other, conversation)).toContain('news');
    const after = { 'parlance-after': cursor };
    expect(await textsShown(one, conversation, after)).toContain('news');
    await refusesNobody(cluster);
  });

  it('make one attempt for one key, whoever is asked, and tell both of it', async () => {
    const { world, one, other } = await started();
    const conversations = (['website', 'assistant', 'support'] as const).map((account) =>
      standingAt(world, account),
    );

    const results = await Promise.all(
      conversations.flatMap((id) =>
        Array.from({ length: 10 }, (_, index) =>
          send(index % 2 ? one : other, id, 'once', { idempotencyKey: `key of ${id}` }),
        ),
      ),
    );

    expect(new Set(results.map((result) => at(result, 'delivery')))).toEqual(new Set(['SENT']));
    expect(new Set(results.map((result) => textAt(result, 'sent.id'))).size).toBe(3);
    for (const id of conversations) {
      expect(textsStored(world, id).filter((text) => text === 'once')).toHaveLength(1);
    }
    const [id = ''] = conversations;
    const otherInput = await send(other, id, 'another', { idempotencyKey: `key of ${id}` });
    expect(nameOf(otherInput)).toBe('ConflictError');
    await refusesNobody(cluster);
  });

  it('tell what was written at either, and what a customer wrote is found by one for both', async () => {
    const { world, one, other } = await started();
    const conversation = standingAt(world, 'support');
    const hearings = [await hearingAt(one, conversation), await hearingAt(other, conversation)];

    await send(one, conversation, 'at the one');
    await send(other, conversation, 'at the other');
    await customerSays(world, conversation, 'by a customer');

    for (const hearing of hearings) {
      const { told } = await hearing.until('by a customer');
      expect(told).toEqual(['added: at the one', 'added: at the other', 'added: by a customer']);
    }
    await refusesNobody(cluster);
  });

  it('get or create one conversation among many callers at both', async () => {
    const { world, one, other } = await started();
    const added = rowsAdded(world.stackAuth.store.conversations);

    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => getOrCreate(index % 2 ? one : other, '4711')),
    );

    expect(added()).toHaveLength(1);
    expect(results.filter((result) => at(result, 'created') === true)).toHaveLength(1);
    expect(new Set(results.map((result) => textAt(result, 'conversation.id'))).size).toBe(1);
    await refusesNobody(cluster);
  });

  it('leave a service in peace once either was turned away', async () => {
    const { world, one, other } = await started();
    world.botpress.inject({ kind: 'status', status: 429, retryAfter: 30, times: 1 });

    expect(await inboxSources(one)).toMatchObject({ website: 'FAILED', support: 'FRESH' });
    world.botpress.forget();

    expect(await inboxSources(other)).toMatchObject({ website: 'FAILED' });
    expect(world.botpress.journal).toEqual([]);
    await refusesNobody(cluster);
  });
});

it.each([
  [
    'is gone and comes back',
    (node?: RedisServer) => node?.kill(),
    (node?: RedisServer) => node?.restart(),
  ],
  [
    'freezes and goes on',
    (node?: RedisServer) => node?.freeze(),
    (node?: RedisServer) => node?.thaw(),
  ],
])(
  'where one server of three %s, nothing hangs, nothing is doubled, and all goes on',
  async (_how, leave, comeBack) => {
    const cluster = await openRedisCluster();
    try {
      // Not the one that keeps the list of what is open: without that no key is promised anything.
      const [, , third] = cluster.nodes;
      const urls = cluster.nodes.map(({ url }) => url);
      const { world, one, other } = await startSharing({ cluster: urls });
      // An AI would answer what is sent to the others, and takes its time.
      const ids = (await conversationsAt(one)).filter((id) => !isOf(id, 'help'));
      const countOf = (id: string) =>
        textsStored(world, id).filter((text) => text === 'once').length;
      const sendTo = (gateway: TestParlance, id: string) =>
        send(gateway, id, 'once', { idempotencyKey: `key of ${id}` });

      await leave(third);
      const results = await Promise.all(
        ids.map(async (id) => {
          const began = performance.now();
          const name = nameOf(await sendTo(one, id));
          return { name, tookMs: performance.now() - began, count: countOf(id) };
        }),
      );

      expect(Math.max(...results.map(({ tookMs }) => tookMs))).toBeLessThan(LONGEST_MS);
      for (const { name, count } of results) {
        expect({ name, count }).toEqual(
          count === 0
            ? { name: 'GatewayUnavailableError', count }
            : { name: 'SendMessagePayload', count: 1 },
        );
      }
      await comeBack(third);
      await vi.waitFor(async () => {
        const names = await Promise.all(ids.map(async (id) => nameOf(await sendTo(other, id))));
        expect(new Set(names)).toEqual(new Set(['SendMessagePayload']));
      }, 10_000);
      // What was promised on the servers that stayed was kept, and elsewhere nothing was promised.
      expect(ids.map(countOf)).toEqual(ids.map(() => 1));
      await vi.waitFor(
        async () => expect(await readiness(other)).toEqual({ status: 'ready' }),
        5000,
      );
      expect(Object.values(await inboxSources(other))).not.toContain('FAILED');
    } finally {
      await cluster.close();
    }
  },
  60_000,
);

/** The provider's deadline, and what a Redis that does not answer may cost. */
const LONGEST_MS = 2500 + 3000;

/** A script whose keys lie in two slots, or that touches one it did not name, is refused by the server, which counts that. */
async function refusesNobody({ nodes }: RedisCluster): Promise<void> {
  for (const { url } of nodes) {
    const client = new Redis(url);
    try {
      const said = (await client.info('all')).split('\r\n');
      const numberIn = (line: string, name: string) =>
        Number(
          new RegExp(`${name}=(\\d+)`).exec(said.find((one) => one.startsWith(line)) ?? '')?.[1],
        );
      expect(said.filter((line) => line.startsWith('errorstat_CROSSSLOT'))).toEqual([]);
      expect(numberIn('cmdstat_eval:', 'failed_calls')).toBe(0);
      // Each fails once where the server does not know it yet, and is then brought whole.
      const unknown = numberIn('errorstat_NOSCRIPT:', 'count');
      expect(numberIn('cmdstat_evalsha:', 'failed_calls')).toBe(unknown);
    } finally {
      client.disconnect();
    }
  }
}

function isOf(id: string, account: string): boolean {
  const place = decodeId(id);
  return place?.type === 'Conversation' && place.conversation.provider === providerName(account);
}
