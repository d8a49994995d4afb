// docker-compose.yml, held to what it says without an engine: read strictly, and its commands run as processes.

import { access, readFile } from 'node:fs/promises';
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
  it('has a service and a health check of each part, and waits for none that is not there', () => {
    const services = Object(at(compose, 'services'));

    expect(Object.keys(services)).toEqual(['redis', 'emulators', ...GATEWAYS]);
    for (const name of Object.keys(services)) {
      expect(listAt(services, `${name}.healthcheck.test`)[0]).toBe('CMD');
    }
    for (const name of GATEWAYS) {
      expect(at(services, `${name}.network_mode`)).toBe('service:emulators');
      expect(at(services, `${name}.depends_on`)).toEqual({
        redis: { condition: 'service_healthy' },
        emulators: { condition: 'service_healthy' },
      });
    }
  });

  it('opens a port of this machine alone for each gateway, and asks for its health there', () => {
    const ports = GATEWAYS.map((name) => textAt(compose, `services.${name}.environment.PORT`));

    expect(listAt(compose, 'services.emulators.ports')).toEqual(
      ports.map((port) => `127.0.0.1:${port}:${port}`),
    );
    for (const [index, name] of GATEWAYS.entries()) {
      const check = listAt(compose, `services.${name}.healthcheck.test`).join(' ');
      expect(check).toContain(`http://127.0.0.1:${ports[index]}/readyz`);
    }
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
    const [node, ...gateway] = wordsAt('services.gateway-1.command');
    const [, ...emulators] = wordsAt('services.emulators.command');

    const started = run(gateway, { ...environment, PORT: '0' });
    const [, url = ''] = await untilSaid(started, /"url":"(http:[^"]+)\/graphql"/, () => undefined);
    const journal = await untilSaid(run(emulators, {}), /"botpress":\{"url":"([^"]+)"/, () => {});

    expect(node).toBe('node');
    expect(await passes('gateway-1', 'http://127.0.0.1:4000', url)).toBe(0);
    expect(await passes('emulators', 'http://127.0.0.1:4101', journal[1] ?? '')).toBe(0);
    expect(await passes('gateway-2', 'http://127.0.0.1:4001', 'http://127.0.0.1:1')).toBe(1);
  });
});

describe('the Dockerfile', () => {
  it('copies what is there, and starts the gateway as the command does', async () => {
    const text = await readFile(`${root}/Dockerfile`, 'utf8');
    const copied = [...text.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, what = '']) =>
      what.split(' '),
    );

    await Promise.all(copied.map((path) => access(`${root}/${path}`)));
    expect(copied).toEqual(expect.arrayContaining(['bin', 'src', 'schema', 'emulators']));
    expect(text).toContain('CMD ["node", "bin/parlance.js", "start"]');
  });
});

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
