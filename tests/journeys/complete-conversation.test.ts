// A bot answers a conversation that is only in the question: whatever is asked, nothing is stored anywhere.

import { describe, expect, it } from 'vitest';
import { ACCOUNTS, type AccountName } from '../support/accounts.ts';
import { at } from '../support/answer.ts';
import { contactId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { rowWhere, watchStores, writes } from '../support/stores.ts';

async function desk(options: StartOptions = {}) {
  const parlance = await startParlance({ count: 2, ...options });
  return {
    ...parlance,
    changes: watchStores(parlance.world),
    complete: (input: object = {}) =>
      mutate(parlance, 'completeConversation', {
        provider: 'assistant',
        messages: ASKED,
        ...input,
      }),
  };
}

const ASKED = [{ role: 'USER', text: 'Where are the invoices?' }] as const;

describe('completing a conversation at ChatBotKit', () => {
  it('brings what the bot says, what it cost and why it ended, and stores nothing', async () => {
    const { complete, world, changes } = await desk();
    world.chatbotkit.stage({ reply: 'In the menu.', end: 'length' });

    const result = await complete();

    expect(result).toEqual({
      __typename: 'CompleteConversationPayload',
      text: 'In the menu.',
      usage: { tokens: expect.any(Number), endReason: 'length' },
    });
    expect(changes()).toEqual({});
    expect(writes(world, 'assistant')).toHaveLength(1);
  });

  it('sends all that was said, in its order, each in its voice and of its kind', async () => {
    const { complete, world } = await desk();

    await complete({
      messages: [
        { role: 'USER', kind: 'BACKSTORY', text: 'You are a clerk.' },
        { role: 'USER', kind: 'INSTRUCTION', text: 'Be brief.' },
        { role: 'USER', text: 'Hello', name: 'A greeting', description: 'The first word.' },
        { role: 'BOT', kind: 'MESSAGE', text: 'Hello there', meta: { mood: { good: true } } },
        ...ASKED,
      ],
    });

    expect(at(writes(world, 'assistant')[0]?.body, 'messages')).toMatchObject([
      { type: 'backstory', text: 'You are a clerk.' },
      { type: 'instruction', text: 'Be brief.' },
      { type: 'user', text: 'Hello', name: 'A greeting', description: 'The first word.' },
      { type: 'bot', text: 'Hello there', meta: { mood: { good: true } } },
      { type: 'user', text: 'Where are the invoices?' },
    ]);
  });

  it('is for a contact by either of its ids', async () => {
    const { complete, world, changes } = await desk();
    const { id } = rowWhere(world.chatbotkit.store.contacts);

    const results = [
      await complete({ contactId: id }),
      await complete({ contactId: contactId('assistant', id) }),
    ];

    expect(results).toMatchObject([
      { __typename: 'CompleteConversationPayload' },
      { __typename: 'CompleteConversationPayload' },
    ]);
    expect(writes(world, 'assistant').map(({ body }) => at(body, 'contactId'))).toEqual([id, id]);
    expect(changes()).toEqual({});
  });

  it('hands on who answers, and what they may use', async () => {
    const { complete, world } = await desk();
    const { id: botId } = rowWhere(world.chatbotkit.store.bots);
    const engine = {
      functions: [{ name: 'weather', description: 'Tells it.', parameters: { type: 'object' } }],
      extensions: { backstory: 'Be brief.' },
      limits: { iterations: 3 },
    };
    const inPlace = {
      model: 'gpt-5',
      backstory: 'You are a clerk.',
      datasetId: 'dataset-1',
      skillsetId: 'skillset-1',
      privacy: true,
      moderation: false,
    };

    await complete({ chatBotKit: { botId, ...engine } });
    await complete({ chatBotKit: inPlace });

    expect(writes(world, 'assistant').map(({ body }) => body)).toMatchObject([
      { botId, ...engine },
      inPlace,
    ]);
  });

  it('is refused files, for the reason the table gives, before it is asked', async () => {
    const parlance = await desk();

    await expectUnsupported(parlance, 'completeConversation', {
      input: {
        provider: 'assistant',
        messages: ASKED,
        attachments: [{ url: 'https://example.com/invoice.pdf' }],
      },
      account: 'assistant',
      verb: 'CONVERSATION_COMPLETE',
      note: /namespace/,
    });
  });

  it.each([
    [{ role: 'AGENT', text: 'I help.' }, /^messages\.1: assistant .*cannot write as AGENT/],
    [{ role: 'USER', kind: 'NOTE', text: 'I note.' }, /^messages\.1: assistant .*takes no NOTE/],
  ])('takes no message of another nature: %j', async (message, note) => {
    const parlance = await desk();

    await expectUnsupported(parlance, 'completeConversation', {
      input: { provider: 'assistant', messages: [...ASKED, message] },
      account: 'assistant',
      verb: 'CONVERSATION_COMPLETE',
      note,
    });
  });

  it('whose answer is lost is told so, and is not asked again', async () => {
    const { complete, world, changes } = await desk();
    world.chatbotkit.inject({ kind: 'cut-after-accept', times: 1 });

    const result = await complete();

    expect(result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      provider: { name: 'assistant' },
    });
    expect(writes(world, 'assistant')).toHaveLength(1);
    expect(changes()).toEqual({});
  });

  it('has the patience of an answer, not that of a row', async () => {
    const { complete, world } = await desk({ deadlineMs: 400, replyDeadlineMs: 10_000 });
    const slow = new Promise((resolve) => setTimeout(resolve, 900));
    world.chatbotkit.stage({ reply: 'At last.', hold: { beforeToken: 0, until: slow } });

    const result = await complete();

    expect(result).toMatchObject({ text: 'At last.' });
  });
});

