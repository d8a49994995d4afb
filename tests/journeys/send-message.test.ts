// What is written at Chatling, ChatBotKit and Stack Auth: stored once, answered where a bot answers, and read back the same.

import { describe, expect, it } from 'vitest';
import { visibleMessages } from '../../emulators/stack-auth/views.ts';
import { at, textAt } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance, type TestParlance } from '../support/parlance.ts';
import { rowsAdded, rowWhere, watchStores, writes } from '../support/stores.ts';
import { messagesOf, spoken } from '../support/timeline.ts';

async function desk(options: StartOptions = {}) {
  const clock = testClock();
  const parlance = await startParlance({ count: 2, clock, ...options });
  clock.pass(60_000);
  return { ...parlance, clock, changes: watchStores(parlance.world) };
}

function sender(parlance: TestParlance, id: string) {
  return (input: object) => mutate(parlance, 'sendMessage', { conversationId: id, ...input });
}

describe('a message at Chatling', () => {
  it.each([
    ['gives its messages ids', {}],
    ['gives the answer’s id away with the answer only', { chatMessageId: false }],
    ['gives its messages no ids', { messageIds: false, chatMessageId: false }],
  ])('is answered by the AI within the call, where the service %s', async (_, chatling) => {
    const { clock, changes, ...parlance } = await desk({ chatling });
    const row = rowWhere(parlance.world.chatling.store.conversations);
    const count = row.messages.length;
    const id = conversationId('help', row.id);

    const result = await sender(parlance, id)({ text: 'Where are the invoices?' });

    const answer = row.messages.at(-1)?.text;
    const when = clock.iso();
    expect(result).toMatchObject({
      __typename: 'SendMessagePayload',
      delivery: 'SENT',
      sent: { role: 'USER', text: 'Where are the invoices?', createdAt: when },
      reply: {
        role: 'BOT',
        text: answer,
        content: { __typename: 'MarkdownContent', markdown: answer },
        createdAt: when,
        citations: [{ title: expect.any(String) }, expect.anything()],
      },
      usage: null,
    });
    expect(Object.keys(changes())).toEqual([
      `help/conversations/${row.id}/messages/${count}`,
      `help/conversations/${row.id}/messages/${count + 1}`,
      'help/aiCreditsUsed',
    ]);
    // Newest first, and the very same rows.
    const [newest, before] = await messagesOf(parlance, id);
    expect(at(result, 'reply')).toEqual(newest);
    expect(at(result, 'sent')).toEqual(before);
    expect(writes(parlance.world, 'help')).toHaveLength(1);
  });

  it('asks for an answer in the way that is wanted', async () => {
    const parlance = await desk();
    const row = rowWhere(parlance.world.chatling.store.conversations);

    await sender(
      parlance,
      conversationId('help', row.id),
    )({
      content: { markdown: 'Where are the **invoices**?' },
      chatling: { aiModelId: 3, languageId: 2, temperature: 0.5, instructions: ['Be brief.'] },
    });

    expect(writes(parlance.world, 'help')).toMatchObject([
      {
        body: {
          conversation_id: row.id,
          message: 'Where are the **invoices**?',
          ai_model_id: 3,
          language_id: 2,
          temperature: 0.5,
          instructions: ['Be brief.'],
        },
      },
    ]);
  });
});

