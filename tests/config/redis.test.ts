// Where Redis is: one server, Sentinels or a cluster in the file, and the variable that wins over all of them.

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { Secret } from '../../src/config/secret.ts';
import { configOf, folderWith, loadYaml, messagesOf } from './folder.ts';

const PROVIDERS = 'providers: { a: { kind: chatbotkit, secret: s } }';

describe('the section redis', () => {
  it.each([
    ['{ url: "redis://127.0.0.1:6379" }', { url: 'redis://127.0.0.1:6379' }],
    [
      '{ url: "rediss://me:p%40ss@redis.example.com:6380/2", prefix: "mine:" }',
      { url: 'rediss://me:p%40ss@redis.example.com:6380/2', prefix: 'mine:' },
    ],
    [
      '{ sentinels: ["redis://a:26379", "redis://b:26379"], name: main, username: me, password: "a b" }',
      {
        sentinels: ['redis://a:26379', 'redis://b:26379'],
        name: 'main',
        username: 'me',
        password: 'a b',
      },
    ],
    ['{ cluster: ["redis://a:7000"] }', { cluster: ['redis://a:7000'] }],
  ])('takes %s', async (redis, meant) => {
    const { redis: read } = configOf(await loadYaml(`${PROVIDERS}\nredis: ${redis}`));

    expect(revealed(read)).toEqual(meant);
  });

  it('is absent where nobody gave it', async () => {
    expect(configOf(await loadYaml(PROVIDERS))).not.toHaveProperty('redis');
  });

  it('prints no password, whoever prints it', async () => {
    const config = configOf(await loadYaml(`${PROVIDERS}\nredis: { url: "redis://:hush@h" }`));

    expect(JSON.stringify(config) + inspect(config, { depth: 9 })).not.toContain('hush');
  });
});

describe('the variable REDIS_URL', () => {
  const environment = { REDIS_URL: 'redis://environment' };

  it.each([
    ['a server', '{ url: "redis://file", prefix: "p:" }'],
    ['Sentinels', '{ sentinels: ["redis://file"], name: n, prefix: "p:" }'],
    ['a cluster', '{ cluster: ["redis://file"], prefix: "p:" }'],
  ])('wins over %s of the file, whose prefix stays', async (_name, redis) => {
    const { redis: read } = configOf(await loadYaml(`${PROVIDERS}\nredis: ${redis}`, environment));

    expect(revealed(read)).toEqual({ url: 'redis://environment', prefix: 'p:' });
  });

  it('is enough by itself, for a config without the section and for the sandbox', async () => {
    const configured = configOf(await loadYaml(PROVIDERS, environment));
    const sandbox = configOf(await loadConfig({ environment, cwd: await folderWith({}) }));

    expect(revealed(configured.redis)).toEqual({ url: 'redis://environment' });
    expect(sandbox.kind).toBe('sandbox');
    expect(revealed(sandbox.redis)).toEqual({ url: 'redis://environment' });
  });

  it('counts as absent where it is empty', async () => {
    expect(configOf(await loadYaml(PROVIDERS, { REDIS_URL: '' }))).not.toHaveProperty('redis');
  });

  it('is refused with its name where it is no such URL, and its text is not repeated', async () => {
    const messages = messagesOf(await loadYaml(PROVIDERS, { REDIS_URL: 'hush@h:6379' }));

    expect(messages).toEqual([
      'env.REDIS_URL must be a Redis URL such as redis://127.0.0.1:6379, or rediss:// over TLS, with what is not plain in a password written as %40.',
    ]);
  });
});

function revealed(value: unknown): unknown {
  if (isSecret(value)) return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revealed(one)]));
}

function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && 'reveal' in value;
}
