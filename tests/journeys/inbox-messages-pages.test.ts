// Where a page of messages ends and how it is gone on from, also while there is more to read, and without ids to go by.

import { describe, expect, it } from 'vitest';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { idsAt } from '../support/inbox.ts';
import { type StartOptions, startParlance, type TestParlance } from '../support/parlance.ts';
import { readThreads, threadsOf } from '../support/threads.ts';

describe('a page of messages', () => {
  it.each(ACCOUNTS)('at %s can be gone on from after any of its edges', async (account) => {
    const parlance = await startParlance({ ...ROOM, count: 5 });
    const longest = [...threadsOf(parlance.world, account)].toSorted(
      ([, one], [, other]) => other.length - one.length,
    )[0];
    const id = (await idsAt(parlance, account)).get(longest?.[0] ?? '');
    const { data } = await parlance.ask(PAGE, { id, first: 100 });
    const edges = listAt(data, 'conversation.messages.edges');
    const all = edges.map((edge) => textAt(edge, 'node.id'));

    for (const [index, edge] of edges.entries()) {
      const { data: following } = await parlance.ask(PAGE, {
        id,
        first: 4,
        after: textAt(edge, 'cursor'),
      });

      const ids = listAt(following, 'conversation.messages.edges').map((one) =>
        textAt(one, 'node.id'),
      );
      expect(ids).toEqual(all.slice(index + 1, index + 5));
      const more = at(following, 'conversation.messages.pageInfo.hasNextPage');
      expect(more).toBe(index + 5 < all.length);
    }
  });

  it.each(ACCOUNTS)('at %s loses and repeats nothing while customers write', async (account) => {
    const parlance = await startParlance({ ...ROOM, count: 5 });
    const longest = [...threadsOf(parlance.world, account)].toSorted(
      ([, one], [, other]) => other.length - one.length,
    )[0];
    const [nativeId = '', before = []] = longest ?? [];
    const id = (await idsAt(parlance, account)).get(nativeId);
    const shown: unknown[] = [];

    for (let after: string | null = null; ; ) {
      const answer = await parlance.ask(PAGE, { id, first: 2, after });
      const messages: unknown = at(answer.data, 'conversation.messages');
      shown.push(...listAt(messages, 'edges').map((edge) => at(edge, 'node.nativeId')));
      if (at(messages, 'pageInfo.hasNextPage') !== true) break;
      after = textAt(messages, 'pageInfo.endCursor');
      await write(parlance, account, nativeId);
    }

    expect(shown).toEqual(before.map((message) => message.nativeId));
  });

  it('is refused the cursor of another conversation', async () => {
    const parlance = await startParlance({ count: 4 });
    const [one, other] = (await idsAt(parlance, 'website')).values();
    const { data } = await parlance.ask(PAGE, { id: one, first: 1 });
    const after = textAt(data, 'conversation.messages.pageInfo.endCursor');

    const { data: none, errors } = await parlance.ask(PAGE, { id: other, first: 1, after });

    expect(none).toEqual({ conversation: { messages: null } });
    expect(errors).toMatchObject([
      {
        path: ['conversation', 'messages'],
        extensions: { code: 'INVALID_INPUT', issues: [{ path: 'after' }] },
      },
    ]);
  });

  it('of none asks nobody for any', async () => {
    const parlance = await startParlance({ count: 2 });
    const [id] = (await idsAt(parlance, 'website')).values();
    parlance.world.botpress.forget();

    const { data } = await parlance.ask(PAGE, { id, first: 0 });

    expect(listAt(data, 'conversation.messages.edges')).toEqual([]);
    expect(parlance.world.botpress.journal.map(({ path }) => path)).not.toContain(
      '/v1/chat/messages',
    );
  });
});

describe('messages without ids', () => {
  it.each([1, 7, 100])(
    'are all there once, under ids of their own, by pages of %i',
    async (first) => {
      const parlance = await startParlance({
        count: 12,
        chatling: { callsPerMinute: 100_000, messageIds: false, timestamps: 'mixed' },
      });
      const ids = await idsAt(parlance, 'help');

      const threads = await readThreads(parlance, [...ids.values()], {
        first,
        includeHidden: false,
      });

      const seen = new Set<string>();
      for (const [nativeId, said] of threadsOf(parlance.world, 'help')) {
        const read = threads.get(ids.get(nativeId) ?? '') ?? [];
        expect(read.map(({ text }) => text)).toEqual(said.map(({ text }) => text));
        expect(read.map((message) => message.nativeId)).toEqual(said.map(() => null));
        for (const { id } of read) seen.add(id);
      }
      const total = [...threads.values()].flat().length;
      expect(seen.size).toBe(total);
    },
  );

  it('have the same id on whatever page and within whatever they are met', async () => {
    const parlance = await startParlance({
      count: 8,
      chatling: { callsPerMinute: 100_000, messageIds: false },
    });
    const all = [...(await idsAt(parlance, 'help')).values()];

    const [byOne, bySeven, whole] = await Promise.all(
      [1, 7, 100].map((first) => readThreads(parlance, all, { first, includeHidden: false })),
    );

    expect(byOne).toEqual(whole);
    expect(bySeven).toEqual(whole);
  });
});

const PAGE = `query ($id: ID!, $first: Int!, $after: String) {
  conversation(id: $id) {
    messages(first: $first, after: $after, includeHidden: true) {
      edges { cursor node { id nativeId } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

/** One walk makes more calls than Chatling lets a key make in a minute. */
const ROOM: StartOptions = { chatling: { callsPerMinute: 100_000 } };

async function write(
  { world }: TestParlance,
  account: AccountName,
  conversationId: string,
): Promise<void> {
  const answer = await fetch(`${emulatorOf(world, account).url}/__emulator/say`, {
    method: 'POST',
    body: JSON.stringify({ conversationId, text: 'One more thing.' }),
  });
  expect(answer.status).toBe(201);
}
