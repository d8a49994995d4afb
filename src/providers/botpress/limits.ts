// How Botpress limits: a sliding window whose size and length it publishes nowhere, and what is left of it on every answer.

import { headersOf, type Limits } from '../limits.ts';

export const BOTPRESS_LIMITS: Limits = {
  limit: null,
  windowMs: null,
  tellsAlways: true,
  countedAs: () => 'calls',
  read: (answer, { now }) => ({
    ...(answer.status === 429 && { refused: true }),
    ...headersOf(answer, now),
  }),
};
