// Tags are texts by key here, read and written; an empty text is how one is removed, so it is no value.

import type { Issue } from '../../domain/failure.ts';
import type { Tag } from '../../domain/tag.ts';
import type { ConversationChanges } from '../verbs.ts';
import type { WireConversation } from './wire.ts';

/** `hidden`: the gateway's own, which is no client's. */
export function toTags(tags: WireConversation['tags'], hidden?: string): Tag[] {
  return Object.entries(tags ?? {})
    .filter(([key]) => key !== hidden)
    .map(([key, value]) => ({
      key,
      value: typeof value === 'string' && value !== '' ? value : null,
    }));
}

/** What about these tags could not be written and read back the same. */
export function tagIssues(tags: readonly Tag[], path: string): Issue[] {
  return tags.flatMap(({ key, value }, index) =>
    value
      ? []
      : [
          {
            path: `${path}.${index}.value`,
            message: `must not be empty: a tag needs a value here; give '${key}' one, 'true' for instance.`,
          },
        ],
  );
}

/** Only of tags that were judged: none is without a value. */
export function tagMap(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value ?? '']));
}

/** Which of these changes are not to be seen in the answer: a tag that nobody declared may be dropped without a word. */
export function droppedTags(
  answered: WireConversation['tags'],
  { set, remove }: NonNullable<ConversationChanges['tags']> = { set: [], remove: [] },
): string[] {
  const tags = new Map(Object.entries(answered ?? {}));
  return [
    ...set.filter(({ key, value }) => tags.get(key) !== value).map(({ key }) => `tags.${key}`),
    ...remove.filter((key) => tags.get(key)).map((key) => `tags.${key}`),
  ];
}
