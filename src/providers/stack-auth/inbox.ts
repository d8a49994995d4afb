// What every verb of an account is handed.

import type { Alone } from '../provider.ts';
import type { StackAuthAccount } from './account.ts';
import type { Client } from './client.ts';

/** An account, and what it is reached by. */
export interface Inbox {
  readonly account: StackAuthAccount;
  readonly client: Client;
  /** For whatever is read, changed and written back. */
  readonly inTurn: Alone;
}
