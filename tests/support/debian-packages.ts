// Programs from the packages of a Debian or Ubuntu, without root: downloaded and unpacked into a folder of our own, installed nowhere.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { arch } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Unpacking {
  /** One by one: a bare image lacks some, and newer releases have other names for them. */
  readonly names: readonly string[];
  /** Where they are kept for the next time. */
  readonly kept: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether what was unpacked there is of use. */
  works(root: string): Promise<boolean>;
}

/** False where there are no such packages, or what was unpacked does not work. Takes some seconds. */
export async function unpackPackages({
  names,
  kept,
  environment: env,
  works,
}: Unpacking): Promise<boolean> {
  if (!(await answers('apt-get', env)) || !(await answers('dpkg', env))) return false;
  await mkdir(resolve(kept, '..'), { recursive: true });
  const work = await mkdtemp(`${kept}-`);
  try {
    const [lists, cache, debs, root] = ['lists', 'cache', 'debs', 'root'].map((name) =>
      join(work, name),
    );
    if (!lists || !cache || !debs || !root) return false;
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
    for (const name of names) {
      await run('apt-get', [...options, 'download', name], { cwd: debs, env }).catch(
        () => undefined,
      );
    }
    for (const deb of await readdir(debs)) {
      await run('dpkg', ['-x', join(debs, deb), root], { env });
    }
    if (!(await works(root))) return false;
    // Another run may have been faster, and its copy is as good.
    await rename(root, kept).catch(() => undefined);
    return true;
  } catch {
    return false;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** For LD_LIBRARY_PATH. */
export function librariesIn(root: string): string {
  const machine = arch() === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  return [`usr/lib/${machine}`, `lib/${machine}`].map((folder) => join(root, folder)).join(':');
}

function answers(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return run(command, ['--version'], { env }).then(
    () => true,
    () => false,
  );
}
