// Ids and secrets of the shapes the service makes, from a text instead of chance: two emulators started alike are alike.

import { createHash } from 'node:crypto';

export type Mint = () => string;

/** A version 4 uuid in its shape; the schemas refuse any other version. */
export function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Crockford's base 32 in lower case: 45 letters in keys and refresh tokens, 16 in request ids. */
export function secretFrom(text: string, letters = 45): string {
  const bytes = createHash('sha512').update(text).digest();
  return Array.from(bytes.subarray(0, letters), (byte) => CROCKFORD[byte % 32]).join('');
}

/** Ids one after the other, each under the same name. */
export function mintFrom(name: string): Mint {
  let count = 0;
  return () => uuidFrom(`${name}/${count++}`);
}

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
