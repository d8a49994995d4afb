// The package on a bare Debian: nothing there but the smallest system debootstrap makes, and Node with its npm.

import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { unpackPackages } from '../support/debian-packages.ts';
import { type Begin, launch, npmFolder, pack } from './packed.ts';
import { smoke, WELL } from './smoke.ts';

const run = promisify(execFile);

it('runs the sandbox on a bare Debian that has only Node', async () => {
  const work = await mkdtemp(join(tmpdir(), 'parlance-bare-'));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  const system = await bareSystem(join(work, 'debian'));
  await mkdir(join(system, 'srv/empty'));
  await copyFile(await pack(work), join(system, 'srv/parlance.tgz'));
  const begin: Begin = (words, environment = {}) =>
    launch(['unshare', '--mount', 'sh', '-c', ENTERED, system, ...words], {
      cwd: work,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/root', ...environment },
    });

  await begin([
    'npm',
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '../parlance.tgz',
  ]).output();

  expect(await begin(['npx', '--offline', 'parlance', 'schema']).output()).toContain('type Query');
  expect(await smoke(begin)).toEqual(WELL);
});

/** In place of the shell, so that what it is sent reaches the program. */
const ENTERED =
  'mount -t proc proc "$0/proc" && exec chroot "$0" /usr/bin/env --chdir=/srv/empty "$@"';

/** Wants root: only root may give a folder a root of its own, and make the devices in it. */
async function bareSystem(folder: string): Promise<string> {
  if (process.getuid?.() !== 0)
    throw new Error('Run this as root, in a container or on a machine of your own.');
  const program = await debootstrap();
  const words = ['--variant=minbase', 'bookworm', folder, 'http://deb.debian.org/debian'];
  await run('sh', [program.path, ...words], {
    env: { ...process.env, DEBOOTSTRAP_DIR: program.parts },
    maxBuffer: 64 * 1024 * 1024,
  });
  await copyFile(process.execPath, join(folder, 'usr/local/bin/node'));
  const npm = join(folder, 'usr/local/lib/node_modules/npm');
  await cp(await npmFolder(), npm, { recursive: true });
  for (const name of ['npm', 'npx']) {
    await run('ln', [
      '-s',
      `../lib/node_modules/npm/bin/${name}-cli.js`,
      join(folder, 'usr/local/bin', name),
    ]);
  }
  return folder;
}

async function debootstrap(): Promise<{ readonly path: string; readonly parts: string }> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    const path = join(folder, 'debootstrap');
    if (await isThere(path)) return { path, parts: '/usr/share/debootstrap' };
  }
  const kept = resolve('node_modules/.cache/debootstrap');
  const found = {
    path: join(kept, 'usr/sbin/debootstrap'),
    parts: join(kept, 'usr/share/debootstrap'),
  };
  const works = (root: string) => isThere(join(root, 'usr/sbin/debootstrap'));
  const names = ['debootstrap'];
  if (
    (await works(kept)) ||
    (await unpackPackages({ names, kept, environment: process.env, works }))
  ) {
    return found;
  }
  throw new Error('No debootstrap was found: install it.');
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
