// A conversation is begun with everything its provider takes, and stands in the provider's store as it was asked for.

import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { contactId, conversationId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { rowsAdded, rowWhere, watchStores, writes } from '../support/stores.ts';

async function desk(options: StartOptions = {}) {
  const clock = testClock();
  const parlance = await startParlance({ count: 3, clock, ...options });
  const { botpress, chatling, chatbotkit, stackAuth } = parlance.world;
  return {
    ...parlance,
    now: clock.iso(),
    added: {
      website: rowsAdded(botpress.store.conversations),
      help: rowsAdded(chatling.store.conversations),
      assistant: rowsAdded(chatbotkit.store.conversations),
      support: rowsAdded(stackAuth.store.conversations),
    },
    changes: watchStores(parlance.world),
    create: (input: object) => mutate(parlance, 'createConversation', input),
  };
}

describe('creating a conversation at Botpress', () => {
  it('takes a channel, tags and the integration whose channel it is', async () => {
    const { create, added, now, changes } = await desk();

    const result = await create({
      provider: 'website',
      channel: 'thread',
      tags: [
        { key: 'plan', value: 'pro' },
        { key: 'crm.company', value: 'Larkfield' },
      ],
      botpress: { integrationName: 'slack' },
    });

    const [row] = added.website();
    expect(row).toEqual({
      id: expect.stringMatching(/^conv_/),
      createdAt: now,
      updatedAt: now,
      channel: 'thread',
      integration: 'slack',
      tags: { plan: 'pro', 'crm.company': 'Larkfield' },
      messageCount: 0,
    });
    expect(Object.keys(changes())).toEqual([`website/conversations/${row?.id}`]);
    expect(result).toMatchObject({
      __typename: 'CreateConversationPayload',
      conversation: {
        id: conversationId('website', row?.id ?? ''),
        provider: { name: 'website' },
        channel: 'thread',
        tags: [
          { key: 'plan', value: 'pro' },
          { key: 'crm.company', value: 'Larkfield' },
        ],
        createdAt: now,
        sortedAt: now,
        native: { __typename: 'BotpressConversation', integration: 'slack' },
      },
    });
  });

  it('acts as the integration that is named', async () => {
    const { create, added, world } = await desk();

    const result = await create({
      provider: 'website',
      channel: 'channel',
      tags: [{ key: 'id', value: 'visitor-9' }],
      botpress: { integrationId: world.botpress.credentials.integrationId },
    });

    expect(added.website()).toMatchObject([
      { integration: 'webchat', tags: { 'webchat:id': 'visitor-9' } },
    ]);
    expect(at(result, 'conversation.tags')).toEqual([{ key: 'webchat:id', value: 'visitor-9' }]);
  });
});

describe('creating a conversation at Chatling', () => {
  it('begins with a message to the AI, in the way that is asked for, under a contact', async () => {
    const { create, added, world, changes } = await desk();
    const contact = rowWhere(world.chatling.store.contacts);

    const result = await create({
      provider: 'help',
      contactId: contactId('help', contact.id),
      message: 'How do I export my data?',
      chatling: {
        aiModelId: 3,
        languageId: 2,
        temperature: 0.5,
        instructions: ['Be brief.', 'Be kind.'],
      },
    });

    expect(writes(world, 'help').map(({ body }) => body)).toEqual([
      {
        message: 'How do I export my data?',
        ai_model_id: 3,
        language_id: 2,
        temperature: 0.5,
        instructions: ['Be brief.', 'Be kind.'],
        contact_id: contact.id,
      },
    ]);
    const [row] = added.help();
    expect(row).toMatchObject({
      contact_id: contact.id,
      archived: 0,
      important: 0,
      messages: [
        { role: 'user', text: 'How do I export my data?' },
        { role: 'bot', text: expect.stringContaining('How do I export my data?') },
      ],
    });
    expect(new Set(Object.keys(changes()))).toEqual(
      new Set([`help/conversations/${row?.id}`, 'help/aiCreditsUsed']),
    );
    expect(result).toMatchObject({
      __typename: 'CreateConversationPayload',
      conversation: {
        nativeId: row?.id,
        contact: { nativeId: contact.id },
        archived: false,
        important: false,
      },
    });
  });

  it('is refused without a message, and asks nobody', async () => {
    const { create, world, changes } = await desk();

    const result = await create({ provider: 'help' });

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'message' }],
    });
    expect(writes(world, 'help')).toEqual([]);
    expect(changes()).toEqual({});
  });
});

