// Who is told what the schema is and what they may have meant: the caller decides, whoever asked the same before them.

import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../src/domain/caller.ts';
import { ANYONE } from '../../src/domain/caller.ts';
import { at } from '../support/answer.ts';
import { openDoors } from '../support/doors.ts';
import { FEW, post, refusalsIn } from '../support/hostile.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';

const READER: Caller = { ...ANYONE, id: 'reader', scopes: new Set(['read']) };
const ADMIN: Caller = { ...ANYONE, id: 'admin', scopes: new Set(['read', 'admin']) };

const WHOLE = getIntrospectionQuery();
const ONE_TYPE = '{ again: __type(name: "Query") { name } }';
const SLIPS: readonly { readonly query: string; readonly variables?: object }[] = [
  { query: '{ conversatons { nodes { id } } }' },
  { query: '{ node(id: "x") { title } }' },
  { query: 'query ($a: ConversationFilte) { __typename }' },
  { query: '{ conversations(firs: 1) { nodes { id } } }' },
  {
    query: 'query ($f: ConversationFilter) { conversations(filter: $f) { nodes { id } } }',
    variables: { f: { status: ['OPE'] } },
  },
  {
    query: 'subscription ($f: EventFilter) { messageAdded(filter: $f) { __typename } }',
    variables: { f: { kind: ['MESSAGE_ADDED'] } },
  },
];

async function start(options: StartOptions = {}) {
  const doorkeeper = openDoors({ 'a-reader': READER, 'an-admin': ADMIN });
  const { url } = await startParlance({ ...FEW, doorkeeper, ...options });
  // A subscription can be told that way too.
  const accept = 'application/json, text/event-stream';
  return (who: string, sent: object) => post(url, sent, { accept, authorization: `Bearer ${who}` });
}

describe('where callers sign in', () => {
  it.each([
    ['an-admin', 'a-reader'],
    ['a-reader', 'an-admin'],
  ])('only an admin is told the schema, if %s asks first', async (...order) => {
    const ask = await start();

    for (const who of [...order, ...order]) {
      for (const query of [WHOLE, ONE_TYPE]) {
        const { body } = await ask(who, { query });
        const code = who === 'an-admin' ? undefined : 'FORBIDDEN';
        expect.soft([who, refusalsIn(body)[0]?.code]).toEqual([who, code]);
      }
    }
  });

  it.each([
    ['an-admin', 'a-reader'],
    ['a-reader', 'an-admin'],
  ])('only an admin is told what they may have meant, if %s asks first', async (...order) => {
    const ask = await start();

    for (const who of [...order, ...order]) {
      for (const slip of SLIPS) {
        const { text } = await ask(who, slip);
        expect.soft(text).toContain('"errors"');
        expect
          .soft([who, slip, text.includes('Did you mean')])
          .toEqual([who, slip, who === 'an-admin']);
      }
    }
  });

  it('everybody is told the names of types, and everything where the operator says so', async () => {
    const ask = await start();
    const open = await start({ limits: { introspection: true, suggestions: true } });

    expect((await ask('a-reader', { query: '{ __typename }' })).body).toMatchObject({
      data: { __typename: 'Query' },
    });
    expect(at((await open('a-reader', { query: WHOLE })).body, 'data.__schema.types')).toBeTruthy();
    expect((await open('a-reader', SLIPS[0] ?? {})).text).toContain('Did you mean');
  });
});

describe('where nobody signs in', () => {
  it('everybody is told, within the bounds of any operation', async () => {
    const { url } = await startParlance(FEW);

    const { body } = await post(url, { query: WHOLE });

    expect(refusalsIn(body)).toEqual([]);
    expect(Number(at(body, 'extensions.cost.price'))).toBeGreaterThan(1);
  });

  it('and where the operator says nobody is, nobody is', async () => {
    const { url } = await startParlance({
      ...FEW,
      limits: { introspection: false, suggestions: false },
    });

    expect(refusalsIn((await post(url, { query: WHOLE })).body)[0]?.code).toBe('FORBIDDEN');
    expect((await post(url, SLIPS[0])).text).not.toContain('Did you mean');
  });
});
