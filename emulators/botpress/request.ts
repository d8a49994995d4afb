// Reads what a caller sent, as strictly as Botpress declares it: unknown body keys, bounds, dotted query keys.

import type { EmulatorRequest } from '../emulator.ts';
import { isRecord } from '../emulator.ts';
import { type ErrorType, Refusal } from './errors.ts';
import type { Switches } from './switches.ts';

/** Gives the value back in its type, or complains in a sentence that begins with the field's name. */
export type Check<T> = (value: unknown, complain: (problem: string) => never) => T;

export interface Body<Key extends string> {
  required<T>(name: Key, check: Check<T>): T;
  optional<T>(name: Key, check: Check<T>): T | undefined;
}

export function readBody<Key extends string>(
  request: EmulatorRequest,
  keys: readonly Key[],
): Body<Key> {
  const said = parseObject(request);
  const unknown = Object.keys(said).find((key) => !keys.some((known) => known === key));
  if (unknown !== undefined) {
    const known = keys.length === 0 ? 'nothing' : keys.join(', ');
    throw new Refusal('InvalidPayload', `body must not have "${unknown}"; it may have ${known}.`);
  }
  return {
    required(name, check) {
      if (said[name] === undefined) {
        throw new Refusal('InvalidPayload', `body.${name} is required: add it to the body.`);
      }
      return check(said[name], complainer('InvalidPayload', `body.${name}`));
    },
    optional(name, check) {
      if (said[name] === undefined) return undefined;
      return check(said[name], complainer('InvalidPayload', `body.${name}`));
    },
  };
}

/** Parameters nobody knows are ignored: only bodies are declared closed. */
export interface Query {
  one<T>(name: string, check: Check<T>): T | undefined;
  many(name: string): string[];
  tags(): Record<string, string>;
}

export function readQuery(query: string): Query {
  const pairs = [...new URLSearchParams(query)];

  return {
    one(name, check) {
      const values = pairs.filter(([key]) => key === name);
      if (values.length > 1) {
        throw new Refusal('InvalidQuery', `query.${name} was sent more than once; send it once.`);
      }
      const [pair] = values;
      return pair && check(pair[1], complainer('InvalidQuery', `query.${name}`));
    },
    many: (name) =>
      pairs
        .filter(([key]) => key === name || (key.startsWith(`${name}[`) && key.endsWith(']')))
        .map(([, value]) => value),
    tags() {
      const tags: [string, string][] = [];
      for (const [key, value] of pairs) {
        // The vendor's client sends dots and does not escape a dot inside a key: all after the first is the key.
        if (key.startsWith('tags.')) tags.push([key.slice('tags.'.length), value]);
        else if (key.startsWith('tags[') && key.endsWith(']')) tags.push([key.slice(5, -1), value]);
        else if (key === 'tags') {
          throw new Refusal('InvalidQuery', 'query.tags is a map: send tags.<key>=<value>.');
        }
      }
      return Object.fromEntries(tags);
    },
  };
}

export function text({ min = 0, max = Number.POSITIVE_INFINITY } = {}): Check<string> {
  return (value, complain) => {
    if (typeof value !== 'string') return complain('must be a string.');
    if (value.length < min) return complain(`must have ${min} characters or more.`);
    if (value.length > max) return complain(`must have ${max} characters or fewer.`);
    return value;
  };
}

/** No pattern is declared for ids, only these lengths. */
export const idText = text({ min: 28, max: 36 });

export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value, complain) => (value === null ? null : check(value, complain));
}

export const anyObject: Check<Record<string, unknown>> = (value, complain) =>
  isRecord(value) ? value : complain('must be an object.');

export function mapOf<T>(check: Check<T>): Check<Record<string, T>> {
  return (value, complain) =>
    Object.fromEntries(
      Object.entries(anyObject(value, complain)).map(([key, entry]) => [
        key,
        check(entry, (problem) => complain(`has a "${key}" that ${problem}`)),
      ]),
    );
}

/** Texts to write, where null removes: newer generations know that, older ones refuse it. */
export function changeMap(
  { generation }: Switches,
  bounds?: { readonly max: number },
): Check<Record<string, string | null>> {
  return generation === 'current' ? mapOf(nullable(text(bounds))) : mapOf(text(bounds));
}

export function listOf<T>(check: Check<T>): Check<T[]> {
  return (value, complain) =>
    Array.isArray(value)
      ? value.map((entry: unknown) =>
          check(entry, (problem) => complain(`has an entry that ${problem}`)),
        )
      : complain('must be an array.');
}

export function oneOf<const T extends string>(words: readonly T[]): Check<T> {
  return (value, complain) =>
    words.find((word) => word === value) ?? complain(`must be one of ${words.join(', ')}.`);
}

/** A whole number written in a query. */
export function wholeNumber(min: number): Check<number> {
  return (value, complain) => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
    return number >= min ? number : complain(`must be a whole number, ${min} or more.`);
  };
}

/** A date in ISO 8601, given back the way rows keep theirs, so that they compare as text. */
export const isoDate: Check<string> = (value, complain) => {
  const time =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time)
    ? complain('must be an ISO 8601 date in UTC.')
    : new Date(time).toISOString();
};

export const schedule: Check<void> = (value, complain) => {
  const { dateTime, delay, ...others } = anyObject(value, complain);
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) complain(`must not have "${stranger}".`);
  if (dateTime === undefined && delay === undefined) complain('needs dateTime or delay.');
  if (dateTime !== undefined) {
    text({ min: 24, max: 28 })(dateTime, (problem) => complain(`has a dateTime that ${problem}`));
    isoDate(dateTime, (problem) => complain(`has a dateTime that ${problem}`));
  }
  if (delay !== undefined && typeof delay !== 'number') complain('has a delay that is no number.');
};

function parseObject(request: EmulatorRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  const kind = request.headers['content-type'];
  if (kind !== undefined && !/^application\/json\b/i.test(kind)) {
    throw new Refusal('UnsupportedMediaType', `Send application/json instead of ${kind}.`);
  }
  let said: unknown;
  try {
    said = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new Refusal('InvalidPayload', 'body is not JSON: send an object in JSON.');
  }
  if (!isRecord(said)) throw new Refusal('InvalidPayload', 'body must be a JSON object.');
  return said;
}

function complainer(type: ErrorType, name: string): (problem: string) => never {
  return (problem) => {
    throw new Refusal(type, `${name} ${problem}`);
  };
}
