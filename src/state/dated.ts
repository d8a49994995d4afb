// A value of the domain as JSON can say it, and back: dates stay dates, and nothing else becomes one.

/** A date as an object of one key; an object that has that key already is wrapped. */
export function dated(value: unknown): unknown {
  if (value instanceof Date) return { [DATE]: value.getTime() };
  if (Array.isArray(value)) return value.map(dated);
  if (!isRecord(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, dated(one)]));
  return DATE in value || AS_IS in value ? { [AS_IS]: inner } : inner;
}

export function undated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(undated);
  if (!isRecord(value)) return value;
  const [only, ...others] = Object.keys(value);
  if (others.length === 0 && only === DATE && typeof value[DATE] === 'number') {
    return new Date(value[DATE]);
  }
  const inner = others.length === 0 && only === AS_IS ? value[AS_IS] : value;
  if (!isRecord(inner)) return inner;
  return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, undated(one)]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const DATE = '$date';
const AS_IS = '$as-is';
