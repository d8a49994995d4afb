// Operations made to cost the gateway more than they cost their sender: refused early, in little time, and never as a bug of ours.

import { describe, expect, it } from 'vitest';
import { expectUnharmed, FEW, idsOf, post, refusal, refusalsIn, SEND } from '../support/hostile.ts';
import { startParlance } from '../support/parlance.ts';

describe('an operation out of all proportion', () => {
  const CASES: readonly (readonly [string, string, object])[] = [
    [
      '200 levels deep',
      deepQuery(200),
      { code: 'INVALID_INPUT', message: expect.stringContaining('levels deep') },
    ],
    [
      'with 10,000 names for one field',
      `{ ${times(10_000, (index) => `a${index}: conversations(first: 1) { nodes { id } }`)} }`,
      {},
    ],
    [
      'with 10,000 names for nothing',
      `{ ${times(10_000, (index) => `a${index}: __typename`)} }`,
      {},
    ],
    [
      'of 300 lists at once',
      `{ ${times(300, (index) => `a${index}: providers { id name kind }`)} }`,
      { code: 'INVALID_INPUT', message: expect.stringContaining('Select fewer') },
    ],
    ['of one field 50,000 times', `{ ${'providers { name } '.repeat(50_000)} }`, {}],
    ['of fragments that double twenty times', fragments(20), { code: 'INVALID_INPUT' }],
    [
      'of fragments in a circle',
      'query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      {},
    ],
    ['of a megabyte of letters', 'x'.repeat(1_000_000), {}],
    ['of a megabyte of brackets', '{'.repeat(1_000_000), {}],
    ['of levels that never end', '{a'.repeat(400_000), {}],
    ['of lists that never end', `{ a(b: ${'['.repeat(900_000)}`, {}],
    ['of objects that hold objects', `{ a(b: ${'{a: '.repeat(5000)}1${'}'.repeat(5000)}) }`, {}],
    ['of a megabyte of remarks', `${'#\n'.repeat(300_000)}{ nothing }`, {}],
  ];

  it.each(CASES)('%s is refused, and the next is answered', async (_name, query, expected) => {
    const parlance = await startParlance(FEW);
    const before = performance.now();

    const refused = await refusal(parlance, query);

    expect(refused).toMatchObject(expected);
    expect(REFUSED).toContain(refused.code);
    expect(performance.now() - before).toBeLessThan(5000);
    expect(parlance.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is refused as a JSON input of 20,000 levels', async () => {
    const parlance = await startParlance(FEW);
    const { assistant } = await idsOf(parlance);
    const meta = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const input = `{ "conversationId": "${assistant}", "text": "x", "chatBotKit": { "meta": ${meta} } }`;

    const said = await post(
      parlance.url,
      `{ "query": ${JSON.stringify(SEND)}, "variables": { "input": ${input} } }`,
    );

    await expectUnharmed(parlance, said.text);
    expect(refusalsIn(said.body)).toMatchObject([
      { message: expect.stringContaining('levels deep') },
    ]);
  });
});

const REFUSED = ['INVALID_INPUT', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];

function times(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

function deepQuery(levels: number): string {
  const rounds = Math.ceil(levels / 3);
  const opened = 'messages { nodes { conversation { '.repeat(rounds);
  return `{ conversations { nodes { ${opened} id ${'} } }'.repeat(rounds)} } } }`;
}

function fragments(count: number): string {
  const written = times(
    count,
    (index) =>
      `fragment F${index} on Query { a${index}: providers { name } ...F${index + 1} b${index}: providers { name } ...F${index + 1} }`,
  );
  return `query { ...F0 } ${written} fragment F${count} on Query { __typename }`;
}