describe('a message at ChatBotKit', () => {
  it('that expects no reply stores the user’s row and not a word of the bot', async () => {
    const { clock, changes, ...parlance } = await desk();
    const { conversations, messages } = parlance.world.chatbotkit.store;
    const row = rowWhere(conversations);
    const id = conversationId('assistant', row.id);
    const added = rowsAdded(messages);

    const result = await sender(parlance, id)({ text: 'Where are the invoices?' });

    expect(added()).toMatchObject([
      { conversationId: row.id, type: 'user', text: 'Where are the invoices?', meta: null },
    ]);
    expect(Object.keys(changes())).toHaveLength(1);
    const [newest] = await messagesOf(parlance, id);
    expect(newest).toMatchObject({
      role: 'USER',
      kind: 'MESSAGE',
      visibility: 'PUBLIC',
      text: 'Where are the invoices?',
      createdAt: clock.iso(),
    });
    expect(result).toMatchObject({ delivery: 'SENT', reply: null, usage: null });
    expect(at(result, 'sent')).toEqual(newest);
  });

  it('that expects a reply brings it, with what it cost and why it ended', async () => {
    const { clock, ...parlance } = await desk();
    const { conversations, messages } = parlance.world.chatbotkit.store;
    const row = rowWhere(conversations);
    const id = conversationId('assistant', row.id);
    const added = rowsAdded(messages);
    parlance.world.chatbotkit.stage({ reply: 'In the menu.', reasoning: 'Menus?', end: 'length' });

    const result = await sender(
      parlance,
      id,
    )({
      text: 'Where are the invoices?',
      expectReply: true,
    });

    expect(added().map(({ type, text }) => [type, text])).toEqual([
      ['user', 'Where are the invoices?'],
      ['reasoning', 'Menus?'],
      ['bot', 'In the menu.'],
    ]);
    expect(result).toMatchObject({
      delivery: 'SENT',
      sent: { role: 'USER', text: 'Where are the invoices?', createdAt: clock.iso() },
      reply: { role: 'BOT', text: 'In the menu.', content: { markdown: 'In the menu.' } },
      usage: { tokens: expect.any(Number), endReason: 'length' },
    });
    expect(at(result, 'usage.tokens')).toBeGreaterThan(0);
    const [newest, before] = await messagesOf(parlance, id);
    expect(at(result, 'reply')).toEqual(newest);
    expect(at(result, 'sent')).toEqual(before);
    expect(spoken((await messagesOf(parlance, id, { includeHidden: true })).slice(0, 3))).toEqual([
      ['BOT', 'In the menu.'],
      ['BOT', 'Menus?'],
      ['USER', 'Where are the invoices?'],
    ]);
    expect(writes(parlance.world, 'assistant')).toHaveLength(1);
  });

  it('carries a name, a description, tags and metadata', async () => {
    const parlance = await desk();
    const { conversations, messages } = parlance.world.chatbotkit.store;
    const id = conversationId('assistant', rowWhere(conversations).id);
    const added = rowsAdded(messages);

    const result = await sender(
      parlance,
      id,
    )({
      text: 'Where are the invoices?',
      name: 'A question',
      description: 'Asked by phone',
      tags: [{ key: 'via', value: 'phone' }],
      chatBotKit: { meta: { call: { seconds: 81 } } },
    });

    const meta = { via: 'phone', call: { seconds: 81 } };
    expect(added()).toMatchObject([
      { type: 'user', name: 'A question', description: 'Asked by phone', meta },
    ]);
    expect(result).toMatchObject({
      sent: {
        role: 'USER',
        tags: [{ key: 'via', value: 'phone' }],
        native: { name: 'A question', description: 'Asked by phone', meta },
      },
    });
    expect(await messagesOf(parlance, id)).toMatchObject([
      { nativeId: added()[0]?.id, tags: [{ key: 'via', value: 'phone' }] },
      ...(await messagesOf(parlance, id)).slice(1),
    ]);
  });

  it.each([
    ['the bot’s voice', { as: 'BOT' }, { type: 'bot', role: 'BOT', kind: 'MESSAGE' }],
    ['context', { kind: 'CONTEXT' }, { type: 'context', role: 'SYSTEM', kind: 'CONTEXT' }],
    [
      'an instruction',
      { kind: 'INSTRUCTION' },
      { type: 'instruction', role: 'SYSTEM', kind: 'INSTRUCTION' },
    ],
    [
      'a backstory',
      { kind: 'BACKSTORY' },
      { type: 'backstory', role: 'SYSTEM', kind: 'BACKSTORY' },
    ],
    ['reasoning', { kind: 'REASONING' }, { type: 'reasoning', role: 'BOT', kind: 'REASONING' }],
    [
      'a checkpoint',
      { kind: 'CHECKPOINT' },
      { type: 'checkpoint', role: 'SYSTEM', kind: 'CHECKPOINT' },
    ],
  ] as const)(
    'in %s is a row of its kind that no bot answers',
    async (_, how, { type, role, kind }) => {
      const { clock, ...parlance } = await desk();
      const { conversations, messages } = parlance.world.chatbotkit.store;
      const id = conversationId('assistant', rowWhere(conversations).id);
      const added = rowsAdded(messages);

      const result = await sender(parlance, id)({ text: 'Be kind to them.', ...how });

      expect(added()).toMatchObject([{ type, text: 'Be kind to them.' }]);
      const [newest] = await messagesOf(parlance, id, { includeHidden: true });
      expect(newest).toMatchObject({
        role,
        kind,
        visibility: kind === 'MESSAGE' ? 'PUBLIC' : 'INTERNAL',
        text: 'Be kind to them.',
        createdAt: clock.iso(),
      });
      expect(result).toMatchObject({ sent: newest, reply: null });
      const shown = await messagesOf(parlance, id);
      expect(shown.some((message) => at(message, 'id') === at(newest, 'id'))).toBe(
        kind === 'MESSAGE',
      );
    },
  );

  it('is shown as it is stored, with the entities it was said to hold taken out', async () => {
    const parlance = await desk();
    const { conversations, messages } = parlance.world.chatbotkit.store;
    const id = conversationId('assistant', rowWhere(conversations).id);
    const added = rowsAdded(messages);
    const text = 'Write to ada@larkfield.example please';

    const result = await sender(
      parlance,
      id,
    )({
      text,
      as: 'BOT',
      chatBotKit: { entities: [{ type: 'email', begin: 9, end: 30, text: text.slice(9, 30) }] },
    });

    const stored = added()[0]?.text ?? '';
    expect(stored).not.toContain('ada@larkfield.example');
    expect(result).toMatchObject({ delivery: 'SENT', sent: { text: stored } });
  });
});

