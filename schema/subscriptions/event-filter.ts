// Which events a client wants, and from where on.

import type { EventKind as DomainEventKind } from '../../src/domain/event.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { EventFilterAsked, EventsAsked } from '../../src/gateway/live/subscribe.ts';
import { builder } from '../builder.ts';
import { invalidInput } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { TagInput, tagsOf } from '../tag.ts';

const EventKind = builder.enumType('EventKind', {
  description: 'What an event tells: each is a type of its own.',
  values: {
    MESSAGE_ADDED: { description: 'A message came: `MessageAdded`.' },
    MESSAGE_UPDATED: { description: 'A message says something else now: `MessageUpdated`.' },
    MESSAGE_DELETED: { description: 'A message is gone: `MessageDeleted`.' },
    CONVERSATION_CREATED: { description: 'A conversation began: `ConversationCreated`.' },
    CONVERSATION_UPDATED: {
      description: 'A conversation itself is different, such as its status: `ConversationUpdated`.',
    },
    CONVERSATION_DELETED: { description: 'A conversation is gone: `ConversationDeleted`.' },
    REPLY_DELTA: { description: 'The next piece of an answer: `ReplyDelta`.' },
    REPLY_COMPLETED: { description: 'An answer is whole: `ReplyCompleted`.' },
    REPLY_FAILED: { description: 'An answer will not become whole: `ReplyFailed`.' },
    DELIVERY_SETTLED: {
      description: 'What became of a write whose answer was lost: `DeliverySettled`.',
    },
  } satisfies Record<DomainEventKind, object>,
});

const EventFilter = builder.inputType('EventFilter', {
  description: 'Which events; all that is given must hold. A gap is told whatever the filter.',
  fields: (t) => ({
    providers: t.stringList({ description: 'Names of providers; left out, all.' }),
    tags: t.field({
      type: [TagInput],
      description:
        'Tags the conversation must have. An event whose road does not tell the tags of its conversation is left out.',
    }),
    kinds: t.field({ type: [EventKind], description: 'Kinds of events; left out, all.' }),
    includeHidden: t.boolean({
      description:
        'Whether rows that steer a bot or tell of its work come too: context, instruction, backstory, reasoning, activity, checkpoint. Left out, they do not.',
    }),
  }),
});

/** The arguments of every subscription. */
export function eventArgs() {
  return builder.args((t) => ({
    conversationId: t.id({
      description: 'The one conversation to hear of; left out, all of them.',
    }),
    filter: t.field({ type: EventFilter, description: 'Which events; left out, all.' }),
    after: t.string({
      description:
        'The `cursor` of the last event you had, with the same conversation and filter: what you missed is told first. Left out, it begins now.',
    }),
    confirm: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether `Listening` is told first, with a cursor to come back with should the connection end before any event.',
    }),
  }));
}

interface EventArgs {
  readonly conversationId?: string | null | undefined;
  readonly filter?: typeof EventFilter.$inferInput | null | undefined;
  readonly after?: string | null | undefined;
  readonly confirm: boolean;
}

export function eventsAsked({ conversationId, filter, after, confirm }: EventArgs): EventsAsked {
  return {
    conversation:
      conversationId === null || conversationId === undefined
        ? null
        : conversationRefOf(conversationId, 'conversationId'),
    filter: filterOf(filter ?? {}),
    after: after ?? null,
    confirm,
  };
}

/** The same, of one kind only. */
export function eventsAskedOf(kind: DomainEventKind, args: EventArgs): EventsAsked {
  const asked = eventsAsked(args);
  const { kinds } = asked.filter;
  if (kinds && !kinds.includes(kind)) {
    throw invalidInput(
      'filter.kinds',
      `leaves out ${kind}, and nothing else is told here; leave kinds out, or subscribe to conversationEvents.`,
    );
  }
  return { ...asked, filter: { ...asked.filter, kinds: [kind] } };
}

/** In an order of its own: a cursor belongs to what was asked, however that was written down. */
function filterOf({
  providers,
  tags,
  kinds,
  includeHidden,
}: typeof EventFilter.$inferInput): EventFilterAsked {
  return {
    ...(providers ? { providers: providers.map(providerName) } : {}),
    ...(tags ? { tags: tagsOf(tags) } : {}),
    ...(kinds ? { kinds } : {}),
    includeHidden: includeHidden ?? false,
  };
}
