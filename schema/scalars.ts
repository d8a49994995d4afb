// The two scalars beside GraphQL's own.

import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description: 'A moment, as ISO 8601 in UTC with milliseconds: `2026-03-01T09:30:00.000Z`.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const at = typeof value === 'string' && isMoment(value) ? new Date(value) : undefined;
    if (!at || Number.isNaN(at.getTime())) {
      throw new GraphQLError(
        'A DateTime is ISO 8601 with a time and an offset, such as 2026-03-01T09:30:00Z.',
        { extensions: { code: 'INVALID_INPUT' } },
      );
    }
    return at;
  },
});

builder.scalarType('JSON', {
  description: 'Any JSON value, as the provider wrote it.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (isDeeper(value, MAX_JSON_LEVELS)) {
      throw new GraphQLError(`A JSON value may be ${MAX_JSON_LEVELS} levels deep. Flatten it.`, {
        extensions: { code: 'INVALID_INPUT' },
      });
    }
    return value;
  },
});

/** Deeper than any provider's own; without a bound, a value that was read cannot always be written down again. */
const MAX_JSON_LEVELS = 64;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner: unknown) => isDeeper(inner, levels - 1));
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** A 30th of February would be read as the 2nd of March. */
function isMoment(text: string): boolean {
  const day = text.slice(0, 10);
  const midnight = ISO_8601.test(text) ? new Date(`${day}T00:00:00Z`) : undefined;
  return Number.isFinite(midnight?.getTime()) && midnight?.toISOString().slice(0, 10) === day;
}