describe('a completion that cannot be meant', () => {
  it('names the place and the mend, asks nobody and changes nothing', async () => {
    const parlance = await startParlance({ count: 1 });
    const provider = 'assistant';
    const [said] = ASKED;
    const input = { provider, messages: ASKED };
    const bad = (message: object) => ({ provider, messages: [said, { ...said, ...message }] });

    await expectMistakes(parlance, 'completeConversation', [
      { input: { provider, messages: [] }, path: 'messages', because: /at least one/ },
      { input: bad({ text: ' ' }), path: 'messages.1.text', because: /must not be empty/ },
      { input: bad({ name: '' }), path: 'messages.1.name', because: /must not be empty/ },
      {
        input: bad({ description: '\n' }),
        path: 'messages.1.description',
        because: /must not be empty/,
      },
      { input: bad({ meta: 'loud' }), path: 'messages.1.meta', because: /must be an object/ },
      {
        input: { provider, messages: Array.from({ length: 501 }, () => said) },
        path: 'messages',
        because: /has 501, and 500 are the most/,
      },
      {
        input: { ...input, provider: 'elsewhere' },
        path: 'provider',
        because: /website, help, assistant, support/,
      },
      { input: { ...input, contactId: '' }, path: 'contactId', because: /must not be empty/ },
      {
        input: { ...input, contactId: contactId('support', 'user-1') },
        path: 'contactId',
        because: /is a contact at support; give one at assistant/,
      },
      {
        input: { ...input, attachments: [{ url: 'invoice.pdf' }] },
        path: 'attachments.0.url',
        because: /whole URL/,
      },
      {
        input: {
          ...input,
          attachments: Array.from({ length: 21 }, () => ({ url: 'https://example.com/a' })),
        },
        path: 'attachments',
        because: /has 21, and 20 are the most/,
      },
      {
        input: { ...input, chatBotKit: { limits: 3 } },
        path: 'chatBotKit.limits',
        because: /must be an object/,
      },
      ...ACCOUNTS.map((account) => ({
        input: { ...input, provider: account, providerOptions: { loud: true } },
        path: 'providerOptions',
        because: new RegExp(`for providers of your own; ${account} is `),
      })),
      ...(['website', 'help', 'support'] as const).map((account) => ({
        input: { ...input, provider: account, chatBotKit: { model: 'gpt-5' } },
        path: 'chatBotKit',
        because: /for another kind of provider/,
      })),
    ]);
  });

  it('may be as long as the bound, and no longer', async () => {
    const { complete, world } = await desk();

    const result = await complete({ messages: Array.from({ length: 500 }, () => ASKED[0]) });

    expect(result).toMatchObject({ __typename: 'CompleteConversationPayload' });
    expect(at(writes(world, 'assistant')[0]?.body, 'messages')).toHaveLength(500);
  });
});

describe('a completion', () => {
  const NOTES: readonly (readonly [AccountName, RegExp])[] = [
    ['website', /^A Botpress bot answers only in a conversation it keeps/],
    ['help', /^Chatling keeps every question as a conversation/],
    ['support', /^No bot answers at Stack Auth/],
  ];

  it.each(NOTES)('is nothing %s gives, and it says what to do instead', async (account, note) => {
    const parlance = await startParlance({ count: 1 });

    await expectUnsupported(parlance, 'completeConversation', {
      input: { provider: account, messages: ASKED },
      account,
      verb: 'CONVERSATION_COMPLETE',
      note,
    });
  });
});
