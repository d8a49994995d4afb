// Gateways behind a balancer are begun anew one after the other while people ask, write and listen; nobody is to notice.

import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startWorld, type World } from '../../emulators/world.ts';
import { type KeepingClient, keepAfter } from '../../src/client/keep-after.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { startGateway } from '../chaos/gateways.ts';
import { realTime } from '../chaos/time.ts';
import { at } from '../support/answer.ts';
import { startBalancer } from './balancer.ts';

export interface RollingRun {
  /** How often each gateway is begun anew. */
  readonly rounds: number;
  readonly redisUrl: string;
  readonly leaveAfterMs: number;
  /** How a gateway is begun; absent, as in a checkout. */
  readonly command?: readonly string[];
  readonly note?: (line: string) => void;
}

export interface RollingOutcome {
  /** Whatever was answered otherwise than it should be. */
  readonly failed: readonly string[];
  readonly asked: number;
  readonly written: number;
  /** How each gateway ended, every time. */
  readonly codes: readonly (number | null)[];
  /** What somebody was not told, was told twice, or was told as a gap. */
  readonly amiss: readonly string[];
  /** What its service does not have exactly once. */
  readonly doubled: readonly string[];
  /** How often somebody had to connect again. */
  readonly reconnected: number;
}

const GATEWAYS = 2;
/** Until the last message was told to the last. */
const PATIENCE_MS = 20_000;

export async function runRolling(run: RollingRun): Promise<RollingOutcome> {
  const time = realTime();
  const note = run.note ?? (() => undefined);
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const world = await startWorld({ count: 6 });
    closing.push(() => world.close());
    const parts = {
      credentials: world.credentials,
      redisUrl: run.redisUrl,
      server: { leaveAfterMs: run.leaveAfterMs },
      ...(run.command && { command: run.command }),
    };
    const gateways = await Promise.all(Array.from({ length: GATEWAYS }, () => startGateway(parts)));
    for (const gateway of gateways) closing.push(() => gateway.close());
    const balancer = await startBalancer(gateways.map(({ url }) => url));
    closing.push(() => balancer.close());
    const allReady = async () => {
      while (balancer.ready() < GATEWAYS) await time.pause(20);
    };
    await allReady();

    const failed: string[] = [];
    const codes: (number | null)[] = [];
    const over = new AbortController();
    const listeners = [
      ...[0, 1].map((index) => listen(`WebSocket ${index}`, webSockets(balancer.url))),
      ...[0, 1].map((index) => listen(`SSE ${index}`, streams(balancer.url))),
    ];
    closing.push(async () => listeners.forEach(({ leave }) => leave()));
    await Promise.all(listeners.map(({ listening }) => listening));

    let asked = 0;
    const written: string[] = [];
    const work = async (name: string, pauseMs: number, act: (count: number) => Promise<string>) => {
      for (let count = 0; !over.signal.aborted; count += 1) {
        const said = await act(count).catch((error: unknown) => inWords(error));
        asked += 1;
        if (said !== '') failed.push(`${name} ${count}: ${said}`);
        await time.pause(pauseMs, over.signal);
      }
    };
    const working = [
      ...[0, 1, 2].map((index) => work(`query ${index}`, 40, () => look(balancer.url))),
      ...placesIn(world).map(({ name, conversation }, index) =>
        work(name, 60, async (count) => {
          const text = `${OURS} ${index}/${count}`;
          written.push(text);
          return write(balancer.url, {
            conversationId: conversation,
            text,
            expectReply: false,
            ...(index % 2 === 0 ? { idempotencyKey: text } : {}),
          });
        }),
      ),
    ];

    for (let round = 0; round < run.rounds; round += 1) {
      for (const [index, gateway] of gateways.entries()) {
        codes.push(await gateway.leave());
        await gateway.restart();
        await allReady();
        note(`round ${round + 1}: gateway ${index + 1} ended with ${codes.at(-1)} and is back`);
      }
    }
    over.abort();
    await Promise.all(working);

    const until = time.now() + PATIENCE_MS;
    const lacks = () => listeners.some(({ told }) => written.some((text) => !told.includes(text)));
    while (lacks() && time.now() < until) await time.pause(50);
    const kept = textsIn(world);
    return {
      failed,
      asked,
      codes,
      written: written.length,
      amiss: listeners.flatMap(({ name, told, amiss }) => [
        ...amiss.map((what) => `${name}: ${what}`),
        ...written.flatMap((text) => {
          const times = told.filter((one) => one === text).length;
          return times === 1 ? [] : [`${name}: ${text} was told ${times} times`];
        }),
      ]),
      doubled: written.flatMap((text) => {
        const times = kept.filter((one) => one === text).length;
        return times === 1 ? [] : [`${text} is there ${times} times`];
      }),
      reconnected: listeners.reduce((sum, { connections }) => sum + connections() - 1, 0),
    };
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

const OURS = 'rolling';
const LISTEN = `subscription ($after: String) {
  messageAdded(after: $after, confirm: true) {
    __typename
    ... on Event { cursor }
    ... on MessageAdded { message { text } }
    ... on Gap { reason }
  }
}`;

interface Door {
  readonly client: KeepingClient;
  connections(): number;
}

/** As a page would have it, but that it comes back sooner. */
const SOON = { retryAttempts: Number.MAX_SAFE_INTEGER, retryWait: () => realTime().pause(50) };

function webSockets(url: string): Door {
  let connections = 0;
  const client = createWebSocketClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    ...SOON,
    on: { connected: () => (connections += 1) },
  });
  return { client: keepAfter(client), connections: () => connections };
}

