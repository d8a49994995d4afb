// A ChatBotKit account reached through Pinkfish, and beside it the same account over REST: one store, and one name for both.

import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import type { ChatbotkitOptions } from '../../emulators/chatbotkit/index.ts';
import {
  type EmulatorAnswer,
  type EmulatorRequest,
  isRecord,
  type JournalRow,
  type RunningEmulator,
  startEmulator,
} from '../../emulators/emulator.ts';
import { type PinkfishOptions, startPinkfishEmulator } from '../../emulators/pinkfish/index.ts';
import { providerName } from '../../src/domain/ids.ts';
import { openProvider } from '../../src/providers/catalogue.ts';
import type { PinkfishAccount } from '../../src/providers/chatbotkit/pinkfish-account.ts';
import type { Credential, Unable } from '../../src/providers/provider.ts';
import { chatbotkitAccount, NOW_MS } from './chatbotkit-account.ts';

export const TOKENS = 'POST /oauth/token';

export async function pinkfishAccount(
  options: PinkfishOptions = {},
  changes: Partial<PinkfishAccount> = {},
  behind: ChatbotkitOptions = {},
) {
  const rest = await chatbotkitAccount(behind);
  const { clock } = rest.emulator.founded.world;
  const emulator = await startPinkfishEmulator(rest.emulator, { clock, ...options });
  onTestFinished(() => emulator.close());
  const { clientId, clientSecret, orgId, pcid } = emulator.credentials;
  const known = { clientId, clientSecret: credential(clientSecret), orgId, pcid };
  const open = (more: Partial<PinkfishAccount> = {}) =>
    verbsOf(emulator, { clock, changes: { ...known, ...changes, ...more } });

  return {
    rest,
    emulator,
    store: rest.store,
    ...open(),
    /** The account under other settings. */
    as: open,
    pass: rest.pass,
    /** What was asked since the last time: the tools by their names, all else as `POST /path`. */
    asked: () => {
      const rows = emulator.journal.map(wordOf);
      emulator.forget();
      return rows;
    },
    /** What a tool was given when it was last called, without the connection. */
    given: (tool: string) => argumentsIn(emulator.journal.findLast((row) => wordOf(row) === tool)),
  };
}

/** An account whose server gives this token to anybody, and says exactly that to whatever it is asked then. */
export async function pinkfishHearing(
  answer: (request: EmulatorRequest) => EmulatorAnswer,
  {
    token = { access_token: 'pfrt_1', expires_in: 3600 },
    clock = () => NOW_MS,
  }: { readonly token?: object; readonly clock?: () => number } = {},
) {
  const running = await startEmulator({
    answer: (request) =>
      request.path === '/oauth/token' ? { status: 200, body: token } : answer(request),
    wordFault: (status) => ({ status }),
    say: () => false,
  });
  onTestFinished(() => running.close());
  return { journal: running.journal, ...verbsOf(running, { clock, changes: {} }) };
}

/** A reply of the protocol that is a good one, with this in it. */
export function resulting(result: object): EmulatorAnswer {
  return { status: 200, body: { jsonrpc: '2.0', id: 1, result } };
}

export function erring(code: number, message: string, data?: unknown): EmulatorAnswer {
  return { status: 200, body: { jsonrpc: '2.0', id: 1, error: { code, message, data } } };
}

function verbsOf(
  { url }: Pick<RunningEmulator, 'url'>,
  { clock, changes }: { readonly clock: () => number; readonly changes: Partial<PinkfishAccount> },
) {
  const dispatcher = new Agent();
  onTestFinished(() => dispatcher.destroy());
  const account: PinkfishAccount = {
    name: providerName('assistant'),
    deadlineMs: 2500,
    replyDeadlineMs: 30_000,
    clientId: 'pf_client',
    clientSecret: credential('pf_secret_1'),
    orgId: 'org_1',
    pcid: 'pcid_1',
    ...changes,
  };
  const provider = openProvider(
    { kind: 'chatbotkit', via: 'pinkfish', url, ...account },
    { dispatcher, clock },
  );
  const { can } = provider;
  return {
    provider,
    list: able(can.CONVERSATION_LIST).does,
    get: able(can.CONVERSATION_GET).does,
    create: able(can.CONVERSATION_CREATE).does,
    update: able(can.CONVERSATION_UPDATE).does,
    remove: able(can.CONVERSATION_DELETE).does,
    messages: able(can.MESSAGE_LIST).does,
    getMessage: able(can.MESSAGE_GET).does,
    send: able(can.MESSAGE_SEND).does,
    requestReply: able(can.REPLY_REQUEST).does,
    complete: able(can.CONVERSATION_COMPLETE).does,
    updateMessage: able(can.MESSAGE_UPDATE).does,
    removeMessage: able(can.MESSAGE_DELETE).does,
    upsertContact: able(can.CONTACT_UPSERT).does,
    upload: able(can.ATTACHMENT_UPLOAD).does,
    createSession: able(can.SESSION_CREATE).does,
  };
}

export function credential(text: string): Credential {
  return { reveal: () => text };
}

function wordOf({ method, path, body }: JournalRow): string {
  const params = isRecord(body) ? body['params'] : undefined;
  return isRecord(params)
    ? String(params['name']).replace('chatbotkit_conversations_', '')
    : `${method} ${path}`;
}

function argumentsIn(row: JournalRow | undefined): Record<string, unknown> {
  const params = isRecord(row?.body) ? row.body['params'] : undefined;
  const given = isRecord(params) ? params['arguments'] : undefined;
  const { PCID: _connection, ...rest } = isRecord(given) ? given : {};
  return rest;
}

function able<E extends { readonly support: string }>(entry: E): Exclude<E, Unable> {
  if (isAble(entry)) return entry;
  throw new Error('Expected a verb that the table has.');
}

function isAble<E extends { readonly support: string }>(entry: E): entry is Exclude<E, Unable> {
  return entry.support !== 'NONE';
}
