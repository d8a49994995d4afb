// Every program and every module of the package, with all they import inside: whoever installs it installs nothing else.

import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** Resolves with the folders of the packages that went in. */
export async function bundle(outdir: string): Promise<readonly string[]> {
  const made = await Promise.all([
    build({
      ...COMMON,
      outdir,
      entryPoints: { main: 'src/main.ts', emulators: 'emulators/main.ts', index: 'src/index.ts' },
      platform: 'node',
      target: 'node20.11',
      // What is imported late stays a file of its own: GraphiQL alone is nine megabytes.
      splitting: true,
      // One graphql, not one for those who import it and one for those who require it.
      mainFields: ['module', 'main'],
      banner: { js: REQUIRE },
      plugins: [babelBeside(outdir)],
    }),
    build({
      ...COMMON,
      outdir,
      entryPoints: { client: 'src/client/keep-after.ts' },
      platform: 'neutral',
      target: 'es2022',
    }),
  ]);
  const inputs = made.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = inputs.flatMap((path) => PACKAGE.exec(path)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

// Not made smaller: a name and a line in what an operator sends us are worth more than the bytes.
const COMMON = {
  bundle: true,
  format: 'esm',
  metafile: true,
  logLevel: 'error',
} satisfies BuildOptions;

/** Packages in CommonJS ask for Node's own modules this way. */
const REQUIRE =
  "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);";

/** The innermost one of a path. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/** jiti reads its compiler from a file, and only where a config is written in TypeScript: that file comes along. */
function babelBeside(outdir: string): Plugin {
  const there = '"../dist/babel.cjs"';
  return {
    name: 'babel-beside',
    setup({ onLoad, onEnd }) {
      onLoad({ filter: /jiti\/lib\/jiti\.mjs$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes(there)) throw new Error(`jiti no longer reads ${there}`);
        return { contents: text.replace(there, '"./babel.cjs"'), loader: 'js' };
      });
      onEnd(() => copyFile('node_modules/jiti/dist/babel.cjs', join(outdir, 'babel.cjs')));
    },
  };
}
