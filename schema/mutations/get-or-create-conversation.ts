// Finds a conversation, or begins it where there is none.

import type { Keyed } from '../../src/gateway/writes/once.ts';
import type { GotOrCreated } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { Conversation } from '../nodes.ts';
import { createOf, GetOrCreateConversationInput } from './create-input.ts';
import { keyOf } from './idempotency-key.ts';

const Payload = builder
  .objectRef<GotOrCreated & Keyed>('GetOrCreateConversationPayload')
  .implement({
    description: 'The conversation, and whether it is new.',
    fields: (t) => ({
      created: t.exposeBoolean('created', { description: 'Whether it was begun just now.' }),
      conversation: t.expose('conversation', {
        type: Conversation,
        description: 'As its provider has it now.',
      }),
      ...keyOf(t),
    }),
  });

builder.mutationField('getOrCreateConversation', (t) =>
  t.field({
    type: Payload,
    description:
      'Finds the conversation that matches, the most recent where several do, or begins it. Chatling finds by contact; the others by tags, and by contact where one is given.',
    complexity: 4,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'GetOrCreateConversationResult',
        description: 'The conversation, or why there is none.',
      },
    },
    args: {
      input: t.arg({
        type: GetOrCreateConversationInput,
        required: true,
        description: 'What to find, and what to begin otherwise.',
      }),
    },
    resolve: async (_root, { input }, { gateway, operation }) =>
      unwrap(await gateway.getOrCreateConversation(createOf(input), operation)),
  }),
);
