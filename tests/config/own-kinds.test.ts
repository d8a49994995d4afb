// Kinds of provider from outside this tree: how a config names them, and each mistake that can be made with one.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig, type Result } from '../../src/config/load.ts';
import { configOf, firstProvider, folderWith, messagesOf } from './folder.ts';

const HIDDEN = 'sk-very-hidden';

/** A schema without a library: what a Standard Schema is at the least. */
const ACME = `
import { defineProvider } from 'parlance';

const settings = { '~standard': { version: 1, vendor: 'by hand', validate(given) {
  const issues = [];
  if (typeof given.token !== 'string') issues.push({ message: 'Wanted: a token', path: ['token'] });
  if (given.place?.city === '') issues.push({ message: 'Wanted: a city.', path: ['place', { key: 'city' }] });
  if (given.mood !== undefined) issues.push({ message: \`\${given.mood} is no mood, with \${given.token}\`, path: ['mood'] });
  if (given.boom) throw new TypeError(given.token);
  return issues.length > 0 ? { issues } : { value: given };
} } };

export default defineProvider({
  kind: 'acme', settings, secrets: ['token'], origin: 'https://api.acme.example', open: () => ({}),
});
`;

async function load(
  yaml: string,
  files: Readonly<Record<string, string>> = { 'acme.js': ACME },
  environment: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const cwd = await folderWith({ 'parlance.config.yaml': yaml });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
  return loadConfig({ environment, cwd });
}

const GOOD = 'providers: { good: { kind: chatbotkit, secret: s } }';

describe('a kind that a config names', () => {
  const account =
    'providers: { shop: { kind: acme, token: "${TOKEN}", place: { city: "${CITY}" } } }';
  const environment = { TOKEN: HIDDEN, CITY: 'Oslo' };

  it.each([
    ['a module beside the config', '[./acme.js]', { 'acme.js': ACME }],
    [
      'a module in TypeScript',
      '[./in/acme.ts]',
      { 'in/acme.ts': `${ACME}\nconst n: number = 1; void n;` },
    ],
    [
      'a package that is installed',
      '["@acme/provider"]',
      {
        'node_modules/@acme/provider/package.json':
          '{ "name": "@acme/provider", "type": "module", "exports": "./main.js" }',
        'node_modules/@acme/provider/main.js': ACME,
      },
    ],
    ['a module named by the environment', '["./${FILE}.js"]', { 'acme.js': ACME }],
  ])('may be %s', async (_what, kinds, files) => {
    const result = await load(`kinds: ${kinds}\n${account}`, files, {
      ...environment,
      FILE: 'acme',
    });

    expect(firstProvider(result)).toMatchObject({
      name: 'shop',
      kind: 'generic',
      of: 'acme',
      deadlineMs: 2500,
      replyDeadlineMs: 30_000,
      settings: { place: { city: 'Oslo' } },
    });
  });

  it('may be in the config itself, where that is a program', async () => {
    const cwd = await folderWith({
      'acme.ts': ACME,
      'parlance.config.ts': `
import { defineConfig } from 'parlance';
import acme from './acme.ts';
export default defineConfig({ kinds: [acme], providers: { shop: { kind: 'acme', token: '\${TOKEN}' } } });
`,
    });

    const result = await loadConfig({ environment, cwd });

    expect(firstProvider(result)).toMatchObject({ of: 'acme' });
  });

  it('takes the settings of every account beside its own', async () => {
    const result = await load(
      'kinds: [./acme.js]\nproviders: { shop: { kind: acme, token: t, url: "http://localhost:80/", deadlineMs: "100" } }',
    );

    expect(firstProvider(result)).toMatchObject({ url: 'http://localhost', deadlineMs: 100 });
    expect(Object.keys(settingsOf(result))).toEqual(['token']);
  });

  it('has its secrets told to whoever reveals them, and printed nowhere', async () => {
    const result = await load(`kinds: [./acme.js]\n${account}`, undefined, environment);

    const { token } = settingsOf(result);
    expect(token).toMatchObject({ reveal: expect.any(Function) });
    expect(revealed(token)).toBe(HIDDEN);
    expect(inspect(configOf(result), { depth: 9 })).not.toContain(HIDDEN);
    expect(JSON.stringify(configOf(result))).not.toContain(HIDDEN);
  });

  it('gives an account that nobody changes', async () => {
    const result = await load(`kinds: [./acme.js]\n${account}`, undefined, environment);

    expect(Object.isFrozen(firstProvider(result))).toBe(true);
    expect(Object.isFrozen(settingsOf(result))).toBe(true);
  });
});

