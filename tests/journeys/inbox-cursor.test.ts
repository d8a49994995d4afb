// Where a page of the inbox ends and how it is gone on from: cursors that hold, are bound to their question, and are nobody's to write.

import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/answer.ts';
import { inboxPage, keysOf, walkInbox } from '../support/inbox.ts';
import { startParlance } from '../support/parlance.ts';

describe('a page of the inbox', () => {
  it('can be gone on from after any of its edges', async () => {
    const parlance = await startParlance({ count: 9 });
    const all = keysOf(await walkInbox(parlance, { first: 100 }));
    const page = await inboxPage(parlance, { first: 20 });

    for (const [index, { cursor }] of page.rows.entries()) {
      const following = await inboxPage(parlance, { first: 12, after: cursor });

      expect(keysOf([following])).toEqual(all.slice(index + 1, index + 13));
    }
  });

  it('can be gone on from after any edge of a page that was gone on to itself', async () => {
    const parlance = await startParlance({ count: 9, chatling: { sortBy: 'own' } });
    const all = keysOf(await walkInbox(parlance, { first: 100 }));
    let shown = 0;
    let after: string | null = null;

    // From edge to edge by steps of no page size: each cursor comes from the middle of a page.
    while (shown < all.length) {
      const page: Awaited<ReturnType<typeof inboxPage>> = await inboxPage(parlance, {
        first: 8,
        after,
      });
      expect(keysOf([page])).toEqual(all.slice(shown, shown + 8));
      const step = Math.min(3, page.rows.length);
      after = page.rows[step - 1]?.cursor ?? null;
      shown += step;
    }
  });

  it('says in its page info what its edges say', async () => {
    const { ask } = await startParlance({ count: 6 });

    const { data } = await ask(`{ conversations(first: 5) {
      nodes { id } edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }`);

    const edges = listAt(data, 'conversations.edges');
    expect(listAt(data, 'conversations.nodes')).toEqual(edges.map((edge) => at(edge, 'node')));
    expect(at(data, 'conversations.pageInfo')).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: at(edges[0], 'cursor'),
      endCursor: at(edges[4], 'cursor'),
    });
  });

  it('of the whole inbox at once says that nothing follows', async () => {
    const parlance = await startParlance({ count: 6 });

    const page = await inboxPage(parlance, { first: 100 });

    expect(page.rows).toHaveLength(24);
    expect(page.hasNextPage).toBe(false);
  });

  it('of an inbox that is empty is empty, and nothing follows', async () => {
    const parlance = await startParlance({ count: 0 });

    const page = await inboxPage(parlance, { first: 20 });

    expect(page).toMatchObject({ rows: [], hasNextPage: false, endCursor: null });
    expect(page.sources.map(({ status }) => status)).toEqual(['FRESH', 'FRESH', 'FRESH', 'FRESH']);
  });

  it('has twenty rows where no size is asked for', async () => {
    const { ask } = await startParlance({ count: 8 });

    const { data } = await ask('{ conversations { nodes { id } } }');

    expect(listAt(data, 'conversations.nodes')).toHaveLength(20);
  });
});

describe('a cursor', () => {
  it('is refused with another filter, and says what to do', async () => {
    const { ask } = await startParlance({ count: 3 });
    const { data } = await ask('{ conversations(first: 2) { pageInfo { endCursor } } }');
    const after = textAt(data, 'conversations.pageInfo.endCursor');

    const { data: none, errors } = await ask(
      `query ($after: String) {
        conversations(first: 2, after: $after, filter: { providers: ["help"] }) { nodes { id } }
      }`,
      { after },
    );

    expect(none).toBeNull();
    expect(errors).toMatchObject([
      {
        path: ['conversations'],
        extensions: {
          code: 'INVALID_INPUT',
          issues: [
            {
              path: 'after',
              message:
                'belongs to another filter or conversation; ask as before, or begin again without it.',
            },
          ],
        },
      },
    ]);
  });

  it('is taken with the same filter written in another order', async () => {
    const parlance = await startParlance({ count: 5 });
    const written = { providers: ['help'], archived: false };
    const rewritten = { archived: false, providers: ['help'] };
    const all = keysOf(await walkInbox(parlance, { first: 100, filter: written }));
    const page = await inboxPage(parlance, { first: 1, filter: written });

    const following = await inboxPage(parlance, {
      first: 100,
      filter: rewritten,
      after: page.endCursor,
    });

    expect(keysOf([page, following])).toEqual(all);
  });

  it('of somebody else’s making is refused', async () => {
    const { ask } = await startParlance({ count: 3 });
    const { data } = await ask('{ conversations(first: 2) { pageInfo { endCursor } } }');
    const cursor = textAt(data, 'conversations.pageInfo.endCursor');

    const letter = cursor.startsWith('B') ? 'C' : 'B';
    const changed = `${letter}${cursor.slice(1)}`;
    for (const after of ['', 'offset:20', `${cursor}A`, cursor.slice(1), changed]) {
      const { errors } = await ask(
        'query ($after: String) { conversations(after: $after) { nodes { id } } }',
        { after },
      );

      expect(errors).toMatchObject([
        {
          extensions: {
            code: 'INVALID_INPUT',
            issues: [
              {
                path: 'after',
                message: 'is not a cursor of this gateway; begin again without it.',
              },
            ],
          },
        },
      ]);
    }
  });

  it('shows a client nothing of what it holds', async () => {
    const parlance = await startParlance({ count: 6 });
    const { rows, endCursor } = await inboxPage(parlance, { first: 9 });

    const bytes = Buffer.from(endCursor ?? '', 'base64url').toString('latin1');

    for (const { key } of rows) {
      const [provider = '', nativeId = ''] = key.split('/');
      expect(bytes).not.toContain(provider);
      expect(bytes).not.toContain(nativeId);
    }
  });
});

describe('a size', () => {
  it.each([-1, 101])('of %i is refused with its path and what to ask instead', async (first) => {
    const { ask, world } = await startParlance({ count: 1 });

    const { errors } = await ask(`{ conversations(first: ${first}) { nodes { id } } }`);

    expect(errors).toMatchObject([
      {
        extensions: {
          code: 'INVALID_INPUT',
          issues: [
            {
              path: 'first',
              message: 'must be from 0 to 100; ask for more with after: pageInfo.endCursor.',
            },
          ],
        },
      },
    ]);
    expect(world.botpress.journal).toEqual([]);
  });

  it('of 0 asks no provider and leaves the place where it was', async () => {
    const parlance = await startParlance({ count: 4 });
    const all = keysOf(await walkInbox(parlance, { first: 100 }));
    const page = await inboxPage(parlance, { first: 3 });
    parlance.world.botpress.forget();

    const none = await inboxPage(parlance, { first: 0, after: page.endCursor });

    expect(none).toMatchObject({ rows: [], hasNextPage: true });
    expect(parlance.world.botpress.journal).toEqual([]);
    const rest = await inboxPage(parlance, { first: 100, after: none.endCursor });
    expect(keysOf([page, rest])).toEqual(all);
  });
});
