// A conversation, the merged list of them, and the part each provider had in it.

import type {
  Conversation as DomainConversation,
  ConversationPriority as DomainPriority,
  ConversationStatus as DomainStatus,
} from '../src/domain/conversation.ts';
import { encodeId } from '../src/domain/ids.ts';
import type { Message as DomainMessage } from '../src/domain/message.ts';
import type { Participant as DomainParticipant } from '../src/domain/participant.ts';
import type { EdgePage, FilterAsked, Source as GatewaySource } from '../src/gateway/lists/pages.ts';
import { builder } from './builder.ts';
import { DEFAULT_PAGE, inboxCost, pageCost } from './costs.ts';
import { ErrorInterface, shownError } from './error.ts';
import { unwrap } from './failure.ts';
import { conversationRefOf } from './global-id.ts';
import { ConversationNative, nativePart } from './native/conversation.ts';
import { Conversation, Message } from './nodes.ts';
import { type At, Contact, Participant } from './participant.ts';
import { Provider, providerNamed } from './provider.ts';
import { rawOf } from './raw.ts';
import { Tag, TagInput, tagsOf } from './tag.ts';

export const ConversationStatus = builder.enumType('ConversationStatus', {
  description: 'Where a conversation stands, at providers that keep track of it.',
  values: {
    OPEN: { description: 'Somebody has to answer.' },
    PENDING: { description: 'It waits for the person outside.' },
    CLOSED: { description: 'It is done.' },
    UNKNOWN: {
      description: 'A word of the provider that this gateway does not know; `native` has it.',
    },
  } satisfies Record<DomainStatus, object>,
});

export const ConversationPriority = builder.enumType('ConversationPriority', {
  description: 'How urgent a conversation is, at providers that rank them.',
  values: {
    LOW: { description: 'It can wait.' },
    NORMAL: { description: 'In its turn.' },
    HIGH: { description: 'Before others.' },
    URGENT: { description: 'Before everything else.' },
    UNKNOWN: {
      description: 'A word of the provider that this gateway does not know; `native` has it.',
    },
  } satisfies Record<DomainPriority, object>,
});

const MessageConnection = builder.connectionObject(
  { type: Message, name: 'MessageConnection', description: 'A page of messages, newest first.' },
  { name: 'MessageEdge', description: 'A message and its place in the list.' },
);

const ParticipantConnection = builder.connectionObject(
  {
    type: Participant,
    name: 'ParticipantConnection',
    description: 'A page of those who take part in a conversation, in their provider’s order.',
  },
  { name: 'ParticipantEdge', description: 'A participant and their place in the list.' },
);

