// A person is written down once, where their provider keeps people: of a whole account, or of one conversation.

import { describe, expect, it } from 'vitest';
import { at, textAt } from '../support/answer.ts';
import { contactId, conversationId, mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { rowsAdded, rowWhere, watchStores, writes } from '../support/stores.ts';

const FEW = { count: 6 };

describe('upserting a contact at Botpress', () => {
  const ADA = {
    provider: 'website',
    name: 'Ada Lovelace',
    imageUrl: 'https://example.com/ada.png',
    tags: [{ key: 'email', value: 'ada@example.com' }],
  };

  it('makes a user of who is not there yet, and nothing else', async () => {
    const parlance = await startParlance(FEW);
    const { users } = parlance.world.botpress.store;
    const added = rowsAdded(users);
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'upsertContact', ADA);

    const [row, ...others] = added();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      name: 'Ada Lovelace',
      pictureUrl: 'https://example.com/ada.png',
      tags: { email: 'ada@example.com' },
    });
    const nativeId = row?.id ?? '';
    expect(Object.keys(changes()).toSorted()).toEqual([
      `website/integrationOfUser/${nativeId}`,
      `website/users/${nativeId}`,
    ]);
    expect(result).toEqual({
      __typename: 'UpsertContactPayload',
      outcome: 'CREATED',
      contact: {
        id: contactId('website', nativeId),
        nativeId,
        name: 'Ada Lovelace',
        email: null,
        phone: null,
        imageUrl: 'https://example.com/ada.png',
      },
    });
  });

  it('finds the same user by the same tags, and says what was written', async () => {
    const parlance = await startParlance(FEW);
    const first = await mutate(parlance, 'upsertContact', ADA);
    const nativeId = textAt(first, 'contact.nativeId');
    const added = rowsAdded(parlance.world.botpress.store.users);

    const second = await mutate(parlance, 'upsertContact', { ...ADA, name: 'Ada King' });

    expect(added()).toEqual([]);
    expect(parlance.world.botpress.store.users.get(nativeId)?.name).toBe('Ada King');
    expect(second).toMatchObject({
      outcome: 'UPDATED',
      contact: { nativeId, name: 'Ada King' },
    });
  });

  it('compares only the tags that are named for it', async () => {
    const parlance = await startParlance(FEW);
    const first = await mutate(parlance, 'upsertContact', ADA);

    const second = await mutate(parlance, 'upsertContact', {
      ...ADA,
      tags: [...ADA.tags, { key: 'vip', value: 'yes' }],
      botpress: { discriminateByTags: ['email'] },
    });

    const nativeId = textAt(first, 'contact.nativeId');
    expect(second).toMatchObject({ outcome: 'UPDATED', contact: { nativeId } });
    expect(parlance.world.botpress.store.users.get(nativeId)?.tags).toEqual({
      email: 'ada@example.com',
      vip: 'yes',
    });
  });

  it('refuses what users do not have there', async () => {
    const parlance = await startParlance(FEW);

    for (const field of [{ email: 'a@example.com' }, { phone: '1' }, { description: 'Counts' }]) {
      await expectUnsupported(parlance, 'upsertContact', {
        input: { ...ADA, ...field },
        account: 'website',
        verb: 'CONTACT_UPSERT',
        note: new RegExp(`^${Object.keys(field).join('')} cannot be given to website`),
      });
    }
  });
});

