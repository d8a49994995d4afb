// Everything that happens, as it happens.

import { builder } from '../builder.ts';
import { unwrap } from '../failure.ts';
import { Gap, Listening, shown } from './event.ts';
import { eventArgs, eventsAsked } from './event-filter.ts';
import {
  ConversationCreated,
  ConversationDeleted,
  ConversationUpdated,
  DeliverySettled,
  MessageAdded,
  MessageDeleted,
  MessageUpdated,
  ReplyCompleted,
  ReplyDelta,
  ReplyFailed,
  typeNameOf,
} from './event-types.ts';

const ConversationEvent = builder.unionType('ConversationEvent', {
  description: 'Something that happened, or word that something may have been missed.',
  types: [
    MessageAdded,
    MessageUpdated,
    MessageDeleted,
    ConversationCreated,
    ConversationUpdated,
    ConversationDeleted,
    ReplyDelta,
    ReplyCompleted,
    ReplyFailed,
    DeliverySettled,
    Gap,
    Listening,
  ],
  resolveType: typeNameOf,
});

builder.subscriptionField('conversationEvents', (t) =>
  t.field({
    type: ConversationEvent,
    description:
      'Everything that happens, that of one conversation in order. Over WebSocket (`graphql-transport-ws`) or SSE.',
    args: eventArgs(),
    subscribe: async (_root, args, { gateway, operation }) =>
      unwrap(await gateway.subscribe(eventsAsked(args), operation.signal)),
    resolve: (told) => shown(told),
  }),
);
