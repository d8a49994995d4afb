// The customers' side of the emulated Stack Auth: their own routes, the feedback form, and their leaving.

import { describe, expect, it } from 'vitest';
import {
  CUSTOMER_PATHS,
  callStackAuth,
  callWithOneConversation,
  recordOf,
  rowsOf,
  TALES,
  theOnly,
} from './stack-auth-caller.ts';

const [CURRENT_PATH, FORMER_PATH] = CUSTOMER_PATHS;

describe.each(CUSTOMER_PATHS)('a customer at %s', (path) => {
  it('begins a conversation that is theirs, by chat, and inbound', async () => {
    const { addUser, asCustomer, send, store, now } = await callStackAuth();
    const nora = addUser('nora', { displayName: 'Nora Field', primaryEmail: 'nora@example.com' });

    const { status, body } = await send('POST', path, {
      headers: asCustomer(nora.id),
      body: { subject: ' Lost parcel ', message: ' Where is it? ' },
    });

    const conversation = theOnly(store.conversations.values());
    expect(status).toBe(200);
    expect(body).toEqual({ conversation_id: conversation.id });
    expect(conversation).toMatchObject({
      userId: nora.id,
      subject: 'Lost parcel',
      status: 'open',
      priority: 'normal',
      source: 'chat',
      lastInboundAt: now(),
      lastCustomerReplyAt: now(),
      lastOutboundAt: null,
      lastAgentReplyAt: null,
      firstResponseDueAt: null,
    });
    expect(store.messages.get(conversation.id)).toMatchObject([
      {
        body: 'Where is it?',
        sender: {
          type: 'user',
          id: nora.id,
          displayName: 'Nora Field',
          primaryEmail: 'nora@example.com',
        },
      },
    ]);
    expect(store.entryPoints.get(conversation.id)).toMatchObject([
      { channelType: 'chat', adapterKey: 'support-chat', isEntryPoint: true },
    ]);
  });

  it('lists and reads their own, in snake case, without notes and entry points', async () => {
    const { send, asNora, patch, id, customer, now } = await callWithOneConversation();
    await patch(id, { type: 'internal-note', body: 'A difficult one.' });
    const summary = {
      conversation_id: id,
      user_id: customer.id,
      team_id: null,
      user_display_name: 'Nora Field',
      user_primary_email: 'nora@example.com',
      user_profile_image_url: 'https://images.example.com/nora.png',
      subject: 'Lost parcel',
      status: 'open',
      priority: 'normal',
      source: 'chat',
      last_message_type: 'message',
      preview: 'Where is it?',
      last_activity_at: now(),
      metadata: {
        assigned_to_user_id: null,
        assigned_to_display_name: null,
        tags: [],
        first_response_due_at: null,
        first_response_at: null,
        next_response_due_at: null,
        last_customer_reply_at: now(),
        last_agent_reply_at: null,
      },
    };

    const list = await send('GET', path, { headers: asNora });
    const detail = await send('GET', `${path}/${id}`, { headers: asNora });

    expect(list.body).toEqual({ conversations: [summary], has_more: false });
    expect(detail.body).toEqual({
      conversation: summary,
      messages: [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          conversation_id: id,
          user_id: customer.id,
          team_id: null,
          subject: 'Lost parcel',
          status: 'open',
          priority: 'normal',
          source: 'chat',
          message_type: 'message',
          body: 'Where is it?',
          attachments: [],
          metadata: null,
          created_at: now(),
          sender: {
            type: 'user',
            id: customer.id,
            display_name: 'Nora Field',
            primary_email: 'nora@example.com',
          },
        },
      ],
    });
  });

  it('does not find a conversation by its notes', async () => {
    const { send, asNora, patch, id } = await callWithOneConversation();
    await patch(id, { type: 'internal-note', body: 'A difficult one.' });

    const noted = await send('GET', `${path}?query=difficult`, { headers: asNora });
    const said = await send('GET', `${path}?query=where&limit=1&offset=0`, { headers: asNora });

    expect(rowsOf(noted.body, 'conversations')).toHaveLength(0);
    expect(rowsOf(said.body, 'conversations')).toHaveLength(1);
  });

  it('sees nothing of other people’s conversations', async () => {
    const { send, addUser, asCustomer, id, messages } = await callWithOneConversation();
    const headers = asCustomer(addUser('omar', {}).id);

    const list = await send('GET', path, { headers });
    const detail = await send('GET', `${path}/${id}`, { headers });
    const reply = await send('PATCH', `${path}/${id}`, { headers, body: { message: 'Me too' } });

    expect(list.body).toEqual({ conversations: [], has_more: false });
    expect([detail.status, detail.text]).toEqual([404, 'Conversation not found.']);
    expect([reply.status, reply.text]).toEqual([404, 'Conversation not found.']);
    expect(messages()).toHaveLength(1);
  });

  it('answers, trimmed, in up to 5000 characters', async () => {
    const { send, asNora, id, messages } = await callWithOneConversation();
    const answer = (message: unknown) =>
      send('PATCH', `${path}/${id}`, { headers: asNora, body: { message } });

    const long = await answer(` ${'x'.repeat(5000)} `);
    const tooLong = await answer('x'.repeat(5001));
    const blank = await answer('   ');

    expect(long.status).toBe(200);
    expect(messages().at(-1)?.body).toHaveLength(5000);
    expect(tooLong.body).toMatchObject({
      details: { message: expect.stringContaining('body.message must be at most 5000 characters') },
    });
    expect(blank.body).toMatchObject({
      details: { message: expect.stringContaining('body.message must be at least 1 characters') },
    });
    expect(messages()).toHaveLength(2);
  });

  it('has to come as a client', async () => {
    const { send, store, projectId } = await callStackAuth();

    const reply = await send('GET', path, {
      headers: {
        'x-stack-project-id': projectId,
        'x-stack-access-type': 'server',
        'x-stack-secret-server-key': store.projects.get(projectId)?.secretServerKey ?? '',
      },
    });

    expect(reply).toMatchObject({
      status: 401,
      body: {
        code: 'INSUFFICIENT_ACCESS_TYPE',
        details: { actual_access_type: 'server', allowed_access_types: ['client'] },
      },
    });
  });
});

