// A real HAProxy with our settings, started before gateways that a test has: from the PATH, or from the packages of this system.

import { execFile } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { at } from '../support/answer.ts';
import { librariesIn, unpackPackages } from '../support/debian-packages.ts';
import { freePort } from '../support/redis/server.ts';
import { launch, ROOT } from './packed.ts';
import { asked } from './smoke.ts';

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

/** `gateways`: two, where each is. */
export async function startProxy(gateways: readonly string[]): Promise<Proxy> {
  const { path, libraries } = await findProxy();
  const port = await freePort();
  const [first = '', second = ''] = gateways.map((url) => new URL(url).host);
  const env = {
    LD_LIBRARY_PATH: libraries,
    LISTEN: `127.0.0.1:${port}`,
    GATEWAY_1: first,
    GATEWAY_2: second,
  };
  const config = ['-f', join(ROOT, 'deploy/haproxy.cfg')];
  await launch([path, '-c', ...config], { cwd: ROOT, env }).output();
  const running = launch([path, ...config], { cwd: ROOT, env });
  const url = `http://127.0.0.1:${port}`;
  // Where it could not begin it has ended, and said why.
  try {
    await Promise.race([untilAnswered(url), running.output()]);
  } catch (error) {
    running.child.kill('SIGKILL');
    throw error;
  }
  return {
    url,
    async close() {
      running.child.kill('SIGKILL');
      await running.ended;
    },
  };
}

async function untilAnswered(url: string): Promise<void> {
  const answers = async () => at(await asked(url, '{ __typename }').catch(() => null), 'data');
  for (let left = 100; !(await answers()); left -= 1) {
    if (left === 0) throw new Error('HAProxy does not answer for the gateways.');
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

async function findProxy(): Promise<{ readonly path: string; readonly libraries: string }> {
  const unpacked = { path: join(KEPT, 'usr/sbin/haproxy'), libraries: librariesIn(KEPT) };
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'haproxy');
    if (await works(path, '')) return { path, libraries: '' };
  }
  const there = (await works(unpacked.path, unpacked.libraries)) || (await unpack());
  if (there) return unpacked;
  throw new Error('No HAProxy was found: install haproxy, 2.6 or newer.');
}

const KEPT = resolve('node_modules/.cache/haproxy');

function unpack(): Promise<boolean> {
  return unpackPackages({
    names: [
      'haproxy',
      'liblua5.3-0',
      'liblua5.4-0',
      'libopentracing-c-wrapper0',
      'libopentracing1',
    ],
    kept: KEPT,
    environment: process.env,
    works: (root) => works(join(root, 'usr/sbin/haproxy'), librariesIn(root)),
  });
}

function works(path: string, libraries: string): Promise<boolean> {
  return promisify(execFile)(path, ['-v'], { env: { LD_LIBRARY_PATH: libraries } }).then(
    () => true,
    () => false,
  );
}
