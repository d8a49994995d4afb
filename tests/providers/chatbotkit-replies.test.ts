import { describe, expect, it } from 'vitest';
import {
  aCall,
  accountHearing,
  chatbotkitAccount,
  failureOf,
  present,
  ref,
  saying,
  valueOf,
} from './chatbotkit-account.ts';

describe('a reply that is asked for', () => {
  it('answers what is there, and is shown as it is stored', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.plantMessage(id, { id: 'm1', text: 'Is it open?' });
    account.emulator.stage({ reply: '**Yes**, until six.', reasoning: 'The hours.' });

    const { reply, usage, unfinished } = valueOf(
      await account.requestReply({ conversation: ref(id) }, aCall()),
    );

    const [, , said] = account.messagesOf(id);
    expect(account.messagesOf(id).map(({ type }) => type)).toEqual(['user', 'reasoning', 'bot']);
    expect(reply).toMatchObject({
      conversation: ref(id),
      nativeId: present(said).id,
      derivedId: false,
      role: 'BOT',
      kind: 'MESSAGE',
      content: { type: 'markdown', markdown: '**Yes**, until six.' },
      createdAt: new Date(present(said).createdAt),
    });
    expect(usage).toEqual({ tokens: expect.any(Number), endReason: null });
    expect(unfinished).toBeNull();
    expect(account.asked()).toEqual([
      `POST /v1/conversation/${id}/receive`,
      `GET /v1/conversation/${id}/message/${present(said).id}/fetch`,
    ]);
  });

  it('may use functions and extensions', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.plantMessage(id, { text: 'lookUp it' });
    const functions = [{ name: 'lookUp', description: 'Looks up' }];
    const extensions = { backstory: 'Be kind.' };

    const { reply } = valueOf(
      await account.requestReply(
        { conversation: ref(id), options: { kind: 'chatbotkit', functions, extensions } },
        aCall(),
      ),
    );

    expect(account.written()).toEqual([{ functions, extensions }]);
    expect(reply).toMatchObject({
      nativeId: present(account.messagesOf(id)[1]).id,
      kind: 'ACTIVITY',
      visibility: 'INTERNAL',
    });
  });

  it('is told even where its row cannot be read back', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.emulator.stage({ reply: 'Yes.' });
    account.emulator.inject({ kind: 'status', status: 503, match: { method: 'GET' } });

    const { reply } = valueOf(await account.requestReply({ conversation: ref(id) }, aCall()));

    expect(reply).toMatchObject({
      nativeId: present(account.messagesOf(id)[0]).id,
      text: 'Yes.',
      createdAt: null,
      native: null,
    });
  });

  it('is none where the bot said nothing, and nothing is looked for', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      headers: { 'content-type': 'application/jsonl' },
      body: '{"type":"abort","data":{}}\n{"type":"result","data":{"id":"msg-1","text":"","usage":{"token":4}}}',
    }));

    const answered = valueOf(await account.requestReply({ conversation: ref('c1') }, aCall()));

    expect(answered).toEqual({
      reply: null,
      usage: { tokens: 4, endReason: 'abort' },
      unfinished: null,
    });
    expect(account.journal).toHaveLength(1);
  });

  it.each(['end', 'result'] as const)(
    'that breaks off is what came of it, and why (then comes: %s)',
    async (afterEngineError) => {
      const account = await chatbotkitAccount({ afterEngineError });
      const { id } = account.plant();
      const failure = { beforeToken: 2, code: 'LIMITS_REACHED', message: 'Too much' } as const;
      account.emulator.stage({ reply: 'Yes, until six.', failure });

      const answered = valueOf(await account.requestReply({ conversation: ref(id) }, aCall()));

      expect(answered).toMatchObject({
        reply: { conversation: ref(id), derivedId: true, role: 'BOT', text: 'Yes, until' },
        usage: null,
        unfinished: { kind: 'rate-limited', provider: 'assistant' },
      });
      expect(account.messagesOf(id)).toEqual([]);
      expect(account.asked()).toHaveLength(1);
    },
  );

  it('that broke off in its thoughts is none', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const failure = { beforeToken: 0, code: 'CONFLICT', message: 'Busy' } as const;
    account.emulator.stage({ reply: 'Yes.', reasoning: 'The hours.', failure });

    const answered = valueOf(await account.requestReply({ conversation: ref(id) }, aCall()));

    expect(answered).toEqual({
      reply: null,
      usage: null,
      unfinished: { kind: 'conflict', provider: 'assistant', said: 'Busy' },
    });
  });

  it('of which nothing came is the failure itself', async () => {
    const kinds = [];
    for (const code of ['LIMITS_REACHED', 'NOT_AUTHORIZED', 'BAD_GATEWAY'] as const) {
      const account = await chatbotkitAccount();
      const { id } = account.plant();
      account.emulator.stage({ failure: { beforeToken: 0, code, message: 'No' } });

      const outcome = await account.requestReply({ conversation: ref(id) }, aCall());
      kinds.push(failureOf(outcome).kind);
      expect(account.messagesOf(id)).toEqual([]);
    }

    expect(kinds).toEqual(['rate-limited', 'forbidden', 'outcome-unknown']);
  });

  it.each([
    ['cut', 'outcome-unknown'],
    ['cut-after-accept', 'outcome-unknown'],
    ['malformed', 'outcome-unknown'],
  ] as const)('is asked for once where its answer is lost: %s', async (kind, failure) => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.emulator.inject({ kind });

    const outcome = await account.requestReply({ conversation: ref(id) }, aCall());

    expect(failureOf(outcome).kind).toBe(failure);
    expect(account.asked()).toHaveLength(1);
  });

  it('of no conversation, or of somebody else’s, is refused', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const gone = await account.requestReply({ conversation: ref('gone') }, aCall());
    const foreign = await account.foreign().requestReply({ conversation: ref(id) }, aCall());
    const odd = await account.requestReply({ conversation: ref('..') }, aCall());

    expect([gone, foreign, odd].map((outcome) => failureOf(outcome).kind)).toEqual([
      'not-found',
      'forbidden',
      'not-found',
    ]);
    expect(account.asked()).toHaveLength(2);
  });
});

