// The package as a stranger gets it: packed from a copy of this tree, installed into an empty folder with nothing else, and run
// where there is Node, npm and a shell, and no tool, setting or file of a checkout.

import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a program is begun: where, and with which environment, is its own affair. */
export type Begin = (
  words: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => ReturnType<typeof launch>;

export interface Bare {
  /** Empty at first, with no package above it. */
  readonly folder: string;
  readonly begin: Begin;
  close(): Promise<void>;
}

/** Leaves `dist/` of this tree alone. Resolves with the path of the tarball. */
export async function pack(into: string): Promise<string> {
  const cwd = await copyTree(into);
  const { stdout } = await promisify(execFile)('npm', ['pack', '--silent'], { cwd });
  return join(cwd, stdout.trim());
}

/** A checkout as it is right now, without what was built in it. */
export async function copyTree(into: string): Promise<string> {
  const copy = join(into, 'tree');
  const left = new Set(['.git', 'dist', 'node_modules']);
  await cp(ROOT, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

export async function bareFolder(): Promise<Bare> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'parlance-package-')));
  const [folder, programs] = [join(home, 'empty'), join(home, 'programs')];
  await Promise.all([mkdir(folder), mkdir(programs)]);
  const npm = await npmFolder();
  const known = {
    node: process.execPath,
    npm: join(npm, 'bin/npm-cli.js'),
    npx: join(npm, 'bin/npx-cli.js'),
    sh: '/bin/sh',
  };
  for (const [name, path] of Object.entries(known)) await symlink(path, join(programs, name));
  return {
    folder,
    begin: (words, environment = {}) =>
      launch(words, { cwd: folder, env: { PATH: programs, HOME: home, ...environment } }),
    close: () => rm(home, { recursive: true, force: true }),
  };
}

/** Where npm itself is. */
export async function npmFolder(): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const command = await realpath(join(folder, 'npm')).catch(() => undefined);
    if (command?.endsWith('npm-cli.js')) return dirname(dirname(command));
  }
  throw new Error('No npm is on the PATH: install Node together with it.');
}

export function launch(
  [command = '', ...words]: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
) {
  const child = spawn(command, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let printed = '';
  const listening = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    printed += part;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      for (const look of listening) look();
    });
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });

  return {
    child,
    ended,
    /** All of stdout, once it has ended well. */
    async output(): Promise<string> {
      const code = await ended;
      if (code !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${code}: ${said}`);
      return printed;
    },
    /** The first match in what it prints. */
    line(pattern: RegExp): Promise<RegExpExecArray> {
      const found = new Promise<RegExpExecArray>((resolve) => {
        const look = () => {
          const match = pattern.exec(said);
          if (match) resolve(match);
        };
        listening.add(look);
        look();
      });
      const over = ended.then((code) => {
        throw new Error(`${command} ${words.join(' ')} ended with ${code}: ${said}`);
      });
      return Promise.race([found, over]);
    },
  };
}
