// Chatling has no tags to look by: getting or creating goes by the contact, and begins with a message to the AI.

import { describe, expect, it } from 'vitest';
import { at } from '../support/answer.ts';
import { contactId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { askedAtAll, rowsAdded, watchStores, writes } from '../support/stores.ts';

async function desk(options: StartOptions = {}) {
  const parlance = await startParlance({ count: 12, ...options });
  const { conversations } = parlance.world.chatling.store;
  const linked = [...conversations.values()].filter(({ contact_id }) => contact_id !== null);
  // The store is in the order they began, so the first is the last of the list.
  const oldest = linked[0];
  if (!oldest?.contact_id) throw new Error('nobody left their contact: tell more tales');
  const known = oldest.contact_id;
  return {
    ...parlance,
    known,
    /** The newest of that contact's. */
    standing: linked.findLast(({ contact_id }) => contact_id === known)?.id,
    added: rowsAdded(conversations),
    changes: watchStores(parlance.world),
    getOrCreate: (input: object) =>
      mutate(parlance, 'getOrCreateConversation', { provider: 'help', ...input }),
  };
}

describe('getOrCreateConversation at Chatling', () => {
  it.each([
    ['the service’s own id', (id: string) => id],
    ['its global id', (id: string) => contactId('help', id)],
  ])(
    'finds the newest conversation of a contact, named by %s, and says nothing in it',
    async (_, named) => {
      const { getOrCreate, known, standing, world, changes } = await desk();

      const result = await getOrCreate({ contactId: named(known), message: 'Hello?' });

      expect(result).toMatchObject({
        __typename: 'GetOrCreateConversationPayload',
        created: false,
        conversation: { nativeId: standing, contact: { nativeId: known } },
      });
      expect(writes(world, 'help')).toEqual([]);
      expect(changes()).toEqual({});
    },
  );

  it('finds it however far down the list, in a list of the service’s own order', async () => {
    const { getOrCreate, world } = await desk({
      chatling: { sortBy: 'own', perPage: { conversations: 1 } },
    });
    const rows = [...world.chatling.store.conversations.values()];
    const last = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0];
    if (!last) throw new Error('there are no conversations');
    const { id: contact } = await lead(world.chatling.credentials);
    last.contact_id = contact;
    const from = watchStores(world);

    const result = await getOrCreate({ contactId: contact, message: 'Hello?' });

    expect(result).toMatchObject({ created: false, conversation: { nativeId: last.id } });
    expect(from()).toEqual({});
  });

  it('begins with the message where the contact has none, and finds that one afterwards', async () => {
    const { getOrCreate, world, added } = await desk();
    const { id: contact } = await lead(world.chatling.credentials);

    const first = await getOrCreate({ contactId: contact, message: 'How do I start?' });
    const second = await getOrCreate({ contactId: contact, message: 'How do I start?' });

    expect([at(first, 'created'), at(second, 'created')]).toEqual([true, false]);
    expect(at(second, 'conversation.id')).toBe(at(first, 'conversation.id'));
    expect(added()).toMatchObject([
      {
        contact_id: contact,
        messages: [{ role: 'user', text: 'How do I start?' }, { role: 'bot' }],
      },
    ]);
  });

  it('begun by ten at once is one conversation and one question to the AI', async () => {
    const { getOrCreate, world, added } = await desk();
    const { id: contact } = await lead(world.chatling.credentials);

    const results = await Promise.all(
      Array.from({ length: 10 }, () => getOrCreate({ contactId: contact, message: 'Hello?' })),
    );

    expect(added()).toHaveLength(1);
    expect(added()[0]?.messages).toHaveLength(2);
    expect(new Set(results.map((result) => at(result, 'conversation.id'))).size).toBe(1);
    expect(results.filter((result) => at(result, 'created') === true)).toHaveLength(1);
  });

  it.each([
    ['tags', { tags: [{ key: 'plan', value: 'pro' }] }],
    ['title', { title: 'A title' }],
    ['channel', { channel: 'chat' }],
    ['discriminateByTags', { tags: [], discriminateByTags: ['plan'] }],
  ])('with %s is refused, names what it takes, and asks nobody', async (field, input) => {
    const { getOrCreate, known, world } = await desk();

    const result = await getOrCreate({ contactId: known, message: 'Hello?', ...input });

    expect(result).toMatchObject({
      __typename: 'UnsupportedError',
      provider: { name: 'help' },
      verb: 'CONVERSATION_GET_OR_CREATE',
      note: `${field} cannot be given to help (chatling): it takes contactId, message. Leave ${field} out.`,
    });
    expect(askedAtAll(world)).toEqual([]);
  });

  it('wants a contact to look by', async () => {
    const { getOrCreate, world } = await desk();

    const result = await getOrCreate({ message: 'Hello?' });

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'contactId', message: expect.stringContaining('name one') }],
    });
    expect(askedAtAll(world)).toEqual([]);
  });

  it('of a contact that is not there begins nothing', async () => {
    const { getOrCreate, added } = await desk();

    const result = await getOrCreate({ contactId: 'nobody-here', message: 'Hello?' });

    expect(result).toMatchObject({
      __typename: 'NotFoundError',
      message: expect.stringContaining('contact nobody-here at help'),
    });
    expect(added()).toEqual([]);
  });
});

/** A contact without a conversation. */
async function lead(chatling: {
  readonly url: string;
  readonly token: string;
  readonly chatbotId: string;
}): Promise<{ readonly id: string }> {
  const answer = await fetch(`${chatling.url}/v2/chatbots/${chatling.chatbotId}/contacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${chatling.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ properties: { first_name: 'Nova' } }),
  });
  const said: unknown = await answer.json();
  const id = at(said, 'data.id');
  if (typeof id !== 'string') throw new Error(`no contact was made: ${JSON.stringify(said)}`);
  return { id };
}
