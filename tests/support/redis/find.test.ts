// Where the tests look for a Redis, and in which order: tried with programs that only pretend.

import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findRedis, withLibraries } from './find.ts';
import { startRedis } from './server.ts';

const ANSWERS = '#!/bin/sh\nexit 0\n';
const BROKEN = '#!/bin/sh\nexit 1\n';
/** What apt-get and dpkg leave behind where the packages are to be had: a server that answers. */
const DOWNLOADS = '#!/bin/sh\ncase "$*" in *download*redis-server) touch redis.deb;; esac\n';
const UNPACKS =
  '#!/bin/sh\n[ "$1" = -x ] || exit 0\nmkdir -p "$3/usr/bin"\nprintf "#!/bin/sh\\n" > "$3/usr/bin/redis-server"\nchmod +x "$3/usr/bin/redis-server"\n';

const EVERYTHING = {
  'bin/redis-server': ANSWERS,
  'bin/valkey-server': ANSWERS,
  'kept/usr/bin/redis-server': ANSWERS,
  'bin/apt-get': DOWNLOADS,
  'bin/dpkg': UNPACKS,
  'bin/docker': ANSWERS,
};

/** Each by what has to be missing until it is taken. */
const ORDER: readonly [how: string, missing: readonly (keyof typeof EVERYTHING)[]][] = [
  ['redis-server on the PATH', []],
  ['valkey-server on the PATH', ['bin/redis-server']],
  ['the copy unpacked earlier', ['bin/redis-server', 'bin/valkey-server']],
  [
    'a copy unpacked from the packages of this system',
    ['bin/redis-server', 'bin/valkey-server', 'kept/usr/bin/redis-server'],
  ],
  [
    'a container of redis:7-alpine',
    ['bin/redis-server', 'bin/valkey-server', 'kept/usr/bin/redis-server', 'bin/apt-get'],
  ],
];

async function machine(programs: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'parlance-machine-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(programs)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
    await chmod(join(root, name), 0o755);
  }
  // What the programs themselves need, and no Redis that this machine may have.
  const tools = join(root, 'tools');
  await mkdir(tools);
  for (const tool of ['mkdir', 'touch', 'chmod', 'sh']) {
    await writeFile(join(tools, tool), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${tool} "$@"\n`);
    await chmod(join(tools, tool), 0o755);
  }
  const environment = { PATH: `${join(root, 'bin')}:${tools}` };
  return { root, environment, kept: join(root, 'kept') };
}

describe('a Redis for the tests', () => {
  it('is the one that REDIS_URL names, whatever else there is', async () => {
    const { environment, kept } = await machine(EVERYTHING);

    const found = await findRedis({ ...environment, REDIS_URL: 'redis://elsewhere' }, kept);

    expect(found).toMatchObject({ kind: 'elsewhere', url: 'redis://elsewhere' });
  });

  it.each(ORDER)('is %s, where nothing before that is there: without %j', async (how, missing) => {
    const there = Object.entries(EVERYTHING).filter(
      ([name]) => !missing.some((one) => one === name),
    );
    const { environment, kept } = await machine(Object.fromEntries(there));

    expect((await findRedis(environment, kept)).how).toBe(how);
  });

  it('is no program that does not run, and no engine that does not answer', async () => {
    const { environment, kept } = await machine({
      'bin/redis-server': BROKEN,
      'bin/valkey-server': ANSWERS,
      'bin/docker': BROKEN,
    });

    expect((await findRedis(environment, kept)).how).toBe('valkey-server on the PATH');
  });

  it('is asked for in one sentence where there is none', async () => {
    const { environment, kept } = await machine({ 'bin/docker': BROKEN });

    await expect(findRedis(environment, kept)).rejects.toThrow(
      /^The tests need a real Redis, and none was found: install redis-server \(or valkey-server\), start Docker, or set REDIS_URL to one that may be written to\.$/,
    );
  });
});

describe('a Redis in a container', () => {
  it('is begun, frozen, ended and begun again through its engine', async () => {
    const real = await findRedis({ ...process.env, REDIS_URL: '' });
    const program = real.kind === 'program' ? real : { path: 'redis-server', libraries: undefined };
    const { root } = await machine({});
    const engine = join(root, 'docker');
    await writeFile(engine, pretended(root, program));
    await chmod(engine, 0o755);
    const found = { kind: 'container', how: 'pretended', path: engine, image: 'redis' } as const;

    const server = await startRedis({ found });
    onTestFinished(() => server.close());
    const client = new Redis(server.url, { maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    onTestFinished(() => client.disconnect());
    await client.set('a', '1');
    await server.freeze();
    const said = client.get('a');
    await server.thaw();
    expect(await said).toBe('1');
    await server.restart();

    expect(await client.get('a')).toBeNull();
    const verbs = (await readFile(join(root, 'journal'), 'utf8')).trim().split('\n');
    expect(verbs).toEqual(['run', 'pause', 'unpause', 'kill', 'run']);
  });
});

/** An engine whose containers are processes: it notes what it was asked, and by which pid a name is known. */
function pretended(
  root: string,
  { path, libraries }: { path: string; libraries: string | undefined },
): string {
  const { LD_LIBRARY_PATH: folders = '' } = withLibraries(libraries);
  return `#!/bin/bash
echo "$1" >> ${root}/journal
case "$1" in
  run)
    echo $$ > "${root}/$4.pid"
    while [ "$1" != redis-server ]; do shift; done
    shift
    export LD_LIBRARY_PATH=${folders}
    exec ${path} "$@" ;;
  kill) kill -KILL $(cat "${root}/$2.pid") ;;
  pause) kill -STOP $(cat "${root}/$2.pid") ;;
  unpause) kill -CONT $(cat "${root}/$2.pid") ;;
esac
`;
}
