// Every mistake has a sentence that names the place and says what to do. This is the list of them.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { folderWith, loadYaml, messagesOf } from './folder.ts';

const GOOD = 'good: { kind: chatbotkit, secret: s }';

/** The settings of one provider, then the sentences they earn. */
const PROVIDER_MISTAKES: [string, ...string[]][] = [
  ['{}', 'providers.a.kind is missing: add botpress, chatling, chatbotkit or stack-auth.'],
  [
    '{ kind: chatbotkt, secret: s }',
    'providers.a.kind is not a kind of provider: write chatbotkit if that was meant, else another of botpress, chatling, chatbotkit, stack-auth.',
  ],
  [
    '{ kind: carrier-pigeon }',
    'providers.a.kind is not a kind of provider: write one of botpress, chatling, chatbotkit, stack-auth.',
  ],
  [
    '',
    'providers.a must be a mapping: begin it with its kind, botpress, chatling, chatbotkit or stack-auth.',
  ],
  [
    '{ kind: botpress }',
    'providers.a.token is missing: add a Botpress access token or key.',
    'providers.a.botId is missing: add the id of the bot.',
  ],
  [
    '{ kind: chatling }',
    'providers.a.token is missing: add a Chatling API key.',
    'providers.a.chatbotId is missing: add the id of the chatbot.',
  ],
  ['{ kind: chatbotkit }', 'providers.a.secret is missing: add a ChatBotKit secret key.'],
  [
    '{ kind: stack-auth }',
    'providers.a.projectId is missing: add the id of the project.',
    'providers.a.publishableClientKey is missing: add the publishable client key of the project "internal".',
    'providers.a.refreshToken is missing: add the refresh token of a dashboard user.',
  ],
  [
    '{ kind: botpress, token: t, bot_id: b }',
    'providers.a.bot_id is not a setting: write botId instead, or remove it.',
    'providers.a.botId is missing: add the id of the bot.',
  ],
  [
    '{ kind: chatbotkit, secret: s, wildness: 3 }',
    'providers.a.wildness is not a setting: use one of kind, secret, runAsUserId, runAsChildUserEmail, timezone, url, deadlineMs, replyDeadlineMs, or remove it.',
  ],
  [
    '{ kind: chatbotkit, secret:s }',
    'providers.a holds a word that is no setting and may be a value: write each as `name: value`, with a space after the colon.',
    'providers.a.secret is missing: add a ChatBotKit secret key.',
  ],
  [
    '{ kind: chatbotkit, secret: }',
    'providers.a.secret is empty: give it a ChatBotKit secret key.',
  ],
  [
    '{ kind: chatbotkit, secret: "" }',
    'providers.a.secret is empty: give it a ChatBotKit secret key.',
  ],
  [
    '{ kind: chatbotkit, secret: "s\\n" }',
    'providers.a.secret must be a ChatBotKit secret key, in plain ASCII without spaces or line breaks.',
  ],
  [
    '{ kind: chatbotkit, secret: [s] }',
    'providers.a.secret must be text: write a ChatBotKit secret key, in plain ASCII without spaces or line breaks.',
  ],
  [
    '{ kind: chatling, token: t, chatbotId: 0123456789 }',
    'providers.a.chatbotId must be text: put the id of the chatbot in quotes.',
  ],
  [
    '{ kind: chatling, token: t, chatbotId: c, aiModelId: gpt, languageId: 1.5 }',
    'providers.a.aiModelId must be the number of an AI model: write a whole number from 0 to 2147483647.',
    'providers.a.languageId must be the number of a language: write a whole number from 0 to 2147483647.',
  ],
  [
    '{ kind: chatbotkit, secret: s, deadlineMs: 0, replyDeadlineMs: -1.5 }',
    'providers.a.deadlineMs must be a time in milliseconds: write a whole number from 1 to 2147483647.',
    'providers.a.replyDeadlineMs must be a time in milliseconds: write a whole number from 1 to 2147483647.',
  ],
  [
    '{ kind: chatbotkit, secret: s, timezone: Mars/Olympus, runAsChildUserEmail: me }',
    'providers.a.runAsChildUserEmail must be an email address, without spaces.',
    'providers.a.timezone must be an IANA time zone such as Europe/Berlin.',
  ],
  ...['ftp://h', 'http://h/v1', 'http://h?x', 'http://u:p@h', 'h:4000', 'nothing'].map(
    (url): [string, string] => [
      `{ kind: chatbotkit, secret: s, url: '${url}' }`,
      'providers.a.url must be an http or https origin such as https://proxy.example.com, without a path, a query or a password.',
    ],
  ),
  [
    '{ kind: chatbotkit, via: pinkfish }',
    'providers.a.clientId is missing: add the client id of an application at Pinkfish.',
    'providers.a.clientSecret is missing: add the client secret of that application.',
    'providers.a.orgId is missing: add the id of the organization at Pinkfish.',
    'providers.a.pcid is missing: add the PCID: the id of the Pinkfish connection to ChatBotKit.',
  ],
  [
    '{ kind: chatbotkit, via: pinkfish, clientId: i, clientSecret: "${NOT_SET}", orgId: 12, pcid: p q, organisation: o }',
    'providers.a.clientSecret needs the environment variable NOT_SET, which is not set: set it, or write $${ for a literal ${.',
    'providers.a.organisation is not a setting: use one of kind, via, clientId, clientSecret, orgId, pcid, url, deadlineMs, replyDeadlineMs, or remove it.',
    'providers.a.orgId must be text: put the id of the organization at Pinkfish in quotes.',
    'providers.a.pcid must be the PCID: the id of the Pinkfish connection to ChatBotKit, in plain ASCII without spaces or line breaks.',
  ],
  [
    '{ kind: chatbotkit, via: pinkfish, clientId: i, clientSecret: c, orgId: o, pcid: p, secret: s, timezone: UTC }',
    'providers.a.secret is a setting of an account without `via`: Pinkfish knows its own way to ChatBotKit, so remove it.',
    'providers.a.timezone is a setting of an account without `via`: Pinkfish knows its own way to ChatBotKit, so remove it.',
  ],
  [
    '{ kind: chatbotkit, secret: s, clientId: i }',
    'providers.a.clientId is a setting of an account with `via: pinkfish`: add that and remove secret, or remove this.',
  ],
  [
    '{ kind: chatbotkit, clientId: i, clientSecret: c, orgId: o, pcid: p }',
    'providers.a.via is missing: add `via: pinkfish`, which the settings beside it are of, or give a ChatBotKit secret in their place.',
  ],
  ...['pinkfsh', 'rest', ''].map((via): [string, string] => [
    `{ kind: chatbotkit, via: ${via}, clientId: i, clientSecret: c, orgId: o, pcid: p }`,
    'providers.a.via is not a way to ChatBotKit: write pinkfish, or remove it and give a ChatBotKit secret.',
  ]),
  [
    '{ kind: chatling, token: t, chatbotId: c, via: pinkfish }',
    'providers.a.via is not a setting: use one of kind, token, chatbotId, aiModelId, languageId, url, deadlineMs, replyDeadlineMs, or remove it.',
  ],
  [
    '{ kind: chatbotkit, secret: s, runAsUserId: "${NOT_SET}" }',
    'providers.a.runAsUserId needs the environment variable NOT_SET, which is not set: set it, or write $${ for a literal ${.',
  ],
  [
    '{ kind: chatbotkit, secret: s, url: "${NOT_SET}", timezon: "${NOT_SET}" }',
    'providers.a.url needs the environment variable NOT_SET, which is not set: set it, or write $${ for a literal ${.',
    'providers.a.timezon needs the environment variable NOT_SET, which is not set: set it, or write $${ for a literal ${.',
    'providers.a.timezon is not a setting: write timezone instead, or remove it.',
  ],
  [
    '{ kind: chatbotkit, secret: "${not a name}" }',
    'providers.a.secret holds a ${ that names no environment variable: write ${NAME}, or $${ for a literal ${.',
  ],
];

