// What a request presents, of all that may stand in `Authorization`.

/** What stands behind `Bearer`, in whatever case; null where nothing does. */
export function bearerOf(header: unknown): string | null {
  if (typeof header !== 'string') return null;
  return /^bearer +(\S+) *$/i.exec(header)?.[1] ?? null;
}
