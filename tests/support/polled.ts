// Gateways over one world of emulators, that look often; and a listener whose events can be awaited.

import { onTestFinished } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { type Composed, composeGateway } from '../../src/compose.ts';
import type { Config } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';
import type { ConversationEvent } from '../../src/domain/event.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { EventFilterAsked, Told } from '../../src/gateway/live/subscribe.ts';
import { accounts } from '../../src/sandbox.ts';
import type { AccountName } from './accounts.ts';

export interface PolledOptions {
  readonly clock?: () => number;
  /** Two gateways of one Redis and one prefix share all there is. */
  readonly redis?: { readonly url: string; readonly prefix: string };
  readonly events?: Config['events'];
  readonly accounts?: readonly AccountName[];
}

/** Often enough for a test that waits. */
const OFTEN = { watchedMs: 20, inboxMs: 30 };

const quiet = () => undefined;

export async function startPolling(
  world: World,
  { clock = Date.now, redis, events, accounts: names }: PolledOptions = {},
): Promise<Composed> {
  const composed = await composeGateway(
    {
      kind: 'sandbox',
      providers: accounts(world.credentials).filter(
        ({ name }) => !names || names.some((one) => one === name),
      ),
      server: { host: '127.0.0.1', port: 0, cursorSecret: secret('a secret of the tests') },
      log: { level: 'silent' },
      events: { polling: OFTEN, ...events },
      ...(redis ? { redis: { url: secret(redis.url), prefix: redis.prefix } } : {}),
    },
    {
      clock,
      randomSecret: () => 'a secret of the tests',
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
  );
  onTestFinished(() => composed.close());
  return composed;
}

export interface Listener {
  /** What was told so far, in words: `ADDED text`, `UPDATED text`, `GAP reason`. */
  readonly told: readonly string[];
  /** Of the last that was told. */
  cursor(): string | null;
  /** Resolves once this was told: all that was told by then. */
  until(words: string): Promise<readonly string[]>;
  leave(): void;
}

export interface Listening {
  readonly account?: AccountName;
  readonly conversation?: string;
  readonly after?: string | null;
  readonly filter?: EventFilterAsked;
}

export async function listen(
  { gateway }: Pick<Composed, 'gateway'>,
  { account, conversation, after = null, filter = {} }: Listening = {},
): Promise<Listener> {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const provider = providerName(account ?? 'website');
  const subscribed = await gateway.subscribe(
    {
      conversation: conversation === undefined ? null : { provider, nativeId: conversation },
      filter: account && conversation === undefined ? { providers: [provider], ...filter } : filter,
      after,
    },
    gone.signal,
  );
  if (!subscribed.ok) throw new Error(JSON.stringify(subscribed.failure));
  const told: string[] = [];
  const waiting = new Set<() => void>();
  let cursor: string | null = null;
  void (async () => {
    for await (const one of subscribed.value) {
      told.push(inWords(one));
      if (one.type !== 'failed') cursor = one.cursor();
      for (const look of waiting) look();
    }
  })();
  return {
    told,
    cursor: () => cursor,
    leave: () => gone.abort(),
    until: (words) =>
      new Promise((resolve) => {
        const look = () => {
          if (!told.includes(words)) return;
          waiting.delete(look);
          resolve([...told]);
        };
        waiting.add(look);
        look();
      }),
  };
}

function inWords(told: Told): string {
  switch (told.type) {
    case 'event':
      return factInWords(told.event);
    case 'gap':
      return `GAP ${told.gap.reason}`;
    case 'listening':
      return 'LISTENING';
    case 'failed':
      return `FAILED ${told.failure.kind}`;
  }
}

function factInWords({ fact, conversation }: ConversationEvent): string {
  switch (fact.kind) {
    case 'MESSAGE_ADDED':
      return `ADDED ${fact.message.text}`;
    case 'MESSAGE_UPDATED':
      return `UPDATED ${fact.message.text}`;
    case 'MESSAGE_DELETED':
      return `DELETED ${fact.nativeId}`;
    case 'CONVERSATION_CREATED':
    case 'CONVERSATION_UPDATED':
    case 'CONVERSATION_DELETED':
      return `${fact.kind} ${conversation.nativeId}`;
    default:
      return fact.kind;
  }
}

/** A customer writes, straight to the service. */
export async function say(url: string, conversationId: string, text: string): Promise<void> {
  const answer = await fetch(`${url}/__emulator/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId, text }),
  });
  if (!answer.ok) throw new Error(`nobody could say ${text}: ${answer.status}`);
}

/** By their native ids, in the order in which the service keeps them. */
export function conversationsAt(world: World, account: AccountName): readonly string[] {
  const { botpress, chatling, chatbotkit, stackAuth } = world;
  const stores = { website: botpress, help: chatling, assistant: chatbotkit, support: stackAuth };
  return [...stores[account].store.conversations.keys()];
}

/** What is stored in a conversation, oldest first. */
export function wordsAt(
  { botpress, chatling, chatbotkit, stackAuth }: World,
  account: AccountName,
  conversation: string,
): readonly string[] {
  switch (account) {
    case 'website':
      return [...botpress.store.messages.values()]
        .filter(({ conversationId }) => conversationId === conversation)
        .map(({ payload }) => String(payload['text']));
    case 'help':
      return (chatling.store.conversations.get(conversation)?.messages ?? []).map(
        ({ text }) => text,
      );
    case 'assistant':
      return [...chatbotkit.store.messages.values()]
        .filter(({ conversationId }) => conversationId === conversation)
        .map(({ text }) => text);
    case 'support':
      return (stackAuth.store.messages.get(conversation) ?? []).map(({ body }) => body ?? 'null');
  }
}
