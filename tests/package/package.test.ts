// What `npm pack` makes is whole: it runs, answers and types without this tree, and without a single other package.

import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { at } from '../support/answer.ts';
import { startNotebook } from '../support/notebook.ts';
import { type Bare, bareFolder, launch, pack, ROOT } from './packed.ts';
import { asked, LISTENING, smoke, WELL } from './smoke.ts';

let work: string;
let bare: Bare;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'parlance-pack-'));
  bare = await bareFolder();
  const tarball = await pack(work);
  const words = ['npm', 'install', '--offline', '--no-audit', '--no-fund', tarball];
  await bare.begin(words).output();
});

afterAll(async () => {
  await rm(work, { recursive: true, force: true });
  await bare.close();
});

describe('the package, installed where there is nothing else', () => {
  it('brings no other package along, and no source', async () => {
    const installed = (await readdir(join(bare.folder, 'node_modules'))).filter(
      (name) => !name.startsWith('.'),
    );

    expect(installed).toEqual(['parlance']);
    expect((await readdir(join(bare.folder, 'node_modules/parlance'))).toSorted()).toEqual([
      '.env.example',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'bin',
      'dist',
      'docs',
      'package.json',
      'parlance.config.example.yaml',
      'schema',
    ]);
  });

  it('runs the sandbox', async () => {
    expect(await smoke(bare.begin)).toEqual(WELL);
  });

  it('prints the schema, and exports it', async () => {
    const committed = await readFile(join(ROOT, 'schema/schema.graphql'), 'utf8');
    const exported = createRequire(join(bare.folder, 'here.js')).resolve('parlance/schema.graphql');

    expect(await bare.begin(['npx', '--offline', 'parlance', 'schema']).output()).toBe(committed);
    expect(await readFile(exported, 'utf8')).toBe(committed);
  });

  it('takes a config in TypeScript, and a provider of one’s own beside it', async () => {
    const notebook = await startNotebook();
    notebook.begin({ title: 'Groceries' });
    await cp(join(ROOT, 'examples/notebook-provider'), join(bare.folder, 'notebook'), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
    await mkdir(join(bare.folder, 'notebook/node_modules'));
    await symlink(join(ROOT, 'node_modules/zod'), join(bare.folder, 'notebook/node_modules/zod'));
    await writeFile(join(bare.folder, 'parlance.config.ts'), CONFIG);

    const environment = { PORT: '0', NOTEBOOK_URL: notebook.url, NOTEBOOK_KEY: notebook.key };
    const config = ['--config', 'parlance.config.ts'];
    const started = bare.begin(['npx', '--offline', 'parlance', 'start', ...config], environment);
    const [, pid, url = ''] = await started.line(LISTENING);
    const answer = await asked(url, '{ conversations { nodes { title provider { kind } } } }');
    process.kill(Number(pid), 'SIGTERM');

    expect(at(answer, 'data.conversations.nodes')).toEqual([
      { title: 'Groceries', provider: { kind: 'notebook' } },
    ]);
    expect(await started.ended).toBe(0);
  });

  it('makes keys and asks for them, and sends spans where it is told to', async () => {
    const spans: string[] = [];
    const collector = createServer(({ headers }, response) => {
      spans.push(String(headers['content-type']));
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    onTestFinished(() => void collector.close());
    const address = collector.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const environment = { PORT: '0', COLLECTOR: `http://127.0.0.1:${port}` };
    await writeFile(join(bare.folder, 'signed.yaml'), SIGNED);
    const parlance = (...words: readonly string[]) =>
      bare.begin(
        ['npx', '--offline', 'parlance', ...words, '--config', 'signed.yaml'],
        environment,
      );

    const key = ['--name', 'stranger', '--scopes', 'read', '--providers', 'all'];
    const made = (await parlance('keys', 'create', ...key).output()).trim();
    const started = parlance('start');
    const [, pid, url = ''] = await started.line(LISTENING);
    const answers = [await asked(url, '{ __typename }', made), await asked(url, '{ __typename }')];
    process.kill(Number(pid), 'SIGTERM');

    expect(await started.ended).toBe(0);
    expect(at(answers, '0.data')).toEqual({ __typename: 'Query' });
    expect(at(answers, '1.errors.0.extensions.code')).toBe('UNAUTHENTICATED');
    expect(spans).toContain('application/json');
  });

  it.each(['nodenext', 'bundler'])(
    'has types for a stranger’s compiler: %s',
    async (resolution) => {
      const project = join(bare.folder, resolution);
      await mkdir(project);
      await writeFile(join(project, 'package.json'), '{ "type": "module" }');
      await writeFile(join(project, 'stranger.ts'), STRANGER);
      await writeFile(join(project, 'tsconfig.json'), JSON.stringify(compiler(resolution)));

      const compiled = launch([process.execPath, TSC, '-p', project], { cwd: project, env: {} });

      expect(await compiled.output()).toBe('');
    },
  );

  it('names who wrote what is inside it, each on its own terms', async () => {
    const path = join(bare.folder, 'node_modules/parlance/dist/THIRD-PARTY-LICENSES');
    const text = await readFile(path, 'utf8');

    for (const name of ['graphql', 'undici', 'ioredis', 'zod', 'jiti', 'graphql-yoga']) {
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|ISC)\\)$`, 'm'));
    }
    expect(text).not.toContain('undefined');
  });
});

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** As strict as can be, also with the declarations of others. */
function compiler(resolution: string): object {
  return {
    compilerOptions: {
      target: 'es2023',
      module: resolution === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution: resolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      typeRoots: [join(ROOT, 'node_modules/@types')],
      types: ['node'],
    },
  };
}

const CONFIG = `
import { defineConfig } from 'parlance';
import notebook from './notebook/index.ts';

export default defineConfig({
  kinds: [notebook],
  providers: { notes: { kind: 'notebook', key: '\${NOTEBOOK_KEY}', url: '\${NOTEBOOK_URL}' } },
  server: { leaveAfterMs: 0 },
});
`;

const SIGNED = `
providers:
  help: { kind: chatling, token: t, chatbotId: '1234567890', url: http://127.0.0.1:1 }
auth: { keys: ./parlance.keys.json }
telemetry: { traces: "\${COLLECTOR}" }
server: { leaveAfterMs: 0 }
`;

/** Every line below a complaint is one that has to be a mistake. */
const STRANGER = `
import { type Conversation, defineConfig, defineProvider, failed, type Outcome, success } from 'parlance';
import { keepAfter } from 'parlance/client';

export default defineConfig({ providers: { help: { kind: 'chatling', token: 't', chatbotId: '1' } } });

// @ts-expect-error there is no such setting
defineConfig({ providers: { help: { kind: 'chatling', tokn: 't', chatbotId: '1' } } });

export const kind = defineProvider({
  kind: 'acme',
  settings: {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: (value: unknown) => ({ value: { key: String(value) } }),
      types: { input: { key: '' }, output: { key: '' } },
    },
  } as const,
  secrets: ['key'],
  origin: 'https://acme.example',
  open({ name, http, settings }) {
    const key: string = settings.key.reveal();
    return {
      CONVERSATION_DELETE: {
        support: 'NATIVE',
        note: null,
        async does({ nativeId }, call): Promise<Outcome<null>> {
          const answer = await http.ask(call, {
            method: 'DELETE', path: '/' + nativeId, headers: { authorization: key }, effect: 'write',
          });
          if (!answer.ok) return answer;
          const status: number = answer.value.status;
          // @ts-expect-error an answer has a status, and it is no text
          const text: string = answer.value.status;
          return status === 200 ? success(null) : failed({ kind: 'refused', provider: name, code: text, said: '' });
        },
      },
    };
  },
});

export const title = (conversation: Conversation): string | null => conversation.title;
export const kept: typeof keepAfter = keepAfter;
`;
