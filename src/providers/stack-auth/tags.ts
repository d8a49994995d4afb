// Tags are labels here, one text each: `vip` and `plan:pro`, split at the first colon, and written back the same way.

import type { Issue } from '../../domain/failure.ts';
import type { Tag } from '../../domain/tag.ts';

export function toTag(label: string): Tag {
  const at = label.indexOf(':');
  return at < 0
    ? { key: label, value: null }
    : { key: label.slice(0, at), value: label.slice(at + 1) };
}

export function labelOf({ key, value }: Tag): string {
  return value === null ? key : `${key}:${value}`;
}

/** Labels after a change: order and every label not asked about stay as they were. */
export function changedLabels(
  labels: readonly string[],
  { set, remove }: { readonly set: readonly Tag[]; readonly remove: readonly string[] },
): string[] {
  const replaced = new Map(set.map((tag) => [tag.key, labelOf(tag)]));
  const kept = labels.flatMap((label) => {
    const { key } = toTag(label);
    const replacement = replaced.get(key);
    if (replacement !== undefined) {
      // Only the first of several labels under one key is replaced; the others were the same tag.
      return replaced.delete(key) ? [replacement] : [];
    }
    return remove.includes(key) || set.some((tag) => tag.key === key) ? [] : [label];
  });
  return [...kept, ...replaced.values()];
}

/** What about these tags could not be written and read back the same. */
export function tagIssues(tags: readonly Tag[], path: string): Issue[] {
  return tags.flatMap(({ key }, index) => {
    const at = `${path}.${index}.key`;
    if (key === '') return [{ path: at, message: 'must not be empty; name the tag.' }];
    if (key.includes(':')) return [{ path: at, message: colonIn(key) }];
    const repeated = tags.findIndex((tag) => tag.key === key) < index;
    return repeated ? [{ path: at, message: `'${key}' is given twice; give it once.` }] : [];
  });
}

export function removeIssues(keys: readonly string[], path: string): Issue[] {
  return keys.flatMap((key, index) =>
    key.includes(':') ? [{ path: `${path}.${index}`, message: colonIn(key) }] : [],
  );
}

function colonIn(key: string): string {
  return `must not hold a colon, since Stack Auth keeps "key:value" as one text; give the part of '${key}' before it.`;
}
