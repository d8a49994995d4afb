// What one operation costs in calls, counted in the emulators' journals: the fewest their APIs allow.

import { describe, expect, it } from 'vitest';
import type { JournalRow } from '../../emulators/emulator.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { type InboxPage, inboxPage, walkInbox } from '../support/inbox.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

const CHATLING_PAGE = 5;
const TOKEN_PATH = '/api/v1/auth/oauth/token';

describe('the inbox of 20, cold,', () => {
  it('takes one call of each provider, and of Chatling as many pages as were looked at', async () => {
    const parlance = await startParlance();

    const page = await inboxPage(parlance, { first: 20 });

    expect(callsTo(parlance, 'website')).toHaveLength(1);
    expect(callsTo(parlance, 'assistant')).toHaveLength(1);
    expect(callsTo(parlance, 'support')).toHaveLength(1);
    expect(callsTo(parlance, 'help')).toHaveLength(fewestPages(page));
    expect(repeated(parlance)).toEqual([]);
  });

  it.each(['created', 'activity', 'own'] as const)(
    'takes the fewest pages of a Chatling that sorts by %s, for any number of rows',
    async (sortBy) => {
      for (const first of [1, 3, 10, 19, 33]) {
        const parlance = await startParlance({ count: 30, chatling: { sortBy } });

        const page = await inboxPage(parlance, { first });

        expect([first, callsTo(parlance, 'help').length]).toEqual([first, fewestPages(page)]);
        expect(callsTo(parlance, 'website')).toHaveLength(1);
      }
    },
  );

  it('renews Stack Auth’s token once, however much is asked', async () => {
    const parlance = await startParlance();

    await parlance.ask(`{
      one: conversations(first: 5) { nodes { native { ... on StackAuthConversation { entryPoints { id } } } } }
      two: conversations(first: 20) { nodes { messages(first: 5) { nodes { id } } } }
      three: conversations(first: 1, filter: { search: "order" }) { nodes { id } }
    }`);

    expect(tokenCalls(parlance)).toHaveLength(1);
    await inboxPage(parlance, { first: 20 });
    expect(tokenCalls(parlance)).toHaveLength(1);
  });

  it('asks nobody for providers that the filter leaves out', async () => {
    const parlance = await startParlance();

    await inboxPage(parlance, { first: 20, filter: { providers: ['assistant'] } });

    expect(ACCOUNTS.map((account) => callsTo(parlance, account).length)).toEqual([0, 0, 1, 0]);
    expect(tokenCalls(parlance)).toEqual([]);
  });

  it('asks nobody who lacks what the filter asks for', async () => {
    const parlance = await startParlance();

    await inboxPage(parlance, { first: 20, filter: { status: ['OPEN'] } });

    expect(ACCOUNTS.map((account) => callsTo(parlance, account).length)).toEqual([0, 0, 0, 1]);
  });
});

describe('a page of the inbox that is gone on to', () => {
  it('takes one call of each provider, and of Chatling one more at most for the overlap', async () => {
    const parlance = await startParlance();
    const first = await inboxPage(parlance, { first: 20 });
    forget(parlance);

    const second = await inboxPage(parlance, { first: 20, after: first.endCursor });

    expect(callsTo(parlance, 'website')).toHaveLength(1);
    expect(callsTo(parlance, 'assistant')).toHaveLength(1);
    expect(callsTo(parlance, 'support')).toHaveLength(1);
    const shown = [first, second].flatMap(({ rows }) => rows);
    const before = Math.floor(first.rows.filter(isAtChatling).length / CHATLING_PAGE);
    const upTo = fewestPages({ rows: shown });
    expect(callsTo(parlance, 'help').length).toBeLessThanOrEqual(upTo - before + 1);
    expect(repeated(parlance)).toEqual([]);
  });

  it.each(['website', 'assistant', 'support'] as const)(
    'takes one call where it is of %s alone, and the last one ends the walk',
    async (account) => {
      const parlance = await startParlance({ count: 12 });

      const pages = await walkInbox(parlance, { first: 4, filter: { providers: [account] } });

      expect(pages.map(({ rows }) => rows.length)).toEqual([4, 4, 4]);
      expect(callsTo(parlance, account)).toHaveLength(3);
    },
  );

  it('costs no more the further it is', async () => {
    const parlance = await startParlance({ count: 60, chatling: { callsPerMinute: 1000 } });
    const costs: number[] = [];

    await walkInbox(parlance, {
      first: 8,
      between: () => {
        costs.push(allCalls(parlance).length);
        forget(parlance);
      },
    });

    expect(Math.max(...costs)).toBeLessThanOrEqual(7);
  });
});