describe('an account whose client has no streams', () => {
  it('has its replies whole', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const { send, requestReply, provider } = account.withoutStreams();
    account.emulator.stage(
      { reply: 'Yes, until six.', end: 'length' },
      { reply: 'And on Sunday.' },
    );

    const sent = valueOf(await send(saying(id, 'Is it open?', { expectReply: true }), aCall()));
    const answered = valueOf(await requestReply({ conversation: ref(id) }, aCall()));

    const [asked, said, more] = account.messagesOf(id);
    expect(sent).toMatchObject({
      message: { nativeId: present(asked).id },
      reply: { nativeId: present(said).id, text: 'Yes, until six.' },
      usage: { tokens: expect.any(Number), endReason: 'length' },
      unfinished: null,
    });
    expect(answered).toMatchObject({
      reply: { nativeId: present(more).id, text: 'And on Sunday.' },
      usage: { tokens: expect.any(Number), endReason: null },
      unfinished: null,
    });
    expect(account.asked()).toHaveLength(4);
    expect(provider.can.REPLY_STREAM).toMatchObject({
      support: 'NONE',
      note: expect.stringContaining('expectReply'),
    });
  });

  it.each([true, false])('leaves open what a failure left (said late: %s)', async (lateErrors) => {
    const account = await chatbotkitAccount({ lateErrors });
    const { id } = account.plant();
    const { send } = account.withoutStreams();
    const modelIsGone = {
      beforeToken: 1,
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Model is gone',
    } as const;
    account.emulator.stage({ failure: modelIsGone });

    const failure = failureOf(
      await send(saying(id, 'Is it open?', { expectReply: true }), aCall()),
    );

    expect(account.messagesOf(id).map(({ type }) => type)).toEqual(['user']);
    expect(failure).toMatchObject({
      kind: 'outcome-unknown',
      because: expect.stringContaining('INTERNAL_SERVER_ERROR (Model is gone)'),
    });
  });
});
