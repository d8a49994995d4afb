// A Redis of a test's own: started on a free port, persisting nothing, ended by its pid. It can be killed, frozen and begun again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { findRedis, type RedisProgram, withLibraries } from './find.ts';

export interface RedisServer {
  readonly url: string;
  readonly how: string;
  /** Ends it at once, as a crash does: whatever it kept is gone. */
  kill(): Promise<void>;
  /** Empty, on the same port. */
  restart(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const found = await findRedis();
  if (found.kind === 'elsewhere') {
    throw new Error(
      'This test ends and restarts its Redis, so it needs one of its own: unset REDIS_URL.',
    );
  }
  const port = await freePort();
  let running = await begin(found, port);
  return {
    url: `redis://127.0.0.1:${port}`,
    how: found.how,
    async kill() {
      await end(running, 'SIGKILL');
    },
    async restart() {
      await end(running, 'SIGKILL');
      running = await begin(found, port);
    },
    freeze: () => void running.kill('SIGSTOP'),
    thaw: () => void running.kill('SIGCONT'),
    async close() {
      await end(running, 'SIGKILL');
    },
  };
}

async function begin({ path, libraries }: RedisProgram, port: number): Promise<ChildProcess> {
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const child = spawn(path, [...settings, '--dir', '/tmp'], {
    env: withLibraries(libraries),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Ready to accept connections')) resolve();
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address) return address.port;
  throw new Error('no port is free');
}
