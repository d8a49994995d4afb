// The search half of get-or-create: by all tags as the caller sees them, or by the listed ones alone.

import { Refusal } from './errors.ts';
import { type Body, listOf, text } from './request.ts';
import type { Tags } from './store.ts';
import { type Caller, mergeTags, sameTags, type TagChanges } from './tags.ts';
import type { World } from './world.ts';

export interface Wanted<Row> {
  readonly among: Iterable<Row>;
  readonly caller: Caller;
  readonly tags: TagChanges;
  readonly body: Body<'discriminateByTags'>;
}

export function findByTags<
  Row extends { readonly id: string; readonly createdAt: string; readonly tags: Tags },
>({ switches, tags: rules }: World, { among, caller, tags, body }: Wanted<Row>): Row | undefined {
  // What is to be removed cannot be looked for.
  const wanted = mergeTags({}, tags);
  const listed = body.optional('discriminateByTags', listOf(text({ max: 500 }))) ?? [];
  const missing = listed.find((key) => wanted[key] === undefined);
  if (missing !== undefined && switches.missingDiscriminator === 'refuse') {
    throw new Refusal(
      'InvalidPayload',
      `body.discriminateByTags names "${missing}", so body.tags must give it a value.`,
    );
  }
  const compared = listed.filter((key) => wanted[key] !== undefined);

  const matches = [...among].filter((row) => {
    const seen = rules.seen(row.tags, caller);
    // A list with nothing to compare would match everything: taken as no list.
    return compared.length === 0
      ? sameTags(seen, wanted)
      : compared.every((key) => seen[key] === wanted[key]);
  });
  const oldestFirst = matches.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
  return switches.getOrCreateTies === 'newest' ? oldestFirst.at(-1) : oldestFirst[0];
}

function place({ createdAt, id }: { readonly createdAt: string; readonly id: string }): string {
  return `${createdAt} ${id}`;
}
