// Streams of the emulated ChatBotKit: what comes in which order, in which format, and how it can go wrong.

import { describe, expect, it } from 'vitest';
import type { ChatbotkitOptions } from '../../emulators/chatbotkit/index.ts';
import { callChatbotkit, linesOf, openStream, piecesOf, readUntil } from './chatbotkit-caller.ts';

describe('the stream of a turn', () => {
  it('goes sendResult, tokens, message, receiveResult, result', async () => {
    const { caller, path, rows } = await conversation();

    const lines = await caller.lines(`${path}/complete`, { text: 'hello' });

    const kinds = lines.map(({ type }) => type);
    expect([...new Set(kinds)]).toEqual([
      'sendResult',
      'completeBegin',
      'token',
      'message',
      'usage',
      'completeEnd',
      'receiveResult',
      'result',
    ]);
    const [user, bot] = rows();
    expect(lines[0]?.['data']).toMatchObject({ id: user?.id, text: 'hello', entities: [] });
    expect(lines.find(({ type }) => type === 'message')?.['data']).toEqual({
      type: 'bot',
      text: bot?.text,
    });
    expect(lines.at(-1)?.['data']).toMatchObject({ id: bot?.id, text: bot?.text });
    expect(lines.at(-2)?.['data']).toEqual(lines.at(-1)?.['data']);
  });

  it('has tokens that make up the text stored', async () => {
    const { caller, path, rows } = await conversation();
    caller.emulator.stage({ reply: 'Two  spaces,\na line,  and an end. ' });

    const lines = await caller.lines(`${path}/complete`, { text: 'hello' });

    expect(tokens(lines)).toBe('Two  spaces,\na line,  and an end. ');
    expect(rows()[1]?.text).toBe(tokens(lines));
  });

  it('ends with the same object JSON would have been', async () => {
    const streamed = await conversation();
    const whole = await conversation();

    const lines = await streamed.caller.lines(`${streamed.path}/complete`, { text: 'hello' });
    const { body } = await whole.caller.post(`${whole.path}/complete`, { text: 'hello' });

    expect(lines.at(-1)?.['data']).toEqual(body);
  });

  it('stamps events with their time, or not, by a switch', async () => {
    const stamped = await conversation();
    const bare = await conversation({ createdAtOnEvents: false });

    const lines = await stamped.caller.lines(`${stamped.path}/complete`, { text: 'hello' });
    const bareLines = await bare.caller.lines(`${bare.path}/complete`, { text: 'hello' });

    expect(lines.every(({ createdAt }) => createdAt === stamped.caller.time.now)).toBe(true);
    expect(bareLines.some((line) => 'createdAt' in line)).toBe(false);
  });

  it('of send is one result, of receive has no sendResult and no receiveResult', async () => {
    const { caller, path } = await conversation();

    const sent = await caller.lines(`${path}/send`, { text: 'hello' });
    const received = await caller.lines(`${path}/receive`, {});

    expect(sent.map(({ type }) => type)).toEqual(['result']);
    const kinds = new Set(received.map(({ type }) => type));
    expect(kinds.has('token') && kinds.has('result')).toBe(true);
    expect(kinds.has('sendResult') || kinds.has('receiveResult')).toBe(false);
  });

  it('of a stateless completion has no ids anywhere', async () => {
    const { lines } = await callChatbotkit();

    const events = await lines('/v1/conversation/complete', {
      messages: [{ type: 'user', text: 'hello' }],
    });

    const results = events.filter(({ type }) => /result$/i.test(String(type)));
    expect(results.map(({ type }) => type)).toEqual(['sendResult', 'receiveResult', 'result']);
    for (const { data } of results) expect(data).not.toHaveProperty('id');
  });

  it('has reasoning in tokens and a message of its own, and a row before the bot’s', async () => {
    const { caller, path, rows } = await conversation();
    caller.emulator.stage({ reasoning: 'They want a file.', reply: 'Here.' });

    const lines = await caller.lines(`${path}/complete`, { text: 'hello' });

    expect(tokens(lines)).toBe('Here.');
    expect(lines.filter(({ type }) => type === 'reasoningToken')).toHaveLength(4);
    expect(rows()).toMatchObject([
      { type: 'user' },
      { type: 'reasoning', text: 'They want a file.' },
      { type: 'bot', text: 'Here.' },
    ]);
  });

  it('carries pings, nops and kinds nobody knows where they are staged', async () => {
    const { caller, path } = await conversation();
    const interludes = [
      { beforeToken: 0, type: 'nop', data: {} },
      { beforeToken: 1, type: 'ping', data: {} },
      { beforeToken: 1, type: 'weatherReport', data: { sun: true } },
    ];
    caller.emulator.stage({ reply: 'one two', interludes });

    const lines = await caller.lines(`${path}/complete`, { text: 'hello' });

    const from = lines.findIndex(({ type }) => type === 'nop');
    expect(lines.slice(from, from + 5).map(({ type }) => type)).toEqual([
      'nop',
      'token',
      'ping',
      'weatherReport',
      'token',
    ]);
  });

  it('pings by itself while the model is silent', async () => {
    const { caller, path } = await conversation({ pingEveryMs: 5 });
    let speakUp = () => {};
    const until = new Promise<void>((resolve) => {
      speakUp = resolve;
    });
    caller.emulator.stage({ hold: { beforeToken: 1, until } });
    const response = await openStream(caller, `${path}/complete`);

    let text = '';
    for await (const chunk of piecesOf(response)) {
      text += chunk;
      if (text.includes('"ping"')) speakUp();
    }

    expect(linesOf(text).at(-1)?.['type']).toBe('result');
  });

  it('arrives cut anywhere where the switch cuts it', async () => {
    const { caller, path } = await conversation({ chunkBytes: 7 });
    caller.emulator.stage({ reply: 'naïve café' });
    const response = await openStream(caller, `${path}/complete`);

    const pieces: string[] = [];
    for await (const piece of piecesOf(response)) pieces.push(piece);

    expect(pieces.some((piece) => !piece.endsWith('\n'))).toBe(true);
    expect(linesOf(pieces.join('')).at(-1)).toMatchObject({ data: { text: 'naïve café' } });
  });

  it('comes as server-sent events without times', async () => {
    const { caller, path } = await conversation();
    caller.emulator.stage({ reply: 'one two' });

    const { headers, text } = await caller.post(
      `${path}/complete`,
      { text: 'hello' },
      { accept: 'text/event-stream' },
    );

    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(text).toContain('event: token\ndata: {"type":"bot","token":"one"}\n\n');
    expect(text).not.toContain('createdAt');
  });

  it('is refused as CSV and as anything else', async () => {
    const { caller, path, rows } = await conversation();

    for (const accept of ['text/csv', 'text/html']) {
      const answer = await caller.post(`${path}/complete`, { text: 'hello' }, { accept });
      expect([answer.status, answer.body['message']]).toEqual([400, 'Unsupported accept header']);
    }
    expect(rows()).toEqual([]);
  });
});

