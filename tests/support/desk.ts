// A gateway over two accounts made by hand, whose news a test tells itself, and clients that listen to it over either transport.

import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Conversation } from '../../src/domain/conversation.ts';
import type { ConversationEvent, Fact, News } from '../../src/domain/event.ts';
import { failed, type Outcome, success } from '../../src/domain/failure.ts';
import { type ConversationRef, encodeId, providerName } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { type Doorkeeper, openHouse } from '../../src/security/doorkeeper.ts';
import type { Shares } from '../../src/server/bounds/shares.ts';
import type { Patience } from '../../src/server/connections/patience.ts';
import { startServer } from '../../src/server/server.ts';
import type { EventLog, Retention } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { handMade, rowsOf } from '../gateway/hand-made.ts';
import { at, textAt } from './answer.ts';
import { someLeases } from './leases.ts';
import { someLedger } from './ledger.ts';

export interface Desk {
  readonly url: string;
  readonly gateway: Gateway;
  readonly events: EventLog;
  readonly logged: readonly unknown[];
  /** The conversations of account `one` as a call would find them; may be changed. */
  readonly rows: Map<string, Conversation>;
  /** Every conversation that was asked for, in order. */
  readonly asked: readonly string[];
  take(news: readonly News[]): Promise<void>;
  /** A message that came into a conversation of account `one`. */
  say(text: string, conversation?: string): Promise<void>;
  /** A fact of any kind. */
  happen(fact: Fact, event?: Partial<ConversationEvent>): Promise<void>;
  close(): Promise<void>;
}

export interface DeskOptions {
  readonly clock?: () => number;
  readonly retention?: Retention;
  /** Of another gateway that stands beside this one. */
  readonly events?: EventLog;
  /** In the place of the log the gateway would listen to. */
  readonly hears?: (log: EventLog) => EventLog;
  readonly epoch?: string;
  /** Awaited before a conversation is found. */
  readonly finds?: () => Promise<void>;
  readonly port?: number;
  /** Who lets in whoever asks; absent, everybody is let in. */
  readonly doorkeeper?: Doorkeeper;
  /** What each may have and ask for; absent, as much as they like. */
  readonly shares?: Shares;
  readonly trustProxy?: number;
  /** How long is waited for slow clients; absent, as is usual. */
  readonly patience?: Patience;
}

const ONE = providerName('one');

export function conversationNamed(nativeId: string): ConversationRef {
  return { provider: ONE, nativeId };
}

export function idOf(nativeId: string): string {
  return encodeId({ type: 'Conversation', conversation: conversationNamed(nativeId) });
}

export async function startDesk(options: DeskOptions = {}): Promise<Desk> {
  const {
    clock = Date.now,
    retention = { ageMs: 3_600_000, length: 100_000 },
    hears = (log) => log,
    epoch = 'e',
    finds = () => Promise.resolve(),
    port = 0,
    doorkeeper = openHouse(),
    shares,
    trustProxy = 0,
    patience,
  } = options;
  const events = options.events ?? memoryLog({ lanes: 3, retention, clock, epoch });
  const rows = new Map(rowsOf('one', 3).map((row) => [row.nativeId, row]));
  const asked: string[] = [];
  const { provider } = handMade({ name: 'one' });
  const logged: unknown[] = [];
  const note = (fields: object) => void logged.push(fields);
  const silent = { debug: () => undefined, info: () => undefined, warn: note, error: note };
  const gateway = openGateway({
    ledger: someLedger(),
    turnLeases: someLeases(),
    providers: [
      {
        ...provider,
        can: {
          ...provider.can,
          CONVERSATION_GET: {
            support: 'NATIVE',
            note: null,
            does: async ({ nativeId }): Promise<Outcome<Conversation>> => {
              asked.push(nativeId);
              await finds();
              const row = rows.get(nativeId);
              return row ? success(row) : failed({ kind: 'not-found', what: 'such conversation' });
            },
          },
        },
      },
      handMade({ name: 'two' }).provider,
    ],
    events: hears(events),
    cursorSecret: 'a secret of the tests',
    clock,
    log: silent,
  });
  const server = await startServer({
    clock,
    doorkeeper,
    gateway,
    log: silent,
    host: '127.0.0.1',
    port,
    examples: false,
    trustProxy,
    ...(shares && { shares }),
    ...(patience && { patience }),
  });
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    await server.close();
    await gateway.close();
  };
  onTestFinished(close);
  const ingest = openIngest({ events, clock });
  let told = 0;

  async function take(news: readonly News[]): Promise<void> {
    const taken = await ingest.take(news);
    if (!taken.ok) throw new Error(JSON.stringify(taken.failure));
  }

  return {
    url: server.url,
    gateway,
    events,
    logged,
    rows,
    asked,
    take,
    say: (text, conversation) =>
      take([{ type: 'message', message: aMessage(text, { conversation }), tags: null }]),
    async happen(fact, event = {}) {
      told += 1;
      const conversation = conversationNamed('one-0');
      await events.append([
        { event: { conversation, at: new Date(0), tags: null, ...event, fact }, once: [`${told}`] },
      ]);
    },
    close,
  };
}

