// An API key: how one is made, how it is known again, and what of it may be kept.

import { createHash } from 'node:crypto';

/** Begins every key, so that whoever looks for secrets in the wrong place finds it. */
export const KEY_PREFIX = 'plk_';

export interface MadeKey {
  readonly id: string;
  /** The key itself, which is shown once and kept nowhere. */
  readonly text: string;
  readonly sha256: string;
}

export function makeKey(random: (bytes: number) => Buffer): MadeKey {
  const id = random(ID_BYTES).toString('hex');
  const text = `${KEY_PREFIX}${id}_${random(SECRET_BYTES).toString('hex')}`;
  return { id, text, sha256: digestOf(text).toString('hex') };
}

/** Undefined for what cannot be a key of ours. */
export function keyIdIn(text: string): string | undefined {
  return KEY.exec(text)?.[1];
}

/** What is random to the last bit needs no slow hash: there is nothing to guess. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

const ID_BYTES = 6;
const SECRET_BYTES = 32;
const KEY = /^plk_([0-9a-f]{12})_[0-9a-f]{64}$/;