/** A whole file, then the sentences it earns. */
const FILE_MISTAKES: [string, ...string[]][] = [
  [
    'server: {}',
    'providers is missing: add at least one provider, of kind botpress, chatling, chatbotkit or stack-auth.',
  ],
  [
    'providers: {}',
    'providers is empty: add at least one provider, of kind botpress, chatling, chatbotkit or stack-auth.',
  ],
  ['providers: [a]', 'providers must map names to providers: write `website: { kind: … }`.'],
  [
    'providers: { 1st: { kind: chatbotkit, secret: s } }',
    'providers.1st is not a name for a provider: begin with a letter, then use letters, digits, - and _, 64 characters at most.',
  ],
  [
    'providers: { my site: { kind: chatbotkit } }',
    'providers["my site"] is not a name for a provider: begin with a letter, then use letters, digits, - and _, 64 characters at most.',
    'providers["my site"].secret is missing: add a ChatBotKit secret key.',
  ],
  [
    `providers: { ${GOOD} }\nredis: { url: "\${NOT_SET}" }`,
    'redis.url needs the environment variable NOT_SET, which is not set: set it, or write $${ for a literal ${.',
  ],
  [
    `providers: { ${GOOD} }\nredis: redis://127.0.0.1`,
    'redis must be a mapping: write `redis: { url: redis://… }`, or remove it.',
  ],
  [
    `providers: { ${GOOD} }\nredis: {}`,
    'redis.url is missing: add a Redis URL such as redis://127.0.0.1:6379, or rediss:// over TLS.',
  ],
  ...['127.0.0.1:6379', '/var/run/redis.sock', 'redis://', 'http://127.0.0.1', 'redis://h/a/b'].map(
    (url): [string, string] => [
      `providers: { ${GOOD} }\nredis: { url: '${url}' }`,
      'redis.url must be a Redis URL such as redis://127.0.0.1:6379, or rediss:// over TLS, with what is not plain in a password written as %40.',
    ],
  ),
  [
    `providers: { ${GOOD} }\nredis: { uri: 'redis://h', prefix: 'two words' }`,
    'redis.uri is not a setting: write url instead, or remove it.',
    'redis.url is missing: add a Redis URL such as redis://127.0.0.1:6379, or rediss:// over TLS.',
    'redis.prefix must be what every key begins with, in plain ASCII without spaces or line breaks.',
  ],
  [
    `providers: { ${GOOD} }\nredis: { url: 'redis://h', cluster: ['redis://h'] }`,
    'redis names more than one Redis: keep one of url, sentinels and cluster.',
  ],
  [
    `providers: { ${GOOD} }\nredis: { cluster: ['redis://h', 'h:1'], name: n }`,
    'redis.name is not a setting: use one of cluster, prefix, or remove it.',
    'redis.cluster.1 must be a Redis URL such as redis://127.0.0.1:6379, or rediss:// over TLS, with what is not plain in a password written as %40.',
  ],
  [
    `providers: { ${GOOD} }\nredis: { cluster: [] }`,
    'redis.cluster is empty: give it the URLs of some nodes.',
  ],
  [
    `providers: { ${GOOD} }\nredis: { sentinels: 'redis://h:26379' }`,
    'redis.sentinels must be a list: write the URL of each Sentinel in [ ].',
    'redis.name is missing: add what the Sentinels call the server.',
  ],
  [
    `provider: { ${GOOD} }`,
    'provider is not a setting: write providers instead, or remove it.',
    'providers is missing: add at least one provider, of kind botpress, chatling, chatbotkit or stack-auth.',
  ],
  [
    `providers: { ${GOOD} }\nserver: { prt: 1, host: 'http://h', cursorSecret: }`,
    'server.prt is not a setting: write port instead, or remove it.',
    'server.host must be a host name or an address such as 127.0.0.1, without a scheme, a port or spaces.',
    'server.cursorSecret is empty: give it a long random text, the same on every gateway (openssl rand -hex 32).',
  ],
  [
    `providers: { ${GOOD} }\nserver: { port: 65536 }\nlog: verbose`,
    'server.port must be a port: write a whole number from 0 to 65535.',
    'log must be a mapping: give it level, or remove it.',
  ],
  [
    `providers: { ${GOOD} }\nlog: { level: loud }`,
    'log.level must be a log level: write one of trace, debug, info, warn, error, fatal, silent.',
  ],
  [
    '# nothing yet',
    'parlance.config.yaml is empty: add a `providers` section, or remove the file to run the sandbox.',
  ],
  ['- a', 'parlance.config.yaml must hold a mapping: begin it with a `providers` section.'],
  [
    'providers:\n  a: [',
    'parlance.config.yaml is not valid YAML at line 2, column 7: correct the indentation, or close the bracket that is open there.',
  ],
  [
    'server: {}\nserver: {}\nlog: {}\nlog: {}',
    'parlance.config.yaml is not valid YAML at line 2, column 1: this key was given before, keep one of the two.',
    'parlance.config.yaml is not valid YAML at line 4, column 1: this key was given before, keep one of the two.',
  ],
  [
    'providers: *nowhere',
    'parlance.config.yaml uses an alias (*name) that cannot be followed: write the value out.',
  ],
];

