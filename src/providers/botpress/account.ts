// A Botpress account, as its operator configured it.

import type { Account, Credential } from '../provider.ts';

export interface BotpressAccount extends Account {
  /** A personal access token, a bot access key or an integration access key. */
  readonly token: Credential;
  /** A token alone does not say which bot is meant. */
  readonly botId: string;
  /** Absent, the account acts as the bot itself. */
  readonly integrationId?: string;
  /** Which installation, where the integration is there more than once. */
  readonly integrationAlias?: string;
  /** A tag of messages that the bot declares for the gateway: by it a message is known again whose answer was lost. */
  readonly idempotencyTag?: string;
  /** What the Chat integration proves itself by; absent, its webhooks are refused. */
  readonly webhookSecret?: Credential;
}
