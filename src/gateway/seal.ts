// Seals a value into text that a client can neither read nor forge, bound to the question it belongs to.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

export interface Seal {
  /** A value that JSON can say. */
  seal(value: unknown, question: string): string;
  /** `forged`: not written by this gateway. `other-question`: written for another filter or conversation. */
  open(text: string, question: string): { readonly value: unknown } | 'forged' | 'other-question';
  /** Whatever its question was. */
  openAny(text: string): { readonly value: unknown } | 'forged';
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals of one secret and one purpose open each other's texts. */
export function openSeal(secret: string, purpose: string): Seal {
  const key = derive(secret, `${purpose} encryption`);
  const nonceKey = derive(secret, `${purpose} nonce`);
  const questionKey = derive(secret, `${purpose} question`);

  const fingerprint = (question: string) =>
    createHmac('sha256', questionKey).update(question).digest('base64url').slice(0, 22);

  return {
    seal(value, question) {
      const text = JSON.stringify([1, fingerprint(question), value]);
      // A nonce made from the text needs no chance and repeats only for the same text: the same place, the same cursor.
      const nonce = createHmac('sha256', nonceKey).update(text).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(text, question) {
      const opened = unsealed(text);
      if (opened === 'forged') return opened;
      return opened.question === fingerprint(question) ? opened : 'other-question';
    },
    openAny: unsealed,
  };

  function unsealed(
    text: string,
  ): { readonly question: unknown; readonly value: unknown } | 'forged' {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== text) {
      return 'forged';
    }
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    let said: unknown;
    try {
      const plain = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
        decipher.final(),
      ]);
      said = JSON.parse(plain.toString('utf8'));
    } catch {
      return 'forged';
    }
    if (!Array.isArray(said) || said[0] !== 1) return 'forged';
    return { question: said[1], value: said[2] };
  }
}

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'parlance', purpose, 32));
}
