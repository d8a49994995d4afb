// Ids in the shapes Chatling gives them, derived from words so that two emulators started alike are alike.

import { createHash } from 'node:crypto';

/** Chatbots and conversations: ten decimal digits, always a string. */
export function tenDigits(word: string, taken: { has(id: string): boolean }): string {
  for (let attempt = 0; ; attempt += 1) {
    const twelveHexDigits = fingerprint(`${word}#${attempt}`).slice(0, 12);
    const id = String(1_000_000_000 + (Number.parseInt(twelveHexDigits, 16) % 9_000_000_000));
    if (!taken.has(id)) return id;
  }
}

/** Contacts; and messages, whose ids no page shows. */
export function uuidLike(word: string): string {
  const digits = fingerprint(word);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

/** One of these, always the same one for the same word. Undefined where there are none. */
export function chosenBy<T>(word: string, from: readonly T[]): T | undefined {
  return from[Number.parseInt(fingerprint(word).slice(0, 8), 16) % from.length];
}

function fingerprint(word: string): string {
  return createHash('sha256').update(word).digest('hex');
}
