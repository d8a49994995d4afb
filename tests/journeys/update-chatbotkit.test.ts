// A ChatBotKit conversation takes words, links and metadata; everything else of it stands as it stood, in the service's own store.

import { describe, expect, it } from 'vitest';
import { at } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { contactId, conversationId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { asked, rowWhere, watchStores, writes } from '../support/stores.ts';

async function oneConversation(options: StartOptions = {}) {
  const clock = testClock();
  const parlance = await startParlance({ count: 6, clock, ...options });
  const { conversations, contacts } = parlance.world.chatbotkit.store;
  const row = rowWhere(
    conversations,
    ({ contactId: contact, taskId, name, description }) =>
      contact !== null && taskId !== null && name !== null && description !== null,
  );
  clock.pass(60_000);
  return {
    ...parlance,
    row,
    other: rowWhere(contacts, ({ id }) => id !== row.contactId),
    place: `assistant/conversations/${row.id}`,
    touched: { updatedAt: { was: row.updatedAt, is: clock() } },
    changes: watchStores(parlance.world),
    update: (input: object) =>
      mutate(parlance, 'updateConversation', { id: conversationId('assistant', row.id), ...input }),
  };
}

type Standing = Awaited<ReturnType<typeof oneConversation>>;

/** The service's own bookkeeping besides what was asked for. */
function only({ place, touched }: Standing, fields: object): object {
  return Object.fromEntries(
    Object.entries({ ...touched, ...fields }).map(([field, change]) => [
      `${place}/${field}`,
      change,
    ]),
  );
}

describe('updating a ChatBotKit conversation', () => {
  it('changes title and description, and nothing else', async () => {
    const standing = await oneConversation();
    const { update, row, changes } = standing;

    const result = await update({ title: 'A better title', description: 'More of it.' });

    expect(changes()).toEqual(
      only(standing, {
        name: { was: row.name, is: 'A better title' },
        description: { was: row.description, is: 'More of it.' },
      }),
    );
    expect(result).toMatchObject({
      __typename: 'UpdateConversationPayload',
      conversation: { title: 'A better title', description: 'More of it.' },
      ignored: [],
      unfinished: null,
    });
  });

  it.each([
    ['the service’s own id', (id: string) => id],
    ['its global id', (id: string) => contactId('assistant', id)],
  ])('links the contact that is named by %s', async (_, named) => {
    const standing = await oneConversation();
    const { update, row, other, changes } = standing;

    const result = await update({ contactId: named(other.id) });

    expect(changes()).toEqual(only(standing, { contactId: { was: row.contactId, is: other.id } }));
    expect(result).toMatchObject({ conversation: { contact: { nativeId: other.id } } });
  });

  it('links another task and another space', async () => {
    const standing = await oneConversation();
    const { update, world, row, changes } = standing;
    const task = rowWhere(world.chatbotkit.store.tasks, ({ id }) => id !== row.taskId);
    const space = rowWhere(world.chatbotkit.store.spaces, ({ id }) => id !== row.spaceId);

    const result = await update({ chatBotKit: { taskId: task.id, spaceId: space.id } });

    expect(changes()).toEqual(
      only(standing, {
        taskId: { was: row.taskId, is: task.id },
        spaceId: { was: row.spaceId, is: space.id },
      }),
    );
    expect(result).toMatchObject({ conversation: { native: { taskId: task.id } }, ignored: [] });
  });

  it('clears with null what can be cleared', async () => {
    const standing = await oneConversation();
    const { update, world, row, changes } = standing;
    const space = rowWhere(world.chatbotkit.store.spaces);
    await update({ chatBotKit: { spaceId: space.id } });

    const result = await update({
      title: null,
      description: null,
      contactId: null,
      chatBotKit: { taskId: null, spaceId: null },
    });

    expect(changes()).toEqual(
      only(standing, {
        name: { was: row.name, is: null },
        description: { was: row.description, is: null },
        contactId: { was: row.contactId, is: null },
        taskId: { was: row.taskId, is: null },
        ...(row.spaceId !== null && { spaceId: { was: row.spaceId, is: null } }),
      }),
    );
    expect(result).toMatchObject({
      conversation: {
        title: null,
        description: null,
        contact: null,
        native: { contactId: null, taskId: null },
      },
      ignored: [],
    });
  });

  it('names in `ignored` the links the service did not clear, and clears the words', async () => {
    const standing = await oneConversation({ chatbotkit: { nullLinks: 'kept' } });
    const { update, row, changes } = standing;

    const result = await update({ title: null, contactId: null, chatBotKit: { taskId: null } });

    expect(changes()).toEqual(only(standing, { name: { was: row.name, is: null } }));
    expect(result).toMatchObject({
      conversation: { title: null, contact: { nativeId: row.contactId } },
      ignored: ['contactId', 'chatBotKit.taskId'],
    });
  });

  it('of a contact there is not is refused in the service’s own words, and changes nothing', async () => {
    const { update, changes } = await oneConversation({ chatbotkit: { links: 'checked' } });

    const result = await update({ title: 'Never written', contactId: 'nobody-here' });

    expect(result).toMatchObject({
      __typename: 'ProviderRefusedError',
      provider: { name: 'assistant' },
      providerCode: 'BAD_REQUEST',
      providerMessage: 'Contact not found',
    });
    expect(changes()).toEqual({});
  });
});

describe('the tags of a ChatBotKit conversation', () => {
  it('are set, changed and removed one by one, and what is nested beside them stays', async () => {
    const standing = await oneConversation();
    const { update, row, changes } = standing;

    const result = await update({
      tags: {
        set: [
          { key: 'channel', value: 'fax' },
          { key: 'urgency', value: 'none at all' },
        ],
        remove: ['email'],
      },
    });

    // Its merge knows no removal: what is taken away stays behind as null, which counts as absent.
    expect(changes()).toEqual(
      only(standing, {
        'meta/channel': { is: 'fax' },
        'meta/urgency': { was: row.meta['urgency'], is: 'none at all' },
        'meta/email': { was: row.meta['email'], is: null },
      }),
    );
    const tags = new Map(pairs(at(result, 'conversation.tags')));
    expect(tags.get('channel')).toBe('fax');
    expect(tags.get('urgency')).toBe('none at all');
    expect(tags.has('email')).toBe(false);
    expect(tags.get('turns')).toBe(String(row.meta['turns']));
    expect(at(result, 'conversation.native.meta.customer')).toEqual(row.meta['customer']);
    expect(result).toMatchObject({ ignored: [] });
  });

  it('go together with the metadata of the group, in one write', async () => {
    const standing = await oneConversation();
    const { update, world, row, changes } = standing;

    await update({
      tags: { set: [{ key: 'plan', value: 'enterprise' }], remove: ['state'] },
      chatBotKit: { meta: { seats: 12 } },
    });

    expect(changes()).toEqual(
      only(standing, {
        'meta/plan': { was: row.meta['plan'], is: 'enterprise' },
        'meta/state': { was: row.meta['state'], is: null },
        'meta/seats': { is: 12 },
      }),
    );
    expect(writes(world, 'assistant')).toHaveLength(1);
  });

  it('that contradict the metadata of the group are a mistake, and the service is not asked', async () => {
    const { update, world, changes } = await oneConversation();

    const result = await update({
      tags: { set: [{ key: 'plan', value: 'enterprise' }] },
      chatBotKit: { meta: { plan: 'free' } },
    });

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'tags.set.0.value', message: expect.stringContaining("'plan'") }],
    });
    expect(asked(world, 'assistant')).toEqual([]);
    expect(changes()).toEqual({});
  });
});

