// The accounts behind the gateway: what each can do, and how it is doing.

import { encodeId, type ProviderName, providerName } from '../src/domain/ids.ts';
import {
  type Support as DomainSupport,
  type Verb as DomainVerb,
  VERBS,
} from '../src/domain/verb.ts';
import type { Gateway } from '../src/gateway/gateway.ts';
import type { Health } from '../src/gateway/health.ts';
import type { Provider as DomainProvider } from '../src/providers/provider.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { ErrorInterface, shownError } from './error.ts';
import { errorOf } from './failure.ts';
import { Visibility } from './message-words.ts';
import { MessageRole } from './participant.ts';

export const Verb = builder.enumType('Verb', {
  description: 'One thing a provider may be able to do.',
  values: {
    CONVERSATION_LIST: { description: 'Lists its conversations: its part in `conversations`.' },
    CONVERSATION_GET: { description: 'Gives one conversation by its id.' },
    CONVERSATION_CREATE: { description: 'Begins a conversation: `createConversation`.' },
    CONVERSATION_GET_OR_CREATE: {
      description: 'Finds a conversation or begins it: `getOrCreateConversation`.',
    },
    CONVERSATION_UPDATE: { description: 'Changes a conversation: `updateConversation`.' },
    CONVERSATION_DELETE: { description: 'Deletes a conversation: `deleteConversation`.' },
    MESSAGE_LIST: { description: 'Lists the messages of a conversation.' },
    MESSAGE_GET: { description: 'Gives one message by its id.' },
    MESSAGE_SEND: { description: 'Writes a message into a conversation: `sendMessage`.' },
    MESSAGE_UPDATE: { description: 'Changes a message: `updateMessage`.' },
    MESSAGE_DELETE: { description: 'Deletes a message: `deleteMessage`.' },
    MESSAGE_RATE: { description: 'Rates an answer: `rateMessage`.' },
    REPLY_REQUEST: { description: 'Lets its bot answer what is already there: `requestReply`.' },
    REPLY_STREAM: {
      description: 'Gives an answer of its bot piece by piece, while it is written.',
    },
    CONVERSATION_COMPLETE: {
      description: 'Answers a conversation that is stored nowhere: `completeConversation`.',
    },
    CONTACT_UPSERT: { description: 'Keeps a person outside: `upsertContact`.' },
    PARTICIPANT_LIST: { description: 'Lists who takes part in a conversation.' },
    PARTICIPANT_ADD: { description: 'Lets somebody take part: `addParticipant`.' },
    PARTICIPANT_REMOVE: { description: 'Takes somebody out: `removeParticipant`.' },
    ATTACHMENT_UPLOAD: { description: 'Takes a file into a conversation: `uploadAttachment`.' },
    SESSION_CREATE: {
      description: 'Lets a browser speak to it directly: `createConversationSession`.',
    },
  } satisfies Record<DomainVerb, object>,
});

const Support = builder.enumType('Support', {
  description: 'How well a provider can do something.',
  values: {
    NATIVE: { description: 'It has this itself.' },
    EMULATED: { description: 'The gateway makes it of other things the provider has.' },
    NONE: { description: 'It cannot, and is not asked.' },
  } satisfies Record<DomainSupport, object>,
});

const Capability = builder
  .objectRef<{ verb: DomainVerb; entry: DomainProvider['can'][DomainVerb] }>('Capability')
  .implement({
    description: 'Whether and how a provider can do one thing.',
    fields: (t) => ({
      verb: t.expose('verb', { type: Verb, description: 'What it is about.' }),
      support: t.field({
        type: Support,
        description: 'How well the provider can do it.',
        resolve: ({ entry }) => entry.support,
      }),
      note: t.string({
        nullable: true,
        description: 'Why not or how, where that may surprise.',
        resolve: ({ entry }) => entry.note,
      }),
      fields: t.stringList({
        description: 'Which fields of the input it takes, by their names.',
        resolve: ({ entry }) => ('fields' in entry ? [...entry.fields] : []),
      }),
      roles: t.field({
        type: [MessageRole],
        description: 'For sending: the roles it can write as, the natural one first.',
        resolve: ({ entry }) => ('roles' in entry ? [...entry.roles] : []),
      }),
      visibilities: t.field({
        type: [Visibility],
        description: 'For sending: who may see what is written.',
        resolve: ({ entry }) => ('visibilities' in entry ? [...entry.visibilities] : []),
      }),
      contentKinds: t.stringList({
        description: 'For sending: which contents it takes, by the names of `MessageContentInput`.',
        resolve: ({ entry }) => ('contentKinds' in entry ? [...entry.contentKinds] : []),
      }),
    }),
  });