describe('upserting a contact at Chatling', () => {
  it('makes a contact with all that is given of them, and nothing else', async () => {
    const parlance = await startParlance(FEW);
    const added = rowsAdded(parlance.world.chatling.store.contacts);
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'upsertContact', {
      provider: 'help',
      email: 'ada@example.com',
      phone: '+442079460000',
      chatling: {
        firstName: 'Ada',
        lastName: 'Lovelace',
        jobTitle: 'Countess',
        companyName: 'Engines',
        websiteUrl: 'https://example.com',
        industry: 'Computing',
        address: '12 St James’s Square',
        city: 'London',
        state: 'Greater London',
        postalCode: 'SW1Y 4JH',
        country: 'United Kingdom',
      },
    });

    const [row, ...others] = added();
    expect(others).toEqual([]);
    expect(row?.properties).toEqual({
      first_name: 'Ada',
      last_name: 'Lovelace',
      email: 'ada@example.com',
      phone: '+442079460000',
      job_title: 'Countess',
      company_name: 'Engines',
      website_url: 'https://example.com',
      industry: 'Computing',
      address: '12 St James’s Square',
      city: 'London',
      state: 'Greater London',
      postal_code: 'SW1Y 4JH',
      country: 'United Kingdom',
    });
    expect(Object.keys(changes())).toEqual([`help/contacts/${row?.id}`]);
    expect(result).toMatchObject({
      outcome: 'CREATED',
      contact: { id: contactId('help', row?.id ?? ''), email: 'ada@example.com' },
    });
  });

  it('finds who is there by their email, and writes nothing over them', async () => {
    const parlance = await startParlance(FEW);
    const ada = { provider: 'help', email: 'ada@example.com', phone: '+442079460000' };
    const made = await mutate(parlance, 'upsertContact', ada);
    const changes = watchStores(parlance.world);

    const found = await mutate(parlance, 'upsertContact', { ...ada, name: 'Somebody Else' });

    expect(changes()).toEqual({});
    expect(found).toMatchObject({
      __typename: 'UpsertContactPayload',
      outcome: 'UNCHANGED',
      contact: { nativeId: textAt(made, 'contact.nativeId'), email: 'ada@example.com' },
    });
  });

  it('gives an id that a conversation can be linked with', async () => {
    const parlance = await startParlance(FEW);
    const conversation = rowWhere(parlance.world.chatling.store.conversations);
    const made = await mutate(parlance, 'upsertContact', {
      provider: 'help',
      email: 'ada@example.com',
    });

    const linked = await mutate(parlance, 'updateConversation', {
      id: conversationId('help', conversation.id),
      contactId: textAt(made, 'contact.id'),
    });

    expect(linked).toMatchObject({ __typename: 'UpdateConversationPayload' });
    expect(conversation.contact_id).toBe(textAt(made, 'contact.nativeId'));
  });

  it('refuses a conversation, and says how to link the contact instead', async () => {
    const parlance = await startParlance(FEW);
    const { id } = rowWhere(parlance.world.chatling.store.conversations);

    await expectMistakes(parlance, 'upsertContact', [
      {
        input: { conversationId: conversationId('help', id), name: 'Ada' },
        path: 'conversationId',
        because: /Give provider: "help" instead, then link it with contactId of updateConversation/,
      },
    ]);
  });
});

