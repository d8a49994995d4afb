// What the package brings, built once for a whole run of the tests: as a process it is up in a sixth of the time of its sources.

import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../build/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder with what is in the package, as far as it runs. */
    readonly built: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-built-'));
  await mkdir(join(folder, 'bin'));
  const make = async () => {
    await Promise.all([
      bundle(join(folder, 'dist')),
      ...['package.json', 'bin/parlance.js'].map((path) => copyFile(path, join(folder, path))),
    ]);
  };
  await make();
  project.onTestsRerun(make);
  project.provide('built', folder);
  return () => rm(folder, { recursive: true, force: true });
}

/** The command `parlance`. */
export function builtCommand(): string {
  return join(inject('built'), 'bin/parlance.js');
}

export function builtEmulators(): string {
  return join(inject('built'), 'dist/emulators.js');
}
