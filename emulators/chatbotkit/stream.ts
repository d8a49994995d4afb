// One answer in four formats, chosen by Accept: whole JSON, lines of JSON, server-sent events, or CSV of a list.

import type { EmulatorAnswer } from '../emulator.ts';
import { type Pipe, pipe } from './channels.ts';
import { answerRefusal, isRefusal, refuse } from './refusal.ts';
import type { TurnEvent } from './speech.ts';
import type { World } from './store.ts';
import type { Switches } from './switches.ts';
import { settle, type Turn } from './turns.ts';

export type Format = 'json' | 'jsonl' | 'sse' | 'csv';

const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  jsonl: 'application/jsonl',
  sse: 'text/event-stream',
  csv: 'text/csv',
};

/** A JSON answer that takes longer has its 200 sent before it is known. */
const LATE_AFTER_MS = 18_750;

/** Only the first kind named counts; none, or any, is JSON. Undefined where it is none of the four. */
export function formatOf(accept: string | undefined): Format | undefined {
  const first = (accept ?? '').split(',')[0]?.split(';')[0]?.trim().toLowerCase();
  if (!first || first === '*/*') return 'json';
  if (first === 'application/json') return 'json';
  if (first === 'application/jsonl') return 'jsonl';
  if (first === 'text/event-stream') return 'sse';
  return first === 'text/csv' ? 'csv' : undefined;
}

/** The engine runs whether or not anybody reads: its rows are stored even when the answer is lost. */
export function answerTurn(
  { switches }: World,
  turn: Turn,
  { format, signal }: { readonly format: Format; readonly signal: AbortSignal },
): Promise<EmulatorAnswer> | EmulatorAnswer {
  const events = pipe<TurnEvent>();
  const { push, end } = keepAlive(events, switches);
  turn({ push, signal })
    .catch((error: unknown) => {
      console.error('emulator of ChatBotKit:', error);
      const { message, code } = refuse('INTERNAL_SERVER_ERROR');
      push({ type: 'error', data: { message, code } });
    })
    .finally(end);
  return format === 'json' ? answerOnce(events, switches) : answerEvents(events, format, switches);
}

/** Rows of a list as a stream: items and nothing after them, neither a result nor a cursor. */
export function answerItems(
  items: readonly object[],
  format: 'jsonl' | 'sse' | 'csv',
  switches: Switches,
): EmulatorAnswer {
  const events = pipe<TurnEvent>();
  for (const item of items) events.push({ type: 'item', data: item });
  events.end();
  return format === 'csv'
    ? { status: 200, headers: { 'content-type': CONTENT_TYPES.csv }, body: toCsv(items) }
    : answerEvents(events, format, switches);
}

export function answerEvents(
  events: AsyncIterable<TurnEvent>,
  format: Format,
  switches: Switches,
): EmulatorAnswer {
  const word = format === 'sse' ? asServerSentEvent : asLine;
  return {
    status: 200,
    headers: { 'content-type': CONTENT_TYPES[format === 'sse' ? 'sse' : 'jsonl'] },
    body: cut(events, word, switches.chunkBytes),
  };
}

async function answerOnce(
  events: AsyncIterable<TurnEvent>,
  { lateErrors }: Switches,
): Promise<EmulatorAnswer> {
  const outcome = outcomeOf(events);
  if (!lateErrors) {
    const inTime = await within(LATE_AFTER_MS, outcome);
    if (inTime) return inTime;
  }
  // The status is out already: an error can only come as the body of a success.
  return { status: 200, headers: { 'content-type': CONTENT_TYPES.json }, body: bodyOf(outcome) };
}

async function* bodyOf(outcome: Promise<EmulatorAnswer>): AsyncIterable<string> {
  yield JSON.stringify((await outcome).body);
}

async function outcomeOf(events: AsyncIterable<TurnEvent>): Promise<EmulatorAnswer> {
  const outcome = await settle(events);
  return isRefusal(outcome)
    ? answerRefusal(outcome)
    : { status: 200, headers: { 'content-type': CONTENT_TYPES.json }, body: outcome };
}

async function within(
  ms: number,
  outcome: Promise<EmulatorAnswer>,
): Promise<EmulatorAnswer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A ping now and then for as long as it lasts, and one nop where nothing was said for long. */
function keepAlive(events: Pipe<TurnEvent>, { pingEveryMs, nopAfterMs }: Switches) {
  const ping = setInterval(() => events.push({ type: 'ping', data: {} }), pingEveryMs);
  const nop = setTimeout(() => events.push({ type: 'nop', data: {} }), nopAfterMs);
  const push = (event: TurnEvent) => {
    clearTimeout(nop);
    events.push(event);
  };
  const end = () => {
    clearInterval(ping);
    clearTimeout(nop);
    events.end();
  };
  return { push, end };
}

function asLine(event: TurnEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** The time of an event is not told here. */
function asServerSentEvent({ type, data }: TurnEvent): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function* cut(
  events: AsyncIterable<TurnEvent>,
  word: (event: TurnEvent) => string,
  chunkBytes: number | undefined,
): AsyncIterable<Buffer> {
  for await (const event of events) {
    const line = Buffer.from(word(event));
    const size = chunkBytes ?? line.length;
    for (let from = 0; from < line.length; from += size) {
      yield line.subarray(from, from + size);
      // A turn of the loop between pieces, or they would travel as one.
      if (chunkBytes !== undefined) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Columns are those of the first row; objects come out as the text JavaScript has for them. */
function toCsv(items: readonly object[]): string {
  const [first] = items;
  if (!first) return '';
  const rows = items.map((item) =>
    Object.values(item)
      .map((value) => `"${value ? String(value).replaceAll('"', '""') : ''}"`)
      .join(','),
  );
  return `${[Object.keys(first).join(','), ...rows].join('\n')}\n`;
}
