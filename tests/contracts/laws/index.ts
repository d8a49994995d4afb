// Every law there is of a provider, verb by verb.

import type { Law } from '../law.ts';
import { CONVERSATION_LAWS } from './conversations.ts';
import { FAILURE_LAWS } from './failures.ts';
import { LIST_LAWS } from './lists.ts';
import { MESSAGE_LAWS } from './messages.ts';

export const LAWS: readonly Law[] = [
  ...LIST_LAWS,
  ...CONVERSATION_LAWS,
  ...MESSAGE_LAWS,
  ...FAILURE_LAWS,
];