const HealthState = builder.enumType('ProviderHealthState', {
  description: 'How a provider has been answering.',
  values: {
    UP: { description: 'The last call to it was answered.' },
    DEGRADED: { description: 'It answers, and turns this gateway away.' },
    DOWN: { description: 'It did not answer the last call.' },
  } satisfies Record<Health['state'], object>,
});

type ShownHealth = ReturnType<Gateway['health']>;

const RateLimit = builder.objectRef<NonNullable<ShownHealth['rateLimit']>>('RateLimit').implement({
  description:
    'How much a provider still takes, as it said itself or as its answers taught; the scarcest where it counts calls of several sorts apart.',
  fields: (t) => ({
    limit: t.exposeInt('limit', {
      nullable: true,
      description: 'How many calls it takes in one of its windows, where that is known.',
    }),
    remaining: t.exposeInt('remaining', {
      nullable: true,
      description:
        'How many of them are left for all gateways together, where that is known; a tenth is kept for writes.',
    }),
    resetsAt: t.expose('resetsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it takes more again, where that is known.',
    }),
    restsUntil: t.expose('restsUntil', {
      type: 'DateTime',
      nullable: true,
      description:
        'Until when no gateway asks it anything, because it said that it was asked too much; try again then.',
    }),
  }),
});

const ProviderHealth = builder.objectRef<ShownHealth>('ProviderHealth').implement({
  description: 'How a provider has been doing, judged by the calls made to it; asking costs none.',
  fields: (t) => ({
    state: t.expose('state', { type: HealthState, description: 'The state it is in.' }),
    since: t.expose('since', { type: 'DateTime', description: 'Since when.' }),
    lastError: t.field({
      type: ErrorInterface,
      nullable: true,
      description:
        'What went wrong last, also when it has been well since; null for whoever has no scope `admin`.',
      resolve: ({ lastFailure }) => lastFailure && shownError(lastFailure),
    }),
    retryAt: t.expose('retryAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When it may be tried again: where it says, or where it failed too often and is left in peace until then.',
    }),
    rateLimit: t.expose('rateLimit', {
      type: RateLimit,
      nullable: true,
      description:
        'What is left of its rate limit, as this gateway heard last; null where nothing is known of one.',
    }),
  }),
});

export const Provider = builder.loadableNodeRef('Provider', {
  id: { resolve: providerIdOf, description: 'The global id of this provider.' },
  toKey: providerIdOf,
  // An id that names none is an error in its place, and takes nothing from those beside it.
  load: (ids: string[], { gateway }) =>
    Promise.resolve(
      ids.map(
        (id) =>
          gateway.providers.find((provider) => providerIdOf(provider) === id) ??
          errorOf({ kind: 'not-found', what: 'such provider here' }),
      ),
    ),
});

Provider.implement({
  description: 'One account at a conversation service, as its operator configured it.',
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'can' in value,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name its operator gave it.' }),
    kind: t.exposeString('kind', {
      description: 'Which service it is: `botpress`, `chatling`, `chatbotkit` or `stack-auth`.',
    }),
    capabilities: t.field({
      type: [Capability],
      description: 'What it can do, one entry for every verb.',
      complexity: { field: 0, multiplier: VERBS.length },
      resolve: ({ can }) => VERBS.map((verb) => ({ verb, entry: can[verb] })),
    }),
    health: t.field({
      type: ProviderHealth,
      description: 'How it has been doing.',
      resolve: ({ name }, _args, { gateway }) => gateway.health(name),
    }),
  }),
});

builder.queryFields((t) => ({
  providers: t.field({
    type: [Provider],
    description: 'Every provider that is configured, in the order of the config.',
    complexity: (_args, { gateway }) => ({ field: 0, multiplier: gateway.providers.length }),
    resolve: (_root, _args, { gateway }) => [...gateway.providers],
  }),
  provider: t.field({
    type: Provider,
    nullable: true,
    description: 'One provider by the name its operator gave it.',
    args: { name: t.arg.string({ required: true, description: 'The name in the config.' }) },
    resolve: (_root, { name }, context) => providerNamed(providerName(name), context),
  }),
}));

export function providerNamed(name: ProviderName, { gateway }: Context): DomainProvider {
  const provider = gateway.provider(name);
  if (provider) return provider;
  throw errorOf({ kind: 'not-found', what: `provider named ${name}` });
}

function providerIdOf({ name }: DomainProvider): string {
  return encodeId({ type: 'Provider', provider: name });
}
