import { describe, expect, it } from 'vitest';
import type { MessageKind } from '../../src/domain/message.ts';
import type { SendMessage } from '../../src/providers/verbs.ts';
import {
  aCall,
  accountHearing,
  chatbotkitAccount,
  failureOf,
  own,
  pathsOf,
  present,
  ref,
  saying,
  valueOf,
} from './chatbotkit-account.ts';

const MAIL = 'write to kim@example.org please';
const AN_ENTITY = [
  { type: 'EMAIL', begin: 9, end: 24, text: 'kim@example.org', replacement: { text: 'x' } },
];

describe("a user's bare words", () => {
  it('are stored, and the bot stays silent', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const sent = valueOf(await account.send(saying(id, ' Is it open?\n'), aCall()));

    const rows = account.messagesOf(id);
    expect(rows.map(({ type, text }) => [type, text])).toEqual([['user', 'Is it open?']]);
    expect(sent).toMatchObject({
      message: {
        conversation: ref(id),
        nativeId: present(rows[0]).id,
        role: 'USER',
        kind: 'MESSAGE',
        visibility: 'PUBLIC',
        text: 'Is it open?',
        content: { type: 'text', text: 'Is it open?' },
      },
      reply: null,
      usage: null,
    });
    expect(account.asked()).toEqual([
      `POST /v1/conversation/${id}/send`,
      `GET /v1/conversation/${id}/message/${present(rows[0]).id}/fetch`,
    ]);
  });

  it('may be markdown', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const content = { type: 'markdown', markdown: '**now**' } as const;

    const { message } = valueOf(await account.send(saying(id, '', { content }), aCall()));

    expect(message?.text).toBe('**now**');
    expect(account.messagesOf(id)).toMatchObject([{ type: 'user', text: '**now**' }]);
  });

  it.each(['any', 'offsets'] as const)(
    'carry known entities, functions and extensions where %s are looked at',
    async (entitiesOnSend) => {
      const account = await chatbotkitAccount({ entitiesOnSend });
      const { id } = account.plant();
      const functions = [{ name: 'lookUp', description: 'Looks up' }];
      const extensions = { backstory: 'Be kind.' };
      const options = own({ entities: AN_ENTITY, functions, extensions });

      valueOf(await account.send(saying(id, MAIL, { options }), aCall()));

      expect(account.written()).toEqual([
        { text: MAIL, entities: [{ begin: 9, end: 24 }], functions, extensions },
      ]);
    },
  );

  it('are sent even where they cannot be read back', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.emulator.inject({ kind: 'status', status: 503, match: { method: 'GET' } });

    const sent = valueOf(await account.send(saying(id, 'hello'), aCall()));

    expect(sent).toEqual({ message: null, reply: null, usage: null, unfinished: null });
    expect(account.messagesOf(id)).toHaveLength(1);
  });
});

