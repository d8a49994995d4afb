// Which account this is, under which credential: whatever is remembered of it is filed under this.

import { createHash } from 'node:crypto';
import { type AccountScope, accountScope } from '../domain/ids.ts';
import type { ProviderConfig } from './config.ts';

/** Of no consequence to what the account answers. */
const PATIENCE: ReadonlySet<string> = new Set(['deadlineMs', 'replyDeadlineMs', 'definition']);

export function scopeOf(account: ProviderConfig): AccountScope {
  const said = Object.entries(account).filter(([field]) => !PATIENCE.has(field));
  const text = JSON.stringify(revealed(Object.fromEntries(said)));
  return accountScope(
    account.name,
    createHash('sha256').update(text).digest('base64url').slice(0, 22),
  );
}

/** In one order of fields, credentials with their text. */
function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  if ('reveal' in value && typeof value.reveal === 'function') {
    const text: unknown = value.reveal();
    return text;
  }
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([field, one]) => [field, revealed(one)]);
}