export function aMessage(
  text: string,
  {
    conversation = 'one-0',
    ...said
  }: { conversation?: string | undefined } & Partial<Omit<Message, 'conversation'>> = {},
): Message {
  return {
    conversation: conversationNamed(conversation),
    nativeId: `message ${text.slice(0, 50)}`,
    derivedId: false,
    role: 'USER',
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: null,
    text,
    content: { type: 'text', text },
    citations: [],
    rating: null,
    attachments: [],
    tags: [],
    createdAt: new Date('2026-03-02T10:00:00.000Z'),
    updatedAt: null,
    native: null,
    raw: null,
    ...said,
  };
}

export type Transport = 'WebSocket' | 'SSE';
export const TRANSPORTS: readonly Transport[] = ['WebSocket', 'SSE'];

export interface Listening {
  /** The next event, by the name of the field that was subscribed to left out; throws what `errors` says. */
  next(): Promise<unknown>;
  /** The next answer as it came; undefined once it is over. */
  answer(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Once it is sure that nothing from now on is missed: the query has to `confirm`, or to be given up on. */
export async function listen(
  transport: Transport,
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Listening> {
  const listening = ask(transport, url, query, variables);
  const first = await listening.next();
  if (at(first, '__typename') !== 'Listening')
    throw new Error(`told first: ${JSON.stringify(first)}`);
  return listening;
}

export function ask(
  transport: Transport,
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
): Listening {
  const { results, dispose } = clientOf(transport, url, { query, variables });
  onTestFinished(dispose);
  async function answer(): Promise<unknown> {
    const result = await results.next();
    return result.done ? undefined : result.value;
  }
  return {
    answer,
    async next() {
      const said = await answer();
      if (at(said, 'errors') !== undefined) throw new Error(JSON.stringify(said));
      return at(said, 'data') && Object.values(Object(at(said, 'data')))[0];
    },
    async stop() {
      await results.return?.();
      await dispose();
    },
  };
}

function clientOf(
  transport: Transport,
  url: string,
  request: { query: string; variables: Record<string, unknown> },
) {
  if (transport === 'SSE') {
    const client = createSseClient({ url: `${url}/graphql`, retryAttempts: 0 });
    return {
      results: client.iterate(request),
      dispose: () => Promise.resolve(client.dispose()),
    };
  }
  const client = createWebSocketClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  return { results: client.iterate(request), dispose: async () => client.dispose() };
}

/** `added: <text>`, `gap: <reason>`, or the name of the type. */
export function brief(event: unknown): string {
  switch (at(event, '__typename')) {
    case 'MessageAdded':
      return `added: ${textAt(event, 'message.text').slice(0, 50)}`;
    case 'Gap':
      return `gap: ${textAt(event, 'reason')}`;
    default:
      return String(at(event, '__typename'));
  }
}