describe('an answer that is asked for', () => {
  it('comes with the words it answers, as both are stored', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.emulator.stage({ reply: '**Yes**, until six.', reasoning: 'They ask for the hours.' });

    const sent = valueOf(
      await account.send(saying(id, 'Is it open?', { expectReply: true }), aCall()),
    );

    const [asked, thought, said] = account.messagesOf(id);
    expect([asked?.type, thought?.type, said?.type]).toEqual(['user', 'reasoning', 'bot']);
    expect(sent.message).toMatchObject({
      nativeId: present(asked).id,
      role: 'USER',
      text: 'Is it open?',
      createdAt: new Date(present(asked).createdAt),
    });
    expect(sent.reply).toMatchObject({
      nativeId: present(said).id,
      role: 'BOT',
      kind: 'MESSAGE',
      content: { type: 'markdown', markdown: '**Yes**, until six.' },
      createdAt: new Date(present(said).createdAt),
    });
    expect(sent.usage).toEqual({ tokens: expect.any(Number), endReason: 'stop' });
    expect(account.asked()).toEqual([
      `POST /v1/conversation/${id}/complete`,
      `GET /v1/conversation/${id}/message/list?order=desc&take=20`,
    ]);
  });

  it('is not confused by what somebody says meanwhile', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    let answer = () => {};
    const until = new Promise<void>((resolve) => {
      answer = resolve;
    });
    account.emulator.stage({ reply: 'Yes, until six.', hold: { beforeToken: 1, until } });

    const sending = account.send(saying(id, 'Is it open?', { expectReply: true }), aCall());
    await expect.poll(() => account.messagesOf(id).length).toBe(1);
    account.pass(1000);
    account.plantMessage(id, {
      text: 'Hello??',
      createdAt: present(account.messagesOf(id)[0]).createdAt + 1,
    });
    answer();
    const { message, reply } = valueOf(await sending);

    expect(message?.text).toBe('Is it open?');
    expect(reply?.text).toBe('Yes, until six.');
  });

  it.each(['any', 'offsets'] as const)(
    'takes all that bounds and extends it where %s of entities are looked at',
    async (entitiesOnSend) => {
      const account = await chatbotkitAccount({ entitiesOnSend });
      const { id } = account.plant();
      const functions = [{ name: 'lookUp', description: 'Looks up', result: { data: 1 } }];
      const extensions = { features: [{ name: 'memory' }] };
      const limits = { iterations: 2, continuations: 1, calls: 1 };
      const options = own({ functions, extensions, limits, entities: AN_ENTITY });

      const sent = valueOf(
        await account.send(saying(id, MAIL, { expectReply: true, options }), aCall()),
      );

      expect(account.written()).toEqual([
        { text: MAIL, entities: [{ begin: 9, end: 24 }], functions, extensions, limits },
      ]);
      expect(sent.message?.text).toBe(MAIL);
      expect(sent.reply?.role).toBe('BOT');
    },
  );

  it('may be a function that the client is to call', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const options = own({ functions: [{ name: 'lookUp', description: 'Looks up' }] });

    const sent = valueOf(
      await account.send(saying(id, 'lookUp it', { expectReply: true, options }), aCall()),
    );

    expect(sent.usage?.endReason).toBe('activity');
    expect(sent.message?.text).toBe('lookUp it');
    expect(sent.reply).toMatchObject({
      kind: 'ACTIVITY',
      visibility: 'INTERNAL',
      native: { meta: { activity: { type: 'request', function: { name: 'lookUp' } } } },
    });
  });

  it('is told even where the rows cannot be read back', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.emulator.stage({ reply: 'Yes.' });
    account.emulator.inject({ kind: 'malformed', match: { method: 'GET' } });

    const sent = valueOf(
      await account.send(saying(id, 'Is it open?', { expectReply: true }), aCall()),
    );

    expect(sent.message).toMatchObject({
      nativeId: present(account.messagesOf(id)[0]).id,
      role: 'USER',
      text: 'Is it open?',
      createdAt: null,
      native: null,
    });
    expect(sent.reply).toMatchObject({
      nativeId: present(account.messagesOf(id)[1]).id,
      role: 'BOT',
      text: 'Yes.',
      createdAt: null,
      native: null,
    });
    expect(sent.usage?.endReason).toBe('stop');
  });

  it('is none where nothing was said and nothing stored', async () => {
    const account = await accountHearing((method) => ({
      status: 200,
      body: method === 'POST' ? { id: 'msg-1', text: '' } : { items: [] },
    }));

    const sent = valueOf(
      await account.send(saying('c1', 'Is it open?', { expectReply: true }), aCall()),
    );

    expect(sent).toEqual({
      message: null,
      reply: null,
      usage: { tokens: null, endReason: null },
      unfinished: null,
    });
  });

  it('finds words that were redacted by their place', async () => {
    const account = await accountHearing((method) => ({
      status: 200,
      body:
        method === 'POST'
          ? { id: 'm2', text: 'Done.', usage: { token: 7 }, end: { reason: 'stop' } }
          : {
              items: [
                { id: 'm2', type: 'bot', text: 'Done.' },
                { id: 'm1', type: 'user', text: 'write to [EMAIL_1] please' },
                { id: 'm0', type: 'user', text: 'earlier' },
              ],
            },
    }));

    const { message } = valueOf(
      await account.send(saying('c1', MAIL, { expectReply: true }), aCall()),
    );

    expect(message?.nativeId).toBe('m1');
  });
});

