// Finds the config file and reads what it holds, in any of its three languages, before anything in it is judged.

import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { type ErrorCode, LineCounter, parseDocument } from 'yaml';
import { isMapping, type Mapping } from './mapping.ts';
import { type Mistake, mistake } from './mistake.ts';
import type { ModuleRead } from './own-kinds.ts';

export type FileRead =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly value: Mapping; readonly path: string }
  | { readonly kind: 'unreadable'; readonly mistakes: readonly Mistake[] };

/** A file somebody asked for by name, and how: `--config` or `env.PARLANCE_CONFIG`. */
export interface NamedFile {
  readonly path: string;
  readonly namedBy: string;
}

export async function readNamedFile({ path, namedBy }: NamedFile, cwd: string): Promise<FileRead> {
  const opened = await open(path, cwd);
  if (opened.kind === 'opened') return readText(opened);
  const complaint =
    opened.kind === 'absent'
      ? `names ${path}, which does not exist: create that file or correct the name`
      : `names ${path}, which cannot be read: ${opened.fix}`;
  return { kind: 'unreadable', mistakes: [mistake([namedBy], complaint)] };
}

export async function readDefaultFile(cwd: string): Promise<FileRead> {
  for (const name of DEFAULT_NAMES) {
    const opened = await open(name, cwd);
    if (opened.kind === 'opened') return readText(opened);
    if (opened.kind === 'closed') {
      return { kind: 'unreadable', mistakes: [mistake([name], `cannot be read: ${opened.fix}`)] };
    }
  }
  return { kind: 'none' };
}

const DEFAULT_NAMES = [
  'parlance.config.ts',
  'parlance.config.yaml',
  'parlance.config.yml',
  'parlance.config.json',
];

