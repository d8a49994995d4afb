import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, failed, type Outcome, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { ReplyEvent } from '../../src/domain/reply.ts';
import { linesOf } from '../../src/providers/chatbotkit/jsonl.ts';
import { replyEvents } from '../../src/providers/chatbotkit/reply-stream.ts';
import { chatbotkitAccount } from './chatbotkit-account.ts';

const provider = providerName('assistant');
const ASKED = {
  provider,
  effect: 'write',
  runsEngine: true,
  now: 0,
  what: 'conversation c1 at assistant',
  secret: 'sk-1',
  to: 'message',
} as const;

const BROKEN: Failure = { kind: 'outcome-unknown', provider, because: 'the connection broke' };

/** Characters of one, two, three and four bytes, and one that is made of several. */
const REPLY = 'Ja – „zum Öffnen“ bis 六時 🕕, 👩‍👩‍👧 inclusive.\u2028Bis dann!';

describe('a recorded reply', () => {
  it('is the same wherever it is cut in two', async () => {
    const bytes = await recorded();
    const whole = await eventsOf([bytes]);

    const others: number[] = [];
    for (let at = 0; at <= bytes.length; at += 1) {
      const events = await eventsOf([bytes.subarray(0, at), bytes.subarray(at)]);
      if (!isDeepStrictEqual(events, whole)) others.push(at);
    }

    expect(others).toEqual([]);
    expect(wordsOf(whole)).toBe(REPLY);
    expect(whole.at(-1)).toMatchObject({ type: 'completed', text: REPLY });
  });

  it('is the same in whatever pieces it comes, however its lines end', async () => {
    const bytes = await recorded();
    const whole = await eventsOf([bytes]);
    const returns = Buffer.from(bytes.toString('utf8').replaceAll('\n', '\r\n\r\n'));

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(bytes, returns), cuts(returns.length), async (all, at) => {
        expect(await eventsOf(cutAt(all, at))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
    expect(whole.map(({ type }) => type)).toContain('reasoning');
    expect(wordsOf(whole)).toBe(REPLY);
  });

  it('loses nothing that came before its connection broke, and nothing of it is made up', async () => {
    const bytes = await recorded();
    const whole = await eventsOf([bytes]);
    const ends = lineEnds(bytes);

    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        cuts(bytes.length),
        async (length, at) => {
          const came = bytes.subarray(0, length);
          const events = await eventsOf(cutAt(came, at), BROKEN);

          // A line is had as soon as it is whole: its end adds nothing to it.
          const lines = ends.filter((end) => end <= length).length;
          const before = await eventsOf(linesUpTo(bytes, ends, lines), BROKEN);
          expect(events).toEqual(before);
          expect(wholeBut(events)).toEqual(whole.slice(0, wholeBut(events).length));
          expect(['failed', 'completed']).toContain(events.at(-1)?.type);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('needs no end of its last line', async () => {
    const bytes = await recorded();

    const events = await eventsOf([bytes.subarray(0, bytes.length - 1)]);

    expect(events).toEqual(await eventsOf([bytes]));
  });

  it('keeps what came before a line that is no JSON, and believes nothing after it', async () => {
    const bytes = await recorded();
    const whole = await eventsOf([bytes]);
    const ends = lineEnds(bytes);

    for (const [index, end] of ends.entries()) {
      const before = await eventsOf(linesUpTo(bytes, ends, index + 1), BROKEN);
      const torn = Buffer.concat([
        bytes.subarray(0, end + 1),
        Buffer.from('{"type":"tok\n'),
        bytes.subarray(end + 1),
      ]);

      const events = await eventsOf([torn]);

      expect(wholeBut(events)).toEqual(wholeBut(before));
      expect(events.at(-1)).toEqual(
        before.at(-1)?.type === 'completed'
          ? whole.at(-1)
          : {
              type: 'failed',
              failure: {
                kind: 'outcome-unknown',
                provider,
                because: `its answer was not shaped as expected: line ${index + 2} is no JSON`,
              },
            },
      );
    }
  });
});

describe('lines', () => {
  it('are given as soon as they end', async () => {
    let sent = 0;
    async function* pieces(): AsyncGenerator<Outcome<Uint8Array>, void, undefined> {
      for (const piece of ['{"a":', '1}', '\n{"b"', ':2}\n']) {
        sent += 1;
        yield success(Buffer.from(piece));
      }
    }

    const sentAt: unknown[] = [];
    for await (const line of linesOf(pieces(), ASKED)) sentAt.push({ line, sent });

    expect(sentAt).toEqual([
      { line: success({ a: 1 }), sent: 3 },
      { line: success({ b: 2 }), sent: 4 },
    ]);
  });

  it.each([
    [
      'bytes that are no text',
      [Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n')],
    ],
    ['a character that is cut off', [Buffer.from('"é').subarray(0, 2)]],
  ])('are no JSON where there are %s', async (_what, pieces) => {
    expect(await linesIn(pieces)).toEqual([
      failed({
        kind: 'outcome-unknown',
        provider,
        because: 'its answer was not shaped as expected: line 1 is no JSON',
      }),
    ]);
  });

  it('after one that is no JSON are none', async () => {
    const lines = await linesIn([Buffer.from('1\n{\n2\n'), Buffer.from('3\n')], BROKEN);

    expect(lines).toMatchObject([
      success(1),
      { failure: { because: expect.stringContaining('line 2 is no JSON') } },
    ]);
  });

  it('may be long, but have to end', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'a');
    const quote = Buffer.from('"');
    const long = [quote, megabyte, megabyte, quote, Buffer.from('\n1')];
    const endless = [quote, megabyte, megabyte, megabyte, megabyte, megabyte];

    expect(await linesIn(long)).toEqual([success('a'.repeat(2 * 1024 * 1024)), success(1)]);
    expect(await linesIn(endless)).toMatchObject([
      { failure: { because: expect.stringContaining('line 1 has no end') } },
    ]);
  });

  it('of which the last one was cut off are told from those that were whole', async () => {
    const torn = await linesIn([Buffer.from('{"a":1}\n{"b":')], BROKEN);
    const whole = await linesIn([Buffer.from('{"a":1}\n{"b":2}')], BROKEN);

    expect(torn).toEqual([success({ a: 1 }), failed(BROKEN)]);
    expect(whole).toEqual([success({ a: 1 }), success({ b: 2 }), failed(BROKEN)]);
  });
});

/** The bytes of one reply as the service sends them. */
async function recorded(): Promise<Buffer> {
  const account = await chatbotkitAccount();
  const { id } = account.plant();
  account.emulator.stage({
    reply: REPLY,
    reasoning: 'Они спрашивают о часах.',
    interludes: [
      { beforeToken: 0, type: 'nop', data: {} },
      { beforeToken: 2, type: 'ping', data: {} },
      { beforeToken: 3, type: 'kindOfTomorrow', data: { token: '…' } },
    ],
  });
  const { url, secret } = account.emulator.credentials;
  const response = await fetch(`${url}/v1/conversation/${id}/complete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, accept: 'application/jsonl' },
    body: JSON.stringify({ text: 'Wie lange ist geöffnet?' }),
  });
  return Buffer.from(await response.arrayBuffer());
}

function cuts(length: number) {
  return fc.uniqueArray(fc.integer({ min: 0, max: length }), { maxLength: 60 });
}

function cutAt(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.filter((place) => place <= bytes.length), bytes.length];
  const inOrder = places.toSorted((one, other) => one - other);
  return inOrder.slice(1).map((end, index) => bytes.subarray(inOrder[index], end));
}

/** Where each line ends, without its end. */
function lineEnds(bytes: Buffer): number[] {
  return [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at);
}

function linesUpTo(bytes: Buffer, ends: readonly number[], count: number): Buffer[] {
  return count === 0 ? [] : [bytes.subarray(0, (ends[count - 1] ?? 0) + 1)];
}

async function* piecesOf(
  pieces: readonly Uint8Array[],
  failure?: Failure,
): AsyncGenerator<Outcome<Uint8Array>, void, undefined> {
  for (const piece of pieces) yield success(piece);
  if (failure) yield failed(failure);
}

async function eventsOf(pieces: readonly Uint8Array[], failure?: Failure): Promise<ReplyEvent[]> {
  const lines = linesOf(piecesOf(pieces, failure), ASKED);
  const events: ReplyEvent[] = [];
  for await (const event of replyEvents(lines, ASKED)) events.push(event);
  return events;
}

async function linesIn(pieces: readonly Uint8Array[], failure?: Failure) {
  const lines: Outcome<unknown>[] = [];
  for await (const line of linesOf(piecesOf(pieces, failure), ASKED)) lines.push(line);
  return lines;
}

/** All but what it came to. */
function wholeBut(events: readonly ReplyEvent[]): ReplyEvent[] {
  return events.slice(0, -1);
}

function wordsOf(events: readonly ReplyEvent[]): string {
  return events.map((event) => (event.type === 'token' ? event.text : '')).join('');
}
