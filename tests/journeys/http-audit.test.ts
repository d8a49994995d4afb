// The GraphQL over HTTP specification, as its own reference implementation audits a server: all of it, not only what it must.

import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compose, type Parlance } from '../../src/compose.ts';

let parlance: Parlance | undefined;

beforeAll(async () => {
  const quiet = () => undefined;
  parlance = await compose(
    {
      kind: 'configured',
      // The audit asks for __typename only: nobody has to be behind it.
      providers: [],
      server: { host: '127.0.0.1', port: 0 },
      log: { level: 'silent' },
    },
    {
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      clock: Date.now,
      randomSecret: () => 'a secret of the tests',
    },
  );
});

afterAll(() => parlance?.close());

const audits = serverAudits({ url: () => `${parlance?.url}/graphql` });

it('knows every rule there is', () => {
  expect(audits).toHaveLength(61);
});

it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
  const result = await audit.fn();

  expect(result).toMatchObject({ id: audit.id, status: 'ok' });
});
