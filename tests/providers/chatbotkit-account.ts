// A ChatBotKit account for one test: the adapter, through the real door, before an emulated service or before any answer at all.

import type { IncomingHttpHeaders } from 'node:http';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import {
  type ChatbotkitOptions,
  startChatbotkitEmulator,
} from '../../emulators/chatbotkit/index.ts';
import type { ConversationRow, MessageRow } from '../../emulators/chatbotkit/rows.ts';
import { type EmulatorAnswer, startEmulator } from '../../emulators/emulator.ts';
import { tellTales } from '../../emulators/story.ts';
import type { ConversationFilter } from '../../src/domain/conversation.ts';
import type { Failure, Outcome } from '../../src/domain/failure.ts';
import { type ConversationRef, type MessageRef, providerName } from '../../src/domain/ids.ts';
import type { SendOptions } from '../../src/domain/native.ts';
import type { Page } from '../../src/domain/page.ts';
import type { ChatBotKitAccount } from '../../src/providers/chatbotkit/account.ts';
import { chatbotkit, chatbotkitBehind } from '../../src/providers/chatbotkit/index.ts';
import { restClient } from '../../src/providers/chatbotkit/rest.ts';
import { openHttp } from '../../src/providers/http.ts';
import type { Call, Unable } from '../../src/providers/provider.ts';
import type { ConversationChanges, SendMessage } from '../../src/providers/verbs.ts';

export const NOW_MS = Date.UTC(2025, 8, 2, 14, 0, 0);

const TALES = tellTales({ seed: 'chatbotkit', now: NOW_MS - 60_000 });

const ASSISTANT = providerName('assistant');

export async function chatbotkitAccount(
  options: ChatbotkitOptions = {},
  changes: Partial<ChatBotKitAccount> = {},
) {
  let nowMs = NOW_MS;
  const clock = () => nowMs;
  const emulator = await startChatbotkitEmulator({ clock, tales: TALES, ...options });
  onTestFinished(() => emulator.close());
  const { url, secret, foreignSecret, childUserId, childUserEmail } = emulator.credentials;
  const { store } = emulator;

  return {
    emulator,
    store,
    childUserId,
    childUserEmail,
    ...verbsOf(url, { clock, secret, changes }),
    /** Another account at the same service, to whom nothing of the first belongs. */
    foreign: () => verbsOf(url, { clock, secret: foreignSecret }),
    as: (account: Partial<ChatBotKitAccount>) => verbsOf(url, { clock, secret, changes: account }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** What was asked since the last time, as `GET /path?query`. */
    asked: () => {
      const rows = emulator.journal.map(({ method, path, query }) => `${method} ${path}?${query}`);
      emulator.forget();
      return rows.map((row) => row.replace(/\?$/, ''));
    },
    /** Bodies of the writes since the last time. */
    written: () => {
      const bodies = emulator.journal
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => body);
      emulator.forget();
      return bodies;
    },
    /** What the service itself answers to a plain GET, and leaves no trace of being asked. */
    said: async (path: string): Promise<unknown> => {
      const answer = await fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      emulator.forget();
      return answer.json();
    },
    newestFirst: () => [...store.conversations.values()].toSorted(byPlace).toReversed(),
    row: (id: string): ConversationRow => present(store.conversations.get(id)),
    message: (id: string): MessageRow => present(store.messages.get(id)),
    messagesOf: (id: string): MessageRow[] =>
      [...store.messages.values()]
        .filter(({ conversationId }) => conversationId === id)
        .toSorted(byPlace),
    /** Writes a row behind the service's back: what another of its clients may have done. */
    plant: (fields: Partial<ConversationRow> = {}): ConversationRow => {
      const [first] = [...store.conversations.values()];
      const row = { ...present(first), id: `planted-${store.conversations.size}`, ...fields };
      store.conversations.set(row.id, row);
      return row;
    },
    plantMessage: (conversationId: string, fields: Partial<MessageRow> = {}): MessageRow => {
      const row: MessageRow = {
        id: `planted-message-${store.messages.size}`,
        conversationId,
        name: null,
        description: null,
        type: 'user',
        text: 'hello',
        meta: null,
        createdAt: nowMs,
        updatedAt: nowMs,
        ...fields,
      };
      store.messages.set(row.id, row);
      return row;
    },
  };
}

/** An account whose service says exactly this, whatever it is asked. */
export async function accountHearing(
  answer: (method: string, path: string, headers: IncomingHttpHeaders) => EmulatorAnswer,
  changes: Partial<ChatBotKitAccount> = {},
) {
  const running = await startEmulator({
    answer: ({ method, path, headers }) => answer(method, path, headers),
    wordFault: (status) => ({ status }),
    say: () => false,
  });
  onTestFinished(() => running.close());
  return {
    journal: running.journal,
    ...verbsOf(running.url, { clock: () => NOW_MS, secret: 'sk-1', changes }),
  };
}