describe('a message at Stack Auth', () => {
  it.each([
    ['as it is', 'We are on it.'],
    ['with spaces around it', '  We are on it.\n'],
  ])('is a reply of the agent’s, written %s', async (_, text) => {
    const { clock, ...parlance } = await desk();
    const { store } = parlance.world.stackAuth;
    const row = rowWhere(store.conversations);
    Object.assign(row, { status: 'open', closedAt: null });
    const id = conversationId('support', row.id);

    const result = await sender(parlance, id)({ text });

    const timeline = visibleMessages(store, row, 'customer');
    expect(timeline.at(-1)).toMatchObject({
      messageType: 'message',
      body: 'We are on it.',
      sender: { type: 'agent' },
      createdAt: clock.iso(),
    });
    expect(row.status).toBe('pending');
    const [newest] = await messagesOf(parlance, id);
    expect(newest).toMatchObject({
      role: 'AGENT',
      kind: 'MESSAGE',
      visibility: 'PUBLIC',
      text: 'We are on it.',
      createdAt: clock.iso(),
      author: { role: 'AGENT', name: expect.any(String) },
    });
    expect(result).toMatchObject({ delivery: 'SENT', sent: newest, reply: null, usage: null });
    expect(writes(parlance.world, 'support')).toHaveLength(1);
  });

  it.each([
    ['its kind', { kind: 'NOTE' }],
    ['its visibility', { visibility: 'INTERNAL' }],
    ['both', { kind: 'NOTE', visibility: 'INTERNAL' }],
  ])('is a note by %s, which the customer never sees', async (_, how) => {
    const { clock, ...parlance } = await desk();
    const { store } = parlance.world.stackAuth;
    const row = rowWhere(store.conversations);
    const { status } = row;
    const id = conversationId('support', row.id);
    const seen = visibleMessages(store, row, 'customer').length;

    const result = await sender(parlance, id)({ text: ' Do not tell them. ', ...how });

    expect(visibleMessages(store, row, 'customer')).toHaveLength(seen);
    expect(visibleMessages(store, row, 'agent').at(-1)).toMatchObject({
      messageType: 'internal-note',
      body: 'Do not tell them.',
    });
    expect(row.status).toBe(status);
    const [newest] = await messagesOf(parlance, id);
    expect(newest).toMatchObject({
      role: 'AGENT',
      kind: 'NOTE',
      visibility: 'INTERNAL',
      text: 'Do not tell them.',
      createdAt: clock.iso(),
    });
    expect(result).toMatchObject({ delivery: 'SENT', sent: newest });
  });

  it('said twice is two rows, and the payload shows the later one', async () => {
    const { clock, ...parlance } = await desk();
    const id = conversationId('support', rowWhere(parlance.world.stackAuth.store.conversations).id);
    const first = await sender(parlance, id)({ text: 'Any news?' });
    clock.pass(1000);

    const second = await sender(parlance, id)({ text: 'Any news?' });

    expect(textAt(second, 'sent.nativeId')).not.toBe(textAt(first, 'sent.nativeId'));
    expect(at(second, 'sent')).toEqual((await messagesOf(parlance, id))[0]);
  });
});

describe('the conversation beside a message', () => {
  it('is as it is after it, and costs one call', async () => {
    const parlance = await desk();
    const row = rowWhere(parlance.world.stackAuth.store.conversations);
    Object.assign(row, { status: 'open', closedAt: null });

    const { data, errors } = await parlance.ask(
      `mutation ($input: SendMessageInput!) {
        sendMessage(input: $input) {
          ... on SendMessagePayload { conversation { nativeId status messages(first: 1) { nodes { text } } } }
        }
      }`,
      { input: { conversationId: conversationId('support', row.id), text: 'We are on it.' } },
    );

    expect(errors).toEqual([]);
    expect(at(data, 'sendMessage.conversation')).toEqual({
      nativeId: row.id,
      status: 'PENDING',
      messages: { nodes: [{ text: 'We are on it.' }] },
    });
    // The look before it is for the case that its answer is lost, and shows nothing of after.
    const asked = parlance.world.stackAuth.journal.filter(({ path }) => path.endsWith(row.id));
    expect(asked.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'GET']);
  });
});
