// A Chatling conversation takes two flags and a contact; everything else of it stands as it stood, in the service's own store.

import { describe, expect, it } from 'vitest';
import { contactId, conversationId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { asked, rowWhere, watchStores, writes } from '../support/stores.ts';

async function oneConversation(options: StartOptions = {}) {
  const parlance = await startParlance({ count: 4, ...options });
  const { conversations, contacts } = parlance.world.chatling.store;
  const row = rowWhere(
    conversations,
    ({ archived, important, contact_id }) => archived + important === 0 && contact_id !== null,
  );
  const other = rowWhere(contacts, ({ id }) => id !== row.contact_id);
  return {
    ...parlance,
    id: conversationId('help', row.id),
    contact: row.contact_id,
    other,
    place: `help/conversations/${row.id}`,
    changes: watchStores(parlance.world),
    update: (input: object) =>
      mutate(parlance, 'updateConversation', { id: conversationId('help', row.id), ...input }),
  };
}

describe('updating a Chatling conversation', () => {
  it.each(['archived', 'important'] as const)('sets `%s` and takes it back', async (flag) => {
    const { update, place, changes } = await oneConversation();

    const set = await update({ [flag]: true });
    expect(changes()).toEqual({ [`${place}/${flag}`]: { was: 0, is: 1 } });
    expect(set).toMatchObject({
      __typename: 'UpdateConversationPayload',
      conversation: { archived: false, important: false, [flag]: true },
      ignored: [],
      unfinished: null,
    });

    const unset = await update({ [flag]: false });
    expect(changes()).toEqual({});
    expect(unset).toMatchObject({ conversation: { archived: false, important: false } });
  });

  it('links the contact that is named by the service’s own id', async () => {
    const { update, contact, other, place, changes } = await oneConversation();

    const result = await update({ contactId: other.id });

    expect(changes()).toEqual({ [`${place}/contact_id`]: { was: contact, is: other.id } });
    expect(result).toMatchObject({ conversation: { contact: { nativeId: other.id } } });
  });

  it('links the contact that is named by its global id', async () => {
    const { update, contact, other, place, changes } = await oneConversation();

    const result = await update({ contactId: contactId('help', other.id) });

    expect(changes()).toEqual({ [`${place}/contact_id`]: { was: contact, is: other.id } });
    expect(result).toMatchObject({
      conversation: { contact: { id: contactId('help', other.id), nativeId: other.id } },
    });
  });

  it('takes all three in one write', async () => {
    const { update, world, contact, other, place, changes } = await oneConversation();

    await update({ archived: true, important: true, contactId: other.id });

    expect(changes()).toEqual({
      [`${place}/archived`]: { was: 0, is: 1 },
      [`${place}/important`]: { was: 0, is: 1 },
      [`${place}/contact_id`]: { was: contact, is: other.id },
    });
    expect(writes(world, 'help')).toHaveLength(1);
  });

  it('leaves what it has where that is what was asked for', async () => {
    const { update, changes } = await oneConversation();

    const result = await update({ archived: false });

    expect(changes()).toEqual({});
    expect(result).toMatchObject({ conversation: { archived: false }, ignored: [] });
  });

  it('is the same where the service writes its flags as booleans', async () => {
    const { update, place, changes } = await oneConversation({ chatling: { flags: 'booleans' } });

    const result = await update({ important: true });

    expect(changes()).toEqual({ [`${place}/important`]: { was: 0, is: 1 } });
    expect(result).toMatchObject({ conversation: { important: true, archived: false } });
  });

  it('cannot unlink a contact: said before the service is asked', async () => {
    const { update, world, changes } = await oneConversation();

    const result = await update({ contactId: null, archived: true });

    expect(result).toMatchObject({
      __typename: 'UnsupportedError',
      provider: { name: 'help' },
      verb: 'CONVERSATION_UPDATE',
      note: expect.stringMatching(/no way to unlink.*leave `contactId` out/),
    });
    expect(asked(world, 'help')).toEqual([]);
    expect(changes()).toEqual({});
  });

  it('of a contact there is not says so, and changes nothing', async () => {
    const { update, changes } = await oneConversation();

    const result = await update({ contactId: 'nobody-here', important: true });

    expect(result).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
    expect(changes()).toEqual({});
  });
});