describe('the metadata of a ChatBotKit conversation', () => {
  it('is merged key by key: what is not named stays, nested things are replaced whole, null unsets', async () => {
    const standing = await oneConversation();
    const { update, row, changes } = standing;

    const result = await update({
      chatBotKit: { meta: { score: 0.75, customer: { company: 'Other' }, email: null } },
    });

    expect(changes()).toEqual(
      only(standing, {
        'meta/score': { is: 0.75 },
        'meta/customer/company': { was: at(row.meta, 'customer.company'), is: 'Other' },
        'meta/customer/phone': { was: at(row.meta, 'customer.phone') },
        'meta/customer/origin': { was: at(row.meta, 'customer.origin') },
        'meta/email': { was: row.meta['email'], is: null },
      }),
    );
    expect(result).toMatchObject({
      conversation: {
        native: { meta: { score: 0.75, customer: { company: 'Other' }, turns: row.meta['turns'] } },
      },
      ignored: [],
    });
  });

  it('cannot take keys that the service would let fall', async () => {
    const { update, world, changes } = await oneConversation();

    const result = await update({ chatBotKit: { meta: { $update: { plan: 'free' } } } });

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'chatBotKit.meta.$update' }],
    });
    expect(asked(world, 'assistant')).toEqual([]);
    expect(changes()).toEqual({});
  });
});

function pairs(tags: unknown): [key: unknown, value: unknown][] {
  if (!Array.isArray(tags)) throw new Error('there are no tags to look at');
  return tags.map((tag) => [at(tag, 'key'), at(tag, 'value')]);
}
