// The way to Redis: one connection for commands that fail fast, and others for reads that wait.

import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { failed, type Outcome, success } from '../domain/failure.ts';
import type { Log } from '../observability/log.ts';

export interface RedisDoor {
  /** Runs a script on the server of its keys. Fails with `gateway-unavailable` where no answer came in time. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<Outcome<unknown>>;
  /** A connection of one's own, for a read that blocks. It comes back by itself as long as the door is open. */
  connection(): Redis;
  /** Resolves once a connection can be written to, or after a while in which it could not. */
  ready(connection?: Redis): Promise<void>;
  /** Of all keys. */
  readonly prefix: string;
  close(): Promise<void>;
}

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

export interface RedisParts {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  readonly prefix?: string;
  readonly log: Log;
}

/** A dead Redis must cost a caller this and no more. */
const COMMAND_TIMEOUT_MS = 1000;
const MOST_BETWEEN_TRIES_MS = 1000;

export function openRedis({ url, prefix = 'parlance:', log }: RedisParts): RedisDoor {
  const open: Redis[] = [];

  function connection(more: { commandTimeout?: number } = {}): Redis {
    const client = new Redis(url, {
      lazyConnect: false,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      connectTimeout: COMMAND_TIMEOUT_MS,
      retryStrategy: (times) => Math.min(MOST_BETWEEN_TRIES_MS, 50 * times),
      ...more,
    });
    // Without an ear it would end the process; what a command meets is told by the command.
    client.on('error', (error: Error) => log.debug({ err: error }, 'Redis is out of reach'));
    open.push(client);
    return client;
  }

  const commands = connection({ commandTimeout: COMMAND_TIMEOUT_MS });

  return {
    prefix,
    connection,
    ready: (client = commands) => becomesReady(client),
    async run({ lua, sha }, keys, args) {
      try {
        return success(await commands.evalsha(sha, keys.length, ...keys, ...args));
      } catch (error) {
        if (!isUnknownScript(error)) return unreachable(error);
      }
      try {
        return success(await commands.eval(lua, keys.length, ...keys, ...args));
      } catch (error) {
        return unreachable(error);
      }
    },
    close() {
      for (const client of open) client.disconnect();
      return Promise.resolve();
    },
  };
}

function becomesReady(client: Redis): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(limit);
      client.off('ready', done);
      client.off('end', done);
      resolve();
    };
    const limit = setTimeout(done, COMMAND_TIMEOUT_MS);
    client.on('ready', done);
    client.on('end', done);
  });
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function unreachable(error: unknown): ReturnType<typeof failed> {
  const because = error instanceof Error ? error.message : 'it did not answer';
  return failed({ kind: 'gateway-unavailable', because });
}
