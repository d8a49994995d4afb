import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../src/domain/reply.ts';
import type { StreamReply } from '../../src/providers/verbs.ts';
import {
  aCall,
  accountHearing,
  chatbotkitAccount,
  own,
  present,
  ref,
  saying,
} from './chatbotkit-account.ts';

const REPLY = '**Oui**, jusqu’à six heures 🕕.';

describe('the stream of a reply to a message', () => {
  it('tells that the words are stored, then thoughts and words as they come, then what they came to', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.emulator.stage({ reply: REPLY, reasoning: 'The hours.' });

    const events = await heard(account.streamReply(toWords(id, 'Is it open?'), aCall()));

    const [asked, , said] = account.messagesOf(id);
    expect(events).toEqual([
      { type: 'stored', nativeId: present(asked).id },
      { type: 'reasoning', text: 'The' },
      { type: 'reasoning', text: ' hours.' },
      { type: 'token', text: '**Oui**,' },
      { type: 'token', text: ' jusqu’à' },
      { type: 'token', text: ' six' },
      { type: 'token', text: ' heures' },
      { type: 'token', text: ' 🕕.' },
      {
        type: 'completed',
        nativeId: present(said).id,
        text: REPLY,
        usage: { tokens: expect.any(Number), endReason: 'stop' },
      },
    ]);
    expect(account.asked()).toEqual([`POST /v1/conversation/${id}/complete`]);
  });

  it('begins while the bot is still writing', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const { promise: until, resolve: goOn } = held();
    account.emulator.stage({ reply: 'Yes, until six.', hold: { beforeToken: 1, until } });

    const storedAt: [text: string, rows: number][] = [];
    for await (const event of account.streamReply(toWords(id, 'Is it open?'), aCall())) {
      if (event.type === 'token') storedAt.push([event.text, account.messagesOf(id).length]);
      if (storedAt.length === 1) goOn();
    }

    expect(storedAt[0]).toEqual(['Yes,', 1]);
    expect(storedAt.map(([text]) => text).join('')).toBe('Yes, until six.');
    expect(account.messagesOf(id)).toHaveLength(2);
  });

  it('carries what the message has for the bot, and expects the answer whatever it says', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const engine = { extensions: { backstory: 'Be kind.' }, limits: { calls: 2 } };
    const options = own(engine);

    await heard(
      account.streamReply(toWords(id, 'Is it open?', { expectReply: false, options }), aCall()),
    );

    expect(account.written()).toEqual([{ text: 'Is it open?', ...engine }]);
  });

  it('is one refusal where only a row could carry the message, and nothing is asked', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const events = await heard(
      account.streamReply(toWords(id, 'Is it open?', { name: 'Note' }), aCall()),
    );

    expect(events).toMatchObject([
      { type: 'failed', failure: { kind: 'invalid-input', issues: [{ path: 'name' }] } },
    ]);
    expect(account.asked()).toEqual([]);
  });

  it.each([
    { createdAtOnEvents: false },
    { createdAtOnEvents: true },
    { chunkBytes: 1 },
    { chunkBytes: 7 },
    { pingEveryMs: 1, nopAfterMs: 1, tokenMs: 3 },
    { lateErrors: true },
  ])('is the same from a service that is %o', async (switches) => {
    const account = await chatbotkitAccount(switches);
    const { id } = account.plant();
    account.emulator.stage({
      reply: REPLY,
      interludes: [
        { beforeToken: 1, type: 'nop', data: {} },
        { beforeToken: 2, type: 'kindOfTomorrow', data: { token: 'not ours' } },
        { beforeToken: 2, type: 'ping', data: {} },
      ],
    });

    const events = await heard(account.streamReply(toWords(id, 'Is it open?'), aCall()));

    expect(events.map(({ type }) => type)).toEqual([
      'stored',
      ...Array.from({ length: 5 }, () => 'token'),
      'completed',
    ]);
    expect(textOf(events)).toBe(REPLY);
  });

  it.each(['end', 'result'] as const)(
    'ends with what went wrong, after all that came before (then comes: %s)',
    async (afterEngineError) => {
      const account = await chatbotkitAccount({ afterEngineError });
      const { id } = account.plant();
      const failure = { beforeToken: 2, code: 'LIMITS_REACHED', message: 'Too much' } as const;
      account.emulator.stage({ reply: 'Yes, until six.', failure });

      const events = await heard(account.streamReply(toWords(id, 'Is it open?'), aCall()));

      expect(events).toMatchObject([
        { type: 'stored', nativeId: present(account.messagesOf(id)[0]).id },
        { type: 'token', text: 'Yes,' },
        { type: 'token', text: ' until' },
        { type: 'failed', failure: { kind: 'rate-limited', provider: 'assistant' } },
      ]);
    },
  );

  it.each(['length', 'iteration', 'error', 'abort'] as const)(
    'is complete with the reason it ended for: %s',
    async (end) => {
      const account = await chatbotkitAccount({ afterEngineError: 'result' });
      const { id } = account.plant();
      account.emulator.stage({ reply: 'Yes.', end });

      const events = await heard(account.streamReply(toWords(id, 'hi'), aCall()));

      expect(events.at(-1)).toMatchObject({
        type: 'completed',
        usage: { endReason: end },
      });
    },
  );

  it.each(['line', 'status'] as const)(
    'is a refusal alone where there is no such conversation (as a %s)',
    async (earlyErrorsInStream) => {
      const account = await chatbotkitAccount({ earlyErrorsInStream });

      const events = await heard(account.streamReply(toWords('gone', 'hi'), aCall()));

      expect(events).toEqual([
        {
          type: 'failed',
          failure: { kind: 'not-found', what: 'conversation gone at assistant' },
        },
      ]);
    },
  );

  it('ends at the deadline with what had come', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const { promise: until } = held();
    account.emulator.stage({ reply: 'Yes, until six.', hold: { beforeToken: 1, until } });
    const deadline = new AbortController();

    const events: ReplyEvent[] = [];
    for await (const event of account.streamReply(toWords(id, 'hi'), aCall(deadline.signal))) {
      events.push(event);
      if (event.type === 'token') deadline.abort();
    }

    expect(events).toMatchObject([
      { type: 'stored' },
      { type: 'token', text: 'Yes,' },
      {
        type: 'failed',
        failure: { kind: 'outcome-unknown', because: 'it did not answer within the deadline' },
      },
    ]);
  });

  it('that nobody reads on stops the bot', async () => {
    const account = await chatbotkitAccount({ partialOnAbort: 'kept' });
    const { id } = account.plant();
    const { promise: until } = held();
    account.emulator.stage({ reply: 'Yes, until six.', hold: { beforeToken: 1, until } });

    for await (const event of account.streamReply(toWords(id, 'hi'), aCall())) {
      if (event.type === 'token') break;
    }

    await expect.poll(() => account.messagesOf(id).map(({ text }) => text)).toEqual(['hi', 'Yes,']);
  });
});

