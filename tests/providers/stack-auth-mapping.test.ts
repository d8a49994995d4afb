// What the seeded inbox becomes, held against the rows the service keeps.

import { describe, expect, it } from 'vitest';
import type { ConversationRow, StackAuthStore } from '../../emulators/stack-auth/store.ts';
import { viewsOf } from '../../emulators/stack-auth/views.ts';
import { bad, changingBodies, good, NOBODY, openAccount, SUPPORT } from './stack-auth-account.ts';

describe('a conversation', () => {
  it('of every kind in the seed says what the service keeps, from the list', async () => {
    const { list, store, row } = await openAccount();

    const { items } = good(await list({ size: 200 }));

    for (const conversation of items) {
      const { preview, ...rest } = conversation;
      const { preview: _said, ...expected } = expectedOf(store, row(conversation.nativeId));
      expect(rest).toEqual(expected);
      expect(preview).toBeTypeOf('string');
    }
  });

  it('from its detail says the same, and its messages and entry points besides', async () => {
    const { list, get, store, row, messages } = await openAccount();

    for (const { nativeId } of good(await list({ size: 200 })).items) {
      const { preview: _said, embedded, ...conversation } = good(await get(nativeId));
      const { preview: _expected, embedded: _none, ...expected } = expectedOf(store, row(nativeId));
      expect(conversation).toEqual({
        ...expected,
        messageCount: messages(nativeId).length,
        native: { ...expected.native, entryPoints: entryPointsOf(store, nativeId) },
      });
      expect(embedded?.complete).toBe(true);
      expect(embedded?.items.map((message) => message.nativeId)).toEqual(
        messages(nativeId)
          .toReversed()
          .map(({ id }) => id),
      );
    }
  });

  it('has a preview in words where the latest row has none of its own', async () => {
    const { get, update, find, messages } = await openAccount();
    const { id } = find(({ status }) => status === 'open');
    const latest = messages(id).at(-1);

    expect(good(await get(id)).preview).toBe(latest?.body?.trim());
    good(await update(id, { status: 'CLOSED' }));

    expect(good(await get(id)).preview).toBe('Conversation closed');
  });

  it('whose user was deleted keeps the id of its contact and no name', async () => {
    const { get, find, store } = await openAccount();
    const { id, userId } = find((row) => row.userId !== null && !store.users.has(row.userId));

    expect(good(await get(id)).contact).toEqual({
      nativeId: userId,
      name: null,
      email: null,
      phone: null,
      imageUrl: null,
    });
  });

  it('without a user has no contact', async () => {
    const { get, find } = await openAccount();

    expect(good(await get(find(({ userId }) => userId === null).id)).contact).toBeNull();
  });

  it('may be assigned to a name without an id', async () => {
    const { get, find } = await openAccount();
    const row = find(
      ({ assignedToUserId, assignedToDisplayName }) =>
        assignedToUserId === null && assignedToDisplayName !== null,
    );

    expect(good(await get(row.id)).assignee).toEqual({
      nativeId: null,
      role: 'AGENT',
      name: row.assignedToDisplayName,
      email: null,
      imageUrl: null,
    });
  });

  it('has a label as a tag, split at the first colon', async () => {
    const { get, find, row } = await openAccount();
    const { id } = find(() => true);
    row(id).tags = ['vip', 'plan:pro', 'at:10:30', 'empty:', ':odd'];

    const { tags, native } = good(await get(id));

    expect(tags).toEqual([
      { key: 'vip', value: null },
      { key: 'plan', value: 'pro' },
      { key: 'at', value: '10:30' },
      { key: 'empty', value: '' },
      { key: '', value: 'odd' },
    ]);
    expect(native).toMatchObject({ metadata: { tags: row(id).tags } });
  });

  it('keeps both bags of metadata', async () => {
    const { get, find } = await openAccount();
    const row = find(({ metadata }) => metadata !== null);

    expect(good(await get(row.id)).native).toMatchObject({
      recordMetadata: row.metadata,
      metadata: { assignedToDisplayName: row.assignedToDisplayName },
    });
  });

  it('has dates it was promised to be answered by where the service promises any', async () => {
    const { get, find } = await openAccount({
      sla: { enabled: true, firstResponseMinutes: 60, nextResponseMinutes: 120 },
    });
    const row = find(({ firstResponseDueAt }) => firstResponseDueAt !== null);

    expect(good(await get(row.id)).native).toMatchObject({
      metadata: { firstResponseDueAt: new Date(row.firstResponseDueAt ?? '') },
    });
  });

  it('with words and fields nobody knows yet is read, and keeps the words', async () => {
    const news = { status: 'snoozed', priority: 'galactic', source: 'pigeon', mood: 'good' };
    const { get, find } = await openAccount({
      unknownFields: true,
      wrap: changingBodies((body) => {
        const { conversation, ...rest } = Object(body);
        return { ...rest, conversation: { ...conversation, ...news } };
      }),
    });

    expect(good(await get(find(() => true).id))).toMatchObject({
      status: 'UNKNOWN',
      priority: 'UNKNOWN',
      channel: 'pigeon',
      native: { status: 'snoozed', priority: 'galactic', source: 'pigeon' },
    });
  });

  it('of which only the id is understood is a conversation all the same', async () => {
    const { get, list, find } = await openAccount({
      wrap: changingBodies((body) => {
        const { conversation, conversations } = Object(body);
        const bare = ({ conversationId }: { conversationId: string }) => ({
          conversationId,
          subject: 7,
          lastActivityAt: 'yesterday',
          metadata: 'none',
        });
        return Array.isArray(conversations)
          ? { conversations: conversations.map(bare), hasMore: false }
          : { conversation: bare(conversation) };
      }),
    });
    const { id } = find(() => true);

    const seen = good(await get(id));

    expect(good(await list()).items.length).toBeGreaterThan(1);
    expect(seen).toMatchObject({
      nativeId: id,
      title: null,
      status: 'UNKNOWN',
      priority: 'UNKNOWN',
      tags: [],
      contact: null,
      assignee: null,
      messageCount: null,
      createdAt: null,
      updatedAt: null,
      lastActivityAt: null,
      embedded: null,
      native: { metadata: { tags: [] }, entryPoints: null },
    });
  });

  it('that is not there is not found, with a sentence that names it', async () => {
    const { get, asked } = await openAccount();

    const gone = `conversation ${NOBODY} at ${SUPPORT}`;
    expect(bad(await get(NOBODY))).toEqual({ kind: 'not-found', what: gone });
    expect(asked()).toHaveLength(1);
  });

  it('whose id is no uuid is not found without a call', async () => {
    const { get, asked } = await openAccount();

    expect(bad(await get('../users'))).toEqual({
      kind: 'not-found',
      what: `conversation ../users at ${SUPPORT}`,
    });
    expect(asked()).toEqual([]);
  });

  it('that came without its middle is unavailable, with the place where the shape broke', async () => {
    const { get, find } = await openAccount({ wrap: changingBodies(() => ({ messages: [] })) });

    expect(bad(await get(find(() => true).id))).toMatchObject({
      kind: 'unavailable',
      because: 'its answer was not shaped as expected: conversation',
    });
  });
});

