// Sending through the Chatling adapter, which is asking its AI: what is stored, what comes back, and what is made of less.

import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/domain/message.ts';
import {
  aCall,
  accountHearing,
  chatlingAccount,
  everyPage,
  failureOf,
  HELP,
  modellessAccount,
  NOW_MS,
  ref,
  saying,
  TALES,
  valueOf,
} from './chatling-account.ts';

describe('a message sent', () => {
  it.each([
    { messageIds: true, chatMessageId: true },
    { messageIds: true, chatMessageId: false },
    { messageIds: false, chatMessageId: true },
    { messageIds: false, chatMessageId: false },
  ])('is answered, and both turns are what the history shows with %j', async (switched) => {
    const { store, send, messages, asked } = await chatlingAccount({ tales: TALES, ...switched });
    const conversation = ref(anyId(store));
    const before = store.conversations.get(conversation.nativeId)?.messages.length ?? 0;

    const sent = valueOf(await send.does(saying(conversation, 'Where is my parcel?'), aCall()));

    expect(asked()).toEqual(['POST /ai/kb/chat', `GET /conversations/${conversation.nativeId}`]);
    const stored = store.conversations.get(conversation.nativeId)?.messages.slice(before);
    expect(stored?.map(({ role, text }) => ({ role, text }))).toEqual([
      { role: 'user', text: 'Where is my parcel?' },
      { role: 'bot', text: sent.reply?.text },
    ]);
    const history = await everyPage((at) => messages.does({ conversation, at, size: 20 }, aCall()));
    expect([sent.reply, sent.message]).toEqual(history.flat().slice(0, 2));
    expect(sent).toMatchObject({
      message: {
        role: 'USER',
        content: { type: 'text', text: 'Where is my parcel?' },
        createdAt: new Date(NOW_MS),
      },
      reply: {
        role: 'BOT',
        content: { type: 'markdown' },
        derivedId: !switched.messageIds,
        rating: null,
        native: { isAiKbResponse: true },
      },
      usage: null,
    });
    expect(sent.reply?.citations).toEqual(citationsOf(stored?.[1]?.data));
  });

  it('twice in one second is two messages', async () => {
    const { store, send } = await chatlingAccount({ tales: TALES, messageIds: false });
    const conversation = ref(anyId(store));

    const first = valueOf(await send.does(saying(conversation, 'Hello!'), aCall()));
    const second = valueOf(await send.does(saying(conversation, 'Hello!'), aCall()));

    const ids = [first.message, first.reply, second.message, second.reply].map(
      (message) => message?.nativeId,
    );
    expect(new Set(ids).size).toBe(4);
  });

  it('goes out as Markdown too', async () => {
    const { store, send } = await chatlingAccount({ tales: TALES });
    const conversation = ref(anyId(store));

    const content = { type: 'markdown', markdown: '**Now**, please.' } as const;
    await send.does(saying(conversation, '', { content }), aCall());

    const messages = store.conversations.get(conversation.nativeId)?.messages;
    expect(messages?.at(-2)).toMatchObject({ role: 'user', text: '**Now**, please.' });
  });

  it('carries everything it can be asked with', async () => {
    const { emulator, store, send } = await chatlingAccount({ tales: TALES }, { languageId: 14 });
    const conversation = ref(anyId(store));
    const options = {
      kind: 'chatling',
      aiModelId: 6,
      languageId: 2,
      temperature: 0.5,
      instructions: ['Be brief.', 'Be kind.'],
    } as const;

    await send.does(saying(conversation, 'Hello!', { options }), aCall());
    await send.does(saying(conversation, 'Hello!'), aCall());

    const bodies = emulator.journal
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => body);
    expect(bodies).toEqual([
      {
        message: 'Hello!',
        conversation_id: conversation.nativeId,
        ai_model_id: 6,
        language_id: 2,
        temperature: 0.5,
        instructions: ['Be brief.', 'Be kind.'],
      },
      {
        message: 'Hello!',
        conversation_id: conversation.nativeId,
        ai_model_id: 8,
        language_id: 14,
      },
    ]);
  });

  it.each(['plain', 'laravel'] as const)(
    'with what the service does not take is refused in its own %s words',
    async (errors) => {
      const { store, send } = await chatlingAccount({ tales: TALES, errors });
      const options = { kind: 'chatling', aiModelId: 9999 } as const;

      const outcome = await send.does(saying(ref(anyId(store)), 'Hello!', { options }), aCall());

      const said = 'The ai_model_id must be the id of a model.';
      expect(failureOf(outcome)).toEqual({
        kind: 'refused',
        provider: HELP,
        code: null,
        said: errors === 'plain' ? said : `ai_model_id: ${said}`,
      });
    },
  );

  it('without credits is refused and stores nothing', async () => {
    const { store, send } = await chatlingAccount({ tales: TALES, credits: 'exhausted' });
    const before = structuredClone(store.conversations);

    const outcome = await send.does(saying(ref(anyId(store)), 'Hello!'), aCall());

    expect(failureOf(outcome)).toEqual({
      kind: 'refused',
      provider: HELP,
      code: null,
      said: 'Insufficient AI credits',
    });
    expect(store.conversations).toEqual(before);
  });

  it('of a kind the service has no place for is not sent', async () => {
    const { store, send, asked } = await chatlingAccount({ tales: TALES });
    const content = { type: 'image', url: 'https://example.com/a.png', title: null } as const;

    const outcome = await send.does(saying(ref(anyId(store)), '', { content }), aCall());

    expect(failureOf(outcome)).toMatchObject({
      kind: 'invalid-input',
      issues: [{ path: 'content' }],
    });
    expect(asked()).toEqual([]);
  });
});

