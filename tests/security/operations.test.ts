// Operations known by their hash: listed by the operator, or sent once by a client, over every road.

import { describe, expect, it } from 'vitest';
import { ANYONE, type Caller } from '../../src/domain/caller.ts';
import { hashOf, openOperations } from '../../src/server/bounds/operations.ts';
import { openDoors } from '../support/doors.ts';
import { FEW, post, refusalsIn } from '../support/hostile.ts';
import { startParlance } from '../support/parlance.ts';
import { attack, ROADS } from './attacked.ts';

const QUERY = 'query Names { providers { name } }';
const WRITE = 'mutation { deleteConversation(input: { id: "x" }) { __typename } }';
const LISTED = new Map([QUERY, WRITE].map((text) => [hashOf(text), text]));

function named(text: string, query = '') {
  return { query, extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } } };
}

describe.each(ROADS)('over %s', (road) => {
  it('one that was sent with its hash runs by its hash alone', async () => {
    const { url } = await startParlance(FEW);

    const before = await attack(road, url, named(QUERY));
    const sent = await attack(road, url, named(QUERY, QUERY));
    const after = await attack(road, url, named(QUERY));

    expect(before.refusals).toEqual([
      { code: 'PERSISTED_QUERY_NOT_FOUND', message: 'PersistedQueryNotFound' },
    ]);
    expect(sent.text).toContain('website');
    expect(after.text).toContain('website');
  });

  it('only those that are listed run where nothing else may', async () => {
    const { url } = await startParlance({ ...FEW, operations: { listed: LISTED, only: true } });

    const byHash = await attack(road, url, named(QUERY));
    const byText = await attack(road, url, { query: QUERY });
    const other = await attack(road, url, { query: '{ providers { kind } }' });
    const smuggled = await attack(road, url, named('{ __typename }', '{ __typename }'));
    const again = await attack(road, url, named('{ __typename }'));

    expect([byHash.refusals, byText.refusals]).toEqual([[], []]);
    expect(byHash.text).toContain('website');
    expect([other, smuggled].map(({ refusals }) => refusals[0]?.code)).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
    ]);
    expect(again.refusals[0]?.code).toBe('PERSISTED_QUERY_NOT_FOUND');
  });
});

it('a write that is listed is no GET either', async () => {
  const { url } = await startParlance({ ...FEW, operations: { listed: LISTED, only: false } });

  const byGet = await attack('GET', url, named(WRITE));
  const byPost = await attack('POST', url, named(WRITE));

  expect(byGet.text).toContain('POST');
  expect(byGet.refusals).not.toEqual([]);
  expect(byPost.text).toContain('InvalidInputError');
});

it('an admin may ask anything where only some run, a reader may not', async () => {
  const reader: Caller = { ...ANYONE, id: 'reader', scopes: new Set(['read']) };
  const doorkeeper = openDoors({ 'a-reader': reader, 'an-admin': { ...ANYONE, id: 'admin' } });
  const { url } = await startParlance({
    ...FEW,
    doorkeeper,
    operations: { listed: LISTED, only: true },
  });
  const ask = (who: string) =>
    post(url, { query: '{ __typename }' }, { authorization: `Bearer ${who}` });

  expect(refusalsIn((await ask('an-admin')).body)).toEqual([]);
  expect(refusalsIn((await ask('a-reader')).body)).toMatchObject([
    { code: 'FORBIDDEN', message: expect.stringContaining('Only operations that are listed') },
  ]);
});

it('what clients have sent is forgotten, the least used first', () => {
  const { textOf } = openOperations({ open: true });
  const texts = Array.from({ length: 1001 }, (_, index) => `{ a${index}: __typename }`);
  const [used = '', unused = ''] = texts;

  for (const text of texts) {
    textOf(named(text, text), ANYONE);
    textOf(named(used), ANYONE);
  }

  expect(() => textOf(named(unused), ANYONE)).toThrow('PersistedQueryNotFound');
  expect(textOf(named(used), ANYONE)).toBe(used);
  expect(textOf(named(texts.at(-1) ?? ''), ANYONE)).toBe(texts.at(-1));
});