function streams(url: string): Door {
  let connections = 0;
  const client = createSseClient({
    url: `${url}/graphql`,
    ...SOON,
    fetchFn: (...asked: Parameters<typeof fetch>) => {
      connections += 1;
      return fetch(...asked);
    },
  });
  return { client: keepAfter(client), connections: () => connections };
}

function listen(name: string, { client, connections }: Door) {
  const told: string[] = [];
  const amiss: string[] = [];
  const { promise: listening, resolve } = deferred();
  const leave = client.subscribe(
    { query: LISTEN },
    {
      next(said) {
        const event = at(said, 'data.messageAdded');
        const text = at(event, 'message.text');
        if (at(event, '__typename') === 'Listening') resolve();
        else if (typeof text !== 'string') amiss.push(JSON.stringify(said));
        else if (text.startsWith(OURS)) told.push(text);
      },
      error: (error) => amiss.push(inWords(error)),
      complete: () => undefined,
    },
  );
  return { name, told, amiss, listening, leave, connections };
}

/** What was wrong with the answer; nothing, as a rule. */
async function look(url: string): Promise<string> {
  const said = await answerOf(
    url,
    '{ conversations(first: 5) { nodes { id title } sources { status } } }',
  );
  const sources = at(said, 'data.conversations.sources');
  const isGood =
    Array.isArray(sources) && sources.every((source) => at(source, 'status') !== 'FAILED');
  return isGood ? '' : JSON.stringify(said);
}

async function write(url: string, input: object): Promise<string> {
  const said = await answerOf(
    url,
    `mutation ($input: SendMessageInput!) {
      sendMessage(input: $input) {
        ... on SendMessagePayload { delivery }
        ... on Error { code message }
      }
    }`,
    { input },
  );
  return at(said, 'data.sendMessage.delivery') === 'SENT' ? '' : JSON.stringify(said);
}

async function answerOf(url: string, query: string, variables: object = {}): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}

/** Where nobody answers by itself. */
function placesIn({ botpress, chatbotkit, stackAuth }: World) {
  const webchat = [...botpress.store.conversations.values()]
    .filter(({ integration }) => integration === 'webchat')
    .map(({ id }) => id);
  return (
    [
      ['website', webchat],
      ['assistant', [...chatbotkit.store.conversations.keys()]],
      ['support', [...stackAuth.store.conversations.keys()]],
    ] as const
  ).flatMap(([account, ids]) =>
    ids.slice(0, 2).map((nativeId) => ({
      name: `write to ${account}`,
      conversation: encodeId({
        type: 'Conversation',
        conversation: { provider: providerName(account), nativeId },
      }),
    })),
  );
}

function textsIn({ botpress, chatbotkit, stackAuth }: World): readonly string[] {
  return [
    ...[...botpress.store.messages.values()].map(({ payload }) => String(payload['text'])),
    ...[...chatbotkit.store.messages.values()].map(({ text }) => text),
    ...[...stackAuth.store.messages.values()].flatMap((all) => all.map(({ body }) => body ?? '')),
  ];
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
