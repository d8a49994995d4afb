// Asking Chatling's AI over raw HTTP: the only way to send, and the only way a conversation begins.

import { describe, expect, it } from 'vitest';
import { at, callChatling, listAt, TALES, textAt } from './chatling-caller.ts';

describe('chatting', () => {
  it('begins a conversation and stores both turns', async () => {
    const { ask, store } = await callChatling();

    const { status, body } = await ask('How do I export my data?');

    const id = textAt(body, 'data', 'conversation_id');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'success',
      data: {
        conversation_id: expect.stringMatching(/^\d{10}$/),
        message_id: expect.any(String),
        response: expect.stringContaining('**'),
        sources: expect.any(Array),
      },
    });
    expect(store.conversations.get(id)?.messages).toMatchObject([
      { role: 'user', text: 'How do I export my data?' },
      {
        role: 'bot',
        text: at(body, 'data', 'response'),
        is_ai_kb_response: true,
        data: { helpful_value: null, sources: at(body, 'data', 'sources') },
      },
    ]);
  });

  it('continues the conversation it is given, by string or by integer', async () => {
    const { ask, store } = await callChatling();
    const first = await ask('Do you bill in euros?');
    const id = textAt(first.body, 'data', 'conversation_id');

    const second = await ask('And in pounds?', { conversation_id: id });
    const third = await ask('And in yen?', { conversation_id: Number(id) });

    expect(at(second.body, 'data', 'conversation_id')).toBe(id);
    expect(at(third.body, 'data', 'conversation_id')).toBe(id);
    expect(store.conversations.size).toBe(1);
    expect(store.conversations.get(id)?.messages.map(({ role }) => role)).toEqual([
      'user',
      'bot',
      'user',
      'bot',
      'user',
      'bot',
    ]);
  });

  it('doubles the turn when the call is repeated: nothing recognises a retry', async () => {
    const { ask, store } = await callChatling({ tales: TALES });
    const [id] = store.conversations.keys();
    const before = store.conversations.get(String(id))?.messages.length ?? 0;

    await ask('Once, please.', { conversation_id: id });
    await ask('Once, please.', { conversation_id: id });

    expect(store.conversations.get(String(id))?.messages).toHaveLength(before + 4);
  });

  it('gives the same answer to the same words, in emulators started alike', async () => {
    const one = await callChatling({ tales: TALES });
    const other = await callChatling({ tales: TALES });

    expect((await one.ask('Where are your servers?')).body).toEqual(
      (await other.ask('Where are your servers?')).body,
    );
  });

  it('cites webpages with their address and documents without', async () => {
    const { ask } = await callChatling();
    const sources: unknown[] = [];

    for (const subject of ['seats', 'exports', 'invoices', 'roles', 'regions', 'backups']) {
      const { body } = await ask(`What about ${subject}?`);
      sources.push(...listAt(body, 'data', 'sources'));
    }

    expect(sources).toContainEqual({
      type: 'webpage',
      title: expect.any(String),
      url: expect.stringMatching(/^https:/),
    });
    expect(sources).toContainEqual({ type: 'document', title: expect.any(String) });
  });

  it('greets back without citing anything', async () => {
    const { ask } = await callChatling();

    const { body } = await ask('Hello!');

    expect(at(body, 'data', 'sources')).toEqual([]);
  });

  it('names no message where it is so set', async () => {
    const { ask } = await callChatling({ chatMessageId: false });

    expect(at((await ask('Hello!')).body, 'data')).not.toHaveProperty('message_id');
  });

  it('links the contact it is given', async () => {
    const { ask, store } = await callChatling({ tales: TALES });
    const [contactId] = store.contacts.keys();

    const { body } = await ask('Hello!', { contact_id: contactId });

    expect(store.conversations.get(textAt(body, 'data', 'conversation_id'))?.contact_id).toBe(
      contactId,
    );
  });

  it('takes a language, a temperature and instructions', async () => {
    const { ask } = await callChatling();

    const { status } = await ask('Hello!', {
      language_id: 2,
      temperature: 0.5,
      instructions: ['Be brief.'],
    });

    expect(status).toBe(200);
  });

  it.each([
    [{ message: undefined }],
    [{ message: '' }],
    [{ message: '  ' }],
    [{ message: 5 }],
    [{ ai_model_id: undefined }],
    [{ ai_model_id: '8' }],
    [{ ai_model_id: 9999 }],
    [{ language_id: 3 }],
    [{ language_id: 'en' }],
    [{ temperature: 2.5 }],
    [{ temperature: 1.5, ai_model_id: 7 }],
    [{ temperature: 'hot' }],
    [{ instructions: 'Be brief.' }],
    [{ instructions: [1] }],
    [{ conversation_id: {} }],
    [{ contact_id: 7 }],
  ])('refuses %j with 422 and stores nothing', async (more) => {
    const { ask, store } = await callChatling();

    const reply = await ask('Hello!', more);

    expect(reply).toMatchObject({
      status: 422,
      body: { status: 'error', message: expect.any(String) },
    });
    expect(store.conversations.size).toBe(0);
  });

  it('answers 404 in a conversation nobody knows', async () => {
    const { ask, store } = await callChatling();

    expect((await ask('Hello!', { conversation_id: '1234567890' })).status).toBe(404);
    expect(store.conversations.size).toBe(0);
  });

  it('begins another conversation in place of an unknown one where it is so set', async () => {
    const { ask, store } = await callChatling({ unknownConversation: 'create' });

    const { status, body } = await ask('Hello!', { conversation_id: 'my-session' });

    const id = textAt(body, 'data', 'conversation_id');
    expect(status).toBe(200);
    expect(id).toMatch(/^\d{10}$/);
    expect(store.conversations.has(id)).toBe(true);
  });

  it('answers 404 for a contact nobody knows', async () => {
    const { ask } = await callChatling();

    expect((await ask('Hello!', { contact_id: 'nobody' })).status).toBe(404);
  });

  it('is refused without credits, and stores nothing', async () => {
    const { ask, get, store } = await callChatling({ credits: 'exhausted' });

    const { status, body } = await ask('Hello!');

    expect(status).toBe(402);
    expect(body).toEqual({ status: 'error', message: 'Insufficient AI credits' });
    expect(store.conversations.size).toBe(0);
    const usage = (await get('/usage/ai-credits')).body;
    expect(at(usage, 'data', 'used')).toBe(at(usage, 'data', 'max'));
  });

  it('costs what the model costs', async () => {
    const { ask, get } = await callChatling();

    await ask('Hello!', { ai_model_id: 8 });
    await ask('Hello!', { ai_model_id: 2 });

    expect(at((await get('/usage/ai-credits')).body, 'data', 'used')).toBe(21);
  });
});

describe('what a chat call may name', () => {
  it('lists models with their price and temperatures', async () => {
    const { get, chatbot } = await callChatling();

    const { body } = await get(`${chatbot}/ai/kb/models`);

    expect(at(body, 'data', 'pages')).toEqual({ current_page: 1, last_page: 1, per_page: 15 });
    expect(listAt(body, 'data', 'models')).toContainEqual({
      id: 8,
      name: expect.any(String),
      credits: expect.any(Number),
      temperature: { min: 0, max: expect.any(Number) },
    });
  });

  it('lists languages on more than one page, with gaps between their ids', async () => {
    const { get, chatbot } = await callChatling();

    const first = await get(`${chatbot}/ai/kb/languages`);
    const second = await get(`${chatbot}/ai/kb/languages?page=2`);

    expect(listAt(first.body, 'data', 'languages').slice(0, 3)).toEqual([
      { id: 1, name: 'Auto' },
      { id: 2, name: 'English' },
      { id: 4, name: 'Arabic' },
    ]);
    expect(listAt(first.body, 'data', 'languages')).toHaveLength(15);
    expect(listAt(second.body, 'data', 'languages').length).toBeGreaterThan(0);
  });
});
