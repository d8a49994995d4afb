// The timeline of a conversation: read from its detail.

import { describe, expect, it } from 'vitest';
import type { MessageRow } from '../../emulators/stack-auth/store.ts';
import {
  bad,
  changingBodies,
  good,
  INBOX,
  NOBODY,
  newCall,
  openAccount,
  ref,
  SUPPORT,
} from './stack-auth-account.ts';

describe('messages', () => {
  it('say what the service keeps, newest first, whatever kind of row they are', async () => {
    const { messageList, messages, store } = await openAccount();
    const seen = new Set<string>();

    for (const [id, row] of store.conversations) {
      const { items, next } = good(await messageList(id, { size: 200 }));
      expect(next).toBeNull();
      expect(items).toEqual(
        messages(id)
          .toReversed()
          .map((message) => expectedOf(message, row)),
      );
      for (const { kind, role } of items) seen.add(kind).add(role);
    }

    expect([...seen].toSorted()).toEqual([
      'AGENT',
      'MESSAGE',
      'NOTE',
      'STATUS_CHANGE',
      'SYSTEM',
      'USER',
    ]);
  });

  it.each([1, 2, 3, 50])('are walked in pages of %i', async (size) => {
    const { messageList, find, messages } = await openAccount();
    const { id } = find((row) => messages(row.id).length > 5);

    const walked: string[] = [];
    let at: string | null = null;
    do {
      const page: { items: readonly { nativeId: string }[]; next: string | null } = good(
        await messageList(id, { at, size }),
      );
      expect(page.items.length).toBeLessThanOrEqual(size);
      walked.push(...page.items.map(({ nativeId }) => nativeId));
      at = page.next;
    } while (at !== null);

    expect(walked).toEqual(
      messages(id)
        .toReversed()
        .map((message) => message.id),
    );
  });

  it('after a row that is not there begin with the newest', async () => {
    const { messageList, find } = await openAccount();
    const { id } = find(() => true);

    const lost = good(await messageList(id, { at: NOBODY, size: 2 }));

    expect(lost).toEqual(good(await messageList(id, { size: 2 })));
  });

  it('and their conversation cost one call during one operation', async () => {
    const { get, messageList, messageGet, find, messages, asked } = await openAccount();
    const { id } = find(() => true);
    const call = newCall();

    await get(id, call);
    await messageList(id, { size: 2 }, call);
    await messageGet(id, messages(id)[0]?.id ?? '', call);

    expect(asked()).toEqual([`GET ${INBOX}/${id}`]);
  });

  it('carry what was attached, should anything be', async () => {
    const { messageList, store } = await openAccount({ attachments: 'some' });
    const [id, rows] =
      [...store.messages].find(([, all]) => all.some((row) => row.attachments.length > 0)) ?? [];
    const attached = rows?.findIndex((row) => row.attachments.length > 0) ?? -1;

    const { items } = good(await messageList(id ?? '', { size: 200 }));

    expect(items.toReversed()[attached]?.attachments).toEqual([
      { name: 'screenshot.png', type: 'image/png', url: null },
    ]);
  });

  it('of kinds and senders nobody knows yet are kept inside, with their words', async () => {
    const { messageList, find } = await openAccount({
      unknownFields: true,
      wrap: changingRows((row) => ({
        ...row,
        messageType: 'call-summary',
        sender: { type: 'robot', id: 'r1' },
      })),
    });

    const { items } = good(await messageList(find(() => true).id, { size: 1 }));

    expect(items).toMatchObject([
      {
        role: 'UNKNOWN',
        kind: 'UNKNOWN',
        visibility: 'INTERNAL',
        author: { nativeId: 'r1', name: null },
        native: { messageType: 'call-summary', sender: { type: 'robot' } },
      },
    ]);
  });

  it('without an id are left out, and the count still has them', async () => {
    const { get, messageList, find, messages } = await openAccount({
      wrap: changingRows((row, index) =>
        index === 0 ? 'what' : index === 1 ? { id: row.id } : row,
      ),
    });
    const { id } = find((row) => messages(row.id).length > 3);

    const { messageCount, embedded } = good(await get(id));
    const { items } = good(await messageList(id, { size: 200 }));

    expect(messageCount).toBe(messages(id).length);
    expect(embedded).toMatchObject({ complete: false });
    expect(items).toHaveLength(messages(id).length - 1);
    expect(items.at(-1)).toMatchObject({
      nativeId: messages(id)[1]?.id,
      role: 'UNKNOWN',
      author: null,
      text: null,
      createdAt: null,
    });
  });

  it('that are no list are unavailable', async () => {
    const { messageList, find } = await openAccount({
      wrap: changingBodies((body) => ({ ...Object(body), messages: 'many' })),
    });

    expect(bad(await messageList(find(() => true).id))).toMatchObject({
      kind: 'unavailable',
      because: 'its answer was not shaped as expected: messages',
    });
  });

  it.each([NOBODY, 'conv_1'])(
    'of a conversation that is not there (%s) are not found',
    async (id) => {
      const { messageList, messageGet } = await openAccount();

      const failure = { kind: 'not-found', what: `conversation ${id} at ${SUPPORT}` };
      expect(bad(await messageList(id))).toEqual(failure);
      expect(bad(await messageGet(id, NOBODY))).toEqual(failure);
    },
  );
});

