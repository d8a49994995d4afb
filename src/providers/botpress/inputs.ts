// What Botpress cannot take, judged before it is asked: each mistake by its path in the input, with its mend.

import { failed, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { Tag } from '../../domain/tag.ts';

/** Good, or all that is wrong with it at once. */
export function judged(issues: readonly Issue[]): Outcome<null> {
  const [first, ...rest] = issues;
  return first ? failed({ kind: 'invalid-input', issues: [first, ...rest] }) : success(null);
}

/** A tag here is text by text, and an empty text is how one is removed. */
export function tagIssues(tags: readonly Tag[], path: string): Issue[] {
  return tags.flatMap(({ key, value }, index) =>
    value
      ? []
      : [
          {
            path: `${path}.${index}.value`,
            message: `Botpress tags need a value; give '${key}' one, 'true' for instance.`,
          },
        ],
  );
}

/** Only of tags that were judged: none is without a value. */
export function tagMap(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value ?? '']));
}

export function channelIssues(channel: string | undefined): Issue[] {
  if (channel) return [];
  const message = 'Botpress has no conversation without a channel; name one of the integration.';
  return [{ path: 'channel', message }];
}

/** What the service does with a name that has no value is not written down, so it is not asked. */
export function discriminatorIssues(names: readonly string[], tags: readonly Tag[]): Issue[] {
  return names.flatMap((name, index) =>
    tags.some(({ key }) => key === name)
      ? []
      : [
          {
            path: `discriminateByTags.${index}`,
            message: `'${name}' is not among tags; give the tag its value there.`,
          },
        ],
  );
}
