// One Stack Auth account for one test: an emulated service, the real door to it, and the adapter between.

import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import type { Fault } from '../../emulators/emulator.ts';
import { type StackAuthOptions, startStackAuthEmulator } from '../../emulators/stack-auth/index.ts';
import type { ConversationRow, MessageRow } from '../../emulators/stack-auth/store.ts';
import { tellTales } from '../../emulators/story.ts';
import type { Conversation } from '../../src/domain/conversation.ts';
import { type Failure, mapOutcome, type Outcome } from '../../src/domain/failure.ts';
import { type ConversationRef, providerName } from '../../src/domain/ids.ts';
import type { Page } from '../../src/domain/page.ts';
import { type Http, openHttp } from '../../src/providers/http.ts';
import type { Call, Credential, Provider } from '../../src/providers/provider.ts';
import type { StackAuthAccount } from '../../src/providers/stack-auth/account.ts';
import { stackAuth } from '../../src/providers/stack-auth/index.ts';
import type {
  CreateConversation,
  ListConversations,
  SendMessage,
  UpdateConversation,
} from '../../src/providers/verbs.ts';

export const NOW_MS = Date.UTC(2026, 5, 12, 9, 0, 0);
const TALES = tellTales({ seed: 'stack-auth', now: NOW_MS });

export const SUPPORT = providerName('support');

/** A uuid that nobody has. */
export const NOBODY = 'b1f0c9de-2a47-4c35-9e08-6d7a54c3b210';

export const INBOX = '/api/v1/internal/conversations';
export const TOKENS = '/api/v1/auth/oauth/token';

export interface AccountOptions extends StackAuthOptions {
  readonly account?: Partial<StackAuthAccount>;
  /** Without the access token that would save the first renewal. */
  readonly accessToken?: 'given' | 'absent';
  /** Between the adapter and the door. */
  readonly wrap?: (http: Http) => Http;
}

export async function openAccount(options: AccountOptions = {}) {
  let nowMs = NOW_MS;
  const { account, accessToken = 'given', wrap = (http: Http) => http, ...emulated } = options;
  const emulator = await startStackAuthEmulator({
    clock: () => nowMs,
    tales: TALES,
    ...emulated,
  });
  const dispatcher = new Agent();
  onTestFinished(async () => {
    await dispatcher.destroy();
    await emulator.close();
  });
  const { url, ...credentials } = emulator.credentials;
  const http = wrap(openHttp({ provider: SUPPORT, origin: url, dispatcher }));
  const whole: StackAuthAccount = {
    name: SUPPORT,
    deadlineMs: 2_500,
    replyDeadlineMs: 30_000,
    projectId: credentials.projectId,
    publishableClientKey: credentials.publishableClientKey,
    refreshToken: credential(credentials.refreshToken),
    ...(accessToken === 'given' ? { accessToken: credential(credentials.accessToken) } : {}),
    ...account,
  };
  const provider = stackAuth(whole, { http, clock: () => nowMs });

  const session = emulator.store.sessions.get(credentials.refreshToken);

  return {
    provider,
    credentials,
    /** Whose session it is. */
    agent: emulator.store.users.get(session?.userId ?? ''),
    signIn: emulator.signIn,
    store: emulator.store,
    journal: emulator.journal,
    addUser: emulator.addUser,
    inject: (fault: Fault) => emulator.inject(fault),
    heal: () => emulator.heal(),
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** What was asked, as `GET /path`, in order. */
    asked: () => emulator.journal.map(({ method, path }) => `${method} ${path}`),
    row: (id: string) => rowOf(emulator.store.conversations, id),
    messages: (id: string): MessageRow[] => emulator.store.messages.get(id) ?? [],
    /** The first conversation in the order they were told that is as wanted. */
    find: (wanted: (row: ConversationRow) => boolean): ConversationRow => {
      const found = [...emulator.store.conversations.values()].find(wanted);
      if (!found) throw new Error('No conversation of the story is as this test wants one.');
      return found;
    },
    say: async (conversationId: string, text: string) => {
      const body = JSON.stringify({ conversationId, text });
      await fetch(`${url}/__emulator/say`, { method: 'POST', body });
    },
    ...verbsOf(provider),
  };
}

/** With a conversation that is assigned, labelled and not closed. */
export async function openAssigned(options: AccountOptions = {}) {
  const account = await openAccount(options);
  const { id } = account.find(
    ({ assignedToUserId, status }) => assignedToUserId !== null && status !== 'closed',
  );
  const row = account.row(id);
  row.tags = ['vip', 'plan:pro', 'follow-up'];
  row.priority = 'high';
  return { ...account, id, stored: row, before: { ...row } };
}

