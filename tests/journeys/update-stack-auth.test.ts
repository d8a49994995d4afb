// A Stack Auth conversation takes status, priority, assignee and tags, though its service empties what is not told again.

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../emulators/emulator.ts';
import { testClock } from '../support/clock.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { type Changes, rowWhere, watchStores, writes } from '../support/stores.ts';

async function oneConversation(options: StartOptions = {}) {
  const clock = testClock();
  const parlance = await startParlance({ count: 3, clock, ...options });
  const { conversations, messages } = parlance.world.stackAuth.store;
  const found = rowWhere(conversations);
  // Somebody's, with labels of both forms, so that there is something to lose.
  Object.assign(found, {
    status: 'open',
    closedAt: null,
    priority: 'high',
    tags: ['plan:pro', 'vip'],
    assignedToUserId: 'agent-3',
    assignedToDisplayName: 'Ines Costa',
  });
  clock.pass(60_000);
  return {
    ...parlance,
    // Rows change in place here.
    row: structuredClone(found),
    place: `support/conversations/${found.id}`,
    timeline: `support/messages/${found.id}/${messages.get(found.id)?.length}`,
    touched: { was: found.updatedAt, is: clock.iso() },
    now: clock.iso(),
    changes: watchStores(parlance.world),
    update: (input: object) =>
      mutate(parlance, 'updateConversation', { id: conversationId('support', found.id), ...input }),
  };
}

type Standing = Awaited<ReturnType<typeof oneConversation>>;

const PATCH = { method: 'PATCH', path: '/api/v1/internal/conversations' };

/** Lets the first change through and strikes the second. */
function strikeSecondWrite({ world }: Standing, fault: Fault): void {
  world.stackAuth.inject({ kind: 'delay', ms: 0, times: 1, match: PATCH });
  world.stackAuth.inject({ ...fault, times: 1, match: PATCH });
}

describe('the status of a Stack Auth conversation', () => {
  it.each([
    ['PENDING', 'pending'],
    ['CLOSED', 'closed'],
    ['OPEN', 'open'],
  ] as const)('becomes %s, with its row in the timeline and nothing else', async (status, word) => {
    const { update, row, place, timeline, now, changes } = await oneConversation();

    const result = await update({ status });

    expect(result).toMatchObject({
      __typename: 'UpdateConversationPayload',
      conversation: { status },
      ignored: [],
      unfinished: null,
    });
    const changed: Changes = {
      [`${place}/status`]: { was: row.status, is: word },
      ...(word === 'closed' && { [`${place}/closedAt`]: { was: null, is: now } }),
      [`${place}/updatedAt`]: { was: row.updatedAt, is: now },
      [`${place}/lastMessageAt`]: { was: row.lastMessageAt, is: now },
      [timeline]: {
        is: expect.objectContaining({ messageType: 'status-change', metadata: { status: word } }),
      },
    };
    expect(changes()).toEqual(row.status === word ? {} : changed);
  });

  it('is reopened from CLOSED, and forgets when it was closed', async () => {
    const { update, world, row } = await oneConversation();
    await update({ status: 'CLOSED' });

    const result = await update({ status: 'OPEN' });

    expect(result).toMatchObject({ conversation: { status: 'OPEN' } });
    expect(world.stackAuth.store.conversations.get(row.id)).toMatchObject({
      status: 'open',
      closedAt: null,
      tags: row.tags,
      assignedToUserId: row.assignedToUserId,
    });
  });

  it.each(['OPEN', 'PENDING', 'CLOSED'])('that is %s already is success', async (status) => {
    const { update, world } = await oneConversation();
    await update({ status });
    const changesFromThere = watchStores(world);

    const again = await update({ status });

    expect(again).toMatchObject({
      __typename: 'UpdateConversationPayload',
      conversation: { status },
      ignored: [],
      unfinished: null,
    });
    expect(changesFromThere()).toEqual({});
  });
});