/** The section `kinds` and the modules there are, then the sentences they earn. */
const KIND_MISTAKES: [string, string, Readonly<Record<string, string>>, string][] = [
  [
    'a text',
    './acme.js',
    {},
    'kinds must be a list of modules: write `kinds: [./my-provider.js]`, or remove it.',
  ],
  [
    'nothing',
    '',
    {},
    'kinds must be a list of modules: write `kinds: [./my-provider.js]`, or remove it.',
  ],
  [
    'a number',
    '[7]',
    {},
    'kinds.0 must be a module: write its path, from the folder of this config (./my-provider.js), or the name of its package.',
  ],
  [
    'an absent module',
    '[./acme.js, ./nowhere.js]',
    { 'acme.js': ACME },
    'kinds.1 names a module that cannot be found: correct its path, which begins at the folder of this config, or install its package.',
  ],
  [
    'a package that is not installed',
    '["@acme/provider"]',
    {},
    'kinds.0 names a module that cannot be found: correct its path, which begins at the folder of this config, or install its package.',
  ],
  [
    'a module that imports what is not there',
    '[./acme.js]',
    { 'acme.js': "import './sprocket.js'; export default 1;" },
    'kinds.0 names a module that imports ./sprocket.js, which cannot be found: install it or correct the path.',
  ],
  [
    'a module that cannot be read',
    '[./acme.js]',
    { 'acme.js': 'export default {\n  of: }' },
    'kinds.0 names a module that is not valid JavaScript at line 2, column 6: correct it.',
  ],
  [
    'a module that throws',
    '[./acme.js]',
    { 'acme.js': `throw new RangeError('${HIDDEN}');` },
    'kinds.0 names a module that ends with a RangeError when it is run: correct it.',
  ],
  [
    'a module without a default export',
    '[./acme.js]',
    { 'acme.js': ACME.replace('export default', 'export const acme =') },
    'kinds.0 names a module without a default export: end it with `export default defineProvider({ … })`.',
  ],
  [
    'a module that exports something else',
    '[./acme.js]',
    { 'acme.js': "export default { kind: 'acme', open: () => ({}) };" },
    'kinds.0 names a module whose default export is not made by defineProvider: write `export default defineProvider({ … })`.',
  ],
  [
    'a kind twice',
    '[./acme.js, ./again.js]',
    { 'acme.js': ACME, 'again.js': ACME },
    'kinds.1 defines the kind acme a second time: remove one of the two.',
  ],
  ...['botpress', 'chatbotkit', 'generic'].map(
    (kind): [string, string, Readonly<Record<string, string>>, string] => [
      `a kind called ${kind}`,
      '[./acme.js]',
      { 'acme.js': ACME.replace("'acme'", `'${kind}'`) },
      `kinds.0 defines the kind ${kind}, which this gateway has itself: give it another name.`,
    ],
  ),
  ...["'Acme Inc'", '7', 'undefined'].map(
    (kind): [string, string, Readonly<Record<string, string>>, string] => [
      `a kind called ${kind}`,
      '[./acme.js]',
      { 'acme.js': ACME.replace("'acme'", kind) },
      'kinds.0 defines a kind without a name of its own: give `kind` small letters, digits and -, 64 at most.',
    ],
  ),
  [
    'a kind without a schema',
    '[./acme.js]',
    { 'acme.js': ACME.replace(', settings,', ', settings: {},') },
    'kinds.0 defines the kind acme without a schema: give `settings` one of zod or of another library that makes Standard Schemas.',
  ],
  [
    'a kind with secrets that are no names',
    '[./acme.js]',
    { 'acme.js': ACME.replace("secrets: ['token']", 'secrets: [7]') },
    'kinds.0 defines the kind acme with secrets that are no names: list the names of the settings that are credentials.',
  ],
  [
    'a kind whose origin is an address',
    '[./acme.js]',
    { 'acme.js': ACME.replace('acme.example', 'acme.example/v1') },
    'kinds.0 defines the kind acme without an origin: give `origin` where its service lives, such as https://api.example.com.',
  ],
];

