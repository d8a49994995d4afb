// The key a write goes by: what a client may give, and what the ledger and a provider are told of it.

import { createHash } from 'node:crypto';
import type { Failure } from '../../domain/failure.ts';
import type { AttemptKey } from '../../state/idempotency/ledger.ts';
import type { Operation } from '../dispatch.ts';

/** Room for any client's own naming, and none for a letter. */
const MOST_CHARACTERS = 255;

export function keyIssue(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  if (key === '') return 'must not be empty; leave it out, and one is made for you.';
  // As people count them: one that takes two units of UTF-16 is one.
  const characters = Array.from(key).length;
  if (characters > MOST_CHARACTERS) {
    return `has ${characters} characters, and ${MOST_CHARACTERS} are the most; a UUID does.`;
  }
  return /\p{Cc}/u.test(key) ? 'must have no control characters; a UUID does.' : undefined;
}

/** Until callers are told from each other, they are one. */
export function callerOf({ caller = 'anyone' }: Operation): string {
  return caller;
}

export function inUse(kind: 'other-input' | 'other-account', { mutation }: AttemptKey): Failure {
  const mend = 'Take a new key for what you ask now';
  return {
    kind: 'key-in-use',
    said:
      kind === 'other-input'
        ? `This idempotencyKey was used for another ${mutation}. ${mend}, or repeat the first input to be told what became of it.`
        : `This idempotencyKey was used while the account of that name was another one, or had another credential. Look what is there, and then: ${mend.toLowerCase()}.`,
  };
}

export function markOf({ caller, mutation, key }: AttemptKey): string {
  return hashOf(JSON.stringify([caller, mutation, key])).slice(0, 32);
}

export function fingerprintOf(input: object): string {
  return hashOf(JSON.stringify(canonical(input)));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In one order of fields, without those that say nothing. */
function canonical(value: unknown): unknown {
  if (value instanceof Date) return { date: value.getTime() };
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { fields: fields.map(([field, one]) => [field, canonical(one)]) };
}
