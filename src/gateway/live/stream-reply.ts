// A bot's answer that comes while it is written: told to all who listen, and handed back whole to who asked for it.

import { createHash, randomUUID } from 'node:crypto';
import { type Failure, failed, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import { bareText, isHidden, type Message } from '../../domain/message.ts';
import type { ReplyEvent, ReplyUsage } from '../../domain/reply.ts';
import type { Provider } from '../../providers/provider.ts';
import type {
  RequestedReply,
  RequestReply,
  SendMessage,
  SentMessage,
  StreamReply,
} from '../../providers/verbs.ts';
import type { Dispatch, Operation } from '../dispatch.ts';
import type { Ingest } from './ingest.ts';
import {
  type ReplyEnd,
  type ReplyTelling,
  type ReplyTellingParts,
  tellReply,
} from './reply-events.ts';
import { newsOfAdded } from './telling.ts';

/**
 * Both answer as the verbs do that give a reply whole. The answer goes on to its end whether or not whoever asked for it
 * is still there: others may listen to it, and the provider would stop with its caller.
 */
export interface Replies {
  /** Whether answers of this provider can be had while they are written. */
  stream(provider: Provider): boolean;
  toMessage(message: SendMessage, operation: Operation): Promise<Outcome<SentMessage>>;
  toHistory(request: RequestReply, operation: Operation): Promise<Outcome<RequestedReply>>;
  /** Breaks off what is under way, and resolves when that is told. */
  close(): Promise<void>;
}

export interface RepliesParts extends ReplyTellingParts {
  readonly dispatch: Dispatch;
  readonly ingest: Ingest;
}

export function openReplies(parts: RepliesParts): Replies {
  const { dispatch, ingest } = parts;
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  function run<T>(reply: Promise<T>): Promise<T> {
    const settled = reply.then(
      () => undefined,
      () => undefined,
    );
    running.add(settled);
    void settled.then(() => running.delete(settled));
    return reply;
  }

  async function hear(input: StreamReply, { reads }: Operation): Promise<Heard> {
    const conversation = conversationOf(input);
    let telling: ReplyTelling | undefined;
    let asked: Promise<Message | null> = Promise.resolve(null);
    let storedId: string | null = null;
    let said = '';
    const events = dispatch.stream({
      provider: conversation.provider,
      reads,
      signal: closing.signal,
      with: ({ does }, call) => does(input, call),
    });
    for await (const event of events) {
      if (event.type === 'completed' || event.type === 'failed') {
        return { conversation, telling, asked: await asked, storedId, said, end: event };
      }
      if (event.type === 'stored') storedId = event.nativeId;
      telling ??= tellReply(parts, { replyId: randomUUID(), conversation, storedId });
      if (event.type === 'stored') {
        const look = getMessage(conversation, event.nativeId);
        asked = look;
        // The question before the answer, for whoever listens.
        telling.between(async () => void (await ingest.take(newsOfAdded(await look))));
      } else if (event.type === 'token') {
        said += event.text;
        telling.token(event.text);
      }
    }
    throw new Error('a reply came to no end, which is a bug');
  }

  async function toMessage(message: SendMessage, operation: Operation) {
    const heard = await hear({ to: 'message', message }, operation);
    const { end, telling, asked, conversation } = heard;
    if (end.type === 'failed' && !telling) return failed(end.failure);
    const seen =
      end.type === 'completed' && asked
        ? { message: asked, reply: await completedReply(heard) }
        : await newestOf(heard, message);
    await telling?.end(endOf(end, seen.reply));
    return success({
      message: seen.message ?? unseenMessage(heard, message),
      reply: seen.reply ?? unseenReply(heard, conversation),
      usage: usageOf(end),
      unfinished: unfinishedOf(end),
    });
  }

  async function toHistory(request: RequestReply, operation: Operation) {
    const heard = await hear({ to: 'history', request }, operation);
    const { end, telling, conversation } = heard;
    if (end.type === 'failed' && !telling) return failed(end.failure);
    // Of one that broke off no row is looked for: nothing says which it would be.
    const reply = (await completedReply(heard)) ?? unseenReply(heard, conversation);
    await telling?.end(endOf(end, reply));
    return success({ reply, usage: usageOf(end), unfinished: unfinishedOf(end) });
  }

  async function completedReply({ end, conversation }: Heard): Promise<Message | null> {
    if (end.type !== 'completed' || end.nativeId === null) return null;
    return (
      (await getMessage(conversation, end.nativeId)) ??
      unseenReply({ end, said: end.text, storedId: null }, conversation)
    );
  }

  /** Both from one look at the newest rows, where the message was not seen by itself, or the answer broke off. */
  async function newestOf(
    heard: Heard,
    { content }: SendMessage,
  ): Promise<{ readonly message: Message | null; readonly reply: Message | null }> {
    const { conversation, asked, end, storedId, said } = heard;
    const rows = await newestMessages(conversation);
    if (storedId === null) {
      // An answer that came whole names its own row alone.
      const at = end.type === 'completed' ? indexOf(rows, end.nativeId) : -1;
      const reply = rows[at] ?? unseenReply(heard, conversation);
      const earlier = rows.slice(at + 1).filter(({ role }) => role === 'USER');
      const text = bareText(content)?.trim();
      // Where the text was redacted its place alone tells it, and without the reply there is no place.
      const message =
        earlier.find((row) => row.text?.trim() === text) ?? (at < 0 ? undefined : earlier[0]);
      return { message: message ?? null, reply };
    }
    const at = indexOf(rows, storedId);
    const message = asked ?? rows[at] ?? null;
    if (end.type === 'completed') {
      const reply = rows[indexOf(rows, end.nativeId)] ?? unseenReply(heard, conversation);
      return { message, reply };
    }
    return { message, reply: answerIn(rows.slice(0, Math.max(0, at)), said) };
  }

  async function newestMessages(conversation: ConversationRef): Promise<readonly Message[]> {
    return valueOr([], await newestIn(dispatch, conversation));
  }

  async function getMessage(conversation: ConversationRef, nativeId: string) {
    const seen = await dispatch.run({
      provider: conversation.provider,
      verb: 'MESSAGE_GET',
      operation: unattended(),
      with: ({ does }, call) => does({ conversation, nativeId }, call),
    });
    return valueOr(null, seen);
  }

  return {
    stream: ({ can }) => can.REPLY_STREAM.support !== 'NONE',
    toMessage: (message, operation) => run(toMessage(message, operation)),
    toHistory: (request, operation) => run(toHistory(request, operation)),
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

/** One look at the newest rows of a conversation, for nobody's operation. */
export async function newestIn(
  dispatch: Dispatch,
  conversation: ConversationRef,
): Promise<Outcome<readonly Message[]>> {
  const page = await dispatch.run({
    provider: conversation.provider,
    verb: 'MESSAGE_LIST',
    operation: unattended(),
    with: ({ does }, call) => does({ conversation, at: null, size: ROWS_OF_A_TURN }, call),
  });
  return page.ok ? success(page.value.items) : page;
}

/** The message, the answer, and whatever the bot thought and did between them. */
const ROWS_OF_A_TURN = 20;

/** What an answer that broke off left, by what was heard of it: the service may keep what it had said by then. */
export function answerIn(since: readonly Message[], said: string): Message | null {
  if (said === '') return null;
  return (
    since.find(
      ({ role, kind, text }) => role === 'BOT' && kind === 'MESSAGE' && text?.startsWith(said),
    ) ?? null
  );
}

interface Heard {
  readonly conversation: ConversationRef;
  /** Absent where nothing came but the end. What is answered, or even thought about, is stored. */
  readonly telling: ReplyTelling | undefined;
  /** The words that are answered, where their row was seen. */
  readonly asked: Message | null;
  readonly storedId: string | null;
  /** The words of the answer that came. */
  readonly said: string;
  readonly end: Extract<ReplyEvent, { readonly type: 'completed' | 'failed' }>;
}

function conversationOf(input: StreamReply): ConversationRef {
  return input.to === 'message' ? input.message.conversation : input.request.conversation;
}

/**
 * The message that is stored is what stands: mostly its text is what the pieces make, and where it was moderated after it
 * was said, or is only the last of several, it takes their place. A row that people do not see is nobody's answer.
 */
function endOf(end: Heard['end'], reply: Message | null): ReplyEnd {
  if (end.type === 'failed') return end;
  const message = reply && !isHidden(reply.kind) ? reply : null;
  return { type: 'completed', message, usage: end.usage };
}

function usageOf(end: Heard['end']): ReplyUsage | null {
  return end.type === 'completed' ? end.usage : null;
}

function unfinishedOf(end: Heard['end']): Failure | null {
  return end.type === 'failed' ? end.failure : null;
}

/** What no look has shown: the message as it was given. */
function unseenMessage(
  { storedId, conversation }: Heard,
  { content }: SendMessage,
): Message | null {
  const text = bareText(content)?.trim();
  if (storedId === null || text === undefined) return null;
  return unseen({ conversation, nativeId: storedId, role: 'USER', text });
}

/** What no look has shown: the answer as it was said; null where there were no words. */
function unseenReply(
  { end, said, storedId }: Pick<Heard, 'end' | 'said' | 'storedId'>,
  conversation: ConversationRef,
): Message | null {
  if (end.type === 'completed') {
    const { nativeId, text } = end;
    if (nativeId === null || text === '') return null;
    return unseen({ conversation, nativeId, role: 'BOT', text });
  }
  if (said === '') return null;
  // It may be stored nowhere: its id is for telling it from others, and leads to nothing.
  const mark = JSON.stringify([conversation.nativeId, storedId, said]);
  const nativeId = `unfinished-${createHash('sha256').update(mark).digest('hex').slice(0, 32)}`;
  return { ...unseen({ conversation, nativeId, role: 'BOT', text: said }), derivedId: true };
}

/** What models write is markdown; no time is made up. */
function unseen({
  text,
  ...known
}: Pick<Message, 'conversation' | 'nativeId' | 'role'> & { readonly text: string }): Message {
  return {
    ...known,
    derivedId: false,
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: null,
    text,
    content: known.role === 'BOT' ? { type: 'markdown', markdown: text } : { type: 'text', text },
    citations: [],
    rating: null,
    attachments: [],
    tags: [],
    createdAt: null,
    updatedAt: null,
    native: null,
    raw: null,
  };
}

function indexOf(rows: readonly Message[], id: string | null): number {
  return rows.findIndex(({ nativeId }) => nativeId === id);
}

/** Whoever asked may have gone, and what they had read is older than what was written since. */
function unattended(): Operation {
  return { signal: new AbortController().signal, reads: new Map() };
}

function valueOr<T, Else>(otherwise: Else, outcome: Outcome<T>): T | Else {
  return outcome.ok ? outcome.value : otherwise;
}
