// Where a config is found, in which languages, who wins over whom, and what comes out.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentOfThisProcess } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configOf, firstProvider, folderWith, loadYaml } from './folder.ts';

const ONE = 'providers: { a: { kind: chatbotkit, secret: s } }';

describe('the three languages', () => {
  const environment = { TOKEN: 'wine:red#1', MODEL: '8', SEAL: 'a b c' };
  const languages = {
    'parlance.config.yaml': `
providers:
  help: { kind: chatling, token: \${TOKEN}, chatbotId: '0123456789', aiModelId: \${MODEL}, url: http://localhost:80/ }
  website:
    kind: botpress
    token: pre-\${TOKEN}
    botId: $\${literal}
    deadlineMs: 100
server: { host: '::1', cursorSecret: \${SEAL} }
log: { level: warn }
`,
    'parlance.config.json': JSON.stringify({
      providers: {
        help: {
          kind: 'chatling',
          token: '${TOKEN}',
          chatbotId: '0123456789',
          aiModelId: '${MODEL}',
          url: 'http://localhost:80/',
        },
        website: { kind: 'botpress', token: 'pre-${TOKEN}', botId: '$${literal}', deadlineMs: 100 },
      },
      server: { host: '::1', cursorSecret: '${SEAL}' },
      log: { level: 'warn' },
    }),
    'parlance.config.ts': `
import { defineConfig } from 'parlance';

const deadlineMs: number = 100;

export default defineConfig({
  providers: {
    help: {
      kind: 'chatling', token: '\${TOKEN}', chatbotId: '0123456789', aiModelId: 8, languageId: undefined, url: 'http://localhost:80/',
    },
    website: { kind: 'botpress', token: 'pre-\${TOKEN}', botId: '$\${literal}', deadlineMs },
  },
  server: { host: '::1', cursorSecret: '\${SEAL}' },
  log: { level: 'warn' },
});
`,
  };

  it.each(Object.entries(languages))('%s gives the same value', async (name, text) => {
    const cwd = await folderWith({ [name]: text });

    const config = configOf(await loadConfig({ environment, cwd }));

    expect(revealed(config)).toEqual({
      kind: 'configured',
      providers: [
        {
          name: 'help',
          kind: 'chatling',
          token: 'wine:red#1',
          chatbotId: '0123456789',
          aiModelId: 8,
          url: 'http://localhost',
          deadlineMs: 2500,
          replyDeadlineMs: 30_000,
        },
        {
          name: 'website',
          kind: 'botpress',
          token: 'pre-wine:red#1',
          botId: '${literal}',
          deadlineMs: 100,
          replyDeadlineMs: 30_000,
        },
      ],
      server: { port: 4000, host: '::1', cursorSecret: 'a b c' },
      log: { level: 'warn' },
    });
  });

  it('are told apart by the end of the name, also with a byte order mark', async () => {
    const cwd = await folderWith({ 'other.yml': `\uFEFF${ONE}`, 'other.JSON': '\uFEFF{}' });

    expect(await loadConfig({ environment: {}, cwd, configPath: 'other.yml' })).toMatchObject({
      ok: true,
    });
    expect(await loadConfig({ environment: {}, cwd, configPath: 'other.JSON' })).toMatchObject({
      mistakes: [{ path: 'providers' }],
    });
  });

  it('are read anew each time', async () => {
    const cwd = await folderWith({ 'parlance.config.ts': tsWithPort(1) });
    const before = configOf(await loadConfig({ environment: {}, cwd }));
    await writeFile(join(cwd, 'parlance.config.ts'), tsWithPort(2));

    const after = configOf(await loadConfig({ environment: {}, cwd }));

    expect([before.server.port, after.server.port]).toEqual([1, 2]);
  });
});

describe('a variable in a value', () => {
  it.each([
    ['"${A}"', 'one'],
    ['${A}', 'one'],
    ["'<${A}-${B_2}>'", '<one-two>'],
    ['"$${A}"', '${A}'],
    ['$${A}', '${A}'],
    ['"$$${A}"', '$${A}'],
    ['"$A{B}"', '$A{B}'],
    ['${NESTED}', '${A}'],
    ['${YAML}', '},x:[1]'],
  ])('%s becomes %s', async (written, expected) => {
    const environment = { A: 'one', B_2: 'two', NESTED: '${A}', YAML: '},x:[1]' };

    expect(await secretFrom(written, environment)).toBe(expected);
  });

  it('keeps digits a text where a text belongs, and makes them a number where a number does', async () => {
    const provider = firstProvider(
      await loadYaml(
        'providers: { a: { kind: chatling, token: t, chatbotId: "${ID}", languageId: "${LANGUAGE}" } }',
        { ID: '0042', LANGUAGE: '2' },
      ),
    );

    expect(provider).toMatchObject({ chatbotId: '0042', languageId: 2 });
  });

  it('is a mistake where it is set but empty and something is needed', async () => {
    const result = await loadYaml('providers: { a: { kind: chatbotkit, secret: "${E}" } }', {
      E: '',
    });

    expect(result).toMatchObject({ ok: false, mistakes: [{ path: 'providers.a.secret' }] });
  });
});

