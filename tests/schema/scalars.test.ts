import { Kind, parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';

function read(text: string): unknown {
  const type = schema.getType('DateTime');
  if (!type || !('parseLiteral' in type)) throw new Error('There is no DateTime.');
  const literal = parseValue(JSON.stringify(text));
  if (literal.kind !== Kind.STRING) throw new Error('It is no text.');
  return type.parseLiteral(literal, {});
}

describe('a DateTime', () => {
  it.each([
    '2026-02-30T00:00:00Z',
    '2026-02-29T12:00:00Z',
    '2026-04-31T00:00:00+02:00',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
  ])('is not read from %s, which no calendar has', (text) => {
    expect(() => read(text)).toThrow('A DateTime is ISO 8601');
  });

  it.each([
    ['2028-02-29T23:30:00-02:00', Date.UTC(2028, 2, 1, 1, 30)],
    ['2026-01-01T00:00:00+02:00', Date.UTC(2025, 11, 31, 22)],
    ['2026-12-31T23:59:59.123456Z', Date.UTC(2026, 11, 31, 23, 59, 59, 123)],
  ])('is read from %s with its offset', (text, ms) => {
    expect(read(text)).toEqual(new Date(ms));
  });
});
