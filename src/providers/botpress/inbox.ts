// What every verb of an account is handed.

import type { BotpressAccount } from './account.ts';
import type { Client } from './client.ts';

/** An account, and what it is reached by. */
export interface Inbox {
  readonly account: BotpressAccount;
  readonly client: Client;
}
