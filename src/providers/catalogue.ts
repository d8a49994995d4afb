// One line per kind of provider: where it lives, and what makes an account of it.

import type { Dispatcher } from 'undici';
import type { BotpressAccount } from './botpress/account.ts';
import { botpress } from './botpress/index.ts';
import type { ChatBotKitAccount } from './chatbotkit/account.ts';
import { chatbotkit } from './chatbotkit/index.ts';
import { pinkfish } from './chatbotkit/pinkfish.ts';
import type { PinkfishAccount } from './chatbotkit/pinkfish-account.ts';
import type { ChatlingAccount } from './chatling/account.ts';
import { chatling } from './chatling/index.ts';
import { openHttp } from './http.ts';
import type { AccountManners } from './manners.ts';
import type { Provider, ProviderParts } from './provider.ts';
import type { StackAuthAccount } from './stack-auth/account.ts';
import { stackAuth } from './stack-auth/index.ts';

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

export function openProvider(
  account: ConfiguredAccount,
  {
    dispatcher,
    clock,
    manners,
  }: {
    readonly dispatcher: Dispatcher;
    readonly clock: () => number;
    /** Absent, every call is sent at once, and once. */
    readonly manners?: AccountManners;
  },
): Provider {
  const doorTo = (origin: string) =>
    openHttp({
      provider: account.name,
      origin: account.url ?? origin,
      dispatcher,
      manners: manners?.towards({}),
    });
  if ('via' in account) {
    const doors = { http: doorTo(PINKFISH.tools), tokenHttp: doorTo(PINKFISH.tokens) };
    return pinkfish(account, { ...doors, clock });
  }
  const parts: ProviderParts = { http: doorTo(ORIGINS[account.kind]), clock };
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
