// Tags: who sees which under what name, how a write merges into them, and when two sets count as the same.

import { Refusal } from './errors.ts';
import type { Tags } from './store.ts';
import type { DeclaredTags, Switches } from './switches.ts';

/** The header x-integration-id makes the difference: without it one acts as the bot. */
export type Caller =
  | { readonly kind: 'bot' }
  | { readonly kind: 'integration'; readonly name: string };

/** A tag that is empty or null is to be removed. */
export type TagChanges = Readonly<Record<string, string | null>>;

interface Written {
  readonly kind: keyof DeclaredTags;
  readonly tags: TagChanges;
  readonly caller: Caller;
}

export interface TagRules {
  /** A caller's tags under the keys they are kept by. Undeclared ones meet their switch. */
  taken(written: Written): TagChanges;
  /** Kept tags as this caller is shown them. */
  seen(tags: Tags, caller: Caller): Tags;
}

export function tagRules({ undeclaredTags, declaredTags, foreignTags }: Switches): TagRules {
  return {
    taken({ kind, tags, caller }) {
      const entries = Object.entries(storedKeys(tags, caller));
      if (undeclaredTags === 'accept') return Object.fromEntries(entries);
      const declared = entries.filter(([key]) => declaredTags[kind].includes(key));
      const stranger = entries.find(([key]) => !declaredTags[kind].includes(key));
      if (stranger && undeclaredTags === 'refuse') {
        // The answer of the real service was not seen; a body out of its schema is the nearest kind.
        throw new Refusal(
          'InvalidPayload',
          `body.tags has "${stranger[0]}", which is not among the ${kind} tags: declare it first.`,
        );
      }
      return Object.fromEntries(declared);
    },

    seen(tags, caller) {
      if (caller.kind === 'bot') return tags;
      const prefix = `${caller.name}:`;
      const own = Object.entries(tags)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value] as const);
      const foreign = Object.entries(tags).filter(([key]) => !key.startsWith(prefix));
      return Object.fromEntries(foreignTags === 'shown' ? [...foreign, ...own] : own);
    },
  };
}

/** An integration writes and searches bare keys; kept, they carry its prefix. */
export function storedKeys<Value>(
  tags: Readonly<Record<string, Value>>,
  caller: Caller,
): Record<string, Value> {
  if (caller.kind === 'bot') return tags;
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`${caller.name}:${key}`, value]),
  );
}

/** What is not mentioned stays; there is no way to replace a whole map. */
export function mergeTags(tags: Tags, changes: TagChanges): Tags {
  const merged = new Map(Object.entries(tags));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

export function includesTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => tags[key] === value);
}

export function sameTags(one: Tags, other: Tags): boolean {
  return Object.keys(one).length === Object.keys(other).length && includesTags(one, other);
}
