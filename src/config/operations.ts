// The section operations: the file of those that an operator has listed, each by the SHA-256 of its text.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OperationsConfig } from './config.ts';
import { isMapping } from './mapping.ts';
import { type Mistake, mistake, mistakesOf } from './mistake.ts';
import { operations } from './shapes.ts';

/** Its file begins at this folder, that of the config. */
export async function readOperations(
  given: unknown,
  folder: string,
): Promise<{ readonly value?: OperationsConfig; readonly mistakes: readonly Mistake[] }> {
  if (given === undefined) return { mistakes: [] };
  if (!isMapping(given)) {
    return wrong('operations', 'must be a mapping: give it file, only, or remove it');
  }
  const read = operations.safeParse(given);
  if (!read.success) return { mistakes: mistakesOf(read.error, ['operations']) };
  const { file, only = false } = read.data;
  const held = await valueIn(resolve(folder, file));
  if (!isMapping(held)) {
    const complaint = `names a file that ${typeof held === 'string' ? held : NO_MAPPING}`;
    return wrong('operations.file', complaint);
  }
  const listed = new Map<string, string>();
  for (const [hash, text] of Object.entries(held)) {
    if (typeof text !== 'string' || hash !== hashOf(text)) {
      const complaint = `holds an operation under ${hash.slice(0, 12)}…, which is not the SHA-256 of its text: write the file anew`;
      return wrong('operations.file', complaint);
    }
    listed.set(hash, text);
  }
  return { value: { listed, only }, mistakes: [] };
}

const NO_MAPPING = 'holds no mapping: write { "<the SHA-256 of a text>": "<the text>", … }';

/** What it holds; a sentence where it holds nothing. */
async function valueIn(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return error instanceof SyntaxError
      ? 'is no JSON: write { "<the SHA-256 of a text>": "<the text>", … }'
      : 'cannot be read: correct its path, which begins at the folder of this config';
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function wrong(path: string, complaint: string) {
  return { mistakes: [mistake(path.split('.'), complaint)] };
}