describe('upserting a contact at ChatBotKit', () => {
  async function oneConversation(hasContact: 'with a contact' | 'without one') {
    const parlance = await startParlance(FEW);
    const { conversations } = parlance.world.chatbotkit.store;
    const { id: nativeId, contactId: had } = rowWhere(
      conversations,
      (row) => row.contactId !== null,
    );
    const id = conversationId('assistant', nativeId);
    if (hasContact === 'without one') {
      await mutate(parlance, 'updateConversation', { id, contactId: null });
    }
    return { parlance, nativeId, id, had, changes: watchStores(parlance.world) };
  }

  it('links whom it makes to the conversation, and tells the bot', async () => {
    const { parlance, nativeId, id, changes } = await oneConversation('without one');
    const { contacts, messages, conversations } = parlance.world.chatbotkit.store;
    const [contactAdded, messageAdded] = [rowsAdded(contacts), rowsAdded(messages)];

    const result = await mutate(parlance, 'upsertContact', {
      conversationId: id,
      name: 'Ada Lovelace',
      description: 'Counts',
      email: 'ada@example.com',
      phone: '+442079460000',
      tags: [{ key: 'plan', value: 'pro' }],
      chatBotKit: { nick: 'ada', meta: { seats: 3 } },
    });

    const [contact, ...others] = contactAdded();
    expect(others).toEqual([]);
    expect(contact).toMatchObject({
      name: 'Ada Lovelace',
      description: 'Counts',
      email: 'ada@example.com',
      phone: '+442079460000',
      nick: 'ada',
      meta: { plan: 'pro', seats: 3 },
      verifiedAt: null,
    });
    expect(messageAdded()).toMatchObject([{ type: 'context', conversationId: nativeId }]);
    expect(conversations.get(nativeId)?.contactId).toBe(contact?.id);
    expect(Object.keys(changes()).every((place) => place.startsWith('assistant/'))).toBe(true);
    expect(result).toMatchObject({
      __typename: 'UpsertContactPayload',
      outcome: 'LINKED',
      contact: { nativeId: contact?.id, name: 'Ada Lovelace', email: 'ada@example.com' },
    });
  });

  it('leaves a contact that is there as it is, and shows it', async () => {
    const { parlance, id, had, changes } = await oneConversation('with a contact');

    const result = await mutate(parlance, 'upsertContact', {
      conversationId: id,
      name: 'Somebody Else',
      chatBotKit: { fingerprint: 'a fingerprint of its own' },
    });

    expect(changes()).toEqual({});
    expect(result).toMatchObject({
      __typename: 'UpsertContactPayload',
      outcome: 'UNCHANGED',
      contact: { nativeId: had },
    });
  });

  it('says of a conversation that is not there that there is none', async () => {
    const { parlance, changes } = await oneConversation('with a contact');

    const result = await mutate(parlance, 'upsertContact', {
      conversationId: conversationId('assistant', 'conv_nowhere'),
      name: 'Ada',
    });

    expect(result).toMatchObject({ __typename: 'NotFoundError' });
    expect(changes()).toEqual({});
  });

  it('needs to know which conversation', async () => {
    const parlance = await startParlance(FEW);

    await expectMistakes(parlance, 'upsertContact', [
      {
        input: { provider: 'assistant', name: 'Ada' },
        path: 'conversationId',
        because: /^must be given in the place of provider: at assistant \(chatbotkit\)/,
      },
    ]);
  });

  it('refuses a picture, which contacts do not have there', async () => {
    const parlance = await startParlance(FEW);
    const { id } = rowWhere(parlance.world.chatbotkit.store.conversations);

    await expectUnsupported(parlance, 'upsertContact', {
      input: {
        conversationId: conversationId('assistant', id),
        imageUrl: 'https://example.com/ada.png',
      },
      account: 'assistant',
      verb: 'CONTACT_UPSERT',
      note: /^imageUrl cannot be given to assistant/,
    });
  });
});

