// What a provider from outside this tree has, of which the schema knows no more than its kind.

import type { GenericNative as DomainGeneric } from '../../src/domain/native.ts';
import { builder } from '../builder.ts';

export const GenericNative = builder.objectRef<DomainGeneric>('GenericNative').implement({
  description: 'What only a provider of your own has, as it says it.',
  fields: (t) => ({
    kind: t.exposeString('of', { description: 'The kind of the provider.' }),
    data: t.expose('data', {
      type: 'JSON',
      nullable: true,
      description: 'Whatever it says; its own documentation tells the shape.',
    }),
  }),
});
