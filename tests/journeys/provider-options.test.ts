// `providerOptions`: handed on whole to a provider from outside this tree, and a mistake at every kind that has a group of its own.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.ts';
import { success } from '../../src/domain/failure.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import type { GenericOptions } from '../../src/domain/native.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { type Able, type Provider, unableTable } from '../../src/providers/provider.ts';
import { openHouse } from '../../src/security/doorkeeper.ts';
import { startServer } from '../../src/server/server.ts';
import { ACCOUNTS } from '../support/accounts.ts';
import { standingAt } from '../support/attempts.ts';
import { anEventLog } from '../support/event-log.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';
import { type MutationName, mutate } from '../support/mutations.ts';
import { ask, startParlance } from '../support/parlance.ts';
import { expectMistakes } from '../support/refused.ts';

const OPTIONS = { loud: true, nested: { list: [1, null, { deep: 'x' }] } };

describe('a provider from outside this tree', () => {
  it.each(['createConversation', 'getOrCreateConversation'] as const)(
    'is handed its options whole: %s',
    async (mutation) => {
      const echo = await startEcho();

      const result = await echo.mutate(mutation, { provider: 'echo', ...TAGGED });

      expect(result).toMatchObject({ conversation: { title: SAID } });
    },
  );

  it('is handed its options whole: updateConversation, with which nothing else need change', async () => {
    const echo = await startEcho();

    const result = await echo.mutate('updateConversation', { id: echo.conversation });

    expect(result).toMatchObject({ conversation: { title: SAID } });
  });

  it('is handed its options whole: sendMessage', async () => {
    const echo = await startEcho();

    const result = await echo.mutate('sendMessage', {
      conversationId: echo.conversation,
      text: 'Hello',
    });

    expect(result).toMatchObject({ sent: { text: SAID } });
  });

  it('is handed its options whole: updateMessage, with which nothing else need change', async () => {
    const echo = await startEcho();

    const result = await echo.mutate('updateMessage', { id: echo.message });

    expect(result).toMatchObject({ updated: { text: SAID } });
  });

  it('is handed its options whole: requestReply', async () => {
    const echo = await startEcho();

    const result = await echo.mutate('requestReply', { conversationId: echo.conversation });

    expect(result).toMatchObject({ reply: { text: SAID } });
  });

  it('is handed its options whole: completeConversation, and the files it takes', async () => {
    const echo = await startEcho();

    const result = await echo.mutate('completeConversation', {
      provider: 'echo',
      messages: [{ role: 'USER', text: 'Hello' }],
      attachments: [{ url: 'https://example.com/a.pdf' }],
    });

    expect(result).toMatchObject({
      text: JSON.stringify([OPTIONS, [{ url: 'https://example.com/a.pdf' }]]),
    });
  });

  it('takes no group of a kind that is known here', async () => {
    const echo = await startEcho();

    for (const [mutation, input] of [
      ['updateMessage', { id: echo.message, botpress: { payload: {} } }],
      ['requestReply', { conversationId: echo.conversation, chatBotKit: {} }],
    ] as const) {
      const result = await mutate(echo, mutation, input);

      expect(result).toMatchObject({
        __typename: 'InvalidInputError',
        message: expect.stringContaining('is for another kind of provider; echo is of-my-own'),
      });
    }
  });

  it('that took a text and did not keep it is reported by the name the client gave', async () => {
    const echo = await startEcho();

    const asText = await mutate(echo, 'updateMessage', { id: echo.message, text: 'Hello' });
    const asContent = await mutate(echo, 'updateMessage', {
      id: echo.message,
      content: { text: 'Hello' },
    });

    expect(asText).toMatchObject({ ignored: ['text'] });
    expect(asContent).toMatchObject({ ignored: ['content'] });
  });
});

describe('options for a provider of one’s own', () => {
  it.each(ACCOUNTS)(
    'are a mistake at %s, which has a group, and nobody is asked',
    async (account) => {
      const parlance = await startParlance({ count: 1 });
      const refused = {
        path: 'providerOptions',
        because: new RegExp(`for providers of your own; ${account} is .*: use the group`),
      };
      const options = { providerOptions: OPTIONS };
      const standing = standingAt(parlance.world, account);

      for (const [mutation, input] of [
        ['createConversation', { provider: account, message: 'Hello' }],
        ['getOrCreateConversation', { provider: account, message: 'Hello' }],
        ['updateConversation', { id: standing }],
        ['sendMessage', { conversationId: standing, text: 'Hello' }],
      ] as const) {
        await expectMistakes(parlance, mutation, [
          { input: { ...input, ...options }, ...refused },
          {
            input: { ...input, providerOptions: ['loud'] },
            path: 'providerOptions',
            because: /must be an object/,
          },
          {
            input: { ...input, ...options, botpress: {} },
            path: 'providerOptions',
            because: /is a second group/,
          },
        ]);
      }
    },
  );
});

