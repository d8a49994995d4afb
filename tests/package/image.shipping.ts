// The Dockerfile without an engine: its stages made as folders by its own lines, and what the last one starts, started there.

import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/redis/server.ts';
import { launch, ROOT } from './packed.ts';
import { LISTENING, smokeOf, WELL } from './smoke.ts';

interface Stage {
  /** `WORKDIR`, in a folder of ours. */
  readonly folder: string;
  readonly environment: Record<string, string>;
  /** The words of `ENTRYPOINT`, `CMD` and the health check's. */
  readonly words: Record<string, string[]>;
}

let root: string;
let image: Stage;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'parlance-image-'));
  image = await made(await readFile(join(ROOT, 'Dockerfile'), 'utf8'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('the image', () => {
  it('starts the sandbox, is well by its own check, and leaves', async () => {
    const { folder, environment, words } = image;
    const env = { PATH: process.env['PATH'] ?? '', ...environment };
    const inside = (line: readonly string[] = [], more = {}) =>
      launch([...ROOTLESS, ...line], { cwd: folder, env: { ...env, ...more } });
    const port = { PORT: String(await freePort()), HOST: '127.0.0.1' };

    expect(await inside(words['HEALTHCHECK'], port).ended).toBe(1);
    const started = inside([...(words['ENTRYPOINT'] ?? []), ...(words['CMD'] ?? [])], port);
    await started.line(LISTENING);

    expect(await inside(words['HEALTHCHECK'], port).ended).toBe(0);
    expect(await smokeOf(started)).toEqual(WELL);
  });

  it('starts the emulators too', async () => {
    const { folder, environment } = image;
    const env = { PATH: process.env['PATH'] ?? '', ...environment };
    const started = launch([...ROOTLESS, 'node', 'dist/emulators.js', '--quiet'], {
      cwd: folder,
      env,
    });

    await started.line(/^\{"botpress":\{"url":"http:/m);
    started.child.kill('SIGTERM');

    expect(await started.ended).toBe(0);
  });
});

/** As the image does: as somebody who owns nothing there, where we may become that. */
const ROOTLESS =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];

/** The last stage. Knows the instructions that are there, and no other. */
async function made(dockerfile: string): Promise<Stage> {
  const stages = new Map<string, string>();
  let stage: Stage | undefined;
  for (const [instruction = '', rest = ''] of linesOf(dockerfile)) {
    if (instruction === 'FROM') {
      const name = / AS (\w+)$/.exec(rest)?.[1] ?? 'last';
      stages.set(name, join(root, name));
      stage = { folder: join(root, name), environment: {}, words: {} };
      await mkdir(stage.folder);
    } else if (instruction !== 'ARG') {
      if (!stage) throw new Error(`${instruction} stands before any FROM`);
      await followed(instruction, rest, stage, stages);
    }
  }
  if (!stage) throw new Error('There is no stage.');
  // Read-only, as docker-compose.yml has it, and readable for all.
  await promisify(execFile)('chmod', ['-R', 'a+rX,a-w', stage.folder]);
  await chmod(root, 0o755);
  return stage;
}

async function followed(
  instruction: string,
  rest: string,
  { folder, environment, words }: Stage,
  stages: ReadonlyMap<string, string>,
): Promise<void> {
  switch (instruction) {
    case 'COPY': {
      const [, from, what = ''] = /^(?:--from=(\w+) )?(.+)$/.exec(rest) ?? [];
      const paths = what.split(' ');
      const to = join(folder, paths.pop() ?? '');
      for (const path of paths) {
        const source = from ? join(root, path.replace('/build', from)) : join(ROOT, path);
        if (from && !stages.has(from)) throw new Error(`There is no stage ${from}.`);
        const isFolder = !/\.\w+$|^LICENSE$/.test(basename(path));
        await cp(source, isFolder ? to : join(to, path), { recursive: true });
      }
      return;
    }
    case 'RUN':
      await promisify(execFile)('sh', ['-c', rest], { cwd: folder });
      return;
    case 'ENV':
      for (const [, name = '', value = ''] of rest.matchAll(/(\w+)=(\S+)/g))
        environment[name] = value;
      return;
    case 'ENTRYPOINT':
    case 'CMD':
    case 'HEALTHCHECK':
      words[instruction] = JSON.parse(rest.slice(rest.indexOf('[')));
      return;
    case 'WORKDIR':
    case 'LABEL':
    case 'USER':
    case 'EXPOSE':
    case 'STOPSIGNAL':
      return;
    default:
      throw new Error(`This test does not know ${instruction}.`);
  }
}

function linesOf(dockerfile: string): string[][] {
  return dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
}
