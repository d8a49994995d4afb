// The shape of every section: which settings there are, and what each must be.

import { z } from 'zod';
import { JWT_ALGORITHMS } from './config.ts';
import {
  bodyBytes,
  bound,
  boundOrNone,
  collector,
  connectionCount,
  email,
  eventCount,
  filePath,
  hops,
  host,
  identifier,
  jwtAlgorithm,
  keySetPlace,
  level,
  megabytes,
  milliseconds,
  millisecondsOrNone,
  origin,
  port,
  redisUrl,
  seconds,
  secretText,
  secretWord,
  several,
  timezone,
  whileSeconds,
  word,
  yesOrNo,
} from './fields.ts';
import type { Mapping } from './mapping.ts';

export const server = z.object({
  port: port.exactOptional(),
  host: host.exactOptional(),
  hosts: several(host, 'names by which it is reached').exactOptional(),
  origins: several(origin, 'origins such as https://app.example.com').exactOptional(),
  hsts: yesOrNo.exactOptional(),
  cursorSecret: secretText(
    'a long random text, the same on every gateway (openssl rand -hex 32)',
  ).exactOptional(),
  leaveAfterMs: millisecondsOrNone.exactOptional(),
  drainMs: millisecondsOrNone.exactOptional(),
  maxConnections: connectionCount.exactOptional(),
  trustProxy: hops.exactOptional(),
});

const retention = z.object(
  { ageMs: milliseconds.exactOptional(), length: eventCount.exactOptional() },
  { error: 'must be a mapping: give it ageMs, length, or remove it' },
);

const polling = z.object(
  { watchedMs: milliseconds.exactOptional(), inboxMs: milliseconds.exactOptional() },
  { error: 'must be a mapping: give it watchedMs, inboxMs, or remove it' },
);

export const events = z.object({
  retention: retention.exactOptional(),
  polling: polling.exactOptional(),
});

/** The settings of each part of `events`. */
export const EVENT_PARTS = {
  retention: Object.keys(retention.shape),
  polling: Object.keys(polling.shape),
};

const keptTimes = z.object(
  {
    freshMs: millisecondsOrNone.exactOptional(),
    staleMs: millisecondsOrNone.exactOptional(),
    graceMs: millisecondsOrNone.exactOptional(),
  },
  { error: 'must be a mapping: give it freshMs, staleMs, graceMs, or remove it' },
);

export const cache = z.object({
  memoryMb: megabytes.exactOptional(),
  conversations: keptTimes.exactOptional(),
  conversation: keptTimes.exactOptional(),
  messages: keptTimes.exactOptional(),
  message: keptTimes.exactOptional(),
  participants: keptTimes.exactOptional(),
});

/** The settings of each kind of answer in `cache`. */
export const KEPT_TIMES = Object.keys(keptTimes.shape);

const claims = z.object(
  {
    scopes: word('what the claim of scopes is called').default('scope'),
    providers: word('what the claim of accounts is called').default('parlance_providers'),
    contact: word('what the claim of a contact is called').default('parlance_contact'),
  },
  { error: 'must be a mapping: give it scopes, providers, contact, or remove it' },
);

const jwt = z.object(
  {
    issuer: word('what tokens say in `iss`'),
    audience: word('what tokens name in `aud`'),
    jwks: keySetPlace,
    clockSkewSeconds: seconds.default(30),
    algorithms: several(jwtAlgorithm, 'some algorithms').default([...JWT_ALGORITHMS]),
    claims: claims.prefault({}),
  },
  { error: 'must be a mapping: give it issuer, audience, jwks, or remove it' },
);

export const auth = z.object({
  keys: filePath('the file of API keys, such as ./parlance.keys.json').exactOptional(),
  jwt: jwt.exactOptional(),
});

/** The settings of the parts of `auth`. */
export const AUTH_PARTS = { jwt: Object.keys(jwt.shape), claims: Object.keys(claims.shape) };

const rate = z.object(
  { points: bound.exactOptional(), perSeconds: whileSeconds.exactOptional() },
  { error: 'must be a mapping: give it points, perSeconds, or remove it' },
);

/** The settings of `limits.rate`. */
export const RATE = Object.keys(rate.shape);

export const limits = z.object({
  depth: bound.exactOptional(),
  aliases: bound.exactOptional(),
  directives: bound.exactOptional(),
  tokens: bound.exactOptional(),
  breadth: bound.exactOptional(),
  cost: bound.exactOptional(),
  batch: boundOrNone.exactOptional(),
  bodyBytes: bodyBytes.exactOptional(),
  operationMs: milliseconds.exactOptional(),
  introspection: yesOrNo.exactOptional(),
  suggestions: yesOrNo.exactOptional(),
  rate: rate.exactOptional(),
  socketsPerCaller: bound.exactOptional(),
  subscriptionsPerCaller: bound.exactOptional(),
  operationsPerCaller: bound.exactOptional(),
});

