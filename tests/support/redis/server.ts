// A Redis of a test's own: started on a free port, persisting nothing, ended by its pid. It can be killed, frozen and begun again.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  findRedis,
  type RedisContainer,
  type RedisFound,
  type RedisProgram,
  withLibraries,
} from './find.ts';

export interface RedisServer {
  readonly url: string;
  readonly how: string;
  readonly port: number;
  /** Ends it at once, as a crash does: whatever it kept is gone, unless it keeps all. */
  kill(): Promise<void>;
  /** Empty, on the same port; with all it had where it keeps all. */
  restart(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** Absent, whatever is found. */
  readonly found?: RedisFound;
  /** Writes down what it takes in, before it answers. */
  readonly keepsAll?: boolean;
  /** The text of a file of settings that it may write to; a Sentinel wants one. */
  readonly config?: string;
  /** More words for its command line; asked for again where a port that was free is taken by then. */
  readonly settings?: readonly string[] | (() => Promise<readonly string[]>);
}

export async function startRedis({
  found,
  keepsAll = false,
  config,
  settings = [],
}: RedisOptions = {}): Promise<RedisServer> {
  // One that somebody else runs is not ours to kill.
  const taken = found ?? (await findRedis({ ...process.env, REDIS_URL: '' }));
  if (taken.kind === 'elsewhere') {
    throw new Error(
      'A Redis that somebody else runs cannot be ended and begun again: give a program or a container.',
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'parlance-redis-'));
  const file = join(folder, 'redis.conf');
  const launch = (words: readonly string[]) =>
    taken.kind === 'program' ? asProgram(taken, words) : inContainer(taken, folder, words);
  const wordsAt = async (port: number): Promise<readonly string[]> => [
    ...(config === undefined ? [] : [file]),
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    ...(keepsAll ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']),
    ...(typeof settings === 'function' ? await settings() : settings),
  ];
  const begun = await beginSomewhere(async () => {
    if (config !== undefined) await writeFile(file, config);
    const port = await freePort();
    const words = await wordsAt(port);
    return { port, words, running: await launch(words) };
  });
  const { port, words } = begun;
  let { running } = begun;
  return {
    url: `redis://127.0.0.1:${port}`,
    how: taken.how,
    port,
    kill: () => running.kill(),
    async restart() {
      await running.kill();
      running = await launch(words);
    },
    freeze: () => running.freeze(),
    thaw: () => running.thaw(),
    async close() {
      await running.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whoever else starts servers may have taken the port since it was found free. */
async function beginSomewhere<T>(begin: () => Promise<T>): Promise<T> {
  for (let left = MOST_PORTS; ; left -= 1) {
    try {
      return await begin();
    } catch (error) {
      if (left <= 1 || !/listening|in use/i.test(String(error))) throw error;
    }
  }
}

const MOST_PORTS = 5;

type Running = Pick<RedisServer, 'kill' | 'freeze' | 'thaw'>;

async function asProgram(
  { path, libraries }: RedisProgram,
  words: readonly string[],
): Promise<Running> {
  const child = await ready(path, words, withLibraries(libraries));
  const send = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return Promise.resolve();
  };
  return {
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    freeze: () => send('SIGSTOP'),
    thaw: () => send('SIGCONT'),
  };
}

/** On the host's own network and as its own user, so that it is addressed and writes like a program; what ends is the container. */
async function inContainer(
  { path, image }: RedisContainer,
  folder: string,
  words: readonly string[],
): Promise<Running> {
  const name = `parlance-redis-${randomUUID()}`;
  const { uid, gid } = userInfo();
  const box = ['--name', name, '--network', 'host', '--user', `${uid}:${gid}`];
  const mount = ['--volume', `${folder}:${folder}`];
  const before = ['run', '--rm', ...box, ...mount, image, 'redis-server'];
  const child = await ready(path, [...before, ...words], process.env);
  const engine = promisify(execFile);
  return {
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      await engine(path, ['kill', name]);
      await ended;
    },
    freeze: async () => void (await engine(path, ['pause', name])),
    thaw: async () => void (await engine(path, ['unpause', name])),
  };
}

async function ready(
  path: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const child = spawn(path, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      // A Sentinel is ready with a word of its own.
      if (/Ready to accept connections|\+monitor /.test(said)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`Redis ended with ${code}: ${said}`)));
    child.once('error', reject);
  });
  return child;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address) return address.port;
  throw new Error('no port is free');
}
