// Updates of the emulated Stack Auth over raw HTTP: the strict union, the status, the attributes.

import { describe, expect, it } from 'vitest';
import {
  callStackAuth,
  callWithOneConversation,
  NOBODY,
  recordOf,
  rowsOf,
} from './stack-auth-caller.ts';

describe('an update', () => {
  it('has to be trimmed already: its texts are not touched', async () => {
    const { patch, id, messages } = await callWithOneConversation();

    const { status, body } = await patch(id, { type: 'reply', body: '  hi  ' });

    expect(status).toBe(400);
    expect(recordOf(body)['code']).toBe('SCHEMA_ERROR');
    expect(recordOf(body)['error']).toBe(
      [
        `Request validation failed on PATCH /api/v1/internal/conversations/${id}:`,
        '  - body is not matched by any of the provided schemas:',
        '    Schema 0:',
        '      body.type must be one of the following values: internal-note',
        '      body.body must be a trimmed string',
        '    Schema 1:',
        '      body.body must be a trimmed string',
        '    Schema 2:',
        '      body.type must be one of the following values: status',
        '      body.status must be defined',
        '      body contains unknown properties: body',
        '    Schema 3:',
        '      body.type must be one of the following values: metadata',
        '      body contains unknown properties: body',
      ].join('\n'),
    );
    expect(messages()).toHaveLength(1);
  });

  const refused: [string, Record<string, unknown>, string][] = [
    ['an empty text', { type: 'reply', body: '' }, 'body.body must be at least 1 characters'],
    [
      'a number for a text',
      { type: 'reply', body: 5 },
      'body.body must be a `string` type, but the final value was: `5`.',
    ],
    [
      'an unknown field',
      { type: 'reply', body: 'Hi', priority: 'low' },
      'body contains unknown properties: priority',
    ],
    [
      'an unknown type',
      { type: 'merge' },
      'body.type must be one of the following values: metadata',
    ],
    [
      'an unknown status',
      { type: 'status', status: 'solved' },
      'body.status must be one of the following values: open, pending, closed',
    ],
    [
      'a null among the tags',
      { type: 'metadata', tags: ['a', null] },
      'body.tags[1] cannot be null',
    ],
    ['a null priority', { type: 'metadata', priority: null }, 'body.priority cannot be null'],
  ];
  it.each(refused)('with %s is refused', async (_what, update, reason) => {
    const { patch, id, conversation } = await callWithOneConversation();
    const before = { ...conversation };

    const { status, body } = await patch(id, update);

    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'SCHEMA_ERROR',
      details: { message: expect.stringContaining(reason) },
    });
    expect(conversation).toEqual(before);
  });

  it('answers with the whole conversation after the change', async () => {
    const { patch, detail, id } = await callWithOneConversation();

    const updated = await patch(id, { type: 'reply', body: 'On its way.' });

    expect(updated.status).toBe(200);
    expect(updated.body).toEqual((await detail(id)).body);
  });

  it('of a missing conversation is a 404 in plain text, whatever its type', async () => {
    const { patch, detail, asAgent } = await callStackAuth();
    const updates = [
      { type: 'reply', body: 'Hi' },
      { type: 'internal-note', body: 'Hi' },
      { type: 'status', status: 'open' },
      { type: 'metadata', tags: [] },
    ];

    const replies = await Promise.all([
      ...updates.map((update) => patch(NOBODY, update)),
      detail(NOBODY),
    ]);
    const malformed = await asAgent('GET', '/api/v1/internal/conversations/12');

    for (const { status, text, headers } of replies) {
      expect([status, text]).toEqual([404, 'Conversation not found.']);
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(headers.get('x-stack-known-error')).toBeNull();
    }
    expect(malformed.body).toMatchObject({
      details: { message: expect.stringContaining('params.conversationId must be a valid UUID') },
    });
  });

  it('from another managed project does not find the conversation', async () => {
    const { asAgent, id, store } = await callWithOneConversation();
    const staging = [...store.projects.values()].find(
      ({ displayName }) => displayName === 'Larkfield Staging',
    );

    const { status, text } = await asAgent('PATCH', `/api/v1/internal/conversations/${id}`, {
      body: { projectId: staging?.id, type: 'reply', body: 'Hi' },
    });

    expect([status, text]).toEqual([404, 'Conversation not found.']);
  });
});

