// The conversations of one person: by the id a provider has for them, or by the gateway's.

import { describe, expect, it } from 'vitest';
import { ACCOUNTS, type AccountName } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { factsOf } from '../support/facts.ts';
import { expectFound, treated } from '../support/found.ts';
import { inboxPage, keysOf } from '../support/inbox.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

describe('a filter by contact', () => {
  it.each(ACCOUNTS)('finds their conversations at %s by its own id of them', async (account) => {
    const parlance = await startParlance();
    const contactId = somebodyAt(parlance, account);

    await expectFound(parlance, {
      filter: { contactId },
      treatments: treated('pushed', 'scanned', 'pushed', 'pushed'),
      meets: ({ contactIds }) => contactIds.includes(contactId),
    });
  });

  it('finds nobody at a Stack Auth to which their id is no user’s, and fails nobody', async () => {
    const parlance = await startParlance({ stackAuth: { era: 'feature-branch' } });
    // Uuids in their shape and of no version that Stack Auth takes.
    const contactId = somebodyAt(parlance, 'help');

    const page = await inboxPage(parlance, { first: 100, filter: { contactId } });

    expect(page.hasNextPage).toBe(false);
    expect(page.sources.map(({ status }) => status)).toEqual(['FRESH', 'FRESH', 'FRESH', 'FRESH']);
  });

  it.each(['help', 'assistant', 'support'] as const)(
    'by global id asks %s alone',
    async (account) => {
      const parlance = await startParlance();
      const nativeId = somebodyAt(parlance, account);
      const contactId = await globalIdOf(parlance, nativeId);
      for (const name of ['botpress', 'chatling', 'chatbotkit', 'stackAuth'] as const) {
        parlance.world[name].forget();
      }

      const page = await inboxPage(parlance, { first: 100, filter: { contactId } });

      const expected = factsOf(parlance.world).filter(({ contactIds }) =>
        contactIds.includes(nativeId),
      );
      expect(keysOf([page]).toSorted()).toEqual(expected.map(({ key }) => key).toSorted());
      expect(page.sources).toMatchObject([{ name: account, status: 'FRESH' }]);
    },
  );

  it('takes who wrote a message where a conversation does not say whom it is with', async () => {
    const parlance = await startParlance();
    const { data } = await parlance.ask(`{
      conversations(first: 1, filter: { providers: ["website"] }) {
        nodes { contact { id } messages(first: 100) { nodes { role author { id nativeId } } } }
      }
    }`);
    const node = listAt(data, 'conversations.nodes')[0];
    const message = listAt(node, 'messages.nodes').find((one) => at(one, 'role') === 'USER');

    const page = await inboxPage(parlance, {
      first: 100,
      filter: { contactId: textAt(message, 'author.id') },
    });

    const nativeId = textAt(message, 'author.nativeId');
    const expected = factsOf(parlance.world).filter((one) => one.contactIds.includes(nativeId));
    expect(at(node, 'contact')).toBeNull();
    expect(expected.length).toBeGreaterThan(0);
    expect(keysOf([page]).toSorted()).toEqual(expected.map(({ key }) => key).toSorted());
    expect(page.sources.map(({ name }) => name)).toEqual(['website']);
  });

  it('of a provider that is not asked finds nobody and asks nobody', async () => {
    const parlance = await startParlance({ count: 10 });
    const contactId = await globalIdOf(parlance, somebodyAt(parlance, 'support'));
    parlance.world.chatling.forget();

    const page = await inboxPage(parlance, {
      first: 10,
      filter: { contactId, providers: ['help'] },
    });

    expect(page).toMatchObject({ rows: [], hasNextPage: false, sources: [] });
    expect(parlance.world.chatling.journal).toEqual([]);
  });

  it('is refused the id of something else', async () => {
    const parlance = await startParlance({ count: 1 });
    const { rows } = await inboxPage(parlance, { first: 1 });

    const { errors } = await parlance.ask(
      'query ($filter: ConversationFilter) { conversations(filter: $filter) { nodes { id } } }',
      { filter: { contactId: rows[0]?.id } },
    );

    expect(errors).toMatchObject([
      {
        extensions: {
          code: 'INVALID_INPUT',
          issues: [
            {
              path: 'filter.contactId',
              message: 'is the id of a Conversation; give the id of a Contact.',
            },
          ],
        },
      },
    ]);
  });
});

/** Whoever has most conversations there. */
function somebodyAt({ world }: TestParlance, account: AccountName): string {
  const ids = factsOf(world).flatMap((facts) =>
    facts.account === account ? facts.contactIds : [],
  );
  const times = (id: string) => ids.filter((other) => other === id).length;
  const [most] = ids.toSorted((one, other) => times(other) - times(one));
  if (most === undefined) throw new Error(`nobody has a conversation at ${account}`);
  return most;
}

async function globalIdOf({ ask }: TestParlance, nativeId: string): Promise<string> {
  const { data } = await ask(
    `query ($filter: ConversationFilter) {
      conversations(first: 1, filter: $filter) { nodes { contact { id nativeId } } }
    }`,
    { filter: { contactId: nativeId } },
  );
  const contact = at(listAt(data, 'conversations.nodes')[0], 'contact');
  expect(at(contact, 'nativeId')).toBe(nativeId);
  return textAt(contact, 'id');
}
