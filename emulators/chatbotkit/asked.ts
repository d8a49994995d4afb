// Reads a request body the way its schema does: naming a key declares it, and what nobody named is refused.

import { isRecord } from '../emulator.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface Asked {
  has(key: string): boolean;
  /** Any string, also empty; null is a value of its own. */
  nullableText(key: string): string | null | undefined;
  text(key: string): string | undefined;
  /** Trimmed, and not empty after that. */
  words(key: string, need: Need): string | undefined;
  oneOf<Word extends string>(key: string, known: readonly Word[], need: Need): Word | undefined;
  number(key: string, bounds: Bounds): number | null | undefined;
  flag(key: string): boolean | undefined;
  object(key: string, need?: Need): Readonly<Record<string, unknown>> | null | undefined;
  /** An object with keys of its own. */
  part<Value>(key: string, read: (inner: Asked) => Value): Value | undefined;
  /** Each element through the function given; the elements as they were sent are returned. */
  list(key: string, each: (item: Asked) => void): readonly Record<string, unknown>[] | undefined;
  raw(key: string): unknown;
  /** Here keys nobody names are welcome. */
  anyKey(): void;
  complain(sentence: string): void;
  /** To be asked last, when every known key has been read. */
  refusal(): Refusal | undefined;
}

type Need = 'required' | 'optional';

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly nullable?: boolean;
}

/** An empty body is an empty object; broken JSON gets no details. */
export function parseJson(body: Buffer): { readonly json: unknown } | Refusal {
  if (body.length === 0) return { json: {} };
  try {
    return { json: JSON.parse(body.toString('utf8')) };
  } catch {
    return refuse('BAD_REQUEST');
  }
}

export function asked(body: unknown): Asked {
  const complaints: string[] = [];
  if (!isRecord(body)) complaints.push('"value" must be of type object');
  return reader(isRecord(body) ? body : {}, '', complaints);
}

function reader(
  values: Readonly<Record<string, unknown>>,
  path: string,
  complaints: string[],
): Asked {
  const known = new Set<string>();
  const label = (key: string) => `"${path}${key}"`;
  const complain = (sentence: string) => {
    complaints.push(sentence);
  };

  function raw(key: string): unknown {
    known.add(key);
    return values[key];
  }

  function string(key: string): string | undefined {
    const value = raw(key);
    if (value === undefined || typeof value === 'string') return value;
    complain(`${label(key)} must be a string`);
    return undefined;
  }

  function lacks(key: string, need: Need): void {
    if (need === 'required' && values[key] === undefined) complain(`${label(key)} is required`);
  }

  function nested<Value>(
    inner: Readonly<Record<string, unknown>>,
    innerPath: string,
    read: (inner: Asked) => Value,
  ): Value {
    const body = reader(inner, innerPath, complaints);
    const value = read(body);
    // It writes into the same complaints; asking it adds its unknown keys.
    body.refusal();
    return value;
  }

  return {
    has: (key) => values[key] !== undefined,
    raw,
    anyKey: () => Object.keys(values).forEach(raw),
    complain,
    nullableText: (key) => (raw(key) === null ? null : string(key)),
    text: string,

    words(key, need) {
      const value = string(key)?.trim();
      lacks(key, need);
      if (value === '') complain(`${label(key)} is not allowed to be empty`);
      return value;
    },

    oneOf(key, words, need) {
      const value = raw(key);
      lacks(key, need);
      const word = words.find((candidate) => candidate === value);
      if (value !== undefined && word === undefined) {
        complain(`${label(key)} must be one of [${words.join(', ')}]`);
      }
      return word;
    },

    number(key, { min, max, integer, nullable }) {
      const value = raw(key);
      if (value === undefined) return undefined;
      if (value === null && nullable) return null;
      // Its schema converts: a number may come as the text of one.
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) {
        complain(`${label(key)} must be a number`);
        return undefined;
      }
      if (integer && !Number.isInteger(number)) complain(`${label(key)} must be an integer`);
      if (min !== undefined && number < min) {
        complain(`${label(key)} must be greater than or equal to ${min}`);
      }
      if (max !== undefined && number > max) {
        complain(`${label(key)} must be less than or equal to ${max}`);
      }
      return number;
    },

    flag(key) {
      const value = raw(key);
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      if (value !== undefined) complain(`${label(key)} must be a boolean`);
      return undefined;
    },

    object(key, need = 'optional') {
      const value = raw(key);
      lacks(key, need);
      if (value === undefined || (value === null && need === 'optional')) return value;
      if (isRecord(value)) return value;
      complain(`${label(key)} must be of type object`);
      return undefined;
    },

    part(key, read) {
      const value = raw(key);
      if (value === undefined) return undefined;
      if (!isRecord(value)) {
        complain(`${label(key)} must be of type object`);
        return undefined;
      }
      return nested(value, `${path}${key}.`, read);
    },

    list(key, each) {
      const value = raw(key);
      if (value === undefined || value === null) return undefined;
      if (!Array.isArray(value)) {
        complain(`${label(key)} must be an array`);
        return undefined;
      }
      const items: Record<string, unknown>[] = [];
      for (const [index, item] of value.entries()) {
        if (isRecord(item)) {
          items.push(item);
          nested(item, `${path}${key}[${index}].`, each);
        } else {
          complain(`"${path}${key}[${index}]" must be of type object`);
        }
      }
      return items;
    },

    refusal() {
      for (const key of Object.keys(values)) {
        if (!known.has(key)) complain(`${label(key)} is not allowed`);
      }
      return complaints.length > 0 ? refuse('BAD_REQUEST', complaints.join('; ')) : undefined;
    },
  };
}
