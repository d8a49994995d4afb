// Personal data in a text, taken out: by a small detector of our own, where the real one is a vendor's.

import type { Switches } from './switches.ts';

export interface SafeEntity {
  readonly type: string;
  /** Offsets in the text as it was sent. */
  readonly begin: number;
  readonly end: number;
  readonly text: string;
  /** Where it stands in the text as it is stored, and as what. */
  readonly replacement: { readonly begin: number; readonly end: number; readonly text: string };
}

interface Range {
  readonly begin: number;
  readonly end: number;
}

interface Redaction {
  readonly text: string;
  readonly entities: SafeEntity[];
}

const DETECTORS = [
  { type: 'EMAIL', pattern: /[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}/gi },
  { type: 'PHONE', pattern: /\+?\d[\d\s().-]{7,}\d/g },
] as const;

/** Without known entities nothing is looked for, and the text stays as it is. */
export function redact(text: string, known: readonly Range[], switches: Switches): Redaction {
  if (known.length === 0 || switches.pii === 'passes') return { text, entities: [] };
  return detectEntities(text, known);
}

export function detectEntities(text: string, known: readonly Range[]): Redaction {
  const entities: SafeEntity[] = [];
  let safe = '';
  let read = 0;
  for (const { type, begin, end } of found(text, known)) {
    if (begin < read) continue;
    safe += text.slice(read, begin);
    const word = `[${type}_${entities.length + 1}]`;
    const replacement = { begin: safe.length, end: safe.length + word.length, text: word };
    entities.push({ type, begin, end, text: text.slice(begin, end), replacement });
    safe += word;
    read = end;
  }
  return { text: safe + text.slice(read), entities };
}

function found(text: string, known: readonly Range[]) {
  const told = known
    .filter(({ begin, end }) => begin >= 0 && begin < end && end <= text.length)
    .map(({ begin, end }) => ({ type: typeOf(text.slice(begin, end)), begin, end }));
  const detected = DETECTORS.flatMap(({ type, pattern }) =>
    [...text.matchAll(pattern)].map(({ index, 0: match }) => ({
      type,
      begin: index,
      end: index + match.length,
    })),
  );
  return [...told, ...detected].toSorted((one, other) => one.begin - other.begin);
}

function typeOf(text: string): string {
  const whole = DETECTORS.find(({ pattern }) => text.replace(pattern, '') === '');
  return whole?.type ?? 'ENTITY';
}
