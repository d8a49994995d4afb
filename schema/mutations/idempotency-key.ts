// The key by which a write that is asked twice is done once.

import type { Keyed } from '../../src/gateway/writes/once.ts';
import type { builder } from '../builder.ts';

type Fields<Shape> = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Shape>;

export const IDEMPOTENCY_KEY = {
  description:
    'A word of your own for this one write, up to 255 characters: asked again with the same key and input, it is not done again, and you are told what became of the first. A key is good for 24 hours. Left out, one is made.',
} as const;

export function keyOf<Shape extends Keyed>(t: Fields<Shape>) {
  return {
    idempotencyKey: t.string({
      description:
        'The key it went by. Ask again with it, and the same input, to be told what is known by then.',
      resolve: ({ idempotencyKey }) => idempotencyKey,
    }),
  };
}
