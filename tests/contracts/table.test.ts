// The table of each provider is true: each cell of it is what trying found, what the contract promises and what the schema
// reports; and no cell of it can be another without being found out.

import { graphql } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { ANYONE } from '../../src/domain/caller.ts';
import { VERBS } from '../../src/domain/verb.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { PROMISED, type Promised } from './capabilities.ts';
import { type Cells, cellsOf, declared, differences, flips } from './cells.ts';
import { census } from './census.ts';
import { gatewayOver, type Stage } from './stage.ts';

describe.each(PROMISED)('$subject.name', (promised: Promised) => {
  let found: Cells;
  let stage: Stage;

  beforeAll(async () => {
    found = await census(promised);
    stage = await promised.subject.open();
    return () => stage.close();
  });

  it('declares what it was found to do, and nothing else', () => {
    expect(differences(declared(stage.provider), found)).toEqual([]);
  });

  it('can do what section 3 of the contract says', () => {
    const support = Object.fromEntries(
      VERBS.map((verb) => [verb, stage.provider.can[verb].support]),
    );
    expect(support).toEqual(promised.support);
  });

  it('is reported by the schema as it was found', async () => {
    const reported = await reportedOf(stage.provider, stage);
    const shown = [...found].filter(([name]) => isReported(name));
    expect(differences(reported, cellsOf(shown))).toEqual([]);
  });

  it('has no cell that could be another without being found out', () => {
    const every = flips(stage.provider);
    const unnoticed = every.filter(({ can }) => differences(declared({ can }), found).length === 0);
    expect(every.length).toBeGreaterThan(100);
    expect(unnoticed.map(({ name }) => name)).toEqual([]);
  });

  it('says of each verb that it lacks why, and what to do instead', () => {
    const lacking = VERBS.map((verb) => stage.provider.can[verb]).filter(
      ({ support }) => support === 'NONE',
    );
    expect(lacking.map(({ note }) => note)).toEqual(
      lacking.map(() => expect.stringMatching(/^.{10,}[:;,].{8,}\.$/)),
    );
  });
});

/** The cells that the schema has fields for. */
function isReported(name: string): boolean {
  return ['support', 'fields', 'roles', 'visibilities', 'contentKinds'].some(
    (cell) => name.split('.')[1] === cell,
  );
}

async function reportedOf(provider: Provider, { clock }: Stage): Promise<Cells> {
  const { data, errors } = await graphql({
    schema,
    source: `{ providers { capabilities { verb support fields roles visibilities contentKinds } } }`,
    contextValue: {
      caller: ANYONE,
      gateway: gatewayOver({ provider, clock }),
      operation: { signal: new AbortController().signal, reads: new Map() },
    },
  });
  expect(errors).toBeUndefined();
  return cellsOf(
    listAt(data, 'providers.0.capabilities').flatMap((capability) => {
      const verb = textAt(capability, 'verb');
      const words = (cell: string): [string, string[]] => {
        const value = at(capability, cell);
        return [`${verb}.${cell}`, (Array.isArray(value) ? value : [value]).map(String)];
      };
      return ['support', 'fields', 'roles', 'visibilities', 'contentKinds'].map(words);
    }),
  );
}
