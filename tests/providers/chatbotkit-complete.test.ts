import { describe, expect, it } from 'vitest';
import type { CompleteConversation } from '../../src/providers/verbs.ts';
import { aCall, chatbotkitAccount, failureOf, pathsOf, valueOf } from './chatbotkit-account.ts';

type Said = CompleteConversation['messages'][number];

describe('a conversation that is only in the question', () => {
  it('is answered, and nothing of it is stored', async () => {
    const account = await chatbotkitAccount();
    const before = structuredClone(account.store);
    account.emulator.stage({ reply: '**Yes**, until six.', end: 'length' });

    const answered = valueOf(await account.complete(saying(said('Is it open?')), aCall()));

    expect(answered).toEqual({
      text: '**Yes**, until six.',
      usage: { tokens: expect.any(Number), endReason: 'length' },
    });
    expect(structuredClone(account.store)).toEqual(before);
    expect(account.asked()).toEqual(['POST /v1/conversation/complete']);
  });

  it('says all that it has in the words of the service', async () => {
    const account = await chatbotkitAccount();
    const activity = { activity: { type: 'request', function: { name: 'lookUp' } } };
    const bot = {
      model: 'gpt-5',
      backstory: 'Be kind.',
      datasetId: 'd1',
      skillsetId: 's1',
      privacy: true,
      moderation: false,
    };
    const engine = {
      functions: [{ name: 'lookUp', description: 'Looks up', result: { data: 1 } }],
      extensions: { backstory: 'It is Sunday.' },
      limits: { iterations: 2, continuations: 1, calls: 1 },
    };

    valueOf(
      await account.complete(
        {
          messages: [
            said('Speak French.', { kind: 'INSTRUCTION' }),
            said('Bonjour', { role: 'BOT', name: 'Greeting', description: 'The first' }),
            said('', { kind: 'ACTIVITY', meta: activity }),
            said('hm', { role: 'BOT', kind: 'REASONING' }),
            said('Is it open?', { meta: { from: 'phone' } }),
          ],
          contactId: 'contact-1',
          options: { kind: 'chatbotkit', ...engine, ...bot },
        },
        aCall(),
      ),
    );

    expect(account.written()).toEqual([
      {
        messages: [
          { type: 'instruction', text: 'Speak French.' },
          { type: 'bot', text: 'Bonjour', name: 'Greeting', description: 'The first' },
          { type: 'activity', text: '', meta: activity },
          { type: 'reasoning', text: 'hm' },
          { type: 'user', text: 'Is it open?', meta: { from: 'phone' } },
        ],
        contactId: 'contact-1',
        ...engine,
        ...bot,
      },
    ]);
  });

  it('is answered by the bot that is named', async () => {
    const account = await chatbotkitAccount();
    const options = { kind: 'chatbotkit', botId: 'b1' } as const;

    valueOf(await account.complete({ ...saying(said('hi')), options }, aCall()));

    expect(account.written()).toEqual([{ messages: [{ type: 'user', text: 'hi' }], botId: 'b1' }]);
  });

  it('takes every kind that the table has, as USER', async () => {
    const account = await chatbotkitAccount();
    const entry = account.provider.can.CONVERSATION_COMPLETE;
    const kinds = entry.support === 'NONE' ? [] : entry.kinds;
    const meta = { activity: { type: 'trigger', function: { name: 'lookUp' } } };

    for (const kind of kinds) {
      valueOf(await account.complete(saying(said('words', { kind, meta })), aCall()));
    }

    expect(kinds).toHaveLength(7);
    expect(account.asked()).toHaveLength(7);
  });

  it.each<[string, Said, string]>([
    ['words by the system', said('x', { role: 'SYSTEM' }), 'messages.1.role'],
    ['a context by the bot', said('x', { kind: 'CONTEXT', role: 'BOT' }), 'messages.1.role'],
    ['an activity of nothing', said('x', { kind: 'ACTIVITY' }), 'messages.1.meta'],
    [
      'an activity of another type',
      said('x', { kind: 'ACTIVITY', meta: { activity: { type: 'dance', function: {} } } }),
      'messages.1.meta',
    ],
    [
      'an activity without a function',
      said('x', { kind: 'ACTIVITY', meta: { activity: { type: 'request' } } }),
      'messages.1.meta',
    ],
  ])('is refused before the service is asked: %s', async (_what, message, path) => {
    const account = await chatbotkitAccount();

    const outcome = await account.complete(saying(said('hi'), message), aCall());

    expect(pathsOf(outcome)).toEqual([path]);
    expect(account.asked()).toEqual([]);
  });

  it('is not answered twice where the answer was lost', async () => {
    const account = await chatbotkitAccount();
    account.emulator.inject({ kind: 'cut-after-accept' });

    const failure = failureOf(await account.complete(saying(said('hi')), aCall()));

    expect(failure.kind).toBe('outcome-unknown');
    expect(account.asked()).toHaveLength(1);
  });

  it('has no attachments, and says what to do instead', async () => {
    const { provider } = await chatbotkitAccount();

    expect(provider.can.CONVERSATION_COMPLETE).toMatchObject({
      fields: ['contactId'],
      withheld: { attachments: expect.stringMatching(/namespace.*uploadAttachment.*\.$/) },
    });
  });
});

function said(text: string, more: Partial<Said> = {}): Said {
  return { role: 'USER', kind: 'MESSAGE', text, ...more };
}

function saying(...messages: Said[]): CompleteConversation {
  return { messages };
}
