// `npm run build`, and what `npm pack` does first: all that the package has of its own, in dist/, from nothing.

import { rm } from 'node:fs/promises';
import { bundle } from './bundle.ts';
import { declare } from './declarations.ts';
import { noteLicenses } from './licenses.ts';

await rm('dist', { recursive: true, force: true });
const [packages] = await Promise.all([bundle('dist'), declare('dist/types')]);
await noteLicenses(packages, 'dist/THIRD-PARTY-LICENSES');
