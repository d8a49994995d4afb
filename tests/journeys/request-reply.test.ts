// A bot answers what is already there: one answer, stored once, and not a word put into anybody else's mouth.

import { describe, expect, it } from 'vitest';
import { ACCOUNTS } from '../support/accounts.ts';
import { at } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { testClock } from '../support/clock.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { messageAt } from '../support/said.ts';
import { rowsAdded, rowWhere, watchStores, writes } from '../support/stores.ts';
import { messagesOf } from '../support/timeline.ts';

async function unanswered(options: StartOptions = {}) {
  const clock = testClock();
  const parlance = await startParlance({ count: 2, clock, ...options });
  const { store } = parlance.world.chatbotkit;
  const row = rowWhere(store.conversations);
  const id = conversationId('assistant', row.id);
  clock.pass(60_000);
  return {
    ...parlance,
    clock,
    row,
    id,
    added: rowsAdded(store.messages),
    changes: watchStores(parlance.world),
    request: (input: object = {}) =>
      mutate(parlance, 'requestReply', { conversationId: id, ...input }),
  };
}

const fellOver = (beforeToken: number) =>
  ({ beforeToken, code: 'INTERNAL_SERVER_ERROR', message: 'The model fell over' }) as const;

describe('asking the bot at ChatBotKit to answer what is there', () => {
  it('stores its answer and nothing else, and brings it with what it cost', async () => {
    const { request, id, added, changes, clock, ...parlance } = await unanswered();
    parlance.world.chatbotkit.stage({ reply: 'In the menu.' });

    const result = await request();

    expect(added().map(({ type, text }) => [type, text])).toEqual([['bot', 'In the menu.']]);
    expect(Object.keys(changes())).toEqual([`assistant/messages/${added()[0]?.id}`]);
    expect(result).toMatchObject({
      __typename: 'RequestReplyPayload',
      reply: {
        nativeId: added()[0]?.id,
        role: 'BOT',
        kind: 'MESSAGE',
        text: 'In the menu.',
        createdAt: clock.iso(),
      },
      usage: { tokens: expect.any(Number) },
      unfinished: null,
      conversation: { id },
    });
    expect(writes(parlance.world, 'assistant')).toHaveLength(1);
  });

  it('brings the answer as it is read afterwards', async () => {
    const { request, id, ...parlance } = await unanswered();

    const result = await request();

    const [newest] = await messagesOf(parlance, id);
    expect(newest).toMatchObject({ role: 'BOT' });
    expect(at(result, 'reply')).toEqual(newest);
  });

  it('keeps what the bot thought out of the answer and out of the messages', async () => {
    const { request, id, added, ...parlance } = await unanswered();
    parlance.world.chatbotkit.stage({ reply: 'In the menu.', reasoning: 'Menus?' });

    const result = await request();

    expect(added().map(({ type }) => type)).toEqual(['reasoning', 'bot']);
    expect(result).toMatchObject({ reply: { kind: 'MESSAGE', text: 'In the menu.' } });
    const kinds = (await messagesOf(parlance, id)).map((message) => at(message, 'kind'));
    expect(new Set(kinds)).toEqual(new Set(['MESSAGE']));
  });

  it('hands on what the bot may use', async () => {
    const { request, world } = await unanswered();
    const functions = [
      { name: 'weather', description: 'Tells it.', parameters: { type: 'object', properties: {} } },
    ];

    await request({ chatBotKit: { functions, extensions: { backstory: 'Be brief.' } } });

    expect(writes(world, 'assistant')).toMatchObject([
      { body: { functions, extensions: { backstory: 'Be brief.' } } },
    ]);
  });

  it('that breaks off brings what came before that, and why', async () => {
    const { request, world } = await unanswered();
    world.chatbotkit.stage({ reply: 'In the menu, at the top.', failure: fellOver(2) });

    const result = await request();

    expect(result).toMatchObject({
      __typename: 'RequestReplyPayload',
      reply: { role: 'BOT', text: 'In the' },
      unfinished: { message: expect.stringContaining('The model fell over') },
    });
    expect(writes(world, 'assistant')).toHaveLength(1);
  });

  it('that breaks off before its first word is told so, and is not asked again', async () => {
    const { request, world, added } = await unanswered();
    world.chatbotkit.stage({ failure: fellOver(0) });

    const result = await request();

    expect(result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      message: expect.stringContaining('The model fell over'),
    });
    expect(added()).toEqual([]);
    expect(writes(world, 'assistant')).toHaveLength(1);
  });

  it('whose answer was lost is told so, and is not asked again', async () => {
    const { request, world, added } = await unanswered();
    world.chatbotkit.inject({
      kind: 'cut-after-accept',
      times: 1,
      match: { method: 'POST', path: '/v1/conversation' },
    });

    const result = await request();

    expect(result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      provider: { name: 'assistant' },
    });
    expect(added()).toHaveLength(1);
    expect(writes(world, 'assistant')).toHaveLength(1);
  });

  it('may take longer than a row does, and not for ever', async () => {
    const patient = await unanswered({ deadlineMs: 400, replyDeadlineMs: 10_000 });
    const slow = new Promise((resolve) => setTimeout(resolve, 900));
    patient.world.chatbotkit.stage({ reply: 'At last.', hold: { beforeToken: 0, until: slow } });
    const hurried = await unanswered({ replyDeadlineMs: 300 });
    hurried.world.chatbotkit.inject({
      kind: 'hang',
      match: { method: 'POST', path: '/v1/conversation' },
    });

    const [answered, given] = await Promise.all([patient.request(), hurried.request()]);

    expect(answered).toMatchObject({ reply: { text: 'At last.' } });
    expect(given).toMatchObject({ __typename: 'OutcomeUnknownError' });
  });

  it('of a conversation that is not there finds none', async () => {
    const { changes, ...parlance } = await unanswered();

    const result = await mutate(parlance, 'requestReply', {
      conversationId: conversationId('assistant', 'nothing-here'),
    });

    expect(result).toMatchObject({ __typename: 'NotFoundError' });
    expect(changes()).toEqual({});
  });
});

