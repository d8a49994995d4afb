// A Botpress conversation takes tags and a task; everything else of it stands as it stood, in the service's own store.

import { describe, expect, it } from 'vitest';
import { at, textAt } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { rowWhere, watchStores, writes } from '../support/stores.ts';

async function oneConversation(options: StartOptions = {}) {
  const clock = testClock();
  const parlance = await startParlance({ count: 4, clock, ...options });
  const row = rowWhere(
    parlance.world.botpress.store.conversations,
    ({ tags }) => 'crm.company' in tags,
  );
  clock.pass(60_000);
  return {
    ...parlance,
    row,
    place: `website/conversations/${row.id}`,
    bumped: { was: row.updatedAt, is: clock.iso() },
    changes: watchStores(parlance.world),
    update: (input: object) =>
      mutate(parlance, 'updateConversation', { id: conversationId('website', row.id), ...input }),
  };
}

describe('updating a Botpress conversation', () => {
  it('sets one tag, changes one, unsets one, and keeps the rest', async () => {
    const { update, row, place, bumped, changes } = await oneConversation();

    const result = await update({
      tags: {
        set: [
          { key: 'vip', value: 'since May' },
          { key: 'urgency', value: 'none at all' },
        ],
        remove: ['plan'],
      },
    });

    expect(changes()).toEqual({
      [`${place}/tags/vip`]: {
        ...('vip' in row.tags && { was: row.tags['vip'] }),
        is: 'since May',
      },
      [`${place}/tags/urgency`]: { was: row.tags['urgency'], is: 'none at all' },
      [`${place}/tags/plan`]: { was: row.tags['plan'] },
      [`${place}/updatedAt`]: bumped,
    });
    const { plan: _removed, ...kept } = row.tags;
    expect(tagsIn(result)).toEqual({ ...kept, vip: 'since May', urgency: 'none at all' });
    expect(result).toMatchObject({
      __typename: 'UpdateConversationPayload',
      conversation: { nativeId: row.id, updatedAt: bumped.is },
      ignored: [],
      unfinished: null,
    });
  });

  it('takes a tag whose key holds a dot by its whole key', async () => {
    const { update, row, place, bumped, changes } = await oneConversation();

    await update({ tags: { set: [{ key: 'crm.company', value: 'Larkfield' }] } });
    expect(changes()).toEqual({
      [`${place}/tags/crm.company`]: { was: row.tags['crm.company'], is: 'Larkfield' },
      [`${place}/updatedAt`]: bumped,
    });

    await update({ tags: { remove: ['crm.company'] } });
    expect(changes()).toEqual({
      [`${place}/tags/crm.company`]: { was: row.tags['crm.company'] },
      [`${place}/updatedAt`]: bumped,
    });
  });

  it('names in `ignored` the tags the service let fall', async () => {
    const { update, place, bumped, changes } = await oneConversation({
      botpress: { undeclaredTags: 'drop' },
    });

    const result = await update({
      tags: {
        set: [
          { key: 'unheardOf', value: '1' },
          { key: 'status', value: 'parked' },
        ],
      },
    });

    expect(changes()).toEqual({
      [`${place}/tags/status`]: { was: expect.any(String), is: 'parked' },
      [`${place}/updatedAt`]: bumped,
    });
    expect(result).toMatchObject({ ignored: ['tags.unheardOf'], unfinished: null });
  });

  it('acts as the integration that is named, whose own keys are bare, and shows the account’s view', async () => {
    const { update, world, place, bumped, changes } = await oneConversation();

    const result = await update({
      tags: { set: [{ key: 'ticket', value: 'T-7' }] },
      botpress: {
        integrationId: world.botpress.credentials.integrationId,
        integrationAlias: 'webchat',
      },
    });

    expect(changes()).toEqual({
      [`${place}/tags/webchat:ticket`]: { is: 'T-7' },
      [`${place}/updatedAt`]: bumped,
    });
    expect(tagsIn(result)).toMatchObject({ 'webchat:ticket': 'T-7', plan: expect.any(String) });
  });
});

describe('the task of a Botpress conversation', () => {
  it('is written and shown where the service still has tasks', async () => {
    const { update, place, bumped, changes } = await oneConversation({
      botpress: { generation: 'seed' },
    });

    const result = await update({ botpress: { currentTaskId: 'task_of_a_test' } });

    expect(changes()).toEqual({
      [`${place}/currentTaskId`]: { is: 'task_of_a_test' },
      [`${place}/updatedAt`]: bumped,
    });
    expect(result).toMatchObject({
      conversation: { native: { currentTaskId: 'task_of_a_test' } },
      ignored: [],
    });
  });

  it('is cleared by null', async () => {
    const { update, place, bumped, changes } = await oneConversation({
      botpress: { generation: 'seed' },
    });
    await update({ botpress: { currentTaskId: 'task_of_a_test' } });

    const result = await update({ botpress: { currentTaskId: null } });

    // Empty is how everything else is cleared here; the service knows no other way.
    expect(changes()).toEqual({
      [`${place}/currentTaskId`]: { is: '' },
      [`${place}/updatedAt`]: bumped,
    });
    expect(result).toMatchObject({
      conversation: { native: { currentTaskId: null } },
      ignored: [],
    });
  });

  it('is named in `ignored` where the service takes it and does nothing, and the tags beside it are done', async () => {
    const { update, row, place, bumped, changes } = await oneConversation();

    const result = await update({
      tags: { set: [{ key: 'plan', value: 'enterprise' }] },
      botpress: { currentTaskId: 'task_of_a_test' },
    });

    expect(changes()).toEqual({
      [`${place}/tags/plan`]: { was: row.tags['plan'], is: 'enterprise' },
      [`${place}/updatedAt`]: bumped,
    });
    expect(result).toMatchObject({ ignored: ['botpress.currentTaskId'], unfinished: null });
  });

  it('alone is one write, after which nothing but the time is other', async () => {
    const { update, world, place, bumped, changes } = await oneConversation();

    const result = await update({ botpress: { currentTaskId: 'task_of_a_test' } });

    expect(changes()).toEqual({ [`${place}/updatedAt`]: bumped });
    expect(writes(world, 'website')).toHaveLength(1);
    expect(result).toMatchObject({ ignored: ['botpress.currentTaskId'] });
  });
});

function tagsIn(result: unknown): Record<string, string> {
  const tags = at(result, 'conversation.tags');
  if (!Array.isArray(tags)) throw new Error(`no tags in ${JSON.stringify(result)}`);
  return Object.fromEntries(tags.map((tag) => [textAt(tag, 'key'), textAt(tag, 'value')]));
}
