import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  aCall,
  accountHearing,
  asking,
  chatbotkitAccount,
  failureOf,
  ref,
  saying,
  valueOf,
} from './chatbotkit-account.ts';

describe('the table of verbs', () => {
  it('says what this kind can do, and how', async () => {
    const { provider } = await chatbotkitAccount();

    const supports = Object.entries(provider.can).map(([verb, { support }]) => [verb, support]);

    expect(Object.fromEntries(supports)).toEqual({
      CONVERSATION_LIST: 'NATIVE',
      CONVERSATION_GET: 'NATIVE',
      CONVERSATION_CREATE: 'NATIVE',
      CONVERSATION_GET_OR_CREATE: 'EMULATED',
      CONVERSATION_UPDATE: 'NATIVE',
      CONVERSATION_DELETE: 'NATIVE',
      MESSAGE_LIST: 'NATIVE',
      MESSAGE_GET: 'NATIVE',
      MESSAGE_SEND: 'NATIVE',
      MESSAGE_UPDATE: 'NATIVE',
      MESSAGE_DELETE: 'NATIVE',
      MESSAGE_RATE: 'NONE',
      REPLY_REQUEST: 'NATIVE',
      REPLY_STREAM: 'NATIVE',
      CONVERSATION_COMPLETE: 'NATIVE',
      CONTACT_UPSERT: 'NATIVE',
      PARTICIPANT_LIST: 'NONE',
      PARTICIPANT_ADD: 'NONE',
      PARTICIPANT_REMOVE: 'NONE',
      ATTACHMENT_UPLOAD: 'NATIVE',
      SESSION_CREATE: 'NATIVE',
    });
    expect(provider).toMatchObject({
      name: 'assistant',
      kind: 'chatbotkit',
      deadlineMs: 2500,
      replyDeadlineMs: 30_000,
      can: {
        CONVERSATION_LIST: {
          paging: 'last-id',
          order: 'by-time',
          filters: {
            channel: 'lacking',
            contactId: 'pushed',
            tags: 'scanned',
            status: 'lacking',
            archived: 'lacking',
            important: 'lacking',
            createdAfter: 'scanned',
            createdBefore: 'scanned',
            search: 'scanned',
          },
        },
        CONVERSATION_GET_OR_CREATE: { matches: 'contact-and-tags' },
        MESSAGE_LIST: { paging: 'last-id', order: 'by-time' },
        MESSAGE_SEND: { roles: ['USER', 'BOT', 'SYSTEM'], replies: 'when-asked' },
        MESSAGE_UPDATE: {
          fields: ['content', 'kind', 'as', 'tags', 'name', 'description'],
          roles: ['USER', 'BOT', 'SYSTEM'],
          contentKinds: ['text', 'markdown'],
        },
        CONTACT_UPSERT: {
          of: 'conversation',
          fields: ['name', 'description', 'email', 'phone', 'tags'],
        },
        ATTACHMENT_UPLOAD: { fields: ['url', 'file'] },
      },
    });
  });
});

describe('an account', () => {
  it('whose secret is no good says what to look at', async () => {
    const account = await chatbotkitAccount({}, { secret: { reveal: () => 'sk-nobody' } });

    const failure = failureOf(await account.list(asking(), aCall()));

    expect(failure).toEqual({
      kind: 'credential-refused',
      provider: 'assistant',
      said: 'Not authenticated. Check secret in the config and, where it runs as a child account, that runAsUserId or runAsChildUserEmail names one of its own',
    });
  });

  it('says with every question who asks, in which form it wants the answer, and what time it is there', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const account = await accountHearing(
      (_method, _path, headers) => {
        seen.push(headers);
        return { status: 200, body: { items: [], id: 'c1' } };
      },
      {
        runAsUserId: 'child-1',
        runAsChildUserEmail: 'child@example.org',
        timezone: 'Europe/Brussels',
      },
    );

    await account.list(asking(), aCall());
    await account.send(saying('c1', 'hi', { expectReply: true }), aCall());

    expect(seen.map(({ accept }) => accept)).toEqual([
      'application/json',
      'application/jsonl',
      'application/json',
    ]);
    for (const headers of seen) {
      expect(headers).toMatchObject({
        authorization: 'Bearer sk-1',
        'x-runas-user-id': 'child-1',
        'x-runas-child-user-email': 'child@example.org',
        'x-timezone': 'Europe/Brussels',
      });
    }
  });

  it('acts as its child where one is named, by id or by address', async () => {
    const account = await chatbotkitAccount();
    const byId = account.as({ runAsUserId: account.childUserId });
    const byEmail = account.as({ runAsChildUserEmail: account.childUserEmail });

    const { nativeId } = valueOf(await byId.create({ title: 'Of the child', tags: [] }, aCall()));
    const { items } = valueOf(await byEmail.list(asking(), aCall()));

    expect(account.row(nativeId).userId).toBe(account.childUserId);
    expect(items.map((item) => item.nativeId)).toEqual([nativeId]);
    expect(failureOf(await account.get(ref(nativeId), aCall())).kind).toBe('forbidden');
  });

  it('cannot act as the child of another', async () => {
    const account = await chatbotkitAccount({}, { runAsUserId: 'somebody' });

    const failure = failureOf(await account.list(asking(), aCall()));

    expect(failure.kind).toBe('credential-refused');
  });

  it('asks the same question once in an operation', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const call = aCall();

    await Promise.all([account.get(ref(id), call), account.get(ref(id), call)]);
    await account.get(ref(id), call);

    expect(account.asked()).toHaveLength(1);
  });
});
