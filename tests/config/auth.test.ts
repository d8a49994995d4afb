// Who is let in, as a config says it: what may be written, what is named where it is wrong, and where it may not be missing.

import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingSignIn } from '../../src/config/auth.ts';
import { JWT_ALGORITHMS } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configOf, folderWith, loadYaml, messagesOf } from './folder.ts';

const PROVIDERS = 'providers: { a: { kind: chatbotkit, secret: s } }';
const JWT = 'issuer: "https://login.example.com/", audience: parlance';

async function authOf(auth: string) {
  return configOf(await loadYaml(`${PROVIDERS}\nauth: ${auth}`)).auth;
}

describe('the section auth', () => {
  it('finds its files from the folder of the config, wherever the gateway is started', async () => {
    const folder = await folderWith({
      'mine.yaml': `${PROVIDERS}\nauth: { keys: ./keys.json, jwt: { ${JWT}, jwks: of the signer.json } }`,
    });

    const { auth } = configOf(
      await loadConfig({
        environment: {},
        cwd: dirname(folder),
        configPath: join(folder, 'mine.yaml'),
      }),
    );

    expect(auth?.keys).toBe(join(folder, 'keys.json'));
    expect(auth?.jwt?.jwks).toEqual({ file: join(folder, 'of the signer.json') });
  });

  it('has what is usual where nothing else is said', async () => {
    const auth = await authOf(`{ jwt: { ${JWT}, jwks: "https://login.example.com/jwks" } }`);

    expect(auth).toEqual({
      jwt: {
        issuer: 'https://login.example.com/',
        audience: 'parlance',
        jwks: { url: 'https://login.example.com/jwks' },
        clockSkewSeconds: 30,
        algorithms: JWT_ALGORITHMS,
        claims: {
          scopes: 'scope',
          providers: 'parlance_providers',
          contact: 'parlance_contact',
        },
      },
    });
  });

  it('takes names of claims one by one, fewer algorithms, and http at this machine', async () => {
    const auth = await authOf(
      `{ jwt: { ${JWT}, jwks: "http://127.0.0.1:9/keys", clockSkewSeconds: 0, algorithms: [ES256], claims: { contact: "https://example.com/contact" } } }`,
    );

    expect(auth?.jwt).toMatchObject({
      jwks: { url: 'http://127.0.0.1:9/keys' },
      clockSkewSeconds: 0,
      algorithms: ['ES256'],
      claims: { scopes: 'scope', contact: 'https://example.com/contact' },
    });
  });

  it.each<[string, ...string[]]>([
    [
      'yes',
      'auth must be a mapping: give it `keys: ./parlance.keys.json`, or `jwt: { issuer: …, audience: …, jwks: … }`, or both.',
    ],
    [
      '{}',
      'auth lets nobody in: give it `keys: ./parlance.keys.json`, or `jwt: { issuer: …, audience: …, jwks: … }`, or both.',
    ],
    [
      '{ keyz: ./keys.json }',
      'auth.keyz is not a setting: write keys instead, or remove it.',
      'auth lets nobody in: give it `keys: ./parlance.keys.json`, or `jwt: { issuer: …, audience: …, jwks: … }`, or both.',
    ],
    [
      '{ keys: "" }',
      'auth.keys is empty: give it the file of API keys, such as ./parlance.keys.json.',
    ],
    ['{ jwt: on }', 'auth.jwt must be a mapping: give it issuer, audience, jwks, or remove it.'],
    [
      '{ jwt: {} }',
      'auth.jwt.issuer is missing: add what tokens say in `iss`.',
      'auth.jwt.audience is missing: add what tokens name in `aud`.',
      'auth.jwt.jwks is missing: add an https URL of a JSON Web Key Set, or a file that holds one.',
    ],
    [
      `{ jwt: { ${JWT}, jwks: keys.json, isuer: x, claims: { scope: s } } }`,
      'auth.jwt.isuer is not a setting: use one of issuer, audience, jwks, clockSkewSeconds, algorithms, claims, or remove it.',
      'auth.jwt.claims.scope is not a setting: write scopes instead, or remove it.',
    ],
    [
      `{ jwt: { ${JWT}, jwks: keys.json, algorithms: [HS256, none] } }`,
      `auth.jwt.algorithms.0 must be an algorithm with a public key: write some of ${JWT_ALGORITHMS.join(', ')}.`,
      `auth.jwt.algorithms.1 must be an algorithm with a public key: write some of ${JWT_ALGORITHMS.join(', ')}.`,
    ],
    [
      `{ jwt: { ${JWT}, jwks: keys.json, clockSkewSeconds: -1 } }`,
      'auth.jwt.clockSkewSeconds must be a time in seconds: write a whole number from 0 to 3600.',
    ],
  ])('names what is wrong with %s', async (auth, ...sentences) => {
    expect(messagesOf(await loadYaml(`${PROVIDERS}\nauth: ${auth}`))).toEqual(sentences);
  });

  it.each([
    'http://login.example.com/jwks',
    'http://127.0.0.1.example.com/jwks',
    'https://me:hush@login.example.com/jwks',
    'ftp://127.0.0.1/jwks',
    'https://',
  ])('takes no keys from %s, and does not repeat it', async (jwks) => {
    const messages = messagesOf(
      await loadYaml(`${PROVIDERS}\nauth: { jwt: { ${JWT}, jwks: "${jwks}" } }`),
    );

    expect(messages).toEqual([
      'auth.jwt.jwks must be an https URL of a JSON Web Key Set, or a file that holds one; http is for this machine alone, and a URL has no password in it.',
    ]);
  });
});

