// A message is changed where its provider keeps it changeable, in what was named and nothing else; what cannot be meant asks nobody.

import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { testClock } from '../support/clock.ts';
import { conversationId, messageId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { messageAt } from '../support/said.ts';
import { rowWhere, watchStores, writes } from '../support/stores.ts';
import { messagesOf } from '../support/timeline.ts';

async function opened(options: StartOptions = {}) {
  const clock = testClock();
  const parlance = await startParlance({ count: 3, clock, ...options });
  clock.pass(60_000);
  return { ...parlance, clock, changes: watchStores(parlance.world) };
}

/** What a customer said at ChatBotKit. */
async function atChatBotKit(options: StartOptions = {}) {
  const standing = await opened(options);
  const row = rowWhere(standing.world.chatbotkit.store.messages, ({ type }) => type === 'user');
  return {
    ...standing,
    row,
    only: (fields: object) => ({
      ...under(`assistant/messages/${row.id}`, {
        ...fields,
        updatedAt: { was: row.updatedAt, is: standing.clock() },
      }),
    }),
    update: (input: object) =>
      mutate(standing, 'updateMessage', { id: messageId('assistant', row), ...input }),
  };
}

/** A text at Botpress. */
async function atBotpress(options: StartOptions = {}) {
  const standing = await opened(options);
  const row = rowWhere(standing.world.botpress.store.messages, ({ type }) => type === 'text');
  return {
    ...standing,
    row,
    only: (fields: object) => ({
      ...under(`website/messages/${row.id}`, {
        ...fields,
        updatedAt: { was: row.updatedAt, is: standing.clock.iso() },
      }),
    }),
    update: (input: object) =>
      mutate(standing, 'updateMessage', { id: messageId('website', row), ...input }),
  };
}

function under(place: string, fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([field, change]) => [`${place}/${field}`, change]),
  );
}