describe('the stream of a reply to what is there', () => {
  it('tells of no words that were stored', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    account.plantMessage(id, { text: 'Is it open?' });
    account.emulator.stage({ reply: 'Yes, until six.' });

    const events = await heard(
      account.streamReply({ to: 'history', request: { conversation: ref(id) } }, aCall()),
    );

    expect(events.map(({ type }) => type)).toEqual(['token', 'token', 'token', 'completed']);
    expect(events.at(-1)).toEqual({
      type: 'completed',
      nativeId: present(account.messagesOf(id)[1]).id,
      text: 'Yes, until six.',
      // Of the two roads only the other says why it ended.
      usage: { tokens: expect.any(Number), endReason: null },
    });
    expect(account.asked()).toEqual([`POST /v1/conversation/${id}/receive`]);
  });
});

describe('lines that no emulator says', () => {
  it('make one reply of several: its tokens are of all, and what completes it is the last', async () => {
    const events = await hearing([
      ['sendResult', { id: 'm1' }],
      ['token', { token: 'Let me look.' }],
      ['message', { type: 'bot', text: 'Let me look.' }],
      ['message', { type: 'activity', text: '' }],
      ['token', { token: 'It is open.' }],
      ['message', { type: 'bot', text: 'It is open.' }],
      ['result', { id: 'm4', text: 'It is open.', usage: { token: 5 }, end: { reason: 'stop' } }],
    ]);

    expect(events.slice(1)).toEqual([
      { type: 'token', text: 'Let me look.' },
      { type: 'token', text: 'It is open.' },
      {
        type: 'completed',
        nativeId: 'm4',
        text: 'It is open.',
        usage: { tokens: 5, endReason: 'stop' },
      },
    ]);
  });

  it('may take back what was said: what is stored stands', async () => {
    const events = await hearing([
      ['token', { token: 'Something rude' }],
      ['message', { type: 'bot', text: 'I would rather not say.' }],
      ['result', { id: 'm2', text: 'I would rather not say.' }],
    ]);

    expect(events).toMatchObject([
      { type: 'token', text: 'Something rude' },
      { type: 'completed', nativeId: 'm2', text: 'I would rather not say.' },
    ]);
  });

  it.each([
    ['no tokens', [], 'It is open.'],
    ['the first of its tokens', [['token', { token: 'It is' }]], ' open.'],
  ] as const)('give all words of a reply of which there were %s', async (_what, tokens, rest) => {
    const message = ['message', { type: 'bot', text: 'It is open.' }] as const;
    const result = ['result', { id: 'm2', text: 'It is open.' }] as const;

    const atMessage = await hearing([...tokens, message]);
    const atResult = await hearing([...tokens, result]);

    for (const events of [atMessage, atResult]) {
      expect(events.at(-2)).toEqual({ type: 'token', text: rest });
      expect(wordsOf(events)).toBe('It is open.');
    }
    expect(atMessage.at(-1)).toMatchObject({ type: 'failed' });
    expect(atResult.at(-1)).toMatchObject({ type: 'completed', text: 'It is open.' });
  });

  it.each([
    ['ends', []],
    ['fails', [['error', { message: 'Gone', code: 'INTERNAL_SERVER_ERROR' }] as const]],
    ['has a result of another shape', [['result', { text: 'Yes.' }] as const]],
  ])('complete a reply that was received, where the stream then %s', async (_what, last) => {
    const events = await hearing([
      ['token', { token: 'Yes.' }],
      ['receiveResult', { id: 'm2', text: 'Yes.', end: { reason: 'length' } }],
      ...last,
    ]);

    expect(events.at(-1)).toEqual({
      type: 'completed',
      nativeId: 'm2',
      text: 'Yes.',
      usage: { tokens: null, endReason: 'length' },
    });
  });

  it('say why a reply ended in the line before, where the result does not', async () => {
    const reasons = [];
    for (const line of [
      ['abort', { reason: 'The caller went away' }],
      ['receiveResult', { id: 'm2', text: 'Yes', end: { reason: 'iteration' } }],
    ] as const) {
      const events = await hearing([line, ['result', { id: 'm2', text: 'Yes' }]]);
      reasons.push(events.at(-1));
    }

    expect(reasons).toMatchObject([
      { usage: { endReason: 'abort' } },
      { usage: { endReason: 'iteration' } },
    ]);
  });

  it('name a message that does not exist where nothing was said', async () => {
    const silent = await hearing([['result', { id: 'msg-1', text: '' }]]);
    const calling = await hearing([
      ['message', { type: 'activity', text: '' }],
      ['result', { id: 'm2', text: '' }],
    ]);

    expect(silent).toMatchObject([{ type: 'completed', nativeId: null, text: '' }]);
    expect(calling).toMatchObject([{ type: 'completed', nativeId: 'm2', text: '' }]);
  });

  it.each([
    ['nothing at all', '', 'its answer ended without a result'],
    ['a bot that was stopped', lineOf('abort', {}), 'its bot was stopped before'],
    ['a result of another shape', lineOf('result', { text: 'Yes' }), 'shaped as expected: id'],
    ['no JSON', '{"type":"ping"}\n<html>', 'line 2 is no JSON'],
    ['an error without a code', lineOf('error', { message: 'Oops' }), 'HTTP 500 (Oops)'],
    ['an error without anything', '{"type":"error"}', 'HTTP 500 (HTTP 500 without a sentence)'],
    [
      'the body of an error',
      '{"message":"Model is gone","code":"BAD_GATEWAY"}',
      'BAD_GATEWAY (Model is gone)',
    ],
    ['JSON of no type', '[]\n{}\n7\nnull', 'its answer ended without a result'],
  ])('leave open what became of the words: %s', async (_what, body, because) => {
    const events = await hearingBody(body);

    expect(events).toMatchObject([
      {
        type: 'failed',
        failure: { kind: 'outcome-unknown', because: expect.stringContaining(because) },
      },
    ]);
  });

  it('are not heard after the end', async () => {
    const events = await hearing([
      ['result', { id: 'm2', text: 'Yes.' }],
      ['token', { token: ' No.' }],
      ['error', { message: 'Too late', code: 'CONFLICT' }],
    ]);

    expect(events.at(-1)).toMatchObject({ type: 'completed', text: 'Yes.' });
  });

  it('may say a known word in another way, which is then no word of it', async () => {
    const events = await hearing([
      ['sendResult', { id: 7 }],
      ['token', { token: 7 }],
      ['token', null],
      ['message', 'hello'],
      ['receiveResult', { text: 'no id' }],
      ['result', { id: 'm2', text: 'Yes.' }],
    ]);

    expect(events.map(({ type }) => type)).toEqual(['token', 'completed']);
  });

  it('never show the secret', async () => {
    const events = await hearing([
      ['sendResult', { id: 'm1' }],
      ['error', { message: 'Bad token sk-1 given', code: 'BAD_REQUEST' }],
    ]);

    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      failure: { kind: 'refused', code: 'BAD_REQUEST', said: 'Bad token «redacted» given' },
    });
  });
});

