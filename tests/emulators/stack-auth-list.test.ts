// Listing and searching the emulated Stack Auth inbox over raw HTTP.

import { describe, expect, it } from 'vitest';
import { callStackAuth, idsOf, NOBODY, recordOf, rowsOf, TALES } from './stack-auth-caller.ts';

describe('the list', () => {
  it('is ordered by the newest message, then by id, both descending', async () => {
    const { list } = await callStackAuth({ tales: TALES });

    const keys = rowsOf((await list()).body, 'conversations').map(
      ({ lastActivityAt, conversationId }) => `${String(lastActivityAt)} ${String(conversationId)}`,
    );

    expect(keys).toHaveLength(40);
    expect(keys).toEqual(keys.toSorted().toReversed());
  });

  it('breaks ties of the same millisecond by id', async () => {
    const { create, addUser, list } = await callStackAuth();
    const { id: userId } = addUser('nora', {});
    for (let count = 0; count < 5; count += 1) await create({ userId });

    const ids = idsOf(await list());

    expect(ids).toEqual(ids.toSorted().toReversed());
  });

  it('pages by offset, and knows by one row too many whether there is more', async () => {
    const { list } = await callStackAuth({ tales: TALES });
    const all = idsOf(await list());

    const first = await list({ limit: '20' });
    const second = await list({ limit: '20', offset: '20' });
    const beyond = await list({ offset: '40' });

    expect(first.body).toMatchObject({ hasMore: true });
    expect(second.body).toMatchObject({ hasMore: false });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(all);
    expect(beyond.body).toEqual({ conversations: [], hasMore: false });
  });

  it.each([
    ['0', 1],
    ['-7', 1],
    ['3.9', 3],
    ['12abc', 12],
    ['plenty', 200],
    ['', 200],
    ['1000', 200],
  ])('takes a limit of "%s" for %i', async (limit, expected) => {
    const { list } = await callStackAuth({ tales: manyTales() });

    const { body } = await list({ limit });

    expect(rowsOf(body, 'conversations')).toHaveLength(expected);
  });

  it('takes an offset that is negative or no number for none', async () => {
    const { list } = await callStackAuth({ tales: TALES });
    const all = idsOf(await list());

    expect(idsOf(await list({ offset: '-3' }))).toEqual(all);
    expect(idsOf(await list({ offset: 'far' }))).toEqual(all);
  });

  it('shows 200 at most, and the rest behind them', async () => {
    const { list } = await callStackAuth({ tales: manyTales() });

    const first = await list();
    const rest = await list({ offset: '200' });

    expect(idsOf(first)).toHaveLength(200);
    expect(first.body).toMatchObject({ hasMore: true });
    expect(idsOf(rest)).toHaveLength(3);
    expect(rest.body).toMatchObject({ hasMore: false });
  });

  it('filters by status and by user', async () => {
    const { list, store } = await callStackAuth({ tales: TALES });
    const rows = [...store.conversations.values()];
    const userId = rows.find((row) => row.userId !== null)?.userId ?? '';

    const closed = idsOf(await list({ status: 'closed' }));
    const theirs = idsOf(await list({ userId: userId.toUpperCase() }));
    const both = idsOf(await list({ userId, status: 'closed' }));
    const nobodys = idsOf(await list({ userId: NOBODY }));

    const ids = (kept: typeof rows) => kept.map(({ id }) => id).toSorted();
    const isClosed = ({ status }: (typeof rows)[number]) => status === 'closed';
    const isTheirs = (row: (typeof rows)[number]) => row.userId === userId;
    expect(closed.toSorted()).toEqual(ids(rows.filter(isClosed)));
    expect(theirs.toSorted()).toEqual(ids(rows.filter(isTheirs)));
    expect(both.toSorted()).toEqual(ids(rows.filter(isTheirs).filter(isClosed)));
    expect(nobodys).toEqual([]);
  });

  it.each([
    [
      { status: 'solved' },
      'query.status must be one of the following values: open, pending, closed',
    ],
    [{ userId: 'nora' }, 'query.userId must be a valid UUID'],
    [{ projectId: 'Internal' }, 'query.projectId is invalid'],
    [{ cursor: 'abc' }, 'query contains unknown properties: cursor'],
  ])('refuses %j', async (query, reason) => {
    const { list } = await callStackAuth();

    const { status, body } = await list(query);

    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'SCHEMA_ERROR',
      details: {
        message: `Request validation failed on GET /api/v1/internal/conversations:\n  - ${reason}`,
      },
    });
  });

  it('keeps to the project that was asked for', async () => {
    const { list, store } = await callStackAuth({ tales: TALES });
    const staging = [...store.projects.values()].find(
      ({ displayName }) => displayName === 'Larkfield Staging',
    );

    expect(idsOf(await list({ projectId: String(staging?.id) }))).toEqual([]);
  });

  it('shows a note as the latest message to agents', async () => {
    const { list, store, patch } = await callStackAuth({ tales: TALES });
    const last = idsOf(await list()).at(-1) ?? '';
    expect(store.conversations.has(last)).toBe(true);

    await patch(last, { type: 'internal-note', body: 'Look at this again.' });

    const [top] = rowsOf((await list({ limit: '1' })).body, 'conversations');
    expect(top).toMatchObject({
      conversationId: last,
      lastMessageType: 'internal-note',
      preview: 'Look at this again.',
    });
  });
});

