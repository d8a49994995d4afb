// The inbox: its order, its pages, its filters, before and after the service had pages.

import { describe, expect, it } from 'vitest';
import type { ConversationRow } from '../../emulators/stack-auth/store.ts';
import {
  bad,
  changingBodies,
  good,
  INBOX,
  NOBODY,
  NOW_MS,
  newCall,
  openAccount,
  walk,
} from './stack-auth-account.ts';

describe('the order', () => {
  it('is that of the latest message, newest first, and sortedAt is its time', async () => {
    const { list, messages, store } = await openAccount();

    const { items } = good(await list({ size: 200 }));

    expect(items).toHaveLength(store.conversations.size);
    for (const { nativeId, sortedAt, lastActivityAt } of items) {
      expect(sortedAt.toISOString()).toBe(messages(nativeId).at(-1)?.createdAt);
      expect(lastActivityAt).toEqual(sortedAt);
    }
    const times = items.map(({ sortedAt }) => sortedAt.getTime());
    expect(times).toEqual(times.toSorted((one, other) => other - one));
  });

  it('is moved by a note, and not by a change of attributes', async () => {
    const { list, update, send, pass } = await openAccount();
    const before = good(await list({ size: 200 })).items.map(({ nativeId }) => nativeId);
    const [oldest = '', older = ''] = before.toReversed();
    pass(60_000);

    good(await update(older, { priority: 'URGENT' }));
    good(await send(oldest, 'Seen again.', { kind: 'NOTE', visibility: 'INTERNAL' }));

    const after = good(await list({ size: 200 })).items;
    expect(after.map(({ nativeId }) => nativeId)).toEqual([oldest, ...before.slice(0, -1)]);
    expect(after[0]?.sortedAt).toEqual(new Date(NOW_MS + 60_000));
  });

  it('keeps a row that does not say its time in its place', async () => {
    const silent = { lastActivityAt: null, lastMessageAt: 'soon', createdAt: undefined };
    const { list } = await openAccount({
      wrap: changingRows((row, index) =>
        index === 0 || index === 3 ? { ...row, ...silent } : row,
      ),
    });

    const { items } = good(await list({ size: 6 }));

    expect(items.map(({ createdAt }) => createdAt === null)).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(items[0]?.sortedAt).toEqual(items[1]?.sortedAt);
    expect(items[3]?.sortedAt).toEqual(items[2]?.sortedAt);
    expect(items[0]?.lastActivityAt).toBeNull();
  });
});

describe('pages', () => {
  it.each([1, 3, 7, 40, 200])('of %i lead through the whole inbox', async (size) => {
    const { list, store } = await openAccount();

    const ids = await walk(list, { size });

    expect(ids).toHaveLength(store.conversations.size);
    expect(new Set(ids)).toEqual(new Set(store.conversations.keys()));
  });

  it('cost one call each, also where far more rows are wanted than the service gives', async () => {
    const { list, journal } = await openAccount();

    const { next } = good(await list({ size: 5_000 }));

    expect(next).toBeNull();
    expect(journal.map(({ method, path }) => [method, path])).toEqual([['GET', INBOX]]);
    expect(new URLSearchParams(journal[0]?.query).get('limit')).toBe('200');
  });

  it('hold 200 rows at most, and the next one begins after them', async () => {
    const { list, create, find, store } = await openAccount();
    const contactId = find((row) => row.userId !== null).userId ?? NOBODY;
    for (let index = store.conversations.size; index < 205; index += 1) {
      good(await create({ title: `No ${index}`, contactId, message: 'Hello' }));
    }

    const first = good(await list({ size: 300 }));
    const second = good(await list({ size: 300, at: first.next }));

    expect([first.items.length, first.next]).toEqual([200, '200']);
    expect([second.items.length, second.next]).toEqual([5, null]);
  });

  it('begin at the first row where the place is no number', async () => {
    const { list } = await openAccount();

    const first = good(await list({ size: 2 }));

    expect(good(await list({ size: 2, at: 'nowhere' })).items).toEqual(first.items);
  });

  it('are asked for once during one operation', async () => {
    const { list, journal } = await openAccount();
    const call = newCall();

    await Promise.all([list({}, call), list({}, call)]);
    await list({}, call);

    expect(journal).toHaveLength(1);
  });

  it('leave out a row that has no id and keep count of it', async () => {
    const { list } = await openAccount({
      wrap: changingRows((row, index) => (index === 1 ? { ...row, conversationId: 7 } : row)),
    });

    const { items, next } = good(await list({ size: 4 }));

    expect(items).toHaveLength(3);
    expect(next).toBe('4');
  });

  it('end where the service promises more and gives nothing', async () => {
    const { list } = await openAccount({
      wrap: changingBodies(() => ({ conversations: [], hasMore: true })),
    });

    expect(good(await list())).toEqual({ items: [], next: null });
  });

  it('that are no list are unavailable, with the place where the shape broke', async () => {
    const { list } = await openAccount({ wrap: changingBodies(() => ({ rows: [] })) });

    expect(bad(await list())).toMatchObject({
      kind: 'unavailable',
      because: 'its answer was not shaped as expected: conversations',
    });
  });
});

