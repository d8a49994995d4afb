// What can happen in a conversation: each kind is a type with what there is to say of it.

import type { EventKind } from '../../src/domain/event.ts';
import { type ConversationRef, encodeId } from '../../src/domain/ids.ts';
import { builder } from '../builder.ts';
import { ErrorInterface, shownError } from '../error.ts';
import { Conversation, Message } from '../nodes.ts';
import { ReplyUsage } from '../reply-usage.ts';
import { Event, type Happening, type Shown } from './event.ts';

type Fields<Shape> = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Shape>;

function atOf<Shape extends { readonly at: Date }>(t: Fields<Shape>) {
  return t.field({
    type: 'DateTime',
    description: 'When it happened; where nobody says, when the gateway saw it.',
    resolve: ({ at }) => at,
  });
}

function conversationOf<Shape extends { readonly conversation: ConversationRef }>(
  t: Fields<Shape>,
) {
  return t.field({
    type: Conversation,
    nullable: true,
    description:
      'The conversation it happened in, as it is now. Asking for it costs one call, for each event and listener.',
    complexity: 1,
    resolve: ({ conversation }) => idOf(conversation),
  });
}

function replyIdOf<Shape extends { readonly replyId: string }>(t: Fields<Shape>) {
  return t.string({
    description: 'The same in all that is told of one answer.',
    resolve: ({ replyId }) => replyId,
  });
}

export const MessageAdded = builder
  .objectRef<Happening<'MESSAGE_ADDED'>>('MessageAdded')
  .implement({
    description: 'A message came, whoever wrote it and whichever way it was heard of.',
    interfaces: [Event],
    fields: (t) => ({
      at: atOf(t),
      message: t.expose('message', { type: Message, description: 'The message.' }),
      conversation: conversationOf(t),
    }),
  });

export const MessageUpdated = builder
  .objectRef<Happening<'MESSAGE_UPDATED'>>('MessageUpdated')
  .implement({
    description: 'A message says something else than before, or was rated.',
    interfaces: [Event],
    fields: (t) => ({
      at: atOf(t),
      message: t.expose('message', { type: Message, description: 'The message as it is now.' }),
      conversation: conversationOf(t),
    }),
  });

export const MessageDeleted = builder
  .objectRef<Happening<'MESSAGE_DELETED'>>('MessageDeleted')
  .implement({
    description: 'A message is gone.',
    interfaces: [Event],
    fields: (t) => ({
      at: atOf(t),
      deletedId: t.id({
        description: 'The id it had, to take it off a screen.',
        resolve: ({ conversation, nativeId }) =>
          encodeId({ type: 'Message', message: { conversation, nativeId } }),
      }),
      conversationId: t.id({
        description: 'The conversation it was in.',
        resolve: ({ conversation }) => idOf(conversation),
      }),
    }),
  });

export const ConversationCreated = builder
  .objectRef<Happening<'CONVERSATION_CREATED'>>('ConversationCreated')
  .implement({
    description: 'A conversation began.',
    interfaces: [Event],
    fields: (t) => ({
      at: atOf(t),
      conversation: t.expose('row', {
        type: Conversation,
        description: 'The conversation as it began.',
      }),
    }),
  });

export const ConversationUpdated = builder
  .objectRef<Happening<'CONVERSATION_UPDATED'>>('ConversationUpdated')
  .implement({
    description:
      'A conversation itself is different: its title, status, tags or people. That a message came is an event of its own.',
    interfaces: [Event],
    fields: (t) => ({
      at: atOf(t),
      conversation: t.expose('row', {
        type: Conversation,
        description: 'The conversation as it is now.',
      }),
    }),
  });

export const ConversationDeleted = builder
  .objectRef<Happening<'CONVERSATION_DELETED'>>('ConversationDeleted')
  .implement({
    description: 'A conversation is gone, with all its messages.',
    interfaces: [Event],
    fields: (t) => ({
      at: atOf(t),
      deletedId: t.id({
        description: 'The id it had, to take it off a screen.',
        resolve: ({ conversation }) => idOf(conversation),
      }),
    }),
  });

