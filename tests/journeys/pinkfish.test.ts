// The same conversations by two accounts: ChatBotKit itself, and ChatBotKit through Pinkfish.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { at, listAt } from '../support/answer.ts';
import { walkInbox } from '../support/inbox.ts';
import { mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { rowsAdded, rowWhere } from '../support/stores.ts';

describe('an account reached through Pinkfish', () => {
  it('lists the conversations that the other one lists, in the same order', async () => {
    const parlance = await startParlance({ partner: true, count: 12 });

    const [overRest, through] = await Promise.all(
      ['assistant', 'partner'].map((name) =>
        walkInbox(parlance, { first: 5, filter: { providers: [name] } }),
      ),
    );

    const natives = (pages = overRest) =>
      pages?.flatMap(({ rows }) => rows.map(({ key }) => key.split('/')[1]));
    expect(natives(through)).toEqual(natives(overRest));
    expect(natives(through)).toHaveLength(12);
  });

  it('is of the same kind, and says what it lacks and why', async () => {
    const parlance = await startParlance({ partner: true, count: 1 });

    const { data } = await parlance.ask(
      '{ provider(name: "partner") { kind capabilities { verb support note fields } } }',
    );

    expect(at(data, 'provider.kind')).toBe('chatbotkit');
    const cells = listAt(data, 'provider.capabilities');
    expect(cells).toContainEqual({
      verb: 'REPLY_STREAM',
      support: 'NONE',
      note: expect.stringContaining('Through Pinkfish'),
      fields: [],
    });
    expect(cells).toContainEqual(
      expect.objectContaining({ verb: 'ATTACHMENT_UPLOAD', support: 'NATIVE', fields: ['url'] }),
    );
  });

  it('finds those of one contact by looking at all', async () => {
    const parlance = await startParlance({ partner: true, count: 12 });
    const { store } = parlance.world.chatbotkit;
    const { contactId } = rowWhere(store.conversations, (row) => row.contactId !== null);
    const provider = providerName('partner');
    const contact = encodeId({ type: 'Contact', provider, nativeId: contactId ?? '' });

    const pages = await walkInbox(parlance, {
      first: 100,
      filter: { providers: ['partner'], contactId: contact },
    });

    const expected = [...store.conversations.values()]
      .filter((row) => row.contactId === contactId)
      .map(({ id }) => `partner/${id}`);
    const found = pages.flatMap(({ rows }) => rows.map(({ key }) => key));
    expect(found.toSorted()).toEqual(expected.toSorted());
    expect(pages[0]?.sources).toMatchObject([{ name: 'partner', scanned: 12 }]);
  });

  it('sends, and has the bot answer, where the other one reads it', async () => {
    const parlance = await startParlance({ partner: true, count: 2 });
    const nativeId = aConversation(parlance.world);
    const added = rowsAdded(parlance.world.chatbotkit.store.messages);

    const result = await mutate(parlance, 'sendMessage', {
      conversationId: idAt('partner', nativeId),
      text: 'Is it here yet?',
      expectReply: true,
    });

    const [message, reply] = added();
    expect(result).toMatchObject({
      delivery: 'SENT',
      sent: { nativeId: message?.id, text: 'Is it here yet?' },
      reply: { nativeId: reply?.id, text: reply?.text },
    });
    const { data } = await parlance.ask(
      'query ($id: ID!) { conversation(id: $id) { messages(first: 1) { nodes { text } } } }',
      { id: idAt('assistant', nativeId) },
    );
    expect(listAt(data, 'conversation.messages.nodes')).toEqual([{ text: reply?.text }]);
  });

  it('gets or creates one conversation for a tag', async () => {
    const parlance = await startParlance({ partner: true, count: 2 });
    const added = rowsAdded(parlance.world.chatbotkit.store.conversations);
    const input = { provider: 'partner', tags: [{ key: 'order', value: '4711' }], title: 'New' };

    const first = await mutate(parlance, 'getOrCreateConversation', input);
    const second = await mutate(parlance, 'getOrCreateConversation', input);

    expect([first, second]).toMatchObject([{ created: true }, { created: false }]);
    expect(added()).toMatchObject([{ name: 'New', meta: { order: '4711' } }]);
  });

  it('refuses to choose a bot by the path a client wrote, and asks nobody', async () => {
    const parlance = await startParlance({ partner: true, count: 1 });

    const result = await mutate(parlance, 'createConversation', {
      provider: 'partner',
      title: 'New',
      chatBotKit: { botId: 'b1' },
    });

    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'chatBotKit.botId', message: expect.stringContaining('Pinkfish') }],
    });
    expect(parlance.world.pinkfish.journal).toEqual([]);
  });

  it('whose application is refused is the matter of the operator, and of no other account', async () => {
    const parlance = await startParlance({ partner: true, count: 2 });
    parlance.world.pinkfish.inject({ kind: 'status', status: 401 });

    const { data } = await parlance.ask(
      `{ conversations(first: 10) { nodes { id } sources {
        provider { name } status error { __typename code message }
      } } }`,
    );

    const partner = listAt(data, 'conversations.sources').find(
      (source) => at(source, 'provider.name') === 'partner',
    );
    expect(partner).toMatchObject({
      status: 'FAILED',
      error: { __typename: 'ProviderAuthError', message: expect.stringContaining('partner') },
    });
    expect(JSON.stringify(data)).not.toContain(parlance.world.credentials.pinkfish.clientSecret);
    expect(listAt(data, 'conversations.nodes')).toHaveLength(8);
  });
});

function aConversation({ chatbotkit }: World): string {
  return rowWhere(chatbotkit.store.conversations).id;
}

function idAt(account: 'assistant' | 'partner', nativeId: string): string {
  const conversation = { provider: providerName(account), nativeId };
  return encodeId({ type: 'Conversation', conversation });
}