export const operations = z.object({
  file: filePath('the file of the operations, such as ./operations.json'),
  only: yesOrNo.exactOptional(),
});

export const log = z.object({ level: level.exactOptional() });

export const metrics = z.object({ port, host: host.exactOptional() });

export const telemetry = z.object({ traces: collector });

const prefix = word('what every key begins with').exactOptional();

const redisServer = z.object({ url: redisUrl, prefix });

const redisSentinels = z.object({
  sentinels: several(redisUrl, 'the URL of each Sentinel'),
  name: word('what the Sentinels call the server'),
  username: word('the name of a user of the server').exactOptional(),
  password: secretText('the password of the server').exactOptional(),
  prefix,
});

const redisCluster = z.object({ cluster: several(redisUrl, 'the URLs of some nodes'), prefix });

/** The settings that say where Redis is; one of them is given. */
export const WAYS_TO_REDIS = ['url', 'sentinels', 'cluster'];

/** The shape of the way that is given; of a single server where none is. */
export function redisShapeOf(given: Mapping) {
  if ('sentinels' in given) return redisSentinels;
  return 'cluster' in given ? redisCluster : redisServer;
}

export const SECTIONS = [
  'providers',
  'kinds',
  'server',
  'redis',
  'events',
  'cache',
  'auth',
  'limits',
  'operations',
  'log',
  'metrics',
  'telemetry',
];

const shared = {
  url: origin.exactOptional(),
  deadlineMs: milliseconds.default(2500),
  replyDeadlineMs: milliseconds.default(30_000),
};

/** What every account may say, whatever its kind. */
export const anyAccount = z.object(shared);

const botpress = z.object({
  kind: z.literal('botpress'),
  token: secretWord('a Botpress access token or key'),
  botId: word('the id of the bot'),
  integrationId: word('the id of the integration to act as').exactOptional(),
  integrationAlias: word('the alias of the integration').exactOptional(),
  idempotencyTag: word('the tag that the bot declares for it').exactOptional(),
  webhookSecret: secretWord('the secret set in the Chat integration').exactOptional(),
  ...shared,
});

const chatling = z.object({
  kind: z.literal('chatling'),
  token: secretWord('a Chatling API key'),
  chatbotId: word('the id of the chatbot'),
  aiModelId: identifier('the number of an AI model').exactOptional(),
  languageId: identifier('the number of a language').exactOptional(),
  ...shared,
});

const chatbotkit = z.object({
  kind: z.literal('chatbotkit'),
  secret: secretWord('a ChatBotKit secret key'),
  runAsUserId: word('the id of the child account to act as').exactOptional(),
  runAsChildUserEmail: email.exactOptional(),
  timezone: timezone.exactOptional(),
  ...shared,
});

const pinkfish = z.object({
  kind: z.literal('chatbotkit'),
  via: z.literal('pinkfish'),
  clientId: word('the client id of an application at Pinkfish'),
  clientSecret: secretWord('the client secret of that application'),
  orgId: word('the id of the organization at Pinkfish'),
  pcid: word('the PCID: the id of the Pinkfish connection to ChatBotKit'),
  ...shared,
});

const stackAuth = z.object({
  kind: z.literal('stack-auth'),
  projectId: word('the id of the project'),
  publishableClientKey: word('the publishable client key of the project "internal"'),
  refreshToken: secretWord('the refresh token of a dashboard user'),
  accessToken: secretWord('an access token of the same user').exactOptional(),
  ...shared,
});

const shapes = { botpress, chatling, chatbotkit, 'stack-auth': stackAuth };

export const KINDS = Object.keys(shapes);

export function isKind(kind: unknown): kind is keyof typeof shapes {
  return typeof kind === 'string' && Object.hasOwn(shapes, kind);
}

export type Account = z.output<(typeof shapes)[keyof typeof shapes] | typeof pinkfish>;

/** The shape of one provider; undefined where its kind is not known, or the way to it. */
export function shapeOf(entry: Mapping) {
  const { kind, via } = entry;
  if (!isKind(kind)) return undefined;
  if (kind !== 'chatbotkit' || via === undefined) return shapes[kind];
  return via === 'pinkfish' ? pinkfish : undefined;
}

/** The settings that only the other way to ChatBotKit has. */
export function settingsOfTheOtherWay({ kind, via }: Mapping): string[] {
  if (kind !== 'chatbotkit') return [];
  const [one, other] = via === undefined ? [chatbotkit, pinkfish] : [pinkfish, chatbotkit];
  return Object.keys(other.shape).filter((key) => !Object.hasOwn(one.shape, key));
}
