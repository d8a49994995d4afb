// A ChatBotKit account that is reached over REST, as its operator configured it.

import type { Account, Credential } from '../provider.ts';

export interface ChatBotKitAccount extends Account {
  readonly secret: Credential;
  /** A child account to act as. */
  readonly runAsUserId?: string;
  readonly runAsChildUserEmail?: string;
  /** An IANA name such as `Europe/Berlin`, for what the bot says of times. */
  readonly timezone?: string;
}