describe('messages within the inbox', () => {
  it.each([
    ['with', true],
    ['without', false],
  ] as const)(
    'take no call of Chatling, %s ids in it, and one a conversation elsewhere',
    async (_, messageIds) => {
      const parlance = await startParlance({ chatling: { messageIds } });

      const { data, errors } = await parlance.ask(THREADS);

      expect(errors).toEqual([]);
      const nodes = listAt(data, 'conversations.nodes');
      const listed = (account: AccountName) =>
        nodes.filter((node) => at(node, 'provider.name') === account).length;
      expect(nodes).toHaveLength(20);
      expect(listed('help')).toBeGreaterThan(0);
      expect(callsTo(parlance, 'help')).toHaveLength(
        fewestPages({ rows: nodes.map((node) => ({ key: `${textAt(node, 'provider.name')}/` })) }),
      );
      for (const account of ['website', 'assistant', 'support'] as const) {
        expect(callsTo(parlance, account).length).toBeLessThanOrEqual(1 + listed(account));
      }
      expect(repeated(parlance)).toEqual([]);
      for (const node of nodes) expect(listAt(node, 'messages.nodes').length).toBeGreaterThan(0);
    },
  );

  it('and all that hangs on them cost nothing more', async () => {
    // Told at the same moment, or a second between them puts another conversation on the page.
    const clock = testClock();
    const plain = await startParlance({ count: 10, clock });
    await plain.ask(THREADS);
    const parlance = await startParlance({ count: 10, clock });

    const { data, errors } = await parlance.ask(`{
      conversations(first: 20) { nodes {
        id nativeId provider { name health { state } } title tags { key } tag(key: "plan") { value }
        contact { id name } assignee { name } messageCount
        native { __typename ... on StackAuthConversation { entryPoints { id channelType } metadata { tags } } }
        messages(first: 5) {
          nodes {
            id text author { id name } citations { url }
            conversation { id title sortedAt native { ... on StackAuthConversation { entryPoints { id } } } }
          }
        }
        again: messages(first: 5) { edges { cursor node { id conversation { id } } } }
      } }
    }`);

    expect(errors).toEqual([]);
    expect(callsOf(parlance)).toEqual(callsOf(plain));
    for (const node of listAt(data, 'conversations.nodes')) {
      const { id, title } = Object(node);
      for (const message of listAt(node, 'messages.nodes')) {
        expect(at(message, 'conversation')).toMatchObject({ id, title });
      }
    }
  });
});