describe('a row', () => {
  it.each([
    ['MESSAGE', 'BOT', 'bot'],
    ['CONTEXT', 'USER', 'context'],
    ['CONTEXT', 'SYSTEM', 'context'],
    ['INSTRUCTION', 'SYSTEM', 'instruction'],
    ['BACKSTORY', 'SYSTEM', 'backstory'],
    ['REASONING', 'BOT', 'reasoning'],
    ['REASONING', 'USER', 'reasoning'],
    ['ACTIVITY', 'SYSTEM', 'activity'],
    ['CHECKPOINT', 'SYSTEM', 'checkpoint'],
  ] as const)('of kind %s by %s is stored as %s', async (kind, as, type) => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const visibility = kind === 'MESSAGE' ? 'PUBLIC' : 'INTERNAL';

    const { message } = valueOf(
      await account.send(saying(id, 'words', { kind, as, visibility }), aCall()),
    );

    expect(account.messagesOf(id)).toMatchObject([{ type, text: 'words' }]);
    expect(message).toMatchObject({ kind, visibility, native: { type } });
  });

  it('carries a name, a description, tags and metadata', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const { message } = valueOf(
      await account.send(
        saying(id, 'words', {
          name: 'Note',
          description: 'By phone',
          tags: [{ key: 'ticket', value: 'T1' }],
          options: own({ meta: { seats: 12, part: { a: 1 } } }),
        }),
        aCall(),
      ),
    );

    expect(account.messagesOf(id)).toMatchObject([
      {
        type: 'user',
        name: 'Note',
        description: 'By phone',
        meta: { ticket: 'T1', seats: 12, part: { a: 1 } },
      },
    ]);
    expect(message).toMatchObject({
      tags: [
        { key: 'ticket', value: 'T1' },
        { key: 'seats', value: '12' },
      ],
      native: { name: 'Note', description: 'By phone' },
    });
  });

  it.each([
    ['redacts', 'write to [EMAIL_1] please'],
    ['passes', MAIL],
  ] as const)('is shown as it is stored where the service %s', async (pii, stored) => {
    const account = await chatbotkitAccount({ pii });
    const { id } = account.plant();
    const options = own({ entities: AN_ENTITY, meta: { from: 'phone' } });

    const { message } = valueOf(await account.send(saying(id, MAIL, { options }), aCall()));

    expect(message?.text).toBe(stored);
    expect(account.messagesOf(id)).toMatchObject([{ text: stored }]);
  });
});

describe('what cannot be sent', () => {
  it.each<[string, Partial<SendMessage>, string[]]>([
    ['a hidden kind for everyone', { kind: 'CONTEXT' }, ['visibility']],
    ['a message for nobody', { visibility: 'INTERNAL' }, ['visibility']],
    ['a message by the system', { as: 'SYSTEM' }, ['as']],
    ['a context by the bot', { kind: 'CONTEXT', as: 'BOT', visibility: 'INTERNAL' }, ['as']],
    [
      'a picture',
      { content: { type: 'image', url: 'https://x.test/a', title: null } },
      ['content'],
    ],
    ['limits without an answer', { options: own({ limits: { calls: 1 } }) }, ['chatBotKit.limits']],
    [
      'a function with a name',
      { name: 'Note', options: own({ functions: [], extensions: {} }) },
      ['chatBotKit.functions', 'chatBotKit.extensions'],
    ],
    ['a tag without a value', { tags: [{ key: 'vip', value: null }] }, ['tags.0.value']],
    ['a tag the service keeps to itself', { tags: [{ key: '_a', value: 'b' }] }, ['tags.0.key']],
    [
      'tags that metadata contradicts',
      { tags: [{ key: 'a', value: 'b' }], options: own({ meta: { a: 'c' } }) },
      ['tags.0.value'],
    ],
    [
      'an answer to all but bare words',
      {
        expectReply: true,
        as: 'BOT',
        name: 'N',
        description: 'D',
        tags: [{ key: 'a', value: 'b' }],
        options: own({ meta: { c: 1 } }),
      },
      ['as', 'name', 'description', 'tags', 'chatBotKit.meta'],
    ],
    [
      'an answer to a hidden row',
      { expectReply: true, kind: 'INSTRUCTION', visibility: 'INTERNAL' },
      ['kind'],
    ],
  ])('is refused before the service is asked: %s', async (_what, more, paths) => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const outcome = await account.send(saying(id, 'words', more), aCall());

    expect(pathsOf(outcome)).toEqual(paths);
    expect(account.asked()).toEqual([]);
  });

  it('says how the answer is had all the same', async () => {
    const account = await chatbotkitAccount();

    const outcome = await account.send(
      saying('c1', 'words', { name: 'N', expectReply: true }),
      aCall(),
    );

    expect(failureOf(outcome)).toEqual({
      kind: 'invalid-input',
      issues: [
        {
          path: 'name',
          message:
            "cannot go with expectReply: the bot answers a user's bare words alone; send this first without it, then ask for the reply.",
        },
      ],
    });
  });

  it('takes an empty group for none', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const sent = valueOf(
      await account.send(
        saying(id, 'words', { expectReply: true, options: own({ meta: {} }) }),
        aCall(),
      ),
    );

    expect(sent.reply).not.toBeNull();
  });
});

