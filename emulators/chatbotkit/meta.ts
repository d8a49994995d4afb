// The free-form meta of a row: what a write makes of it, what a reader is shown, what a filter finds.

import { isRecord } from '../emulator.ts';
import type { Asked } from './asked.ts';
import type { Meta } from './rows.ts';
import type { Switches } from './switches.ts';

/** Keys of the service's own, `$update` among them: never written by an update. */
const INTERNAL_KEY = /^[\W_]/;

export function readMeta(body: Asked, switches: Switches): Meta | null | undefined {
  const meta = body.object('meta');
  if (meta && switches.metaUnderscore === 'refused') {
    for (const key of Object.keys(meta)) {
      if (key.startsWith('_')) body.complain(`"meta.${key}" is not allowed`);
    }
  }
  return meta;
}

/** A plain object takes the place of all there was; only `$update` merges, and only its top level. */
export function updatedMeta(written: Meta | null, previous: Meta | null): Meta {
  if (written && '$update' in written) {
    const merged = written['$update'];
    return { ...previous, ...withoutInternalKeys(isRecord(merged) ? merged : {}) };
  }
  return withoutInternalKeys(written ?? {});
}

/** Keys that begin with # stay in the database, at every depth. */
export function shownMeta(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shownMeta);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('#'))
      .map(([key, inner]) => [key, shownMeta(inner)]),
  );
}

export interface MetaCondition {
  readonly path: readonly string[];
  readonly equals: string | boolean;
}

/**
 * `meta.a.b=v` and `meta[a.b]=v`. "true" and "false" become booleans, so the text "true" is never found;
 * nothing becomes a number, so a number is never found either.
 */
export function metaConditions(query: URLSearchParams): MetaCondition[] {
  const conditions: MetaCondition[] = [];
  for (const [key, value] of query) {
    const path = metaPath(key);
    if (!path || value === '') continue;
    conditions.push({
      path: path.split('.'),
      equals: value === 'true' ? true : value === 'false' ? false : value,
    });
  }
  return conditions;
}

export function meets(meta: Meta | null, { path, equals }: MetaCondition): boolean {
  let value: unknown = meta;
  for (const step of path) value = isRecord(value) ? value[step] : undefined;
  return value === equals;
}

function metaPath(key: string): string | undefined {
  if (key.startsWith('meta.')) return key.slice(5);
  if (key.startsWith('meta[') && key.endsWith(']')) return key.slice(5, -1);
  return undefined;
}

function withoutInternalKeys(meta: Meta): Meta {
  return Object.fromEntries(Object.entries(meta).filter(([key]) => !INTERNAL_KEY.test(key)));
}
