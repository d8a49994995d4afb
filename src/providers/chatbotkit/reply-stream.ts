// From the lines of a bot's answer to what happens while it is given. Lines of other types than these say nothing to us.

import type { z } from 'zod';
import { type Failure, failed, type Outcome } from '../../domain/failure.ts';
import type { ReplyEvent } from '../../domain/reply.ts';
import type { Answer, Arrival } from '../ask.ts';
import { readBody } from '../wire-reading.ts';
import { linesOf } from './jsonl.ts';
import { type Refused, refusalInLine, refusalOf } from './refusal.ts';
import {
  WireCompletion,
  WireLine,
  WireRefusal,
  WireRefusalLine,
  WireSaid,
  WireToken,
  WireWritten,
} from './wire.ts';

export interface Answered extends Refused {
  /** To words that were sent with it, which are stored or lost; or to what was there already. */
  readonly to: 'message' | 'history';
}

/**
 * `completed` has the text of the row its id names, the turn's last, and that is the text that stands. Nearly always the
 * tokens make it. They make more where the bot spoke, called a function and spoke again: each time is a row of its own.
 * They make another where it was moderated or trimmed after it was said.
 *
 * Nothing follows `completed` and `failed`, but the lines are read to their end: to leave before would cost the connection.
 */
export async function* replyEvents(
  lines: AsyncIterable<Outcome<unknown>>,
  asked: Answered,
): AsyncGenerator<ReplyEvent, void, undefined> {
  const listener = listening(asked);
  for await (const line of lines) {
    yield* line.ok ? listener.hear(line.value) : listener.breakOff(line.failure);
  }
  yield* listener.end();
}

/** The same from the beginning, whatever came: lines, a whole answer, a refusal, or nothing. */
export async function* replyIn(
  asking: Promise<Outcome<Arrival>>,
  asked: Answered,
): AsyncGenerator<ReplyEvent, void, undefined> {
  const arrival = await asking;
  if (!arrival.ok) yield* replyAtOnce(arrival);
  else if (arrival.value.kind === 'whole') yield* replyAtOnce(completionIn(arrival.value, asked));
  else yield* replyEvents(linesOf(arrival.value.pieces, asked), asked);
}

/** What an answer that came whole, or not at all, is as events. It does not tell where the words it answers are stored. */
export function replyAtOnce(answer: Outcome<WireCompletion>): ReplyEvent[] {
  if (!answer.ok) return [{ type: 'failed', failure: answer.failure }];
  const { text } = answer.value;
  const completed = completedOf(answer.value, null);
  return text ? [{ type: 'token', text }, completed] : [completed];
}

function completionIn({ answer }: { readonly answer: Answer }, asked: Answered) {
  const refusal = refusalOf(answer, asked);
  return refusal ? failed(refusal) : readBody(WireCompletion, answer.body, asked);
}

function listening(asked: Answered) {
  let hasEnded = false;
  let storedId: string | null = null;
  /** All the words; and the words and thoughts since the last row of their kind. */
  let said = '';
  const since = { token: '', reasoning: '' };
  let hasSpoken = false;
  let hasRow = false;
  let received: WireCompletion | null = null;
  let stopped: string | null = null;

  function hear(value: unknown): ReplyEvent[] {
    if (hasEnded) return [];
    const line = WireLine.safeParse(value).data;
    if (!line) return hearUntyped(value);
    const { type, data } = line;
    switch (type) {
      case 'sendResult':
        return stored(WireWritten.safeParse(data).data?.id);
      case 'token':
        return spoken('token', WireToken.safeParse(data).data?.token);
      case 'reasoningToken':
        return spoken('reasoning', WireToken.safeParse(data).data?.token);
      case 'message':
        return row(WireSaid.safeParse(data).data ?? {});
      case 'abort':
        stopped = 'abort';
        return [];
      case 'receiveResult':
        received = WireCompletion.safeParse(data).data ?? null;
        return [];
      case 'result':
        return result(readBody(WireCompletion, data, asked));
      case 'error':
        return breakOff(failureIn(data));
      default:
        return [];
    }
  }

  /** An error that came late has the shape it would have had by itself. */
  function hearUntyped(body: unknown): ReplyEvent[] {
    return WireRefusal.safeParse(body).success ? breakOff(failureIn(body)) : [];
  }

  function stored(nativeId: string | undefined): ReplyEvent[] {
    if (nativeId === undefined || storedId !== null) return [];
    storedId = nativeId;
    return [{ type: 'stored', nativeId }];
  }

  function spoken(type: 'token' | 'reasoning', text: string | undefined): ReplyEvent[] {
    if (!text) return [];
    hasSpoken = true;
    since[type] += text;
    if (type === 'token') said += text;
    return [{ type, text }];
  }

  /** The row in whole: of what was not said in tokens, or not in all of them, it is the only word until the result. */
  function row({ type, text }: z.infer<typeof WireSaid>): ReplyEvent[] {
    hasRow = true;
    if (type !== 'bot' && type !== 'reasoning') return [];
    const kind = type === 'bot' ? 'token' : 'reasoning';
    const events = spoken(kind, restOf(text ?? '', since[kind]));
    since[kind] = '';
    return events;
  }

  function result(completion: Outcome<WireCompletion>): ReplyEvent[] {
    if (!completion.ok) return breakOff(completion.failure);
    // Only the one for a message tells why it ended; of any the service may have said it in the line before.
    return complete({ ...completion.value, end: completion.value.end ?? received?.end });
  }

  function complete(completion: WireCompletion): ReplyEvent[] {
    const events = spoken('token', restOf(completion.text ?? '', said));
    hasEnded = true;
    const { nativeId, ...completed } = completedOf(completion, stopped);
    // Where nothing was stored the result has an id all the same, one that leads nowhere.
    return [...events, { ...completed, nativeId: completion.text || hasRow ? nativeId : null }];
  }

  /** What was received is complete, whatever came of the rest. */
  function breakOff(failure: Failure): ReplyEvent[] {
    if (hasEnded) return [];
    if (received) return complete(received);
    hasEnded = true;
    return [{ type: 'failed', failure }];
  }

  function failureIn(data: unknown): Failure {
    const error = WireRefusalLine.safeParse(data).data ?? {};
    // Whoever is being answered has been heard: the words are stored before the bot begins.
    const isHeard = storedId !== null || hasSpoken;
    return refusalInLine(error, asked, { isSettled: asked.to === 'history' || isHeard });
  }

  function end(): ReplyEvent[] {
    const because = stopped
      ? 'its bot was stopped before its answer was complete'
      : 'its answer ended without a result';
    return breakOff({ kind: 'outcome-unknown', provider: asked.provider, because });
  }

  return { hear, breakOff, end };
}

function completedOf(
  { id, text, usage, end }: WireCompletion,
  stopped: string | null,
): Extract<ReplyEvent, { readonly type: 'completed' }> {
  return {
    type: 'completed',
    nativeId: id,
    text: text ?? '',
    usage: { tokens: usage?.token ?? null, endReason: end?.reason ?? stopped },
  };
}

/** What is missing of a text of which the beginning was said; nothing where another was. */
function restOf(text: string, said: string): string {
  return text.startsWith(said) ? text.slice(said.length) : '';
}
