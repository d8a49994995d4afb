// An account at ChatBotKit that is reached through Pinkfish, which keeps its key and lends it to those who name the connection.

import type { Account, Credential } from '../provider.ts';

export interface PinkfishAccount extends Account {
  /** Of an application at Pinkfish, that gets tokens of an hour with it. */
  readonly clientId: string;
  readonly clientSecret: Credential;
  /** The organization the token is for. */
  readonly orgId: string;
  /** The connection that holds the key of ChatBotKit: a "PinkConnect" id. */
  readonly pcid: string;
}