describe('changing the status', () => {
  it('closes with a time and a row, and reopening takes the time away', async () => {
    const { patch, pass, now, id, conversation, messages } = await callWithOneConversation();
    pass(1000);

    const { body } = await patch(id, { type: 'status', status: 'closed' });
    const closedAt = conversation.closedAt;
    pass(1000);
    await patch(id, { type: 'status', status: 'open' });

    expect(closedAt).toBe('2026-06-12T09:00:01.000Z');
    expect(rowsOf(body, 'messages').at(-1)).toMatchObject({
      messageType: 'status-change',
      body: null,
      attachments: [],
      metadata: { status: 'closed' },
      sender: { type: 'agent', displayName: 'Ines Almeida' },
    });
    expect(conversation).toMatchObject({ status: 'open', closedAt: null, lastMessageAt: now() });
    expect(messages().map(({ metadata }) => metadata)).toEqual([
      null,
      { status: 'closed' },
      { status: 'open' },
    ]);
  });

  it('to the status it has is refused in plain text', async () => {
    const { patch, id, messages } = await callWithOneConversation();

    const { status, text, headers } = await patch(id, { type: 'status', status: 'open' });

    expect([status, text]).toEqual([400, 'Conversation is already open.']);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('x-stack-known-error')).toBeNull();
    expect(messages()).toHaveLength(1);
  });

  it('shows through in every message, old ones included', async () => {
    const { patch, id } = await callWithOneConversation();
    await patch(id, { type: 'metadata', priority: 'urgent' });

    const { body } = await patch(id, { type: 'status', status: 'closed' });

    for (const message of rowsOf(body, 'messages')) {
      expect(message).toMatchObject({ status: 'closed', priority: 'urgent', source: 'chat' });
    }
  });

  it('is told in the preview by the status of now', async () => {
    const { patch, detail, id, conversation } = await callWithOneConversation();
    const preview = async () =>
      recordOf(recordOf((await detail(id)).body)['conversation'])['preview'];

    await patch(id, { type: 'status', status: 'closed' });
    const closed = await preview();
    await patch(id, { type: 'status', status: 'pending' });
    const pending = await preview();
    await patch(id, { type: 'status', status: 'open' });
    const reopened = await preview();
    conversation.status = 'pending';

    expect([closed, pending, reopened]).toEqual([
      'Conversation closed',
      'Conversation moved to pending',
      'Conversation reopened',
    ]);
    expect(await preview()).toBe('Conversation moved to pending');
  });
});

describe('changing attributes', () => {
  const TRIO = { assignedToUserId: 'somebody', assignedToDisplayName: 'Some Body', tags: ['vip'] };

  it('empties what it leaves out, except for the priority', async () => {
    const { patch, id, conversation } = await callWithOneConversation();
    await patch(id, { type: 'metadata', ...TRIO, priority: 'high' });
    const all = { ...conversation };

    const { body } = await patch(id, { type: 'metadata', tags: ['plan:pro'] });
    await patch(id, { type: 'metadata' });

    expect(all).toMatchObject({ ...TRIO, priority: 'high' });
    expect(body).toMatchObject({
      conversation: {
        priority: 'high',
        metadata: { assignedToUserId: null, assignedToDisplayName: null, tags: ['plan:pro'] },
      },
    });
    expect(conversation).toMatchObject({ assignedToUserId: null, tags: [], priority: 'high' });
  });

  it('adds no message and moves nothing but updatedAt', async () => {
    const { patch, pass, now, id, conversation, messages } = await callWithOneConversation();
    const before = { ...conversation };
    pass(9000);

    await patch(id, { type: 'metadata', ...TRIO });

    expect(messages()).toHaveLength(1);
    expect(conversation).toEqual({ ...before, ...TRIO, updatedAt: now() });
  });

  it('takes any text for an assignee, and null to take them away', async () => {
    const { patch, id, conversation } = await callWithOneConversation();

    await patch(id, { type: 'metadata', assignedToUserId: 'not even a uuid' });
    const assigned = conversation.assignedToUserId;
    await patch(id, { type: 'metadata', assignedToUserId: null });

    expect(assigned).toBe('not even a uuid');
    expect(conversation.assignedToUserId).toBeNull();
  });
});
