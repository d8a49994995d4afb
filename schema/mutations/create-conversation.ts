// Begins a conversation.

import type { ConversationCreated } from '../../src/gateway/writes/keyed-writes.ts';
import type { Keyed } from '../../src/gateway/writes/once.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { Conversation } from '../nodes.ts';
import { CreateConversationInput, createOf } from './create-input.ts';
import { keyOf } from './idempotency-key.ts';

const Payload = builder
  .objectRef<ConversationCreated & Keyed>('CreateConversationPayload')
  .implement({
    description: 'The conversation that was begun.',
    fields: (t) => ({
      conversation: t.expose('conversation', {
        type: Conversation,
        description: 'As its provider has it now.',
      }),
      ...keyOf(t),
    }),
  });

builder.mutationField('createConversation', (t) =>
  t.field({
    type: Payload,
    description: 'Begins a conversation at one provider.',
    complexity: 3,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'CreateConversationResult',
        description: 'The conversation, or why there is none.',
      },
    },
    args: {
      input: t.arg({
        type: CreateConversationInput,
        required: true,
        description: 'What to begin.',
      }),
    },
    resolve: async (_root, { input }, { gateway, operation }) =>
      unwrap(await gateway.createConversation(createOf(input), operation)),
  }),
);