describe('one attribute of a Stack Auth conversation', () => {
  it('the priority alone keeps assignee and tags', async () => {
    const { update, row, place, touched, changes } = await oneConversation();

    const result = await update({ priority: 'URGENT' });

    expect(changes()).toEqual({
      [`${place}/priority`]: { was: row.priority, is: 'urgent' },
      [`${place}/updatedAt`]: touched,
    });
    expect(result).toMatchObject({
      conversation: {
        priority: 'URGENT',
        assignee: { nativeId: row.assignedToUserId, name: row.assignedToDisplayName },
        native: { metadata: { tags: row.tags } },
      },
    });
  });

  it('the assignee alone keeps the tags and the priority', async () => {
    const { update, row, place, touched, changes } = await oneConversation();

    const result = await update({ assignee: { id: 'agent-7', name: 'Ada Lind' } });

    expect(changes()).toEqual({
      [`${place}/assignedToUserId`]: { was: row.assignedToUserId, is: 'agent-7' },
      [`${place}/assignedToDisplayName`]: { was: row.assignedToDisplayName, is: 'Ada Lind' },
      [`${place}/updatedAt`]: touched,
    });
    expect(result).toMatchObject({
      conversation: { assignee: { nativeId: 'agent-7', name: 'Ada Lind' } },
    });
  });

  it('the assignee is taken away by null', async () => {
    const { update, row, place, touched, changes } = await oneConversation();

    const result = await update({ assignee: null });

    expect(changes()).toEqual({
      [`${place}/assignedToUserId`]: { was: row.assignedToUserId, is: null },
      [`${place}/assignedToDisplayName`]: { was: row.assignedToDisplayName, is: null },
      [`${place}/updatedAt`]: touched,
    });
    expect(result).toMatchObject({ conversation: { assignee: null } });
  });

  it('the tags alone keep assignee and priority, and those not named keep their places', async () => {
    const { update, row, place, touched, changes } = await oneConversation();

    const added = await update({
      tags: { set: [{ key: 'region', value: 'eu:west' }, { key: 'escalated' }] },
    });
    expect(changes()).toEqual({
      [`${place}/tags`]: { was: row.tags, is: ['plan:pro', 'vip', 'region:eu:west', 'escalated'] },
      [`${place}/updatedAt`]: touched,
    });
    expect(added).toMatchObject({
      conversation: {
        tags: [
          { key: 'plan', value: 'pro' },
          { key: 'vip', value: null },
          { key: 'region', value: 'eu:west' },
          { key: 'escalated', value: null },
        ],
      },
    });

    await update({ tags: { set: [{ key: 'plan', value: 'team' }], remove: ['region'] } });
    expect(changes()).toEqual({
      [`${place}/tags`]: { was: row.tags, is: ['plan:team', 'vip', 'escalated'] },
      [`${place}/updatedAt`]: touched,
    });
  });

  it('all four and the status at once are two writes', async () => {
    const { update, world, row } = await oneConversation();

    const result = await update({
      status: 'CLOSED',
      priority: 'LOW',
      assignee: { id: 'agent-7' },
      tags: { set: [{ key: 'done' }] },
    });

    expect(writes(world, 'support').map(({ body }) => body)).toMatchObject([
      { type: 'metadata', priority: 'low', assignedToUserId: 'agent-7' },
      { type: 'status', status: 'closed' },
    ]);
    expect(world.stackAuth.store.conversations.get(row.id)).toMatchObject({
      status: 'closed',
      priority: 'low',
      assignedToUserId: 'agent-7',
      assignedToDisplayName: null,
      tags: [...row.tags, 'done'],
    });
    expect(result).toMatchObject({
      conversation: { status: 'CLOSED', priority: 'LOW' },
      unfinished: null,
    });
  });
});

describe('an update of Stack Auth that takes two calls', () => {
  it.each([
    ['refused', { kind: 'status', status: 400 }, 'ProviderRefusedError'],
    ['forbidden', { kind: 'status', status: 403 }, 'ForbiddenError'],
    ['out of order', { kind: 'status', status: 500 }, 'ProviderUnavailableError'],
    ['asked too often', { kind: 'status', status: 429 }, 'RateLimitedError'],
  ] as const)(
    'shows the conversation as it then is, and why, where it is %s at the second',
    async (_, fault, typeName) => {
      const standing = await oneConversation();
      const { update, row, place, touched, changes } = standing;
      strikeSecondWrite(standing, fault);

      const result = await update({ status: 'CLOSED', tags: { set: [{ key: 'done' }] } });

      expect(changes()).toEqual({
        [`${place}/tags`]: { was: row.tags, is: [...row.tags, 'done'] },
        [`${place}/updatedAt`]: touched,
      });
      expect(result).toMatchObject({
        __typename: 'UpdateConversationPayload',
        conversation: {
          status: row.status.toUpperCase(),
          updatedAt: touched.is,
          native: { metadata: { tags: [...row.tags, 'done'] } },
        },
        unfinished: { __typename: typeName, message: expect.stringMatching(/^support .+\.$/) },
      });
    },
  );

  it('shows what it finds where the second answer was lost and the work was done', async () => {
    const standing = await oneConversation();
    const { update, world, row } = standing;
    strikeSecondWrite(standing, { kind: 'cut-after-accept' });

    const result = await update({ status: 'CLOSED', tags: { set: [{ key: 'done' }] } });

    expect(result).toMatchObject({
      __typename: 'UpdateConversationPayload',
      conversation: { status: 'CLOSED', native: { metadata: { tags: [...row.tags, 'done'] } } },
      unfinished: { __typename: 'OutcomeUnknownError', code: 'OUTCOME_UNKNOWN' },
    });
    expect(world.stackAuth.store.conversations.get(row.id)?.status).toBe('closed');
    expect(writes(world, 'support')).toHaveLength(2);
  });

  it('is an error, and has done nothing, where the first fails', async () => {
    const { update, world, changes } = await oneConversation();
    world.stackAuth.inject({ kind: 'status', status: 500, times: 1, match: PATCH });

    const result = await update({ status: 'CLOSED', tags: { set: [{ key: 'done' }] } });

    expect(result).toMatchObject({ __typename: 'ProviderUnavailableError' });
    expect(changes()).toEqual({});
    expect(writes(world, 'support')).toHaveLength(1);
  });
});
