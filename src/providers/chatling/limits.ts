// How Chatling limits: 300 calls of a key in a fixed minute, with no header that says when it began. A whole one after a
// refusal it is surely over.

import { headersOf, type Limits } from '../limits.ts';

/** Of one key; documented, and so is the 429 beyond it. */
export const CALLS_PER_MINUTE = 300;

export const CHATLING_LIMITS: Limits = {
  limit: CALLS_PER_MINUTE,
  windowMs: 60_000,
  tellsAlways: false,
  countedAs: () => 'calls',
  read: (answer, { now }) => ({
    ...(answer.status === 429 && { refused: true }),
    ...headersOf(answer, now),
  }),
};