describe('creating a conversation at ChatBotKit', () => {
  it('takes words, tags beside metadata, a contact, links, a history and what to go on with', async () => {
    const { create, added, world, changes } = await desk();
    const { contacts, tasks, spaces, bots, messages } = world.chatbotkit.store;
    const [contact, task, space, bot] = [contacts, tasks, spaces, bots].map(
      (rows) => rowWhere<{ readonly id: string }>(rows).id,
    );
    const written = rowsAdded(messages);

    const result = await create({
      provider: 'assistant',
      title: 'A broken import',
      description: 'Row 7 is not read.',
      tags: [{ key: 'plan', value: 'pro' }],
      contactId: contact,
      messages: [
        { role: 'USER', text: 'It stops at row 7.' },
        { role: 'BOT', text: 'What does it say?' },
      ],
      message: 'Nothing at all.',
      chatBotKit: {
        meta: { seats: 12, customer: { company: 'Larkfield' } },
        taskId: task,
        spaceId: space,
        botId: bot,
      },
    });

    const [row] = added.assistant();
    expect(row).toMatchObject({
      name: 'A broken import',
      description: 'Row 7 is not read.',
      meta: { plan: 'pro', seats: 12, customer: { company: 'Larkfield' } },
      contactId: contact,
      taskId: task,
      spaceId: space,
      botId: bot,
      model: null,
    });
    // No bot is woken: what was given is there, in its order, and not a word more.
    expect(written().map(({ conversationId: of, type, text }) => [of, type, text])).toEqual([
      [row?.id, 'user', 'It stops at row 7.'],
      [row?.id, 'bot', 'What does it say?'],
      [row?.id, 'user', 'Nothing at all.'],
    ]);
    expect(Object.keys(changes())).toHaveLength(4);
    expect(result).toMatchObject({
      __typename: 'CreateConversationPayload',
      conversation: {
        nativeId: row?.id,
        title: 'A broken import',
        description: 'Row 7 is not read.',
        tags: [
          { key: 'plan', value: 'pro' },
          { key: 'seats', value: '12' },
        ],
        contact: { id: contactId('assistant', contact ?? '') },
        native: { taskId: task, botId: bot, meta: { customer: { company: 'Larkfield' } } },
      },
    });
  });

  it('takes a bot that is configured in place', async () => {
    const { create, added } = await desk();
    const bot = {
      model: 'gpt-4o',
      backstory: 'You are a pirate.',
      datasetId: 'dataset-1',
      skillsetId: 'skillset-1',
      privacy: true,
      moderation: false,
    };

    const result = await create({ provider: 'assistant', chatBotKit: bot });

    expect(added.assistant()).toMatchObject([{ ...bot, name: null, meta: {}, botId: null }]);
    expect(result).toMatchObject({ conversation: { title: null, tags: [], native: bot } });
  });
});