describe('one message', () => {
  it('is found in its conversation', async () => {
    const { messageGet, find, messages, row } = await openAccount();
    const { id } = find((one) => messages(one.id).length > 2);

    for (const message of messages(id)) {
      expect(good(await messageGet(id, message.id))).toEqual(expectedOf(message, row(id)));
    }
  });

  it('that is not in it is not found', async () => {
    const { messageGet, find } = await openAccount();
    const { id } = find(() => true);

    expect(bad(await messageGet(id, NOBODY))).toEqual({
      kind: 'not-found',
      what: `message ${NOBODY} in conversation ${id} at ${SUPPORT}`,
    });
  });
});

function expectedOf(
  row: MessageRow | undefined,
  parent: {
    readonly subject: string;
    readonly status: string;
    readonly priority: string;
    readonly source: string;
    readonly userId: string | null;
    readonly teamId: string | null;
  },
) {
  if (!row) throw new Error('The service keeps no such message.');
  const kinds = {
    message: { kind: 'MESSAGE', visibility: 'PUBLIC' },
    'internal-note': { kind: 'NOTE', visibility: 'INTERNAL' },
    'status-change': { kind: 'STATUS_CHANGE', visibility: 'PUBLIC' },
  };
  const role = row.sender.type.toUpperCase();
  const { subject, status, priority, source, userId, teamId } = parent;
  return {
    conversation: ref(row.conversationId),
    nativeId: row.id,
    derivedId: false,
    role,
    ...kinds[row.messageType],
    author: {
      nativeId: row.sender.id,
      role,
      name: row.sender.displayName,
      email: row.sender.primaryEmail,
      imageUrl: null,
    },
    text: row.body,
    content:
      row.body === null
        ? { type: 'unknown', said: row.messageType, payload: row.metadata }
        : { type: 'text', text: row.body },
    citations: [],
    rating: null,
    attachments: [],
    tags: [],
    createdAt: new Date(row.createdAt),
    updatedAt: null,
    raw: {
      id: row.id,
      conversationId: row.conversationId,
      userId,
      teamId,
      subject,
      status,
      priority,
      source,
      messageType: row.messageType,
      body: row.body,
      attachments: row.attachments,
      metadata: row.metadata,
      createdAt: row.createdAt,
      sender: row.sender,
    },
    native: {
      kind: 'stack-auth',
      messageType: row.messageType,
      metadata: row.metadata,
      sender: row.sender,
      subject,
      status,
      priority,
      source,
      userId,
      teamId,
    },
  };
}

function changingRows(change: (row: Partial<MessageRow>, index: number) => unknown) {
  return changingBodies((body) => {
    const { messages, ...rest } = Object(body);
    return { ...rest, messages: Array.isArray(messages) ? messages.map(change) : messages };
  });
}
