// The event log on a Redis cluster, whose lanes lie on different servers, and on a server that a Sentinel names.

import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis, type RedisPlace } from '../../src/state/redis.ts';
import { startRedisCluster } from '../support/redis/cluster.ts';
import { startRedis } from '../support/redis/server.ts';
import { conversationIn, everythingAfter, hearingOf, saying, valueOf } from './event-log.ts';

const LANES = 8;
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function opened(place: RedisPlace, logged: string[] = []) {
  const noting = { ...log, debug: (_: object, sentence: string) => void logged.push(sentence) };
  const door = openRedis({ ...place, log });
  const retention = { ageMs: 3_600_000, length: 1000 };
  const events = await redisLog({ door, lanes: LANES, retention, log: noting });
  onTestFinished(() => events.close());
  return events;
}

describe('an event log on a cluster of three', () => {
  it('tells everything of every lane to each gateway, wherever it was appended', async () => {
    const [node] = await startRedisCluster();
    const cluster = [node?.url ?? ''];
    const logged: string[] = [];
    const [one, other] = [await opened({ cluster }, logged), await opened({ cluster }, logged)];
    const hearings = [hearingOf(one), hearingOf(other)];
    const conversations = Array.from({ length: LANES }, (_, lane) => conversationIn(one, lane));

    const marks = valueOf(await one.append(conversations.map((id) => saying(id, 'a'))));
    valueOf(await other.append(conversations.map((id) => saying(id, 'a'))));
    valueOf(await other.append(conversations.map((id) => saying(id, 'b'))));

    const wanted = conversations.flatMap((id) => [`${id}/a`, `${id}/b`]).toSorted();
    for (const hearing of hearings) expect((await hearing.count(16)).toSorted()).toEqual(wanted);
    // No server was asked for what another one has.
    expect(logged).toEqual([]);
    for (const [lane, id] of conversations.entries()) {
      const from = marks[lane]?.mark ?? { epoch: '', id: '' };
      const read = await everythingAfter(other, lane, from);
      expect(read).toMatchObject({ texts: [`${id}/b`], lost: null });
    }
  });

  it('is known not to be heard for a moment where one server alone cut it off', async () => {
    const nodes = await startRedisCluster();
    const [node] = nodes;
    const one = await opened({ cluster: nodes.map(({ url }) => url) });
    const operator = new Redis(node?.url ?? '');
    onTestFinished(() => operator.disconnect());
    await vi.waitFor(async () => expect(await operator.client('LIST')).toContain('cmd=xread'));
    expect(one.heard()).not.toBeNull();

    await operator.client('KILL', 'SKIPME', 'yes');

    // Sooner than a read that waits comes back by itself.
    const soon = { timeout: 4000, interval: 1 };
    await vi.waitFor(() => expect(one.heard()).toBeNull(), soon);
    await vi.waitFor(() => expect(one.heard()).not.toBeNull(), soon);
  });

  it('says what was lost with one of its servers, and goes on where that is back', async () => {
    const nodes = await startRedisCluster();
    const one = await opened({ cluster: nodes.map(({ url }) => url) });
    const hearing = hearingOf(one);
    const conversations = Array.from({ length: LANES }, (_, lane) => conversationIn(one, lane));
    valueOf(await one.append(conversations.map((id) => saying(id, 'a'))));
    await hearing.count(LANES);

    expect(one.heard()).toEqual(valueOf(await one.ends()));

    await nodes[1]?.kill();
    await vi.waitFor(() => expect(one.heard()).toBeNull(), { timeout: 4000, interval: 1 });
    await nodes[1]?.restart();

    const lost = await hearing.count(LANES + 1);
    expect(lost.at(-1)).toMatch(/^lost in \d: RESET$/);
    await vi.waitFor(() => expect(one.heard()).not.toBeNull(), 10_000);
  });
});

describe('an event log on a server that a Sentinel names', () => {
  it('is kept and heard as elsewhere', async () => {
    const server = await startRedis();
    onTestFinished(() => server.close());
    const config = `sentinel monitor main 127.0.0.1 ${server.port} 1\n`;
    const sentinel = await startRedis({ config, settings: ['--sentinel'] });
    onTestFinished(() => sentinel.close());
    const place = { sentinels: [sentinel.url], name: 'main' };
    const [one, other] = [await opened(place), await opened(place)];
    const hearing = hearingOf(other);

    valueOf(await one.append([saying('c', 'a')]));

    expect(await hearing.count(1)).toEqual(['c/a']);
  });
});
