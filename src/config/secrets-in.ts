// Every credential a config holds, for whoever sees to it that none of them leaves the process.

import type { Config } from './config.ts';

/** As they are written, and the parts of addresses that are credentials by themselves. */
export function secretsIn(config: Config): readonly string[] {
  return textsIn(config).flatMap((text) => [text, ...partsOf(text)]);
}

function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('reveal' in value && typeof value.reveal === 'function') {
    const text: unknown = value.reveal();
    return typeof text === 'string' ? [text] : [];
  }
  // A kind from outside this tree may hold anything, itself among it; its settings are the operator's.
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'definition' ? [] : textsIn(part),
  );
}

function partsOf(text: string): string[] {
  if (!/^[a-z]+:\/\//.test(text) || !URL.canParse(text)) return [];
  const { password } = new URL(text);
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
