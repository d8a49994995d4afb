// docker-compose.yml, held to what it says without an engine: read strictly, and its commands run as processes.

import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { parseDocument } from 'yaml';
import { environmentOf, launch, untilSaid } from '../../cluster/process.ts';
import { startWorld } from '../../emulators/world.ts';
import { at, listAt, textAt } from '../support/answer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compose = await read();
const GATEWAYS = ['gateway-1', 'gateway-2'];

describe('docker-compose.yml', () => {
  it('has each part, and waits for none that is not there', () => {
    const services = Object(at(compose, 'services'));
    const gateway = { redis: HEALTHY, emulators: HEALTHY };
    const proxy = Object.fromEntries(GATEWAYS.map((name) => [name, HEALTHY]));

    expect(Object.keys(services)).toEqual(['proxy', 'redis', 'emulators', ...GATEWAYS]);
    expect(at(services, 'proxy.depends_on')).toEqual(proxy);
    for (const name of GATEWAYS) {
      expect(at(services, `${name}.network_mode`)).toBe('service:emulators');
      expect(at(services, `${name}.depends_on`)).toEqual(gateway);
    }
    for (const name of ['redis', 'emulators', ...GATEWAYS]) {
      expect(listAt(services, `${name}.healthcheck.test`)[0]).toBe('CMD');
    }
  });

  it('lets no part write its own files, or become more than it is', () => {
    for (const [name, service] of Object.entries(Object(at(compose, 'services')))) {
      expect([name, service]).toMatchObject([
        name,
        { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      ]);
    }
  });

  it('opens one port, of this machine alone, and the proxy knows where each gateway is', () => {
    const ports = GATEWAYS.map((name) => textAt(compose, `services.${name}.environment.PORT`));
    const opened = Object.values(Object(at(compose, 'services'))).flatMap((service) => {
      const given = at(service, 'ports');
      return Array.isArray(given) ? given : [];
    });

    expect(opened).toEqual(['127.0.0.1:4000:4000']);
    expect(new Set(ports).size).toBe(GATEWAYS.length);
    expect(at(compose, 'services.proxy.environment')).toEqual({
      LISTEN: ':4000',
      GATEWAY_1: `emulators:${ports[0]}`,
      GATEWAY_2: `emulators:${ports[1]}`,
    });
    for (const [index, name] of GATEWAYS.entries()) {
      const check = listAt(compose, `services.${name}.healthcheck.test`).join(' ');
      expect(check).toContain(`http://127.0.0.1:${ports[index]}/readyz`);
    }
  });

  it('mounts what is there', async () => {
    const mounted = Object.values(Object(at(compose, 'services'))).flatMap((service) => {
      const given = at(service, 'volumes');
      return Array.isArray(given) ? given.map((volume) => String(volume).split(':')[0] ?? '') : [];
    });

    await Promise.all(mounted.map((path) => access(join(root, path))));
    expect(mounted).toContain('./deploy/haproxy.cfg');
  });

  it('tells every gateway the same, which is what the emulators take', async () => {
    const first = Number(textAt(compose, 'services.emulators.environment.EMULATOR_PORT'));
    const world = await startWorld({ count: 1 });
    onTestFinished(() => world.close());
    const wanted = environmentOf(
      {
        ...world.credentials,
        botpress: { ...world.credentials.botpress, url: `http://127.0.0.1:${first}` },
        chatling: { ...world.credentials.chatling, url: `http://127.0.0.1:${first + 1}` },
        chatbotkit: { ...world.credentials.chatbotkit, url: `http://127.0.0.1:${first + 2}` },
        stackAuth: { ...world.credentials.stackAuth, url: `http://127.0.0.1:${first + 3}` },
      },
      { redisUrl: 'redis://redis:6379', prefix: 'parlance:', secret: 'for emulators only' },
    );

    for (const name of GATEWAYS) {
      const { PORT: _, ...told } = Object(at(compose, `services.${name}.environment`));
      expect(told).toEqual(wanted);
    }
  });

  it('has commands that start what they say, and health checks that pass once it is up and fail before', async () => {
    const world = await startWorld({ count: 1 });
    onTestFinished(() => world.close());
    const environment = environmentOf(world.credentials, {
      redisUrl: inject('redisUrl'),
      prefix: 'compose:',
      secret: 's',
    });
    const gateway = ['bin/parlance.js', ...wordsAt('services.gateway-1.command')];
    const started = run(gateway, { ...environment, PORT: '0' });
    const [, url = ''] = await untilSaid(started, /"url":"(http:[^"]+)\/graphql"/, () => undefined);

    expect(await passes('gateway-1', 'http://127.0.0.1:4001', url)).toBe(0);
    expect(await passes('emulators', 'http://127.0.0.1:4101', world.botpress.url)).toBe(0);
    expect(await passes('gateway-2', 'http://127.0.0.1:4002', 'http://127.0.0.1:1')).toBe(1);
  });
});

describe('the Dockerfile', () => {
  it('copies what is there and what .dockerignore lets through, and keeps everything else out', async () => {
    const [text, ignored] = await Promise.all(
      ['Dockerfile', '.dockerignore'].map((name) => readFile(join(root, name), 'utf8')),
    );
    const copied = [...(text ?? '').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, what = '']) => what.split(' ').map((path) => path.replace('./', '')),
    );
    const lines = (ignored ?? '')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));

    await Promise.all(copied.map((path) => access(join(root, path))));
    expect(lines.toSorted()).toEqual(
      ['*', ...new Set(copied.map((path) => `!${path}`))].toSorted(),
    );
  });
});

const HEALTHY = { condition: 'service_healthy' };

async function read(): Promise<unknown> {
  const text = await readFile(`${root}/docker-compose.yml`, 'utf8');
  const document = parseDocument(text, { strict: true, merge: true, uniqueKeys: true });
  if (document.errors.length + document.warnings.length > 0) {
    throw new Error([...document.errors, ...document.warnings].join('\n'));
  }
  return document.toJS();
}

function wordsAt(path: string): string[] {
  return listAt(compose, path).map(String);
}

function run(words: readonly string[], environment: Record<string, string>) {
  const child = launch(words, environment);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The exit code of a service's health check, asked of another address than it names. */
function passes(service: string, named: string, meant: string): Promise<number | null> {
  const [, , ...words] = wordsAt(`services.${service}.healthcheck.test`);
  const child = run(
    words.map((word) => word.replace(named, meant)),
    {},
  );
  return new Promise((resolve) => child.once('exit', resolve));
}