describe('a config without auth', () => {
  it.each([
    ['kind: chatbotkit, secret: s', true],
    ['kind: chatbotkit, secret: s, url: "https://proxy.example.com"', true],
    ['kind: chatbotkit, secret: s, url: "http://127.0.0.1.example.com"', true],
    ['kind: chatbotkit, secret: s, url: "http://localhost.example.com"', true],
    ['kind: chatbotkit, secret: s, url: "http://10.0.0.1:80"', true],
    ['kind: chatbotkit, secret: s, url: "http://127.0.0.1:80"', false],
    ['kind: chatbotkit, secret: s, url: "http://127.1.2.3"', false],
    ['kind: chatbotkit, secret: s, url: "http://localhost:80"', false],
    ['kind: chatbotkit, secret: s, url: "http://[::1]:80"', false],
  ])('with an account { %s }: to be refused is %s', async (account, refused) => {
    const config = configOf(
      await loadYaml(
        `providers: { a: { ${account} }, here: { kind: chatbotkit, secret: s, url: "http://127.0.0.1" } }`,
      ),
    );

    expect(missingSignIn(config)).toBe(
      refused
        ? 'auth is missing: whoever reaches this gateway could act as a, so write `auth: { keys: ./parlance.keys.json }` and make a key with `parlance keys create`.'
        : undefined,
    );
  });

  it('and with a real account is well once it has one', async () => {
    const config = configOf(await loadYaml(`${PROVIDERS}\nauth: { keys: k.json }`));

    expect(missingSignIn(config)).toBeUndefined();
  });

  it('is the sandbox where there is none at all, and well', async () => {
    const config = configOf(await loadConfig({ environment: {}, cwd: await folderWith({}) }));

    expect(missingSignIn(config)).toBeUndefined();
  });

  it('and with an account of a kind of somebody else is judged by the origin of that kind', async () => {
    const kind = (origin: string) => `export default {
      [Symbol.for('parlance.defineProvider')]: true, kind: 'theirs', secrets: [], origin: '${origin}',
      settings: { '~standard': { version: 1, vendor: 'by hand', validate: (value) => ({ value }) } },
    };`;
    const missingAt = async (origin: string) => {
      const cwd = await folderWith({
        'theirs.mjs': kind(origin),
        'parlance.config.yaml': 'kinds: [./theirs.mjs]\nproviders: { a: { kind: theirs } }',
      });
      return missingSignIn(configOf(await loadConfig({ environment: {}, cwd })));
    };

    expect(await missingAt('https://api.example.com')).toContain('act as a,');
    expect(await missingAt('http://127.0.0.1:9')).toBeUndefined();
  });
});
