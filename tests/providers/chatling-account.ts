// A Chatling account for one test: the adapter, through the real door, before an emulated service or before any answer at all.

import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { type ChatlingOptions, startChatlingEmulator } from '../../emulators/chatling/index.ts';
import type { ChatlingStore, ConversationRow } from '../../emulators/chatling/store.ts';
import { type EmulatorAnswer, startEmulator } from '../../emulators/emulator.ts';
import { tellTales } from '../../emulators/story.ts';
import type { Failure, Outcome } from '../../src/domain/failure.ts';
import { type ConversationRef, providerName } from '../../src/domain/ids.ts';
import type { Page } from '../../src/domain/page.ts';
import type { Ask } from '../../src/providers/ask.ts';
import type { ChatlingAccount } from '../../src/providers/chatling/account.ts';
import { chatling } from '../../src/providers/chatling/index.ts';
import { type Http, openHttp } from '../../src/providers/http.ts';
import type { Call, Unable } from '../../src/providers/provider.ts';
import type { SendMessage } from '../../src/providers/verbs.ts';

export const NOW_MS = Date.UTC(2025, 2, 14, 10, 30, 0);

export const TALES = tellTales({ seed: 'chatling', now: NOW_MS });

export const HELP = providerName('help');

/** What of the account a test changes; undefined takes it away. */
export interface AccountChanges {
  readonly chatbotId?: string;
  readonly token?: string;
  readonly aiModelId?: number | undefined;
  readonly languageId?: number;
  /** Stands before the door: a test looks at, or comes between, what is asked. */
  readonly before?: (ask: Ask) => void;
}

export async function chatlingAccount(
  options: ChatlingOptions = {},
  { aiModelId = 8, ...changes }: AccountChanges = {},
) {
  let nowMs = NOW_MS;
  const clock = () => nowMs;
  const emulator = await startChatlingEmulator({ clock, ...options });
  onTestFinished(() => emulator.close());
  const { url, token, chatbotId } = emulator.credentials;
  return {
    emulator,
    store: emulator.store,
    ...verbsOf(url, clock, { token, chatbotId, aiModelId, ...changes }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** What was asked since the last time, as `GET /path?query`. */
    asked: () => {
      const rows = emulator.journal.map(
        ({ method, path, query }) =>
          `${method} ${path.slice('/v2/chatbots/'.length + 10)}?${query}`,
      );
      emulator.forget();
      return rows.map((row) => row.replace(/\?$/, ''));
    },
  };
}

/** An account without a model to answer with. */
export async function modellessAccount() {
  const emulator = await startChatlingEmulator();
  onTestFinished(() => emulator.close());
  const { url, token, chatbotId } = emulator.credentials;
  return { emulator, ...verbsOf(url, () => NOW_MS, { token, chatbotId }) };
}

/** An account whose service says exactly this, whatever it is asked. */
export async function accountHearing(answer: (method: string, path: string) => EmulatorAnswer) {
  const running = await startEmulator({
    answer: ({ method, path }) => answer(method, path),
    wordFault: (status) => ({ status }),
    say: () => false,
  });
  onTestFinished(() => running.close());
  return verbsOf(running.url, () => NOW_MS, {
    token: 'key-1',
    chatbotId: '4829173650',
    aiModelId: 8,
  });
}

function verbsOf(
  url: string,
  clock: () => number,
  {
    token,
    chatbotId,
    aiModelId,
    languageId,
    before,
  }: AccountChanges & { readonly token: string; readonly chatbotId: string },
) {
  const dispatcher = new Agent();
  onTestFinished(() => dispatcher.close());
  const door = openHttp({ provider: HELP, origin: url, dispatcher });
  const http: Http = {
    ...door,
    ask: (call, ask) => {
      before?.(ask);
      return door.ask(call, ask);
    },
  };
  const account: ChatlingAccount = {
    name: HELP,
    deadlineMs: 2500,
    replyDeadlineMs: 30_000,
    token: { reveal: () => token },
    chatbotId,
    ...(aiModelId === undefined ? {} : { aiModelId }),
    ...(languageId === undefined ? {} : { languageId }),
  };
  const { can, ...provider } = chatling(account, { http, clock });
  return {
    provider: { ...provider, can },
    list: able(can.CONVERSATION_LIST),
    get: able(can.CONVERSATION_GET),
    create: able(can.CONVERSATION_CREATE),
    update: able(can.CONVERSATION_UPDATE),
    remove: able(can.CONVERSATION_DELETE),
    messages: able(can.MESSAGE_LIST),
    message: able(can.MESSAGE_GET),
    send: able(can.MESSAGE_SEND),
    rate: able(can.MESSAGE_RATE),
    upsertContact: able(can.CONTACT_UPSERT),
  };
}

/** A new operation: nothing read yet, and the deadline given or none. */
export function aCall(signal: AbortSignal = new AbortController().signal): Call {
  return { signal, reads: new Map() };
}

export function ref(nativeId: string): ConversationRef {
  return { provider: HELP, nativeId };
}

/** What a client's `sendMessage(text)` becomes. */
export function saying(
  conversation: ConversationRef,
  text: string,
  more: Partial<SendMessage> = {},
): SendMessage {
  return {
    conversation,
    content: { type: 'text', text },
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    as: 'USER',
    expectReply: true,
    tags: [],
    ...more,
  };
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`Expected a value, had ${JSON.stringify(outcome.failure)}`);
}

export function failureOf(outcome: Outcome<unknown>): Failure {
  if (!outcome.ok) return outcome.failure;
  throw new Error(`Expected a failure, had ${JSON.stringify(outcome.value)}`);
}

/** Every page to the end, each with where it began. */
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

/** An account, and the longest of its conversations, which holds more than a conversation carries. */
export async function longest(options: ChatlingOptions, before?: (ask: Ask) => void) {
  const account = await chatlingAccount(
    { tales: TALES, ...options },
    before === undefined ? {} : { before },
  );
  const [row] = [...account.store.conversations.values()].toSorted(
    (one, other) => other.messages.length - one.messages.length,
  );
  if (!row || row.messages.length <= 20)
    throw new Error('Expected a long conversation in the story.');
  const conversation = ref(row.id);
  return {
    ...account,
    row,
    conversation,
    read: () => everyPage((at) => account.messages.does({ conversation, at, size: 20 }, aCall())),
    /** Another message, always in the same second. */
    say: (text: string) => {
      const id = `said-${row.messages.length}`;
      const created_at = new Date(NOW_MS).toISOString();
      row.messages.push({ id, text, role: 'user', created_at });
    },
  };
}

/** The paths at which an input was found wrong. */
export function wrongPaths(outcome: Outcome<unknown>): string[] {
  const failure = failureOf(outcome);
  if (failure.kind === 'invalid-input') return failure.issues.map(({ path }) => path);
  throw new Error(`Expected invalid input, had ${JSON.stringify(failure)}`);
}

/** All but the object as it came. */
export function withoutRaw<T extends { readonly raw: unknown }>({ raw: _raw, ...rest }: T) {
  return rest;
}

export function stored({ conversations }: ChatlingStore, id: string): ConversationRow {
  const row = conversations.get(id);
  if (!row) throw new Error(`Expected a conversation ${id} in the store.`);
  return row;
}

function able<E extends { readonly support: string }>(entry: E): Exclude<E, Unable> {
  if (isAble(entry)) return entry;
  throw new Error('Expected a verb that the table has.');
}

function isAble<E extends { readonly support: string }>(entry: E): entry is Exclude<E, Unable> {
  return entry.support !== 'NONE';
}
