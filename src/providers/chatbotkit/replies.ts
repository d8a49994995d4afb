// A bot's answer, to words that are sent with it or to what is there: as it comes, or put together from what came.

import { createHash } from 'node:crypto';
import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { ReplyEvent, ReplyUsage } from '../../domain/reply.ts';
import type { Call } from '../provider.ts';
import type { RequestedReply, RequestReply, StreamReply } from '../verbs.ts';
import type { Client, Engine, Turn } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toMessage, toUnseen } from './mapping.ts';
import { replyAtOnce } from './reply-stream.ts';
import { roadOf } from './road.ts';

/** What is asked wrongly is the one thing that happens, and nothing is asked then. */
export async function* streamReply(
  { client }: Inbox,
  input: StreamReply,
  call: Call,
): AsyncGenerator<ReplyEvent, void, undefined> {
  if (input.to === 'history') {
    const { conversation } = input.request;
    yield* replyToHistory(client, call, conversation.nativeId, engineOf(input.request));
    return;
  }
  const { message } = input;
  // Whoever streams the reply expects one, whatever the message says of it.
  const road = roadOf({ ...message, expectReply: true });
  if (!road.ok) yield { type: 'failed', failure: road.failure };
  else if (road.value.kind === 'turn-with-reply') {
    yield* replyToTurn(client, call, message.conversation.nativeId, road.value.turn);
  }
}

/**
 * The reply, as one look at its row shows it. Where it broke off it is what came by then; where nothing had come, not
 * even a thought, it is the failure itself.
 */
export async function requestReply(
  { client }: Inbox,
  request: RequestReply,
  call: Call,
): Promise<Outcome<RequestedReply>> {
  const { conversation } = request;
  const heard = await hear(replyToHistory(client, call, conversation.nativeId, engineOf(request)));
  const { end, hasBegun } = heard;
  if (end.type === 'failed') {
    if (!hasBegun) return failed(end.failure);
    // No row is looked for: nothing here says which it would be.
    const reply = unseenReply(heard, conversation);
    return success({ reply, usage: usageOf(heard), unfinished: end.failure });
  }
  const { nativeId } = end;
  const seen = nativeId === null ? null : await client.getMessage(call, { conversation, nativeId });
  const reply = seen?.ok ? toMessage(seen.value, conversation) : unseenReply(heard, conversation);
  return success({ reply, usage: usageOf(heard), unfinished: null });
}

/** What an answer came to. */
export interface Heard {
  /** Of the words that it answers; null where that was not told. */
  readonly storedId: string | null;
  /** The words of it that came. */
  readonly said: string;
  /** Whether anything came but its end. What is answered, or even thought about, is stored. */
  readonly hasBegun: boolean;
  readonly end: Extract<ReplyEvent, { readonly type: 'completed' | 'failed' }>;
}

export async function hear(events: AsyncIterable<ReplyEvent>): Promise<Heard> {
  let storedId: string | null = null;
  let said = '';
  let hasBegun = false;
  let end: Heard['end'] | undefined;
  for await (const event of events) {
    switch (event.type) {
      case 'stored':
        storedId = event.nativeId;
        break;
      case 'token':
        said += event.text;
        break;
      case 'reasoning':
        break;
      case 'completed':
      case 'failed':
        end = event;
        continue;
    }
    hasBegun = true;
  }
  if (!end) throw new Error('a reply came to no end, which is a bug');
  return { storedId, said, hasBegun, end };
}

/** What no look has shown: the answer as it was said; null where there were no words. */
export function unseenReply(
  { end, said, storedId }: Heard,
  conversation: ConversationRef,
): Message | null {
  if (end.type === 'completed') {
    const { nativeId: id, text } = end;
    return id !== null && text !== '' ? toUnseen({ id, type: 'bot', text }, conversation) : null;
  }
  if (said === '') return null;
  // It may be stored nowhere: its id is for telling it from others, and leads to nothing.
  const mark = JSON.stringify([conversation.nativeId, storedId, said]);
  const id = `unfinished-${createHash('sha256').update(mark).digest('hex').slice(0, 32)}`;
  return { ...toUnseen({ id, type: 'bot', text: said }, conversation), derivedId: true };
}

export function usageOf({ end }: Heard): ReplyUsage | null {
  return end.type === 'completed' ? end.usage : null;
}

/** Its events while it comes, or all at once where the client has it whole. */
export async function* replyToTurn(
  client: Client,
  call: Call,
  id: string,
  turn: Turn,
): AsyncGenerator<ReplyEvent, void, undefined> {
  if (client.streams) yield* client.streams.completeMessage(call, id, turn);
  else yield* replyAtOnce(await client.completeMessage(call, id, turn));
}

async function* replyToHistory(
  client: Client,
  call: Call,
  id: string,
  engine: Engine,
): AsyncGenerator<ReplyEvent, void, undefined> {
  if (client.streams) yield* client.streams.receiveMessage(call, id, engine);
  else yield* replyAtOnce(await client.receiveMessage(call, id, engine));
}

function engineOf({ options }: RequestReply): Engine {
  const { functions, extensions } = options?.kind === 'chatbotkit' ? options : {};
  return {
    ...(functions === undefined ? {} : { functions }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}
