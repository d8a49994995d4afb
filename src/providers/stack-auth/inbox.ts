// What every verb of an account is handed.

import type { StackAuthAccount } from './account.ts';
import type { Client } from './client.ts';
import type { InTurn } from './waiting.ts';

/** An account, and what it is reached by. */
export interface Inbox {
  readonly account: StackAuthAccount;
  readonly client: Client;
  readonly inTurn: InTurn;
}
