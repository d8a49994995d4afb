// Finds a real Redis for the tests, in the order the docs promise, and says which was taken. Nothing is skipped without one.

import { execFile } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { librariesIn, unpackPackages } from '../debian-packages.ts';

const run = promisify(execFile);

/** A program that speaks Redis, and where it looks for its libraries. */
export interface RedisProgram {
  readonly kind: 'program';
  /** One sentence. */
  readonly how: string;
  readonly path: string;
  readonly libraries: string | undefined;
}

/** An engine that runs containers, and the image to run. */
export interface RedisContainer {
  readonly kind: 'container';
  readonly how: string;
  /** The engine's command. */
  readonly path: string;
  readonly image: string;
}

/** A server that somebody else runs: only keys under a prefix of our own may be touched. */
export interface RedisElsewhere {
  readonly kind: 'elsewhere';
  readonly how: string;
  readonly url: string;
}

export type RedisFound = RedisProgram | RedisContainer | RedisElsewhere;

const KEPT = resolve('node_modules/.cache/redis');

/** `kept`: where a copy is unpacked to, and looked for. */
export async function findRedis(
  environment: NodeJS.ProcessEnv = process.env,
  kept: string = KEPT,
): Promise<RedisFound> {
  const url = environment['REDIS_URL'];
  if (url) return { kind: 'elsewhere', how: 'the one that REDIS_URL names', url };
  const found =
    (await onPath(environment)) ??
    (await unpackedEarlier(kept)) ??
    (await unpacked(environment, kept)) ??
    (await inContainer(environment));
  if (found) return found;
  throw new Error(
    'The tests need a real Redis, and none was found: install redis-server (or valkey-server), start Docker, or set REDIS_URL to one that may be written to.',
  );
}

async function onPath(environment: NodeJS.ProcessEnv): Promise<RedisProgram | undefined> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    for (const name of ['redis-server', 'valkey-server']) {
      const path = join(folder, name);
      if (await answers(path, undefined)) {
        return { kind: 'program', how: `${name} on the PATH`, path, libraries: undefined };
      }
    }
  }
  return undefined;
}

/** `docker info` fails at once where no engine answers it. */
async function inContainer(environment: NodeJS.ProcessEnv): Promise<RedisContainer | undefined> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'docker');
    const runs = await run(path, ['info'], { env: environment }).then(
      () => true,
      () => false,
    );
    if (runs) return { kind: 'container', how: `a container of ${IMAGE}`, path, image: IMAGE };
  }
  return undefined;
}

const IMAGE = 'redis:7-alpine';

async function unpackedEarlier(kept: string): Promise<RedisProgram | undefined> {
  const path = join(kept, 'usr/bin/redis-server');
  const libraries = librariesIn(kept);
  return (await answers(path, libraries))
    ? { kind: 'program', how: 'the copy unpacked earlier', path, libraries }
    : undefined;
}

/** Takes some seconds, once. */
async function unpacked(
  environment: NodeJS.ProcessEnv,
  kept: string,
): Promise<RedisProgram | undefined> {
  const works = (root: string) => answers(join(root, 'usr/bin/redis-server'), librariesIn(root));
  if (!(await unpackPackages({ names: PACKAGES, kept, environment, works }))) return undefined;
  const found = await unpackedEarlier(kept);
  return found && { ...found, how: 'a copy unpacked from the packages of this system' };
}

const PACKAGES = [
  'redis-server',
  'redis-tools',
  'libjemalloc2',
  'liblzf1',
  'libatomic1',
  'libssl3',
  'libssl3t64',
];

async function answers(
  path: string,
  libraries: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  return run(path, ['--version'], { env: withLibraries(libraries, environment) }).then(
    () => true,
    () => false,
  );
}

export function withLibraries(
  libraries: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return libraries === undefined ? environment : { ...environment, LD_LIBRARY_PATH: libraries };
}
