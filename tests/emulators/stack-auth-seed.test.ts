// What the tales become in the emulated Stack Auth: every corner of the wire is walked somewhere.

import { describe, expect, it } from 'vitest';
import { callStackAuth, recordOf, rowsOf, TALES } from './stack-auth-caller.ts';

describe('the seed', () => {
  it('has every status, priority, source, message type, sender and channel somewhere', async () => {
    const { store } = await callStackAuth({ tales: TALES });
    const conversations = [...store.conversations.values()];
    const messages = [...store.messages.values()].flat();
    const seen = (values: readonly string[]) => [...new Set(values)].toSorted();

    expect(seen(conversations.map(({ status }) => status))).toEqual(['closed', 'open', 'pending']);
    expect(seen(conversations.map(({ priority }) => priority))).toEqual([
      'high',
      'low',
      'normal',
      'urgent',
    ]);
    expect(seen(conversations.map(({ source }) => source))).toEqual([
      'api',
      'chat',
      'email',
      'manual',
    ]);
    expect(seen(messages.map(({ messageType }) => messageType))).toEqual([
      'internal-note',
      'message',
      'status-change',
    ]);
    expect(seen(messages.map(({ sender }) => sender.type))).toEqual(['agent', 'system', 'user']);
    expect(
      seen([...store.entryPoints.values()].flat().map(({ adapterKey }) => adapterKey)),
    ).toEqual(['dashboard-support-form', 'support-chat', 'support-dashboard']);
  });

  it('has every field that may be null both ways, except those nothing ever fills', async () => {
    const { list, detail } = await callStackAuth({ tales: TALES });
    const summaries = rowsOf((await list()).body, 'conversations');
    const bodies = await Promise.all(
      summaries.map(async (row) => (await detail(String(row['conversationId']))).body),
    );
    const sides = (rows: readonly Record<string, unknown>[], key: string) =>
      [...new Set(rows.map((row) => String(row[key] === null)))].toSorted();
    const metadata = summaries.map((row) => recordOf(row['metadata']));
    const messages = bodies.flatMap((body) => rowsOf(body, 'messages'));
    const entryPoints = bodies.flatMap((body) => rowsOf(body, 'entryPoints'));

    const bothWays: [readonly Record<string, unknown>[], string[]][] = [
      [
        summaries,
        [
          'userId',
          'teamId',
          'userDisplayName',
          'userPrimaryEmail',
          'userProfileImageUrl',
          'lastInboundAt',
          'lastOutboundAt',
          'closedAt',
          'recordMetadata',
        ],
      ],
      [
        metadata,
        [
          'assignedToUserId',
          'assignedToDisplayName',
          'firstResponseAt',
          'lastCustomerReplyAt',
          'lastAgentReplyAt',
        ],
      ],
      [messages, ['userId', 'teamId', 'body', 'metadata']],
      [messages.map((row) => recordOf(row['sender'])), ['id', 'displayName', 'primaryEmail']],
      [entryPoints, ['metadata']],
    ];
    for (const [rows, keys] of bothWays) {
      for (const key of keys) expect([key, sides(rows, key)]).toEqual([key, ['false', 'true']]);
    }
    for (const key of ['firstResponseDueAt', 'nextResponseDueAt']) {
      expect([key, sides(metadata, key)]).toEqual([key, ['true']]);
    }
  });

  it('tells each tale at its own times, none of them after now', async () => {
    const { store, now } = await callStackAuth({ tales: TALES });

    for (const row of store.conversations.values()) {
      const messages = store.messages.get(row.id) ?? [];
      const times = messages.map(({ createdAt }) => createdAt);
      const latest = (type: string) =>
        messages.findLast(
          ({ messageType, sender }) => messageType === 'message' && sender.type === type,
        )?.createdAt ?? null;
      expect(times).toEqual(times.toSorted());
      expect(row.createdAt).toBe(times[0]);
      expect(row.lastMessageAt).toBe(times.at(-1));
      expect(row.lastInboundAt).toBe(latest('user'));
      expect(row.lastCustomerReplyAt).toBe(latest('user'));
      expect(row.lastOutboundAt).toBe(latest('agent'));
      expect(row.lastAgentReplyAt).toBe(latest('agent'));
      expect(row.updatedAt >= row.lastMessageAt && row.updatedAt <= now()).toBe(true);
      expect(row.closedAt !== null).toBe(row.status === 'closed');
    }
  });

  it('carries the tags of the tales: vip, and the plan', async () => {
    const { store } = await callStackAuth({ tales: TALES });
    const tags = new Set([...store.conversations.values()].flatMap((row) => row.tags));

    expect(tags).toContain('vip');
    expect(tags).toContain('plan:pro');
    expect([...store.conversations.values()].some((row) => row.tags.length === 0)).toBe(true);
  });

  it('is the same for two emulators started alike', async () => {
    const one = await callStackAuth({ tales: TALES });
    const other = await callStackAuth({ tales: TALES });

    expect((await one.list()).body).toEqual((await other.list()).body);
    expect({ ...one.credentials, url: '' }).toEqual({ ...other.credentials, url: '' });
  });

  it('has attachments only where an import is supposed to have brought them', async () => {
    const never = await callStackAuth({ tales: TALES });
    const some = await callStackAuth({ tales: TALES, attachments: 'some' });
    const attached = ({ store }: typeof never) =>
      [...store.messages.values()].flat().flatMap(({ attachments }) => attachments);

    expect(attached(never)).toEqual([]);
    expect(attached(some)[0]).toMatchObject({ name: 'screenshot.png', contentType: 'image/png' });
  });

  it('is nothing without tales', async () => {
    const { list } = await callStackAuth();

    expect((await list()).body).toEqual({ conversations: [], hasMore: false });
  });
});
