// Beginning a conversation: one call that the service knows, a second for the tags, and what is said when that one fails.

import { describe, expect, it } from 'vitest';
import {
  bad,
  changingBodies,
  good,
  hurried,
  INBOX,
  NOBODY,
  openAccount,
} from './stack-auth-account.ts';

async function openDesk(options: Parameters<typeof openAccount>[0] = {}) {
  const account = await openAccount(options);
  const contactId = account.find(
    ({ userId }) => userId !== null && account.store.users.has(userId),
  ).userId;
  const before = new Set(account.store.conversations.keys());
  return {
    ...account,
    begin: { title: 'Box arrived open', contactId: contactId ?? NOBODY, message: 'We saw it too.' },
    /** What there is now that was not there before. */
    added: () => [...account.store.conversations.values()].filter(({ id }) => !before.has(id)),
  };
}

describe('a new conversation', () => {
  it('holds its first message, sent as the agent, and costs two calls', async () => {
    const { create, begin, added, messages, asked, agent } = await openDesk();

    const conversation = good(await create(begin));

    const [row] = added();
    expect(row).toMatchObject({
      id: conversation.nativeId,
      subject: 'Box arrived open',
      userId: begin.contactId,
      status: 'open',
      priority: 'normal',
      source: 'manual',
      tags: [],
    });
    expect(messages(conversation.nativeId)).toMatchObject([
      { body: 'We saw it too.', sender: { type: 'agent', id: agent?.id } },
    ]);
    expect(conversation).toMatchObject({
      title: 'Box arrived open',
      status: 'OPEN',
      priority: 'NORMAL',
      channel: 'manual',
      messageCount: 1,
      contact: { nativeId: begin.contactId },
    });
    expect(asked()).toEqual([`POST ${INBOX}`, `GET ${INBOX}/${conversation.nativeId}`]);
  });

  it.each(['LOW', 'NORMAL', 'HIGH', 'URGENT'] as const)(
    'may be of priority %s',
    async (priority) => {
      const { create, begin, added } = await openDesk();

      const conversation = good(await create({ ...begin, priority }));

      expect(conversation.priority).toBe(priority);
      expect(added()[0]?.priority).toBe(priority.toLowerCase());
    },
  );

  it.each([
    { channel: 'email' },
    { options: { kind: 'stack-auth', source: 'email' } },
    { channel: 'email', options: { kind: 'stack-auth', source: 'email' } },
  ] as const)('comes through the channel it is told: %j', async (source) => {
    const { create, begin, added } = await openDesk();

    const conversation = good(await create({ ...begin, ...source }));

    expect(conversation.channel).toBe('email');
    expect(added()[0]?.source).toBe('email');
  });

  it('is trimmed', async () => {
    const { create, begin, added, messages } = await openDesk();

    good(await create({ ...begin, title: '  Hello ', message: '\n Hi there \n' }));

    expect(added()[0]?.subject).toBe('Hello');
    expect(messages(added()[0]?.id ?? '')[0]?.body).toBe('Hi there');
  });

  it('gets its tags by calls of their own: what was put on it meanwhile is read first', async () => {
    const { create, begin, added, asked } = await openDesk();

    const conversation = good(
      await create({
        ...begin,
        tags: [
          { key: 'vip', value: null },
          { key: 'plan', value: 'pro' },
          { key: 'at', value: '10:30' },
        ],
      }),
    );

    expect(added()[0]?.tags).toEqual(['vip', 'plan:pro', 'at:10:30']);
    expect(conversation.tags).toEqual([
      { key: 'vip', value: null },
      { key: 'plan', value: 'pro' },
      { key: 'at', value: '10:30' },
    ]);
    const path = `${INBOX}/${conversation.nativeId}`;
    expect(asked()).toEqual([`POST ${INBOX}`, `GET ${path}`, `PATCH ${path}`]);
  });
});

