// What holds of an update whatever the provider: a field it lacks is refused unasked, and two writers lose nothing of each other.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { ACCOUNTS, type AccountName } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { askedAtAll, rowWhere, watchStores, writes } from '../support/stores.ts';

const FIELDS = {
  title: 'A title',
  description: 'A description',
  status: 'CLOSED',
  priority: 'LOW',
  archived: true,
  important: true,
  assignee: { id: 'agent-7' },
  contactId: 'contact-7',
  tags: { set: [{ key: 'plan', value: 'pro' }] },
} as const;

type Field = keyof typeof FIELDS;

const KIND: Readonly<Record<AccountName, string>> = {
  website: 'botpress',
  help: 'chatling',
  assistant: 'chatbotkit',
  support: 'stack-auth',
};

const TAKEN: Readonly<Record<AccountName, readonly Field[]>> = {
  website: ['tags'],
  help: ['archived', 'important', 'contactId'],
  assistant: ['title', 'description', 'contactId', 'tags'],
  support: ['status', 'priority', 'assignee', 'tags'],
};

describe.each(ACCOUNTS)('an update at %s', (account) => {
  const taken = TAKEN[account];
  const lacking = Object.keys(FIELDS).filter((field) => !taken.some((name) => name === field));

  it('with a field it does not take is refused, names what it takes, and asks nobody', async () => {
    const parlance = await startParlance({ count: 1 });
    const id = anyConversation(parlance.world, account);
    const changes = watchStores(parlance.world);

    for (const field of lacking) {
      const result = await mutate(parlance, 'updateConversation', {
        id,
        ...only(taken),
        ...only([field]),
      });

      expect(result).toMatchObject({
        __typename: 'UnsupportedError',
        code: 'UNSUPPORTED',
        provider: { name: account },
        verb: 'CONVERSATION_UPDATE',
      });
      expect(textAt(result, 'note')).toBe(
        `${field} cannot be given to ${account} (${KIND[account]}): it takes ${listed(result)}. Leave ${field} out.`,
      );
      expect(listed(result).split(', ').toSorted()).toEqual([...taken].toSorted());
    }
    expect(askedAtAll(parlance.world)).toEqual([]);
    expect(changes()).toEqual({});
  });

  it('to clear a field it does not take is refused the same way', async () => {
    const parlance = await startParlance({ count: 1 });
    const id = anyConversation(parlance.world, account);
    const clearable = ['title', 'description', 'assignee'].filter((field) =>
      lacking.includes(field),
    );

    for (const field of clearable) {
      const result = await mutate(parlance, 'updateConversation', { id, [field]: null });

      expect(result).toMatchObject({ __typename: 'UnsupportedError', provider: { name: account } });
    }
    expect(askedAtAll(parlance.world)).toEqual([]);
  });

  it('takes the fields its capabilities list, and no others', async () => {
    const { ask } = await startParlance({ count: 0 });

    const { data } = await ask(
      'query ($name: String!) { provider(name: $name) { capabilities { verb fields } } }',
      { name: account },
    );

    const update = listAt(data, 'provider.capabilities').find(
      (capability) => at(capability, 'verb') === 'CONVERSATION_UPDATE',
    );
    expect(new Set(listAt(update, 'fields'))).toEqual(new Set(taken));
  });
});

describe.each(['website', 'assistant', 'support'] as const)('tags written at %s', (account) => {
  it('by two clients at once under different keys both survive', async () => {
    const parlance = await startParlance({ count: 1 });
    const id = anyConversation(parlance.world, account);
    const before = tagsStored(parlance.world, account);

    const results = await Promise.all(
      ['red', 'blue'].map((key) =>
        mutate(parlance, 'updateConversation', { id, tags: { set: [{ key, value: 'yes' }] } }),
      ),
    );

    expect(results).toMatchObject([{ unfinished: null }, { unfinished: null }]);
    expect(tagsStored(parlance.world, account)).toEqual({ ...before, red: 'yes', blue: 'yes' });
  });

  it('by ten clients at once, some of whom take tags away, are all as each of them wanted', async () => {
    const parlance = await startParlance({ count: 1 });
    const id = anyConversation(parlance.world, account);
    const set = (key: string, value: string) => ({ set: [{ key, value }] });
    await mutate(parlance, 'updateConversation', {
      id,
      tags: { set: ['gone1', 'gone2', 'gone3'].map((key) => ({ key, value: 'yes' })) },
    });
    const { gone1: _1, gone2: _2, gone3: _3, ...before } = tagsStored(parlance.world, account);
    const writesBefore = writes(parlance.world, account).length;

    await Promise.all([
      ...['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'].map((key) =>
        mutate(parlance, 'updateConversation', { id, tags: set(key, `of ${key}`) }),
      ),
      ...['gone1', 'gone2', 'gone3'].map((key) =>
        mutate(parlance, 'updateConversation', { id, tags: { remove: [key] } }),
      ),
    ]);

    expect(tagsStored(parlance.world, account)).toEqual({
      ...before,
      a1: 'of a1',
      a2: 'of a2',
      a3: 'of a3',
      a4: 'of a4',
      a5: 'of a5',
      a6: 'of a6',
      a7: 'of a7',
    });
    expect(writes(parlance.world, account)).toHaveLength(writesBefore + 10);
  });
});

describe('a priority and a tag written at support at once', () => {
  it('both survive, and so does who it is given to', async () => {
    const parlance = await startParlance({ count: 1 });
    const row = rowWhere(parlance.world.stackAuth.store.conversations);
    const id = conversationId('support', row.id);
    const tags = [...row.tags];

    await Promise.all([
      mutate(parlance, 'updateConversation', { id, priority: 'URGENT' }),
      mutate(parlance, 'updateConversation', { id, tags: { set: [{ key: 'seen' }] } }),
      mutate(parlance, 'updateConversation', { id, assignee: { id: 'agent-7', name: 'Ada' } }),
    ]);

    expect(parlance.world.stackAuth.store.conversations.get(row.id)).toMatchObject({
      priority: 'urgent',
      tags: [...tags, 'seen'],
      assignedToUserId: 'agent-7',
      assignedToDisplayName: 'Ada',
    });
  });
});

function only(fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(FIELDS).filter(([field]) => fields.includes(field)));
}

/** What the note says is taken. */
function listed(result: unknown): string {
  return /it takes (.*)\. Leave/.exec(textAt(result, 'note'))?.[1] ?? '';
}

function anyConversation(
  { botpress, chatling, chatbotkit, stackAuth }: World,
  account: AccountName,
) {
  const stores = { website: botpress, help: chatling, assistant: chatbotkit, support: stackAuth };
  const [id = ''] = stores[account].store.conversations.keys();
  return conversationId(account, id);
}

/** Of the only conversation, as the service keeps them; a label without a value is empty. */
function tagsStored(
  { botpress, chatbotkit, stackAuth }: World,
  account: 'website' | 'assistant' | 'support',
): Readonly<Record<string, unknown>> {
  switch (account) {
    case 'website':
      return { ...rowWhere(botpress.store.conversations).tags };
    case 'assistant':
      // Null is how its merge takes a key away.
      return Object.fromEntries(
        Object.entries(rowWhere(chatbotkit.store.conversations).meta).filter(
          ([, value]) => value !== null,
        ),
      );
    case 'support':
      return Object.fromEntries(
        rowWhere(stackAuth.store.conversations).tags.map((label) => {
          const [key = '', ...value] = label.split(':');
          return [key, value.join(':')];
        }),
      );
  }
}
