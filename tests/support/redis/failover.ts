// Two servers, the one following the other, for the tests in which it takes over: named by a Sentinel, or behind doors of their own.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { expect, onTestFinished, vi } from 'vitest';
import { type RedisServer, startRedis } from './server.ts';

export interface Pair {
  readonly master: Redis;
  readonly replica: Redis;
  /** Whichever is the master now is reached here; each door is another one's way to it. */
  door(): Promise<Door>;
  /** Resolves once the replica has all that the master took in. */
  caughtUp(): Promise<void>;
  /** From now on the replica hears of nothing that the master takes in. */
  deafen(): Promise<void>;
  /** The master keeps its connections and answers nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** The master is killed, the replica is one. */
  failOver(): Promise<void>;
}

export interface Door {
  readonly url: string;
  /** Every connection is cut, as by a network that fails for a moment. */
  cut(): void;
  /** What the server says does not come through, and nobody knows, until it is let go. */
  hold(): void;
  letGo(): void;
  /** Cut, and nobody gets through, until it is opened. */
  shut(): void;
  open(): void;
}

/** A master with its replica, behind as many doors as are asked for. */
export async function startPair(): Promise<Pair> {
  const { servers, clients } = await twoServers();
  const [first, second] = servers;
  const [master, replica] = clients;
  let to = first.port;
  const doors: Door[] = [];
  return {
    master,
    replica,
    async door() {
      const door = await doorTo(() => to);
      doors.push(door);
      return door;
    },
    caughtUp: () => caughtUp(master),
    freeze: () => first.freeze(),
    thaw: () => first.thaw(),
    deafen: async () => void (await replica.call('REPLICAOF', '127.0.0.1', '1')),
    async failOver() {
      await first.kill();
      await replica.call('REPLICAOF', 'NO', 'ONE');
      to = second.port;
      for (const door of doors) door.cut();
    },
  };
}

export interface Watched {
  /** Of the Sentinel. */
  readonly url: string;
  /** Of the two, there. */
  readonly name: string;
  /** Resolves once the replica has all that the master took in. */
  caughtUp(): Promise<void>;
  /** The master is killed, or freezes; resolves once the Sentinel has made a master of the replica. */
  failOver(how?: 'killed' | 'frozen'): Promise<void>;
  /** The one that was frozen goes on, and is told by the Sentinel what it is by now. */
  thaw(): Promise<void>;
}

/** A master and its replica, watched by a Sentinel that promotes on its own. */
export async function startSentinel(): Promise<Watched> {
  const { servers, clients } = await twoServers();
  const [first, second] = servers;
  const [master] = clients;
  const name = 'main';
  const config = [
    `sentinel monitor ${name} 127.0.0.1 ${first.port} 1`,
    `sentinel down-after-milliseconds ${name} 300`,
    `sentinel failover-timeout ${name} 3000`,
    '',
  ].join('\n');
  const sentinel = await startRedis({ config, settings: ['--sentinel'] });
  onTestFinished(() => sentinel.close());
  const asking = clientOf(sentinel);
  const said = async (command: string) =>
    JSON.stringify(await asking.call('SENTINEL', command, name));
  // What it does not know it cannot promote; it looks for replicas every ten seconds.
  await vi.waitFor(async () => expect(await said('REPLICAS')).toContain(`:${second.port}`), 15_000);
  return {
    url: sentinel.url,
    name,
    caughtUp: () => caughtUp(master),
    async failOver(how = 'killed') {
      await (how === 'killed' ? first.kill() : first.freeze());
      const promoted = async () =>
        expect(await said('GET-MASTER-ADDR-BY-NAME')).toContain(String(second.port));
      await vi.waitFor(promoted, { timeout: 20_000, interval: 50 });
    },
    async thaw() {
      await first.thaw();
      const demoted = async () => expect(await master.info('replication')).toContain('role:slave');
      await vi.waitFor(demoted, { timeout: 20_000, interval: 50 });
    },
  };
}

type Two<T> = readonly [T, T];

async function twoServers(): Promise<{
  readonly servers: Two<RedisServer>;
  readonly clients: Two<Redis>;
}> {
  const first = await startRedis({ settings: ['--repl-diskless-sync-delay', '0'] });
  onTestFinished(() => first.close());
  const second = await startRedis({
    settings: ['--replicaof', '127.0.0.1', String(first.port)],
  });
  onTestFinished(() => second.close());
  const [master, replica] = [clientOf(first), clientOf(second)];
  await vi.waitFor(
    async () => expect(await replica.info('replication')).toContain('master_link_status:up'),
    10_000,
  );
  return { servers: [first, second], clients: [master, replica] };
}

function clientOf({ url }: RedisServer): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: null });
  client.on('error', quiet);
  onTestFinished(() => client.disconnect());
  return client;
}

async function caughtUp(master: Redis): Promise<void> {
  // Waited for is what was written on this very connection, and with it all that came before it.
  await master.set('caught up', '');
  return vi.waitFor(async () => expect(await master.wait(1, 100)).toBe(1), 5000);
}

async function doorTo(port: () => number): Promise<Door> {
  const ways = new Map<Socket, Socket>();
  let isHeld = false;
  let isShut = false;
  const server = createServer((socket) => {
    socket.on('error', quiet);
    if (isShut) {
      socket.destroy();
      return;
    }
    const onward = connect(port(), '127.0.0.1').on('error', quiet);
    ways.set(onward, socket);
    socket.on('close', () => onward.destroy());
    onward.on('close', () => {
      ways.delete(onward);
      socket.destroy();
    });
    socket.pipe(onward);
    if (!isHeld) onward.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const cut = () => {
    for (const socket of ways.values()) socket.destroy();
  };
  onTestFinished(cut);
  return {
    url: `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    cut,
    hold() {
      isHeld = true;
      for (const [onward, socket] of ways) {
        onward.unpipe(socket);
        onward.pause();
      }
    },
    letGo() {
      isHeld = false;
      for (const [onward, socket] of ways) onward.pipe(socket);
    },
    shut() {
      isShut = true;
      cut();
    },
    open() {
      isShut = false;
    },
  };
}

function quiet(): void {
  // What goes wrong with a connection is told by what does not come.
}