describe('before the service had pages', () => {
  it('all of it comes at once, and there is no next page', async () => {
    const { list, store } = await openAccount({ era: 'feature-branch' });

    const { items, next } = good(await list({ size: 3 }));

    expect(next).toBeNull();
    expect(items).toHaveLength(store.conversations.size);
  });

  it('a page from further on is cut from the whole', async () => {
    const { list } = await openAccount({ era: 'feature-branch' });
    const { items } = good(await list());

    const later = good(await list({ at: '12', size: 3 }));

    expect(later).toEqual({ items: items.slice(12), next: null });
  });

  it('the refused question is asked once in the life of the account', async () => {
    const { list, journal } = await openAccount({ era: 'feature-branch' });

    await list();
    await list();

    expect(journal.map(({ status }) => status)).toEqual([400, 200, 200]);
  });

  it.each([
    ['100%', ['100% off']],
    ['a_b', ['a_b']],
    ['back\\slash', ['back\\slash']],
  ])('a search for %s means what it says', async (search, found) => {
    const subjects = ['100% off', '1000 off', 'a_b', 'axb', 'back\\slash', 'backslash'];
    for (const era of ['feature-branch', 'current'] as const) {
      const { list, create, find } = await openAccount({ era });
      const contactId = find((row) => row.userId !== null).userId ?? NOBODY;
      for (const title of subjects) good(await create({ title, contactId, message: 'Hello' }));

      const { items } = good(await list({ filter: { search } }));

      expect(items.map(({ title }) => title)).toEqual(found);
    }
  });

  it('an answer that does not say whether there is more is taken for the whole', async () => {
    const { list, store } = await openAccount({
      wrap: changingBodies((body) => {
        const { hasMore: _gone, ...rest } = Object(body);
        return rest;
      }),
    });

    const { items, next } = good(await list({ size: 3, at: '2' }));

    expect(next).toBeNull();
    expect(items).toHaveLength(store.conversations.size - 2);
  });

  it('a service that has pages since is asked for them again', async () => {
    let before = true;
    const { list, store } = await openAccount({
      wrap: changingBodies((body) => {
        const { hasMore, ...rest } = Object(body);
        return before ? rest : { ...rest, hasMore };
      }),
    });
    await list();
    before = false;

    const now = good(await list({ size: 3 }));
    const next = good(await list({ size: 3 }));

    expect(now.items).toHaveLength(store.conversations.size);
    expect(next.items).toHaveLength(3);
    expect(next.next).toBe('3');
  });
});

