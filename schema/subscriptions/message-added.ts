// Messages as they come.

import { builder } from '../builder.ts';
import { unwrap } from '../failure.ts';
import { Gap, Listening, type Shown, shown } from './event.ts';
import { eventArgs, eventsAskedOf } from './event-filter.ts';
import { MessageAdded, typeNameOf } from './event-types.ts';

const MessageAddedEvent = builder.unionType('MessageAddedEvent', {
  description: 'A message that came, or word that some may have been missed.',
  types: [MessageAdded, Gap, Listening],
  resolveType: typeNameOf,
});

builder.subscriptionField('messageAdded', (t) =>
  t.field({
    type: MessageAddedEvent,
    description:
      'Messages as they come, those of one conversation in order. Over WebSocket (`graphql-transport-ws`) or SSE.',
    args: eventArgs(),
    subscribe: async (_root, args, { gateway, operation }) =>
      unwrap(await gateway.subscribe(eventsAskedOf('MESSAGE_ADDED', args), operation.signal)),
    resolve: (told) => ofAdded(shown(told)),
  }),
);

function ofAdded(told: Shown) {
  if (told.type !== 'event' || told.kind === 'MESSAGE_ADDED') return told;
  throw new Error(`only MESSAGE_ADDED was asked for, and ${told.kind} was told`);
}