describe('a turn that goes wrong', () => {
  const failure = { beforeToken: 2, code: 'BAD_GATEWAY', message: 'The model is gone' } as const;

  it('ends a stream with an error line under 200, after what was said, and stores no bot row', async () => {
    const { caller, path, rows } = await conversation();
    caller.emulator.stage({ reply: 'one two three', failure });

    const lines = await caller.lines(`${path}/complete`, { text: 'hello' });

    expect(tokens(lines)).toBe('one two');
    expect(lines.at(-1)).toMatchObject({
      type: 'error',
      data: { message: 'The model is gone', code: 'BAD_GATEWAY' },
    });
    expect(rows().map(({ type }) => type)).toEqual(['user']);
  });

  it('still has an empty result after the error where the switch says so', async () => {
    const { caller, path } = await conversation({ afterEngineError: 'result' });
    caller.emulator.stage({ reply: 'one two three', failure });

    const lines = await caller.lines(`${path}/complete`, { text: 'hello' });

    expect(lines.slice(-3)).toMatchObject([
      { type: 'error' },
      { type: 'receiveResult' },
      { type: 'result', data: { text: '', end: { reason: 'error' } } },
    ]);
  });

  it('is a status in JSON, or the error’s body under 200 where the answer is late', async () => {
    const prompt = await conversation();
    const late = await conversation({ lateErrors: true });
    const said = { message: 'The model is gone', code: 'BAD_GATEWAY' };

    prompt.caller.emulator.stage({ failure });
    late.caller.emulator.stage({ failure });
    const inTime = await prompt.caller.post(`${prompt.path}/receive`, {});
    const tooLate = await late.caller.post(`${late.path}/receive`, {});

    expect([inTime.status, inTime.body]).toEqual([502, said]);
    expect([tooLate.status, tooLate.body]).toEqual([200, said]);
  });

  it('answers a late success under 200 all the same', async () => {
    const { caller, path, rows } = await conversation({ lateErrors: true });

    const { status, body } = await caller.post(`${path}/complete`, { text: 'hello' });

    expect([status, body['id']]).toEqual([200, rows()[1]?.id]);
  });

  it('says 404 for a missing conversation in JSON, and in a stream of complete only by a line', async () => {
    const { post, lines } = await callChatbotkit();
    const accept = 'application/jsonl';

    const json = await post('/v1/conversation/cmissing/complete', { text: 'hello' });
    const streamed = await lines('/v1/conversation/cmissing/complete', { text: 'hello' });
    const sent = await post('/v1/conversation/cmissing/send', { text: 'hello' }, { accept });

    expect([json.status, json.body['code']]).toEqual([404, 'NOT_FOUND']);
    expect(streamed).toEqual([
      { type: 'error', data: { message: 'Not found', code: 'NOT_FOUND' } },
    ]);
    expect([sent.status, sent.body['code']]).toEqual([404, 'NOT_FOUND']);
  });

  it('says it by a status in a stream too where the switch says so', async () => {
    const { post } = await callChatbotkit({ earlyErrorsInStream: 'status' });

    const headers = { accept: 'application/jsonl' };
    const answer = await post('/v1/conversation/cmissing/complete', { text: 'hello' }, headers);

    expect(answer.status).toBe(404);
  });

  it('keeps what was said when the caller goes away, or drops it by a switch', async () => {
    for (const [partialOnAbort, texts] of [
      ['kept', ['hello', 'one']],
      ['dropped', ['hello']],
    ] as const) {
      const { caller, path, rows } = await conversation({ partialOnAbort });
      const never = new Promise(() => {});
      caller.emulator.stage({ reply: 'one two', hold: { beforeToken: 1, until: never } });
      const monitor = await openStream(caller, `${path}/channel/subscribe`, {});
      const aborted = readUntil(monitor, '"abort"');

      const going = new AbortController();
      const response = await openStream(caller, `${path}/complete`, undefined, going.signal);
      await readUntil(response, '"token":"one"');
      going.abort();
      await aborted;

      expect(rows().map(({ text }) => text)).toEqual(texts);
    }
  });
});

async function conversation(options: ChatbotkitOptions = {}) {
  const caller = await callChatbotkit(options);
  const { id } = await caller.post('/v1/conversation/create');
  const { store } = caller.emulator;
  const rows = () =>
    [...store.messages.values()].toSorted((one, other) => one.createdAt - other.createdAt);
  return { caller, path: `/v1/conversation/${id}`, rows };
}

function tokens(lines: readonly Readonly<Record<string, unknown>>[]): string {
  return lines
    .filter(({ type }) => type === 'token')
    .map(({ data }) => JSON.stringify(data))
    .map((data) => /"token":(".*")}$/.exec(data)?.[1] ?? '""')
    .map((token) => String(JSON.parse(token)))
    .join('');
}