describe('the search', () => {
  async function callWithThree() {
    const caller = await callStackAuth();
    const nora = caller.addUser('nora', {
      displayName: 'Nora Field',
      primaryEmail: 'nora@example.com',
    });
    const omar = caller.addUser('omar', { displayName: null, primaryEmail: 'o_mar@example.org' });
    const ids: string[] = [];
    for (const [userId, subject, initialMessage] of [
      [nora.id, 'Invoice 100%', 'Please send it again'],
      [omar.id, 'Lost parcel', 'Where is it?'],
      [nora.id, 'Invoice 100 euro', 'Too much'],
    ]) {
      const { body } = await caller.create({ userId, subject, initialMessage });
      ids.push(String(recordOf(body)['conversationId']));
      caller.pass(1000);
    }
    const find = async (query: string) => {
      const found = idsOf(await caller.list({ query }));
      return found.map((id) => ids.indexOf(id)).toSorted((one, other) => one - other);
    };
    return { ...caller, ids, nora, find };
  }

  it('looks for the text anywhere, in subject, name, address and latest message, whatever its case', async () => {
    const { find } = await callWithThree();

    expect(await find('PARCEL')).toEqual([1]);
    expect(await find('field')).toEqual([0, 2]);
    expect(await find('@example.org')).toEqual([1]);
    expect(await find('too MUCH')).toEqual([2]);
    expect(await find('  lost  ')).toEqual([1]);
  });

  it('ignores a blank query', async () => {
    const { find } = await callWithThree();

    expect(await find('')).toEqual([0, 1, 2]);
    expect(await find('   ')).toEqual([0, 1, 2]);
  });

  it('no longer finds what was said before the latest message', async () => {
    const { find, patch, ids } = await callWithThree();

    await patch(String(ids[1]), { type: 'reply', body: 'Which parcel number?' });

    expect(await find('where is it')).toEqual([]);
    expect(await find('which')).toEqual([1]);
  });

  it('no longer finds a deleted user by name', async () => {
    const { find, store, nora } = await callWithThree();

    store.users.delete(nora.id);

    expect(await find('nora')).toEqual([]);
    expect(await find('invoice')).toEqual([0, 2]);
  });

  it('takes wildcards as they are written', async () => {
    const { find } = await callWithThree();

    expect(await find('100%')).toEqual([0]);
    expect(await find('o_mar')).toEqual([1]);
    expect(await find('n_ra')).toEqual([]);
  });
});

/** Three more than one answer may hold. */
function manyTales() {
  return Array.from({ length: 6 }, (_, round) =>
    TALES.map((tale) => ({ ...tale, key: `${tale.key}-${round}` })),
  )
    .flat()
    .slice(0, 203);
}