Conversation.implement({
  description:
    'An exchange of messages at one provider. What a provider does not have is null: nothing is invented.',
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'sortedAt' in value,
  fields: (t) => ({
    nativeId: t.exposeString('nativeId', { description: "The provider's own id." }),
    provider: t.field({
      type: Provider,
      description: 'Where it is kept.',
      resolve: ({ provider }, _args, context) => providerNamed(provider, context),
    }),
    channel: t.exposeString('channel', {
      nullable: true,
      description: "The way it came in, in the provider's word: `slack`, `chat`, `email`.",
    }),
    title: t.exposeString('title', { nullable: true, description: 'What it is about.' }),
    description: t.exposeString('description', { nullable: true, description: 'More about it.' }),
    preview: t.exposeString('preview', {
      nullable: true,
      description: 'The beginning of its newest message, where the provider tells it in a list.',
    }),
    status: t.expose('status', {
      type: ConversationStatus,
      nullable: true,
      description: 'Where it stands; null where the provider has no such thing.',
    }),
    priority: t.expose('priority', {
      type: ConversationPriority,
      nullable: true,
      description: 'How urgent it is; null where the provider has no such thing.',
    }),
    archived: t.exposeBoolean('archived', {
      nullable: true,
      description: 'Whether it was put away; null where the provider has no such flag.',
    }),
    important: t.exposeBoolean('important', {
      nullable: true,
      description: 'Whether it was marked; null where the provider has no such flag.',
    }),
    tags: t.field({
      type: [Tag],
      description: 'The tags it has.',
      resolve: ({ tags }) => [...tags],
    }),
    tag: t.field({
      type: Tag,
      nullable: true,
      description: 'One tag by its name.',
      args: { key: t.arg.string({ required: true, description: 'The name of the tag.' }) },
      resolve: ({ tags }, { key }) => tags.find((tag) => tag.key === key) ?? null,
    }),
    contact: t.field({
      type: Contact,
      nullable: true,
      description: 'The person outside, where the provider says who.',
      resolve: ({ contact, provider }) => contact && { provider, person: contact },
    }),
    assignee: t.field({
      type: Participant,
      nullable: true,
      description: 'The colleague it was given to.',
      resolve: ({ assignee, provider }) => assignee && { provider, person: assignee },
    }),
    participants: t.field({
      type: ParticipantConnection,
      nullable: true,
      description:
        'Who takes part in it, at Botpress. Null, without an error, where its provider keeps no such list: read `contact` and `assignee`. Null, with an error, when the provider cannot give it; the conversation stands.',
      args: {
        first: t.arg.int({ defaultValue: DEFAULT_PAGE, description: 'How many, up to 100.' }),
        after: t.arg.string({ description: 'A cursor of an earlier page.' }),
      },
      complexity: pageCost('PARTICIPANT_LIST'),
      resolve: async (conversation, { first, after }, { gateway, operation }) => {
        const { provider } = conversation;
        const asked = { first: first ?? DEFAULT_PAGE, after: after ?? null };
        const page = unwrap(await gateway.listParticipants(conversation, asked, operation));
        return page && connectionOf(page, (person) => ({ provider, person }));
      },
    }),
    messages: t.field({
      type: MessageConnection,
      nullable: true,
      description:
        'Its messages, newest first. Null, with an error, when the provider cannot give them; the conversation stands.',
      args: {
        first: t.arg.int({ defaultValue: DEFAULT_PAGE, description: 'How many, up to 100.' }),
        after: t.arg.string({ description: 'A cursor of an earlier page.' }),
        includeHidden: t.arg.boolean({
          required: true,
          defaultValue: false,
          description:
            'Whether rows that steer a bot or tell of its work come too: context, instruction, backstory, reasoning, activity, checkpoint.',
        }),
      },
      complexity: pageCost('MESSAGE_LIST'),
      extensions: { calls: 'sharing' },
      resolve: async (conversation, { first, after, includeHidden }, { gateway, operation }) => {
        const asked = { first: first ?? DEFAULT_PAGE, after: after ?? null, includeHidden };
        const page = unwrap(await gateway.listMessages(conversation, asked, operation));
        return connectionOf(page, (message) => message);
      },
    }),
    messageCount: t.exposeInt('messageCount', {
      nullable: true,
      description: 'How many messages it has, where the provider counts them.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it began; null where unknown.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was changed last; null where the provider does not say.',
    }),
    lastActivityAt: t.expose('lastActivityAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When something was last said in it; null where the provider does not say.',
    }),
    sortedAt: t.expose('sortedAt', {
      type: 'DateTime',
      description:
        'The time it is listed by, which is its provider’s own: Botpress the last update, Stack Auth the last message, ChatBotKit the creation, Chatling the date its rows descend by.',
    }),
    native: t.field({
      type: ConversationNative,
      nullable: true,
      description: 'What only this provider has.',
      resolve: nativePart,
    }),
    raw: rawOf(t),
  }),
});

const SourceStatus = builder.enumType('SourceStatus', {
  description: 'How a provider took part in an answer.',
  values: {
    FRESH: {
      description: 'It was asked just now and answered; or an earlier page had all it has.',
    },
    CACHED: {
      description:
        'Its answer of a moment ago is shown again; nothing that it tells of is known to have changed since.',
    },
    STALE: {
      description:
        'Its answer is older, see `fetchedAt`: it is being asked again meanwhile, or it fails, and then `error` says why.',
    },
    SKIPPED: { description: 'It lacks what the filter asks for, and was not asked.' },
    FAILED: { description: 'It could not be had; what it has comes on a later page.' },
  } satisfies Record<GatewaySource['status'], object>,
});

