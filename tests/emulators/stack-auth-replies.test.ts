// Replies and notes in the emulated Stack Auth over raw HTTP, and what they move by themselves.

import { describe, expect, it } from 'vitest';
import { callStackAuth, callWithOneConversation, rowsOf, theOnly } from './stack-auth-caller.ts';

describe('a public reply', () => {
  it('of an agent moves an open conversation to pending, without a row saying so', async () => {
    const { patch, pass, now, id, conversation, messages } = await callWithOneConversation();
    const createdAt = now();
    pass(60_000);

    await patch(id, { type: 'reply', body: 'On its way.' });

    expect(messages().map(({ messageType }) => messageType)).toEqual(['message', 'message']);
    expect(conversation).toMatchObject({
      status: 'pending',
      createdAt,
      updatedAt: now(),
      lastMessageAt: now(),
      lastInboundAt: createdAt,
      lastOutboundAt: now(),
      firstResponseAt: now(),
      lastCustomerReplyAt: createdAt,
      lastAgentReplyAt: now(),
    });
  });

  it('of the customer moves a pending conversation back to open', async () => {
    const { patch, reply, now, id, conversation } = await callWithOneConversation();
    await patch(id, { type: 'reply', body: 'On its way.' });
    const answeredAt = conversation.lastAgentReplyAt;

    await reply('It is not here yet.');

    expect(conversation).toMatchObject({
      status: 'open',
      lastInboundAt: now(),
      lastCustomerReplyAt: now(),
      lastOutboundAt: answeredAt,
      lastAgentReplyAt: answeredAt,
    });
  });

  it('does not reopen what is closed, and is taken all the same', async () => {
    const { patch, reply, id, conversation, messages } = await callWithOneConversation();
    await patch(id, { type: 'status', status: 'closed' });
    const { closedAt } = conversation;

    await patch(id, { type: 'reply', body: 'One more thing.' });
    await reply('Thanks.');

    expect(conversation).toMatchObject({ status: 'closed', closedAt });
    expect(messages().map(({ body }) => body)).toEqual([
      'Where is it?',
      null,
      'One more thing.',
      'Thanks.',
    ]);
  });

  it('counts as the first response once, and only after a customer has written', async () => {
    const { create, patch, pass, addUser, store, say } = await callStackAuth();

    await create({ userId: addUser('omar', {}).id });
    const conversation = theOnly(store.conversations.values());
    await patch(conversation.id, { type: 'reply', body: 'Are you there?' });
    const unasked = conversation.firstResponseAt;
    await say(conversation.id, 'I am.');
    pass(1000);
    await patch(conversation.id, { type: 'reply', body: 'Good.' });
    const first = conversation.firstResponseAt;
    pass(1000);
    await patch(conversation.id, { type: 'reply', body: 'Bye.' });

    expect(unasked).toBeNull();
    expect(first).toBe('2026-06-12T09:00:01.000Z');
    expect(conversation.firstResponseAt).toBe(first);
  });

  it('adds the chat channel beside the entry point, once', async () => {
    const { create, patch, addUser, store } = await callStackAuth();
    await create({ userId: addUser('omar', {}).id, source: 'email' });
    const { id } = theOnly(store.conversations.values());

    await patch(id, { type: 'reply', body: 'One' });
    const { body } = await patch(id, { type: 'reply', body: 'Two' });

    expect(rowsOf(body, 'entryPoints')).toMatchObject([
      { channelType: 'email', adapterKey: 'support-dashboard', isEntryPoint: true },
      { channelType: 'chat', adapterKey: 'support-chat', isEntryPoint: false },
    ]);
    const [first, second, third] = store.messages.get(id) ?? [];
    const [email, chat] = store.entryPoints.get(id) ?? [];
    expect([first?.channelId, second?.channelId, third?.channelId]).toEqual([
      email?.id,
      chat?.id,
      chat?.id,
    ]);
  });

  it('uses the door there is, where the conversation came in through chat', async () => {
    const { patch, id, doors } = await callWithOneConversation();

    await patch(id, { type: 'reply', body: 'Hi' });

    expect(doors()).toMatchObject([{ channelType: 'chat', isEntryPoint: true }]);
  });
});

describe('a note', () => {
  it('moves the conversation up for agents and counts as no reply', async () => {
    const { patch, pass, now, id, conversation, messages, doors } = await callWithOneConversation();
    const before = { ...conversation };
    pass(5000);

    const { body } = await patch(id, { type: 'internal-note', body: 'Ask the depot.' });

    expect(conversation).toEqual({ ...before, updatedAt: now(), lastMessageAt: now() });
    expect(messages().at(-1)).toMatchObject({ messageType: 'internal-note', channelId: null });
    expect(doors()).toHaveLength(1);
    expect(body).toMatchObject({
      conversation: {
        lastMessageType: 'internal-note',
        preview: 'Ask the depot.',
        lastActivityAt: now(),
      },
    });
  });
});
