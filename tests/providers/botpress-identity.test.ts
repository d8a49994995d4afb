// Who acts at Botpress, the bot or an integration, and how that changes which tags are seen and under what name.

import { describe, expect, it } from 'vitest';
import {
  aCall,
  accountHearing,
  botpressAccount,
  firstOf,
  ref,
  SLACK,
  TALES,
  valueOf,
  WEBCHAT,
} from './botpress-account.ts';

const ALL = { filter: {}, at: null, size: 100 };

describe('who acts', () => {
  const headersOf = async (
    integration: { integrationId?: string; integrationAlias?: string },
    named: { integrationId?: string; integrationAlias?: string },
  ) => {
    const { account, heard } = await listener(integration);
    await account.create.does(
      { channel: 'dm', tags: [], options: { kind: 'botpress', ...named } },
      aCall(),
    );
    return heard[0];
  };

  it('is the bot, unless the account or the call names an integration; the call wins', async () => {
    expect(await headersOf({}, {})).toEqual(['bot-1', undefined, undefined]);
    expect(await headersOf({ integrationId: WEBCHAT, integrationAlias: 'w' }, {})).toEqual([
      'bot-1',
      WEBCHAT,
      'w',
    ]);
    expect(
      await headersOf({ integrationId: WEBCHAT, integrationAlias: 'w' }, { integrationAlias: 'x' }),
    ).toEqual(['bot-1', WEBCHAT, 'x']);
    expect(
      await headersOf({ integrationId: WEBCHAT, integrationAlias: 'w' }, { integrationId: SLACK }),
    ).toEqual(['bot-1', SLACK, undefined]);
    expect(await headersOf({}, { integrationId: SLACK, integrationAlias: 's' })).toEqual([
      'bot-1',
      SLACK,
      's',
    ]);
  });

  it('is the account in every read', async () => {
    const { account, heard } = await listener({ integrationId: WEBCHAT, integrationAlias: 'w' });

    await account.list.does(ALL, aCall());
    await account.get.does(ref('c'), aCall());
    await account.messages.does({ conversation: ref('c'), at: null, size: 5 }, aCall());
    await account.message.does({ conversation: ref('c'), nativeId: 'm' }, aCall());

    expect(heard).toEqual(heard.map(() => ['bot-1', WEBCHAT, 'w']));
    expect(heard).toHaveLength(4);
  });
});

describe("another identity than the account's", () => {
  it.each(['hidden', 'shown'] as const)(
    'creates, and its tags are shown as the account sees them (foreign tags %s)',
    async (foreignTags) => {
      const { create, store, as } = await botpressAccount({ foreignTags });
      const options = { kind: 'botpress', integrationId: SLACK } as const;
      const tags = [{ key: 'id', value: 'C1' }];

      const made = valueOf(await create.does({ channel: 'dm', tags, options }, aCall()));
      const own = valueOf(
        await as({ integrationId: SLACK }).create.does({ channel: 'dm', tags }, aCall()),
      );

      expect(store.conversations.get(made.nativeId)?.tags).toEqual({ 'slack:id': 'C1' });
      expect(store.conversations.get(made.nativeId)?.integration).toBe('slack');
      expect(made.tags).toEqual([{ key: 'slack:id', value: 'C1' }]);
      expect(own.tags).toEqual(tags);
    },
  );

  it.each(['hidden', 'shown'] as const)(
    'writes under its prefix and shows the whole to the account (%s)',
    async (foreignTags) => {
      const { update, store } = await botpressAccount({ tales: TALES, foreignTags });
      const row = firstOf(
        [...store.conversations.values()].filter(({ tags }) => tags['slack:thread']),
      );
      const options = { kind: 'botpress', integrationId: SLACK } as const;
      const tags = { set: [{ key: 'title', value: 'sales' }], remove: ['thread'] };

      const updated = valueOf(
        await update.does({ conversation: ref(row.id), changes: { tags, options } }, aCall()),
      );

      const { 'slack:thread': _, ...kept } = row.tags;
      const expected = { ...kept, 'slack:title': 'sales' };
      expect(store.conversations.get(row.id)?.tags).toEqual(expected);
      expect(
        Object.fromEntries(updated.conversation.tags.map(({ key, value }) => [key, value])),
      ).toEqual(expected);
      expect(updated.ignored).toEqual([]);
    },
  );

  it('whose write cannot be read again as the account still tells what was answered', async () => {
    const { update, store, emulator } = await botpressAccount({ tales: TALES });
    const row = firstOf([...store.conversations.values()].filter(({ tags }) => tags['slack:id']));
    const options = { kind: 'botpress', integrationId: SLACK } as const;
    emulator.inject({ kind: 'status', status: 500, match: { method: 'GET' } });

    const updated = valueOf(
      await update.does(
        {
          conversation: ref(row.id),
          changes: { tags: { set: [{ key: 'title', value: 'sales' }], remove: [] }, options },
        },
        aCall(),
      ),
    );

    expect(updated.conversation.tags).toContainEqual({ key: 'title', value: 'sales' });
  });
});

/** An account and the identity headers its service heard. */
async function listener(identity: { integrationId?: string; integrationAlias?: string }) {
  const heard: unknown[] = [];
  const account = await accountHearing(({ headers, path }) => {
    heard.push([headers['x-bot-id'], headers['x-integration-id'], headers['x-integration-alias']]);
    const one = { id: 'x', conversationId: 'c' };
    return {
      status: 200,
      body: path.endsWith('s')
        ? { conversations: [], messages: [], conversation: one }
        : { conversation: one, message: one },
    };
  }, identity);
  return { account, heard };
}