interface Opened {
  readonly kind: 'opened';
  /** As the operator knows it. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

type Opening = Opened | { kind: 'absent' } | { kind: 'closed'; fix: string };

async function open(name: string, cwd: string): Promise<Opening> {
  const path = resolve(cwd, name);
  try {
    const text = await readFile(path, 'utf8');
    return { kind: 'opened', name, path, text: text.replace(/^\uFEFF/, '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return { kind: 'absent' };
    if (code === 'EISDIR') return { kind: 'closed', fix: 'it is a folder, give a file in it' };
    if (code === 'EACCES') return { kind: 'closed', fix: 'give this user the right to read it' };
    return { kind: 'closed', fix: `opening it failed with ${String(code)}` };
  }
}

async function readText(opened: Opened): Promise<FileRead> {
  const held = await valueIn(opened);
  if (!held.ok) return { kind: 'unreadable', mistakes: held.mistakes };
  if (isMapping(held.value)) return { kind: 'read', value: held.value, path: opened.path };
  const complaint =
    held.value === null || held.value === undefined
      ? 'is empty: add a `providers` section, or remove the file to run the sandbox'
      : 'must hold a mapping: begin it with a `providers` section';
  return { kind: 'unreadable', mistakes: [mistake([opened.name], complaint)] };
}

type Held =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

async function valueIn(opened: Opened): Promise<Held> {
  switch (extname(opened.path).toLowerCase()) {
    case '.yaml':
    case '.yml':
      return valueInYaml(opened);
    case '.json':
      return valueInJson(opened);
    case '.ts':
      return valueInTypeScript(opened);
    default:
      return wrong(opened, 'has a name of no known format: end it in .yaml, .yml, .json or .ts');
  }
}

function wrong({ name }: Opened, ...complaints: string[]): Held {
  return { ok: false, mistakes: complaints.map((complaint) => mistake([name], complaint)) };
}

// None of the three parsers' own messages is passed on: each of them can quote the line, and the line may hold a secret.

function valueInYaml(opened: Opened): Held {
  const lines = new LineCounter();
  const document = parseDocument(guardReferences(opened.text), {
    prettyErrors: false,
    lineCounter: lines,
  });
  if (document.errors.length > 0) {
    // After the first, only doubled keys are sure not to be its echo.
    const told = document.errors.filter(({ code }, at) => at === 0 || code === 'DUPLICATE_KEY');
    return wrong(
      opened,
      ...told.map(({ code, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return `is not valid YAML at line ${line}, column ${col}: ${YAML_FIXES[code] ?? 'check the indentation and the quotes there'}`;
      }),
    );
  }
  try {
    return {
      ok: true,
      value: document.toJS({ reviver: (_key, value) => restoreReferences(value) }),
    };
  } catch {
    return wrong(opened, 'uses an alias (*name) that cannot be followed: write the value out');
  }
}

const YAML_FIXES: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'correct the indentation, or close the bracket that is open there',
  BLOCK_AS_IMPLICIT_KEY: 'put quotes around a value that holds a colon, or begin a new line',
  DUPLICATE_KEY: 'this key was given before, keep one of the two',
  MISSING_CHAR: 'a quote, a comma or a bracket is missing',
  MULTIPLE_DOCS: 'keep one document and remove the line ---',
  TAB_AS_INDENT: 'indent with spaces instead of tabs',
};

// In `{ token: ${TOKEN} }` YAML reads the braces as its own. While it parses, two characters that Unicode keeps free for
// such use stand in for them; nothing gets longer, so the columns in mistakes stay true.
function guardReferences(text: string): string {
  return text.replaceAll(/\$\{([^{},"'\n]*)\}/g, '$\uFDD0$1\uFDD1');
}

function restoreReferences(value: unknown): unknown {
  return typeof value === 'string'
    ? value.replaceAll('\uFDD0', '{').replaceAll('\uFDD1', '}')
    : value;
}

function valueInJson(opened: Opened): Held {
  try {
    return { ok: true, value: JSON.parse(opened.text) };
  } catch (error) {
    const position =
      error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    const where = position ? ` at ${placeOf(opened.text, Number(position))}` : '';
    return wrong(
      opened,
      `is not valid JSON${where}: check the quotes and commas there, or write it as YAML`,
    );
  }
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

async function valueInTypeScript(opened: Opened): Promise<Held> {
  try {
    const module: unknown = await (await loader({ moduleCache: false })).import(opened.path);
    if (isMapping(module) && 'default' in module) return { ok: true, value: module['default'] };
    return wrong(opened, 'exports no config: write `export default defineConfig({ … })`');
  } catch (error) {
    return wrong(
      opened,
      `${runComplaint(error, opened.path)}, then try \`npx tsx ${opened.name}\``,
    );
  }
}

/** A module of somebody else's, named in the config at this path as one would import it from there. */
export async function readModule(specifier: string, configPath: string): Promise<ModuleRead> {
  const parentURL = pathToFileURL(configPath).href;
  const jiti = await loader({ moduleCache: true });
  const path = jiti.esmResolve(specifier, { parentURL, try: true });
  if (path === undefined) return { ok: false, complaint: NOT_FOUND };
  try {
    return { ok: true, module: await jiti.import(path) };
  } catch (error) {
    return { ok: false, complaint: `names a module that ${runComplaint(error, path)}` };
  }
}

const NOT_FOUND =
  'names a module that cannot be found: correct its path, which begins at the folder of this config, or install its package';

async function loader({ moduleCache }: { readonly moduleCache: boolean }) {
  return createJiti(import.meta.url, {
    // A compiled copy on disk would keep the secrets somebody wrote straight into the file.
    fsCache: false,
    moduleCache,
    interopDefault: false,
    // This very copy, wherever it runs from: a checkout, a bundle, somebody's node_modules.
    virtualModules: { parlance: await import('../index.ts') },
    // Plain JavaScript that Node reads itself, and a megabyte of it.
    nativeModules: ['zod'],
  });
}

function runComplaint(error: unknown, path: string): string {
  const { name, message } = error instanceof Error ? error : new Error();
  const absent = /^Cannot find (?:module|package) '([^'\n]+)'/.exec(message)?.[1];
  if (absent) return `imports ${absent}, which cannot be found: install it or correct the path`;
  const place = /^ParseError:[^]*:(\d+):(\d+)\s*$/.exec(message);
  const language = /\.[cm]?tsx?$/.test(path) ? 'TypeScript' : 'JavaScript';
  if (place) return `is not valid ${language} at line ${place[1]}, column ${place[2]}: correct it`;
  return `ends with a ${name} when it is run: correct it`;
}