describe('an engine that fails', () => {
  const modelIsGone = {
    beforeToken: 2,
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Model is gone',
  } as const;

  it.each(['end', 'result'] as const)(
    'leaves the words stored, and what it had said by then (then comes: %s)',
    async (afterEngineError) => {
      const account = await chatbotkitAccount({ afterEngineError });
      const { id } = account.plant();
      account.emulator.stage({ reply: 'Yes, until six.', failure: modelIsGone });

      const sent = valueOf(
        await account.send(saying(id, 'Is it open?', { expectReply: true }), aCall()),
      );

      const [asked, ...more] = account.messagesOf(id);
      expect(more).toEqual([]);
      expect(sent).toMatchObject({
        message: { nativeId: present(asked).id, createdAt: new Date(present(asked).createdAt) },
        reply: { derivedId: true, role: 'BOT', text: 'Yes, until', createdAt: null },
        usage: null,
        unfinished: {
          kind: 'outcome-unknown',
          because: expect.stringContaining('INTERNAL_SERVER_ERROR (Model is gone)'),
        },
      });
    },
  );

  it('and had said nothing leaves no reply', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.emulator.stage({
      failure: { beforeToken: 0, code: 'LIMITS_REACHED', message: 'Limits reached' },
    });

    const sent = valueOf(await account.send(saying(id, 'hi', { expectReply: true }), aCall()));

    expect(sent).toMatchObject({
      message: { nativeId: present(account.messagesOf(id)[0]).id },
      reply: null,
      usage: null,
      unfinished: { kind: 'rate-limited', retryAt: null },
    });
  });

  it('before it is known whether the words were stored leaves that open', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      headers: { 'content-type': 'application/jsonl' },
      body: '{"type":"error","data":{"message":"Limits reached","code":"LIMITS_REACHED"}}\n',
    }));

    const failure = failureOf(
      await account.send(saying('c1', 'hi', { expectReply: true }), aCall()),
    );

    expect(failure).toMatchObject({
      kind: 'outcome-unknown',
      because: expect.stringContaining('LIMITS_REACHED (Limits reached)'),
    });
    expect(account.journal).toHaveLength(1);
  });

  it.each(['line', 'status'] as const)(
    'for it knows no such conversation says so (as a %s)',
    async (earlyErrorsInStream) => {
      const account = await chatbotkitAccount({ earlyErrorsInStream });

      const failure = failureOf(
        await account.send(saying('gone', 'hi', { expectReply: true }), aCall()),
      );

      expect(failure).toEqual({ kind: 'not-found', what: 'conversation gone at assistant' });
    },
  );
});

describe('an answer that breaks off', () => {
  it('was an answer to words that are stored, even where nobody said so', async () => {
    const error = { message: 'Model is gone', code: 'CONFLICT' };
    const account = await accountHearing((method) =>
      method === 'POST'
        ? {
            status: 200,
            headers: { 'content-type': 'application/jsonl' },
            body: `{"type":"token","data":{"token":"Yes"}}\n${JSON.stringify({ type: 'error', data: error })}\n`,
          }
        : { status: 200, body: { items: [{ id: 'm1', type: 'user', text: 'Is it open?' }] } },
    );

    const sent = valueOf(
      await account.send(saying('c1', 'Is it open?', { expectReply: true }), aCall()),
    );

    expect(sent).toMatchObject({
      message: { nativeId: 'm1', derivedId: false },
      reply: { text: 'Yes', derivedId: true },
      unfinished: { kind: 'conflict', said: 'Model is gone' },
    });
  });

  it('is shown by the row of it that the service kept', async () => {
    const account = await accountHearing((method) =>
      method === 'POST'
        ? {
            status: 200,
            headers: { 'content-type': 'application/jsonl' },
            body: [
              { type: 'sendResult', data: { id: 'm1' } },
              { type: 'token', data: { token: 'Yes, ' } },
            ]
              .map((line) => JSON.stringify(line))
              .join('\n'),
          }
        : {
            status: 200,
            body: {
              items: [
                { id: 'm3', type: 'bot', text: 'Hello' },
                { id: 'm2', type: 'bot', text: 'Yes, until' },
                { id: 'm1', type: 'user', text: 'Is it open?' },
                { id: 'm0', type: 'bot', text: 'Yes, it was' },
              ],
            },
          },
    );

    const sent = valueOf(
      await account.send(saying('c1', 'Is it open?', { expectReply: true }), aCall()),
    );

    expect(sent).toMatchObject({
      message: { nativeId: 'm1' },
      reply: { nativeId: 'm2', derivedId: false, text: 'Yes, until' },
      usage: null,
      unfinished: { kind: 'outcome-unknown', because: 'its answer ended without a result' },
    });
  });
});

describe('kinds', () => {
  it('of the table are all taken', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const entry = account.provider.can.MESSAGE_SEND;
    const kinds: readonly MessageKind[] = entry.support === 'NONE' ? [] : entry.kinds;

    for (const kind of kinds) {
      const visibility = kind === 'MESSAGE' ? 'PUBLIC' : 'INTERNAL';
      valueOf(await account.send(saying(id, kind, { kind, visibility }), aCall()));
    }

    expect(account.messagesOf(id).map(({ text }) => text)).toEqual(kinds);
  });
});
