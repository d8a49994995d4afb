// A replica takes over that had not heard of all that was acknowledged: nobody is left to believe that they were told everything.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished, vi } from 'vitest';
import { providerName } from '../../src/domain/ids.ts';
import { openBroadcast } from '../../src/gateway/broadcast.ts';
import { eventCursors } from '../../src/gateway/event-cursor.ts';
import { subscribe, type Told } from '../../src/gateway/subscribe.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { startRedis } from '../support/redis/server.ts';
import { saying, valueOf } from './event-log.ts';

const quiet = () => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };

it.each([
  ['one conversation', { provider: providerName('website'), nativeId: 'c' }],
  ['everything', null],
])(
  'who listens to %s is told a gap over what was lost, and nothing of before twice',
  async (_what, conversation) => {
    const { master, replica, address, failOver } = await twoServers();
    const open = async () => {
      const door = openRedis({ url: address, log: silent });
      const retention = { ageMs: 3_600_000, length: 10_000 };
      const log = await redisLog({ door, lanes: 2, retention, log: silent });
      onTestFinished(() => log.close());
      return log;
    };
    const [log, writing] = [await open(), await open()];
    const parts = {
      log,
      broadcast: openBroadcast(log),
      cursors: eventCursors('a secret'),
      clock: Date.now,
    };
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const listen = async (after: string | null) => {
      const asked = { conversation, filter: {}, after, confirm: after === null };
      return valueOf(await subscribe(parts, asked, gone.signal))[Symbol.asyncIterator]();
    };
    const staying = await listen(null);
    const leaving = await listen(null);
    await appended(writing, 'before');
    const [told] = (await toldBy(leaving, 'before')).slice(-1);
    const cursor = told && told.type !== 'failed' ? told.cursor() : '';
    await leaving.return?.();
    await vi.waitFor(async () => expect(await master.wait(1, 100)).toBe(1));

    await replica.call('REPLICAOF', '127.0.0.1', '1');
    const lostAt = Date.now();
    await appended(writing, 'lost with the master');
    await failOver();
    await appended(writing, 'after');

    const stayed = await toldBy(staying, 'after');
    const back = await toldBy(await listen(cursor), 'after');
    // Who was there when it was told has it; who was not is told that something is gone, and when.
    expect(textsOf(stayed)).toEqual(['listening', 'c/before', 'c/lost with the master', 'c/after']);
    expect(textsOf(back)).toEqual(['c/after']);
    for (const all of [stayed, back]) {
      const gaps = all.flatMap((one) => (one.type === 'gap' ? [one.gap] : []));
      expect(gaps.length).toBeGreaterThan(0);
      expect(gaps.map(({ reason }) => reason)).toEqual(gaps.map(() => 'RESET'));
      expect(gaps.map((gap) => gap.conversation)).toEqual(gaps.map(() => conversation));
    }
    const covering = back.some(
      (one) =>
        one.type === 'gap' &&
        (one.gap.from?.getTime() ?? 0) <= lostAt &&
        one.gap.to.getTime() >= lostAt,
    );
    expect(covering).toBe(true);
  },
  30_000,
);

/** A master with its replica, and one address at which whichever is the master now is reached. */
async function twoServers() {
  const first = await startRedis({ settings: ['--repl-diskless-sync-delay', '0'] });
  onTestFinished(() => first.close());
  const second = await startRedis({
    settings: ['--replicaof', '127.0.0.1', String(first.port)],
  });
  onTestFinished(() => second.close());
  const [master, replica] = [first, second].map(({ url }) => {
    const client = new Redis(url, { maxRetriesPerRequest: null });
    client.on('error', quiet);
    onTestFinished(() => client.disconnect());
    return client;
  });
  if (!master || !replica) throw new Error('two servers were asked for');
  await vi.waitFor(
    async () => expect(await replica.info('replication')).toContain('master_link_status:up'),
    10_000,
  );
  const sockets = new Set<Socket>();
  let to = first.port;
  const door = createServer((socket) => {
    const onward = connect(to, '127.0.0.1');
    for (const [from, into] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', quiet).on('close', () => {
        sockets.delete(from);
        into.destroy();
      });
      from.pipe(into);
    }
  });
  const address = await addressOf(door);
  onTestFinished(() => void door.close());
  return {
    master,
    replica,
    address,
    async failOver() {
      await first.kill();
      await replica.call('REPLICAOF', 'NO', 'ONE');
      to = second.port;
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function addressOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function appended(log: EventLog, text: string): Promise<void> {
  await vi.waitFor(
    async () => expect(await log.append([saying('c', text)])).toMatchObject({ ok: true }),
    5000,
  );
}

async function toldBy(listener: AsyncIterator<Told>, last: string): Promise<Told[]> {
  const told: Told[] = [];
  for (;;) {
    const { done, value } = await listener.next();
    if (done) return told;
    told.push(value);
    if (textsOf([value]).includes(`c/${last}`)) return told;
  }
}

function textsOf(told: readonly Told[]): readonly string[] {
  return told.flatMap((one) => {
    if (one.type === 'gap') return [];
    if (one.type !== 'event') return [one.type];
    const { conversation, fact } = one.event;
    return [`${conversation.nativeId}/${fact.kind === 'REPLY_DELTA' ? fact.text : fact.kind}`];
  });
}
