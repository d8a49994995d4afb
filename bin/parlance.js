#!/usr/bin/env node
// The command. In a checkout it runs the sources as they are; a package has none, and brings what was built of them.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sources = new URL('../src/main.ts', import.meta.url);

// Never what somebody built here once: it would be older than what is read beside it.
if (existsSync(sources)) {
  const { register } = await import('tsx/esm/api');
  // Our own tsconfig, not that of the folder the command happens to be called in.
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
  await import(sources.href);
} else {
  await import('../dist/main.js');
}