describe('an account reached through Pinkfish', () => {
  it('says the way to it, and beside its own settings those of every provider', async () => {
    const provider = firstProvider(
      await loadYaml(
        'providers: { partner: { kind: chatbotkit, via: pinkfish, clientId: i, clientSecret: "${S}", orgId: o, pcid: p, url: "http://localhost:8080", deadlineMs: 900 } }',
        { S: 'hush' },
      ),
    );

    expect(revealed(provider)).toEqual({
      name: 'partner',
      kind: 'chatbotkit',
      via: 'pinkfish',
      clientId: 'i',
      clientSecret: 'hush',
      orgId: 'o',
      pcid: 'p',
      url: 'http://localhost:8080',
      deadlineMs: 900,
      replyDeadlineMs: 30_000,
    });
  });
});

describe('which file', () => {
  const files = {
    'flag.yaml': withPort(1),
    'variable.yaml': withPort(2),
    'parlance.config.ts': tsWithPort(3),
    'parlance.config.yaml': withPort(4),
    'parlance.config.yml': withPort(5),
    'parlance.config.json': JSON.stringify({
      providers: { a: { kind: 'chatbotkit', secret: 's' } },
      server: { port: 6 },
    }),
  };
  const order = Object.keys(files);

  it.each(order)('%s is taken before those after it', async (name) => {
    const remaining = order.slice(order.indexOf(name));
    const cwd = await folderWith(
      Object.fromEntries(Object.entries(files).filter(([file]) => remaining.includes(file))),
    );

    const result = await loadConfig({
      environment: { PARLANCE_CONFIG: remaining.includes('variable.yaml') ? 'variable.yaml' : '' },
      cwd,
      configPath: remaining.includes('flag.yaml') ? 'flag.yaml' : undefined,
    });

    expect(configOf(result).server.port).toBe(order.indexOf(name) + 1);
  });

  it('may be named by a whole path', async () => {
    const cwd = await folderWith({});
    const elsewhere = await folderWith({ 'real.yaml': withPort(7) });

    const result = await loadConfig({
      environment: {},
      cwd,
      configPath: join(elsewhere, 'real.yaml'),
    });

    expect(configOf(result).server.port).toBe(7);
  });

  it('is none at all in the sandbox, which still listens to the environment', async () => {
    const cwd = await folderWith({ 'parlance.config.example.yaml': ONE });

    const bare = await loadConfig({ environment: {}, cwd });
    const told = await loadConfig({
      environment: { PORT: '0', HOST: '0.0.0.0', LOG_LEVEL: 'silent' },
      cwd,
    });

    expect(bare).toEqual({
      ok: true,
      config: {
        kind: 'sandbox',
        providers: [],
        server: { port: 4000, host: '127.0.0.1' },
        log: { level: 'info' },
      },
    });
    expect(told).toMatchObject({
      config: { kind: 'sandbox', server: { port: 0, host: '0.0.0.0' }, log: { level: 'silent' } },
    });
  });
});

describe('the environment', () => {
  const file = `${ONE}\nserver: { port: 5000, host: file.example }\nlog: { level: error }`;

  it('wins over the file', async () => {
    const environment = { PORT: '6000', HOST: 'environment.example', LOG_LEVEL: 'debug' };

    expect(configOf(await loadYaml(file, environment))).toMatchObject({
      server: { port: 6000, host: 'environment.example' },
      log: { level: 'debug' },
    });
  });

  it('of this process is read once, as a copy nobody can change', () => {
    const environment = environmentOfThisProcess();

    expect(environment).toEqual(process.env);
    expect(environment).not.toBe(process.env);
    expect(Object.isFrozen(environment)).toBe(true);
  });

  it('leaves the file its say where a variable is empty', async () => {
    expect(configOf(await loadYaml(file, { PORT: '', HOST: '', LOG_LEVEL: '' }))).toMatchObject({
      server: { port: 5000, host: 'file.example' },
      log: { level: 'error' },
    });
  });
});

describe('the value', () => {
  it('is frozen to its last leaf', async () => {
    const config = configOf(await loadYaml(`${ONE}\nserver: { cursorSecret: x }`));

    expect(thawedPartsOf(config)).toEqual([]);
  });

  it('has no key for what was not given', async () => {
    const provider = firstProvider(await loadYaml(ONE));

    expect(Object.keys(provider).toSorted()).toEqual(
      ['deadlineMs', 'kind', 'name', 'replyDeadlineMs', 'secret'].toSorted(),
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'survives a provider called %s',
    async (name) => {
      const result = await loadYaml(`providers: { ${name}: { kind: chatbotkit, secret: s } }`);

      expect(result.ok).toBe(name !== '__proto__');
      expect(Object.hasOwn(Object.prototype, 'kind')).toBe(false);
    },
  );
});

function withPort(port: number): string {
  return `${ONE}\nserver: { port: ${port} }`;
}

function tsWithPort(port: number): string {
  return `export default { providers: { a: { kind: 'chatbotkit', secret: 's' } }, server: { port: ${port} } };`;
}

async function secretFrom(written: string, environment: Record<string, string>) {
  const provider = firstProvider(
    await loadYaml(`providers: { a: { kind: chatbotkit, secret: ${written} } }`, environment),
  );
  return 'secret' in provider ? provider.secret.reveal() : undefined;
}

/** The same value with every secret told, to compare it whole. */
function revealed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('reveal' in value && typeof value.reveal === 'function') return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revealed(part)]));
}

function thawedPartsOf(value: object, path = 'config'): string[] {
  const inner = Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    typeof part === 'object' && part !== null ? thawedPartsOf(part, `${path}.${key}`) : [],
  );
  return Object.isFrozen(value) ? inner : [path, ...inner];
}
