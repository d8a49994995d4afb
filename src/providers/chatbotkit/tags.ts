// Tags are the top-level scalars of a free-form meta here: read from it, written into it, and looked for in it.

import { isDeepStrictEqual } from 'node:util';
import type { Issue } from '../../domain/failure.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Meta } from './client.ts';

/** Null counts as absent; what has a shape of its own stays in the native part. */
export function toTags(meta: unknown): Tag[] {
  if (!isMeta(meta)) return [];
  return Object.entries(meta).flatMap(([key, value]) => {
    const text = scalarText(value);
    return text === null || key === MARK_KEY ? [] : [{ key, value: text }];
  });
}

/** Under which a row carries the mark of the attempt that wrote it. */
export const MARK_KEY = 'parlanceAttempt';

/** The gateway's own mark is nobody's metadata; nor is a meta that there was not but for it. */
export function withoutMark(meta: unknown): unknown {
  if (!isMeta(meta) || !Object.hasOwn(meta, MARK_KEY)) return meta;
  const { [MARK_KEY]: _mark, ...rest } = meta;
  return Object.keys(rest).length === 0 ? null : rest;
}

export interface Tagging {
  readonly tags: readonly Tag[];
  /** Where the tags stand in the input. */
  readonly tagsPath: string;
  /** Keys of tags to take away. */
  readonly remove?: readonly string[];
  readonly meta: Meta | undefined;
}

/** One meta of tags and meta together; a removed key becomes null, which unsets it where meta is merged. */
export function metaOf({ tags, remove = [], meta = {} }: Tagging): Meta {
  return Object.fromEntries([
    ...tags.map(({ key, value }) => [key, value] as const),
    ...remove.map((key) => [key, null] as const),
    // Last: where both say the same, the meta knows whether it is a text, a number or a boolean.
    ...Object.entries(meta),
  ]);
}

/** What about these tags could not be written and read back the same. */
export function tagIssues({ tags, tagsPath, remove = [], meta = {} }: Tagging): Issue[] {
  return [
    ...tags.flatMap(({ key, value }, index) => [
      ...keyIssues(key, `${tagsPath}.${index}.key`),
      ...(value === null ? [{ path: `${tagsPath}.${index}.value`, message: NEEDS_VALUE }] : []),
      ...(value !== null && Object.hasOwn(meta, key) && scalarText(meta[key]) !== value
        ? [{ path: `${tagsPath}.${index}.value`, message: contradicts(key) }]
        : []),
    ]),
    ...remove.flatMap((key, index) => {
      const path = `tags.remove.${index}`;
      const contradicted = Object.hasOwn(meta, key) && meta[key] !== null;
      return [
        ...keyIssues(key, path),
        ...(contradicted ? [{ path, message: contradicts(key) }] : []),
      ];
    }),
    ...Object.keys(meta).flatMap((key) => keyIssues(key, `chatBotKit.meta.${key}`)),
  ];
}

/** Places in the input of what a merge was asked for and the meta after it does not say. */
export function unmerged({ tags, tagsPath, remove = [], meta = {} }: Tagging, after: unknown) {
  const stored = isMeta(after) ? after : {};
  const lacks = (key: string, value: unknown) => {
    const kept = Object.hasOwn(stored, key) ? stored[key] : null;
    return !isDeepStrictEqual(kept ?? null, value ?? null);
  };
  return [
    ...tags.flatMap(({ key, value }, index) =>
      // Where meta says the same of a key, it decided what kind of value was written.
      !Object.hasOwn(meta, key) && lacks(key, value) ? [`${tagsPath}.${index}`] : [],
    ),
    ...remove.flatMap((key, index) => (lacks(key, null) ? [`tags.remove.${index}`] : [])),
    ...Object.entries(meta).flatMap(([key, value]) =>
      lacks(key, value) ? [`chatBotKit.meta.${key}`] : [],
    ),
  ];
}

/**
 * The tags a list can be narrowed by without losing a row that has them. The service compares texts alone, makes
 * booleans of "true" and "false", and takes the key for a path in which a dot descends.
 */
export function narrowing(tags: readonly Tag[]): (readonly [key: string, text: string])[] {
  return tags.flatMap(({ key, value }) => {
    if (value === null || value === '' || value === 'true' || value === 'false') return [];
    // A number reads the same as its text, and only the text would be found.
    if (String(Number(value)) === value) return [];
    return PLAIN_KEY.test(key) ? [[key, value] as const] : [];
  });
}

export function isMeta(value: unknown): value is Meta {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Anything else would have to be quoted in the service's path language, which it does not do. */
const PLAIN_KEY = /^[A-Za-z]\w*$/;

/** Kept by the service for itself: such keys are dropped without a word by an update, and refused elsewhere. */
const RESERVED_KEY = /^[\W_]/;

const NEEDS_VALUE =
  'must not be empty: a tag is an entry of the metadata here; give it a value, "yes" for instance.';

function keyIssues(key: string, path: string): Issue[] {
  if (!RESERVED_KEY.test(key)) return [];
  const message = `is dropped by the service; begin '${key}' with a letter from a to z or a digit.`;
  return [{ path, message }];
}

function contradicts(key: string): string {
  return `contradicts chatBotKit.meta; say what '${key}' is in one of the two places.`;
}

function scalarText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return null;
  }
}
