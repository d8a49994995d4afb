// What every verb of an account is handed.

import type { ChatlingAccount } from './account.ts';
import type { Client } from './client.ts';

/** An account, and what it is reached by. */
export interface Inbox {
  readonly account: ChatlingAccount;
  readonly client: Client;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}
