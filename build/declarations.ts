// The types of what the package exports, for whoever compiles against it: as tsc makes them, fit for a stranger's compiler.

import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export async function declare(outdir: string): Promise<void> {
  const words = ['node_modules/typescript/bin/tsc', '-p', 'build/tsconfig.json'];
  await promisify(execFile)(process.execPath, [...words, '--outDir', outdir]);
  const files = (await readdir(outdir, { recursive: true })).filter((name) =>
    name.endsWith('.d.ts'),
  );
  await Promise.all(
    files.map(async (name) => {
      const path = join(outdir, name);
      await writeFile(path, forStrangers(await readFile(path, 'utf8')));
    }),
  );
}

/** Whoever writes a provider has zod; whoever only configures need not, and misses no type they could name. */
function forStrangers(text: string): string {
  return text.replaceAll(/^import .* from '(?!node:)[^.'][^']*';$/gm, '// @ts-ignore\n$&');
}
