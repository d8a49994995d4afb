// Tags, as read and as written.

import type { Tag as DomainTag } from '../src/domain/tag.ts';
import { builder } from './builder.ts';

export const Tag = builder.objectRef<DomainTag>('Tag').implement({
  description:
    'A word on a conversation or a message, with or without a value. Botpress tags, ChatBotKit metadata of one level and Stack Auth labels become tags; a Stack Auth label `plan:pro` is key `plan`, value `pro`.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The name of the tag.' }),
    value: t.exposeString('value', {
      nullable: true,
      description: 'Its value; null for a tag that is only a word.',
    }),
  }),
});

export const TagInput = builder.inputType('TagInput', {
  description: 'A tag to write, or to compare with.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The name, up to 500 characters.' }),
    value: t.string({
      description:
        'The value, up to 500 characters. In a filter, a tag without a value is met by any value.',
    }),
  }),
});

export function tagsOf(
  tags: readonly { key: string; value?: string | null | undefined }[] | null | undefined,
): DomainTag[] {
  return (tags ?? []).map(({ key, value }) => ({ key, value: value ?? null }));
}