describe('updating a message at ChatBotKit', () => {
  it('changes what it says, and nothing else, and is read back so', async () => {
    const { update, row, changes, only, ...parlance } = await atChatBotKit();

    const result = await update({ text: 'Said better.' });

    expect(changes()).toEqual(only({ text: { was: row.text, is: 'Said better.' } }));
    expect(result).toMatchObject({
      __typename: 'UpdateMessagePayload',
      updated: { nativeId: row.id, role: 'USER', kind: 'MESSAGE', text: 'Said better.' },
      ignored: [],
    });
    const read = await messagesOf(parlance, conversationId('assistant', row.conversationId));
    expect(read).toContainEqual(
      expect.objectContaining({ nativeId: row.id, text: 'Said better.' }),
    );
    expect(writes(parlance.world, 'assistant')).toHaveLength(1);
  });

  it('makes it a hidden row, which then is among the messages only where those are asked for', async () => {
    const { update, row, changes, only, ...parlance } = await atChatBotKit();
    const id = conversationId('assistant', row.conversationId);

    const result = await update({ kind: 'INSTRUCTION', content: { markdown: 'Be **brief**.' } });

    expect(changes()).toEqual(
      only({
        type: { was: 'user', is: 'instruction' },
        text: { was: row.text, is: 'Be **brief**.' },
      }),
    );
    expect(result).toMatchObject({
      updated: { kind: 'INSTRUCTION', role: 'SYSTEM', visibility: 'INTERNAL' },
      ignored: [],
    });
    const ids = (messages: readonly unknown[]) => messages.map((one) => at(one, 'nativeId'));
    expect(ids(await messagesOf(parlance, id))).not.toContain(row.id);
    expect(ids(await messagesOf(parlance, id, { includeHidden: true }))).toContain(row.id);
  });

  it('puts it into the mouth of the bot', async () => {
    const { update, changes, only } = await atChatBotKit();

    const result = await update({ as: 'BOT' });

    expect(changes()).toEqual(only({ type: { was: 'user', is: 'bot' } }));
    expect(result).toMatchObject({ updated: { role: 'BOT', kind: 'MESSAGE' }, ignored: [] });
  });

  it('names and describes it, and with null takes both away again', async () => {
    const { update, row, world } = await atChatBotKit();

    const named = await update({ name: 'A question', description: 'Of an invoice.' });
    const stored = world.chatbotkit.store.messages.get(row.id);
    const cleared = await update({ name: null, description: null });

    expect(stored).toMatchObject({ name: 'A question', description: 'Of an invoice.' });
    expect(named).toMatchObject({
      updated: { native: { name: 'A question', description: 'Of an invoice.' } },
      ignored: [],
    });
    expect(world.chatbotkit.store.messages.get(row.id)).toMatchObject({
      name: null,
      description: null,
      text: row.text,
    });
    expect(cleared).toMatchObject({
      updated: { native: { name: null, description: null } },
      ignored: [],
    });
  });

  it('sets and removes tags one by one beside the metadata of the group', async () => {
    const { update, row, world, only, changes } = await atChatBotKit();
    await update({ chatBotKit: { meta: { plan: 'free', customer: { seats: 3 } } } });

    const result = await update({
      tags: { set: [{ key: 'topic', value: 'billing' }], remove: ['plan'] },
      chatBotKit: { meta: { seen: true } },
    });

    expect(changes()).toEqual(
      only({
        meta: {
          was: row.meta,
          is: { customer: { seats: 3 }, plan: null, topic: 'billing', seen: true },
        },
      }),
    );
    expect(result).toMatchObject({
      updated: {
        tags: expect.arrayContaining([
          { key: 'topic', value: 'billing' },
          { key: 'seen', value: 'true' },
        ]),
      },
      ignored: [],
    });
    expect(writes(world, 'assistant')).toHaveLength(2);
  });

  it('of a message that is in another conversation finds none, and changes nothing', async () => {
    const { row, changes, ...parlance } = await atChatBotKit();
    const other = rowWhere(
      parlance.world.chatbotkit.store.conversations,
      ({ id }) => id !== row.conversationId,
    );

    const result = await mutate(parlance, 'updateMessage', {
      id: messageId('assistant', { conversationId: other.id, id: row.id }),
      text: 'Never said.',
    });

    expect(result).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
    expect(changes()).toEqual({});
  });

  it('whose answer was lost is told so, and is not sent again', async () => {
    const { update, row, world } = await atChatBotKit();
    world.chatbotkit.inject({
      kind: 'cut-after-accept',
      times: 1,
      match: { method: 'POST', path: '/v1/conversation' },
    });

    const result = await update({ text: 'Said once.' });

    expect(result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      provider: { name: 'assistant' },
    });
    expect(world.chatbotkit.store.messages.get(row.id)?.text).toBe('Said once.');
    expect(writes(world, 'assistant')).toHaveLength(1);
  });
});

describe('updating a message at Botpress', () => {
  it('changes what it says, and nothing else, and is read back so', async () => {
    const { update, row, changes, only, ...parlance } = await atBotpress();

    const result = await update({ text: 'Said better.' });

    expect(changes()).toEqual(
      only({ 'payload/text': { was: row.payload['text'], is: 'Said better.' } }),
    );
    expect(result).toMatchObject({
      __typename: 'UpdateMessagePayload',
      updated: {
        nativeId: row.id,
        text: 'Said better.',
        content: { __typename: 'TextContent', text: 'Said better.' },
      },
      ignored: [],
    });
    const read = await messagesOf(parlance, conversationId('website', row.conversationId));
    expect(read).toContainEqual(
      expect.objectContaining({ nativeId: row.id, text: 'Said better.' }),
    );
    expect(writes(parlance.world, 'website')).toHaveLength(1);
  });

  it('takes a whole payload of its own group in the place of a text', async () => {
    const { update, row, changes, only } = await atBotpress();

    const result = await update({ botpress: { payload: { text: 'Raw', more: { a: 1 } } } });

    expect(changes()).toEqual(
      only({
        'payload/text': { was: row.payload['text'], is: 'Raw' },
        'payload/more': { is: { a: 1 } },
      }),
    );
    expect(result).toMatchObject({
      updated: { text: 'Raw', native: { payload: { text: 'Raw', more: { a: 1 } } } },
      ignored: [],
    });
  });

  it('sets and removes tags, and leaves what it says', async () => {
    const { update, row, world } = await atBotpress();
    await update({ tags: { set: [{ key: 'topic', value: 'billing' }] } });

    const result = await update({
      tags: { set: [{ key: 'plan', value: 'pro' }], remove: ['topic'] },
    });

    expect(world.botpress.store.messages.get(row.id)).toMatchObject({
      payload: row.payload,
      tags: { ...row.tags, plan: 'pro' },
    });
    expect(world.botpress.store.messages.get(row.id)?.tags).not.toHaveProperty('topic');
    expect(listAt(result, 'updated.tags')).toContainEqual({ key: 'plan', value: 'pro' });
    expect(result).toMatchObject({ ignored: [] });
  });

  it('to another type is refused by the name it was given, with the type the message has', async () => {
    const { changes, ...parlance } = await opened({ count: 12 });
    const picture = rowWhere(
      parlance.world.botpress.store.messages,
      ({ type }) => type !== 'text' && type !== 'markdown',
    );
    const id = messageId('website', picture);

    const asText = await mutate(parlance, 'updateMessage', { id, text: 'No picture.' });
    const asContent = await mutate(parlance, 'updateMessage', {
      id,
      content: { markdown: 'No picture.' },
    });

    for (const [result, path] of [
      [asText, 'text'],
      [asContent, 'content'],
    ] as const) {
      expect(result).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ path, message: expect.stringContaining(picture.type) }],
      });
    }
    expect(writes(parlance.world, 'website')).toEqual([]);
    expect(changes()).toEqual({});
  });
});