describe('a mistake in a provider', () => {
  it.each(PROVIDER_MISTAKES)('names the place and the fix: %j', async (settings, ...sentences) => {
    const result = await loadYaml(`providers:\n  a: ${settings}\n  ${GOOD}\n`);

    expect(messagesOf(result)).toEqual(sentences);
  });
});

describe('a mistake in a file', () => {
  it.each(FILE_MISTAKES)('names the place and the fix: %j', async (text, ...sentences) => {
    const result = await loadYaml(text);

    expect(messagesOf(result)).toEqual(sentences);
  });

  it.each([
    [
      'parlance.config.json',
      '{\n  "providers": {},\n}',
      'parlance.config.json is not valid JSON at line 3, column 1: check the quotes and commas there, or write it as YAML.',
    ],
    [
      'parlance.config.ts',
      'export default {\n  providers: }',
      'parlance.config.ts is not valid TypeScript at line 2, column 13: correct it, then try `npx tsx parlance.config.ts`.',
    ],
    [
      'parlance.config.ts',
      "import 'nowhere-to-be-found';\nexport default {};",
      'parlance.config.ts imports nowhere-to-be-found, which cannot be found: install it or correct the path, then try `npx tsx parlance.config.ts`.',
    ],
    [
      'parlance.config.ts',
      "throw new TypeError('no');",
      'parlance.config.ts ends with a TypeError when it is run: correct it, then try `npx tsx parlance.config.ts`.',
    ],
    [
      'parlance.config.ts',
      'export const config = {};',
      'parlance.config.ts exports no config: write `export default defineConfig({ … })`.',
    ],
  ])('names the place and the fix in %s: %j', async (name, text, sentence) => {
    const result = await loadConfig({ environment: {}, cwd: await folderWith({ [name]: text }) });

    expect(messagesOf(result)).toEqual([sentence]);
  });
});

