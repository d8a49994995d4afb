// Creating conversations in the emulated Stack Auth over raw HTTP, as an agent.

import { describe, expect, it } from 'vitest';
import { callStackAuth, NOBODY, theOnly } from './stack-auth-caller.ts';

describe('creating a conversation', () => {
  it('answers 200 with nothing but the id, on either version path', async () => {
    const { addUser, asAgent, projectId, store } = await callStackAuth();
    const body = {
      projectId,
      userId: addUser('nora', {}).id,
      subject: 'A subject',
      initialMessage: 'Hello',
      priority: 'urgent',
    };

    const v1 = await asAgent('POST', '/api/v1/internal/conversations', { body });
    const latest = await asAgent('POST', '/api/latest/internal/conversations', { body });

    expect([v1.status, latest.status]).toEqual([200, 200]);
    expect([v1.body, latest.body]).toEqual(
      [...store.conversations.keys()].map((conversationId) => ({ conversationId })),
    );
  });

  it('trims subject and message, and turns numbers into text', async () => {
    const { create, addUser, store } = await callStackAuth();

    await create({ userId: addUser('nora', {}).id, subject: '  Invoice ', initialMessage: 42 });

    const conversation = theOnly(store.conversations.values());
    expect(conversation.subject).toBe('Invoice');
    expect(store.messages.get(conversation.id)).toMatchObject([{ body: '42' }]);
  });

  it('begins open, outbound, by the caller, with no promise to keep', async () => {
    const { create, detail, addUser, now, store } = await callStackAuth();
    const { id: userId } = addUser('nora', {});

    await create({ userId, priority: 'high' });

    const { id } = theOnly(store.conversations.values());
    const { body } = await detail(id);
    expect(body).toMatchObject({
      conversation: {
        userId,
        status: 'open',
        priority: 'high',
        source: 'manual',
        createdAt: now(),
        updatedAt: now(),
        lastMessageAt: now(),
        lastActivityAt: now(),
        lastInboundAt: null,
        lastOutboundAt: now(),
        closedAt: null,
        metadata: {
          tags: [],
          firstResponseDueAt: null,
          firstResponseAt: null,
          lastCustomerReplyAt: null,
          lastAgentReplyAt: now(),
        },
      },
      messages: [
        {
          messageType: 'message',
          sender: {
            type: 'agent',
            displayName: 'Ines Almeida',
            primaryEmail: 'ines@larkfield.example',
          },
        },
      ],
    });
  });

  it.each([
    ['manual', 'support-dashboard'],
    ['chat', 'support-chat'],
    ['email', 'support-dashboard'],
    ['api', 'support-dashboard'],
  ])('from %s comes in through %s', async (source, adapterKey) => {
    const { create, addUser, store } = await callStackAuth();

    await create({ userId: addUser('nora', {}).id, source });

    const { id } = theOnly(store.conversations.values());
    expect(store.entryPoints.get(id)).toMatchObject([
      { channelType: source, adapterKey, isEntryPoint: true, externalChannelId: null },
    ]);
  });

  it('is refused for a user who does not exist, or is another project’s', async () => {
    const { create, addUser, store } = await callStackAuth();
    const insider = addUser('insider', { projectId: 'internal' });

    const unknown = await create({ userId: NOBODY });
    const foreign = await create({ userId: insider.id });

    expect(unknown).toMatchObject({
      status: 400,
      body: { code: 'USER_ID_DOES_NOT_EXIST', details: { user_id: NOBODY } },
    });
    expect(foreign.body).toMatchObject({ code: 'USER_ID_DOES_NOT_EXIST' });
    expect(store.conversations.size).toBe(0);
  });

  it('names everything that is wrong at once, in the order of the fields', async () => {
    const { create } = await callStackAuth();

    const { status, body } = await create({
      userId: '7',
      subject: ' ',
      initialMessage: null,
      priority: 'huge',
      source: 'fax',
      teamId: NOBODY,
    });

    const message = [
      'Request validation failed on POST /api/v1/internal/conversations:',
      '  - body.userId must be a valid UUID',
      '  - body.subject must be at least 1 characters',
      '  - body.initialMessage cannot be null',
      '  - body.priority must be one of the following values: low, normal, high, urgent',
      '  - body.source must be one of the following values: manual, chat, email, api',
      '  - body contains unknown properties: teamId',
    ].join('\n');
    expect(status).toBe(400);
    expect(body).toEqual({ code: 'SCHEMA_ERROR', details: { message }, error: message });
  });

  it('crashes where a list is sent for a text that would be trimmed', async () => {
    const { create, addUser } = await callStackAuth();

    const { status, text, headers } = await create({
      userId: addUser('nora', {}).id,
      subject: ['Invoice'],
    });

    expect(status).toBe(500);
    expect(headers.get('x-stack-known-error')).toBeNull();
    expect(text).toContain(`Request ID: ${headers.get('x-stack-request-id')}`);
  });
});