describe('what is missing or wrong', () => {
  it('is said all at once, by path and with the fix, and nothing is asked', async () => {
    const { create, asked } = await openDesk();

    const failure = bad(
      await create({
        message: '  ',
        tags: [{ key: 'plan:pro', value: null }],
        priority: 'UNKNOWN',
      }),
    );

    expect(failure).toMatchObject({
      kind: 'invalid-input',
      issues: [
        { path: 'tags.0.key' },
        { path: 'title' },
        { path: 'message' },
        { path: 'contactId' },
        { path: 'priority' },
      ],
    });
    expect(asked()).toEqual([]);
  });

  it.each([
    ['contactId', { contactId: 'user_1' }],
    [
      'tags.1.key',
      {
        tags: [
          { key: 'a', value: null },
          { key: 'a', value: 'b' },
        ],
      },
    ],
    ['tags.0.key', { tags: [{ key: '', value: 'b' }] }],
    ['channel', { channel: 'chat', options: { kind: 'stack-auth', source: 'email' } }],
    ['channel', { channel: 'pigeon' }],
    ['stackAuth.source', { options: { kind: 'stack-auth', source: 'pigeon' } }],
  ] as const)('at %s is invalid input', async (path, wrong) => {
    const { create, begin, added } = await openDesk();

    const failure = bad(await create({ ...begin, ...wrong }));

    expect(failure).toMatchObject({ kind: 'invalid-input', issues: [{ path }] });
    expect(added()).toEqual([]);
  });

  it('and known to the service alone is refused in its own words', async () => {
    const { create, begin, added } = await openDesk();

    expect(bad(await create({ ...begin, contactId: NOBODY }))).toMatchObject({
      kind: 'refused',
      code: 'USER_ID_DOES_NOT_EXIST',
      said: expect.stringContaining(NOBODY),
    });
    expect(added()).toEqual([]);
  });
});

describe('a conversation begun whose tags failed', () => {
  const tags = [{ key: 'vip', value: null }];

  it.each([
    [{ kind: 'status', status: 400 }, 'Request validation failed'],
    [{ kind: 'status', status: 500 }, 'it answered HTTP 500'],
    [{ kind: 'status', status: 429, retryAfter: 3 }, 'too much at once'],
    [{ kind: 'cut' }, 'the connection broke'],
  ] as const)(
    'after %j is named in the failure, which says not to create it again',
    async (fault, reason) => {
      const { create, begin, added, inject } = await openDesk();
      inject({ ...fault, times: 1, match: { method: 'PATCH' } });

      const failure = bad(await create({ ...begin, tags }));

      const [row] = added();
      expect(added()).toHaveLength(1);
      expect(row?.tags).toEqual([]);
      expect(failure).toMatchObject({ kind: 'refused', said: expect.stringContaining(reason) });
      expect(failure).toMatchObject({
        said: expect.stringMatching(
          new RegExp(
            `conversation ${row?.id} was created without its tags .*updateConversation`,
            's',
          ),
        ),
      });
    },
  );

  it('as it seemed is a success where they are there after all', async () => {
    const { create, begin, added, inject } = await openDesk();
    inject({ kind: 'cut-after-accept', times: 1, match: { method: 'PATCH' } });

    const conversation = good(await create({ ...begin, tags }));

    expect(conversation.tags).toEqual(tags);
    expect(added().map((row) => row.tags)).toEqual([['vip']]);
  });

  it.each(['tagged', 'untagged'])(
    'or was %s and not seen again is of an outcome unknown',
    async (how) => {
      const { create, begin, added, inject } = await openDesk();
      inject({ kind: 'status', status: 503, match: { path: `${INBOX}/` } });

      const failure = bad(await create({ ...begin, tags: how === 'tagged' ? tags : [] }));

      expect(added()).toHaveLength(1);
      expect(failure).toMatchObject({
        kind: 'outcome-unknown',
        because: expect.stringContaining(`conversation ${added()[0]?.id} was created`),
      });
    },
  );

  it('at the deadline is of an outcome unknown', async () => {
    const { create, begin, added, inject } = await openDesk();
    inject({ kind: 'hang', match: { method: 'PATCH' } });

    const failure = bad(await create({ ...begin, tags }, hurried()));

    expect(added()).toHaveLength(1);
    expect(failure).toMatchObject({
      kind: 'outcome-unknown',
      because: expect.stringContaining('it did not answer within the deadline'),
    });
  });
});

describe('an answer to the first call', () => {
  it.each(['cut-after-accept', 'malformed'] as const)(
    'that was %s is of an outcome unknown',
    async (kind) => {
      const { create, begin, added, inject } = await openDesk();
      inject({ kind, times: 1 });

      expect(bad(await create(begin))).toMatchObject({ kind: 'outcome-unknown' });
      expect(added()).toHaveLength(1);
    },
  );

  it('that names no conversation is of an outcome unknown', async () => {
    const { create, begin } = await openDesk({ wrap: changingBodies(() => ({ id: 7 })) });

    expect(bad(await create(begin))).toMatchObject({
      kind: 'outcome-unknown',
      because: 'its answer was not shaped as expected: conversationId',
    });
  });
});
