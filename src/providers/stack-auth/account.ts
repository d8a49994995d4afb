// A Stack Auth account, as its operator configured it.

import type { Account, Credential } from '../provider.ts';

export interface StackAuthAccount extends Account {
  /** The managed project, whose inbox it is. The calls themselves are made in the project "internal". */
  readonly projectId: string;
  /** Of the project "internal". */
  readonly publishableClientKey: string;
  /** Of a dashboard user in the team that owns the managed project. */
  readonly refreshToken: Credential;
  /** Saves the first renewal. */
  readonly accessToken?: Credential;
}