/** What a provider says that repeats the options it was given. */
const SAID = JSON.stringify(OPTIONS);

const TAGGED = { tags: [{ key: 'order', value: '4711' }] };

/** A gateway with one provider, whose every answer is what it was given in its options. */
async function startEcho() {
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const gateway = openGateway({
    ledger: someLedger(),
    turnLeases: someLeases(),
    events: anEventLog(),
    providers: [ECHO],
    cursorSecret: 'a secret',
    clock: Date.now,
    log,
  });
  const server = await startServer({
    clock: Date.now,
    doorkeeper: openHouse(),
    gateway,
    log,
    host: '127.0.0.1',
    port: 0,
    examples: false,
  });
  onTestFinished(() => server.close());
  const asking = {
    ask: (query: string, variables?: object) => ask(server.url, query, variables),
  };
  return {
    ...asking,
    conversation: encodeId({ type: 'Conversation', conversation: CONVERSATION }),
    message: encodeId({
      type: 'Message',
      message: { conversation: CONVERSATION, nativeId: 'm1' },
    }),
    mutate: (mutation: MutationName, input: object) =>
      mutate(asking, mutation, { ...input, providerOptions: OPTIONS }),
  };
}

const CONVERSATION = { provider: providerName('echo'), nativeId: 'c1' };

type Options = GenericOptions | { readonly kind: string } | undefined;

function saying(options: Options): string {
  return JSON.stringify(options && 'data' in options ? options.data : null);
}

function conversationSaying(options: Options): Conversation {
  return {
    ...CONVERSATION,
    channel: null,
    title: saying(options),
    description: null,
    preview: null,
    status: null,
    priority: null,
    archived: null,
    important: null,
    tags: [],
    contact: null,
    assignee: null,
    messageCount: null,
    createdAt: null,
    updatedAt: null,
    lastActivityAt: null,
    sortedAt: new Date(0),
    embedded: null,
    native: null,
    raw: null,
  };
}

function messageSaying(options: Options): Message {
  const text = saying(options);
  return {
    conversation: CONVERSATION,
    nativeId: 'm1',
    derivedId: false,
    role: 'BOT',
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: null,
    text,
    content: { type: 'text', text },
    citations: [],
    rating: null,
    attachments: [],
    tags: [],
    createdAt: null,
    updatedAt: null,
    native: null,
    raw: null,
  };
}

const NATIVE = { support: 'NATIVE', note: null } as const;
const NATURES = { roles: ['USER', 'BOT'], kinds: ['MESSAGE'], contentKinds: ['text'] } as const;

const complete: Able<'CONVERSATION_COMPLETE'>['does'] = async (input) =>
  success({
    text: JSON.stringify([
      input.options?.kind === 'generic' ? input.options.data : null,
      'attachments' in input ? input.attachments : null,
    ]),
    usage: { tokens: null, endReason: null },
  });

const ECHO: Provider = {
  name: CONVERSATION.provider,
  kind: 'of-my-own',
  deadlineMs: 1000,
  replyDeadlineMs: 1000,
  can: {
    ...unableTable('It only repeats what it is given.'),
    CONVERSATION_GET: {
      ...NATIVE,
      does: async () => success(conversationSaying(undefined)),
    },
    CONVERSATION_CREATE: {
      ...NATIVE,
      fields: ['tags'],
      does: async ({ options }) => success(conversationSaying(options)),
    },
    CONVERSATION_GET_OR_CREATE: {
      ...NATIVE,
      fields: ['tags'],
      does: async ({ options }) =>
        success({ created: true, conversation: conversationSaying(options) }),
    },
    CONVERSATION_UPDATE: {
      ...NATIVE,
      fields: ['tags'],
      does: async ({ changes }) =>
        success({
          conversation: conversationSaying(changes.options),
          ignored: [],
          unfinished: null,
        }),
    },
    MESSAGE_SEND: {
      ...NATIVE,
      ...NATURES,
      fields: [],
      visibilities: ['PUBLIC'],
      replies: 'never',
      does: async ({ options }) =>
        success({ message: messageSaying(options), reply: null, usage: null, unfinished: null }),
    },
    MESSAGE_UPDATE: {
      ...NATIVE,
      ...NATURES,
      fields: ['content'],
      does: async ({ changes }) =>
        success({ message: messageSaying(changes.options), ignored: ['content'] }),
    },
    REPLY_REQUEST: {
      ...NATIVE,
      does: async ({ options }) =>
        success({ reply: messageSaying(options), usage: null, unfinished: null }),
    },
    CONVERSATION_COMPLETE: {
      ...NATIVE,
      ...NATURES,
      fields: ['attachments'],
      withheld: {},
      does: complete,
    },
  },
};