const Source = builder.objectRef<GatewaySource>('Source').implement({
  description: 'One provider’s part in one merged answer.',
  fields: (t) => ({
    provider: t.field({
      type: Provider,
      description: 'The provider this is about.',
      resolve: ({ provider }, _args, context) => providerNamed(provider, context),
    }),
    status: t.expose('status', { type: SourceStatus, description: 'How it took part.' }),
    fetchedAt: t.expose('fetchedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When it was asked for the oldest part of this; null where it was not asked, or failed.',
    }),
    scanned: t.exposeInt('scanned', {
      nullable: true,
      description:
        'How many conversations were looked at, where the provider cannot filter itself; the next page looks further.',
    }),
    error: t.field({
      type: ErrorInterface,
      nullable: true,
      description: 'What went wrong, for FAILED; for STALE, why it is no newer.',
      resolve: ({ failure }) => failure && shownError(failure),
    }),
  }),
});

const ConversationConnection = builder.connectionObject(
  {
    type: Conversation,
    name: 'ConversationConnection',
    description:
      'A page of conversations of all providers, newest first by `sortedAt`. A walk over all pages shows every conversation that stood unchanged exactly once.',
    fields: (t) => ({
      sources: t.field({
        type: [Source],
        description: 'Every provider that was meant, and how it took part.',
        resolve: (connection) =>
          'sources' in connection && Array.isArray(connection.sources) ? connection.sources : [],
      }),
    }),
  },
  { name: 'ConversationEdge', description: 'A conversation and its place in the merged list.' },
);

const ConversationFilter = builder.inputType('ConversationFilter', {
  description: 'Which conversations; all that is given must hold.',
  fields: (t) => ({
    providers: t.stringList({ description: 'Names of providers; left out, all.' }),
    channel: t.string({ description: 'The way they came in, exactly.' }),
    contactId: t.string({ description: '`Contact.id`, or the provider’s own id of the person.' }),
    tags: t.field({ type: [TagInput], description: 'Tags they all must have.' }),
    status: t.field({ type: [ConversationStatus], description: 'Any of these.' }),
    archived: t.boolean({ description: 'Put away, or not.' }),
    important: t.boolean({ description: 'Marked, or not.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Begun then or later.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Begun then or earlier.' }),
    search: t.string({
      description:
        'Words in the subject, the preview or the contact; each provider looks where it can.',
    }),
  }),
});

builder.queryFields((t) => ({
  conversation: t.field({
    type: Conversation,
    nullable: true,
    description: 'One conversation by its id.',
    args: { id: t.arg.id({ required: true, description: 'Its global id.' }) },
    complexity: 1,
    resolve: (_root, { id }) =>
      encodeId({ type: 'Conversation', conversation: conversationRefOf(id, 'id') }),
  }),
  conversations: t.field({
    type: ConversationConnection,
    description:
      'The conversations of all providers, newest first by `sortedAt`. A provider that cannot be had is named in `sources` and costs nothing else.',
    args: {
      first: t.arg.int({ defaultValue: DEFAULT_PAGE, description: 'How many, up to 100.' }),
      after: t.arg.string({ description: 'A cursor of an earlier page, with the same filter.' }),
      filter: t.arg({ type: ConversationFilter, description: 'Which; left out, all.' }),
    },
    complexity: inboxCost,
    resolve: async (_root, { first, after, filter }, { gateway, operation }) => {
      const asked = {
        first: first ?? DEFAULT_PAGE,
        after: after ?? null,
        filter: filterOf(filter ?? {}),
      };
      const page = unwrap(await gateway.listConversations(asked, operation));
      return {
        ...connectionOf(page, (conversation) => conversation),
        sources: [...page.sources],
      };
    },
  }),
}));

function filterOf(input: typeof ConversationFilter.$inferInput): FilterAsked {
  const { tags, ...rest } = input;
  const given = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== null && value !== undefined),
  );
  return tags ? { ...given, tags: tagsOf(tags) } : given;
}

/** Cursors are sealed only where they are asked for. */
function connectionOf<T, Node extends DomainConversation | DomainMessage | At<DomainParticipant>>(
  { edges, hasNext, endCursor }: EdgePage<T>,
  nodeOf: (row: T) => Node,
) {
  return {
    edges: edges.map(({ node, cursor }) => ({
      node: nodeOf(node),
      get cursor() {
        return cursor();
      },
    })),
    pageInfo: {
      hasNextPage: hasNext,
      hasPreviousPage: false,
      get startCursor() {
        return edges[0]?.cursor() ?? null;
      },
      get endCursor() {
        return endCursor();
      },
    },
  };
}
