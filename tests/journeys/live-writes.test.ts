// What is written through the gateway is an event at once, and one event, on whatever road it is met again.

import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type WorldOptions } from '../../emulators/world.ts';
import { compose } from '../../src/compose.ts';
import { secret } from '../../src/config/secret.ts';
import type { ConversationEvent, Missed, News } from '../../src/domain/event.ts';
import { type ConversationRef, encodeId, providerName } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import { accounts } from '../../src/sandbox.ts';
import { operation } from '../gateway/hand-made.ts';
import { valueOf } from '../state/event-log.ts';
import { ACCOUNTS } from '../support/accounts.ts';
import { textAt } from '../support/answer.ts';
import { attemptsAt } from '../support/attempts.ts';
import { appendedTo } from '../support/event-log.ts';
import { type MutationName, mutate } from '../support/mutations.ts';
import { ask } from '../support/parlance.ts';

/** The four, and ChatBotKit once more through Pinkfish. */
const FIVE = [...ACCOUNTS, 'partner'] as const;
type Five = (typeof FIVE)[number];

const PARTNER = providerName('partner');

type Told = ConversationEvent | Missed;

async function scene(account: Five, options: WorldOptions = {}) {
  const world = await startWorld({ count: 2, ...options });
  onTestFinished(() => world.close());
  const { url, clientId, clientSecret, orgId, pcid } = world.credentials.pinkfish;
  const known = accounts(world.credentials);
  const patience = { deadlineMs: 2500, replyDeadlineMs: 30_000 };
  const quiet = () => undefined;
  const parlance = await compose(
    {
      kind: 'sandbox',
      providers: [
        ...known,
        {
          ...patience,
          name: PARTNER,
          kind: 'chatbotkit',
          via: 'pinkfish',
          url,
          clientId,
          clientSecret: secret(clientSecret),
          orgId,
          pcid,
        },
      ],
      server: { host: '127.0.0.1', port: 0 },
      log: { level: 'silent' },
    },
    {
      clock: Date.now,
      randomSecret: () => 'a secret of the tests',
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
  );
  onTestFinished(() => parlance.close());
  const { gateway, events, ingest } = parlance;
  const provider = providerName(account);
  const asking = {
    ask: (query: string, variables?: object) => ask(parlance.url, query, variables),
  };

  /** Its payload, and nothing else, and what was told since the last write. */
  async function write(mutation: MutationName, input: object) {
    const before = (await appendedTo(events)).length;
    const result = await mutate(asking, mutation, input);
    expect(textAt(result, '__typename')).toMatch(/Payload$/);
    const told = await newSince(before);
    return { result, told, kinds: told.map(({ fact }) => fact.kind) };
  }

  async function newSince(count: number): Promise<readonly Told[]> {
    const all = await appendedTo(events);
    return all.slice(count);
  }

  const [from] = attemptsAt(account === 'partner' ? 'assistant' : account);
  if (!from) throw new Error('nothing is begun there');
  const begun = { ...from.input(world), provider: account };

  return {
    world,
    write,
    begun,
    events,
    /** A conversation that this gateway has begun, and told of. */
    async begin() {
      const { result, told } = await write('createConversation', begun);
      const nativeId = textAt(result, 'conversation.nativeId');
      const conversation: ConversationRef = { provider, nativeId };
      return { id: textAt(result, 'conversation.id'), conversation, told };
    },
    /** How many events come of it when all that was told is met again on every other road there is. */
    async met(told: readonly Told[]): Promise<number> {
      const [{ conversation }] = [told[0] ?? { conversation: { provider, nativeId: '' } }];
      const row = valueOf(await gateway.getConversation(conversation, operation()));
      const filter = { providers: [provider] };
      const page = await gateway.listConversations(
        { first: 100, after: null, filter },
        operation(),
      );
      const rows = [
        row,
        ...valueOf(page)
          .edges.map(({ node }) => node)
          .filter(({ nativeId }) => nativeId === conversation.nativeId),
      ];
      expect(rows).toHaveLength(2);
      const thread = await gateway.listMessages(
        row,
        { first: 100, after: null, includeHidden: true },
        operation(),
      );
      const ids = [
        ...new Set(
          told.flatMap(({ fact }) =>
            'message' in fact && fact.message ? [fact.message.nativeId] : [],
          ),
        ),
      ];
      const single = await Promise.all(
        ids.map(async (nativeId) =>
          valueOf(await gateway.getMessage({ conversation, nativeId }, operation())),
        ),
      );
      const listed = valueOf(thread).edges.map(({ node }) => node);
      const carried = rows.flatMap(({ embedded }) => embedded?.items ?? []);
      const again = [...listed, ...single, ...carried].filter(({ nativeId }) =>
        ids.includes(nativeId),
      );
      expect(again.length).toBeGreaterThanOrEqual(2 * ids.length);
      const news: News[] = [
        // A message may change its conversation, which nobody has told yet.
        ...(told.some(({ fact }) => 'row' in fact) ? rows : []).map(
          (one): News => ({ type: 'conversation', row: one }),
        ),
        ...again.map((message: Message): News => ({ type: 'message', message, tags: row.tags })),
      ];
      return valueOf(await ingest.take(news));
    },
    take: async (news: News) => valueOf(await ingest.take([news])),
  };
}

const CREATED = 'CONVERSATION_CREATED';
const ADDED = 'MESSAGE_ADDED';

/** What beginning a conversation tells, with the messages it begins with where its answer shows them. */
const BEGUN: Readonly<Record<Five, readonly string[]>> = {
  website: [CREATED],
  help: [CREATED, ADDED, ADDED],
  assistant: [CREATED],
  partner: [CREATED],
  support: [CREATED, ADDED],
};

describe.each(FIVE)('at %s', (account) => {
  it('a conversation that is begun is told once, with what it begins with', async () => {
    const { write, begun, met } = await scene(account);

    const { told, kinds } = await write('createConversation', begun);

    expect(kinds).toEqual(BEGUN[account]);
    expect(await met(told)).toBe(0);
  });

  it('a conversation that is got is told where it was not there, and not where it was', async () => {
    const { write, begun, world, met } = await scene(account);
    const getting = attemptsAt(account === 'partner' ? 'assistant' : account).find(
      ({ mutation }) => mutation === 'getOrCreateConversation',
    );
    const input = { ...begun, ...getting?.input(world), provider: account };

    const made = await write('getOrCreateConversation', input);
    const got = await write('getOrCreateConversation', input);

    expect(made.result).toMatchObject({ created: true });
    expect(made.kinds).toEqual(BEGUN[account]);
    expect(got.result).toMatchObject({ created: false });
    expect(got.kinds).toEqual([]);
    expect(await met(made.told)).toBe(0);
  });

  it('a change of a conversation is told each time, also back to what it was', async () => {
    const { write, begin, met } = await scene(account);
    const { id, told: begun } = await begin();
    const [one, other] = CHANGES[account];

    const first = await write('updateConversation', { id, ...one });
    const second = await write('updateConversation', { id, ...other });
    const third = await write('updateConversation', { id, ...one });

    expect([first, second, third].map(({ kinds }) => kinds)).toEqual([
      ['CONVERSATION_UPDATED'],
      ['CONVERSATION_UPDATED'],
      ['CONVERSATION_UPDATED'],
    ]);
    expect(await met([...begun, ...third.told])).toBe(0);
  });

  it.each(SENDINGS[account])('a message is told once: %s', async (_, input, count) => {
    const { write, begin, met } = await scene(account);
    const { id } = await begin();

    const { result, told, kinds } = await write('sendMessage', { conversationId: id, ...input });

    const added = kinds.filter((kind) => kind === ADDED);
    expect(added).toHaveLength(count);
    expect(told.find(({ fact }) => fact.kind === ADDED)).toMatchObject({
      fact: { message: { nativeId: textAt(result, 'sent.nativeId') } },
    });
    expect(await met(told)).toBe(0);
  });
});

describe('a message that is changed', () => {
  it.each(['website', 'assistant', 'partner'] as const)(
    'at %s is told each time, also back to what it was, and deleted once',
    async (account) => {
      const { write, begin, met, take } = await scene(account);
      const { id, conversation } = await begin();
      const sent = await write('sendMessage', { conversationId: id, ...TAGGED[account] });
      const message = { id: textAt(sent.result, 'sent.id') };
      const [one, other] = MESSAGE_CHANGES[account];

      const first = await write('updateMessage', { ...message, ...one });
      const second = await write('updateMessage', { ...message, ...other });
      const third = await write('updateMessage', { ...message, ...one });
      const again = await met(third.told);
      const deleted = await write('deleteMessage', message);

      expect([first, second, third, deleted].map(({ kinds }) => kinds)).toEqual([
        ['MESSAGE_UPDATED'],
        ['MESSAGE_UPDATED'],
        ['MESSAGE_UPDATED'],
        ['MESSAGE_DELETED'],
      ]);
      expect(again).toBe(0);
      const nativeId = textAt(sent.result, 'sent.nativeId');
      expect(await take({ type: 'message-deleted', message: { conversation, nativeId } })).toBe(0);
    },
  );

  it('by a rating at help is told each time, also back to none', async () => {
    const { write, begin, met } = await scene('help');
    const { id: conversationId } = await begin();
    const sent = await write('sendMessage', { conversationId, text: 'Where are the invoices?' });
    const id = textAt(sent.result, 'reply.id');

    const rated = [
      await write('rateMessage', { id, rating: 'HELPFUL' }),
      await write('rateMessage', { id, rating: null }),
      await write('rateMessage', { id, rating: 'HELPFUL' }),
    ];

    expect(rated.map(({ kinds }) => kinds)).toEqual([
      ['MESSAGE_UPDATED'],
      ['MESSAGE_UPDATED'],
      ['MESSAGE_UPDATED'],
    ]);
    expect(await met(rated[2]?.told ?? [])).toBe(0);
  });

  it('and was there long before is told as changed, not as added', async () => {
    const { write, world } = await scene('assistant');
    const [row] = world.chatbotkit.store.messages.values();
    const conversation = {
      provider: providerName('assistant'),
      nativeId: row?.conversationId ?? '',
    };
    const id = encodeId({ type: 'Message', message: { conversation, nativeId: row?.id ?? '' } });

    const { kinds } = await write('updateMessage', { id, text: 'Corrected' });

    expect(kinds).toEqual(['MESSAGE_UPDATED']);
  });
});

describe('a conversation that is deleted', () => {
  it.each(['website', 'help', 'assistant', 'partner'] as const)(
    'at %s is told once',
    async (account) => {
      const { write, begin, take } = await scene(account);
      const { id, conversation } = await begin();

      const { kinds } = await write('deleteConversation', { id });

      expect(kinds).toEqual(['CONVERSATION_DELETED']);
      expect(await take({ type: 'conversation-deleted', conversation })).toBe(0);
    },
  );
});

describe('a message at help', () => {
  it.each([
    ['gives the answer’s id away with the answer only', { chatMessageId: false }],
    ['gives no ids', { messageIds: false, chatMessageId: false }],
  ])('is told once where the service %s', async (_, chatling) => {
    const { write, begin, met } = await scene('help', { chatling });
    const { id: conversationId } = await begin();

    const { told, kinds } = await write('sendMessage', { conversationId, text: 'Any news?' });

    expect(kinds).toEqual([ADDED, ADDED]);
    expect(await met(told)).toBe(0);
  });

  it('whose row could not be read is left to whoever finds it', async () => {
    const { write, begin, world } = await scene('help', {
      chatling: { messageIds: false, chatMessageId: false },
    });
    const { id: conversationId } = await begin();
    world.chatling.inject({ kind: 'status', status: 500, match: { method: 'GET', path: '/v2' } });

    const { result, kinds } = await write('sendMessage', { conversationId, text: 'Any news?' });

    expect(result).toMatchObject({ delivery: 'SENT', sent: null, reply: { role: 'BOT' } });
    expect(kinds).toEqual([]);
  });
});

describe('a message at partner, where an answer comes whole', () => {
  it('is told with its answer as messages, and nothing besides', async () => {
    const { write, begin } = await scene('partner');
    const { id: conversationId } = await begin();

    const { kinds } = await write('sendMessage', { conversationId, ...WORDS, expectReply: true });

    expect(kinds).toEqual([ADDED, ADDED]);
  });
});

describe('a write whose answer was lost', () => {
  const path = '/api/v1/internal/conversations';

  it('is told where it is found', async () => {
    const { write, begin, world } = await scene('support');
    const { id: conversationId } = await begin();
    world.stackAuth.inject({
      kind: 'cut-after-accept',
      times: 1,
      match: { method: 'PATCH', path },
    });

    const { result, kinds } = await write('sendMessage', { conversationId, text: 'Any news?' });

    expect(result).toMatchObject({ delivery: 'SENT' });
    expect(kinds).toEqual(['MESSAGE_ADDED']);
  });

  it('tells nothing now where it cannot be looked for', async () => {
    const { write, begin, world } = await scene('support');
    const { id: conversationId } = await begin();
    world.stackAuth.inject({
      kind: 'cut-after-accept',
      times: 1,
      match: { method: 'PATCH', path },
    });
    world.stackAuth.inject({ kind: 'cut', match: { method: 'GET', path } });

    const { result, kinds } = await write('sendMessage', { conversationId, text: 'Any news?' });

    expect(result).toMatchObject({ delivery: 'UNKNOWN' });
    expect(kinds).toEqual([]);
  });
});

type Pair = readonly [object, object];

const TAGGINGS: Pair = [
  { tags: { set: [{ key: 'plan', value: 'pro' }] } },
  { tags: { set: [{ key: 'plan', value: 'free' }] } },
];

const CHANGES: Readonly<Record<Five, Pair>> = {
  website: TAGGINGS,
  help: [{ important: true }, { important: false, archived: true }],
  assistant: [{ title: 'Invoices' }, { title: 'Bills' }],
  partner: [{ title: 'Invoices' }, { title: 'Bills' }],
  support: [{ status: 'CLOSED' }, { status: 'OPEN' }],
};

const MESSAGE_CHANGES = {
  website: TAGGINGS,
  assistant: [{ text: 'One' }, { text: 'Other' }],
  partner: [{ text: 'One' }, { text: 'Other' }],
} satisfies Readonly<Partial<Record<Five, Pair>>>;

const WORDS = { text: 'Where are the **invoices**?' };
const TAGGED = {
  website: { ...WORDS, tags: [{ key: 'via', value: 'phone' }] },
  assistant: { ...WORDS, tags: [{ key: 'via', value: 'phone' }], name: 'A question' },
  partner: { ...WORDS, tags: [{ key: 'via', value: 'phone' }], name: 'A question' },
};

type Sending = readonly [title: string, input: object, added: number];

const AT_CHATBOTKIT = (own: object): readonly Sending[] => [
  ['words', WORDS, 1],
  ['words and their answer', { ...WORDS, expectReply: true }, 2],
  ['words with tags and a name', own, 1],
  ['a context', { ...WORDS, kind: 'CONTEXT' }, 1],
  ['the bot’s words', { ...WORDS, as: 'BOT' }, 1],
];

const SENDINGS: Readonly<Record<Five, readonly Sending[]>> = {
  website: [
    ['words', WORDS, 1],
    ['words with tags', TAGGED.website, 1],
    [
      'a choice',
      { content: { choice: { text: 'Which?', options: [{ label: 'A', value: 'a' }] } } },
      1,
    ],
    ['a picture', { content: { image: { url: 'https://example.com/a.png', title: 'A' } } }, 1],
    [
      'a payload',
      { botpress: { type: 'custom', payload: { text: 'Hi', deep: [1, { a: null }] } } },
      1,
    ],
  ],
  help: [['words and their answer', WORDS, 2]],
  assistant: AT_CHATBOTKIT(TAGGED.assistant),
  partner: AT_CHATBOTKIT(TAGGED.partner),
  support: [
    ['a reply', WORDS, 1],
    ['a note', { ...WORDS, kind: 'NOTE' }, 1],
  ],
};
