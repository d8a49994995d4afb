// Every law there is of a provider, verb by verb.

import type { Law } from '../law.ts';
import { LIST_LAWS } from './lists.ts';

export const LAWS: readonly Law[] = [...LIST_LAWS];
