// Ids as Botpress shapes them, a prefix and a ULID, without chance: the same calls give the same ids.

import { createHash } from 'node:crypto';

export type Mint = (birth: Birth) => string;

interface Birth {
  readonly prefix: 'conv' | 'msg' | 'user' | 'wkflow' | 'task';
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whatever the id is for: another purpose, another id. */
  readonly purpose: string;
}

/** Any start that makes the first ids look like the later ones. */
const FIRST_COUNT = 702_113_958_497n;

export function countingMint(): Mint {
  let count = FIRST_COUNT;
  return ({ prefix, at, purpose }) => {
    count += 1n;
    // The count stands before the digest, so ids of one millisecond sort in the order they were made.
    const tail = BigInt(`0x${digest(`${prefix} ${purpose} ${count}`).slice(0, 10)}`);
    return `${prefix}_${crockford(BigInt(at), 10)}${crockford(count, 8)}${crockford(tail, 8)}`;
  };
}

/** Sixty-four hex digits that depend on the text alone. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function crockford(value: bigint, length: number): string {
  return Array.from({ length }, (_, index) =>
    ALPHABET.charAt(Number((value >> BigInt(5 * (length - 1 - index))) & 31n)),
  ).join('');
}
