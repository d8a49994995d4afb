// The shape of every section: which settings there are, and what each must be.

import { z } from 'zod';
import {
  email,
  host,
  identifier,
  level,
  milliseconds,
  origin,
  port,
  secretText,
  secretWord,
  timezone,
  word,
} from './fields.ts';
import type { Mapping } from './mapping.ts';

export const server = z.object({
  port: port.exactOptional(),
  host: host.exactOptional(),
  cursorSecret: secretText(
    'a long random text, the same on every gateway (openssl rand -hex 32)',
  ).exactOptional(),
});

export const log = z.object({ level: level.exactOptional() });

export const SECTIONS = ['providers', 'server', 'log'];

const shared = {
  url: origin.exactOptional(),
  deadlineMs: milliseconds.default(2500),
  replyDeadlineMs: milliseconds.default(30_000),
};

const botpress = z.object({
  kind: z.literal('botpress'),
  token: secretWord('a Botpress access token or key'),
  botId: word('the id of the bot'),
  integrationId: word('the id of the integration to act as').exactOptional(),
  integrationAlias: word('the alias of the integration').exactOptional(),
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

const stackAuth = z.object({
  kind: z.literal('stack-auth'),
  projectId: word('the id of the project'),
  publishableClientKey: word('the publishable client key of the project "internal"'),
  refreshToken: secretWord('the refresh token of a dashboard user'),
  accessToken: secretWord('an access token of the same user').exactOptional(),
  ...shared,
});

export const provider = z.discriminatedUnion('kind', [botpress, chatling, chatbotkit, stackAuth]);

const shapeOf = { botpress, chatling, chatbotkit, 'stack-auth': stackAuth };

export const KINDS = Object.keys(shapeOf);

export function isKind(kind: unknown): kind is keyof typeof shapeOf {
  return typeof kind === 'string' && Object.hasOwn(shapeOf, kind);
}

export function settingsOf(kind: keyof typeof shapeOf): string[] {
  return Object.keys(shapeOf[kind].shape);
}

/** ChatBotKit by its second transport, which this version does not have. */
export function isPinkfish(entry: Mapping): boolean {
  return entry['kind'] === 'chatbotkit' && entry['via'] === 'pinkfish';
}