describe('an update of a message that cannot be meant', () => {
  it('names the place and the mend, asks nobody and changes nothing', async () => {
    const parlance = await opened();
    const { world } = parlance;
    const website = { id: messageId('website', rowWhere(world.botpress.store.messages)) };
    const assistant = { id: messageId('assistant', rowWhere(world.chatbotkit.store.messages)) };
    const text = 'Said better.';
    const both = { set: [{ key: 'a', value: 'b' }], remove: ['a'] };

    await expectMistakes(parlance, 'updateMessage', [
      { input: website, path: '', because: /nothing to change/ },
      { input: { ...assistant, chatBotKit: {} }, path: '', because: /nothing to change/ },
      {
        input: { ...website, botpress: { integrationAlias: 'slack' } },
        path: '',
        because: /nothing to change/,
      },
      {
        input: { ...website, text, content: { text } },
        path: 'text',
        because: /only one of text, content and botpress.payload/,
      },
      {
        input: { ...website, text, botpress: { payload: { text } } },
        path: 'text',
        because: /only one of/,
      },
      { input: { ...website, text: ' ' }, path: 'text', because: /must not be empty/ },
      {
        input: { ...website, content: { markdown: '' } },
        path: 'content.markdown',
        because: /must not be empty/,
      },
      {
        input: { ...website, content: { image: { url: 'picture.png' } } },
        path: 'content.image.url',
        because: /whole URL/,
      },
      {
        input: { ...website, content: { image: { url: 'javascript:alert(1)' } } },
        path: 'content.image.url',
        because: /begins with http: or https:/,
      },
      ...['text', 'content', 'kind', 'as', 'tags'].map((field) => ({
        input: { ...assistant, name: 'A name', [field]: null },
        path: field,
        because: /cannot be cleared/,
      })),
      {
        input: { ...website, botpress: { payload: null } },
        path: 'botpress.payload',
        because: /cannot be cleared/,
      },
      {
        input: { ...assistant, chatBotKit: { meta: null } },
        path: 'chatBotKit.meta',
        because: /cannot be cleared/,
      },
      { input: { ...assistant, name: ' ' }, path: 'name', because: /must not be empty/ },
      { input: { ...assistant, tags: {} }, path: 'tags', because: /at least one tag/ },
      { input: { ...assistant, tags: both }, path: 'tags.remove.0', because: /choose one/ },
      {
        input: { ...assistant, tags: { set: [{ key: 'x'.repeat(501) }] } },
        path: 'tags.set.0.key',
        because: /500 characters/,
      },
      {
        input: { ...website, botpress: { payload: 'text' } },
        path: 'botpress.payload',
        because: /must be an object/,
      },
      {
        input: { ...assistant, chatBotKit: { meta: [] } },
        path: 'chatBotKit.meta',
        because: /must be an object/,
      },
      {
        input: { ...assistant, text, chatBotKit: { entities: ['Ada'] } },
        path: 'chatBotKit.entities.0',
        because: /must be an object/,
      },
      {
        input: { ...website, text, chatBotKit: { meta: { a: 1 } } },
        path: 'chatBotKit',
        because: /another kind of provider; website is botpress/,
      },
      {
        input: { ...assistant, text, providerOptions: { a: 1 } },
        path: 'providerOptions',
        because: /for providers of your own; assistant is chatbotkit: use the group chatBotKit/,
      },
      {
        input: { ...assistant, text, providerOptions: 'loud' },
        path: 'providerOptions',
        because: /must be an object/,
      },
      {
        input: { id: standingAt(world, 'website'), text },
        path: 'id',
        because: /is the id of a Conversation; give the id of a Message/,
      },
      { input: { id: 'msg_1', text }, path: 'id', because: /not an id of this gateway/ },
    ]);
  });

  it('because its provider is not there finds nothing', async () => {
    const parlance = await opened();

    const result = await mutate(parlance, 'updateMessage', {
      id: messageId('nobody', { conversationId: 'conv_1', id: 'msg_1' }),
      text: 'Hello?',
    });

    expect(result).toMatchObject({
      __typename: 'NotFoundError',
      message: expect.stringContaining('provider named nobody'),
    });
  });
});