describe('upserting a contact', () => {
  it('is not to be had at Stack Auth, whose users sign up themselves', async () => {
    const parlance = await startParlance(FEW);
    const { id } = rowWhere(parlance.world.stackAuth.store.conversations);

    for (const where of [
      { provider: 'support' },
      { conversationId: conversationId('support', id) },
    ]) {
      await expectUnsupported(parlance, 'upsertContact', {
        input: { ...where, name: 'Ada' },
        account: 'support',
        verb: 'CONTACT_UPSERT',
        note: /sign up there: give the id of one as contactId/,
      });
    }
  });

  it('refuses what cannot be meant, by its place, before anybody is asked', async () => {
    const parlance = await startParlance(FEW);
    const { id } = rowWhere(parlance.world.chatbotkit.store.conversations);
    const assistant = conversationId('assistant', id);
    const website = conversationId(
      'website',
      rowWhere(parlance.world.botpress.store.conversations).id,
    );
    const tags = [{ key: 'email', value: 'ada@example.com' }];

    await expectMistakes(parlance, 'upsertContact', [
      {
        input: { name: 'Ada' },
        path: 'provider',
        because: /^or conversationId must be given; .* website, help, assistant, support/,
      },
      {
        input: { provider: 'assistant', conversationId: assistant, name: 'Ada' },
        path: 'provider',
        because: /both given; give only one/,
      },
      {
        input: { provider: 'nobody', name: 'Ada' },
        path: 'provider',
        because: /no provider 'nobody' here; .* website, help, assistant, support/,
      },
      {
        input: { conversationId: 'nonsense', name: 'Ada' },
        path: 'conversationId',
        because: /not an id of this gateway/,
      },
      {
        input: { conversationId: contactId('assistant', 'contact_1'), name: 'Ada' },
        path: 'conversationId',
        because: /the id of a Contact; give the id of a Conversation/,
      },
      {
        input: { conversationId: website, tags },
        path: 'conversationId',
        because: /Give provider: "website" instead, then link it with addParticipant/,
      },
      {
        input: { conversationId: assistant },
        path: '',
        because: /^nothing is said of the contact/,
      },
      {
        input: { provider: 'website', botpress: { integrationAlias: 'slack' } },
        path: '',
        because: /give at least one field/,
      },
      ...['', 'ada', 'ada@', '@example.com', 'ada@localhost', 'a da@example.com'].map((email) => ({
        input: { conversationId: assistant, email },
        path: 'email',
        because: /must be an address, such as ada@example.com/,
      })),
      {
        input: { conversationId: assistant, phone: ' ' },
        path: 'phone',
        because: /must not be empty/,
      },
      {
        input: { conversationId: assistant, name: '' },
        path: 'name',
        because: /must not be empty/,
      },
      ...['ada.png', 'file:///etc/passwd', ''].map((imageUrl) => ({
        input: { provider: 'website', tags, imageUrl },
        path: 'imageUrl',
        because: /whole URL that begins with http: or https:/,
      })),
      {
        input: { provider: 'website', tags: [{ key: '' }] },
        path: 'tags.0.key',
        because: /must not be empty/,
      },
      {
        input: { provider: 'website', tags, chatling: { firstName: 'Ada' } },
        path: 'chatling',
        because: /for another kind of provider; website is botpress/,
      },
      {
        input: { provider: 'website', tags, providerOptions: { a: 1 } },
        path: 'providerOptions',
        because: /for providers of your own/,
      },
      {
        input: { conversationId: assistant, name: 'Ada', chatBotKit: { meta: [] } },
        path: 'chatBotKit.meta',
        because: /must be an object/,
      },
      {
        input: { provider: 'help', name: 'Ada' },
        path: 'email',
        because: /^or phone is needed/,
      },
      {
        input: {
          provider: 'help',
          name: 'Ada',
          email: 'ada@example.com',
          chatling: { firstName: 'Ada' },
        },
        path: 'chatling.firstName',
        because: /cannot be given beside name/,
      },
      {
        input: { provider: 'website', name: 'Ada' },
        path: 'tags',
        because: /tells people apart by their tags/,
      },
      {
        input: { provider: 'website', tags, botpress: { discriminateByTags: ['plan'] } },
        path: 'botpress.discriminateByTags.0',
        because: /must be among tags; give 'plan' its value/,
      },
      {
        input: { conversationId: assistant, chatBotKit: { fingerprint: 'too short' } },
        path: 'chatBotKit.fingerprint',
        because: /more than 16 characters/,
      },
    ]);
  });

  it('at a provider that is not configured says so', async () => {
    const parlance = await startParlance(FEW);

    const result = await mutate(parlance, 'upsertContact', {
      conversationId: conversationId('nobody', 'conv_1'),
      name: 'Ada',
    });

    expect(result).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
    expect(at(result, 'message')).toContain('provider named nobody');
  });

  it('whose answer was lost is told so, and not sent again', async () => {
    const parlance = await startParlance(FEW);
    const path = '/v1/chat/users/get-or-create';
    parlance.world.botpress.inject({ kind: 'cut', match: { method: 'POST', path } });

    const result = await mutate(parlance, 'upsertContact', {
      provider: 'website',
      tags: [{ key: 'email', value: 'ada@example.com' }],
    });

    expect(result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      provider: { name: 'website' },
    });
    expect(writes(parlance.world, 'website')).toHaveLength(1);
  });
});