describe('creating a conversation at Stack Auth', () => {
  it('takes a subject, a user, a first message, priority, channel and tags', async () => {
    const { create, added, world, changes } = await desk();
    const { projectId } = world.credentials.stackAuth;
    const user = rowWhere(world.stackAuth.store.users, (one) => one.projectId === projectId);

    const result = await create({
      provider: 'support',
      title: '  A broken import ',
      contactId: user.id,
      message: ' We saw your import fail. ',
      priority: 'URGENT',
      channel: 'email',
      tags: [{ key: 'vip' }, { key: 'plan', value: 'pro' }],
    });

    const [row] = added.support();
    expect(row).toMatchObject({
      projectId,
      userId: user.id,
      subject: 'A broken import',
      status: 'open',
      priority: 'urgent',
      source: 'email',
      assignedToUserId: null,
      assignedToDisplayName: null,
      tags: ['vip', 'plan:pro'],
    });
    const id = row?.id ?? '';
    expect(world.stackAuth.store.messages.get(id)).toMatchObject([
      { messageType: 'message', sender: { type: 'agent' }, body: 'We saw your import fail.' },
    ]);
    expect(new Set(Object.keys(changes()))).toEqual(
      new Set(['conversations', 'messages', 'entryPoints'].map((map) => `support/${map}/${id}`)),
    );
    expect(result).toMatchObject({
      __typename: 'CreateConversationPayload',
      conversation: {
        nativeId: id,
        title: 'A broken import',
        status: 'OPEN',
        priority: 'URGENT',
        channel: 'email',
        tags: [
          { key: 'vip', value: null },
          { key: 'plan', value: 'pro' },
        ],
        contact: { nativeId: user.id },
        assignee: null,
      },
    });
  });

  it('is of normal priority where none is given, and of the source its group names', async () => {
    const { create, added, world } = await desk();
    const { projectId } = world.credentials.stackAuth;
    const user = rowWhere(world.stackAuth.store.users, (one) => one.projectId === projectId);

    await create({
      provider: 'support',
      title: 'A broken import',
      contactId: contactId('support', user.id),
      message: 'We saw your import fail.',
      stackAuth: { source: 'api' },
    });

    expect(added.support()).toMatchObject([
      { priority: 'normal', source: 'api', tags: [], userId: user.id },
    ]);
    expect(writes(world, 'support')).toHaveLength(1);
  });

  it('whose tags fail says that it is there, so that nobody begins it again', async () => {
    const { create, added, world } = await desk();
    const { projectId } = world.credentials.stackAuth;
    const user = rowWhere(world.stackAuth.store.users, (one) => one.projectId === projectId);
    world.stackAuth.inject({ kind: 'status', status: 500, match: { method: 'PATCH' } });

    const result = await create({
      provider: 'support',
      title: 'A broken import',
      contactId: user.id,
      message: 'We saw your import fail.',
      tags: [{ key: 'vip' }],
    });

    const [row, ...others] = added.support();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ subject: 'A broken import', tags: [] });
    expect(result).toMatchObject({ __typename: 'ProviderRefusedError' });
    expect(textAt(result, 'providerMessage')).toContain(`conversation ${row?.id} was created`);
    expect(textAt(result, 'providerMessage')).toContain('do not create it again');
  });
});

describe('a conversation that was begun', () => {
  it.each([
    ['website', { channel: 'channel', tags: [{ key: 'plan', value: 'pro' }] }],
    ['help', { message: 'How do I export my data?' }],
    ['assistant', { title: 'A broken import' }],
    ['support', { title: 'A broken import', message: 'We saw your import fail.' }],
  ] as const)('at %s is the newest of the inbox, as its answer had it', async (account, input) => {
    const { create, ask, world } = await desk();
    const { projectId } = world.credentials.stackAuth;
    const user = rowWhere(world.stackAuth.store.users, (one) => one.projectId === projectId);

    const result = await create({
      provider: account,
      ...input,
      ...(account === 'support' && { contactId: user.id }),
    });

    const { data } = await ask('{ conversations(first: 1) { nodes { id title createdAt } } }');
    expect(listAt(data, 'conversations.nodes')).toEqual([
      {
        id: conversationId(account, textAt(result, 'conversation.nativeId')),
        title: at(result, 'conversation.title'),
        createdAt: at(result, 'conversation.createdAt'),
      },
    ]);
  });
});
