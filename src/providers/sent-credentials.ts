// A service may say back what it was asked with, anywhere in what it answers, and be shown as it came: the credential that was
// sent is taken out before anybody reads it.

import type { Ask } from './ask.ts';

export function withoutSent(text: string, { headers }: Pick<Ask, 'headers'>): string {
  return credentialsIn(headers).reduce(
    (left, credential) =>
      left.includes(credential) ? left.replaceAll(credential, REDACTED) : left,
    text,
  );
}

const REDACTED = '«redacted»';

/** Whatever is shorter is no credential, and would tear holes into every answer. */
const SHORTEST = 6;

function credentialsIn(headers: Ask['headers']): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (!/authorization|cookie|token|secret|key/i.test(name)) return [];
    const credential = value.replace(/^[A-Za-z]+ /, '');
    if (credential.length < SHORTEST) return [];
    const inJson = JSON.stringify(credential).slice(1, -1);
    return inJson === credential ? [credential] : [credential, inJson];
  });
}