export const ReplyDelta = builder.objectRef<Happening<'REPLY_DELTA'>>('ReplyDelta').implement({
  description:
    'The next piece of an answer while it is written. All pieces of one `replyId` in the order of `index`, put together, are the text of the message it becomes.',
  interfaces: [Event],
  fields: (t) => ({
    at: atOf(t),
    replyId: replyIdOf(t),
    index: t.exposeInt('index', { description: 'From 0, without a hole.' }),
    text: t.exposeString('text', { description: 'The piece, as it came.' }),
    conversation: conversationOf(t),
  }),
});

export const ReplyCompleted = builder
  .objectRef<Happening<'REPLY_COMPLETED'>>('ReplyCompleted')
  .implement({
    description:
      'An answer is whole. Where its message is another text than the pieces make, having been moderated, the message stands.',
    interfaces: [Event],
    fields: (t) => ({
      at: atOf(t),
      replyId: replyIdOf(t),
      message: t.expose('message', {
        type: Message,
        nullable: true,
        description: 'The answer as it is stored; null where the bot said nothing.',
      }),
      usage: t.expose('usage', { type: ReplyUsage, description: 'What it cost.' }),
      conversation: conversationOf(t),
    }),
  });

export const ReplyFailed = builder.objectRef<Happening<'REPLY_FAILED'>>('ReplyFailed').implement({
  description: 'An answer broke off, and no more of it will come.',
  interfaces: [Event],
  fields: (t) => ({
    at: atOf(t),
    replyId: replyIdOf(t),
    error: t.field({
      type: ErrorInterface,
      description: 'Why it broke off.',
      resolve: ({ failure }) => shownError(failure),
    }),
    conversation: conversationOf(t),
  }),
});

const SettledDelivery = builder.enumType('SettledDelivery', {
  description: 'What became of a write whose answer was lost.',
  values: {
    SENT: { description: 'It reached its provider.' },
    NOT_SENT: {
      description: 'It did not. Its key is free: it may be sent again, with the same one.',
    },
  } satisfies Record<Happening<'DELIVERY_SETTLED'>['delivery'], object>,
});

export const DeliverySettled = builder
  .objectRef<Happening<'DELIVERY_SETTLED'>>('DeliverySettled')
  .implement({
    description: 'What became of a write whose delivery was UNKNOWN.',
    interfaces: [Event],
    fields: (t) => ({
      at: atOf(t),
      idempotencyKey: t.exposeString('idempotencyKey', { description: 'The key of the write.' }),
      delivery: t.expose('delivery', {
        type: SettledDelivery,
        description: 'Whether it arrived after all.',
      }),
      message: t.expose('message', {
        type: Message,
        nullable: true,
        description: 'The message it became, where it became one.',
      }),
      conversation: conversationOf(t),
    }),
  });

/** The type of the schema that something told is of. */
export function typeNameOf(told: Shown) {
  switch (told.type) {
    case 'listening':
      return 'Listening';
    case 'gap':
      return 'Gap';
    case 'event':
      return TYPE_NAMES[told.kind];
  }
}

const TYPE_NAMES = {
  MESSAGE_ADDED: 'MessageAdded',
  MESSAGE_UPDATED: 'MessageUpdated',
  MESSAGE_DELETED: 'MessageDeleted',
  CONVERSATION_CREATED: 'ConversationCreated',
  CONVERSATION_UPDATED: 'ConversationUpdated',
  CONVERSATION_DELETED: 'ConversationDeleted',
  REPLY_DELTA: 'ReplyDelta',
  REPLY_COMPLETED: 'ReplyCompleted',
  REPLY_FAILED: 'ReplyFailed',
  DELIVERY_SETTLED: 'DeliverySettled',
} as const satisfies Record<EventKind, string>;

function idOf(conversation: ConversationRef): string {
  return encodeId({ type: 'Conversation', conversation });
}
