// What YAML calls a mapping and JSON an object: keys with values, and not a list.

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(given: unknown): given is Mapping {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