describe('one operation', () => {
  it('asks the same once, by whatever names it is asked', async () => {
    const parlance = await startParlance({ count: 6 });
    const ids = await idsIn(parlance);
    forget(parlance);

    const { data, errors } = await parlance.ask(
      `query ($ids: [ID!]!, $first: ID!) {
        inbox: conversations(first: 20) { ...Threads }
        again: conversations(first: 20) { ...Threads }
        nodes(ids: $ids) { ...Whole }
        twice: nodes(ids: $ids) { ...Whole }
        node(id: $first) { ...Whole }
        conversation(id: $first) { ...Whole }
      }
      fragment Threads on ConversationConnection { nodes { ...Whole some: messages(first: 3) { nodes { id } } } }
      fragment Whole on Conversation {
        id title
        native { ... on StackAuthConversation { entryPoints { id } } }
        messages(first: 5) { nodes { id conversation { id } } }
      }`,
      { ids, first: ids[0] },
    );

    expect(errors).toEqual([]);
    expect(at(data, 'again')).toEqual(at(data, 'inbox'));
    expect(at(data, 'twice')).toEqual(at(data, 'nodes'));
    expect(at(data, 'node')).toEqual(at(data, 'conversation'));
    expect(repeated(parlance)).toEqual([]);
  });

  it('takes one call for a conversation of Stack Auth with its messages and entry points', async () => {
    const parlance = await startParlance({ count: 3 });
    const id = (await idsIn(parlance)).find((one) => nameIn(one) === 'support');
    forget(parlance);

    const { errors } = await parlance.ask(
      `query ($id: ID!) {
        node(id: $id) { ... on Conversation {
          native { ... on StackAuthConversation { entryPoints { id } } }
          messages(first: 100) { nodes { id conversation { messageCount } } }
        } }
      }`,
      { id },
    );

    expect(errors).toEqual([]);
    expect(allCalls(parlance)).toHaveLength(1);
  });

  it.each([
    ['website', 2],
    ['help', 1],
    ['assistant', 2],
    ['support', 1],
  ] as const)(
    'takes a conversation of %s and its newest messages in %i',
    async (account, calls) => {
      const parlance = await startParlance({ count: 3 });
      const id = (await idsIn(parlance)).find((one) => nameIn(one) === account);
      forget(parlance);

      const { errors } = await parlance.ask(
        'query ($id: ID!) { conversation(id: $id) { title messages(first: 5) { nodes { text } } } }',
        { id },
      );

      expect(errors).toEqual([]);
      expect(allCalls(parlance)).toHaveLength(calls);
    },
  );

  it('asks anew what another one asked before', async () => {
    const parlance = await startParlance({ count: 3 });
    await inboxPage(parlance, { first: 20 });
    const once = allCalls(parlance).length;

    await inboxPage(parlance, { first: 20 });

    expect(allCalls(parlance)).toHaveLength(2 * once);
  });

  it('asks a provider that failed no second time for the same', async () => {
    const parlance = await startParlance({ count: 3 });
    for (const account of ACCOUNTS) {
      const match = account === 'support' ? { path: '/api/v1/internal' } : {};
      emulatorOf(parlance.world, account).inject({ kind: 'status', status: 500, match });
    }

    await parlance.ask(`{
      conversations(first: 20) { nodes { id } sources { status } }
      again: conversations(first: 20) { nodes { id } sources { status } }
    }`);

    expect(repeated(parlance)).toEqual([]);
    expect(allCalls(parlance)).toHaveLength(4);
  });
});

const THREADS = `{
  conversations(first: 20) {
    nodes { provider { name } messages(first: 5) { nodes { id } } }
  }
}`;

/** Pages up to the row that says what follows; the page's last row ends it without one. */
function fewestPages({
  rows,
}: {
  readonly rows: readonly Pick<InboxPage['rows'][number], 'key'>[];
}) {
  const shown = rows.filter(isAtChatling).length;
  const last = rows.at(-1);
  const needed = last && isAtChatling(last) ? shown : shown + 1;
  return Math.ceil(needed / CHATLING_PAGE);
}

function isAtChatling({ key }: { readonly key: string }): boolean {
  return key.startsWith('help/');
}

/** Without renewals of the token. */
function callsTo({ world }: TestParlance, account: AccountName): JournalRow[] {
  return emulatorOf(world, account).journal.filter(({ path }) => path !== TOKEN_PATH);
}

function tokenCalls({ world }: TestParlance): JournalRow[] {
  return world.stackAuth.journal.filter(({ path }) => path === TOKEN_PATH);
}

function allCalls(parlance: TestParlance): JournalRow[] {
  return ACCOUNTS.flatMap((account) => callsTo(parlance, account));
}

/** As the questions they were, in no order. */
function callsOf(parlance: TestParlance): string[] {
  return ACCOUNTS.flatMap((account) =>
    callsTo(parlance, account).map((row) => `${account} ${questionOf(row)}`),
  ).toSorted();
}

/** Questions asked more than once, renewals of the token included. */
function repeated({ world }: TestParlance): string[] {
  return ACCOUNTS.flatMap((account) => {
    const asked = emulatorOf(world, account).journal.map(questionOf);
    return asked.filter((question, index) => asked.indexOf(question) < index);
  });
}

function questionOf({ method, path, query }: JournalRow): string {
  return `${method} ${path}?${query}`;
}

function forget({ world }: TestParlance): void {
  for (const account of ACCOUNTS) emulatorOf(world, account).forget();
}

async function idsIn(parlance: TestParlance): Promise<string[]> {
  const page = await inboxPage(parlance, { first: 100 });
  return page.rows.map(({ id }) => id);
}

function nameIn(id: string): string | undefined {
  return Buffer.from(id, 'base64url').toString('utf8').split(':')[1];
}