describe('a file that was asked for', () => {
  it.each([
    ['absent.yaml', 'which does not exist: create that file or correct the name.'],
    ['inner', 'which cannot be read: it is a folder, give a file in it.'],
  ])('and cannot be had is a mistake, never the sandbox: %s', async (name, rest) => {
    const cwd = await folderWith({});
    await mkdir(join(cwd, 'inner'));

    const byFlag = await loadConfig({ environment: {}, cwd, configPath: name });
    const byVariable = await loadConfig({ environment: { PARLANCE_CONFIG: name }, cwd });

    expect(messagesOf(byFlag)).toEqual([`--config names ${name}, ${rest}`]);
    expect(messagesOf(byVariable)).toEqual([`env.PARLANCE_CONFIG names ${name}, ${rest}`]);
  });

  it('and is in no known format is a mistake', async () => {
    const cwd = await folderWith({ 'parlance.toml': '' });

    expect(
      messagesOf(await loadConfig({ environment: {}, cwd, configPath: 'parlance.toml' })),
    ).toEqual([
      'parlance.toml has a name of no known format: end it in .yaml, .yml, .json or .ts.',
    ]);
  });
});

describe('the environment', () => {
  const bad = { PORT: '80a', HOST: 'http://h', LOG_LEVEL: 'INFO' };
  const sentences = [
    'env.PORT must be a port: write a whole number from 0 to 65535.',
    'env.HOST must be a host name or an address such as 127.0.0.1, without a scheme, a port or spaces.',
    'env.LOG_LEVEL must be a log level: write one of trace, debug, info, warn, error, fatal, silent.',
  ];

  it('has its mistakes named without any file', async () => {
    expect(messagesOf(await loadConfig({ environment: bad, cwd: await folderWith({}) }))).toEqual(
      sentences,
    );
  });

  it('has its mistakes named together with those of the file', async () => {
    const result = await loadYaml(
      'providers: { a: { kind: chatbotkit, secret: "${NO}" }, b: {} }',
      bad,
    );

    expect(messagesOf(result)).toEqual([
      ...sentences,
      'providers.a.secret needs the environment variable NO, which is not set: set it, or write $${ for a literal ${.',
      'providers.b.kind is missing: add botpress, chatling, chatbotkit or stack-auth.',
    ]);
  });

  it('has its mistakes named together with an absent file', async () => {
    const result = await loadConfig({
      environment: { PORT: '-1', PARLANCE_CONFIG: 'absent.yaml' },
      cwd: await folderWith({}),
    });

    expect(result).toMatchObject({
      mistakes: [{ path: 'env.PORT' }, { path: 'env.PARLANCE_CONFIG' }],
    });
  });
});
