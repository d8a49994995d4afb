// A list whose tokens lead in a circle ends where it closes: it would be read for ever, and no deadline stops one that waits for nothing.

import { describe, expect, it } from 'vitest';
import { type Failure, failed, success } from '../../src/domain/failure.ts';
import { mergePages } from '../../src/gateway/lists/merge.ts';

const TOO_OFTEN: Failure = {
  kind: 'invalid-input',
  issues: [{ path: '', message: 'read too often' }],
};

describe.each(['by-time', 'own'] as const)('a list (%s)', (order) => {
  it.each([
    { circle: ['a'], shown: ['start', 'a'] },
    { circle: ['a', 'b', 'c'], shown: ['start', 'a', 'b', 'c'] },
  ])('that circles through $circle is shown once and ends', async ({ circle, shown }) => {
    let reads = 0;

    const page = await mergePages<string>(
      [
        {
          key: 'one',
          paging: 'token',
          order,
          size: 1,
          from: undefined,
          bound: { rows: Infinity, calls: Infinity },
          read: async (at) => {
            reads += 1;
            const place = at === null ? -1 : circle.indexOf(at);
            const next = circle[(place + 1) % circle.length] ?? null;
            return reads > 20 ? failed(TOO_OFTEN) : success({ items: [at ?? 'start'], next });
          },
          matches: () => true,
          idOf: (id) => id,
          timeOf: () => null,
        },
      ],
      10,
    );

    expect(page.rows.map(({ row }) => row)).toEqual(shown);
    expect(page.hasNext).toBe(false);
    expect(reads).toBe(circle.length + 1);
  });
});
