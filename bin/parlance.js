#!/usr/bin/env node
// Teaches Node to read TypeScript, then hands over to the program.

import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

// Our own tsconfig, not that of the folder the command happens to be called in.
register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });

await import('../src/main.ts');
