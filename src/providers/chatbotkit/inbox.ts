// What every verb of an account is handed.

import type { Account } from '../provider.ts';
import type { Client } from './client.ts';

/** An account, and what it is reached by. */
export interface Inbox {
  readonly account: Account;
  readonly client: Client;
}
