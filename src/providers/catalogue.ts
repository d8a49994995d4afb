// One line per kind of provider: where it lives, and what makes an account of it.

import type { Dispatcher } from 'undici';
import type { BotpressAccount } from './botpress/account.ts';
import { botpress } from './botpress/index.ts';
import { BOTPRESS_LIMITS } from './botpress/limits.ts';
import type { ChatBotKitAccount } from './chatbotkit/account.ts';
import { chatbotkit } from './chatbotkit/index.ts';
import { CHATBOTKIT_LIMITS, PINKFISH_LIMITS } from './chatbotkit/limits.ts';
import { pinkfish } from './chatbotkit/pinkfish.ts';
import type { PinkfishAccount } from './chatbotkit/pinkfish-account.ts';
import type { ChatlingAccount } from './chatling/account.ts';
import { chatling } from './chatling/index.ts';
import { CHATLING_LIMITS } from './chatling/limits.ts';
import { openHttp } from './http.ts';
import type { Limits } from './limits.ts';
import type { AccountManners } from './manners.ts';
import type { Alone, Provider, ProviderParts } from './provider.ts';
import type { StackAuthAccount } from './stack-auth/account.ts';
import { stackAuth } from './stack-auth/index.ts';
import { STACK_AUTH_LIMITS } from './stack-auth/limits.ts';
import type { Turnstile } from './turnstile.ts';

export type ConfiguredAccount = { readonly url?: string } & (
  | ({ readonly kind: 'botpress' } & BotpressAccount)
  | ({ readonly kind: 'chatling' } & ChatlingAccount)
  | ({ readonly kind: 'chatbotkit' } & ChatBotKitAccount)
  | ({ readonly kind: 'chatbotkit'; readonly via: 'pinkfish' } & PinkfishAccount)
  | ({ readonly kind: 'stack-auth' } & StackAuthAccount)
);

const ORIGINS = {
  botpress: 'https://api.botpress.cloud',
  chatling: 'https://api.chatling.ai',
  chatbotkit: 'https://api.chatbotkit.com',
  'stack-auth': 'https://api.stack-auth.com',
} as const satisfies Record<ConfiguredAccount['kind'], string>;

/** Its tools are called at one host, and the token for them is given at another. */
const PINKFISH = {
  tools: 'https://mcp.app.pinkfish.ai',
  tokens: 'https://app-api.app.pinkfish.ai',
} as const;

const LIMITS: Readonly<Record<ConfiguredAccount['kind'], Limits>> = {
  botpress: BOTPRESS_LIMITS,
  chatling: CHATLING_LIMITS,
  chatbotkit: CHATBOTKIT_LIMITS,
  'stack-auth': STACK_AUTH_LIMITS,
};

export interface AccountParts {
  readonly dispatcher: Dispatcher;
  readonly clock: () => number;
  /** Absent where no other gateway has this account. */
  readonly alone?: Alone;
  /** Absent, every call is sent at once, and once. */
  readonly manners?: AccountManners;
  /** Where calls wait until the service may be asked again; absent, they do not. */
  readonly turnstileOf?: (limits: Limits) => Turnstile;
}

export function openProvider(
  account: ConfiguredAccount,
  { dispatcher, clock, alone, manners, turnstileOf }: AccountParts,
): Provider {
  const doorTo = (origin: string, turnstile: Turnstile | undefined) =>
    openHttp({
      provider: account.name,
      origin: account.url ?? origin,
      dispatcher,
      manners: manners?.towards({ turnstile }),
    });
  if ('via' in account) {
    // Of the host that gives tokens nothing is known; it is asked once an hour.
    const http = doorTo(PINKFISH.tools, turnstileOf?.(PINKFISH_LIMITS));
    return pinkfish(account, { http, tokenHttp: doorTo(PINKFISH.tokens, undefined), clock });
  }
  const { kind } = account;
  const parts: ProviderParts = {
    http: doorTo(ORIGINS[kind], turnstileOf?.(LIMITS[kind])),
    clock,
    ...(alone && { alone }),
  };
  switch (account.kind) {
    case 'botpress':
      return botpress(account, parts);
    case 'chatling':
      return chatling(account, parts);
    case 'chatbotkit':
      return chatbotkit(account, parts);
    case 'stack-auth':
      return stackAuth(account, parts);
  }
}
