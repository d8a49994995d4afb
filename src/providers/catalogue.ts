// One line per kind of provider: where it lives, and what makes an account of it.

import type { Dispatcher } from 'undici';
import { type BotpressAccount, botpress } from './botpress/index.ts';
import { type ChatBotKitAccount, chatbotkit } from './chatbotkit/index.ts';
import { type ChatlingAccount, chatling } from './chatling/index.ts';
import { openHttp } from './http.ts';
import type { Provider, ProviderParts } from './provider.ts';
import { type StackAuthAccount, stackAuth } from './stack-auth/index.ts';

export type ConfiguredAccount = { readonly url?: string } & (
  | ({ readonly kind: 'botpress' } & BotpressAccount)
  | ({ readonly kind: 'chatling' } & ChatlingAccount)
  | ({ readonly kind: 'chatbotkit' } & ChatBotKitAccount)
  | ({ readonly kind: 'stack-auth' } & StackAuthAccount)
);

const ORIGINS = {
  botpress: 'https://api.botpress.cloud',
  chatling: 'https://api.chatling.ai',
  chatbotkit: 'https://api.chatbotkit.com',
  'stack-auth': 'https://api.stack-auth.com',
} as const satisfies Record<ConfiguredAccount['kind'], string>;

export function openProvider(
  account: ConfiguredAccount,
  { dispatcher, clock }: { readonly dispatcher: Dispatcher; readonly clock: () => number },
): Provider {
  const origin = account.url ?? ORIGINS[account.kind];
  const parts: ProviderParts = {
    http: openHttp({ provider: account.name, origin, dispatcher }),
    clock,
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