describe('filters', () => {
  it('by contact are the service’s own', async () => {
    const { list, store, find } = await openAccount();
    const contactId = find((row) => row.userId !== null).userId ?? NOBODY;

    const { items } = good(await list({ filter: { contactId } }));

    const theirs = [...store.conversations.values()].filter(({ userId }) => userId === contactId);
    expect(new Set(items.map(({ nativeId }) => nativeId))).toEqual(
      new Set(theirs.map(({ id }) => id)),
    );
    expect(theirs.length).toBeGreaterThan(0);
  });

  it('by somebody who is nobody find nothing, and no call is made for what is no uuid', async () => {
    const { list, journal } = await openAccount();

    expect(good(await list({ filter: { contactId: 'user_1' } })).items).toEqual([]);
    expect(journal).toHaveLength(0);
    expect(good(await list({ filter: { contactId: NOBODY } })).items).toEqual([]);
    expect(journal).toHaveLength(1);
  });

  it.each(['OPEN', 'PENDING', 'CLOSED'] as const)(
    'by the one status %s fetch no other rows',
    async (status) => {
      const { list, store } = await openAccount();

      const { items } = good(await list({ filter: { status: [status, status] } }));

      const wanted = status.toLowerCase();
      const there = [...store.conversations.values()].filter((row) => row.status === wanted);
      expect(items).toHaveLength(there.length);
      expect(items.every((row) => row.status === status)).toBe(true);
    },
  );

  it.each([[['OPEN', 'CLOSED']], [['UNKNOWN']], [['OPEN', 'UNKNOWN']], [[]]] as const)(
    'by the statuses %j lose no row that matches',
    async (status) => {
      const { list, store } = await openAccount();

      const { items } = good(await list({ filter: { status: [...status] } }));

      expect(items).toHaveLength(store.conversations.size);
    },
  );

  it('by text find the subject, the latest message and the user', async () => {
    const { list, find, messages, store } = await openAccount();
    const row = find(({ userId }) => userId !== null && store.users.has(userId));
    const user = store.users.get(row.userId ?? '');
    const latest = messages(row.id).findLast(({ body }) => body !== null);
    const isLatest = messages(row.id).at(-1) === latest;

    for (const search of [
      row.subject.toUpperCase(),
      `  ${user?.primaryEmail}  `,
      ...(isLatest ? [latest?.body ?? ''] : []),
    ]) {
      const { items } = good(await list({ filter: { search }, size: 200 }));
      expect(items.map(({ nativeId }) => nativeId)).toContain(row.id);
    }
    expect(good(await list({ filter: { search: 'no such words anywhere' } })).items).toEqual([]);
  });

  it('by blank text are none', async () => {
    const { list, journal, store } = await openAccount();

    const { items } = good(await list({ filter: { search: '   ' }, size: 200 }));

    expect(items).toHaveLength(store.conversations.size);
    expect(new URLSearchParams(journal[0]?.query).has('query')).toBe(false);
  });

  it('the service does not have are left to the gateway, and those of nobody are named lacking', async () => {
    const { provider, list, store } = await openAccount();
    const { CONVERSATION_LIST: verb } = provider.can;

    const { items } = good(
      await list({
        filter: {
          channel: 'email',
          tags: [{ key: 'vip', value: null }],
          createdAfter: new Date(NOW_MS),
          createdBefore: new Date(0),
        },
        size: 200,
      }),
    );

    expect(items).toHaveLength(store.conversations.size);
    expect(verb).toMatchObject({
      filters: {
        channel: 'scanned',
        contactId: 'pushed',
        tags: 'scanned',
        status: 'scanned',
        archived: 'lacking',
        important: 'lacking',
        createdAfter: 'scanned',
        createdBefore: 'scanned',
        search: 'pushed',
      },
    });
  });
});

function changingRows(change: (row: Partial<ConversationRow>, index: number) => unknown) {
  return changingBodies((body) => {
    const { conversations, ...rest } = Object(body);
    return {
      ...rest,
      conversations: Array.isArray(conversations) ? conversations.map(change) : [],
    };
  });
}
