// A Botpress account for one test: the adapter, through the real door, before an emulated bot or before any answer at all.

import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { type BotpressOptions, startBotpressEmulator } from '../../emulators/botpress/index.ts';
import {
  type EmulatorAnswer,
  type EmulatorRequest,
  startEmulator,
} from '../../emulators/emulator.ts';
import { tellTales } from '../../emulators/story.ts';
import type { Failure, Outcome } from '../../src/domain/failure.ts';
import { type ConversationRef, providerName } from '../../src/domain/ids.ts';
import type { Page } from '../../src/domain/page.ts';
import type { BotpressAccount } from '../../src/providers/botpress/account.ts';
import { botpress } from '../../src/providers/botpress/index.ts';
import { openHttp } from '../../src/providers/http.ts';
import type { Call, Credential, Unable } from '../../src/providers/provider.ts';
import type { SendMessage } from '../../src/providers/verbs.ts';

export const NOON_MS = Date.UTC(2026, 4, 1, 12);

export const TALES = tellTales({ seed: 'botpress', now: NOON_MS });

export const WEBSITE = providerName('website');

export const MINUTE_MS = 60_000;

export const SLACK = '1d4a8e93-6c20-4b5f-9e37-84c1f0a2d6b5';

export const WEBCHAT = '0b9d6c52-3a77-4f6e-8a1d-2f5e9c4b7a10';

/** What of the account a test changes. */
export interface AccountChanges {
  readonly token?: string;
  readonly botId?: string;
  readonly integrationId?: string;
  readonly integrationAlias?: string;
  readonly idempotencyTag?: string;
  readonly webhookSecret?: Credential;
}

export async function botpressAccount(options: BotpressOptions = {}, changes: AccountChanges = {}) {
  let nowMs = NOON_MS;
  const clock = () => nowMs;
  const emulator = await startBotpressEmulator({ clock, ...options });
  onTestFinished(() => emulator.close());
  const { url, token, botId } = emulator.credentials;
  return {
    emulator,
    store: emulator.store,
    botId,
    ...verbsOf(url, clock, { token, botId, ...changes }),
    /** The same bot by another account. */
    as: (others: AccountChanges) => verbsOf(url, clock, { token, botId, ...others }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** What was asked since the last time, as `GET conversations/id?query`. */
    asked: () => {
      const rows = emulator.journal.map(
        ({ method, path, query }) =>
          `${method} ${path.slice('/v1/chat/'.length)}${query && `?${decodeURIComponent(query)}`}`,
      );
      emulator.forget();
      return rows;
    },
    /** The bodies written since the last time. */
    written: () => {
      const bodies = emulator.journal
        .filter(({ method }) => method !== 'GET')
        .map(({ body }) => body);
      emulator.forget();
      return bodies;
    },
  };
}

/** An account whose service says exactly this, whatever it is asked. */
export async function accountHearing(
  answer: (request: EmulatorRequest) => EmulatorAnswer,
  changes: AccountChanges = {},
) {
  const running = await startEmulator({
    answer,
    wordFault: (status) => ({ status }),
    say: () => false,
  });
  onTestFinished(() => running.close());
  return {
    journal: running.journal,
    ...verbsOf(running.url, () => NOON_MS, { token: 'bp_pat_heard', botId: 'bot-1', ...changes }),
  };
}

function verbsOf(
  url: string,
  clock: () => number,
  {
    token,
    botId,
    ...identity
  }: AccountChanges & { readonly token: string; readonly botId: string },
) {
  const dispatcher = new Agent();
  onTestFinished(() => dispatcher.close());
  const http = openHttp({ provider: WEBSITE, origin: url, dispatcher });
  const account: BotpressAccount = {
    name: WEBSITE,
    deadlineMs: 2500,
    replyDeadlineMs: 30_000,
    token: { reveal: () => token },
    botId,
    ...identity,
  };
  const provider = botpress(account, { http, clock });
  const { can } = provider;
  return {
    provider,
    list: able(can.CONVERSATION_LIST),
    get: able(can.CONVERSATION_GET),
    create: able(can.CONVERSATION_CREATE),
    getOrCreate: able(can.CONVERSATION_GET_OR_CREATE),
    update: able(can.CONVERSATION_UPDATE),
    remove: able(can.CONVERSATION_DELETE),
    messages: able(can.MESSAGE_LIST),
    message: able(can.MESSAGE_GET),
    send: able(can.MESSAGE_SEND),
    updateMessage: able(can.MESSAGE_UPDATE),
    removeMessage: able(can.MESSAGE_DELETE),
    upsertContact: able(can.CONTACT_UPSERT),
    participants: able(can.PARTICIPANT_LIST),
    addParticipant: able(can.PARTICIPANT_ADD),
    removeParticipant: able(can.PARTICIPANT_REMOVE),
  };
}

/** A new operation: nothing read yet, and the deadline given or none. */
export function aCall(signal: AbortSignal = new AbortController().signal): Call {
  return { signal, reads: new Map() };
}

export function ref(nativeId: string): ConversationRef {
  return { provider: WEBSITE, nativeId };
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
    as: 'BOT',
    expectReply: false,
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

/** The paths at which an input was found wrong. */
export function wrongPaths(outcome: Outcome<unknown>): string[] {
  const failure = failureOf(outcome);
  if (failure.kind === 'invalid-input') return failure.issues.map(({ path }) => path);
  throw new Error(`Expected invalid input, had ${JSON.stringify(failure)}`);
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
  } while (at !== null && pages.length < 200);
  return pages;
}

/** The first of a map's values, or of any list. */
export function firstOf<T>(values: Iterable<T>): T {
  for (const value of values) return value;
  throw new Error('Expected at least one.');
}

type Has<Entry, Key extends string> = Extract<
  Exclude<Entry, Unable>,
  Readonly<Record<Key, unknown>>
>;

function able<Entry extends { readonly support: string }>(entry: Entry): Has<Entry, 'does'> {
  if (isAble(entry)) return entry;
  throw new Error('Expected a verb that the table has.');
}

function isAble<Entry extends { readonly support: string }>(
  entry: Entry,
): entry is Has<Entry, 'does'> {
  return entry.support !== 'NONE' && 'does' in entry;
}
