// What a client gave, as the gateway's inputs want it: fields left out are absent, not undefined.

import type { GenericOptions, Json } from '../../src/domain/native.ts';
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

/** What a provider of one's own is given; it alone knows the shape. */
export function genericOf(said: unknown): GenericOptions | undefined {
  if (said === null || said === undefined) return undefined;
  return { kind: 'generic', data: objectOf(said, 'providerOptions') };
}

/** A JSON input that has to be an object. */
export function objectOf(value: unknown, path: string): Readonly<Record<string, Json>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidInput(path, 'must be an object, such as { "plan": "pro" }.');
  }
  return Object.fromEntries(Object.entries(value));
}

export function objectsOf(values: readonly unknown[], path: string) {
  return values.map((value, index) => objectOf(value, `${path}.${index}`));
}

export function withMeta<T extends { meta?: unknown }>({ meta, ...rest }: T, path: string) {
  return { ...rest, ...(meta === undefined ? {} : { meta: objectOf(meta, path) }) };
}

/** What a ChatBotKit bot may use, each in the shape it has to have. */
export function engineOf<
  T extends { functions?: unknown[]; extensions?: unknown; limits?: unknown },
>({ functions, extensions, limits, ...rest }: T) {
  return {
    ...rest,
    ...(functions === undefined ? {} : { functions: objectsOf(functions, 'chatBotKit.functions') }),
    ...(extensions === undefined
      ? {}
      : { extensions: objectOf(extensions, 'chatBotKit.extensions') }),
    ...(limits === undefined ? {} : { limits: objectOf(limits, 'chatBotKit.limits') }),
  };
}

function keysOf<T extends object>(value: T): Extract<keyof T, string>[] {
  const keys: Extract<keyof T, string>[] = [];
  for (const key in value) if (Object.hasOwn(value, key)) keys.push(key);
  return keys;
}

function isGiven<T>(value: T): value is Exclude<T, null | undefined> {
  return value !== null && value !== undefined;
}