it('a whole answer where lines were asked for is the reply all at once', async () => {
  const account = await accountHearing(() => ({
    status: 200,
    body: { id: 'm2', text: 'Yes.', usage: { token: 3 }, end: { reason: 'stop' } },
  }));

  const events = await heard(account.streamReply(toWords('c1', 'hi'), aCall()));

  expect(events).toEqual([
    { type: 'token', text: 'Yes.' },
    {
      type: 'completed',
      nativeId: 'm2',
      text: 'Yes.',
      usage: { tokens: 3, endReason: 'stop' },
    },
  ]);
});

function toWords(id: string, text: string, more: Parameters<typeof saying>[2] = {}): StreamReply {
  return { to: 'message', message: saying(id, text, more) };
}

async function heard(stream: AsyncIterable<ReplyEvent>): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function wordsOf(events: readonly ReplyEvent[]): string {
  return events.map((event) => (event.type === 'token' ? event.text : '')).join('');
}

/** The text that a reply was completed with, once it is the one its tokens make. */
function textOf(events: readonly ReplyEvent[]): string {
  const last = events.at(-1);
  if (last?.type !== 'completed') throw new Error(`Had ${JSON.stringify(last)}`);
  expect(wordsOf(events)).toBe(last.text);
  return last.text;
}

function lineOf(type: string, data: unknown): string {
  return `${JSON.stringify({ type, data })}\n`;
}

/** What an account makes of a stream of these lines. */
function hearing(lines: readonly (readonly [string, unknown])[]): Promise<ReplyEvent[]> {
  return hearingBody(lines.map(([type, data]) => lineOf(type, data)).join(''));
}

async function hearingBody(body: string): Promise<ReplyEvent[]> {
  const account = await accountHearing(() => ({
    status: 200,
    headers: { 'content-type': 'application/jsonl' },
    body,
  }));
  return heard(account.streamReply(toWords('c1', 'hi'), aCall()));
}

function held() {
  let resolve = () => {};
  const promise = new Promise<void>((release) => {
    resolve = release;
  });
  return { promise, resolve: () => resolve() };
}
