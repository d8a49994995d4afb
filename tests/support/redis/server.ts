// A Redis of a test's own: started on a free port, persisting nothing, ended by its pid. It can be killed, frozen and begun again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedis, type RedisProgram, withLibraries } from './find.ts';

export interface RedisServer {
  readonly url: string;
  readonly how: string;
  readonly port: number;
  /** Ends it at once, as a crash does: whatever it kept is gone, unless it keeps all. */
  kill(): Promise<void>;
  /** Empty, on the same port; with all it had where it keeps all. */
  restart(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** Writes down what it takes in, before it answers. */
  readonly keepsAll?: boolean;
  /** A file of settings that it may write to; a Sentinel wants one. */
  readonly configFile?: string;
  /** More words for its command line. */
  readonly settings?: readonly string[];
}

export async function startRedis({
  keepsAll = false,
  configFile,
  settings = [],
}: RedisOptions = {}): Promise<RedisServer> {
  const found = await findRedis();
  if (found.kind === 'elsewhere') {
    throw new Error(
      'This test ends and restarts its Redis, so it needs one of its own: unset REDIS_URL.',
    );
  }
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'parlance-redis-'));
  const words = [
    ...(configFile === undefined ? [] : [configFile]),
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    ...(keepsAll ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']),
    ...settings,
  ];
  let running = await begin(found, words);
  return {
    url: `redis://127.0.0.1:${port}`,
    how: found.how,
    port,
    async kill() {
      await end(running, 'SIGKILL');
    },
    async restart() {
      await end(running, 'SIGKILL');
      running = await begin(found, words);
    },
    freeze: () => void running.kill('SIGSTOP'),
    thaw: () => void running.kill('SIGCONT'),
    async close() {
      await end(running, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function begin(
  { path, libraries }: RedisProgram,
  words: readonly string[],
): Promise<ChildProcess> {
  const child = spawn(path, words, {
    env: withLibraries(libraries),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
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
