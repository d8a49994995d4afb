// What the tools that give the bot a turn take, each thing given through GraphQL and seen in what came of it.

import { expect } from 'vitest';
import { at, textAt } from '../../support/answer.ts';
import { watchStores } from '../../support/stores.ts';
import { type Case, LOOKUP, type Stage } from './stage.ts';

const ANSWER = 'delivery sent: message { text } reply { text } usage { tokens endReason }';

function sent(stage: Stage, given: object): Promise<unknown> {
  return stage.does('sendMessage', { conversationId: stage.conversationId, ...given }, ANSWER);
}

/** Types and functions of the rows that a turn leaves behind. */
async function left(stage: Stage, turn: () => Promise<unknown>): Promise<readonly string[]> {
  const before = stage.rows().length;
  await turn();
  return stage
    .rows()
    .slice(before)
    .map(({ type, meta }) => (type === 'activity' ? `calls ${functionIn(meta)}` : type));
}

function functionIn(meta: unknown): string {
  return textAt(meta, 'activity.function.name');
}

function tokensIn(payload: unknown): number {
  const tokens = at(payload, 'usage.tokens');
  if (typeof tokens !== 'number') throw new Error(`no tokens in ${JSON.stringify(payload)}`);
  return tokens;
}

const KNOWLEDGE = { backstory: 'Parcels to the islands take a week. '.repeat(20) };

/** Nothing of it is stored, whatever is asked. */
async function completed(stage: Stage, given: object): Promise<unknown> {
  const changes = watchStores(stage.parlance.world);
  const payload = await stage.does(
    'completeConversation',
    { provider: stage.account, messages: [{ role: 'USER', text: 'lookUpOrder please' }], ...given },
    'text usage { tokens endReason }',
  );
  expect(changes()).toEqual({});
  return payload;
}

