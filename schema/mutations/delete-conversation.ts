// Deletes a conversation for good.

import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';

const Input = builder.inputType('DeleteConversationInput', {
  description: 'Which conversation to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its global id.' }) }),
});

const Payload = builder.objectRef<{ deletedId: string }>('DeleteConversationPayload').implement({
  description: 'What is gone.',
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { description: 'The id it had, to take it off a screen.' }),
  }),
});

builder.mutationField('deleteConversation', (t) =>
  t.field({
    type: Payload,
    description: 'Deletes a conversation and its messages for good, where its provider can.',
    complexity: 1,
    errors: {
      types: WRITE_ERRORS,
      union: { name: 'DeleteConversationResult', description: 'What is gone, or why it is not.' },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to delete.' }) },
    resolve: async (_root, { input }, { gateway, operation }) => {
      unwrap(await gateway.deleteConversation(conversationRefOf(input.id, 'id'), operation));
      return { deletedId: input.id };
    },
  }),
);
