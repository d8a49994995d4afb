// A gateway that reaches one account through what can be cut, ways of sending to it, and what is stored of it.

import { randomUUID } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../emulators/world.ts';
import { compose, type Parlance } from '../../src/compose.ts';
import type { ProviderConfig } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';
import { decodeId, encodeId, providerName } from '../../src/domain/ids.ts';
import { everybody } from '../../src/sandbox.ts';
import { type AccountName, emulatorOf } from '../support/accounts.ts';
import { standingAt } from '../support/attempts.ts';
import { type Cutting, startCutting } from '../support/cutting.ts';
import { listen } from '../support/desk.ts';
import { mutate } from '../support/mutations.ts';
import { ask } from '../support/parlance.ts';

/** One way to send to one account, for each way there is to find a message again. */
export interface Way {
  readonly title: string;
  readonly account: AccountName | 'partner';
  /** Of the send. */
  readonly more: object;
  readonly method: 'POST' | 'PATCH';
  /** Whether the bot declares a tag for it. */
  readonly tag?: true;
}

export const WAYS: readonly Way[] = [
  { title: 'website', account: 'website', more: {}, method: 'POST' },
  {
    title: 'website, whose bot declares a tag for it,',
    account: 'website',
    more: {},
    method: 'POST',
    tag: true,
  },
  { title: 'help', account: 'help', more: {}, method: 'POST' },
  { title: 'assistant, in a turn,', account: 'assistant', more: {}, method: 'POST' },
  {
    title: 'assistant, in a row,',
    account: 'assistant',
    more: { name: 'A question' },
    method: 'POST',
  },
  { title: 'partner, in a turn,', account: 'partner', more: {}, method: 'POST' },
  { title: 'partner, in a row,', account: 'partner', more: { name: 'A question' }, method: 'POST' },
  { title: 'support, in a reply,', account: 'support', more: {}, method: 'PATCH' },
  { title: 'support, in a note,', account: 'support', more: { kind: 'NOTE' }, method: 'PATCH' },
];

export const TEXT = 'Any news of my order?';

export interface Patience {
  readonly deadlineMs: number;
  readonly replyDeadlineMs: number;
}

/** What is not there after twice the second of these is believed not to come. */
const PATIENCE: Patience = { deadlineMs: 5000, replyDeadlineMs: 1000 };

export interface Scene {
  readonly world: World;
  readonly cutting: Cutting;
  readonly conversation: string;
  readonly gateway: Running;
  /** One more that is told the same. */
  another(): Promise<Running>;
  /** How many messages of this text its service has. */
  stored(text?: string): number;
}

export interface Running extends Pick<Parlance, 'url' | 'events' | 'close'> {
  send(input?: object): Promise<unknown>;
  /** From now on, what became of what was in doubt. */
  settlings(): Promise<Settlings>;
}

export interface Settlings {
  next(): Promise<unknown>;
}

export interface SceneOptions {
  readonly patience?: Patience;
  /** Whether what it remembers is in Redis; else it is in the process. */
  readonly redis?: boolean;
}

export async function sendingScene(way: Way, options: SceneOptions = {}): Promise<Scene> {
  const { patience = PATIENCE, redis = false } = options;
  const world = await startWorld({ count: 2 });
  onTestFinished(() => world.close());
  const behind =
    way.account === 'partner' ? world.pinkfish.url : emulatorOf(world, way.account).url;
  const cutting = await startCutting(behind);
  const prefix = `test:${randomUUID()}:`;

  function through(account: ProviderConfig): ProviderConfig {
    if (account.name !== way.account) return account;
    const found = { ...account, ...patience, url: cutting.url };
    return found.kind === 'botpress' && way.tag ? { ...found, idempotencyTag: 'attempt' } : found;
  }

  async function start(): Promise<Running> {
    const quiet = () => undefined;
    const { url, events, close } = await compose(
      {
        kind: 'sandbox',
        providers: everybody(world.credentials).map(through),
        server: { host: '127.0.0.1', port: 0 },
        ...(redis && { redis: { url: secret(inject('redisUrl')), prefix } }),
        log: { level: 'silent' },
      },
      {
        clock: Date.now,
        randomSecret: () => 'a secret of the tests',
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      },
    );
    let open = true;
    const closeOnce = async () => {
      if (open) await close();
      open = false;
    };
    onTestFinished(closeOnce);
    const send = (input: object = {}) =>
      mutate({ ask: (query, variables) => ask(url, query, variables) }, 'sendMessage', {
        conversationId: conversation,
        text: TEXT,
        ...way.more,
        ...input,
      });
    return {
      url,
      events,
      close: closeOnce,
      send,
      settlings: () => listen('WebSocket', url, SETTLED, { conversation }),
    };
  }

  const conversation = idFor(way.account, world);
  const gateway = await start();
  // A tag is trusted once it has come back.
  if (way.tag) await gateway.send({ text: 'Good morning.' });
  return {
    world,
    cutting,
    conversation,
    gateway,
    another: start,
    stored: (text = TEXT) => textsAt(world, way.account).filter((one) => one === text).length,
  };
}

export const SETTLED = `subscription ($conversation: ID) {
  conversationEvents(
    conversationId: $conversation, confirm: true, filter: { kinds: [DELIVERY_SETTLED] }
  ) {
    __typename
    ... on Listening { cursor }
    ... on DeliverySettled { idempotencyKey delivery message { text } }
  }
}`;

/** Through Pinkfish the same conversations are of another account. */
function idFor(account: Way['account'], world: World): string {
  const id = standingAt(world, account === 'partner' ? 'assistant' : account);
  const known = decodeId(id);
  if (known?.type !== 'Conversation') throw new Error('there is no conversation to send to');
  const { nativeId } = known.conversation;
  const provider = providerName(account);
  return encodeId({ type: 'Conversation', conversation: { provider, nativeId } });
}

export function textsAt(world: World, account: Way['account']): unknown[] {
  switch (account) {
    case 'website':
      return [...world.botpress.store.messages.values()].map(({ payload }) => payload['text']);
    case 'help':
      return [...world.chatling.store.conversations.values()].flatMap(({ messages }) =>
        messages.map(({ text }) => text),
      );
    case 'assistant':
    case 'partner':
      return [...world.chatbotkit.store.messages.values()].map(({ text }) => text);
    case 'support':
      return [...world.stackAuth.store.messages.values()].flat().map(({ body }) => body);
  }
}