function verbsOf(
  url: string,
  {
    clock,
    secret,
    changes = {},
  }: {
    readonly clock: () => number;
    readonly secret: string;
    readonly changes?: Partial<ChatBotKitAccount>;
  },
) {
  const dispatcher = new Agent();
  onTestFinished(() => dispatcher.destroy());
  const http = openHttp({ provider: ASSISTANT, origin: url, dispatcher });
  const account: ChatBotKitAccount = {
    name: ASSISTANT,
    deadlineMs: 2500,
    replyDeadlineMs: 30_000,
    secret: { reveal: () => secret },
    ...changes,
  };
  const provider = chatbotkit(account, { http, clock });
  const { can } = provider;
  const withoutStreams = () => {
    const client = { ...restClient(account, { http, clock }), streams: null };
    const whole = chatbotkitBehind({ account, client });
    return {
      provider: whole,
      send: able(whole.can.MESSAGE_SEND).does,
      requestReply: able(whole.can.REPLY_REQUEST).does,
    };
  };
  return {
    provider,
    secret,
    /** The same account by a client that has every answer of a bot whole. */
    withoutStreams,
    list: able(can.CONVERSATION_LIST).does,
    get: able(can.CONVERSATION_GET).does,
    create: able(can.CONVERSATION_CREATE).does,
    update: able(can.CONVERSATION_UPDATE).does,
    remove: able(can.CONVERSATION_DELETE).does,
    messages: able(can.MESSAGE_LIST).does,
    getMessage: able(can.MESSAGE_GET).does,
    send: able(can.MESSAGE_SEND).does,
    requestReply: able(can.REPLY_REQUEST).does,
    streamReply: able(can.REPLY_STREAM).does,
    complete: able(can.CONVERSATION_COMPLETE).does,
    updateMessage: able(can.MESSAGE_UPDATE).does,
    removeMessage: able(can.MESSAGE_DELETE).does,
    upsertContact: able(can.CONTACT_UPSERT).does,
    upload: able(can.ATTACHMENT_UPLOAD).does,
    createSession: able(can.SESSION_CREATE).does,
  };
}

/** A new operation: nothing read yet, and the deadline given or none. */
export function aCall(signal: AbortSignal = new AbortController().signal): Call {
  return { signal, reads: new Map() };
}

export function ref(nativeId: string): ConversationRef {
  return { provider: ASSISTANT, nativeId };
}

export function messageRef(conversationId: string, nativeId: string): MessageRef {
  return { conversation: ref(conversationId), nativeId };
}

export function asking(filter: ConversationFilter = {}, size = 100, at: string | null = null) {
  return { filter, size, at };
}

export function changing(id: string, changes: ConversationChanges) {
  return { conversation: ref(id), changes };
}

/** What a client's `sendMessage(text)` becomes. */
export function saying(
  conversationId: string,
  text: string,
  more: Partial<SendMessage> = {},
): SendMessage {
  return {
    conversation: ref(conversationId),
    content: { type: 'text', text },
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    as: 'USER',
    expectReply: false,
    tags: [],
    ...more,
  };
}

/** The group of a client's input that is ours. */
export function own(
  options: Omit<Extract<SendOptions, { readonly kind: 'chatbotkit' }>, 'kind'>,
): SendOptions {
  return { kind: 'chatbotkit', ...options };
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`Expected a value, had ${JSON.stringify(outcome.failure)}`);
}

export function failureOf(outcome: Outcome<unknown>): Failure {
  if (!outcome.ok) return outcome.failure;
  throw new Error(`Expected a failure, had ${JSON.stringify(outcome.value)}`);
}

/** Paths of the mistakes in an input. */
export function pathsOf(outcome: Outcome<unknown>): string[] {
  const failure = failureOf(outcome);
  if (failure.kind !== 'invalid-input') throw new Error(`Had ${JSON.stringify(failure)}`);
  return failure.issues.map(({ path }) => path);
}

/** Every page to the end. */
export async function everyPage<T>(
  read: (at: string | null) => Promise<Outcome<Page<T>>>,
): Promise<T[][]> {
  const pages: T[][] = [];
  let at: string | null = null;
  do {
    const page: Page<T> = valueOf(await read(at));
    pages.push([...page.items]);
    at = page.next;
  } while (at !== null && pages.length < 100);
  return pages;
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Expected it to be there.');
  return value;
}

function byPlace(
  one: { readonly id: string; readonly createdAt: number },
  other: { readonly id: string; readonly createdAt: number },
): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);
}

function able<E extends { readonly support: string }>(entry: E): Exclude<E, Unable> {
  if (isAble(entry)) return entry;
  throw new Error('Expected a verb that the table has.');
}

function isAble<E extends { readonly support: string }>(entry: E): entry is Exclude<E, Unable> {
  return entry.support !== 'NONE';
}