describe('a request for an answer that cannot be meant', () => {
  it('names the place and the mend, asks nobody and changes nothing', async () => {
    const parlance = await startParlance({ count: 1 });
    const input = { conversationId: standingAt(parlance.world, 'assistant') };

    await expectMistakes(parlance, 'requestReply', [
      {
        input: { conversationId: messageAt(parlance.world, 'assistant') },
        path: 'conversationId',
        because: /is the id of a Message; give the id of a Conversation/,
      },
      { input: { conversationId: '1' }, path: 'conversationId', because: /not an id/ },
      {
        input: { ...input, chatBotKit: { functions: [{ name: 'a' }, 'b'] } },
        path: 'chatBotKit.functions.1',
        because: /must be an object/,
      },
      {
        input: { ...input, chatBotKit: { extensions: [] } },
        path: 'chatBotKit.extensions',
        because: /must be an object/,
      },
      {
        input: { ...input, chatBotKit: {}, providerOptions: {} },
        path: 'providerOptions',
        because: /second group/,
      },
      ...ACCOUNTS.map((account) => ({
        input: {
          conversationId: standingAt(parlance.world, account),
          providerOptions: { loud: true },
        },
        path: 'providerOptions',
        because: new RegExp(`for providers of your own; ${account} is `),
      })),
      ...(['website', 'help', 'support'] as const).map((account) => ({
        input: { conversationId: standingAt(parlance.world, account), chatBotKit: {} },
        path: 'chatBotKit',
        because: /for another kind of provider/,
      })),
    ]);
  });
});

describe('an answer on request', () => {
  it.each([
    ['website', /^A Botpress bot answers by itself when somebody writes/],
    ['help', /^Chatling answers within the call that sends a message/],
    ['support', /^No bot answers at Stack Auth: write the answer with sendMessage/],
  ] as const)('is nothing %s gives, and it says what to do instead', async (account, note) => {
    const parlance = await startParlance({ count: 1 });

    await expectUnsupported(parlance, 'requestReply', {
      input: { conversationId: standingAt(parlance.world, account) },
      account,
      verb: 'REPLY_REQUEST',
      note,
    });
  });
});
