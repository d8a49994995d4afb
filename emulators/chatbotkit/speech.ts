// How the bot speaks: functions first, then tokens, and its rows only when all is said.

import { accountChannel, monitorChannel } from './channels.ts';
import { storeMessage } from './messages.ts';
import { countTokens, type EndReason, replyTo, type Scene, tokensOf } from './model.ts';
import type { ConversationRow, MessageKind, MessageRow, Meta } from './rows.ts';
import { messagesOf, type World } from './store.ts';
import { dueFunctions, type EngineWishes, type FunctionWish, unwrapped } from './wishes.ts';

export interface TurnEvent {
  readonly type: string;
  readonly data: object;
  readonly createdAt?: number;
}

/** Where a turn is heard. Aborted when nobody listens any more. */
export interface Sink {
  push(event: TurnEvent): void;
  readonly signal: AbortSignal;
}

export interface Hearing {
  /** Absent, nothing is stored. */
  readonly row?: ConversationRow;
  readonly accountId?: string;
  readonly wishes: EngineWishes;
  readonly trusted: boolean;
  readonly heard: readonly string[];
}

export interface Spoken {
  /** Of the last row stored. */
  readonly id: string | undefined;
  readonly text: string;
  readonly tokens: number;
  readonly reason: EndReason;
}

interface Said {
  readonly type: MessageKind;
  readonly text: string;
  readonly meta?: Meta;
}

/** Its rows are stored when all is said: whoever lists meanwhile sees the customer's row alone. */
export async function speak(world: World, hearing: Hearing, sink: Sink): Promise<Spoken> {
  const { row, wishes, trusted, heard } = hearing;
  const scene = world.scenes.shift() ?? {};
  const emit = emitter(world, sink, row);
  const turn = { instance: `in-${world.mintId()}`, iteration: `it-${world.mintId()}` };
  const said: Said[] = [];
  const say = (message: Said) => {
    said.push(message);
    emit('message', message);
  };
  const text = scene.reply ?? replyTo(heard.at(-1) ?? '');
  emit('completeBegin', turn);

  let reason: EndReason = scene.end ?? 'stop';
  if (scene.reasoning !== undefined) {
    for (const token of tokensOf(scene.reasoning)) emit('reasoningToken', { type: 'bot', token });
    say({ type: 'reasoning', text: scene.reasoning });
  }
  const called = await callFunctions(world, hearing, { say, emit, signal: sink.signal });
  const partial = called ? '' : await sayTokens(world, text, scene, { emit, signal: sink.signal });
  if (called === 'activity') reason = 'activity';
  else if (called === 'abort' || sink.signal.aborted) {
    reason = 'abort';
    emit('abort', { ...turn, reason: 'The caller went away' });
    if (partial && world.switches.partialOnAbort === 'kept')
      said.push({ type: 'bot', text: partial });
  } else if (partial !== text) reason = 'error';
  else say({ type: 'bot', text });

  const knowledge = trusted ? wishes.extraBackstory : '';
  const inputTokensUsed = countTokens([row?.backstory ?? '', knowledge, ...heard].join('\n'));
  const outputTokensUsed = countTokens(partial);
  if (reason !== 'error') {
    emit('usage', { model: row?.model ?? 'default', inputTokensUsed, outputTokensUsed });
    emit('completeEnd', turn);
  }
  let id: string | undefined;
  for (const { type, text: words, meta } of reason === 'error' ? [] : said) {
    if (row) id = keepRow(world, row, type, words, meta).id;
  }
  const last = reason === 'error' ? undefined : said.at(-1);
  return { id, text: last?.text ?? '', tokens: inputTokensUsed + outputTokensUsed, reason };
}

export type Emit = (type: string, data: object) => void;

interface Voice {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What was said of the text: less than all of it when it failed or nobody listened any more. */
async function sayTokens(world: World, text: string, scene: Scene, voice: Voice): Promise<string> {
  const { failure, hold, interludes = [] } = scene;
  let partial = '';
  for (const [index, token] of tokensOf(text).entries()) {
    for (const { beforeToken, type, data } of interludes) {
      if (beforeToken === index) voice.emit(type, data);
    }
    if (failure?.beforeToken === index) {
      voice.emit('error', { message: failure.message, code: failure.code });
      return partial;
    }
    if (hold?.beforeToken === index) await orAborted(hold.until, voice.signal);
    if (world.switches.tokenMs > 0) await pause(world.switches.tokenMs, voice.signal);
    if (voice.signal.aborted) return partial;
    voice.emit('token', { type: 'bot', token });
    partial += token;
  }
  return partial;
}

async function callFunctions(
  world: World,
  { row, accountId = row?.userId ?? '', wishes, heard }: Hearing,
  { say, emit, signal }: Voice & { readonly say: (message: Said) => void },
): Promise<'activity' | 'abort' | undefined> {
  for (const wish of dueFunctions(wishes, heard.at(-1) ?? '')) {
    const call = { name: wish.name, arguments: {} };
    say({ type: 'activity', text: '', meta: { activity: { type: 'request', function: call } } });
    if (!wish.result) return 'activity';
    const operation = { id: `op-${world.mintId()}`, action: actionOf(wish, world) };
    emit('operationBegin', operation);
    const answer = await answerOf(world, wish, { accountId, emit, signal });
    emit('operationEnd', operation);
    if (answer === 'abort') return 'abort';
    const done = { ...call, result: answer.value };
    say({ type: 'activity', text: '', meta: { activity: { type: 'response', function: done } } });
  }
  return undefined;
}

async function answerOf(
  world: World,
  { name, result }: FunctionWish,
  { accountId, emit, signal }: Voice & { readonly accountId: string },
): Promise<{ readonly value: unknown } | 'abort'> {
  const channel = result?.channel;
  if (channel === undefined) return { value: result?.data };
  const listening = world.channels.subscribe(accountChannel(accountId, channel), { signal });
  const waiting = { channel, function: { name, args: {} } };
  emit('waitForChannelMessageBegin', waiting);
  for await (const message of listening) {
    emit('waitForChannelMessageEnd', { ...waiting, message });
    return unwrapped(message);
  }
  return 'abort';
}

function actionOf({ name }: FunctionWish, { mintId }: World): object {
  return { id: `action-${mintId()}`, kind: 'function', name, input: {} };
}

/** The kinds that also go to the conversation's monitor channel; tokens and results do not. */
const MONITORED = new Set([
  'completeBegin',
  'completeEnd',
  'message',
  'operationBegin',
  'operationEnd',
  'error',
  'abort',
]);

export function emitter(
  { switches, clock, channels }: World,
  sink: Sink,
  row?: ConversationRow,
): Emit {
  return (type: string, data: object) => {
    const event = { type, data, ...(switches.createdAtOnEvents ? { createdAt: clock() } : {}) };
    sink.push(event);
    if (row && MONITORED.has(type)) channels.publish(monitorChannel(row.userId, row.id), event);
  };
}

/** Times of one conversation's turns never tie: each row is at least a millisecond after the last. */
export function keepRow(
  world: World,
  row: ConversationRow,
  type: MessageKind,
  text: string,
  meta?: Meta,
): MessageRow {
  const last = messagesOf(world.store, row.id).at(-1)?.createdAt ?? 0;
  const createdAt = Math.max(world.clock(), last + 1);
  return storeMessage(world, { conversationId: row.id, type, text, meta: meta ?? null, createdAt });
}

async function orAborted(until: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const aborted = new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
  await Promise.race([until, aborted]);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
