// How Stack Auth limits: not at all, by its own code; what stands before it in production is not known. A 429 may say when to
// come again, and its own client waits for that.

import { headersOf, type Limits } from '../limits.ts';
import { unmasked } from './refusal.ts';

export const STACK_AUTH_LIMITS: Limits = {
  limit: null,
  windowMs: null,
  tellsAlways: false,
  countedAs: () => 'calls',
  read(said, { now }) {
    const answer = unmasked(said);
    return { ...(answer.status === 429 && { refused: true }), ...headersOf(answer, now) };
  },
};
