// What a client gave, as the gateway's inputs want it: fields left out are absent, not undefined.

import { invalidInput } from '../failure.ts';

type Given<T> = { -readonly [K in keyof T]?: Exclude<T[K], null | undefined> };

/** The fields that were given a value; null counts as left out. */
export function given<T extends object>(input: T): Given<T> {
  const result: Given<T> = {};
  for (const key of keysOf(input)) {
    const value = input[key];
    if (isGiven(value)) result[key] = value;
  }
  return result;
}

/** The one group that was given; its name in the schema is its key. */
export function groupOf<Group>(
  groups: Readonly<Record<string, Group | undefined>>,
): Group | undefined {
  const [first, second] = Object.entries(groups).filter(([, group]) => group !== undefined);
  if (second) throw invalidInput(second[0], 'is a second group; give only that of the provider.');
  return first?.[1];
}

function keysOf<T extends object>(value: T): Extract<keyof T, string>[] {
  const keys: Extract<keyof T, string>[] = [];
  for (const key in value) if (Object.hasOwn(value, key)) keys.push(key);
  return keys;
}

function isGiven<T>(value: T): value is Exclude<T, null | undefined> {
  return value !== null && value !== undefined;
}
