// A tag is a key with or without a value; every provider's labels, tags and metadata scalars become these.

export interface Tag {
  readonly key: string;
  readonly value: string | null;
}

/** A tag asked for without a value is met by any value. */
export function meetsTag(tags: readonly Tag[], asked: Tag): boolean {
  return tags.some(
    ({ key, value }) => key === asked.key && (asked.value === null || asked.value === value),
  );
}