describe('the customers’ paths', () => {
  it('can be held to the one of the era', async () => {
    const now = await callStackAuth({ customerPaths: 'of-the-era' });
    const then = await callStackAuth({ customerPaths: 'of-the-era', era: 'feature-branch' });
    const ask = async ({ send, addUser, asCustomer }: typeof now, path: string) =>
      (await send('GET', path, { headers: asCustomer(addUser('nora', {}).id) })).status;

    expect(await ask(now, CURRENT_PATH)).toBe(200);
    expect(await ask(now, FORMER_PATH)).toBe(404);
    expect(await ask(then, CURRENT_PATH)).toBe(404);
    expect(await ask(then, FORMER_PATH)).toBe(200);
  });
});

describe('the feedback form', () => {
  it('opens a conversation for those who are signed in, and only mails for the rest', async () => {
    const { send, addUser, asCustomer, store } = await callStackAuth();
    const nora = addUser('nora', {});
    const body = { email: 'nora@example.com', message: 'It broke.', feedback_type: 'bug' };
    const path = '/api/v1/internal/feedback';

    const stranger = await send('POST', path, { body });
    const before = store.conversations.size;
    const known = await send('POST', path, { headers: asCustomer(nora.id), body });

    expect([stranger.body, before, known.body]).toEqual([{ success: true }, 0, { success: true }]);
    const conversation = theOnly(store.conversations.values());
    expect(conversation).toMatchObject({
      userId: nora.id,
      subject: '[Bug Report] nora@example.com',
      source: 'api',
      lastCustomerReplyAt: conversation.createdAt,
    });
    expect(store.entryPoints.get(conversation.id)).toMatchObject([
      { channelType: 'api', adapterKey: 'dashboard-support-form', isEntryPoint: true },
    ]);
  });
});

describe('deleting a user', () => {
  it('keeps what they wrote and who they were then, and empties their name in the lists', async () => {
    const { send, store, projectId, customer, id, detail } = await callWithOneConversation();
    const project = store.projects.get(projectId);
    const asServer = {
      'x-stack-project-id': projectId,
      'x-stack-access-type': 'server',
      'x-stack-secret-server-key': project?.secretServerKey ?? '',
    };

    const gone = await send('DELETE', `/api/v1/users/${customer.id}`, { headers: asServer });
    const again = await send('DELETE', `/api/v1/users/${customer.id}`, { headers: asServer });

    expect(gone).toMatchObject({ status: 200, body: { success: true } });
    expect(again).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    expect((await detail(id)).body).toMatchObject({
      conversation: {
        userId: customer.id,
        userDisplayName: null,
        userPrimaryEmail: null,
        userProfileImageUrl: null,
      },
      messages: [
        {
          userId: customer.id,
          sender: { id: customer.id, displayName: 'Nora Field', primaryEmail: 'nora@example.com' },
        },
      ],
    });
  });

  it('is not for clients', async () => {
    const { send, asNora, customer, store } = await callWithOneConversation();

    const { status, body } = await send('DELETE', `/api/v1/users/${customer.id}`, {
      headers: asNora,
    });

    expect([status, recordOf(body)['code']]).toEqual([401, 'INSUFFICIENT_ACCESS_TYPE']);
    expect(store.users.has(customer.id)).toBe(true);
  });
});

describe('saying something through the controls', () => {
  it('is a public message of the conversation’s user', async () => {
    const { say, id, patch, pass, now, conversation, messages, customer } =
      await callWithOneConversation();
    await patch(id, { type: 'reply', body: 'On its way.' });
    pass(30_000);

    const said = await say(id, 'Still nothing.');

    expect(said.status).toBe(201);
    expect(messages().at(-1)).toMatchObject({
      messageType: 'message',
      body: 'Still nothing.',
      createdAt: now(),
      sender: { type: 'user', id: customer.id, displayName: 'Nora Field' },
    });
    expect(conversation).toMatchObject({ status: 'open', lastInboundAt: now() });
  });

  it('works where the user was deleted or never was one', async () => {
    const { say, store } = await callStackAuth({ tales: TALES });
    const rows = [...store.conversations.values()];
    const orphan = rows.find(({ userId }) => userId !== null && !store.users.has(userId));
    const nobodys = rows.find(({ userId }) => userId === null);

    for (const row of [orphan, nobodys]) {
      const text = 'Hello again';
      await say(row?.id ?? '', text);

      expect(store.messages.get(row?.id ?? '')?.at(-1)).toMatchObject({
        body: text,
        sender: { type: 'user', id: row?.userId, displayName: null, primaryEmail: null },
      });
    }
  });

  it('is a 404 of the controls where there is no such conversation', async () => {
    const { say } = await callStackAuth();

    const said = await say('nowhere', 'Hello?');

    expect(said.status).toBe(404);
  });
});
