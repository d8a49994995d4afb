// Chatling's contacts, and the read-only rest of a project, over raw HTTP.

import { describe, expect, it } from 'vitest';
import { at, callChatling, everyId, listAt, TALES, textAt } from './chatling-caller.ts';

describe('contacts', () => {
  it('are written with one set of names and read with another', async () => {
    const { call, get, chatbot } = await callChatling();

    const created = await call('POST', `${chatbot}/contacts`, {
      properties: {
        first_name: 'Amara',
        last_name: 'Okafor',
        email: 'amara@example.org',
        phone: '+442079460000',
        job_title: 'Owner',
        company_name: 'Okafor Textiles',
        website_url: 'https://example.org',
        industry: 'Retail',
        address: '1 High Street',
        city: 'Leeds',
        state: 'Yorkshire',
        postal_code: 'LS1',
        country: 'GB',
      },
    });

    const id = textAt(created.body, 'data', 'id');
    expect(created).toMatchObject({ status: 200, body: { status: 'success', data: { id } } });
    expect((await get(`${chatbot}/contacts/${id}`)).body).toEqual({
      status: 'success',
      data: {
        id,
        name: 'Amara Okafor',
        email: 'amara@example.org',
        job_title: 'Owner',
        phone: '+442079460000',
        website: 'https://example.org',
        company: 'Okafor Textiles',
        created_at: '2025-03-14T10:30:00+00:00',
      },
    });
  });

  it('show null for what is not known', async () => {
    const { call, get, chatbot } = await callChatling();
    const { body } = await call('POST', `${chatbot}/contacts`, { properties: { city: 'Leeds' } });

    const contact = await get(`${chatbot}/contacts/${textAt(body, 'data', 'id')}`);

    expect(at(contact.body, 'data')).toMatchObject({ name: null, email: null, company: null });
  });

  it.each([
    [{}],
    [{ first_name: 'Amara' }],
    [{ properties: {} }],
    [{ properties: 'Amara' }],
    [{ properties: { name: 'Amara' } }],
    [{ properties: { first_name: '' } }],
    [{ properties: { phone: 42 } }],
  ])('are refused as %j with 422', async (sent) => {
    const { call, chatbot, store } = await callChatling();

    expect((await call('POST', `${chatbot}/contacts`, sent)).status).toBe(422);
    expect(store.contacts.size).toBe(0);
  });

  it('come twenty-five a page, newest first, each once', async () => {
    const { get, chatbot, store } = await callChatling({ tales: TALES });

    const { body } = await get(`${chatbot}/contacts`);
    const ids = await everyId(get, `${chatbot}/contacts`, 'contacts');

    const times = listAt(body, 'data', 'contacts').map((contact) => textAt(contact, 'created_at'));
    expect(at(body, 'data', 'pages', 'per_page')).toBe(25);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(ids.toSorted()).toEqual([...store.contacts.keys()].toSorted());
  });

  it('take the page size they were set to', async () => {
    const { get, chatbot } = await callChatling({ tales: TALES, perPage: { contacts: 3 } });

    const { body } = await get(`${chatbot}/contacts?sort=date_asc`);

    expect(listAt(body, 'data', 'contacts')).toHaveLength(3);
  });

  it('are gone once deleted, and no conversation points at them', async () => {
    const { call, get, chatbot, store } = await callChatling({ tales: TALES });
    const [id] = store.contacts.keys();

    const { status, body } = await call('DELETE', `${chatbot}/contacts/${id}`);

    expect({ status, body }).toEqual({ status: 200, body: { status: 'success' } });
    expect((await get(`${chatbot}/contacts/${id}`)).status).toBe(404);
    expect((await call('DELETE', `${chatbot}/contacts/${id}`)).status).toBe(404);
    expect([...store.conversations.values()].some((row) => row.contact_id === id)).toBe(false);
  });

  it('cannot be edited', async () => {
    const { call, chatbot, store } = await callChatling({ tales: TALES });
    const [id] = store.contacts.keys();

    const reply = await call('PATCH', `${chatbot}/contacts/${id}`, {
      properties: { city: 'Bonn' },
    });

    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toBe('GET, DELETE');
  });

  it('are only found in their own chatbot', async () => {
    const { get, store } = await callChatling({ tales: TALES });
    const [contactId] = store.contacts.keys();
    const [, otherChatbotId] = store.chatbots.keys();

    expect((await get(`/chatbots/${otherChatbotId}/contacts/${contactId}`)).status).toBe(404);
  });
});

describe('the rest of a project', () => {
  it('has chatbots, one of them that of the credentials', async () => {
    const { get, chatbot, credentials } = await callChatling();

    const listed = await get('/chatbots');
    const one = await get(chatbot);

    expect(listAt(listed.body, 'data', 'chatbots')[0]).toEqual(at(one.body, 'data'));
    expect(at(one.body, 'data')).toEqual({
      id: credentials.chatbotId,
      name: expect.any(String),
      version: '2.0',
      visibility: 'public',
      created_at: expect.any(String),
    });
    expect(credentials.chatbotId).toMatch(/^\d{10}$/);
  });

  it('has members by mail address, some still pending', async () => {
    const { get } = await callChatling();

    const { body } = await get('/members');

    expect(listAt(body, 'data', 'members')).toContainEqual({
      email: expect.any(String),
      status: 'Pending',
      roles: ['Editor'],
    });
  });

  it('has templates with integer ids', async () => {
    const { get } = await callChatling();

    const { body } = await get('/chatbot-templates');

    expect(listAt(body, 'data', 'templates')[0]).toEqual({
      id: 1,
      name: expect.any(String),
      description: expect.any(String),
    });
  });

  it('has settings', async () => {
    const { get } = await callChatling();

    expect(at((await get('/project/settings')).body, 'data')).toEqual({
      project_id: expect.any(String),
      name: expect.any(String),
    });
  });

  it.each(['ai-credits', 'chatbots', 'email-credits', 'knowledge-base', 'user-seats'])(
    'tells how much of %s is used',
    async (kind) => {
      const { get } = await callChatling();

      expect(at((await get(`/usage/${kind}`)).body, 'data')).toEqual({
        used: expect.any(Number),
        max: expect.any(Number),
      });
    },
  );

  it('has no usage of anything else', async () => {
    const { get } = await callChatling();

    expect((await get('/usage/constructor')).status).toBe(404);
  });
});
