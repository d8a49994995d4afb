// Contacts: found by fingerprint or made, never changed by finding them.

import { createHash } from 'node:crypto';
import { isRecord } from '../emulator.ts';
import type { Asked } from './asked.ts';
import { readMeta } from './meta.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { ContactRow, Meta } from './rows.ts';
import type { World } from './store.ts';
import type { Switches } from './switches.ts';

/** Any constant: it only keeps derived fingerprints apart from those of other spaces. */
const DERIVED_SPACE = 'f0a1b6c27d3e4f589a6b1c2d3e4f5061';

export interface ContactFields {
  readonly name: string | null;
  readonly description: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly nick: string | null;
  readonly meta: Meta | null;
}

/** With a fingerprint of the caller's: the contact is as good as proven. */
export function ensureVerified(
  world: World,
  accountId: string,
  fields: ContactFields,
  fingerprint: string,
): ContactRow | Refusal {
  if (fingerprint.length <= 16) return refuse('INTERNAL_SERVER_ERROR', 'fingerprint is too short');
  const found = byFingerprint(world, accountId, fingerprint);
  if (!found) return addContact(world, accountId, fields, fingerprint, world.clock());
  if (found.verifiedAt === null) {
    return refuse('INTERNAL_SERVER_ERROR', 'Contact is not verified');
  }
  return found;
}

/** Without one, the fingerprint is derived from what is told: the same words find the same contact. */
export function ensureUnverified(
  world: World,
  accountId: string,
  fields: ContactFields,
): ContactRow | Refusal {
  const fingerprint = derivedFingerprint(fields);
  const found = byFingerprint(world, accountId, fingerprint);
  if (!found) return addContact(world, accountId, fields, fingerprint, null);
  return found.verifiedAt === null ? found : refuse('INTERNAL_SERVER_ERROR', 'Contact is verified');
}

/** A UUID of version 5 over the sorted name, email, phone and nick. */
export function derivedFingerprint({ name, email, phone, nick }: ContactFields): string {
  const words = [name, email, phone, nick].map((word) => word ?? '').toSorted();
  const digest = createHash('sha1')
    .update(Buffer.from(DERIVED_SPACE, 'hex'))
    .update(words.join(';'))
    .digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}

/** The fields of a contact where it is upserted: email and phone are checked, the phone rewritten. */
export function readContact(body: Asked, switches: Switches): ContactFields {
  const loose = readLooseContact(body, switches);
  if (loose.email && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(loose.email)) {
    body.complain('"email" must be a valid email');
  }
  if (!loose.phone) return loose;
  const phone = internationalPhone(loose.phone);
  if (!phone) body.complain('"phone" must be a phone number');
  return { ...loose, phone: phone ?? null };
}

/** The same fields where a contact comes along with a conversation: any text will do. */
function readLooseContact(body: Asked, switches: Switches): ContactFields {
  return {
    name: body.nullableText('name') ?? null,
    description: body.nullableText('description') ?? null,
    email: body.nullableText('email') ?? null,
    phone: body.nullableText('phone') ?? null,
    nick: body.nullableText('nick') ?? null,
    meta: readMeta(body, switches) ?? null,
  };
}

/** `contactId` is an id, or a contact described with its fingerprint. */
export function readLinkedContact(body: Asked, switches: Switches): LinkedContact {
  if (!isRecord(body.raw('contactId'))) {
    const id = body.nullableText('contactId');
    return { kind: 'id', id: id?.trim() === '' ? null : id };
  }
  const described = body.part('contactId', (inner) => readDescribedContact(inner, switches));
  if (described?.kind === 'described' && described.fingerprint === '') {
    body.complain('Fingerprint is required when creating a contact');
  }
  return described ?? { kind: 'id', id: undefined };
}

export function readDescribedContact(inner: Asked, switches: Switches): LinkedContact {
  const fingerprint = inner.nullableText('fingerprint') ?? '';
  return { kind: 'described', fields: readLooseContact(inner, switches), fingerprint };
}

/** The contact's id, made if need be; undefined where none was said. */
export function linkedContact(
  world: World,
  accountId: string,
  said: LinkedContact,
): string | null | undefined | Refusal {
  if (said.kind === 'id') return said.id;
  const row = ensureVerified(world, accountId, said.fields, said.fingerprint);
  return isRefusal(row) ? row : row.id;
}

export type LinkedContact =
  | { readonly kind: 'id'; readonly id: string | null | undefined }
  | { readonly kind: 'described'; readonly fields: ContactFields; readonly fingerprint: string };

function byFingerprint(
  { store }: World,
  accountId: string,
  fingerprint: string,
): ContactRow | undefined {
  for (const row of store.contacts.values()) {
    if (row.userId === accountId && row.fingerprint === fingerprint) return row;
  }
  return undefined;
}

function addContact(
  { store, clock, mintId }: World,
  accountId: string,
  fields: ContactFields,
  fingerprint: string,
  verifiedAt: number | null,
): ContactRow {
  const now = clock();
  const row: ContactRow = {
    id: mintId(),
    userId: accountId,
    ...fields,
    fingerprint,
    verifiedAt,
    createdAt: now,
    updatedAt: now,
  };
  store.contacts.set(row.id, row);
  return row;
}

/** E.164; a number without a country is one of the United States. */
function internationalPhone(said: string): string | undefined {
  const digits = said.replace(/[^\d]/g, '');
  if (/[^\d\s().+-]/.test(said)) return undefined;
  if (said.trim().startsWith('+')) return /^\d{8,15}$/.test(digits) ? `+${digits}` : undefined;
  if (/^[2-9]\d{9}$/.test(digits)) return `+1${digits}`;
  return /^1[2-9]\d{9}$/.test(digits) ? `+${digits}` : undefined;
}