function expectedOf(store: StackAuthStore, row: ConversationRow) {
  const user = row.userId === null ? undefined : store.users.get(row.userId);
  const latest = store.messages.get(row.id)?.at(-1);
  const assigned = row.assignedToUserId !== null || row.assignedToDisplayName !== null;
  return {
    provider: SUPPORT,
    nativeId: row.id,
    channel: row.source,
    title: row.subject,
    description: null,
    preview: null,
    status: row.status.toUpperCase(),
    priority: row.priority.toUpperCase(),
    archived: null,
    important: null,
    tags: row.tags.map((label) => {
      const [key = '', ...value] = label.split(':');
      return { key, value: value.length > 0 ? value.join(':') : null };
    }),
    contact:
      row.userId === null
        ? null
        : {
            nativeId: row.userId,
            name: user?.displayName ?? null,
            email: user?.primaryEmail ?? null,
            phone: null,
            imageUrl: user?.profileImageUrl ?? null,
          },
    assignee: assigned
      ? {
          nativeId: row.assignedToUserId,
          role: 'AGENT',
          name: row.assignedToDisplayName,
          email: null,
          imageUrl: null,
        }
      : null,
    messageCount: null,
    createdAt: date(row.createdAt),
    updatedAt: date(row.updatedAt),
    lastActivityAt: date(latest?.createdAt ?? null),
    sortedAt: date(latest?.createdAt ?? null),
    embedded: null,
    raw: viewsOf(store, { unknownFields: false }).summary(row),
    native: {
      kind: 'stack-auth',
      status: row.status,
      priority: row.priority,
      source: row.source,
      userId: row.userId,
      teamId: row.teamId,
      userDisplayName: user?.displayName ?? null,
      userPrimaryEmail: user?.primaryEmail ?? null,
      userProfileImageUrl: user?.profileImageUrl ?? null,
      lastMessageType: latest?.messageType,
      metadata: {
        assignedToUserId: row.assignedToUserId,
        assignedToDisplayName: row.assignedToDisplayName,
        tags: row.tags,
        firstResponseDueAt: date(row.firstResponseDueAt),
        firstResponseAt: date(row.firstResponseAt),
        nextResponseDueAt: date(row.nextResponseDueAt),
        lastCustomerReplyAt: date(row.lastCustomerReplyAt),
        lastAgentReplyAt: date(row.lastAgentReplyAt),
      },
      recordMetadata: row.metadata,
      lastMessageAt: date(row.lastMessageAt),
      lastInboundAt: date(row.lastInboundAt),
      lastOutboundAt: date(row.lastOutboundAt),
      closedAt: date(row.closedAt),
      entryPoints: null,
    },
  };
}

function entryPointsOf(store: StackAuthStore, id: string) {
  return (store.entryPoints.get(id) ?? []).map(({ conversationId: _kept, ...row }) => ({
    ...row,
    createdAt: date(row.createdAt),
    updatedAt: date(row.updatedAt),
  }));
}

function date(said: string | null): Date | null {
  return said === null ? null : new Date(said);
}