describe('an account without a model', () => {
  const failure = {
    kind: 'invalid-input',
    issues: [
      {
        path: 'chatling.aiModelId',
        message: expect.stringContaining('`providers.help.aiModelId`'),
      },
    ],
  };

  it('sends and begins nothing, and says where to name one', async () => {
    const { emulator, send, create } = await modellessAccount();

    expect(failureOf(await send.does(saying(ref('1234567890'), 'Hello!'), aCall()))).toEqual(
      failure,
    );
    expect(failureOf(await create.does({ tags: [], message: 'Hello!' }, aCall()))).toEqual(failure);
    expect(emulator.journal).toEqual([]);
  });

  it('sends with one that the client names', async () => {
    const { create } = await modellessAccount();
    const options = { kind: 'chatling', aiModelId: 8 } as const;

    const input = { tags: [], message: 'Hello!', options };

    expect(valueOf(await create.does(input, aCall())).preview).toEqual(expect.any(String));
  });
});

describe('a message to a conversation that is not there', () => {
  it('is not sent where the service refuses it', async () => {
    const { store, send } = await chatlingAccount({ tales: TALES });
    const before = store.conversations.size;

    const outcome = await send.does(saying(ref('1234567890'), 'Hello!'), aCall());

    expect(failureOf(outcome)).toEqual({
      kind: 'not-found',
      what: 'conversation 1234567890 at help',
    });
    expect(store.conversations.size).toBe(before);
  });

  it('is said to have begun another one where the service did that', async () => {
    const { store, send } = await chatlingAccount({ unknownConversation: 'create' });

    const outcome = await send.does(saying(ref('1234567890'), 'Hello!'), aCall());

    expect(failureOf(outcome)).toEqual({
      kind: 'not-found',
      what: `conversation 1234567890 at help (the message began conversation ${anyId(store)} instead)`,
    });
  });
});

describe('an answer that cannot be read back', () => {
  it('is the reply all the same, by the id the chat answer names', async () => {
    const { emulator, store, send } = await chatlingAccount({ tales: TALES });
    const conversation = ref(anyId(store));
    emulator.inject({ kind: 'status', status: 500, match: { method: 'GET' } });

    const sent = valueOf(await send.does(saying(conversation, 'And my invoice?'), aCall()));

    const stored = store.conversations.get(conversation.nativeId)?.messages.at(-1);
    expect(sent).toMatchObject({
      message: null,
      reply: {
        conversation,
        nativeId: stored?.id,
        derivedId: false,
        role: 'BOT',
        text: stored?.text,
        createdAt: null,
        citations: citationsOf(stored?.data),
      },
      usage: null,
    });
  });

  it('is the reply all the same, by an id of its own where the chat answer names none', async () => {
    const { emulator, store, send } = await chatlingAccount({ tales: TALES, chatMessageId: false });
    emulator.inject({ kind: 'cut', match: { method: 'GET' } });

    const { message, reply } = valueOf(
      await send.does(saying(ref(anyId(store)), 'And my invoice?'), aCall()),
    );

    expect(message).toBeNull();
    expect(reply).toMatchObject({ derivedId: true, nativeId: expect.stringMatching(/^derived-/) });
  });

  it('is the reply all the same where the conversation does not show it yet', async () => {
    const { send } = await accountHearing((method) =>
      method === 'POST'
        ? good({ conversation_id: 77, response: 'Yes.' })
        : good({ id: 77, messages: [] }),
    );

    const { message, reply } = valueOf(await send.does(saying(ref('77'), 'Really?'), aCall()));

    expect(message).toBeNull();
    expect(reply).toMatchObject({ text: 'Yes.', citations: [], createdAt: null });
  });

  it('is null where there was none', async () => {
    const { send } = await accountHearing(() => good({ id: '77', conversation_id: '77' }));

    const sent = valueOf(await send.does(saying(ref('77'), 'Really?'), aCall()));

    expect(sent).toEqual({ message: null, reply: null, usage: null, unfinished: null });
  });
});

it('finds the two turns whatever order the service gives equal times', async () => {
  const row = (id: string, role: string, text: string) => ({
    id,
    role,
    text,
    created_at: '2025-03-14T10:30:00+00:00',
  });
  const { send } = await accountHearing((method) =>
    method === 'POST'
      ? good({ conversation_id: '77', response: 'Yes.' })
      : good({
          id: '77',
          messages: [
            row('m4', 'user', 'Really? '),
            row('m3', 'bot', 'Yes.\n'),
            row('m2', 'bot', 'Yes.'),
            row('m1', 'user', 'Really?'),
          ],
        }),
  );

  const { message, reply } = valueOf(await send.does(saying(ref('77'), 'Really?'), aCall()));

  expect([message, reply].map((found: Message | null) => found?.nativeId)).toEqual(['m4', 'm3']);
});

function good(data: unknown) {
  return { status: 200, body: { status: 'success', data } };
}

function anyId({
  conversations,
}: {
  readonly conversations: ReadonlyMap<string, unknown>;
}): string {
  return [...conversations.keys()][0] ?? '';
}

function citationsOf(data: Readonly<Record<string, unknown>> | undefined): unknown[] {
  const sources = data?.['sources'];
  return Array.isArray(sources)
    ? sources.map((source: object) => ({ type: null, title: null, url: null, ...source }))
    : [];
}
