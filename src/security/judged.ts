// What becomes of a credential: something to stand on, or why it is none.

import type { Refusal } from './doorkeeper.ts';
import type { Standing } from './sessions.ts';

export type Judged =
  | { readonly ok: true; readonly standing: Standing }
  | { readonly ok: false; readonly refusal: Refusal };

/** Nothing good was presented. */
export function unauthenticated(message: string): Judged {
  return { ok: false, refusal: { code: 'UNAUTHENTICATED', message, retryAt: null } };
}
