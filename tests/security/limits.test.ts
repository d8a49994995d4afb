// Each bound holds by itself: with it raised, what it refused runs or is refused for something else.

import { expect, it, onTestFinished } from 'vitest';
import { startWorld } from '../../emulators/world.ts';
import { LIMITS } from '../../src/server/bounds/limits.ts';
import { at } from '../support/answer.ts';
import { FEW, post, refusalsIn } from '../support/hostile.ts';
import { startParlance } from '../support/parlance.ts';
import { ROWS } from './attacks.ts';

/** Each with an attack that it alone holds back, and that is no trouble where it does not. */
const RAISED = [
  ['depth', 'an alias called __schema', { depth: 1000 }],
  ['aliases', 'names for __typename', { aliases: 1000 }],
  ['directives', 'one on each of many fields', { directives: 1000 }],
  ['breadth', 'one field again and again', { breadth: 2000 }],
  ['breadth', 'a fragment called __schema', { breadth: 2000 }],
  ['tokens', 'variables by the thousand', { tokens: 20_000 }],
  ['cost', 'nodes that lead to lists', { cost: 10_000 }],
  ['introspection', 'another name', { introspection: true }],
  ['suggestions', 'a variable that is nearly right', { suggestions: true }],
] as const;

const CLOSED = { introspection: false, suggestions: false };

it.each(RAISED)('%s alone holds back %s', async (of, by, limits) => {
  const world = await startWorld(FEW);
  onTestFinished(() => world.close());
  const usual = await startParlance({ beside: world, limits: CLOSED });
  const raised = await startParlance({ beside: world, limits: { ...CLOSED, ...limits } });
  const row = ROWS.find((each) => each.of === of && each.by === by);
  const sent = { query: row?.query, variables: row?.variables };

  const [refused] = refusalsIn((await post(usual.url, sent)).body);
  const [after] = refusalsIn((await post(raised.url, sent)).body);

  expect(refused?.message).toMatch(row?.says ?? /^$/);
  expect(after?.message ?? '').not.toMatch(row?.says ?? /^/);
});

it('a body may be as long as is said, and no longer', async () => {
  const { url } = await startParlance({ ...FEW, limits: { bodyBytes: 2000 } });
  const query = '{ __typename }';

  const short = await post(url, { query, variables: { a: 'x'.repeat(1000) } });
  const long = await post(url, { query, variables: { a: 'x'.repeat(2000) } });

  expect(short.status).toBe(200);
  expect(long.status).toBe(413);
  expect(refusalsIn(long.body)).toMatchObject([
    { code: 'INVALID_INPUT', message: expect.stringContaining('2000 bytes at most') },
  ]);
});

it('a list of operations is taken up to its bound, and costs as much as one operation may', async () => {
  const page = '{ conversations(first: 100) { nodes { messages(first: 50) { nodes { text } } } } }';
  const { url } = await startParlance({ ...FEW, limits: { batch: 3 } });

  const taken = await post(url, [{ query: '{ a: __typename }' }, { query: '{ b: __typename }' }]);
  const many = await post(
    url,
    Array.from({ length: 4 }, () => ({ query: '{ __typename }' })),
  );
  const dear = await post(url, [{ query: page }, { query: page }, { query: page }]);
  const strange = await post(url, [null, 7]);

  expect(taken.body).toMatchObject([{ data: { a: 'Query' } }, { data: { b: 'Query' } }]);
  expect([many.status, refusalsIn(many.body)]).toMatchObject([
    400,
    [
      {
        code: 'INVALID_INPUT',
        message: expect.stringContaining('4 operations, and 3 are the most'),
      },
    ],
  ]);
  expect(refusalsIn(at(dear.body, '0'))).toEqual([]);
  expect(refusalsIn(at(dear.body, '2'))).toMatchObject([
    { code: 'INVALID_INPUT', message: expect.stringContaining(`${LIMITS.cost} is the most`) },
  ]);
  expect(JSON.stringify(strange.body)).not.toContain('Something went wrong');
});

it('an operation ends when its time is over, whatever it still waits for', async () => {
  const parlance = await startParlance({
    ...FEW,
    deadlineMs: 10_000,
    limits: { operationMs: 300 },
  });
  parlance.world.botpress.inject({ kind: 'hang' });
  const before = performance.now();

  const { data } = await parlance.ask('{ conversations { sources { provider { name } status } } }');

  expect(performance.now() - before).toBeLessThan(5000);
  expect(JSON.stringify(data)).toContain('{"provider":{"name":"website"},"status":"FAILED"}');
});
