// Finds one's way in an answer whose shape the query has set: by path, in text, as in an error's own path.

export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, key) => (isIndexed(found) ? found[key] : undefined), value);
}

export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  if (typeof found === 'string') return found;
  throw new Error(`no text at ${path} in ${JSON.stringify(value)}`);
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  if (Array.isArray(found)) return found;
  throw new Error(`no list at ${path} in ${JSON.stringify(value)}`);
}

function isIndexed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