describe('a mistake in kinds', () => {
  it('is not told again of the accounts that are of a kind which could not be had', async () => {
    const result = await load(
      'kinds: [./nowhere.js]\nproviders: { a: { kind: acme, token: t }, b: {} }',
    );

    expect(result).toMatchObject({ mistakes: [{ path: 'kinds.0' }, { path: 'providers.b.kind' }] });
  });

  it.each(KIND_MISTAKES)(
    'names the place and the fix: %s',
    async (_what, kinds, files, sentence) => {
      const result = await load(`kinds: ${kinds}\n${GOOD}`, files);

      expect(messagesOf(result)).toEqual([sentence]);
    },
  );
});

/** The settings of an account of kind acme, then the sentences they earn. */
const ACCOUNT_MISTAKES: [string, ...string[]][] = [
  [
    '{ kind: acmee, token: t }',
    'providers.a.kind is not a kind of provider: write acme if that was meant, else another of botpress, chatling, chatbotkit, stack-auth, acme.',
  ],
  [
    '{ kind: pigeon }',
    'providers.a.kind is not a kind of provider: write one of botpress, chatling, chatbotkit, stack-auth, acme.',
  ],
  ['{}', 'providers.a.kind is missing: add botpress, chatling, chatbotkit, stack-auth or acme.'],
  [
    '{ kind: generic }',
    'providers.a.kind is not a kind of provider: write one of botpress, chatling, chatbotkit, stack-auth, acme.',
  ],
  ['{ kind: acme }', 'providers.a.token is missing: a provider of kind acme needs it.'],
  [
    `{ kind: acme, token: [${HIDDEN}] }`,
    'providers.a.token is not as kind acme needs it: correct it.',
  ],
  [
    '{ kind: acme, token: "${NOT_SET}" }',
    'providers.a.token needs the environment variable NOT_SET, which is not set: set it, or write $${ for a literal ${.',
  ],
  [
    '{ kind: acme, token: t, place: { city: "" } }',
    'providers.a.place.city is not as kind acme needs it: Wanted: a city.',
  ],
  [
    `{ kind: acme, token: ${HIDDEN}, mood: ${HIDDEN}-2 }`,
    'providers.a.mood is not as kind acme needs it: «redacted» is no mood, with «redacted».',
  ],
  [
    `{ kind: acme, token: ${HIDDEN}, boom: true }`,
    'providers.a cannot be read: the settings schema of kind acme fails, correct that.',
  ],
  [
    '{ kind: acme, url: ftp://h, deadlineMs: 0 }',
    'providers.a.url must be an http or https origin such as https://proxy.example.com, without a path, a query or a password.',
    'providers.a.deadlineMs must be a time in milliseconds: write a whole number from 1 to 2147483647.',
    'providers.a.token is missing: a provider of kind acme needs it.',
  ],
];

describe('a mistake in an account of such a kind', () => {
  it.each(ACCOUNT_MISTAKES)('names the place and the fix: %j', async (settings, ...sentences) => {
    const result = await load(`kinds: [./acme.js]\nproviders: { a: ${settings} }`);

    expect(messagesOf(result)).toEqual(sentences);
  });

  it('is its author’s where the schema makes no text of a secret', async () => {
    const made = ACME.replace('{ value: given }', '{ value: { token: 7 } }');

    const result = await load('kinds: [./acme.js]\nproviders: { a: { kind: acme, token: t } }', {
      'acme.js': made,
    });

    expect(messagesOf(result)).toEqual([
      'providers.a.token is a secret and must be text: write it in quotes, or correct the schema of kind acme.',
    ]);
  });

  it('is its author’s where the schema makes no mapping at all', async () => {
    const made = ACME.replace('{ value: given }', '{ value: given.token }');

    const result = await load('kinds: [./acme.js]\nproviders: { a: { kind: acme, token: t } }', {
      'acme.js': made,
    });

    expect(messagesOf(result)).toEqual([
      'providers.a cannot be read: the settings of kind acme name secrets and are no mapping, correct that.',
    ]);
  });
});

function settingsOf(result: Result): Readonly<Record<string, unknown>> {
  const provider = firstProvider(result);
  if (provider.kind !== 'generic') throw new Error(`${provider.name} is of a kind of our own`);
  return Object(provider.settings);
}

function revealed(held: unknown): unknown {
  const isSecret = typeof held === 'object' && held !== null && 'reveal' in held;
  return isSecret && typeof held.reveal === 'function' ? held.reveal() : undefined;
}
