// `npm run docs`: writes into the Markdown what the code says today, so that nobody copies an answer by hand.

import { readFile, writeFile } from 'node:fs/promises';
import { withAnswers, withParts } from './marked-parts.ts';
import { partsFromMetrics } from './metric-tables.ts';
import { openStoppedSandbox } from './stopped-sandbox.ts';
import { partsFromTables } from './verb-tables.ts';

const sandbox = await openStoppedSandbox('everybody');
const parts = partsFromTables(sandbox.providers);
await sandbox.close();

await rewrite('../README.md', async (text) => withAnswers(withParts(text, parts), askAnew));
await rewrite('./providers.md', async (text) => withParts(text, parts));
await rewrite('./operating.md', async (text) => withParts(text, partsFromMetrics()));

async function rewrite(path: string, change: (text: string) => Promise<string>): Promise<void> {
  const file = new URL(path, import.meta.url);
  await writeFile(file, await change(await readFile(file, 'utf8')));
}

/** A world for each question, so that no answer depends on what was asked above it. */
async function askAnew(query: string): Promise<unknown> {
  const { ask, close } = await openStoppedSandbox();
  try {
    return await ask(query);
  } finally {
    await close();
  }
}
