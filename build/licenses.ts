// Who wrote what is inside the bundle, and on which terms: their own words, package by package.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `folders`: those of the packages. */
export async function noteLicenses(folders: readonly string[], path: string): Promise<void> {
  // One version may lie in several places.
  const notes = new Set(await Promise.all(folders.map(note)));
  await writeFile(path, [PREFACE, ...notes].join(`\n${'-'.repeat(80)}\n\n`));
}

const PREFACE =
  'Parlance is made of its own code and that of the packages below. What they in turn carry inside themselves, as GraphiQL\nand Babel do, they name in their own sources.\n';

async function note(folder: string): Promise<string> {
  const { name, version, license, author } = Object(await told(folder));
  const texts = (await readdir(folder)).filter((file) =>
    /^(licen[cs]e|notice|copying)/i.test(file),
  );
  const said = await Promise.all(texts.map((file) => readFile(join(folder, file), 'utf8')));
  const terms = said.length > 0 ? said.join('\n') : await usual(license, author?.name ?? author);
  return `${name} ${version} (${license})\n\n${terms.trim()}\n`;
}

async function told(folder: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

/** Some packages name the license and leave its text out. */
async function usual(license: string, author: string | undefined): Promise<string> {
  if (license !== 'MIT')
    throw new Error(`${license} without its text: add it to build/licenses.ts`);
  const ours = await readFile('LICENSE', 'utf8');
  return ours.replace(/^Copyright .*$/m, `Copyright (c) ${author ?? 'its authors'}`);
}
