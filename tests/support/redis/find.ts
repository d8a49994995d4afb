// Finds a real Redis for the tests, in the order the docs promise, and says which was taken. Nothing is skipped without one.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { arch } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

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

/** Without root, and into a folder of our own: lists, packages and files. Takes some seconds, once. */
async function unpacked(
  environment: NodeJS.ProcessEnv,
  kept: string,
): Promise<RedisProgram | undefined> {
  const env = environment;
  if (!(await answers('apt-get', undefined, env)) || !(await answers('dpkg', undefined, env)))
    return undefined;
  await mkdir(resolve(kept, '..'), { recursive: true });
  const work = await mkdtemp(`${kept}-`);
  try {
    const [lists, cache, debs, root] = ['lists', 'cache', 'debs', 'root'].map((name) =>
      join(work, name),
    );
    if (!lists || !cache || !debs || !root) return undefined;
    await Promise.all([
      mkdir(join(lists, 'partial'), { recursive: true }),
      mkdir(join(cache, 'archives', 'partial'), { recursive: true }),
      mkdir(debs, { recursive: true }),
    ]);
    const options = [
      `Dir::State::lists=${lists}`,
      `Dir::Cache=${cache}`,
      'Debug::NoLocking=1',
      'APT::Sandbox::User=',
    ].flatMap((option) => ['-o', option]);
    await run('apt-get', [...options, 'update'], { env });
    // One by one: a bare image lacks some, and newer releases have other names for them.
    for (const name of PACKAGES) {
      await run('apt-get', [...options, 'download', name], { cwd: debs, env }).catch(
        () => undefined,
      );
    }
    for (const deb of await readdir(debs)) {
      await run('dpkg', ['-x', join(debs, deb), root], { env });
    }
    if (!(await answers(join(root, 'usr/bin/redis-server'), librariesIn(root)))) return undefined;
    // Another run may have been faster, and its copy is as good.
    await rename(root, kept).catch(() => undefined);
    const found = await unpackedEarlier(kept);
    return found && { ...found, how: 'a copy unpacked from the packages of this system' };
  } catch {
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
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

function librariesIn(root: string): string {
  const machine = arch() === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  return [`usr/lib/${machine}`, `lib/${machine}`].map((folder) => join(root, folder)).join(':');
}

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
