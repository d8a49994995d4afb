// The GraphQL over HTTP specification, as its own reference implementation audits a server: all of it, not only what it must;
// of a gateway that anybody may ask, and of one with every guard up.

import { type Audit, serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose, type Parlance } from '../../src/compose.ts';
import type { Config } from '../../src/config/config.ts';
import { ANYONE } from '../../src/domain/caller.ts';
import { hashOf } from '../../src/server/bounds/operations.ts';
import { openDoors } from '../support/doors.ts';

const CREDENTIAL = 'a-key-of-the-audit';

const GUARDED: Partial<Config> = {
  server: {
    host: '127.0.0.1',
    port: 0,
    hosts: ['127.0.0.1'],
    origins: ['https://app.example.com'],
    hsts: true,
  },
  limits: { depth: 3, aliases: 1, directives: 1, breadth: 5, cost: 1, introspection: false },
  operations: { listed: new Map([[hashOf('{ __typename }'), '{ __typename }']]), only: false },
};

const quiet = () => undefined;

function start(more: Partial<Config>, isGuarded: boolean): Promise<Parlance> {
  return compose(
    {
      kind: 'configured',
      // The audit asks for __typename only: nobody has to be behind it.
      providers: [],
      server: { host: '127.0.0.1', port: 0, leaveAfterMs: 0 },
      log: { level: 'silent' },
      ...more,
    },
    {
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      clock: Date.now,
      randomSecret: () => 'a secret of the tests',
      ...(isGuarded && {
        // It asks for a type of the schema, too.
        doorkeeper: openDoors({ [CREDENTIAL]: { ...ANYONE, id: 'the audit' } }),
      }),
    },
  );
}

describe.each([
  ['a gateway that anybody may ask', {}, false],
  ['one with every guard up', GUARDED, true],
] as const)('%s', (_which, more, isGuarded) => {
  let parlance: Parlance | undefined;
  beforeAll(async () => {
    parlance = await start(more, isGuarded);
  });
  afterAll(() => parlance?.close());

  const audits: Audit[] = serverAudits({
    url: () => `${parlance?.url}/graphql`,
    fetchFn: (address: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      if (isGuarded) headers.set('authorization', `Bearer ${CREDENTIAL}`);
      return fetch(address, { ...init, headers });
    },
  });

  it('knows every rule there is', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn();

    expect(result).toMatchObject({ id: audit.id, status: 'ok' });
  });
});
