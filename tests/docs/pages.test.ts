// Every page of the documentation leads where it says it leads, and names what there is.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isInterfaceType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DECISIONS = (await readdir(join(ROOT, 'docs/decisions'))).toSorted();
const PAGES = [
  ...(await readdir(ROOT)).filter((name) => name.endsWith('.md')),
  ...(await readdir(join(ROOT, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...DECISIONS.map((name) => `docs/decisions/${name}`),
];

describe.each(PAGES)('%s', (page) => {
  it('leads to files and headings that are there', async () => {
    const text = withoutCode(await read(page));
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^https?:/.test(link));

    const dead = await Promise.all(
      links.map(async (link) => ((await leads(page, link)) ? [] : link)),
    );

    expect(dead.flat()).toEqual([]);
  });

  it('gives only commands that package.json has', async () => {
    const { scripts } = JSON.parse(await read('package.json'));
    const named = [
      ...(await read(page)).matchAll(/npm (?:run (?:--silent )?([\w:]*\w)|(start|test)\b)/g),
    ];

    const unknown = named
      .map(([, script, alone]) => script ?? alone ?? '')
      .filter((name) => !Object.hasOwn(scripts, name));

    expect(unknown).toEqual([]);
  });
});

describe('a decision', () => {
  it('has the number after the one before it', () => {
    expect(DECISIONS.map((name) => Number(name.slice(0, 4)))).toEqual(
      DECISIONS.map((_name, index) => index + 1),
    );
  });

  it.each(DECISIONS)('has its four parts in under forty lines: %s', async (name) => {
    const text = await read(`docs/decisions/${name}`);

    expect(text.split('\n').length).toBeLessThan(40);
    expect(text).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. \\S`));
    expect([...text.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part)).toEqual([
      'Context',
      'Decision',
      'What it costs',
      'Refused',
    ]);
  });
});

describe('the architecture', () => {
  it('names every room', async () => {
    const text = await read('docs/architecture.md');
    const folders = (await readdir(join(ROOT, 'src'), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `../src/${name}`);

    expect(folders.filter((folder) => !text.includes(`](${folder}`))).toEqual([]);
  });

  it('names every package and the room that has it', async () => {
    const text = await read('docs/architecture.md');
    const sources = await Promise.all(
      ['bin', 'src', 'schema'].map(async (folder) => {
        const names = await readdir(join(ROOT, folder), { recursive: true });
        return Promise.all(
          names.filter((name) => /\.[jt]s$/.test(name)).map((name) => read(join(folder, name))),
        );
      }),
    );
    const packages = new Set(
      [
        ...sources
          .flat()
          .join('\n')
          .matchAll(/(?:from|import\()\s*'((?:@[\w.-]+\/)?[\w-][\w.-]*)[^':]*'/g),
      ].map(([, name = '']) => name),
    );

    const unnamed = [...packages].filter((name) => {
      const part =
        /^(?:@pothos\/plugin|@graphql-yoga\/plugin|@graphql-yoga|@escape\.tech\/graphql-armor)[-/](.+)$/;
      return !text.includes(`\`${part.exec(name)?.[1] ?? name}\``);
    });

    expect(packages.size).toBeGreaterThan(20);
    expect(unnamed).toEqual([]);
  });

  it('tells every error of the schema', async () => {
    const text = await read('docs/architecture.md');
    const error = schema.getType('Error');
    if (!isInterfaceType(error)) throw new Error('Error is no interface');

    const told = [...text.matchAll(/^\| `[\w-]+` \| `(\w+Error)` \|/gm)].map(
      ([, name = '']) => name,
    );

    // Two failures may be one error to a client.
    expect([...new Set(told)].toSorted()).toEqual(
      schema
        .getImplementations(error)
        .objects.map(({ name }) => name)
        .toSorted(),
    );
  });
});

describe('parlance schema', () => {
  it('prints what is committed', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['bin/parlance.js', 'schema'], {
      cwd: ROOT,
    });

    expect(stdout).toBe(await read('schema/schema.graphql'));
  });
});

function read(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

async function leads(page: string, link: string): Promise<boolean> {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return false;
  if (heading === undefined) return true;
  const headings = [...(await read(target)).matchAll(/^#+ (.+)$/gm)].map(([, said = '']) => said);
  return headings.map(anchorOf).includes(heading);
}

/** As GitHub makes them of headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
