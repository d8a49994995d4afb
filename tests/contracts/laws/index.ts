// Every law there is of a provider, verb by verb.

import type { Law } from '../law.ts';
import { CARRIED_LAWS } from './carried.ts';
import { CHANGED_MESSAGE_LAWS } from './changed-messages.ts';
import { CONVERSATION_LAWS } from './conversations.ts';
import { FAILURE_LAWS } from './failures.ts';
import { LIST_LAWS } from './lists.ts';
import { MACHINE_LAWS } from './machines.ts';
import { MESSAGE_LAWS } from './messages.ts';
import { PEOPLE_LAWS } from './people.ts';

export const LAWS: readonly Law[] = [
  ...LIST_LAWS,
  ...CONVERSATION_LAWS,
  ...MESSAGE_LAWS,
  ...CHANGED_MESSAGE_LAWS,
  ...CARRIED_LAWS,
  ...MACHINE_LAWS,
  ...PEOPLE_LAWS,
  ...FAILURE_LAWS,
];