export const REPLIES: Readonly<Record<string, Case>> = {
  'complete_conversation.messages': async (stage) => {
    const payload = await completed(stage, {
      messages: [
        { role: 'USER', text: 'Hello' },
        { role: 'BOT', text: 'Good day' },
        { role: 'SYSTEM', kind: 'CONTEXT', text: 'They are in Cork' },
        { role: 'USER', text: 'Where is my parcel?' },
      ],
    });

    expect(payload).toMatchObject({ usage: { tokens: expect.any(Number), endReason: 'stop' } });
    expect(textAt(payload, 'text')).toContain('Where is my parcel?');
    expect(stage.handed('complete_conversation')['messages']).toEqual([
      { type: 'user', text: 'Hello' },
      { type: 'bot', text: 'Good day' },
      { type: 'context', text: 'They are in Cork' },
      { type: 'user', text: 'Where is my parcel?' },
    ]);
  },
  'complete_conversation.contactId': async (stage) => {
    await completed(stage, { contactId: 'c-1' });
    expect(stage.handed('complete_conversation')).toMatchObject({ contactId: 'c-1' });
  },
  'complete_conversation.functions': async (stage) => {
    const { result: _withoutResult, ...unanswered } = LOOKUP;

    const payload = await completed(stage, { chatBotKit: { functions: [unanswered] } });

    // The bot has called it, and waits for somebody to answer.
    expect(payload).toMatchObject({ usage: { endReason: 'activity' } });
  },
  'complete_conversation.extensions': async (stage) => {
    const bare = await completed(stage, {});
    const extended = await completed(stage, { chatBotKit: { extensions: KNOWLEDGE } });
    expect(tokensIn(extended)).toBeGreaterThan(tokensIn(bare));
  },
  'complete_conversation.limits': async (stage) => {
    await completed(stage, { chatBotKit: { limits: { iterations: 2, calls: 1 } } });
    expect(stage.handed('complete_conversation')).toMatchObject({
      limits: { iterations: 2, calls: 1 },
    });
  },
  'complete_conversation.attachments': async (stage) => {
    const changes = watchStores(stage.parlance.world);
    const { chatbotkit, pinkfish } = stage.parlance.world;
    const asked = [chatbotkit.journal.length, pinkfish.journal.length];

    const refusal = await stage.refuses('completeConversation', {
      provider: stage.account,
      messages: [{ role: 'USER', text: 'What is this?' }],
      attachments: [{ url: 'https://files.example.com/a.pdf' }],
    });

    expect(refusal).toMatchObject({ __typename: 'UnsupportedError' });
    expect(textAt(refusal, 'note')).toMatch(/namespace/);
    expect(changes()).toEqual({});
    expect([chatbotkit.journal.length, pinkfish.journal.length]).toEqual(asked);
  },

  'complete_conversation_message.conversationId': async (stage) => {
    const rows = await left(stage, () => sent(stage, { text: 'Hello', expectReply: true }));
    expect(rows).toEqual(['user', 'bot']);
  },
  'complete_conversation_message.text': async (stage) => {
    const payload = await sent(stage, { text: 'Where is it?', expectReply: true });

    const [said, answered] = stage.rows().slice(-2);
    expect(said).toMatchObject({ type: 'user', text: 'Where is it?' });
    expect(payload).toMatchObject({
      delivery: 'SENT',
      sent: { text: 'Where is it?' },
      reply: { text: answered?.text },
      usage: { tokens: expect.any(Number), endReason: 'stop' },
    });
  },
  'complete_conversation_message.entities': async (stage) => {
    const chatBotKit = { entities: [{ begin: 5, end: 8 }] };
    await sent(stage, { text: 'I am Ada', expectReply: true, chatBotKit });
    expect(stage.handed('complete_conversation_message')).toMatchObject(chatBotKit);
  },
  'complete_conversation_message.functions': async (stage) => {
    const chatBotKit = { functions: [LOOKUP] };
    const rows = await left(stage, () =>
      sent(stage, { text: 'lookUpOrder please', expectReply: true, chatBotKit }),
    );
    expect(rows).toEqual(['user', 'calls lookUpOrder', 'calls lookUpOrder', 'bot']);
  },
  'complete_conversation_message.extensions': async (stage) => {
    const bare = await sent(stage, { text: 'Hello', expectReply: true });
    const chatBotKit = { extensions: KNOWLEDGE };
    const extended = await sent(stage, { text: 'Hello', expectReply: true, chatBotKit });
    // A second turn costs more than the first, but not by as much as the knowledge does.
    expect(tokensIn(extended)).toBeGreaterThan(tokensIn(bare) + KNOWLEDGE.backstory.length / 8);
  },
  'complete_conversation_message.limits': async (stage) => {
    const functions = [LOOKUP, { ...LOOKUP, name: 'lookUpParcel' }];
    const chatBotKit = { functions, limits: { calls: 1 } };
    const rows = await left(stage, () =>
      sent(stage, { text: 'lookUpOrder and lookUpParcel', expectReply: true, chatBotKit }),
    );
    expect(rows).toEqual(['user', 'calls lookUpOrder', 'calls lookUpOrder', 'bot']);
  },

  'receive_conversation_message.conversationId': async (stage) => {
    await sent(stage, { text: 'Where is it?' });
    const rows = await left(stage, () => requested(stage, {}));
    expect(rows).toEqual(['bot']);
    expect(stage.rows().at(-1)?.text).toContain('Where is it?');
  },
  'receive_conversation_message.functions': async (stage) => {
    await sent(stage, { text: 'lookUpOrder please' });
    const rows = await left(stage, () => requested(stage, { functions: [LOOKUP] }));
    expect(rows).toEqual(['calls lookUpOrder', 'calls lookUpOrder', 'bot']);
  },
  'receive_conversation_message.extensions': async (stage) => {
    const bare = await requested(stage, {});
    const extended = await requested(stage, { extensions: KNOWLEDGE });
    expect(tokensIn(extended)).toBeGreaterThan(tokensIn(bare));
  },

  'send_conversation_message.conversationId': async (stage) => {
    const rows = await left(stage, () => sent(stage, { text: 'Hello' }));
    expect(rows).toEqual(['user']);
  },
  'send_conversation_message.text': async (stage) => {
    const payload = await sent(stage, { text: 'Hello' });
    expect(payload).toMatchObject({ delivery: 'SENT', sent: { text: 'Hello' }, reply: null });
    expect(stage.rows().at(-1)).toMatchObject({ type: 'user', text: 'Hello' });
  },
  'send_conversation_message.entities': async (stage) => {
    const chatBotKit = { entities: [{ begin: 5, end: 8 }] };
    await sent(stage, { text: 'I am Ada', chatBotKit });
    expect(stage.handed('send_conversation_message')).toMatchObject(chatBotKit);
  },
  'send_conversation_message.functions': async (stage) => {
    await sent(stage, { text: 'Hello', chatBotKit: { functions: [LOOKUP] } });
    expect(stage.handed('send_conversation_message')).toMatchObject({ functions: [LOOKUP] });
  },
  'send_conversation_message.extensions': async (stage) => {
    await sent(stage, { text: 'Hello', chatBotKit: { extensions: KNOWLEDGE } });
    expect(stage.handed('send_conversation_message')).toMatchObject({ extensions: KNOWLEDGE });
  },
};

function requested(stage: Stage, chatBotKit: object): Promise<unknown> {
  const input = { conversationId: stage.conversationId, chatBotKit };
  return stage.does('requestReply', input, 'reply { text } usage { tokens endReason }');
}