describe('what a provider does not take of a message', () => {
  it.each(['kind', 'as', 'name', 'description'] as const)(
    'is refused at Botpress with what it takes, unasked: %s',
    async (field) => {
      const parlance = await opened();
      const given = { kind: 'NOTE', as: 'USER', name: 'A name', description: null }[field];
      const id = messageId('website', rowWhere(parlance.world.botpress.store.messages));

      await expectUnsupported(parlance, 'updateMessage', {
        input: { id, text: 'Said better.', [field]: given },
        account: 'website',
        verb: 'MESSAGE_UPDATE',
        note: new RegExp(`^${field} cannot be given to website .*it takes text, content, tags`),
      });
    },
  );

  it.each([
    [{ kind: 'NOTE' }, /takes no NOTE; it takes MESSAGE, CONTEXT/],
    [{ as: 'AGENT' }, /cannot write as AGENT; write as USER or BOT/],
    [{ content: { image: { url: 'https://example.com/a.png' } } }, /takes no image; it takes text/],
  ])('is refused at ChatBotKit, unasked: %j', async (input, note) => {
    const parlance = await opened();
    const id = messageId('assistant', rowWhere(parlance.world.chatbotkit.store.messages));

    await expectUnsupported(parlance, 'updateMessage', {
      input: { id, ...input },
      account: 'assistant',
      verb: 'MESSAGE_UPDATE',
      note,
    });
  });

  it.each([
    ['help', /^Chatling keeps what was said as it was said/],
    ['support', /^Stack Auth keeps what was said as it was said/],
  ] as const)('is everything at %s, which says what to do instead', async (account, note) => {
    const parlance = await opened();

    await expectUnsupported(parlance, 'updateMessage', {
      input: { id: messageAt(parlance.world, account), text: 'Said better.' },
      account,
      verb: 'MESSAGE_UPDATE',
      note,
    });
  });

  it('is looked at after what cannot be meant anywhere', async () => {
    const parlance = await opened();

    await expectMistakes(parlance, 'updateMessage', [
      {
        input: { id: messageAt(parlance.world, 'help'), text: '' },
        path: 'text',
        because: /empty/,
      },
    ]);
  });

  it('is what its capabilities do not list', async () => {
    const { ask } = await opened();

    const { data } = await ask('{ providers { name capabilities { verb support fields } } }');

    const fields = listAt(data, 'providers').map((provider) => {
      const update = listAt(provider, 'capabilities').find(
        (capability) => at(capability, 'verb') === 'MESSAGE_UPDATE',
      );
      return [textAt(provider, 'name'), at(update, 'support'), at(update, 'fields')];
    });
    expect(fields).toEqual([
      ['website', 'NATIVE', ['content', 'tags']],
      ['help', 'NONE', []],
      ['assistant', 'NATIVE', ['content', 'kind', 'as', 'tags', 'name', 'description']],
      ['support', 'NONE', []],
    ]);
  });
});