/** What an update of attributes may never touch unless it was asked to. */
export function quiet(row: ConversationRow) {
  const { updatedAt: _moves, ...rest } = row;
  return rest;
}

export function ref(nativeId: string): ConversationRef {
  return { provider: SUPPORT, nativeId };
}

export function newCall(signal: AbortSignal = new AbortController().signal): Call {
  return { signal, reads: new Map() };
}

/** A call whose deadline is near enough to be waited for. */
export function hurried(ms = 100): Call {
  return newCall(AbortSignal.timeout(ms));
}

export function good<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`Expected a value, got ${JSON.stringify(outcome.failure)}`);
  return outcome.value;
}

export function bad(outcome: Outcome<unknown>): Failure {
  if (outcome.ok) throw new Error(`Expected a failure, got ${JSON.stringify(outcome.value)}`);
  return outcome.failure;
}

export function credential(text: string): Credential {
  return { reveal: () => text };
}

/** The inbox to its end, in pages of a size, by the adapter's own word for where the next one begins. */
export async function walk(
  list: (asked: Partial<ListConversations>) => Promise<Outcome<Page<Conversation>>>,
  asked: Partial<ListConversations> = {},
): Promise<string[]> {
  const ids: string[] = [];
  let at: string | null = null;
  do {
    const page: Page<Conversation> = good(await list({ ...asked, at }));
    ids.push(...page.items.map(({ nativeId }) => nativeId));
    at = page.next;
  } while (at !== null);
  return ids;
}

/** A door behind which answers are changed before they are read. */
export function changingBodies(change: (body: unknown, path: string) => unknown) {
  return (http: Http): Http => ({
    ...http,
    ask: async (call, ask) =>
      mapOutcome(await http.ask(call, ask), (answer) => ({
        ...answer,
        body: change(answer.body, ask.path),
      })),
  });
}

const REPLY: Omit<SendMessage, 'conversation' | 'content'> = {
  kind: 'MESSAGE',
  visibility: 'PUBLIC',
  as: 'AGENT',
  expectReply: false,
  tags: [],
};

function verbsOf({ can }: Provider) {
  const list = ready(can.CONVERSATION_LIST);
  const get = ready(can.CONVERSATION_GET);
  const create = ready(can.CONVERSATION_CREATE);
  const update = ready(can.CONVERSATION_UPDATE);
  const messageList = ready(can.MESSAGE_LIST);
  const messageGet = ready(can.MESSAGE_GET);
  const send = ready(can.MESSAGE_SEND);
  return {
    list: (asked: Partial<ListConversations> = {}, call = newCall()) =>
      list.does({ filter: {}, at: null, size: 50, ...asked }, call),
    get: (id: string, call = newCall()) => get.does(ref(id), call),
    create: (input: Partial<CreateConversation>, call = newCall()) =>
      create.does({ tags: [], ...input }, call),
    update: (id: string, changes: UpdateConversation['changes'], call = newCall()) =>
      update.does({ conversation: ref(id), changes }, call),
    messageList: (id: string, { at = null as string | null, size = 50 } = {}, call = newCall()) =>
      messageList.does({ conversation: ref(id), at, size }, call),
    messageGet: (id: string, nativeId: string, call = newCall()) =>
      messageGet.does({ conversation: ref(id), nativeId }, call),
    send: (id: string, text: string, more: Partial<SendMessage> = {}, call = newCall()) =>
      send.does(
        { ...REPLY, conversation: ref(id), content: { type: 'text', text }, ...more },
        call,
      ),
  };
}

/** What a verb of the table can do; where the table says that it cannot, the test has no business here. */
function ready<Entry extends { readonly support: string }>(
  entry: Entry,
): Exclude<Entry, { readonly support: 'NONE' }> {
  if (!isAble(entry)) throw new Error('The table says that this verb is not there.');
  return entry;
}

function isAble<Entry extends { readonly support: string }>(
  entry: Entry,
): entry is Exclude<Entry, { readonly support: 'NONE' }> {
  return entry.support !== 'NONE';
}

function rowOf(rows: ReadonlyMap<string, ConversationRow>, id: string): ConversationRow {
  const row = rows.get(id);
  if (!row) throw new Error(`The service has no conversation ${id}.`);
  return row;
}
