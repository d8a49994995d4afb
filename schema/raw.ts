// A provider's own object: for those who may have it, and never with a credential in it.

import { lacking } from '../src/domain/caller.ts';
import { redacted } from '../src/domain/redaction.ts';
import type { builder } from './builder.ts';
import { errorOf } from './failure.ts';

type Fields<Shape> = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Shape>;

export function rawOf<Shape extends { readonly raw: unknown }>(t: Fields<Shape>) {
  return t.field({
    type: 'JSON',
    nullable: true,
    description:
      'The provider’s own object as it came, credentials taken out of it; null where there was none. It takes the scope `raw`: without it, null with an error.',
    resolve: ({ raw }, _args, { caller }) => {
      const refusal = lacking(caller, 'raw');
      if (refusal) throw errorOf(refusal);
      return redacted(raw);
    },
  });
}
