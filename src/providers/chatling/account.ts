// A Chatling account, as its operator configured it.

import type { Account, Credential } from '../provider.ts';

export interface ChatlingAccount extends Account {
  readonly token: Credential;
  /** Part of every address: conversations belong to one chatbot. */
  readonly chatbotId: string;
  /** What answers where a message names no model. */
  readonly aiModelId?: number;
  readonly languageId?: number;
}
