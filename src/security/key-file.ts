// The file of API keys: what of each key is kept, and how one text of it becomes another.

import { SCOPES, type Scope } from '../domain/caller.ts';

/** What is known of a key without the key. */
export interface KeyRecord {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  readonly providers: readonly string[] | 'all';
  readonly contact: { readonly provider: string; readonly id: string } | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export interface KeyFile {
  readonly keys: readonly KeyRecord[];
  /** Who signs in with tokens, and of when the last one is that is good no more. */
  readonly subjects: readonly { readonly id: string; readonly revokedAt: string }[];
}

export type KeyFileRead =
  | { readonly ok: true; readonly value: KeyFile }
  /** A part of a sentence. It repeats nothing of the file. */
  | { readonly ok: false; readonly complaint: string };

export const NO_KEYS: KeyFile = { keys: [], subjects: [] };

export function parseKeyFile(text: string): KeyFileRead {
  const said = parsed(text);
  if (!isMapping(said)) return broken('is no JSON of `{ "keys": [ … ] }`');
  const { keys, subjects = [] } = said;
  if (!Array.isArray(keys)) return broken('has no list `keys`');
  if (!Array.isArray(subjects)) return broken('has `subjects` that are no list');
  const records: KeyRecord[] = [];
  for (const [index, one] of keys.entries()) {
    const record = readRecord(one);
    if (typeof record === 'string') return broken(`has in keys[${index}] ${record}`);
    if (records.some(({ id }) => id === record.id)) {
      return broken(`has in keys[${index}] an id for the second time`);
    }
    records.push(record);
  }
  const gone: KeyFile['subjects'][number][] = [];
  for (const [index, one] of subjects.entries()) {
    if (!isMapping(one) || !isText(one['id']) || !isMoment(one['revokedAt'])) {
      return broken(`has in subjects[${index}] not an \`id\` and a date \`revokedAt\``);
    }
    gone.push({ id: one['id'], revokedAt: one['revokedAt'] });
  }
  return { ok: true, value: { keys: records, subjects: gone } };
}

export function writtenKeyFile({ keys, subjects }: KeyFile): string {
  return `${JSON.stringify({ keys, ...(subjects.length > 0 && { subjects }) }, null, 2)}\n`;
}

/** A complaint where one field of it is not as it must be: what is not understood opens nothing. */
function readRecord(given: unknown): KeyRecord | string {
  if (!isMapping(given)) return 'no mapping';
  const { id, name, sha256, scopes, providers, contact = null } = given;
  const { createdAt, expiresAt = null, revokedAt = null } = given;
  if (!isText(id) || !/^[0-9a-f]{12}$/.test(id)) return 'no `id` of twelve hexadecimal digits';
  if (typeof name !== 'string') return 'no `name`';
  if (!isText(sha256) || !/^[0-9a-f]{64}$/.test(sha256)) return 'no `sha256`';
  if (!isListOf(scopes, isScope)) return `no \`scopes\` of ${SCOPES.join(', ')}`;
  if (providers !== 'all' && !isListOf(providers, isText)) return 'no `providers`';
  if (contact !== null && !isContact(contact)) return 'no `contact` of a provider and an id';
  if (!isMoment(createdAt)) return 'no date `createdAt`';
  if (expiresAt !== null && !isMoment(expiresAt)) return 'an `expiresAt` that is no date';
  if (revokedAt !== null && !isMoment(revokedAt)) return 'a `revokedAt` that is no date';
  return { id, name, sha256, scopes, providers, contact, createdAt, expiresAt, revokedAt };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(complaint: string): KeyFileRead {
  return { ok: false, complaint };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.length > 0 && value.every(isOne);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isScope(value: unknown): value is Scope {
  return SCOPES.some((scope) => scope === value);
}

function isContact(value: unknown): value is { provider: string; id: string } {
  return isMapping(value) && isText(value['provider']) && isText(value['id']);
}

function isMoment(value: unknown): value is string {
  return typeof value === 'string' && Number.isFinite(Date.parse(value));
}
